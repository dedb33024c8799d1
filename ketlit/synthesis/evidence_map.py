"""The evidence map: what there is in the cells of two axes. A trial counts once, whoever reported it how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ketlit.evidence_views import MapStudy
from ketlit.vocabulary import Design, Direction

# what says most about a treatment first; studies about studies stand above those they are about
RANK: Final[dict[str, int]] = {
    design: place
    for place, design in enumerate(
        (
            *(Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW, Design.RCT, Design.NON_RANDOMIZED_TRIAL),
            *(Design.OBSERVATIONAL, Design.SINGLE_ARM_TRIAL, Design.CASE_SERIES, Design.CASE_REPORT),
            *(Design.SECONDARY_ANALYSIS, Design.GUIDELINE, Design.NARRATIVE_REVIEW, Design.EDITORIAL_LETTER),
            *(Design.PRECLINICAL, Design.OTHER),
        )
    )
}
# studies about studies: they count, and are told apart, for what they say was counted before
ABOUT_STUDIES: Final = frozenset(
    (
        *(Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW, Design.NARRATIVE_REVIEW, Design.GUIDELINE),
        Design.EDITORIAL_LETTER,
    )
)
_LAST: Final = len(RANK)


class Cell(NamedTuple):
    """What there is in one cell: `k` trials and studies outside of trials, `reviews` of them about studies.

    `automatic` of the k were read by no person: none of the studies of the trial is curated.
    `n` people, of a trial the most that one of its studies has. `directions` of the k, without those of no study.
    """

    k: int
    reviews: int
    n: int
    best_design: str | None
    directions: dict[str, int]
    automatic: int = 0


EMPTY: Final = Cell(0, 0, 0, None, {})


class EvidenceMap(NamedTuple):
    """`cells` are those that are not empty, by (row, column); `rows`, `columns` and `whole` count across them."""

    rows: dict[str, Cell]
    columns: dict[str, Cell]
    cells: dict[tuple[str, str], Cell]
    whole: Cell


class _Tally:
    """Counts that add up, as long as no trial is in two of them."""

    __slots__ = ("automatic", "best", "k", "n", "reviews", "ways")

    def __init__(self) -> None:
        self.k = self.reviews = self.n = self.automatic = 0
        self.best = _LAST
        self.ways: dict[str, int] = {}

    def unit(self, studies: Sequence[MapStudy]) -> None:
        """Add one trial, or one study outside of trials."""
        first = studies[0]
        self.k += 1
        self.automatic += not any(study.curated for study in studies)
        self.n += max(study.n or 0 for study in studies) if len(studies) > 1 else first.n or 0
        self.best = min(self.best, *(RANK.get(study.design, _LAST) for study in studies))
        self.reviews += all(study.design in ABOUT_STUDIES for study in studies)
        way = first.direction if len(studies) == 1 else direction_of(study.direction for study in studies)
        self.ways[way] = self.ways.get(way, 0) + 1

    def add(self, other: _Tally) -> None:
        self.k += other.k
        self.automatic += other.automatic
        self.n += other.n
        self.reviews += other.reviews
        self.best = min(self.best, other.best)
        for way, times in other.ways.items():
            self.ways[way] = self.ways.get(way, 0) + times

    def cell(self) -> Cell:
        ways = {way: self.ways[way] for way in _WAYS if way in self.ways}
        best = _DESIGNS[self.best] if self.best < _LAST else None
        return Cell(self.k, self.reviews, self.n, best, ways, self.automatic)


_DESIGNS: Final = tuple(str(design) for design in RANK)
_WAYS: Final = tuple(str(way) for way in Direction)


def chart(studies: Sequence[MapStudy]) -> EvidenceMap:
    """Count studies into the cells of their terms; one with several terms on an axis counts under each."""
    units: dict[int, list[MapStudy]] = {}
    for study in studies:
        units.setdefault(study.unit, []).append(study)
    # thousands of studies have some hundred sets of terms: those outside of trials are added up by set first
    kinds: dict[tuple[tuple[str, ...], tuple[str, ...]], _Tally] = {}
    cells: dict[tuple[str, str], _Tally] = {}
    for mine in units.values():
        if len(mine) == 1:
            kinds.setdefault((mine[0].rows, mine[0].columns), _Tally()).unit(mine)
            continue
        for place in dict.fromkeys(place for study in mine for place in _places(study.rows, study.columns)):
            cells.setdefault(place, _Tally()).unit([study for study in mine if _is_in(study, place)])
    for (rows, columns), tally in kinds.items():
        for place in _places(rows, columns):
            cells.setdefault(place, _Tally()).add(tally)
    found = {place: tally.cell() for place, tally in cells.items()}
    return EvidenceMap(
        rows={row: cell for (row, column), cell in found.items() if row and not column},
        columns={column: cell for (row, column), cell in found.items() if column and not row},
        cells={place: cell for place, cell in found.items() if all(place)},
        whole=found.get(("", ""), EMPTY),
    )


def _places(rows: Sequence[str], columns: Sequence[str]) -> list[tuple[str, str]]:
    """The cells of a study, and with "" those of the sums along the edges."""
    return [(row, column) for row in (*rows, "") for column in (*columns, "")]


def _is_in(study: MapStudy, place: tuple[str, str]) -> bool:
    row, column = place
    return (not row or row in study.rows) and (not column or column in study.columns)


def in_cell(studies: Sequence[MapStudy], row: str, column: str) -> list[str]:
    """The keys of the studies that a cell counts, also those that share a trial."""
    return [study.key for study in studies if _is_in(study, (row, column))]


def direction_of(said: Iterable[str]) -> str:
    """The direction of a trial from those of its studies: what they say alike, mixed where they do not agree."""
    known = set(said) - {Direction.NOT_REPORTED}
    if not known:
        return Direction.NOT_REPORTED.value
    return str(known.pop()) if len(known) == 1 else Direction.MIXED.value


def fold_rare(columns: Mapping[str, Cell], room: int) -> tuple[list[str], list[str]]:
    """The terms of most studies that there is room for, and the rest, both by k; at least one is kept."""
    ordered = sorted(columns, key=lambda term: (-columns[term].k, -columns[term].n, term))
    kept = max(1, room)
    return ordered[:kept], ordered[kept:]
