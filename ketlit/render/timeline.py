"""Studies along the years on a terminal: a strip to scale, then a line a study with the gaps between marked.

Below the strip stands, where it was asked for, the pooled estimate as it stood each year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from ketlit.render import track, wording
from ketlit.render.plain import by_term
from ketlit.render.safe import safe_text
from ketlit.render.table import GAP, Screen, counted, fitted, joined, people, some_of
from ketlit.render.track import Page
from ketlit.views import StudyRow, TimelineEntry
from ketlit.vocabulary import AXIS_KEY, Axis, Status, together

NARROW: Final = 72  # columns below which there is no room for the route
BLOCKS: Final = "▁▂▃▄▅▆▇█"


def grouped(entries: Sequence[TimelineEntry], by: str) -> dict[str, list[TimelineEntry]]:
    """Entries under each of their terms on an axis, most studies first; a study with several stands under each."""
    found: dict[str, list[TimelineEntry]] = {}
    for term, entry in by_term(entries, AXIS_KEY[Axis(by)]):
        if by == Axis.OUTCOME and term:
            entry = _on(entry, term)
        found.setdefault(term or f"no {by} stated", []).append(entry)
    return found


def _on(entry: TimelineEntry, outcome: str) -> TimelineEntry:
    """A study with the direction of its findings on one outcome, in place of the main one."""
    direction = together(way for name, way in entry.outcome_directions if name == outcome)
    return entry._replace(study=entry.study._replace(direction=direction))


def show(screen: Screen, groups: Mapping[str, Sequence[TimelineEntry]], beside: Page | None = None) -> None:
    """One timeline, or one under the name of each group; `beside`, the pooled track, stands below the strip.

    Where there are groups it stands before them, as it is of all.
    """
    widths = _widths(screen, [entry.study for entries in groups.values() for entry in entries])
    grouped = any(groups)
    curated = {entry.study.key: entry.study.curated for entries in groups.values() for entry in entries}
    if beside and grouped:
        track.show(screen, beside)
        screen.line("")
    if grouped:
        _legend(screen, curated)
    for place, (name, entries) in enumerate(groups.items()):
        if name:
            if place:
                screen.line("")
            screen.line((name, "bold underline"), (f"  {counted(len(entries), 'study', 'studies')}", "dim"))
        _strip(screen, entries)
        if beside and not grouped:
            screen.line("")
            track.show(screen, beside)
            screen.line("")
        if not grouped:
            _legend(screen, curated)
        _lines(screen, entries, widths)


def _legend(screen: Screen, curated: Mapping[str, bool]) -> None:
    """What the mark before a key means, and how many studies have it; nothing where none has."""
    k = sum(not each for each in curated.values())
    if k:
        mark = screen.symbol(*wording.AUTOMATIC)
        screen.wrapped(joined((f"{mark} {wording.TAGGED}: {k} of {counted(len(curated), 'study', 'studies')}", "dim")))


def _strip(screen: Screen, entries: Sequence[TimelineEntry]) -> None:
    """One cell a year, as high as there are studies: the years to scale, gaps and all; below it claims, retractions."""
    years = Counter(entry.study.year for entry in entries if entry.study.year is not None)
    if len(years) < 2:
        return
    first, last = min(years), max(years)
    span = last - first + 1
    each = -(-span // max(10, screen.width - 16))  # years a cell, where there are more years than cells
    starts = range(first, last + 1, each)
    counts = [sum(years[year] for year in range(start, start + each)) for start in starts]
    most = max(counts)
    blocks = BLOCKS if screen.unicode else ".:-=+*#@"
    empty = screen.symbol("·", " ")
    cells = "".join(blocks[-(-count * len(blocks) // most) - 1] if count else empty for count in counts)
    note = f"  a cell is {each} years" if each > 1 else ""
    screen.line((f"{first} ", "dim"), cells, (f" {last}{note}", "dim"))
    claimed = {entry.study.year for entry in entries if entry.landmarks}
    gone = {entry.study.year for entry in entries if entry.study.status in wording.GONE}
    for marked, mark, name, style in (
        (claimed, screen.symbol("◆", "c"), "claims", ""),
        (gone, screen.symbol("✗", "x"), "retracted", "red"),
    ):
        row = "".join(mark if marked & set(range(start, start + each)) else " " for start in starts)
        if row.strip():
            screen.line("     ", (row, style), (f" {name}", "dim"))


def _lines(screen: Screen, entries: Sequence[TimelineEntry], widths: Sequence[int]) -> None:
    before: int | None = None
    undated = False
    told: set[str] = set()  # claims whose words were already given
    for entry in entries:
        year = entry.study.year
        if year is None:
            if not undated:
                undated = True
                screen.line(("without a year", "dim"))
        elif before is not None and year - before > 1:
            empty = year - before - 1
            screen.line((f"  {screen.symbol('⋮', ':')}   {counted(empty, 'year')} without a study", "dim"))
        fresh = year is not None and year != before
        _line(screen, entry.study, str(year) if fresh else "", widths)
        for claim, verdict, text in entry.landmarks:
            _landmark(screen, claim, verdict, "as above" if claim in told else text)
            told.add(claim)
        if year is not None:
            before = year


def _widths(screen: Screen, rows: Sequence[StudyRow]) -> list[int]:
    wide = screen.wide
    columns = [
        [safe_text(row.key) for row in rows],
        [wording.design(row.design, row.design_flags, wide=wide) for row in rows],
        [people(row) for row in rows],
        [wording.direction(row.direction, row.context).text(wide=wide, unicode=screen.unicode) for row in rows],
        [some_of(wording.routes(row.routes, wide=wide), 16 if wide else 5) for row in rows],
    ]
    caps = (24, 20, 7, 20, 16 if wide else 5 if screen.width >= NARROW else 0)
    return [min(cap, max(map(cell_len, column), default=0)) for cap, column in zip(caps, columns, strict=True)]


def _line(screen: Screen, row: StudyRow, year: str, widths: Sequence[int]) -> None:
    wide = screen.wide
    face = wording.direction(row.direction, row.context)
    gone = row.status in wording.GONE
    quiet = "dim" if row.excluded or gone else ""
    gap = " " * GAP
    mark = " " if row.curated else screen.symbol(*wording.AUTOMATIC)
    line = Text().append(year.ljust(4), "bold").append(f" {screen.symbol('│', '|')}{mark}", "dim")
    line.append(fitted(safe_text(row.key), widths[0]), f"bold {'strike' if gone else ''} {quiet}".strip())
    line.append(gap + fitted(wording.design(row.design, row.design_flags, wide=wide), widths[1]), quiet)
    line.append(gap + fitted(people(row), widths[2], right=True) + gap, quiet)
    line.append(fitted(face.text(wide=wide, unicode=screen.unicode), widths[3]), quiet or face.style)
    if widths[4]:
        line.append(gap + fitted(some_of(wording.routes(row.routes, wide=wide), widths[4]), widths[4]), quiet)
    line.append(gap)
    marks = []
    if row.status in wording.STATUSES and row.status != Status.CORRECTED:
        marks.append(wording.STATUSES[row.status])
    if row.excluded:
        marks.append("excluded")
    for mark in marks:
        line.append(mark + " ", "bold red" if mark != "excluded" else "bold")
    room = screen.width - cell_len(line.plain)
    if room >= 8:
        line.append(some_of(row.conditions, room), quiet)
    line.rstrip()
    screen.line(line)


def _landmark(screen: Screen, claim: str, verdict: str, text: str) -> None:
    """A claim of the article that rests on the study above, on one line."""
    face = wording.VERDICTS.get(verdict)
    told = face.text(wide=False, unicode=screen.unicode) if face else verdict
    line = joined(("     " + screen.symbol("│", "|"), "dim"), f"   {screen.symbol('└', '`')} ", f"{claim} ")
    line.append(told, face.style if face else "").append(": ")
    room = screen.width - cell_len(line.plain)
    line.append(fitted(safe_text(text), room).rstrip(), "dim")
    screen.line(line)
