"""How numbers of people are written: digits, number words, "n = 30", the people they count."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.cues import PEOPLE
from ketlit.tagging.document import Sentence
from ketlit.vocabulary import NKind

_UNITS: Final = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES: Final = (
    {word: number for number, word in enumerate(_UNITS)}
    | {word: 20 + 10 * number for number, word in enumerate(_TENS)}
    | {"fourty": 40, "dozen": 12}
)
WORD: Final = "(?:" + "|".join(sorted([*_VALUES, "hundred", "thousand"], key=len, reverse=True)) + ")"
NUMBER: Final = rf"(?:\d{{1,3}}(?:[, ]\d{{3}})+(?![\d])|\d{{1,7}}|{WORD}(?:(?:[ -]|[ -]and[ -]){WORD}){{0,7}})"
PEOPLE_WORD: Final = "(?:" + "|".join(sorted(PEOPLE, key=len, reverse=True)) + ")"
_TRIED: Final = 500  # numbers of one sentence that are tried: no sentence that people write has as many
_DIGITS: Final = re.compile(r"(?<![\w.])\d+(?!\d|\.\d| ?%)")
BETWEEN: Final = (
    r"(?!(?:\d+,? |January|February|March|April|May|June|July|August|September|October|November|"
    r"December|years?|yrs?|weeks?|months?|days?|hours?|h|min|minutes?|mg|kg|ml|mL|points?|of|the|in(?!-)|"
    r"on|at|to|for|from|were|was|had|"
    r"groups?|trials?|studies|centers?|centres?|sites?|hospitals?|doses?|infusions?|sessions?|cycles?|"
    r"experiments?|independent|times|arms?|articles|reports?|"
    r"received|who|that|which|between|per|mm|cm|Hz|ng|ms|milliseconds|seconds|sec|pg|dB|fold|cohorts?|case|daily|because|including|"
    r"or|countries|databases)\b)"
)
EQUALS: Final = re.compile(rf"(?<![\w/])([nN])s? ?= ?({NUMBER})(?! ?%)")


class Count(NamedTuple):
    """A number of people: what it counts, and where it stands. `derived`: added up from its groups."""

    n: int
    kind: NKind
    start: int
    end: int
    derived: bool = False


def value(text: str) -> int | None:
    """The number that digits or English words say: "1,234", "10 576", "Two hundred and one"; None if none."""
    digits = re.sub("[, ]", "", text)
    if digits.isdigit():
        return int(digits)
    total = current = 0
    words = [word for word in re.split("[ -]+", text.lower()) if word and word != "and"]
    for word in words:
        if word == "hundred":
            current = max(current, 1) * 100
        elif word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif word in _VALUES:
            current += _VALUES[word]
        else:
            return None
    return total + current if words else None


class Numbers:
    """Where numbers may begin in a document: digits that are no decimal or share, number words, "n ="."""

    def __init__(self, text: str, scan: Scan) -> None:
        places = [hit.start() for hit in _DIGITS.finditer(text)]
        for cue in ("number", "n"):
            places += [start for start, _ in scan.cue(cue)]
        self._places = sorted(places)

    def inside(self, sentence: Sentence) -> list[int]:
        """The first of them in a sentence, as many as people write."""
        low = bisect_left(self._places, sentence.start)
        return self._places[low : min(bisect_left(self._places, sentence.end), low + _TRIED)]
