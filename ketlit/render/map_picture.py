"""An evidence map as a picture: matplotlib, which is loaded only when one is saved."""

from __future__ import annotations

from typing import Any, Final

from ketlit.render import wording
from ketlit.render.charted import NO_STUDY, Charted
from ketlit.render.safe import safe_text
from ketlit.synthesis.evidence_map import Cell

CELL: Final = (1.25, 0.5)  # inches
MARGIN: Final = (2.6, 1.9)
DARK: Final = 0.55  # of the darkest; from there on letters are white


def draw(chart: Charted, path: str, ending: str) -> None:
    """Write the map to `path` as svg, png or pdf; the same map gives the same bytes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    counted = chart.counted
    rows, columns = counted.rows, counted.columns
    size = (MARGIN[0] + CELL[0] * max(1, len(columns)), MARGIN[1] + CELL[1] * max(1, len(rows)))
    with rc_context({"svg.hashsalt": "ketlit", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        _cells(axes, chart)
        axes.set_xticks(range(len(columns)), [safe_text(each.term) for each in columns], rotation=30, ha="left")
        axes.set_yticks(range(len(rows)), ["   " * each.depth + safe_text(each.term) for each in rows])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.set_title(_title(chart), loc="left", fontsize=9, wrap=True)
        axes.set_xlabel(_foot(chart), loc="left", fontsize=7)
        stamp: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending, {})
        figure.savefig(path, format=ending, dpi=150, metadata=stamp)


def _cells(axes: Any, chart: Charted) -> None:
    """A square a cell, the darker the more studies, with the numbers written in it."""
    from math import log1p

    most = max((cell.k for cell in chart.map.cells.values()), default=1)
    grid = []
    for y, row in enumerate(chart.counted.rows):
        line = []
        for x, column in enumerate(chart.counted.columns):
            cell = chart.map.cells.get((row.term, column.term))
            shade = log1p(cell.k) / log1p(most) if cell else 0.0
            line.append(shade)
            if cell:
                color = "white" if shade > DARK else "black"
                axes.text(x, y, _words(cell), ha="center", va="center", color=color, fontsize=7)
        grid.append(line)
    if grid and grid[0]:
        axes.imshow(grid, cmap="Blues", vmin=0, vmax=1.15, aspect="auto")


def _words(cell: Cell) -> str:
    ways = " ".join(f"{wording.direction(way).symbol}{times}" for way, times in cell.directions.items())
    people = f", n {cell.n:,}" if cell.n else ""
    return f"{cell.k} · {wording.DESIGNS.get(cell.best_design or '', '?')}{people}\n{ways}"


def _title(chart: Charted) -> str:
    whole = chart.map.whole
    return safe_text(
        f"Ketamine: {chart.rows_axis} by {chart.columns_axis}. {whole.k} trials and studies (a trial counts once; "
        f"{whole.reviews} reviews or opinions), {whole.n:,} people"
    )


def _foot(chart: Charted) -> str:
    counted = chart.counted
    ways = ", ".join(f"{face.symbol} {face.long}" for face in wording.DIRECTIONS.values())
    left = ", ".join(f"{k} {reason}" for reason, k in counted.left_out)
    lines = [
        f"A cell: how many, best design, people; results: {ways}. Empty: {NO_STUDY}.",
        f"Counted: {', '.join(counted.contexts) or 'every context asked for'}."
        + (f" Left out: {left}." if left else ""),
        *(["Asked for: " + "; ".join(counted.understood)] if counted.understood else []),
    ]
    return "\n".join(map(safe_text, lines))
