"""How much the text says that a condition it names is the one studied: where it stands, and in what phrase."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import (
    ELSEWHERE,
    IN_AIM,
    IN_BACKGROUND,
    IN_CONCLUSION,
    IN_METHODS,
    IN_RESULTS,
    IN_TITLE,
    Document,
    Zone,
)
from ketlit.tagging.starts import seeker

_WHO: Final = (
    r"(?:patients?|participants?|subjects?|individuals?|people|persons?|adults?|children|adolescents|"
    r"women|men|veterans|mothers|cases|inpatients|outpatients|parturients|sample|those|cohort|"
    r"population|users)"
)
# before and after a condition: "patients with ...", "... patients"
_PATIENTS_WITH: Final = seeker(rf"\b{_WHO} (?:\w+ ){{0,3}}?(?:with|who)")
_PATIENTS: Final = re.compile(rf"[ -](?:\w+ )?{_WHO}\b", re.I)
# in a title: what some of the people have besides, or what foretells their response
_SOME_HAVE: Final = seeker(r"\bwith(?:,| and| or|/)+ ?without (?:\w+ )?$")
_FORETELLS: Final = re.compile(
    r"(?: risk| symptoms| status| history)?,?(?: but not [^.:;]{0,60}?,?)? (?:predicts?|moderates?|mediates?)\b", re.I
)
_MEASURED: Final = re.compile(
    r" (?:\w+ )?(?=[sirldqvnt])(?:scores?|intensity|intensities|ratings?|scales?|severity|levels?|duration|inventory|"
    r"questionnaires?|items?|visual|VAS|NRS|thresholds?)\b",
    re.I,
)
_HARM: Final = seeker(
    r"\b(?:risks?|potential|liability|fears?|concerns?|addictive)\b(?! (?:factors?|therap|treat|benefit|use))"
)
_IS: Final = seeker(r"\b(?:is|are|has|have|can|may|leads?|increas\w+|remains?|cannot)\b")
OWN: Final = frozenset({IN_TITLE, IN_AIM, IN_METHODS})
DONE: Final = OWN | {IN_RESULTS}
_SCALED: Final = frozenset({IN_METHODS, IN_RESULTS, IN_AIM})
LEAST: Final = 1.8  # weight below which a condition is not studied, but in a review
_TITLED: Final = 4.0
_BASE: Final = {
    IN_TITLE: _TITLED,
    IN_AIM: 1.2,
    IN_METHODS: 1.0,
    IN_RESULTS: 0.4,
    IN_CONCLUSION: 0.5,
    IN_BACKGROUND: 0.3,
    ELSEWHERE: 0.0,
}


class Meant(NamedTuple):
    """A condition named at characters `start` to `end`, and the sentence from `low` to `high`."""

    id: str
    start: int
    end: int
    low: int
    high: int
    zone: Zone
    mention: Mention


def weighed(
    document: Document, scan: Scan, named: list[Meant], *, animal: bool, review: bool, modelled: bool
) -> tuple[dict[str, float], set[str]]:
    """How much the text says that a condition is the one studied: where it stands, and in what phrase.

    Also which the title names beside others.
    """
    weights: dict[str, float] = {}
    beside: set[str] = set()
    cue = scan.cues.get
    near: tuple[_Places, ...] = ()
    alone = (
        len(named) == 1 or len({one.id for one in named}) == 1
    )  # nothing to be compared with: more than enough says no more
    for one in named:
        term = one.id
        if one.zone is not IN_TITLE:
            if alone and weights and weights[term] >= LEAST:
                break
            near = near or tuple([cue(name, _NO_PLACES) for name in _NEAR])
            weight = _in_text(document, near, one, review)
        elif _is_beside(document, one):
            beside.add(term)
            weight = _TITLED * 0.15
        else:
            aside = "aside" in scan.cues and scan.within("aside", max(one.low, one.start - 30), one.start)
            weight = _TITLED * 0.5 if aside else _TITLED
        # healthy people in whom ketamine models schizophrenia; animals in whom it is modelled stand for the ill
        if modelled and term == "other-psychiatric" and not names_patients(document, one):
            weight *= 0.1
        weights[term] = weights.get(term, 0.0) + weight
    return weights, beside


def _is_beside(document: Document, one: Meant) -> bool:
    """Whether a title says that it foretells the response, or that some have it and others have not."""
    text = document.text
    if _FORETELLS.match(text, one.end, one.high):
        return True
    before = max(one.low, one.start - 30)
    without = document.folded.find(b"without", before, one.start) >= 0
    return without and _SOME_HAVE.search(text, before, one.start) is not None


_Places = list[tuple[int, int]]
_NO_PLACES: Final[_Places] = []
# the cues that are looked for beside each mention, fetched once for all of them
_NEAR: Final = ("treating", "people", "aside", "examples", "approved", "measuring", "zone-aim")


def _begins(places: _Places, low: int, high: int) -> bool:
    """Whether one of some places (there are some) begins between two characters."""
    at = bisect_left(places, (low, 0))
    return at < len(places) and places[at][0] < high


def _stands_by(places: _Places, low: int, start: int, end: int, high: int) -> bool:
    """Whether one of some places begins from `low` to `start` or from `end` to `high`."""
    for place, _ in places[bisect_left(places, (low, 0)) :]:
        if place < start:
            return True
        if place >= end:
            return place < high
    return False


def _in_text(document: Document, cues: tuple[_Places, ...], one: Meant, review: bool) -> float:
    """The weight of a mention in the abstract: doubled of those treated, little of what is measured or searched for."""
    _, at, end, low, high, zone, _ = one
    text = document.text
    treating, people, aside, examples, approved, measuring, aim = cues
    weight = _BASE[zone]
    if not weight:
        return 0.0
    if zone is IN_AIM and document.labelled and not (aim and _begins(aim, low, high)) and _IS.search(text, low, high):
        weight = _BASE[IN_BACKGROUND]  # what is known, under the label of the aim
    near = at - 60 if at - 60 > low else low
    before = text[near:at]
    if (
        " in " in before
        or " for " in before
        or (treating and _begins(treating, near, at))
        or (people and _stands_by(people, max(low, at - 70), at, end, min(high, end + 20)))
    ):
        weight *= 2
    if aside or examples:
        near = max(low, at - 30)
        if (aside and _begins(aside, near, at)) or (
            examples and (not review or zone is IN_CONCLUSION) and _begins(examples, near, at)
        ):
            weight *= 0.15
    if approved and _begins(approved, max(low, at - 100), at):
        weight *= 0.15  # what the drug is on the market for, whatever is studied
    if (text[end] == " " and _MEASURED.match(text, end, end + 40 if end + 40 < high else high)) or (
        measuring
        and zone in _SCALED
        and _begins(measuring, max(low, at - 90), at)
        and not names_patients(document, one)
    ):
        weight *= 0.2  # what is measured in people who are studied for something else
    return weight


def names_patients(document: Document, one: Meant) -> bool:
    """Whether the words around are "patients with ...", "... patients"."""
    text = document.text
    _, start, end, low, high, _, _ = one
    if text[end] in " -" and _PATIENTS.match(text, end, end + 40 if end + 40 < high else high):
        return True
    before = text[start - 30 if start - 30 > low else low : start]
    if "with" in before or "who" in before or "W" in before:  # dearer to search for than these
        return _PATIENTS_WITH.search(before) is not None
    return False


def is_feared(document: Document, one: Meant) -> bool:
    """Whether addiction is a harm that is feared of a drug."""
    return _HARM.search(document.text[max(one.low, one.start - 50) : min(one.high, one.end + 20)]) is not None
