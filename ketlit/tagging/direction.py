"""Whom the main result favours, only as the authors' conclusion states it."""

from __future__ import annotations

from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.vocabulary import Axis, Design, Direction

_SILENT: Final = frozenset({Design.PROTOCOL, Design.NARRATIVE_REVIEW, Design.GUIDELINE, Design.EDITORIAL_LETTER, Design.PRECLINICAL})
_SILENT_CONTEXTS: Final = frozenset({"misuse", "psychosis-model", "mechanistic", "not-ketamine", "veterinary"})


class Stated(NamedTuple):
    """A direction and the sentence that states it."""

    direction: Direction
    start: int
    end: int


def direction(document: Document, scan: Scan, *, design: str, context: str) -> Stated | None:
    """What the conclusion says; None where it says nothing of the kind."""
    if design in _SILENT or context in _SILENT_CONTEXTS:
        return None
    said = [one for sentence in document.sentences if sentence.zone is Zone.CONCLUSION and (one := _in_sentence(scan, sentence))]
    if not said:
        return None
    kinds = {one.direction for one in said}
    if Direction.MIXED in kinds:
        return next(one for one in said if one.direction is Direction.MIXED)
    return said[0]


def _in_sentence(scan: Scan, sentence: Sentence) -> Stated | None:
    start, end, _ = sentence
    worse = scan.within("worse", start, end)
    none = scan.within("no-effect", start, end)
    better = scan.within("better", start, end)
    if worse:
        return Stated(Direction.FAVOURS_COMPARATOR, start, end)
    if none and better:
        return Stated(Direction.NO_DIFFERENCE, start, end)
    if none:
        return Stated(Direction.NO_DIFFERENCE, start, end)
    if better:
        return Stated(Direction.FAVOURS_INTERVENTION, start, end)
    return None
