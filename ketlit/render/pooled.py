"""What `pool` says on a terminal: the question, the forest plot, the numbers below it, what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ketlit.render import forest as plot
from ketlit.render.safe import safe_text
from ketlit.synthesis.pooling import Pooled, Without
from ketlit.vocabulary import IntervalMethod, Tau2Method

if TYPE_CHECKING:
    from ketlit.render.forest import Forest
    from ketlit.render.table import Screen


class Page(NamedTuple):
    """All that is shown. `head`: how the question was understood; `egger` in words; the last two where asked for."""

    result: Pooled
    forest: Forest
    head: Sequence[str]
    egger: str = ""
    after: Sequence[Pooled] = ()
    without: Sequence[Without] = ()


def show(screen: Screen, page: Page) -> None:
    """The whole page."""
    from ketlit.render.table import counted, joined

    result = page.result
    screen.wrapped(joined((counted(result.k, "study", "studies") if result.k else "no study", "bold")))
    for line in page.head:
        screen.wrapped(joined((line, "dim")), indent=2)
    if result.studies:
        screen.line("")
        plot.show(screen, page.forest)
    if result.estimate is not None:
        screen.line("")
    for line in numbers(result):
        screen.wrapped(joined(line))
    if page.egger:
        screen.wrapped(joined(page.egger))
    _listed(screen, "after each study", [(f"+ {name}", one) for name, one in _added(page)])
    _listed(screen, "without each study", [(f"- {each.study}", each.pooled) for each in page.without])
    if result.warnings:
        screen.line("")
        for warning in result.warnings:
            screen.wrapped(joined(warning), indent=2, first=screen.symbol("•", "!"))
    _left_out(screen, result)


def _added(page: Page) -> list[tuple[str, Pooled]]:
    return [(one.studies[-1].study, one) for one in page.after]


def numbers(result: Pooled) -> list[str]:
    """The pooled numbers in words, a few lines."""
    if result.estimate is None:
        return []
    method = "one common effect" if result.method == Tau2Method.EE else f"random effects, tau2 by {result.method}"
    interval = "Hartung-Knapp, floored" if result.ci_method == IntervalMethod.HKSJ else "Wald"
    lines = [f"{estimate(result)}, p = {result.p:.2g}  ({method}; {interval})"]
    spread = [
        f"tau2 {result.tau2:.3g}",
        f"I2 {result.i2:.0f} %",
        f"Q {result.q:.3g} (df {result.q_df}, p = {result.q_p:.2g})",
    ]
    lines.append("between studies: " + ", ".join(spread))
    if result.pi_low is not None and result.pi_high is not None:
        low, high = _scaled(result, result.pi_low), _scaled(result, result.pi_high)
        cut = _cut(result, result.pi_low, result.pi_high)
        lines.append(
            f"another study is expected within {low} to {high}{cut} "
            f"(95 % prediction interval, t with {result.pi_df} df)"
        )
    return lines


def estimate(result: Pooled) -> str:
    """`OR 3.48 (95 % CI 0.87 to 14)`."""
    value, low, high = (_scaled(result, each or 0.0) for each in (result.estimate, result.ci_low, result.ci_high))
    cut = _cut(result, result.ci_low or 0.0, result.ci_high or 0.0)
    return f"{result.measure or 'effect'} {value} (95 % CI {low} to {high}{cut})"


def in_words(result: Pooled) -> str:
    """`k = 4, OR 3.48 (95 % CI 0.87 to 14)`."""
    return f"k = {result.k}, {estimate(result)}" if result.estimate is not None else f"k = {result.k}, not pooled"


def _scaled(result: Pooled, value: float) -> str:
    return plot.in_print(result.measure, value)


def _cut(result: Pooled, low: float, high: float) -> str:
    """What is said beside an interval that went beyond what there can be."""
    return " (cut at the possible)" if (low, high) != plot.possible(result.measure, low, high) else ""


def _listed(screen: Screen, name: str, rows: Sequence[tuple[str, Pooled]]) -> None:
    """A line for each of several pooled sets."""
    from ketlit.render.table import cell_len, fitted

    if not rows:
        return
    screen.line("")
    screen.line((name, "bold"))
    width = max(cell_len(safe_text(each)) for each, _ in rows)
    for each, one in rows:
        told = estimate(one) if one.estimate is not None else "one study, not pooled"
        i2 = f"  I2 {one.i2:.0f} %" if one.i2 is not None else ""
        screen.line("  ", fitted(safe_text(each), width), f"  {told}{i2}")


def _left_out(screen: Screen, result: Pooled) -> None:
    """Every study that is not in, by reason."""
    from ketlit.render.table import counted, joined

    if not result.excluded:
        return
    reasons: dict[str, list[str]] = {}
    for each in result.excluded:
        reasons.setdefault(each.reason, []).append(each.study)
    screen.line("")
    screen.line((f"left out: {counted(len(result.excluded), 'study', 'studies')}", "bold"))
    for reason, studies in reasons.items():
        screen.wrapped(joined(f"{', '.join(studies)}: ", (reason, "dim")), indent=4, first=screen.symbol("  –", "  -"))
