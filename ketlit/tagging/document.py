"""A record's text as the rules read it: title and abstract in one string, its sentences, and what each is there for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from ketlit.record import Record
from ketlit.tagging.patterns import LONGEST, fold, plain


class Zone(StrEnum):
    """What a sentence is there for."""

    TITLE = "title"
    BACKGROUND = "background"
    AIM = "aim"
    METHODS = "methods"
    RESULTS = "results"
    CONCLUSION = "conclusion"
    OTHER = "other"  # funding, registration numbers


# by plain names: to ask an enumeration for a member takes as long as a call, and this is asked often
IN_TITLE: Final = Zone.TITLE
IN_AIM: Final = Zone.AIM
IN_METHODS: Final = Zone.METHODS
IN_RESULTS: Final = Zone.RESULTS
IN_CONCLUSION: Final = Zone.CONCLUSION
IN_BACKGROUND: Final = Zone.BACKGROUND
ELSEWHERE: Final = Zone.OTHER


class Sentence(NamedTuple):
    start: int
    end: int
    zone: Zone


class Place(NamedTuple):
    """Characters `start` to `end` of a field ("title", "abstract/0"), as its text is stored, and these characters."""

    section: str
    start: int
    end: int
    quote: str


class _Part(NamedTuple):
    field: str
    stored: str
    begin: int  # where it begins in the whole
    length: int
    origin: list[int] | None


# the first words of a section's label; what is not here keeps the zone before it
_LABELS: Final = {
    "background": Zone.BACKGROUND,
    "introduction": Zone.BACKGROUND,
    "importance": Zone.BACKGROUND,
    "context": Zone.BACKGROUND,
    "rationale": Zone.BACKGROUND,
    "what is known": Zone.BACKGROUND,
    "purpose": Zone.AIM,
    "objective": Zone.AIM,
    "objectives": Zone.AIM,
    "aim": Zone.AIM,
    "aims": Zone.AIM,
    "hypothesis": Zone.AIM,
    "study objective": Zone.AIM,
    "goal": Zone.AIM,
    "question": Zone.AIM,
    "design": Zone.METHODS,
    "research design": Zone.METHODS,
    "approach": Zone.METHODS,
    "analysis": Zone.METHODS,
    "measurement": Zone.METHODS,
    "exposure": Zone.METHODS,
    "exposures": Zone.METHODS,
    "population": Zone.METHODS,
    "study population": Zone.METHODS,
    "sample": Zone.METHODS,
    "evidence acquisition": Zone.METHODS,
    "evidence review": Zone.METHODS,
    "information sources": Zone.METHODS,
    "search strategy": Zone.METHODS,
    "literature search": Zone.METHODS,
    "recent findings": Zone.RESULTS,
    "main findings": Zone.RESULTS,
    "evidence synthesis": Zone.RESULTS,
    "outcome": Zone.RESULTS,
    "observation": Zone.RESULTS,
    "areas covered": Zone.RESULTS,
    "expert opinion": Zone.CONCLUSION,
    "expert commentary": Zone.CONCLUSION,
    "clinical significance": Zone.CONCLUSION,
    "practical implications": Zone.CONCLUSION,
    "impact": Zone.CONCLUSION,
    "ethics": Zone.OTHER,
    "study design": Zone.METHODS,
    "trial design": Zone.METHODS,
    "setting": Zone.METHODS,
    "settings": Zone.METHODS,
    "method": Zone.METHODS,
    "methods": Zone.METHODS,
    "methodology": Zone.METHODS,
    "material": Zone.METHODS,
    "materials": Zone.METHODS,
    "patients": Zone.METHODS,
    "patient": Zone.METHODS,
    "participants": Zone.METHODS,
    "subjects": Zone.METHODS,
    "animals": Zone.METHODS,
    "intervention": Zone.METHODS,
    "interventions": Zone.METHODS,
    "measurements": Zone.METHODS,
    "measures": Zone.METHODS,
    "main outcome": Zone.METHODS,
    "main outcomes": Zone.METHODS,
    "outcome measures": Zone.METHODS,
    "primary outcome": Zone.METHODS,
    "secondary outcome": Zone.METHODS,
    "data sources": Zone.METHODS,
    "data source": Zone.METHODS,
    "data extraction": Zone.METHODS,
    "data collection": Zone.METHODS,
    "data synthesis": Zone.RESULTS,
    "study selection": Zone.METHODS,
    "search methods": Zone.METHODS,
    "selection criteria": Zone.METHODS,
    "eligibility": Zone.METHODS,
    "inclusion criteria": Zone.METHODS,
    "exclusion criteria": Zone.METHODS,
    "condition": Zone.AIM,
    "experimental design": Zone.METHODS,
    "experimental approach": Zone.METHODS,
    "procedures": Zone.METHODS,
    "procedure": Zone.METHODS,
    "statistical analysis": Zone.METHODS,
    "case": Zone.RESULTS,
    "cases": Zone.RESULTS,
    "clinical case": Zone.RESULTS,
    "patient concerns": Zone.RESULTS,
    "diagnosis": Zone.RESULTS,
    "diagnoses": Zone.RESULTS,
    "result": Zone.RESULTS,
    "results": Zone.RESULTS,
    "main results": Zone.RESULTS,
    "key results": Zone.RESULTS,
    "findings": Zone.RESULTS,
    "outcomes": Zone.RESULTS,
    "observations": Zone.RESULTS,
    "conclusion": Zone.CONCLUSION,
    "conclusions": Zone.CONCLUSION,
    "author s conclusions": Zone.CONCLUSION,
    "authors  conclusions": Zone.CONCLUSION,
    "interpretation": Zone.CONCLUSION,
    "discussion": Zone.CONCLUSION,
    "summary": Zone.CONCLUSION,
    "implications": Zone.CONCLUSION,
    "clinical implications": Zone.CONCLUSION,
    "clinical relevance": Zone.CONCLUSION,
    "significance": Zone.CONCLUSION,
    "lessons": Zone.CONCLUSION,
    "relevance": Zone.CONCLUSION,
    "limitations": Zone.RESULTS,
    "limitation": Zone.RESULTS,
    "trial registration": Zone.OTHER,
    "clinical trial registration": Zone.OTHER,
    "registration": Zone.OTHER,
    "clinicaltrials": Zone.OTHER,
    "clinical trials": Zone.OTHER,
    "funding": Zone.OTHER,
    "keywords": Zone.OTHER,
    "key words": Zone.OTHER,
    "systematic review registration": Zone.OTHER,
    "prospero": Zone.OTHER,
    "supplementary": Zone.OTHER,
}
_CATEGORIES: Final = {
    "BACKGROUND": Zone.BACKGROUND,
    "OBJECTIVE": Zone.AIM,
    "METHODS": Zone.METHODS,
    "RESULTS": Zone.RESULTS,
    "CONCLUSIONS": Zone.CONCLUSION,
}
# a stop after an initial or one of these short forms ends no sentence
_STOP: Final = re.compile(
    r"[.!?](?=[)\]\"']? {1,3}[A-Z0-9\"'(\[≥αβγ])(?:(?<=[a-z0-9)%]{4}[.!?])(?<!pprox\.)(?<![\s(]resp\.)(?<![\s(]incl\.)|"
    r"(?<![\s(][A-Z]\.)(?<![\s(](?i:vs|cf|al|no|dr|st|mr|ca)\.)"
    r"(?<![\s(](?i:e\.g|i\.e|i\.v|i\.m|i\.p|s\.c|p\.o|fig|mrs)\.)(?<!pprox\.)(?<![\s(](?i:resp|incl)\.))"
    r"[)\]\"']? {1,3}"
)
# a heading that stands within a line, where a stop before it was lost
_HEADING: Final = re.compile(
    r"(?<= )(?:BACKGROUND|OBJECTIVES?|METHODS?|RESULTS?|FINDINGS|CONCLUSIONS?|INTERPRETATION|DISCUSSION): ?[A-Z]"
)
_HEADS: Final = (
    "BACKGROUND:",
    "OBJECTIVE",
    "METHOD",
    "RESULT",
    "FINDINGS:",
    "CONCLUSION",
    "INTERPRETATION:",
    "DISCUSSION:",
)
_LABEL: Final = re.compile(r"([A-Z][A-Za-z'&/, ()-]{2,60}?):\W")
# what publishers and registries add
_NOTICE: Final = re.compile(
    r"\(?(?:PsycI|©|\(c\)|Copyright|\d{2,3} words\)|(?:Clinical ?)?Trials? ?(?:registration|registry|"
    r"\.gov|identifiers?)|ClinicalTrials|"
    r"(?:This|The) (?:study|trial|review|protocol)(?: protocol)? (?:is|was|"
    r"has been) (?:\w+ )?registered|Registered|PROSPERO|EudraCT|ISRCTN|NCT\d|Funding|Funded)",
    re.I,
)
# how a notice may begin: three letters of its first word, or a sign
_NOTED: Final = frozenset(["psy", "cop", "cli", "tri", "thi", "the", "reg", "pro", "eud", "isr", "nct", "fun"])
_SIGNED: Final = frozenset("(©0123456789")
# how a sentence begins that speaks of the study itself
_ITSELF: Final = re.compile(
    r"(?:(?:in|here|herein|therefore|thus|to this end|accordingly|using|with|through|for|to \w+[^,]{0,80}),? )?"
    r"(?:this|the present|the current|the aims?|the objectives?|the purpose|we|our|here|one hundred|\d+ )\b",
    re.I,
)


_FIRST: Final = (Zone.CONCLUSION, Zone.AIM)


class Document:
    """One record's title and abstract, joined. Offsets are those of `text`; `place` turns them into stored ones."""

    __slots__ = ("_begins", "_ends", "_parts", "folded", "has_abstract", "labelled", "lower", "sentences", "text")

    def __init__(self, record: Record) -> None:
        self._parts: list[_Part] = []
        begin, room, pieces, categories = 1, LONGEST, [], []
        fields = [("title", record.title, "")] + [
            (f"abstract/{number}", section.text, section.category or section.label)
            for number, section in enumerate(record.sections)
            if section.kind == "abstract"
        ]
        for field, stored, category in fields:
            text, origin = plain(stored[:room])
            self._parts.append(_Part(field, stored, begin, len(text), origin))
            pieces.append(text)
            categories.append(category)
            begin += len(text) + 2
            room = max(0, room - len(stored))
        # two line ends between parts, and one at each end: no phrase crosses, and each word has a blank beside it
        self.text = "\n" + "\n\n".join(pieces) + "\n"
        self.folded = fold(self.text)
        self.has_abstract = len(self.text) > len(pieces[0]) + 40
        self.sentences = _sentences(self.text, self._parts, categories)
        self._ends = [one.end for one in self.sentences]
        self._begins = [one.begin for one in self._parts]
        zones = {one.zone for one in self.sentences}
        told = zones & {IN_METHODS, IN_RESULTS, IN_CONCLUSION}
        self.labelled = len(told) > 1 or bool(told and (any(categories) or self._begins_labelled()))

    def _begins_labelled(self) -> bool:
        """Whether the abstract begins with a label: a protocol has an introduction and methods, and no results."""
        begin = self._parts[1].begin if len(self._parts) > 1 else 0
        label = _LABEL.match(self.text, begin) if begin else None
        return label is not None and _labelled(label[1], ELSEWHERE) is not ELSEWHERE

    def guess_zones(self, cues: Iterable[tuple[int, Zone]]) -> None:
        """Zones of an abstract without labels: background until the aim, methods until results, a conclusion late.

        `cues` are places that speak of a zone, those of the zone that counts first before the others. The last
        sentence concludes, unless the abstract ended with its aim.
        """
        said: dict[int, Zone] = {}
        for place, zone in cues:
            said.setdefault(bisect_right(self._ends, place), zone)
        zone, last = IN_BACKGROUND, len(self.sentences) - 1
        for number, (start, end, given) in enumerate(self.sentences):
            if given is IN_TITLE or given is ELSEWHERE:
                continue
            cue = said.get(number)
            if zone is IN_BACKGROUND and cue not in _FIRST and _ITSELF.match(self.text, start, end):
                cue = IN_AIM
            if number == last > 2 and zone is not IN_BACKGROUND and cue is not IN_AIM:
                cue = IN_CONCLUSION
            zone = _next_zone(zone, cue, 2 * number > last)
            self.sentences[number] = Sentence(start, end, zone)

    def sentence(self, place: int) -> Sentence:
        """The sentence a character lies in."""
        number = bisect_right(self._ends, place)
        return self.sentences[number if number < len(self._ends) else -1]

    def zone(self, place: int) -> Zone:
        """What the sentence of a character is there for."""
        return self.sentence(place).zone

    def place(self, start: int, end: int) -> Place:
        """Where characters of `text` are stored; what runs over the end of its part is cut there."""
        field, stored, begin, length, origin = self._parts[max(0, bisect_right(self._begins, start) - 1)]
        low, high = start - begin, end - begin
        if high > length:
            high = length
        if origin:
            low, high = origin[low], origin[high - 1] + 1
        return tuple.__new__(Place, (field, low, high, stored[low:high]))


