"""A timeline as a picture, SVG, PNG or PDF: matplotlib, which is loaded only when one is saved."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

from ketlit.render.picture import STYLE, saved
from ketlit.render.safe import safe_text
from ketlit.render.track import ALONE, NAME, alone, listed
from ketlit.render.years import Chart, Mark, Shape, legend, words

INK: Final = "#1b1b1b"
QUIET: Final = "#7a7a7a"
WIDTH: Final = 11.0  # inches
ROW: Final = 0.2
LINE: Final = 0.17
SIDE: Final = 0.45
TRACK: Final = 2.6  # the height of the pooled track
LETTERS: Final = 150  # of a line of words
SMALLEST, GROWTH = 4.5, 6.0  # points across a mark without people, and what the most add
LETTER: Final = 0.602  # of its size: the width of a letter of a font that gives each the same
MIDDLE: Final = 0.5  # where words change from the right of a mark to its left


def draw(chart: Chart, path: str, kind: str) -> None:
    """Write the timeline to `path` as svg, png or pdf; the same timeline gives the same bytes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    above = wrap(f"{chart.studies} studies: {chart.understood}", LETTERS)
    below = [line for each in _said(chart) for line in wrap(safe_text(each), LETTERS)]
    beside = TRACK + 0.5 if chart.beside and chart.beside.forest.lines else 0.0
    body = ROW * (chart.rows + 1.6)
    foot = LINE * (len(below) + 2) + 0.35
    height = LINE * (len(above) + 1) + 0.35 + body + beside + foot
    with rc_context(STYLE):  # type: ignore[arg-type]  # names of settings, as text
        figure = Figure(figsize=(WIDTH, height))
        for place, line in enumerate(above):
            y = 1 - LINE * (place + 1.2) / height
            figure.text(SIDE / WIDTH, y, line, weight="bold", color=INK, parse_math=False)
        across = (SIDE / WIDTH, 1 - 2 * SIDE / WIDTH)
        axes = figure.add_axes((across[0], (foot + beside) / height, across[1], body / height))
        _years(axes, chart)
        _studies(axes, chart)
        if beside:
            low = figure.add_axes((across[0], (foot + 0.1) / height, across[1], TRACK / height))
            _track(low, chart)
        _legend(figure, chart.shapes, height, LINE * (len(below) + 1))
        for place, line in enumerate(below):
            y = LINE * (len(below) - place - 0.6) / height
            figure.text(SIDE / WIDTH, y, line, fontsize=7.5, color=INK, parse_math=False)
        saved(figure, path, kind)


def _said(chart: Chart) -> list[str]:
    if not chart.beside:
        return [legend()]
    return [legend(), f"Below: {NAME}; {ALONE}.", *chart.beside.head[1:], *listed(chart.beside), *chart.beside.notes]


