"""What a record is about, from its words: the door to the text tagger.

reader = Reader(load())
reading = reader.read(record)
"""

from __future__ import annotations

from typing import NamedTuple

from ketlit.record import Dose, Record, Tag
from ketlit.tagging.axes import CONTEXTS, DESIGNS, DIRECTIONS, DRUGS, PARTICIPANTS, ROUTES
from ketlit.tagging.candidates import Scan, Scanner
from ketlit.tagging.cases import ONE_CASE
from ketlit.tagging.comparators import comparators
from ketlit.tagging.conditions import conditions
from ketlit.tagging.context import context, is_animal
from ketlit.tagging.design import COUNTS_NOBODY, NO_N, design, design_of_people, flags
from ketlit.tagging.design_evidence import (
    CASE_REPORT,
    GUIDELINE,
    META_ANALYSIS,
    NARRATIVE_REVIEW,
    NON_RANDOMIZED_TRIAL,
    OBSERVATIONAL,
    OTHER,
    PRECLINICAL,
    PROTOCOL,
    RCT,
    SECONDARY_ANALYSIS,
    SYSTEMATIC_REVIEW,
    Named,
)
from ketlit.tagging.direction import direction
from ketlit.tagging.document import IN_BACKGROUND, Document, Place
from ketlit.tagging.doses import doses
from ketlit.tagging.findings import BACKGROUND, COMPARATOR, STUDIED, Found, found
from ketlit.tagging.interventions import forms, routes
from ketlit.tagging.number_words import ENROLLED, RANDOMISED, Count, value
from ketlit.tagging.numbers import participants
from ketlit.tagging.outcomes import outcomes
from ketlit.tagging.reviews import LOOSE
from ketlit.tagging.starts import seeker
from ketlit.tagging.tagger import names_ketamine
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis, Design, Direction, NKind, Origin

# a report of more than one case
_CASES = seeker(
    r"\b(?:two|three|four|five|six) (?:[\w-]+ ){0,2}(?:cases|patients|individuals|adolescents|children|women|men)\b"
)
_CONTROLLED = frozenset(
    {
        RCT,
        NON_RANDOMIZED_TRIAL,
        META_ANALYSIS,
        SYSTEMATIC_REVIEW,
        PROTOCOL,
        SECONDARY_ANALYSIS,
        OBSERVATIONAL,
        OTHER,
        PRECLINICAL,
    }
)
_REVIEWS = frozenset({NARRATIVE_REVIEW, SYSTEMATIC_REVIEW, META_ANALYSIS, GUIDELINE})
_WRITTEN = {kind: kind.value for kind in Design}
_UNTOLD = Direction.NOT_REPORTED
_BY_LOT = frozenset({Design.RCT, Design.PROTOCOL, Design.SECONDARY_ANALYSIS})
_COMPARED = frozenset({"placebo-controlled", "crossover", "double-blind", "active-placebo"})
_MENTIONED = (Axis.POPULATION, Axis.REGIMEN, Axis.MECHANISM)


class Reading(NamedTuple):
    """All that a text says. `n_place`, `direction_place`: the words; None where nothing is said."""

    tags: list[Tag]
    doses: list[Dose]
    design: str
    context: str
    n: int | None
    n_kind: NKind | None
    n_place: Place | None
    direction: Direction
    direction_place: Place | None