def _sentences(text: str, parts: list[_Part], categories: list[str]) -> list[Sentence]:
    found = []
    for part, category in zip(parts, categories, strict=True):
        is_title = part.field == "title"
        zone = IN_TITLE if is_title else _zone_of(category)
        start, last = part.begin, part.begin + part.length
        ends = [hit.end() for hit in _STOP.finditer(text, start, last)]
        colon = text.find(":", start, last)
        if colon > 0 and _capital_before(text, colon, last) and any(map(text.__contains__, _HEADS)):
            ends = sorted({*ends, *(hit.start() for hit in _HEADING.finditer(text, start, last))})
        for end in (*ends, last):
            if end > start:
                if 0 < colon < start:
                    colon = text.find(":", start, last)
                near = 0 < colon < end and colon < start + 64 and not is_title
                if near and (label := _LABEL.match(text, start, end)):
                    zone = _labelled(label[1], zone)
                head = text[start] in _SIGNED or text[start : start + 3].lower() in _NOTED
                noted = head and _NOTICE.match(text, start, end)
                # as Sentence(...), without the function a named tuple has between
                found.append(tuple.__new__(Sentence, (start, end, ELSEWHERE if noted else zone)))
            start = end
    return found or [Sentence(0, len(text), IN_TITLE)]


