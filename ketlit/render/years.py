"""A timeline as marks on a page, years to scale: what pictures and pages are drawn from. Pure; draws nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log10
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from ketlit.errors import UsageError
from ketlit.render import wording
from ketlit.render.safe import safe_text
from ketlit.views import StudyRow, TimelineEntry
from ketlit.vocabulary import NOT_KETAMINE, Design, Direction, Status

if TYPE_CHECKING:
    from ketlit.render.track import Page

MOST: Final = 300  # rows: more are no picture
RANDOMISED: Final = frozenset({Design.RCT, Design.META_ANALYSIS, Design.SECONDARY_ANALYSIS})
_TICKS: Final = 14
_DOI: Final = re.compile(r"10\.[0-9]{4,9}/[!-~]+")  # as the DOI handbook has modern ones
_LARGEST: Final = 3.0  # log10 of the participants from which on marks grow no more


class Shape(NamedTuple):
    """How a direction is drawn: corners within a circle of radius 1, y upwards; none: the circle itself."""

    corners: tuple[tuple[float, float], ...]
    colour: str
    name: str


# colours apart in brightness too, and each shape by itself says the direction
SHAPES: Final[dict[str, Shape]] = {
    Direction.FAVOURS_INTERVENTION: Shape(((0, 1), (0.87, -0.6), (-0.87, -0.6)), "#1b7837", "favours ketamine"),
    Direction.FAVOURS_COMPARATOR: Shape(((0, -1), (0.87, 0.6), (-0.87, 0.6)), "#b2182b", "favours comparator"),
    Direction.NO_DIFFERENCE: Shape(((-0.8, 0.4), (0.8, 0.4), (0.8, -0.4), (-0.8, -0.4)), "#4d4d4d", "no difference"),
    Direction.MIXED: Shape(((0, 1), (0.8, 0), (0, -1), (-0.8, 0)), "#762a83", "mixed"),
    Direction.NOT_REPORTED: Shape((), "#9a9a9a", "not reported"),
}
# of a study of another treatment, whatever it found
ELSEWHERE: Final = Shape(((-0.3, 0.9), (0.3, 0.9), (0.3, -0.9), (-0.3, -0.9)), "#9a9a9a", wording.ELSEWHERE)


class Mark(NamedTuple):
    """One study: its row, its shape (filled: randomised, or an analysis of trials), its size, 0 to 1, by people."""

    row: int
    study: StudyRow
    year: int | None
    shape: Shape
    filled: bool
    size: float
    struck: bool
    claims: tuple[tuple[str, str, str], ...]


class Chart(NamedTuple):
    """All that is drawn. `headings` are (row, words); `gaps` (first, last year) without a study, of two or more.

    `last` is the last year there is; studies without one stand in a column after it, where `undated`.
    """

    understood: str
    rows: int
    headings: tuple[tuple[int, str], ...]
    marks: tuple[Mark, ...]
    first: int
    last: int
    gaps: tuple[tuple[int, int], ...]
    undated: bool
    beside: Page | None

    @property
    def studies(self) -> int:
        return len({mark.study.key for mark in self.marks})

    @property
    def shapes(self) -> list[Shape]:
        """What the legend explains: each direction, and studies of another treatment where there are any."""
        return [*SHAPES.values(), *([ELSEWHERE] if any(mark.shape is ELSEWHERE for mark in self.marks) else [])]

    def place(self, year: int | None) -> float:
        """Where a year stands, 0 to 1 from the first to the last; those without one after the last."""
        columns = self.last - self.first + (3 if self.undated else 1)
        at = self.last + 2 if year is None else year
        return (at - self.first + 0.5) / columns

    def stretch(self, first: int, last: int) -> tuple[float, float]:
        """Where the years from the first day of one to the last of another lie."""
        half = (self.place(self.first + 1) - self.place(self.first)) / 2
        return self.place(first) - half, self.place(last) + half

    def ticks(self) -> list[tuple[float, str]]:
        """Round years, a dozen or so, with their places."""
        span = self.last - self.first + 1
        step = next((each for each in (1, 2, 5, 10, 20, 50) if span / each <= _TICKS), 100)
        years = [year for year in range(self.first, self.last + 1) if year % step == 0] or [self.first]
        found = [(self.place(year), str(year)) for year in years if self.first]
        return [*found, (self.place(None), "no year")] if self.undated else found


def chart(
    groups: Iterable[tuple[str, TimelineEntry]], axis: str, understood: Sequence[str], beside: Page | None = None
) -> Chart:
    """The marks of a timeline; of each (group, study) a row, under a heading for each group where `axis` names one.

    Raises UsageError where there is no study to draw, or more than a picture holds.
    """
    marks: list[Mark] = []
    headings: list[tuple[int, str]] = []
    row = 0
    before: str | None = None
    for group, entry in groups:
        if axis and group != before:
            headings.append((row, group or f"no {axis} stated"))
            before, row = group, row + 1
        marks.append(_mark(row, entry))
        row += 1
    if not marks:
        raise UsageError("there is nothing to draw: no study fits", "see it without --save, or ask for less")
    if row > MOST:
        raise UsageError(f"{row} rows are too many for one picture", f"ask for less; at most {MOST} can be read")
    stated = sorted({mark.year for mark in marks if mark.year is not None})
    pooled = [each.year for each in beside.track.years] if beside else []
    first, last = min([*stated, *pooled], default=0), max([*stated, *pooled], default=0)
    gaps = tuple((one + 1, other - 1) for one, other in pairwise(stated) if other - one > 2)
    undated = any(mark.year is None for mark in marks)
    told = "; ".join(map(safe_text, understood)) or "the whole library"
    return Chart(told, row, tuple(headings), tuple(marks), first, last, gaps, undated, beside)


def _mark(row: int, entry: TimelineEntry) -> Mark:
    study = entry.study
    return Mark(
        row=row,
        study=study,
        year=study.year,
        shape=_shape(study),
        filled=study.design in RANDOMISED,
        size=min(log10(study.n) / _LARGEST, 1.0) if study.n else 0.0,
        struck=study.status in wording.GONE,
        claims=tuple(entry.landmarks),
    )


def _shape(study: StudyRow) -> Shape:
    unknown = SHAPES[Direction.NOT_REPORTED]
    shape = SHAPES.get(study.direction, unknown)
    return ELSEWHERE if study.context == NOT_KETAMINE and shape is not unknown else shape


def link(study: StudyRow) -> str:
    """Where the paper is: PubMed by its PMID, else by a DOI of the usual form; "" where it has neither."""
    if study.pmid is not None:
        return f"https://pubmed.ncbi.nlm.nih.gov/{int(study.pmid)}/"
    if study.doi and _DOI.fullmatch(study.doi):
        return "https://doi.org/" + quote(study.doi, safe="/().;:-_")
    return ""


def words(mark: Mark) -> str:
    """What stands beside the key of a study: status, design, people, and the claims that rest on it."""
    study = mark.study
    parts = []
    if study.status in wording.STATUSES and study.status != Status.CORRECTED:
        parts.append(wording.STATUSES[study.status])
    if study.excluded:
        parts.append("excluded")
    parts.append(wording.design(study.design, study.design_flags, wide=False))
    if study.n is not None:
        parts.append(f"n {study.n}")
    elif study.n_studies is not None:
        parts.append(f"{study.n_studies} studies")
    if not study.curated:
        parts.append(wording.AUTOMATIC[0])
    if mark.claims:
        parts.append(" ".join(f"{claim} {verdict_symbol(verdict)}" for claim, verdict, _ in mark.claims))
    return " · ".join(parts)


def verdict_symbol(verdict: str) -> str:
    face = wording.VERDICTS.get(verdict)
    return face.symbol if face else safe_text(verdict)


def legend() -> str:
    """What else must be known to read the marks, in words."""
    faces = ", ".join(f"{face.symbol} {face.long}" for face in wording.VERDICTS.values())
    return (
        "Filled: randomised, or an analysis of trials; larger: more people. Struck: retracted or withdrawn. "
        f"Shaded: years without a study. {wording.AUTOMATIC[0]}: {wording.TAGGED}. "
        f"C01 ...: claims that rest on a study ({faces}). Not medical advice."
    )
