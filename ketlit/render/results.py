"""The list of findings on a terminal: study, outcome, time and direction in columns, the numbers beside or below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ketlit.evidence_views import FindingRow
from ketlit.render import figures, wording
from ketlit.render.safe import safe_text
from ketlit.render.table import GAP, Screen, cell_len, counted, fitted, joined
from ketlit.synthesis.timepoint import spoken
from ketlit.vocabulary import Origin, Verification

# columns: head, most cells, and more of them on a wide terminal
_COLUMNS: Final = (("STUDY", 18, 22), ("YEAR", 4, 4), ("OUTCOME", 20, 24), ("WHEN", 9, 12), ("RESULT", 10, 20))
_OUTCOME: Final = 2  # which is cut on a narrow terminal
_RESULT: Final = 4
_INDENT: Final = 4


def show(screen: Screen, rows: Sequence[FindingRow], total: int, understood: Sequence[str]) -> None:
    """A line a finding, and below it what was measured against what."""
    count = counted(total, "finding") if total else "no finding"
    told = screen.separator.join(safe_text(each) for each in understood) or "the whole library"
    screen.wrapped(joined((count, "bold"), "  ", (told, "dim")))
    if not rows:
        return
    lines = [_cells(screen, row) for row in rows]
    widths = []
    for place, (head, most, wide) in enumerate(_COLUMNS):
        longest = max(cell_len(line[place]) for line in lines)
        widths.append(max(len(head), min(wide if screen.wide else most, longest)))
    over = sum(widths) + GAP * len(widths) - screen.width
    if over > 0:
        widths[_OUTCOME] = max(len("OUTCOME"), widths[_OUTCOME] - over)
    gap = " " * GAP
    heads = [fitted(head, width) for (head, *_), width in zip(_COLUMNS, widths, strict=True)]
    screen.line((gap.join(heads) + (f"{gap}NUMBERS (ketamine vs control)" if screen.wide else ""), "dim"))
    room = screen.width - sum(widths) - GAP * len(widths)
    for row, line in zip(rows, lines, strict=True):
        face = wording.direction(row.direction)
        cells = [fitted(cell, width) for cell, width in zip(line, widths, strict=True)]
        gone = "strike" if row.status in wording.GONE else ""
        text = joined((cells[0], f"bold {gone}".strip()), gap, gap.join(cells[1:_RESULT]), gap)
        text.append(cells[_RESULT], face.style)
        numbers = safe_text(figures.numbers(figures.as_finding(row))) or "–"
        beside = screen.wide and cell_len(numbers) <= room
        if beside:
            text.append(gap + numbers)
        text.rstrip()
        screen.line(text)
        details = _details(row)
        screen.wrapped(joined("" if beside else numbers + "  ", (details, "dim")), indent=_INDENT)


def _cells(screen: Screen, row: FindingRow) -> list[str]:
    face = wording.direction(row.direction)
    when = spoken(row.hours) if row.hours is not None else safe_text(row.timepoint) or "–"
    outcome = f"{row.outcome} (harm)" if row.harm else row.outcome
    year = "–" if row.year is None else str(row.year)
    return [safe_text(row.key), year, safe_text(outcome), when, face.text(wide=screen.wide, unicode=screen.unicode)]


def _details(row: FindingRow) -> str:
    """What was measured, against what, and what a reader should know of the numbers."""
    finding = figures.as_finding(row)
    parts = [row.measure, row.threshold, figures.against(finding)]
    if row.status in wording.STATUSES:
        parts.append(wording.STATUSES[row.status])
    if row.derived:
        parts.append(f"derived: {row.derived}")
    if row.origin == Origin.USER:
        parts.append(f"yours (finding {row.id})")
    elif row.verification != Verification.VERIFIED:
        parts.append(wording.VERIFIED[row.verification])
    return safe_text("; ".join(part for part in parts if part))
