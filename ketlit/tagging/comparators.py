"""What ketamine is compared with."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.findings import BACKGROUND, COMPARATOR, STUDIED, Found, found
from ketlit.vocabulary import Axis

_AGAINST: Final = re.compile(
    r"\b(?:versus|vs\.?|compar(?:ed?|ing|ison|isons)(?: [\w-]+){0,3}? (?:with|to|of|between|and)|"
    r"compar(?:ed?|ing)|than|relative to|or|superior to|inferior to|inferiority to|either|control)"
    r"(?: [\w/.()+-]+){0,5}? ?\(?$",
    re.I,
)
_GROUP: Final = re.compile(
    r"^(?:[- ](?:\([^()]{1,25}\) )?(?:groups?|arms?|controlled|control|condition|alone|treated)\b|"
    r" ?[(\[][nN] ?=| (?:or|versus|vs\.?|compared|followed|and) (?:[\w(),/+.-]+ ){0,4}?\(?(?:S|es|R|"
    r"S\(\+\))?-?ketamine)",
    re.I,
)


_TOGETHER: Final = re.compile(
    r"\b(?:plus|combin\w+|added|adding|addition|adjuvant|adjunct\w*|mixture|with|co-administ\w+)\b", re.I
)
_EXACT: Final = frozenset({"racemic", "esketamine", "arketamine"})


def comparators(document: Document, scan: Scan, forms: list[Found], *, controlled: bool, context: str) -> list[Found]:
    """The drugs and treatments that stand against ketamine, and the others that are named as background.

    A sedative is an active placebo where the mind is treated, else another drug. Two exact forms of ketamine that are
    both studied are compared with each other.
    """
    result = []
    for mention in scan.of(Axis.COMPARATOR):
        term = mention.term.printed
        if term == "active-placebo" and context != "therapeutic-psychiatric" and not _is_placebo(document, mention):
            term = "other-drug"
        role = COMPARATOR if controlled and _stands_against(document, mention, term) else BACKGROUND
        result.append(found(mention, "compared with ketamine", role, term))
    exact = [one for one in forms if one.role == STUDIED and one.term in _EXACT]
    if controlled and len(exact) > 1:
        rule = "two forms of ketamine compared"
        result.append(Found(Axis.COMPARATOR, "dose-comparison", exact[1].start, exact[1].end, rule, COMPARATOR))
    return result


def _is_placebo(document: Document, mention: Mention) -> bool:
    return "placebo" in document.text[max(0, mention.start - 60) : mention.end + 60].lower()


def _stands_against(document: Document, mention: Mention, term: str) -> bool:
    start, end, zone = document.sentence(mention.start)
    if zone in (Zone.BACKGROUND, Zone.OTHER):
        return False
    if term in ("placebo", "active-placebo", "standard-care", "dose-comparison"):
        return True
    if zone is Zone.TITLE and not _TOGETHER.search(document.text, start, end):
        return True
    before = document.text[max(start, mention.start - 70) : mention.start]
    after = document.text[mention.end : min(end, mention.end + 60)]
    return bool(_AGAINST.search(before) or _GROUP.search(after))
