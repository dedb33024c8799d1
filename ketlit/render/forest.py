"""A forest plot on a terminal: the estimates and weights in columns, and the plot drawn between them in characters.

Nothing hangs on colour: squares grow with the weight, limits that leave the plot end in arrows, the pooled estimate
is a diamond. `layout` is pure and knows no terminal; pictures are drawn from it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, floor, isfinite, log, log10
from typing import TYPE_CHECKING, Final, NamedTuple

from ketlit.render.figures import number
from ketlit.render.safe import safe_text
from ketlit.synthesis.effects import RATIOS, Effect
from ketlit.synthesis.pooling import Pooled, interval_of
from ketlit.vocabulary import EffectMeasure

if TYPE_CHECKING:
    from ketlit.evidence_views import FindingRow
    from ketlit.render.table import Screen

RATIO_TICKS: Final = (0.001, 0.01, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0, 1000.0)
_MOST: Final = 2.0  # times the spread of the estimates that an interval may reach out of it in the plot
_ABSURD: Final = 1000.0  # a ratio beyond it, or its inverse, says no more than that
_LARGE: Final = 25.0  # % of weight from which on a square is large
_MIDDLE: Final = 10.0
_LEAST_PLOT: Final = 20  # cells in which intervals can be told apart
_NAME: Final = (10, 30)  # cells of a name: "prediction" fits, and a long one leaves room for the plot


class Line(NamedTuple):
    """One row of a forest plot, on the scale that is plotted (logarithms for ratios); `ours` and `theirs` in words."""

    name: str
    value: float
    low: float
    high: float
    weight: float | None = None
    ours: str = ""
    theirs: str = ""
    retracted: bool = False


class Forest(NamedTuple):
    """All that is drawn. `left` and `right`: what lies on either side of `null`, no difference."""

    measure: str
    ratio: bool
    lines: tuple[Line, ...]
    pooled: Line | None
    predicted: tuple[float, float] | None
    low: float
    high: float
    ticks: tuple[float, ...]
    left: str
    right: str

    def shown(self, value: float) -> str:
        """A value of the plot as it is read: ratios as ratios, three digits, and what cannot be by its bound."""
        return in_print(self.measure, value)

    def tick(self, value: float) -> str:
        """A value of the axis, without the zeros behind its point."""
        told = self.shown(value)
        return told.rstrip("0").rstrip(".") if "." in told else told

    def estimate(self, line: Line) -> str:
        return f"{self.shown(line.value)} [{self.shown(line.low)}, {self.shown(line.high)}]"


def layout(
    result: Pooled, details: Mapping[str, FindingRow] | None = None, retracted: Sequence[str] = (), higher_is: str = ""
) -> Forest:
    """The plot of a pooled set. `details`: the finding of each study; `higher_is`: what more means."""
    lines = []
    for study in result.studies:
        low, high = interval_of(Effect(study.study, study.yi, study.vi))
        ours, theirs = groups((details or {}).get(study.study))
        gone = study.study in retracted
        lines.append(Line(study.study, study.yi, low, high, study.weight, ours, theirs, gone))
    pooled = None
    if result.estimate is not None and result.ci_low is not None and result.ci_high is not None:
        pooled = Line("pooled", result.estimate, result.ci_low, result.ci_high)
    predicted = None
    if result.pi_low is not None and result.pi_high is not None:
        predicted = result.pi_low, result.pi_high
    return framed(result.measure, lines, pooled, predicted, higher_is)


def framed(
    measure: str | None,
    lines: Sequence[Line],
    pooled: Line | None = None,
    predicted: tuple[float, float] | None = None,
    higher_is: str = "",
) -> Forest:
    """Rows with the axis that they are read on, and the names of its two sides."""
    ratio = measure in RATIOS
    low, high = possible(measure, *_span([*lines, *([pooled] if pooled else [])]))
    if ratio:
        low, high = max(low, -log(_ABSURD)), min(high, log(_ABSURD))
    left, right = sides(higher_is)
    return Forest(
        measure or "effect", ratio, tuple(lines), pooled, predicted, low, high, _ticks(low, high, ratio), left, right
    )


def sides(higher_is: str) -> tuple[str, str]:
    """What lies below and above no difference."""
    if higher_is == "better":
        return "favours control", "favours ketamine"
    if higher_is == "worse":
        return "favours ketamine", "favours control"
    return "lower with group 1", "higher with group 1"


def groups(finding: FindingRow | None) -> tuple[str, str]:
    """What both groups had, in words: `30/47`, `12.7 (7.6), 20`; "" where only an estimate is printed."""
    if finding is None or finding.n1 is None or finding.n2 is None:
        return "", ""
    if finding.events1 is not None and finding.events2 is not None:
        return f"{number(finding.events1)}/{number(finding.n1)}", f"{number(finding.events2)}/{number(finding.n2)}"
    if None in (finding.mean1, finding.sd1, finding.mean2, finding.sd2):
        return "", ""
    return (
        f"{number(finding.mean1 or 0)} ({number(finding.sd1 or 0)}), {number(finding.n1)}",
        f"{number(finding.mean2 or 0)} ({number(finding.sd2 or 0)}), {number(finding.n2)}",
    )


def in_print(measure: str | None, value: float) -> str:
    """A value of the plot as it is read: ratios as ratios, absurd ones by their bound, nothing beyond the possible."""
    if measure in RATIOS:
        if abs(value) > log(_ABSURD):
            return f">{_ABSURD:g}" if value > 0 else f"<{1 / _ABSURD:g}"
        return three(exp(value))
    return three(possible(measure, value, value)[0])


def possible(measure: str | None, low: float, high: float) -> tuple[float, float]:
    """An interval cut at the least and the most that there can be: a difference of risks is between -1 and 1."""
    if measure != EffectMeasure.RD:
        return low, high
    return max(-1.0, min(1.0, low)), max(-1.0, min(1.0, high))


def three(value: float) -> str:
    """A number in three digits, small ones to two places: 13.957 is 14, 0.869 is 0.87."""
    if value == 0 or not isfinite(value):
        return "0" if value == 0 else str(value)
    places = 2 - floor(log10(abs(value)))
    if places > 4 or places < -3:
        return f"{value:.3g}"
    return f"{value:.{max(0, min(2, places))}f}"


def _span(lines: Sequence[Line]) -> tuple[float, float]:
    """The least and the most that is plotted: no difference and all estimates, and as much of their limits as fits."""
    values = [0.0, *(line.value for line in lines)]
    inner_low, inner_high = min(values), max(values)
    core = max(inner_high - inner_low, min((line.high - line.low for line in lines), default=1.0)) or 1.0
    low = max(min([inner_low, *(line.low for line in lines)]), inner_low - _MOST * core)
    high = min(max([inner_high, *(line.high for line in lines)]), inner_high + _MOST * core)
    if low == high:
        return low - 1, high + 1
    edge = 0.03 * (high - low)
    return low - edge, high + edge


def _ticks(low: float, high: float, ratio: bool) -> tuple[float, ...]:
    """Round values in the span, in the units of the plot."""
    if ratio:
        inside = [log(value) for value in RATIO_TICKS if low <= log(value) <= high]
        if len(inside) >= 2:
            return tuple(inside)
    step = 10.0 ** floor(log10(high - low))
    for part in (0.2, 0.5, 1.0, 2.0):
        if (high - low) / (step * part) <= 8:
            step *= part
            break
    first = -floor(-low / step)
    return tuple(step * place for place in range(first, floor(high / step) + 1))


def show(screen: Screen, forest: Forest) -> None:
    """The plot on a terminal: studies, the pooled estimate, where another study is expected, and the axis."""
    from ketlit.render.table import GAP, cell_len, fitted, joined

    estimates = [forest.estimate(line) for line in (*forest.lines, *([forest.pooled] if forest.pooled else []))]
    names = [safe_text(line.name) for line in forest.lines]
    columns = [max([_NAME[0], *map(cell_len, names)]), max([4, *map(len, estimates)])]
    both = screen.wide and any(line.ours for line in forest.lines)
    ours = max([8, *(len(line.ours) for line in forest.lines)]) if both else 0
    theirs = max([7, *(len(line.theirs) for line in forest.lines)]) if both else 0
    beside = columns[1] + 6 + 2 * GAP + (ours + theirs + 2 * GAP if both else 0)
    columns[0] = min(columns[0], _NAME[1], max(_NAME[0], screen.width - beside - GAP - _LEAST_PLOT))
    room = max(10, screen.width - beside - columns[0] - GAP)
    gap = " " * GAP

    def row(name: str, drawn: str, told: str, weight: str, one: str = "", other: str = "", style: str = "") -> None:
        groups = f"{one:>{ours}}{gap}{other:>{theirs}}{gap}" if both else ""
        cut = fitted(name, columns[0])
        text = joined((cut if screen.unicode else cut.replace("…", "."), style), gap + groups, (drawn, style or "cyan"))
        text.append(f"{gap}{told:>{columns[1]}}{gap}{weight:>6}", style)
        text.rstrip()
        screen.line(text)

    heads = ("ketamine", "control") if both else ("", "")
    row("STUDY", " " * room, f"{forest.measure} [95 % CI]", "WEIGHT", *heads, style="dim")
    for line, name, told in zip(forest.lines, names, estimates, strict=False):
        weight = "" if line.weight is None else f"{line.weight:.1f} %"
        drawn = square(screen, forest, line, room)
        row(name, drawn, told, weight, line.ours, line.theirs, "red" if line.retracted else "")
    if forest.pooled:
        row("pooled", diamond(screen, forest, forest.pooled, room), estimates[-1], "100 %", style="bold")
    if forest.predicted:
        low, high = forest.predicted
        told = f"[{forest.shown(low)}, {forest.shown(high)}]"
        row("prediction", bar(screen, forest, low, high, room, screen.symbol("┄", ".")), told, "")
    indent = columns[0] + GAP + (ours + theirs + 2 * GAP if both else 0)
    for line_below in axis(screen, forest, room):
        screen.line(" " * indent + line_below.rstrip())
    screen.line((named(forest, indent + max(0, cell(forest, 0.0, room))), "dim"))


def cell(forest: Forest, value: float, room: int) -> int:
    """The cell that a value falls into; -1 and `room` outside."""
    share = (value - forest.low) / (forest.high - forest.low)
    return -1 if share < 0 else room if share > 1 else min(room - 1, int(share * room))


def bar(screen: Screen, forest: Forest, low: float, high: float, room: int, mark: str) -> str:
    """An interval; arrows where it leaves the plot."""
    cells = [" "] * room
    null = cell(forest, 0.0, room)
    if 0 <= null < room:
        cells[null] = screen.symbol("│", "|")
    first, last = cell(forest, low, room), cell(forest, high, room)
    for place in range(max(0, first), min(room, last + 1)):
        # where the interval holds no difference, its line crosses that of no difference
        cells[place] = screen.symbol("┼", "+") if place == null and mark in "─-" else mark
    if first < 0:
        cells[0] = screen.symbol("◄", "<")
    if last >= room:
        cells[room - 1] = screen.symbol("►", ">")
    return "".join(cells)


def square(screen: Screen, forest: Forest, line: Line, room: int) -> str:
    """One study in `room` cells: its interval, and a square that grows with its weight."""
    cells = list(bar(screen, forest, line.low, line.high, room, screen.symbol("─", "-")))
    weight = line.weight if line.weight is not None else _LARGE
    mark = ("█", "#") if weight >= _LARGE else ("■", "o") if weight >= _MIDDLE else ("▪", "*")
    cells[max(0, min(room - 1, cell(forest, line.value, room)))] = screen.symbol(*mark)
    return "".join(cells)


def diamond(screen: Screen, forest: Forest, line: Line, room: int) -> str:
    """A pooled estimate in `room` cells, between the ends of its interval."""
    cells = list(bar(screen, forest, line.low, line.high, room, screen.symbol("━", "=")))
    first, last = cell(forest, line.low, room), cell(forest, line.high, room)
    if 0 <= first < room:
        cells[first] = screen.symbol("◁", "<")
    if 0 <= last < room:
        cells[last] = screen.symbol("▷", ">")
    cells[max(0, min(room - 1, cell(forest, line.value, room)))] = screen.symbol("◆", "X")
    return "".join(cells)


def axis(screen: Screen, forest: Forest, room: int) -> tuple[str, str]:
    """The axis with its ticks, and the numbers below; a number that would touch another is left out."""
    rule = [screen.symbol("─", "-")] * room
    numbers = [" "] * room
    # no difference first: it must have its number
    order = sorted(forest.ticks, key=lambda tick: (abs(tick) > 1e-9, tick))
    taken: list[tuple[int, int]] = []
    for tick in order:
        place = cell(forest, tick, room)
        if not 0 <= place < room:
            continue
        rule[place] = screen.symbol("┼", "+") if abs(tick) < 1e-9 else screen.symbol("┴", "+")
        told = forest.tick(tick)
        start = max(0, min(room - len(told), place - len(told) // 2))
        if all(start > end or start + len(told) < begin for begin, end in taken):
            numbers[start : start + len(told)] = told
            taken.append((start, start + len(told)))
    return "".join(rule), "".join(numbers)


def named(forest: Forest, null: int) -> str:
    """The two sides of the plot in words, either side of no difference, which is at the cell `null` of the screen."""
    return f"{forest.left} ".rjust(null) + f" {forest.right}"
