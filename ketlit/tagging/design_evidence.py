"""The words of a text that speak of its design, by where they stand, and whether it tells of work of its own."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.axes import DESIGNS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import ELSEWHERE, IN_BACKGROUND, IN_TITLE, Document, Sentence, Zone
from ketlit.tagging.patterns import LONGEST
from ketlit.tagging.starts import seeker
from ketlit.tagging.whose import Others, of_others
from ketlit.vocabulary import Design

# the designs by plain names: to ask an enumeration for a member takes as long as a call
META_ANALYSIS: Final = Design.META_ANALYSIS
SYSTEMATIC_REVIEW: Final = Design.SYSTEMATIC_REVIEW
GUIDELINE: Final = Design.GUIDELINE
RCT: Final = Design.RCT
NON_RANDOMIZED_TRIAL: Final = Design.NON_RANDOMIZED_TRIAL
SINGLE_ARM_TRIAL: Final = Design.SINGLE_ARM_TRIAL
OBSERVATIONAL: Final = Design.OBSERVATIONAL
CASE_SERIES: Final = Design.CASE_SERIES
CASE_REPORT: Final = Design.CASE_REPORT
NARRATIVE_REVIEW: Final = Design.NARRATIVE_REVIEW
PROTOCOL: Final = Design.PROTOCOL
SECONDARY_ANALYSIS: Final = Design.SECONDARY_ANALYSIS
PRECLINICAL: Final = Design.PRECLINICAL
EDITORIAL_LETTER: Final = Design.EDITORIAL_LETTER
OTHER: Final = Design.OTHER

ANYWHERE: Final = frozenset(Zone)
TOLD: Final = ANYWHERE - {Zone.CONCLUSION, Zone.OTHER}
TITLE_ALONE: Final = frozenset({Zone.TITLE})
COUNTED: Final = frozenset({"meta-analysis"})  # designs of which more than one mention matters
OWN: Final = frozenset({Zone.TITLE, Zone.AIM, Zone.METHODS})


def reports(document: Document, scan: Scan) -> bool:
    """Whether a text tells what was done or found in it, rather than what is known."""
    if document.labelled or scan.has("n", "zone-methods", "own-work", "randomised"):
        return True
    count = document.text.count
    past = count(" was ") + count(" were ") + count(" did ") + count(" had ")
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
        self._others: Others | None = None
        outlook = scan.has("outlook")
        for mention in scan.of(DESIGNS):
            start, end, term, _, sentence = mention
            zone = sentence.zone
            titled = zone is IN_TITLE
            if zone in OWN and not titled and self._others is None:
                self._others = of_others(document, scan)
            own = titled or (zone in OWN and not (self._others and start in self._others))
            if own and outlook and not titled and is_outlook(document.text, scan, start, end, sentence):
                own = False
            self._take(mention, term.id, titled, own)
            for axis, implied in term.implies:
                if axis is DESIGNS:
                    self._take(mention, implied, titled, own)

    def _take(self, mention: Mention, term: str, titled: bool, own: bool) -> None:
        self.anywhere.setdefault(term, mention)
        if own or ((term not in self.own or term in COUNTED) and self._of_itself(mention)):
            self.own.setdefault(term, mention)
            self.times[term] = self.times.get(term, 0) + 1
        if titled:
            self.title.setdefault(term, mention)

    @property
    def reports(self) -> bool:
        """Whether the text tells what was done or found in it."""
        if self._reports is None:
            self._reports = reports(self.document, self.scan)
        return self._reports

    @property
    def others(self) -> Others:
        """Where studies of others are told of."""
        if self._others is None:
            self._others = of_others(self.document, self.scan)
        return self._others

    def of_others(self, place: int) -> bool:
        """Whether a character stands where a study of others is told of."""
        return place in self.others

    def _of_itself(self, mention: Mention) -> bool:
        """Whether the words are said of this study, as "this open trial"; or the background ends with the aim."""
        start, end, zone = mention.sentence
        if zone is ELSEWHERE:
            return False
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
        sentence = self.document.sentence
        for place in places:
            if sentence(place[0])[2] in zones:
                return place
        return None


# what should be done, or is seldom done
_SHOULD: Final = seeker(
    r"\b(?:(?:should|must|ought to|needs? to|remains? to|ha(?:s|ve) yet to) (?:\w+ ){0,2}?(?:be|prioriti\w+|use|"
    r"include|employ|focus|examine|confirm\w*|test|stud(?:y|ied)|compare|evaluate|follow)|"
    r"(?:low|small|limited) number of|lack of|paucity of|scarcity of|absence of|"
    r"(?:future|further) (?:research|stud(?:y|ies)|trials?))\b[^.;:]{0,80}$"
)


_NEEDED: Final = re.compile(
    r"[^.;:]{0,60}?\b(?:trials?|stud(?:y|ies)|RCTs?|research|designs?) (?:[\w-]+ ){0,4}?"
    r"(?:(?:is|are|will be|would be) (?:\w+ )?(?:needed|warranted|required|necessary|lacking|scarce|rare|few)\b|"
    r"should\b|must\b|ought to\b|ha(?:s|ve) yet\b|remain\b|would (?:help|be)\b)",
    re.I,
)
_FEW: Final = re.compile(r"\b(?:few|fewer|no|more|hardly any) (?:[\w,-]+ ){0,3}$", re.I)
_PLURAL: Final = re.compile(r",? (?:[\w-]+,? ){0,4}?(?:trials|studies|RCTs)\b", re.I)


def is_outlook(text: str, scan: Scan, start: int, end: int, sentence: Sentence) -> bool:
    """Whether words for a design tell what should be done, or what few have done."""
    first, last, _ = sentence
    if not scan.within("outlook", first, last):
        return False
    if _SHOULD.search(text, max(first, start - 120), start):
        return True
    few = _PLURAL.match(text, end, last) and _FEW.search(text, max(first, start - 40), start)
    return bool(few) or _NEEDED.match(text, end, last) is not None


def named(design: Design, mention: Mention | tuple[int, int], rule: str) -> Named:
    # as Named(...), without the function a named tuple has between
    return tuple.__new__(Named, (design, mention[0], mention[1], rule))


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


# a drug given by those who write, not taken by those they ask
_GIVEN: Final = seeker(
    r"\b(?:received|receiving|(?:was|were|been) given|administered|administration|infusions?|infused|injected|"
    r"injections?|premedicated|rinsed|gargl(?:ed|ing)|drank|swallowed|inhaled|nebuli[sz]ed|sprayed|"
    r"took(?! part| place)|got|doses?|dosed|ana?esthesia|ana?estheti[sz]ed|\d ?mg|treated with|underwent)\b"
)


# what stands in all that it finds, as the folded text has it: a plain search is quicker than an expression
# fmt: off
_GIVEN_PARTS: Final = (
    b"receiv", b" given", b"administ", b"infus", b"inject", b"premed", b"esthe", b"mg", b"treated", b"underw",
    b"rinsed", b"gargl", b"drank", b"swallowed", b"inhaled", b"nebuli", b"sprayed", b" took", b" got ", b" dose",
)
# fmt: on


def tells_of_giving(document: Document, start: int) -> bool:
    """Whether a text says, from a character on, that something was given."""
    return seek(document, _GIVEN, _GIVEN_PARTS, start, len(document.text), before=5)