def _years(axes: Any, chart: Chart) -> None:
    """The axis of years on top, the gaps shaded and named."""
    axes.set_xlim(0, 1)
    axes.set_ylim(chart.rows + 0.6, -1)
    axes.set_yticks([])
    ticks = chart.ticks()
    axes.set_xticks([at for at, _ in ticks], [name for _, name in ticks])
    axes.xaxis.tick_top()
    for side in ("left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    for at, _ in ticks:
        axes.axvline(at, color="#e6e6e6", linewidth=0.6, zorder=0)
    for first, last in chart.gaps:
        low, high = chart.stretch(first, last)
        axes.axvspan(low, high, color="#f4f1e8", zorder=0)
        axes.text((low + high) / 2, chart.rows, f"{last - first + 1} y", ha="center", va="center", fontsize=7)
    for row, heading in chart.headings:
        axes.text(0, row, safe_text(heading), weight="bold", va="center", color=INK, parse_math=False)


def _studies(axes: Any, chart: Chart) -> None:
    for mark in chart.marks:
        at = chart.place(mark.year)
        colour = QUIET if mark.study.excluded else mark.shape.colour
        axes.plot([at], [mark.row], **_marker(mark.shape, mark.filled, SMALLEST + GROWTH * mark.size, colour))
        if mark.struck:
            axes.plot([at], [mark.row], marker="x", color=INK, markersize=SMALLEST + GROWTH * mark.size + 2)
        _words(axes, mark, at)


def _marker(shape: Shape, filled: bool, size: float, colour: str) -> dict[str, Any]:
    inside = colour if filled else "white"
    marker: Any = [*shape.corners, shape.corners[0]] if shape.corners else "o"
    return {
        **{"marker": marker, "markersize": size, "color": colour, "markerfacecolor": inside},
        **{"markeredgewidth": 1.1, "linestyle": "none"},
    }


def _words(axes: Any, mark: Mark, at: float) -> None:
    """The key and the words beside a mark, on the side with more room; the key struck where the study is gone."""
    left = at > MIDDLE
    key, rest = safe_text(mark.study.key), words(mark)
    colour = QUIET if mark.study.excluded or mark.struck else INK
    shift = SMALLEST + GROWTH / 2 + 4
    told = f"{rest}  {key}" if left else f"{key}  {rest}"
    axes.annotate(
        *(told, (at, mark.row)),
        xytext=(-shift if left else shift, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=7,
        family="monospace",
        color=colour,
        parse_math=False,
    )
    if mark.struck:
        start, end = shift, shift + LETTER * 7 * len(key)
        axes.annotate(
            *("", (at, mark.row)),
            xytext=(-end if left else end, 0),
            textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 1, "shrinkA": 0, "shrinkB": start},
        )


def _track(axes: Any, chart: Chart) -> None:
    """The pooled estimate over the same years: a diamond and its interval, dotted until the next."""
    beside = chart.beside
    if beside is None:
        return
    forest = beside.forest
    axes.set_xlim(0, 1)
    axes.set_ylim(forest.low, forest.high)
    axes.axhline(0, color=INK, linewidth=0.8)
    lines = {line.name: line for line in forest.lines}
    points = [(each, line) for each in beside.track.years if (line := lines.get(str(each.year)))]
    steps = [chart.place(each.year) for each, _ in points]
    axes.step(steps, [line.value for _, line in points], where="post", color=QUIET, linewidth=0.8, linestyle=":")
    for each, line in points:
        at = chart.place(each.year)
        low, high = max(line.low, forest.low), min(line.high, forest.high)
        axes.plot([at, at], [low, high], color="#2b6a99", linewidth=1.4)
        for outside, end, arrow in ((line.low < low, low, "v"), (line.high > high, high, "^")):
            if outside:
                axes.plot([at], [end], marker=arrow, color="#2b6a99", markersize=5, clip_on=False)
        one = alone(each.pooled)
        axes.plot([at], [line.value], marker="s" if one else "D", color="#2b6a99" if one else INK, markersize=6)
        axes.annotate(f"k {each.pooled.k}", (at, line.value), xytext=(6, 5), textcoords="offset points", fontsize=7)
    axes.set_yticks(list(forest.ticks), [forest.tick(tick) for tick in forest.ticks], fontsize=7)
    axes.set_xticks([])
    for side in ("right", "top", "bottom"):
        axes.spines[side].set_visible(False)
    for name, y, align in ((forest.right, 1.0, "top"), (forest.left, 0.0, "bottom")):
        axes.text(0.005, y, name, transform=axes.transAxes, ha="left", va=align, fontsize=7.5, color=INK)
    axes.set_title(f"{forest.measure}, pooled", loc="left", fontsize=8, color=INK)


def _legend(figure: Any, shapes: Sequence[Shape], height: float, above: float) -> None:
    """A mark of each shape with its name, in one line."""
    axes = figure.add_axes((SIDE / WIDTH, above / height, 1 - 2 * SIDE / WIDTH, 0.25 / height))
    axes.set_axis_off()
    axes.set_xlim(0, len(shapes))
    axes.set_ylim(-1, 1)
    for place, shape in enumerate(shapes):
        axes.plot([place + 0.05], [0], **_marker(shape, True, SMALLEST + GROWTH / 2, shape.colour))
        axes.text(place + 0.14, 0, shape.name, va="center", fontsize=7.5, color=INK)
