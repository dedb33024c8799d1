"""Where a function crosses zero: one bracketed search for all that statistics has to solve."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

_EPSILON: Final = 2 * sys.float_info.epsilon


def crossing(function: Callable[[float], float], low: float, high: float) -> float:
    """The x in [low, high] where `function` is zero, to the last digits of x; its ends must not be of one sign.

    Inverse quadratic interpolation where it is safe, bisection where it is not, so it always ends. Source:
    Chandrupatla, Adv Eng Software 1997;28:145-149.
    """
    newest, f_newest = low, function(low)
    opposite, f_opposite = high, function(high)
    if f_newest == 0 or f_opposite == 0:
        return low if f_newest == 0 else high
    if (f_newest > 0) == (f_opposite > 0):
        raise ValueError(f"no change of sign between {low!r} and {high!r}")
    step = 0.5
    while True:
        x = newest + step * (opposite - newest)
        value = function(x)
        if (value > 0) == (f_newest > 0):
            older, f_older = newest, f_newest
        else:
            older, f_older = opposite, f_opposite
            opposite, f_opposite = newest, f_newest
        newest, f_newest = x, value
        best = newest if abs(f_newest) < abs(f_opposite) else opposite
        width = abs(opposite - newest)
        if value == 0 or width <= 2 * _EPSILON * abs(best) or width < sys.float_info.min:
            return x if value == 0 else best
        step = _step(newest, opposite, older, f_newest, f_opposite, f_older)
        least = _EPSILON * abs(best) / width
        step = min(1 - least, max(least, step))


def _step(newest: float, opposite: float, older: float, f_newest: float, f_opposite: float, f_older: float) -> float:
    """How far to go from the newest point towards the opposite one, as a share of the way."""
    place = (newest - opposite) / (older - opposite)
    height = (f_newest - f_opposite) / (f_older - f_opposite)
    if height * height < place and (1 - height) * (1 - height) < 1 - place:
        there = f_newest / (f_opposite - f_newest) * (f_older / (f_opposite - f_older))
        share = (older - newest) / (opposite - newest)
        return there + share * (f_newest / (f_older - f_newest)) * (f_opposite / (f_older - f_opposite))
    return 0.5
