"""The words of a text that speak of its design, by where they stand, and whether it tells of work of its own."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.axes import DESIGNS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import ELSEWHERE, IN_BACKGROUND, IN_TITLE, Document, Zone
from ketlit.tagging.patterns import LONGEST
from ketlit.tagging.starts import seeker
from ketlit.tagging.whose import of_others
from ketlit.vocabulary import Design

ANYWHERE: Final = frozenset(Zone)
TOLD: Final = ANYWHERE - {Zone.CONCLUSION, Zone.OTHER}
TITLE_ALONE: Final = frozenset({Zone.TITLE})
COUNTED: Final = frozenset({"meta-analysis"})  # designs of which more than one mention matters
OWN: Final = frozenset({Zone.TITLE, Zone.AIM, Zone.METHODS})


def reports(document: Document, scan: Scan) -> bool:
    """Whether a text tells what was done or found in it, rather than what is known."""
    if document.labelled or scan.has("n", "zone-methods", "own-work", "randomised"):
        return True
    past = sum(document.text.count(verb) for verb in (" was ", " were ", " did ", " had "))
    return 3 * past >= len(document.sentences) > 1


class Named(NamedTuple):
    """The one design, why, and where the words stand."""

    design: Design
    start: int
    end: int
    rule: str


# what stands before the name of a study's own design, wherever it is said
THIS: Final = seeker(r"\b(?:this|our|the present|the current|the reported)[ -](?:[\w/,-]+ ){0,4}$")


class Evidence:
    """The designs and cues that a document names, by zone."""

    def __init__(self, document: Document, scan: Scan) -> None:
        self.document, self.scan = document, scan
        self.title: dict[str, Mention] = {}
        self.own: dict[str, Mention] = {}
        self.anywhere: dict[str, Mention] = {}
        self.times: dict[str, int] = {}  # how often it is said of this study; right of those in COUNTED
        self._reports: bool | None = None
        self._others: frozenset[int] | None = None
        for mention in scan.of(DESIGNS):
            zone, term = mention.sentence.zone, mention.term
            self._take(mention, zone, term.id)
            for axis, implied in term.implies:
                if axis is DESIGNS:
                    self._take(mention, zone, implied)

    def _take(self, mention: Mention, zone: Zone, term: str) -> None:
        self.anywhere.setdefault(term, mention)
        own = zone is IN_TITLE or (zone in OWN and not self.of_others(mention.start))
        if own or ((term not in self.own or term in COUNTED) and self._of_itself(mention, zone)):
            self.own.setdefault(term, mention)
            self.times[term] = self.times.get(term, 0) + 1
        if zone is IN_TITLE:
            self.title.setdefault(term, mention)

    @property
    def reports(self) -> bool:
        """Whether the text tells what was done or found in it."""
        if self._reports is None:
            self._reports = reports(self.document, self.scan)
        return self._reports

    @property
    def others(self) -> frozenset[int]:
        """Where the sentences begin that tell of studies of others."""
        if self._others is None:
            self._others = of_others(self.document, self.scan)
        return self._others

    def of_others(self, place: int) -> bool:
        """Whether a character stands in a sentence that tells of a study of others."""
        return bool(self.others) and self.document.sentence(place).start in self.others

    def _of_itself(self, mention: Mention, zone: Zone) -> bool:
        """Whether the words are said of this study, as "this open trial"; or the background ends with the aim."""
        if zone is ELSEWHERE:
            return False
        start, end, _ = mention.sentence
        if zone is IN_BACKGROUND and self.scan.within("zone-aim", start, end):
            return True
        return THIS.search(self.document.text, max(start, mention.start - 50), mention.start) is not None

    def cue(self, name: str, zones: frozenset[Zone] = OWN) -> tuple[int, int] | None:
        """The first place of a cue in these zones."""
        places = self.scan.cues.get(name)
        if not places:
            return None
        if zones is ANYWHERE:
            return places[0]
        zone = self.document.zone
        for place in places:
            if zone(place[0]) in zones:
                return place
        return None


def named(design: Design, mention: Mention | tuple[int, int], rule: str) -> Named:
    start, end = (mention.start, mention.end) if isinstance(mention, Mention) else mention
    return Named(design, start, end, rule)


def seek(
    document: Document, rule: re.Pattern[str], parts: tuple[bytes, ...], low: int, high: int, before: int = LONGEST
) -> bool:
    """Whether an expression finds something. One of `parts`, folded, is in all it finds: to seek these is quicker.

    What it finds begins no more than `before` characters before the part.
    """
    find, first = document.folded.find, -1
    for part in parts:
        at = find(part, low, high if first < 0 else min(high, first + len(part) - 1))
        if at >= 0:
            first = at
    return first >= 0 and rule.search(document.text, max(low, first - before), high) is not None
