"""The number of participants where only their groups are given: "two groups of 30", "(n=12) ... (n=13)"."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.tagging.number_words import BETWEEN, EQUALS, NUMBER, PEOPLE_WORD, WORD, Count, Numbers, value
from ketlit.vocabulary import NKind

_OF_WHOM: Final = re.compile(r"\bof (?:whom|which|these)\b|%", re.I)
_EACH: Final = re.compile(
    rf"\b({NUMBER}) (?:\w+ ){{0,3}}?(?:groups|arms|cohorts)\b[^.]{{0,60}}?(?:\b(?:of|with|n ?=) ?|"
    rf"\()(?:n ?= ?)?({NUMBER})(?: \w+){{0,2}}? ?(?:each|in each|per group|per arm|/ ?group)",
    re.I,
)
_OF_EACH: Final = re.compile(rf"\b({NUMBER}) (?:\w+ ){{0,2}}?(?:groups|arms)\b(?: \([^()]*\))? of ({NUMBER})\b", re.I)
_PER: Final = re.compile(
    rf"(?:n ?= ?)?\b({NUMBER}) (?:\w+ ){{0,3}}?(?:in each (?:\w+ )?(?:group|arm|of the)|"
    rf"per (?:\w+ )?(?:group|arm)|each group|in (?:each|both) groups?|for both groups)", re.I
)  # fmt: skip
_GROUPS: Final = re.compile(rf"\b({WORD}|\d) (?:\w+ ){{0,3}}?(?:groups|arms|cohorts)\b", re.I)
_TWO_ARMS: Final = re.compile(
    rf"(?<![\w.,])({NUMBER}) (?:[\w-]+ ){{0,4}}?(?:were |was )?(?:randomly )?(?:randomi[sz]ed|"
    rf"assigned|allocated) to [^.;]{{3,90}}?,? and ({NUMBER}) (?:[\w-]+ ){{0,2}}?(?:were |"
    rf"was )?(?:randomly )?(?:randomi[sz]ed |assigned |allocated )?to\b", re.I
)  # fmt: skip
# people are counted in words that end in a list: "36 A users, 12 B users and 20 controls"
_WORDS: Final = rf"{BETWEEN}[\w'/()-]+(?: {BETWEEN}[\w'/()-]+){{0,5}}"
_CHAIN: Final = re.compile(
    rf"(?<![\w.,])({NUMBER}) {_WORDS}, ({NUMBER}) {_WORDS},? and ({NUMBER}) (?:[\w'/()-]+ ){{0,5}}{PEOPLE_WORD}\b", re.I
)


def added_up(document: Document, scan: Scan, numbers: Numbers) -> tuple[Count, list[int]] | None:
    """Groups added up, and their sizes: "two groups of 30", "three groups (25 each)", "(n=12) ... (n=13)"."""
    text = document.text
    for sentence in document.sentences:
        start, end, zone = sentence
        if zone in (Zone.OTHER, Zone.CONCLUSION) or (zone is Zone.BACKGROUND and document.labelled):
            continue
        found = None
        if scan.within("each", start, end) or scan.within("groups", start, end):
            found = _equal_groups(text, sentence)
        if not found and (
            scan.within("n", start, end) or scan.within("enrol", start, end) or scan.within("group-of", start, end)
        ):
            found = _listed_groups(text, scan, sentence, numbers.inside(sentence))
        if found:
            return found
    return None


def _equal_groups(text: str, sentence: Sentence) -> tuple[Count, list[int]] | None:
    start, end, _ = sentence
    for regex in (_EACH, _OF_EACH):
        hit = regex.search(text, start, end)
        if hit and (number := value(hit[1])) and (each := value(hit[2])) and 1 < number < 9:
            return Count(number * each, NKind.RANDOMISED, hit.start(), hit.end(), derived=True), [each]
    hit = _PER.search(text, start, end)
    groups = _GROUPS.search(text) if hit else None
    if hit and groups and (number := value(groups[1])) and (each := value(hit[1])) and 1 < number < 9:
        return Count(number * each, NKind.RANDOMISED, hit.start(), hit.end(), derived=True), [each]
    return None


def _listed_groups(text: str, scan: Scan, sentence: Sentence, places: list[int]) -> tuple[Count, list[int]] | None:
    start, end, _ = sentence
    if len(places) < 2:
        return None
    hit = _first_match(_TWO_ARMS, text, places, end) if scan.within("n-randomised", start, end) else None
    if hit and (first := value(hit[1])) and (second := value(hit[2])):
        return Count(first + second, NKind.RANDOMISED, hit.start(), hit.end(), derived=True), [first, second]
    hit = _first_match(_CHAIN, text, places, end) if len(places) > 2 else None
    if hit:
        chained = [value(hit[number]) or 0 for number in (1, 2, 3)]
        return Count(sum(chained), NKind.ENROLLED, hit.start(), hit.end(), derived=True), chained
    arms = list(islice(EQUALS.finditer(text, start, end), 8))
    sizes = [value(arm[2]) or 0 for arm in arms]
    if len(arms) == 1 and "each" in text[arms[0].end() : arms[0].end() + 12]:
        groups = _GROUPS.search(text)
        if groups and (number := value(groups[1])) and 1 < number < 9:
            return Count(number * sizes[0], NKind.RANDOMISED, arms[0].start(), arms[0].end(), derived=True), sizes
    if (
        not 2 <= len(arms) <= 6
        or _OF_WHOM.search(text, arms[0].end(), arms[-1].start())
        or any("%" in text[arm.end() : arm.end() + 12] for arm in arms)
    ):
        return None
    if len(sizes) > 2 and sizes[0] == sum(sizes[1:]):
        return Count(sizes[0], NKind.ENROLLED, arms[0].start(), arms[0].end()), sizes
    return Count(sum(sizes), NKind.RANDOMISED, arms[0].start(), arms[-1].end(), derived=True), sizes


def _first_match(regex: re.Pattern[str], text: str, places: list[int], end: int) -> re.Match[str] | None:
    return next((hit for place in places if (hit := regex.match(text, place, end))), None)