def _capital_before(text: str, colon: int, last: int) -> bool:
    """Whether a capital stands before a colon, of which this is the first."""
    while colon > 0:
        if text[colon - 1].isupper():
            return True
        colon = text.find(":", colon + 1, last)
    return False


def _zone_of(category: str) -> Zone:
    return _CATEGORIES.get(category.upper()) or _labelled(category, IN_BACKGROUND)


@lru_cache(maxsize=1000)
def _labelled(label: str, before: Zone) -> Zone:
    """The zone of a label by its longest known beginning: "Materials and methods", "RESULTS AND DISCUSSION"."""
    words = fold(label).decode().split()
    for number in range(min(3, len(words)), 0, -1):
        zone = _LABELS.get(" ".join(words[:number]))
        if zone:
            return zone
    return before


def _next_zone(before: Zone, said: Zone | None, late: bool) -> Zone:
    """A zone goes on until a cue begins a later one; only an aim is looked for in what was background."""
    if said is IN_CONCLUSION:
        return said if late else before
    if before in (IN_CONCLUSION, IN_RESULTS) and said is not IN_RESULTS:
        return before
    if said in (IN_AIM, IN_METHODS):
        return said
    if before is IN_BACKGROUND:
        return IN_RESULTS if said is IN_RESULTS and late else before
    return said or IN_METHODS
