"""Whether what a text names was measured or found in this study, or is only spoken of."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from ketlit.tagging.axes import DRUGS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.design_evidence import seek
from ketlit.tagging.document import (
    ELSEWHERE,
    IN_AIM,
    IN_BACKGROUND,
    IN_CONCLUSION,
    IN_METHODS,
    IN_RESULTS,
    IN_TITLE,
    Document,
    Sentence,
    Zone,
)
from ketlit.tagging.findings import BACKGROUND, STUDIED
from ketlit.tagging.number_words import NUMBER
from ketlit.tagging.starts import seeker
from ketlit.tagging.whose import of_others
from ketlit.vocabulary import Axis

_HARMS: Final = Axis.ADVERSE_EFFECT
MEASURED: Final = frozenset({IN_TITLE, IN_AIM, IN_METHODS, IN_RESULTS, IN_CONCLUSION})
DONE: Final = frozenset({IN_METHODS, IN_RESULTS})
UNTOLD: Final = frozenset({IN_BACKGROUND, ELSEWHERE})
ASKED: Final = frozenset({IN_TITLE, IN_AIM})
# outcomes that are amounts of something in the body
LEVELS: Final = frozenset({"pharmacokinetic-outcome", "biomarker"})

# sentences about the study's weak sides, or about what was searched for
_ASIDE: Final = ("limitation", "search-terms")
# a verb of the sentence: what comes after it is no longer said of the people before it
_VERB: Final = (
    r"(?:was|were|is|are|(?<!who )(?<!that )(?:had|has|have)|showed|shows?|experienced|reported|developed|achieved|"
    r"improved|reduced|decreased|increased|received|underwent|reduces|improves)\b"
)
# what people have who are studied, which is not what is measured in them
_WITH: Final = seeker(
    r"\b(?:patients?|individuals|participants|adults|people|persons|subjects|those|women|adolescents|children|veterans|"
    r"inpatients|outpatients|attempters|sample)\b (?:\([^()]{0,40}\) )?(?:\w+ ){0,4}?"
    r"(?:with|experiencing|having|reporting|presenting|"
    rf"suffering|including)\b(?:(?!\b{_VERB})[^;:]){{0,110}}$"
)
_HAD: Final = seeker(
    r"\b(?:history of|active|current|currently|lifetime|strong|"
    r"comorbid|present(?:ed|ing) with|suffer\w+ from|admitted (?:for|with)|need (?:of|for)|pre-?existing|"
    r"diagnos\w+ (?:of|with)|episode with|baseline) (?:\w+ )?$"
)
# what is reckoned with; of a marker "factor" says what it is
_RECKONS: Final = seeker(
    r"\b(?:(?<!trophic )(?<!necrosis )(?<!growth )factors?|predictors?|predicted by|adjust(?:ed|ing) for|covariates?|"
    r"controlling for|independent of|"
    r"regardless of|confounders)\b[^.;]{0,120}$"
)
# parts of words of which one is in all of these, as the folded text has it
_RECKON_PARTS: Final = (
    b"factor",
    b"predict",
    b"adjust",
    b"covariate",
    b"controlling",
    b"independent",
    b"regardless",
    b"confound",
)
_WITH_PARTS: Final = (b"with", b"ing")  # in all of _WITH
# the people themselves: "suicidal inpatients", "hospitalized patients"
_OF_PEOPLE: Final = re.compile(
    r"[- ]?(?:(?:in|out)?patients?|individuals|participants|adults|people|subjects|women|men|adolescents|children|"
    r"veterans|volunteers|population|youths?|mothers)\b",
    re.I,
)
_LABEL: Final = re.compile(r"[A-Z][A-Z &/]{3,30}:|[A-Z][a-z]{3,12}(?: [a-z]{3,12}){0,2}:")
_CLAUSE: Final = 240  # characters
_BREAK: Final = seeker(r"[;:]|, (?:but|and|although|though|however|while|whereas|yet)\b|\. ")


class Text:
    """A document with what it takes to weigh a mention."""

    def __init__(self, document: Document, scan: Scan, *, every: bool) -> None:
        self.document = document
        self.scan = scan
        self.every = every  # whether a later mention of a term matters where an earlier one was measured
        self.moved = _moved(document, scan)
        self.known: set[str] = set()
        self.passed: set[str] = set()
        self._drugged: set[int] | None = None
        self._reports: bool | None = None
        self._harmed: dict[int, set[str]] | None = None
        self.absent: dict[int, bool] = {}  # by where a sentence begins, as `was_absent` found it
        self.aside = set[int]()
        if not scan.cues.keys().isdisjoint(_ASIDE):
            self.aside = {document.sentence(place).start for name in _ASIDE for place, _ in scan.cue(name)}

    def named(self, axis: Axis) -> Iterator[Mention]:
        """The mentions on an axis, of a term as long as none was measured (who asks says so by `tells`)."""
        mentions = self.scan.of(axis)
        if mentions:
            every, known, self.passed = self.every, set[str](), set()
            self.known = known
            for mention in mentions:
                if every or mention[2].id not in known:
                    yield mention

    def sentence(self, place: int) -> Sentence:
        """The sentence of a character, as `read` has it."""
        sentence = self.document.sentence(place)
        return self.read(sentence) if self.moved else sentence

    def read(self, sentence: Sentence) -> Sentence:
        """A sentence with the zone by what it says where the label covers more than one."""
        zone = self.moved.get(sentence.start) if self.moved else None
        return Sentence(sentence.start, sentence.end, zone) if zone else sentence

    def tells(self, mention: Mention, role: str) -> bool:
        """Whether a mention is worth keeping: where its term was measured, else the first of it."""
        if role == STUDIED:
            self.known.add(mention.term.id)
        elif not self.every:
            if mention.term.id in self.passed:
                return False
            self.passed.add(mention.term.id)
        return True

    def said(self, mention: Mention) -> str:
        """The words of a mention, in small letters."""
        return self.document.text[mention.start : mention.end].lower()

    @property
    def drugged(self) -> set[int]:
        """Where sentences begin that name the drug."""
        if self._drugged is None:
            self._drugged = {one.sentence.start for one in self.scan.of(DRUGS)}
        return self._drugged

    @property
    def reports(self) -> bool:
        """Whether results are told."""
        if self._reports is None:
            self._reports = any(one.zone is IN_RESULTS for one in self.document.sentences)
        return self._reports

    @property
    def titled(self) -> bool:
        """Whether the title names the drug."""
        first = self.document.sentences[0]
        return first.zone is IN_TITLE and first.start in self.drugged

    @property
    def harmed(self) -> dict[int, set[str]]:
        """The harms named in each sentence, by where it begins."""
        if self._harmed is None:
            self._harmed = {}
            for one in self.scan.of(_HARMS):
                if one.term.id != "any":
                    self._harmed.setdefault(one.sentence.start, set()).add(one.term.id)
        return self._harmed

    def is_of_drug(self, sentence: Sentence) -> bool:
        """Whether a sentence of a text that has the drug in its title names it."""
        return self.titled and sentence.start in self.drugged

    def role(self, sentence: Sentence, start: int, end: int, *, harm: bool = False) -> str:
        """Whether what stands here was measured or found."""
        low, _, zone = sentence
        if zone not in MEASURED or low in self.aside:
            return BACKGROUND
        if zone is not IN_CONCLUSION and zone is not IN_RESULTS:
            return STUDIED
        concludes = zone is IN_CONCLUSION
        if concludes and not harm and (self.reports or not self.document.labelled):
            return BACKGROUND  # it interprets what was told before
        if concludes or not self.document.labelled:
            names = ("to-do", "maybe") if concludes and not harm else ("to-do",)
            return BACKGROUND if self._is_hoped(sentence, start, end, names) else STUDIED
        return STUDIED

    def _is_hoped(self, sentence: Sentence, start: int, end: int, names: tuple[str, ...]) -> bool:
        """Whether a conclusion only hopes for it or asks others to find out. Of harm "may" says what was seen."""
        if not any(self.scan.within(name, sentence.start, sentence.end) for name in names):
            return False
        text = self.document.text
        low, high = max(sentence.start, start - _CLAUSE), min(sentence.end, end + _CLAUSE)
        low = max((hit.end() for hit in _BREAK.finditer(text, low, start)), default=low)
        stop = _BREAK.search(text, end, high)
        high = stop.start() if stop else high
        return any(self.scan.within(name, low, high) for name in names)


def _moved(document: Document, scan: Scan) -> dict[int, Zone]:
    """Sentences whose zone their label does not tell: background before an aim, an aim that ends the background."""
    if not document.labelled or "zone-aim" not in scan.cues:
        return {}
    moved: dict[int, Zone] = {}
    waiting: list[int] = []
    aims = scan.cues["zone-aim"]
    last = aims[-1][0]
    for start, end, zone in document.sentences:
        if start > last:
            break
        if zone is IN_AIM or zone is IN_BACKGROUND:
            told = scan.within("zone-aim", start, end)
            if told and (label := _LABEL.match(document.text, start, end)):
                told = scan.within("zone-aim", label.end(), end)  # the label itself does not count
            if told:
                moved.update(dict.fromkeys(waiting, IN_BACKGROUND))
                waiting = []
                if zone is IN_BACKGROUND and scan.within("own-aim", start, end):
                    moved[start] = IN_AIM
            elif zone is IN_AIM:
                waiting.append(start)
    return moved


def is_had(text: Text, mention: Mention) -> bool:
    """Whether it describes the people who are studied."""
    at, end, of, _, sentence = mention
    start, _, zone = text.read(sentence) if text.moved else sentence
    document, cues = text.document, text.scan.cues
    whole = document.text
    low = max(start, at - 140)
    behind = beside = False  # whether people are named before it, in it or just after it
    if people := cues.get("people"):
        first = last = bisect_left(people, (low, 0))
        if first < len(people) and people[first][0] < at:
            behind, last = True, bisect_left(people, (at, 0), first)
        beside = last < len(people) and people[last][0] < end + 3
    if beside and (_OF_PEOPLE.match(whole, end) or _OF_PEOPLE.search(whole, at, end)):
        return True
    if whole.startswith(" at baseline", end):
        return True
    if zone is IN_CONCLUSION:
        return False
    if not (behind or ("had" in cues and text.scan.within("had", low, at))):
        return False
    if of.id not in LEVELS and seek(document, _RECKONS, _RECKON_PARTS, low, at, before=0):
        return True
    words = whole[low:at].rsplit(" ", 4)  # it stands in the last three
    if _HAD.search(whole, low + len(words[0]) if len(words) > 4 else low, at):
        return True
    return seek(document, _WITH, _WITH_PARTS, low, at)


_ABSENT: Final = seeker(r"\b(?:no|neither|absent|not (?:seen|observed|noted|reported|found))\b")
_IN_SO_MANY: Final = seeker(
    rf"\b(?:in|of) (?:any of )?(?:the |our |all )?{NUMBER} (?:[\w-]+ ){{0,3}}(?:patients|subjects|participants|people|"
    r"adults|children|volunteers|men|women)\b"
)


def was_absent(text: Text, sentence: Sentence) -> bool:
    """Whether what seems background tells that a harm was not seen in people who are counted."""
    start, end, zone = sentence
    document = text.document
    if zone is not IN_BACKGROUND or document.labelled:
        return False
    if start not in text.absent:
        told = _ABSENT.search(document.text, start, end) and _IN_SO_MANY.search(document.text, start, end)
        text.absent[start] = bool(told) and start not in of_others(document, text.scan)
    return text.absent[start]
