"""Whose study a sentence tells of: that of those who write, or one of others."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ketlit.tagging.axes import DRUGS
from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import ELSEWHERE, IN_TITLE, Document
from ketlit.tagging.number_words import NUMBER
from ketlit.tagging.starts import seeker

# behind a word for one of several, an earlier one, or the one that stands out among them: a study
_STUDY: Final = re.compile(
    r" (?:(?!of\b|the\b|this\b|our\b|in\b|at\b|to\b|and (?:the|this|our)\b)[\w/,()-]+ ){0,6}?"
    r"(?:trials?|stud(?:y|ies)|RCTs?|investigations|reports?)\b"
    r"(?![ -](?:visits?|arms?|groups?|days?|drugs?|sites?|medications?|periods?|sessions?|phases?|cent(?:er|re)s?|"
    r"conditions?|treatments?|physicians?|personnel|staff|participants?|subjects?)\b)",
    re.I,
)
# before "et al." or "and colleagues" that is no reference in brackets
_AUTHOR: Final = re.compile(r"(?<![\w(;])(?<!; )[A-Z][\w'-]+,? $")
# who or what reviews, before the verb
_WRITERS: Final = seeker(
    r"\b(?:we|I|authors?|article|paper|chapter|manuscript|essay|overview|review|work|commentary|aim is|here)"
    r"(?: (?:of|on|about) (?:[\w-]+ ){0,4}[\w-]+)?"
    r"(?: \w+ly| also| then| will| first| aims?| is| intends?| seeks?| attempts?| tries){0,2}(?: to)?"
    r"(?: \w+ly| briefly)? $"
)
# what is told of so: "the evidence is reviewed"; not one's own results
_PASSIVE: Final = seeker(r"\b(?:is|are|will be)(?: also| then| briefly| \w+ly)? $")
_OWN_RESULTS: Final = seeker(
    r"\b(?:implications?|results?|findings?|limitations?|data|reasons|observations?|records?|charts?|cases?|"
    r"mechanisms?|outcomes?)\b"
)

# who goes through these studies patients: "we reviewed the records of"
THEIR_FILES: Final = re.compile(
    r" (?:[\w-]+ ){0,4}?(?:records?|charts?|files|cases|patients|notes|databases?|data|registr(?:y|ies)|admissions|"
    r"anesthetics|procedures|operations|images|scans)\b",
    re.I,
)


# where a sentence turns to one's own study
_HERE: Final = seeker(
    r"[;,] (?:(?:and|but|while|whereas) )?(?:here|we|our|in (?:this|our|the present)|this|the present)\b"
)
_NAME: Final = re.compile(r"\b[Tt]he ([A-Z][A-Z*\d-]+[A-Z*][\w*-]*)$")
# those who were given something by those who write
_GIVEN_HERE: Final = seeker(
    rf"\b(?:(?:given|administered) to|we (?:gave|treated)|our) (?:[\w-]+ (?:to )?)?{NUMBER} (?:[\w-]+ ){{0,3}}"
    r"(?:patients|subjects|participants|people|adults|children|volunteers|m[ae]n|wom[ae]n)\b"
)
_MOST: Final = 100  # words for one study of several that are tried


class Others:
    """The stretches of a text that tell of studies of others: sentences, or clauses of them."""

    __slots__ = ("_stretches",)

    def __init__(self, stretches: list[tuple[int, int]]) -> None:
        self._stretches = stretches

    def __bool__(self) -> bool:
        return bool(self._stretches)

    def __contains__(self, place: int) -> bool:
        return bool(self._stretches) and any([start <= place < end for start, end in self._stretches])


_NOWHERE: Final = Others([])


@lru_cache(maxsize=1)  # the design and the number of people both ask for those of the text at hand
def of_others(document: Document, scan: Scan) -> Others:
    """Where studies of others are told of. A labelled text has its own place for these."""
    if document.labelled:
        return _NOWHERE
    text, found = document.text, set[tuple[int, int]]()
    near = document.folded.find  # nearly always nothing: quicker than the expression
    named = []
    for place, stop in scan.cue("other-one")[:_MOST]:
        far = stop + 80
        if (
            near(b" stud", stop, far) > 0
            or near(b" trial", stop, far) > 0
            or near(b" report", stop, far) > 0
            or near(b" rct", stop, far) > 0
            or near(b" investigat", stop, far) > 0
        ) and _STUDY.match(text, stop):
            named.append(place)
    named += [place for place, _ in scan.cue("by-name")[:_MOST] if _AUTHOR.search(text, max(0, place - 24), place)]
    for place in named:
        stretch = _stretch(document, scan, place)
        if stretch:
            found.add(stretch)
    for place in _trials_with_names(document):
        stretch = _stretch(document, scan, place)
        if stretch and not any([stretch[0] <= one.start < stretch[1] for one in scan.of(DRUGS)]):
            title = document.sentences[0].end
            if _GIVEN_HERE.search(text, title, stretch[0]) or _GIVEN_HERE.search(text, stretch[1]):
                found.add(stretch)
    return Others(sorted(found)) if found else _NOWHERE


def _stretch(document: Document, scan: Scan, place: int) -> tuple[int, int] | None:
    """The clauses round a word for a study of others that tell of it; None where its sentence tells of one's own."""
    start, end, zone = document.sentence(place)
    if zone is IN_TITLE or zone is ELSEWHERE:
        return None
    low = max(start, document.text.rfind("; ", start, place) + 1)
    own = _HERE.search(document.text, place, end)
    high = own.start() if own else end
    return None if scan.within("own-study", low, high) else (low, high)


def _trials_with_names(document: Document) -> list[int]:
    """Where trials are called by a name that stands there alone: "the ABCD*E trial"."""
    text, find, found = document.text, document.folded.find, list[int]()
    at = find(b" trial", document.sentences[0].end)
    for _ in range(_MOST):
        if at < 0:
            break
        name = None if text[at - 1].islower() else _NAME.search(text, max(0, at - 24), at)
        if name and text.count(name[1]) == 1:
            found.append(name.start())
        at = find(b" trial", at + 6)
    return found


def reviews_others(document: Document, scan: Scan, *, others: bool) -> tuple[int, int] | None:
    """Where a text says that it reviews or discusses, and nowhere that those who write studied something.

    `others`: it is known to tell of studies of others; a weaker word ("this paper describes") is enough then.
    """
    verbs = scan.cue("discussing") + (scan.cue("telling-of") if others else [])
    if not verbs or scan.has("own-study"):
        return None
    text, body = document.text, document.sentences[0].end
    for place, stop in verbs:
        if place < body or THEIR_FILES.match(text, stop):
            continue
        start = document.sentence(place).start
        if _WRITERS.search(text, max(start, place - 60), place):
            return place, stop
        told = _PASSIVE.search(text, max(start, place - 30), place) if text[stop - 1] == "d" else None
        if told and not _OWN_RESULTS.search(text, max(start, told.start() - 60), told.start()):
            return place, stop
    return None
