"""Plots as pictures, SVG, PNG or PDF: the only place that knows matplotlib, loaded when a picture is asked for.

Text from outside is drawn as it is (`parse_math=False`), never read as TeX. The same data give the same SVG.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ketlit.errors import UsageError
from ketlit.render.pooled import numbers
from ketlit.render.safe import safe_text

if TYPE_CHECKING:
    from ketlit.render.forest import Forest
    from ketlit.synthesis.pooling import Pooled

MOST: Final = 300  # studies: a page 2 m high
STYLE: Final[dict[str, Any]] = {"svg.hashsalt": "ketlit", "svg.fonttype": "none", "font.size": 9}
_INK: Final = "#1b1b1b"
_BOX: Final = "#2b6a99"  # told from ink by brightness too, for those who see no colours
_GONE: Final = "#a03a2c"
_ROW: Final = 0.27  # inches
_DPI: Final = 160


def forest(drawn: Forest, result: Pooled, head: Sequence[str], path: str, kind: str) -> None:
    """A forest plot into the file `path`; `kind` is svg, png or pdf. Raises UsageError for more than MOST studies."""
    if len(drawn.lines) > MOST:
        raise UsageError(f"{len(drawn.lines)} studies are too many for one picture", f"at most {MOST} can be read")
    import matplotlib
    from matplotlib.figure import Figure

    groups = any(line.ours for line in drawn.lines)
    below = [*numbers(result), *(safe_text(line) for line in head if line)]
    rows = len(drawn.lines) + bool(drawn.pooled) + bool(drawn.predicted)
    height = _ROW * (rows + 4) + 0.2 * len(below) + 0.3
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]  # names of settings, as text
        figure = Figure(figsize=(10, height))
        bottom = (0.2 * len(below) + 0.75) / height
        axes = figure.add_axes((0.46 if groups else 0.28, bottom, 0.28 if groups else 0.46, 1 - bottom - 0.45 / height))
        _plot(axes, drawn, rows)
        _columns(axes, drawn, rows, groups)
        for place, line in enumerate(below):
            figure.text(0.02, (0.2 * (len(below) - place) - 0.1) / height, line, color=_INK, parse_math=False)
        saved(figure, path, kind)


def saved(figure: Any, path: str, kind: str) -> None:
    """Write a figure; the same data give the same file."""
    with warnings.catch_warnings():
        # a name in a script that the font lacks is drawn as boxes; that is no news for a reader
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        # without the date, so that the same data give the same file
        metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
        figure.savefig(path, format=kind, dpi=_DPI, metadata=metadata)


def _plot(axes: Any, drawn: Forest, rows: int) -> None:
    """Intervals, squares as large as the weights, the diamond, the axis."""
    axes.set_xlim(drawn.low, drawn.high)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.axvline(0, color=_INK, linewidth=0.8)
    for place, line in enumerate(drawn.lines):
        colour = _GONE if line.retracted else _BOX
        axes.plot([max(line.low, drawn.low), min(line.high, drawn.high)], [place, place], color=colour, linewidth=1.2)
        for outside, at, mark in ((line.low < drawn.low, drawn.low, "<"), (line.high > drawn.high, drawn.high, ">")):
            if outside:
                axes.plot([at], [place], marker=mark, color=colour, markersize=5, clip_on=False)
        size = 4 + 8 * ((line.weight if line.weight is not None else 50) / 100) ** 0.5
        axes.plot([line.value], [place], marker="s", color=colour, markersize=size)
    below = len(drawn.lines)
    if drawn.pooled:
        low, value, high = drawn.pooled.low, drawn.pooled.value, drawn.pooled.high
        axes.fill([low, value, high, value], [below, below - 0.3, below, below + 0.3], color=_INK)
        axes.axvline(value, color=_INK, linewidth=0.6, linestyle=":")
    if drawn.predicted:
        at = below + bool(drawn.pooled)
        axes.plot(list(drawn.predicted), [at, at], color=_INK, linewidth=2.5, alpha=0.6, solid_capstyle="butt")
    axes.set_yticks([])
    axes.set_xticks(list(drawn.ticks), [drawn.tick(tick) for tick in drawn.ticks])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    # below the numbers of the axis, either side of no difference
    for side, align, shift in ((drawn.left, "right", -8), (drawn.right, "left", 8)):
        axes.annotate(
            *(side, (0, 0)),
            xycoords=("data", "axes fraction"),
            xytext=(shift, -28),
            textcoords="offset points",
            ha=align,
            va="center",
            color=_INK,
        )


def _columns(axes: Any, drawn: Forest, rows: int, groups: bool) -> None:
    """The names and numbers beside the plot, level with its rows."""
    across = axes.get_yaxis_transform()
    left = -1.6 if groups else -0.55
    places = [(left, "left"), (-0.42, "right"), (-0.04, "right"), (1.62 if groups else 1.42, "right")]
    places.append((1.89 if groups else 1.55, "right"))
    lines = [
        ("study", "ketamine" if groups else "", "control" if groups else "", f"{drawn.measure} [95 % CI]", "weight")
    ]
    for line in drawn.lines:
        weight = "" if line.weight is None else f"{line.weight:.1f} %"
        lines.append((safe_text(line.name), line.ours, line.theirs, drawn.estimate(line), weight))
    if drawn.pooled:
        lines.append(("pooled", "", "", drawn.estimate(drawn.pooled), ""))
    if drawn.predicted:
        low, high = drawn.predicted
        lines.append(("prediction interval", "", "", f"[{drawn.shown(low)}, {drawn.shown(high)}]", ""))
    for row, cells in enumerate(lines):
        strong = "bold" if row == 0 or cells[0] == "pooled" else "normal"
        for (place, align), told in zip(places, cells, strict=True):
            axes.text(
                *(place, row - 1, told),
                transform=across,
                ha=align,
                va="center",
                weight=strong,
                color=_INK,
                parse_math=False,
            )
