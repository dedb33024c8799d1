"""An evidence map on a terminal: a shaded table that says all without colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ketlit.render import wording
from ketlit.render.charted import NO_STUDY, Charted, automatic, search_of
from ketlit.render.safe import safe_text
from ketlit.render.table import GAP, Screen, counted, fitted, joined
from ketlit.synthesis.evidence_map import Cell, fold_rare
from ketlit.vocabulary import Direction

# the more studies, the darker; from 1, 3, 6, 12, 24 on
SHADES: Final = (("░", ".", 1), ("▒", ":", 3), ("▓", "+", 6), ("█", "#", 12))
DESIGNS: Final[dict[str, str]] = {
    "meta-analysis": "MA",
    "systematic-review": "SR",
    "rct": "RCT",
    "non-randomized-trial": "CT",
    "observational": "obs",
    "single-arm-trial": "1arm",
    "case-series": "ser",
    "case-report": "case",
    "secondary-analysis": "2nd",
    "guideline": "gdl",
    "narrative-review": "rev",
    "editorial-letter": "let",
    "preclinical": "lab",
    "other": "oth",
}
LEGEND: Final = (
    ("MA", "meta-analysis"),
    ("SR", "systematic review"),
    ("CT", "controlled, not randomised"),
    ("obs", "observational"),
    ("1arm", "one group"),
    ("ser", "case series"),
    ("case", "case report"),
    ("2nd", "secondary analysis"),
    ("gdl", "guideline"),
    ("rev", "narrative review"),
    ("let", "letter"),
    ("lab", "preclinical"),
    ("oth", "other"),
)
LABEL: Final = 22  # cells of the rows' names at most
TOP: Final = 3  # cells whose search is printed


def show(screen: Screen, chart: Charted) -> None:
    """Two lines a row: how many, what and how many people; below, what they found."""
    rows, whole = chart.counted.rows, chart.map.whole
    _head(screen, chart)
    if not whole.k:
        screen.line(NO_STUDY + " fits")
        return
    texts = {place: _lines(screen, cell) for place, cell in chart.map.cells.items()}
    width = max(max(len(line) for lines in texts.values() for line in lines), 6)
    names = ["  " * each.depth + safe_text(each.term) for each in rows]
    label = min(LABEL if not screen.wide else 34, max(len(name) for name in names))
    shown, folded = fold_rare(chart.map.columns, (screen.width - label) // (width + _gap(screen)))
    _columns(screen, chart, shown, width, label)
    for name, row in zip(names, rows, strict=True):
        _row(screen, name, [texts.get((row.term, column)) for column in shown], width, label)
    if folded:
        rest = ", ".join(f"{safe_text(term)} ({chart.map.columns[term].k})" for term in folded)
        _note(screen, f"no room for the columns of fewest studies: {rest}; a wider terminal or --format csv shows all")
    _legend(screen, chart)
    _drill(screen, chart, shown)


def _head(screen: Screen, chart: Charted) -> None:
    rows, whole = chart.counted, chart.map.whole
    trials = counted(whole.k, "trial or study", "trials and studies")
    told = f"{trials} (a trial counts once; {whole.reviews} of them reviews or opinions), {whole.n:,} people"
    screen.wrapped(joined((f"{chart.rows_axis} by {chart.columns_axis}", "bold"), f"  {told}"))
    if rows.understood:
        _note(screen, screen.separator.join(map(safe_text, rows.understood)))
    if rows.contexts:
        _note(screen, f"only treatment ({', '.join(rows.contexts)}); all else: --all-contexts or --context")
    if rows.left_out:
        _note(screen, "left out: " + ", ".join(f"{k} {safe_text(reason)}" for reason, k in rows.left_out))


def _note(screen: Screen, said: str) -> None:
    screen.wrapped(joined((said, "dim")))


def _columns(screen: Screen, chart: Charted, shown: Sequence[str], width: int, label: int) -> None:
    names = [wording.ROUTES.get(term, term) if len(term) > width else term for term in shown]
    heads = [fitted(safe_text(name), width) for name in names]
    gap = " " * _gap(screen)
    screen.line((" " * label + gap + gap.join(heads).rstrip(), "bold"))


def _gap(screen: Screen) -> int:
    return GAP if screen.wide else 1


def _row(screen: Screen, name: str, texts: Sequence[tuple[str, str] | None], width: int, label: int) -> None:
    none, gap = screen.symbol("–", "-"), " " * _gap(screen)
    first, second = joined(fitted(name, label)), joined(" " * label)
    for lines in texts:
        above, below = lines or (none, "")
        first.append(gap).append(above.ljust(width), "" if lines else "dim")
        second.append(gap).append(below.ljust(width), "dim")
    for line in (first, second):
        line.rstrip()
        if line.plain:
            screen.line(line)


def _lines(screen: Screen, cell: Cell) -> tuple[str, str]:
    """`▓ 8 RCT n312` and `▲5=2±1`."""
    unicode, ascii, _ = next(shade for shade in reversed(SHADES) if cell.k >= shade[2])
    design = DESIGNS.get(cell.best_design or "", "")
    people = f" n{_short(cell.n)}" if cell.n else ""
    ways = []
    for way, times in cell.directions.items():
        face = wording.direction(way)
        ways.append(f"{screen.symbol(face.symbol, face.ascii)}{times}")
    if cell.automatic == cell.k:
        ways.append(" " + screen.symbol(*wording.AUTOMATIC))
    return f"{screen.symbol(unicode, ascii)}{cell.k} {design}{people}".rstrip(), "".join(ways)


def _short(n: int) -> str:
    return str(n) if n < 10_000 else f"{n / 1000:.0f}k"


def _legend(screen: Screen, chart: Charted) -> None:
    faces = [(wording.direction(way), way) for way in Direction]
    ways = ", ".join(f"{screen.symbol(face.symbol, face.ascii)} {face.long}" for face, _ in faces)
    used = {DESIGNS.get(cell.best_design or "") for cell in chart.map.cells.values()}
    designs = ", ".join(f"{short} {long}" for short, long in LEGEND if short in used)
    darker = " ".join(f"{screen.symbol(unicode, ascii)} {low}+" for unicode, ascii, low in SHADES)
    _note(screen, f"first line: how many ({darker}), the best design, n people" + (f"; {designs}" if designs else ""))
    _note(screen, f"second line: what they found, in their main outcome: {ways}")
    if told := automatic(chart):
        _note(screen, f"{screen.symbol(*wording.AUTOMATIC)} no person has read a study of the cell; in all: {told}")
    _note(screen, f"{screen.symbol('–', '-')} means: {NO_STUDY}. A term includes those below it.")


def _drill(screen: Screen, chart: Charted, shown: Sequence[str]) -> None:
    """How to see the studies of a cell, and the searches of the fullest ones."""
    top = sorted((place for place in chart.map.cells if place[1] in shown), key=lambda place: -chart.map.cells[place].k)
    row, column = top[0]
    every = "" if chart.counted.contexts or "--context" in chart.typed else "--all-contexts"
    axes = f"--rows {chart.rows_axis} --cols {chart.columns_axis}"
    parts = (f"ketlit map {axes} --cell {row} {column}", every, chart.typed)
    command = " ".join(part for part in parts if part)
    screen.wrapped(joined("the studies of a cell: ", (command, "bold")))
    _note(screen, "the fullest cells; search also lists what is left out here:")
    for row, column in top[:TOP]:
        screen.wrapped(joined(f"{chart.map.cells[row, column].k:>3}  {search_of(chart, row, column)}"), indent=0)
