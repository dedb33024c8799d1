"""An evidence map as a picture: matplotlib, which is loaded only when one is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ketlit.render import wording
from ketlit.render.charted import NO_STUDY, Charted, automatic
from ketlit.render.safe import safe_text
from ketlit.synthesis.evidence_map import Cell

CELL: Final = (1.25, 0.5)  # inches
LEFT: Final = 2.3  # inches for the names of the rows
TOP: Final = 1.1  # and of the columns
LINE: Final = 0.16  # of the words above and below
NARROWEST: Final = 7.0
LETTERS: Final = 17  # an inch, of the words above and below
BOLD: Final = 0.75  # how many of them fit where they are larger and bold
DARK: Final = 0.55  # of the darkest; from there on letters are white


def draw(chart: Charted, path: str, ending: str) -> None:
    """Write the map to `path` as svg, png or pdf; the same map gives the same bytes."""
    import warnings

    from matplotlib import rc_context
    from matplotlib.figure import Figure

    rows, columns = chart.counted.rows, chart.counted.columns
    wide = LEFT + CELL[0] * max(1, len(columns)) + 0.6
    width = max(NARROWEST, wide)
    above, below = _wrapped([_title(chart)], width * BOLD), _wrapped(_foot(chart), width)
    body = CELL[1] * max(1, len(rows))
    height = LINE * (len(above) + len(below) + 3) + TOP + body
    with rc_context({"svg.hashsalt": "ketlit", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(width, height))
        bottom = LINE * (len(below) + 2)
        axes = figure.add_axes((LEFT / width, bottom / height, CELL[0] * max(1, len(columns)) / width, body / height))
        _cells(axes, chart)
        _edges(axes, [each.term for each in columns], ["   " * each.depth + each.term for each in rows])
        for place, line in enumerate(above):
            y = 1 - LINE * (place + 1.5) / height
            figure.text(0.15 / width, y, line, fontsize=9, weight="bold", parse_math=False)
        for place, line in enumerate(below):
            y = LINE * (len(below) - place) / height
            figure.text(0.15 / width, y, line, fontsize=7, parse_math=False)
        stamp: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending, {})
        with warnings.catch_warnings():
            # a name in a script that the font lacks is drawn as boxes; that is no news for a reader
            warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
            figure.savefig(path, format=ending, dpi=150, metadata=stamp)


def _wrapped(lines: Sequence[str], width: float) -> list[str]:
    """Lines as long as the picture is wide."""
    from textwrap import wrap

    return [part for line in lines for part in wrap(safe_text(line), int(width * LETTERS))]


def _edges(axes: Any, columns: Sequence[str], rows: Sequence[str]) -> None:
    axes.set_xticks(range(len(columns)))
    axes.set_xticklabels([safe_text(name) for name in columns], rotation=30, ha="left", parse_math=False)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels([safe_text(name) for name in rows], parse_math=False)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


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
                axes.text(x, y, _words(cell), ha="center", va="center", color=color, fontsize=7, parse_math=False)
        grid.append(line)
    if grid and grid[0]:
        axes.imshow(grid, cmap="Blues", vmin=0, vmax=1.15, aspect="auto")


def _words(cell: Cell) -> str:
    ways = " ".join(f"{wording.direction(way).symbol}{times}" for way, times in cell.directions.items())
    people = f", n {cell.n:,}" if cell.n else ""
    return f"{cell.k} · {wording.DESIGNS.get(cell.best_design or '', '?')}{people}\n{ways}"


def _title(chart: Charted) -> str:
    whole = chart.map.whole
    return (
        f"Ketamine: {chart.rows_axis} by {chart.columns_axis}. {whole.k} trials and studies (a trial counts once; "
        f"{whole.reviews} reviews or opinions), {whole.n:,} people"
    )


def _foot(chart: Charted) -> list[str]:
    counted = chart.counted
    ways = ", ".join(f"{face.symbol} {face.long}" for face in wording.DIRECTIONS.values())
    left = ", ".join(f"{k} {reason}" for reason, k in counted.left_out)
    return [
        f"A cell: how many, best design, people; results: {ways}. Empty: {NO_STUDY}.",
        f"Counted: {', '.join(counted.contexts) or 'every context asked for'}."
        + (f" Left out: {left}." if left else ""),
        *([f"{automatic(chart)}."] if automatic(chart) else []),
        *(["Asked for: " + "; ".join(counted.understood)] if counted.understood else []),
    ]
