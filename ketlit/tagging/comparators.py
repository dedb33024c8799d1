"""What ketamine is compared with."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.findings import BACKGROUND, COMPARATOR, STUDIED, Found, found
from ketlit.tagging.interventions import distance
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
# a comparator that a study lacks
_LACKED: Final = re.compile(
    r"\b(?:lack|absence|lacked|lacking|without|no|not|missing|need|needed|future|inclusion|necessity)\b(?: of)?"
    r"(?: an?| any)? (?:[\w-]+ ){0,2}$",
    re.I,
)
# opioids that people take, need or save are not what ketamine is compared with
_OWN_USE: Final = re.compile(
    r"[- ](?:use|users?|consumption|requirements?|sparing|dependen\w+|toleran\w+|withdrawal|exposure|addict\w+|"
    r"therapy|prescri\w+|doses?|usage|induced|free|abuse|misuse|crisis|epidemic|related)\b",
    re.I,
)
# a treatment that goes on beside ketamine, or the anaesthetic that all are given
_ADDED_TO: Final = re.compile(
    r"\b(?:added|adding|add-on|addition|adjunct\w*|adjuvant|plus|augment\w*|combin\w+|concomitant|continu\w+|"
    r"on top of|beside|alongside|along)\b(?: to| with| of)?(?: the| their| ongoing)?$",
    re.I,
)
_BASE: Final = re.compile(r"^(?:[- ]based)?[- ](?:an[a]?esthe(?:sia|tized)|induction|maintenance)\b", re.I)
_ALONE: Final = re.compile(r" (?:alone|only|monotherapy)\b", re.I)
# in the methods: what another group was given
_GROUP_GIVEN: Final = re.compile(
    r"\b(?:groups?|arm|controls|the others|the rest|remaining \w+)\b[^.;:]{0,30}?(?:received|receiving|given|"
    r"were administered|got|[:=(])[^.;:]{0,25}$",
    re.I,
)
_DOSE: Final = re.compile(
    r"(?<!group )(?<!arm )(?<!day )(?<![\d.])(\d+(?:\.\d+)?)(?: ?(?:mg|mcg|[uμµ]g)(?: ?(?:/|·|\.|"
    r" per )? ?kg)?(?: ?(?:-1|\(-1\)))?)?(?:/(?:min|h))?"
    r" ?(?:,|,? ?or|,? ?and|versus|vs\.?) (?:either )?(\d+(?:\.\d+)?) ?(?:mg|mcg|[uμµ]g)\b(?: ?(?:/|·|\.| per )? ?kg)?",
    re.I,
)
_VERSUS: Final = re.compile(r"\b(?:versus|vs\.?|compar\w+|relative to|than|inferior\w*|head-to-head)\b", re.I)
_UNIT: Final = r"((?:mg|mcg|[uμµ]g)(?: ?(?:/|·|\.| per )? ?kg)?(?: ?(?:/|·|\.| per )? ?(?:min|h)\b)?)"
_DOSE_OF: Final = re.compile(
    rf"(\d+(?:\.\d+)?) ?{_UNIT}(?: of)? (?:\w+ )?(?:S?\(?\+?\)?-?|es)ketamine|"
    rf"ketamine(?: \w+){{0,2}} \(?(?:of )?(\d+(?:\.\d+)?) ?{_UNIT}",
    re.I,
)
_MIND: Final = frozenset({"therapeutic-psychiatric", "mechanistic", "psychosis-model"})
_EXACT: Final = frozenset({"racemic", "esketamine", "arketamine"})


def comparators(
    document: Document, scan: Scan, forms: list[Found], *, controlled: bool, review: bool, context: str
) -> list[Found]:
    """The drugs and treatments that stand against ketamine, and the others that are named as background.

    A sedative is an active placebo where the mind is treated, else another drug. Two exact forms of ketamine that are
    both studied are compared with each other, and so are two doses. A systematic review (`review`) compares what its
    title or aim names.
    """
    result = []
    for mention in scan.of(Axis.COMPARATOR):
        term = mention.term.printed
        if term == "active-placebo" and context not in _MIND and not _is_placebo(document, mention):
            term = "other-drug"
        told = (not review and (context != "misuse" or term == "placebo")) or document.zone(mention.start) in (
            Zone.TITLE,
            Zone.AIM,
        )
        role = COMPARATOR if controlled and told and _stands_against(document, mention, term) else BACKGROUND
        result.append(found(mention, "compared with ketamine", role, term))
    exact = [one for one in forms if one.axis is Axis.DRUG and one.role == STUDIED and one.term in _EXACT]
    if controlled and len(exact) > 1 and _VERSUS.search(document.text):
        rule = "two forms of ketamine compared"
        result.append(Found(Axis.COMPARATOR, "dose-comparison", exact[1].start, exact[1].end, rule, COMPARATOR))
    elif controlled and len(ways := _ways(forms)) > 1 and _compares(document, ways):
        rule = "routes of ketamine compared"
        result.append(Found(Axis.COMPARATOR, "dose-comparison", ways[1].start, ways[1].end, rule, COMPARATOR))
    elif controlled and (place := _doses(document, scan)):
        rule = "doses of ketamine compared"
        result.append(Found(Axis.COMPARATOR, "dose-comparison", *place, rule, COMPARATOR))
    return _without_base(document, result)


def _ways(given: list[Found]) -> list[Found]:
    """The routes studied, one mention of each."""
    return list({one.term: one for one in reversed(given) if one.axis is Axis.ROUTE and one.role == STUDIED}.values())


def _compares(document: Document, ways: list[Found]) -> bool:
    """Whether title, aim or methods set two routes against each other in one sentence."""
    for sentence in document.sentences:
        inside = {one.term for one in ways if sentence.start <= one.start < sentence.end}
        told = sentence.zone in (Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.CONCLUSION)
        if told and len(inside) > 1 and _VERSUS.search(document.text, sentence.start, sentence.end):
            return True
    return False


def _without_base(document: Document, result: list[Found]) -> list[Found]:
    """Without the drug that all are given: "alone" in one group, with ketamine in another, where a placebo is named."""
    if not any(one.term == "placebo" and one.role == COMPARATOR for one in result):
        return result
    base = {
        one.term for one in result if one.term == "other-drug" and _ALONE.match(document.text, one.end, one.end + 25)
    }
    return [one._replace(role=BACKGROUND) if one.term in base else one for one in result]


def _doses(document: Document, scan: Scan) -> tuple[int, int] | None:
    """Two doses of ketamine side by side in title, aim or methods: "0.2 or 0.5 mg/kg"."""
    drugs = scan.of(Axis.DRUG)
    for sentence in document.sentences:
        start, end, zone = sentence
        if zone not in (Zone.TITLE, Zone.AIM, Zone.METHODS) or not any(start <= one.start < end for one in drugs):
            continue
        if not scan.within("dose-unit", start, end):
            continue
        for hit in _DOSE.finditer(document.text, start, end):
            near = [one for one in drugs if start <= one.start < end]
            others = [one for one in scan.of(Axis.COMPARATOR) if start <= one.start < end]
            place = Mention(hit.start(), hit.end(), drugs[0].term, "")
            ours, theirs = distance(document.text, place, near), distance(document.text, place, others)
            if hit[1] != hit[2] and ours is not None and (theirs is None or ours <= theirs):
                return hit.span()
        given = [hit for hit in _DOSE_OF.finditer(document.text, start, end)]
        units: dict[str, str] = {}
        for hit in given if scan.within("other-group", start, end) else ():
            amount, unit = (hit[1], hit[2]) if hit[1] else (hit[3], hit[4])
            if units.setdefault(unit.lower().replace(" ", ""), amount) != amount:
                return hit.span()
    return None


def _is_placebo(document: Document, mention: Mention) -> bool:
    return "placebo" in document.text[max(0, mention.start - 60) : mention.end + 60].lower()


def _stands_against(document: Document, mention: Mention, term: str) -> bool:
    start, end, zone = document.sentence(mention.start)
    if zone in (Zone.BACKGROUND, Zone.OTHER):
        return False
    earlier = document.text[max(start, mention.start - 40) : mention.start]
    if term in ("opioid", "other-drug") and _OWN_USE.match(document.text, mention.end, mention.end + 30):
        return False
    if term == "placebo" and _LACKED.search(earlier):
        return False
    if term == "standard-care" and _ADDED_TO.search(earlier.rstrip()):
        return False
    if term in ("placebo", "active-placebo", "standard-care", "dose-comparison"):
        return True
    if _BASE.match(document.text[mention.end : min(end, mention.end + 20)]):
        return False
    if zone is Zone.TITLE and not _TOGETHER.search(document.text, start, end):
        return True
    before = document.text[max(start, mention.start - 70) : mention.start]
    after = document.text[mention.end : min(end, mention.end + 60)]
    if zone is Zone.METHODS and _GROUP_GIVEN.search(before):
        return True
    return bool(_AGAINST.search(before) or _GROUP.search(after))
