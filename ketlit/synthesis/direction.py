"""What can be said without pooling: the range of effects, and how many studies favour the intervention.

A count of directions is the last resort: a pooled estimate says more, and so does the range of effects. Significance
is never counted. Source: Cochrane Handbook chapter 12 (McKenzie & Brennan).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ketlit.errors import UsageError
from ketlit.synthesis.distributions import coin_p, wilson
from ketlit.synthesis.effects import Effect
from ketlit.vocabulary import Direction

FEWEST: Final = 6  # 6 of 6 has p = 0.031, 5 of 5 has 0.0625


class Vote(NamedTuple):
    """`favours` of `n` studies favour the intervention: exact two-sided p, 95 % Wilson limits, and both in words.

    With n = 0 the numbers are None. `left_out` counts, by direction, the studies that point neither way.
    """

    favours: int
    n: int
    p: float | None
    ci_low: float | None
    ci_high: float | None
    left_out: dict[str, int]
    says: str


class Spread(NamedTuple):
    """Median and range of the effects of k studies, on the scale they have."""

    k: int
    median: float
    low: float
    high: float


def count_directions(directions: Iterable[Direction]) -> Vote:
    """The vote of studies by direction; those without a side (no_difference, mixed, not_reported) are left out."""
    counted = Counter(directions)
    favours = counted[Direction.FAVOURS_INTERVENTION]
    n = favours + counted[Direction.FAVOURS_COMPARATOR]
    sides = (Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR)
    return vote(favours, n, {str(way): counted[way] for way in Direction if way not in sides and counted[way]})


def vote(favours: int, n: int, left_out: dict[str, int] | None = None) -> Vote:
    """x of n against a fair coin. Raises UsageError unless 0 <= favours <= n."""
    left_out = left_out or {}
    if not 0 <= favours <= n:
        raise UsageError(f"{favours} of {n} is no count of directions")
    beside = "".join(f"; {times} {way.replace('_', ' ')}, not counted" for way, times in left_out.items())
    if n == 0:
        return Vote(0, 0, None, None, None, left_out, "no study points either way" + beside)
    p = coin_p(favours, n)
    low, high = wilson(favours, n)
    says = (
        f"{favours} of {n} favour the intervention (exact two-sided p = {p:.3g}, "
        f"95 % interval of the share {100 * low:.0f} to {100 * high:.0f} %){beside}"
    )
    if n < FEWEST:
        says += f"; a count of fewer than {FEWEST} studies cannot reach p < 0.05"
    return Vote(favours, n, p, low, high, left_out, says)


def spread(effects: Sequence[Effect]) -> Spread:
    """The median and range of the effects, which outrank a count of directions. Raises UsageError without a study."""
    if not effects:
        raise UsageError("there is no effect to take a range of")
    ordered = sorted(effect.yi for effect in effects)
    k = len(ordered)
    return Spread(k, (ordered[(k - 1) // 2] + ordered[k // 2]) / 2, ordered[0], ordered[-1])