class Reader:
    """Reads records by a taxonomy. To be made once for many records."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self.scanner = Scanner(taxonomy)

    def read(self, record: Record) -> Reading:
        """The tags, doses, number of participants and direction that title and abstract say."""
        document = Document(record)
        scan = self.scanner.scan(document)
        drugs = scan.of(DRUGS)
        if drugs and all(one.term.id == "racemate" for one in drugs):
            scan.mentions.pop(DRUGS, None)  # of another drug
            drugs = []
        animals = is_animal(document, scan)
        animal = animals is not None
        named, counted = _design(document, scan, animal=animals)
        kind = named.design if named else OTHER
        review = kind in _REVIEWS
        about = conditions(document, scan, self._taxonomy, animal=animal, review=review)
        studied = {one.term for one in about if one.role == STUDIED}
        why = context(document, scan, self._taxonomy, studied, animal=animal, design=kind)
        reason = why.term if why else ""
        result = about + flags(document, scan, self._taxonomy)
        result += outcomes(document, scan, self._taxonomy, studied, context=reason, design=kind)
        if drugs:
            given = forms(document, scan, review=review) + routes(document, scan, animal=animal, review=review)
            compared = kind in _CONTROLLED or (
                kind not in (NARRATIVE_REVIEW, GUIDELINE) and any(one.term in _COMPARED for one in result)
            )
            result += given + comparators(
                document,
                scan,
                given,
                controlled=compared,
                review=kind is SYSTEMATIC_REVIEW,
                context=reason,
            )
        for axis in _MENTIONED:
            for one in scan.mentions.get(axis, ()):
                result.append(found(one, "named", STUDIED if one[4][2] is not IN_BACKGROUND else BACKGROUND))
        if named:
            result.append(Found(DESIGNS, _WRITTEN[kind], named.start, named.end, named.rule))
        if why and (drugs or not names_ketamine(record, document.folded)):
            result.append(Found(CONTEXTS, why.term, why.start, why.end, why.rule))
        count = counted or _count(document, scan, named)
        ill = bool(studied - {"healthy-volunteers"})
        stated = direction(document, scan, design=kind, context=reason, ill=ill)
        return Reading(
            tags=_tags(document, self._taxonomy, result),
            doses=doses(document, scan) if drugs else [],
            design=_WRITTEN[kind],
            context=reason,
            n=count.n if count else None,
            n_kind=count.kind if count else None,
            n_place=document.place(count.start, count.end) if count else None,
            direction=stated.direction if stated else _UNTOLD,
            direction_place=_words(document, stated.start, stated.end) if stated else None,
        )


def _words(document: Document, start: int, end: int) -> Place:
    """Where a stretch of text is stored, without the blanks behind it."""
    return document.place(start, start + len(document.text[start:end].rstrip()))


def as_tags(reading: Reading) -> list[Tag]:
    """All that a text says as tags: the terms, then the number of people and the direction, each with its words."""
    tags = list(reading.tags)
    if reading.n is not None and reading.n_place:
        kind = reading.n_kind.value if reading.n_kind else ""
        tags.append(Tag(PARTICIPANTS, str(reading.n), Origin.TEXT, *reading.n_place, rule=kind))
    if reading.direction_place:
        place = reading.direction_place
        tags.append(Tag(DIRECTIONS, reading.direction.value, Origin.TEXT, *place, rule="conclusion"))
    return tags


def _design(document: Document, scan: Scan, *, animal: tuple[int, int] | None) -> tuple[Named | None, Count | None]:
    """The design, and the number of people where it was asked for: who counts many neither reviews nor tells a case."""
    named = design(document, scan, animal=animal)
    if named and named.rule in (LOOSE, ONE_CASE):
        counted = participants(document, scan)
        if counted and (named.rule == LOOSE or counted.n > 9):
            return design_of_people(document, scan), counted
    return named, None


def _count(document: Document, scan: Scan, named: Named | None) -> Count | None:
    """The number of people; none where nobody is studied, and one case where no more are told of."""
    kind = named.design if named else OTHER
    if kind in NO_N or (named and named.rule == COUNTS_NOBODY):
        return None
    count = participants(document, scan, planned=kind is PROTOCOL)
    if kind is CASE_REPORT and named and (count is None or count.n > 9):
        cases = _CASES.search(document.text)
        if cases:
            return Count(value(cases[0].split(" ", 1)[0]) or 1, NKind.ANALYSED, *cases.span())
        return Count(1, NKind.ANALYSED, named.start, named.end)
    if count and count.kind is RANDOMISED and kind not in _BY_LOT:
        return count._replace(kind=ENROLLED)  # groups that nobody drew lots for
    return count


IN_PASSING = "named, but not as what is studied"
_STRENGTH = {STUDIED: 0, COMPARATOR: 1, BACKGROUND: 2}


def _tags(document: Document, taxonomy: Taxonomy, results: list[Found]) -> list[Tag]:
    """One tag a term: the first of the strongest role. Terms are printed ids."""
    best: dict[tuple[Axis, str], Found] = {}
    printed = taxonomy.printed_as.get
    for one in results:
        key = one[:2]
        key = printed(key, key)
        before = best.get(key)
        if before is None or (before[5] != one[5] and _STRENGTH[one[5]] < _STRENGTH[before[5]]):
            best[key] = one
    tags = []
    text, route, place = Origin.TEXT, ROUTES, document.place
    for (axis, term), (_, _, start, end, rule, role) in best.items():
        section, first, last, quote = place(start, end)
        said = rule if role != BACKGROUND or axis is route else IN_PASSING
        tags.append(Tag(axis, term, text, section, first, last, quote, said, role))
    return tags
