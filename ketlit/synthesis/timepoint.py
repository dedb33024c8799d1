"""Times as people name them, and the window around each that a pooled set takes its findings from."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.errors import UsageError
from ketlit.vocabulary import TIMEPOINTS

_HOURS: Final = {"min": 1 / 60, "h": 1.0, "d": 24.0, "wk": 168.0, "mo": 730.0, "y": 8760.0}
_UNITS: Final = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "wk"),
    **dict.fromkeys(("mo", "month", "months"), "mo"),
    **dict.fromkeys(("y", "yr", "year", "years"), "y"),
}
_NUMBER_FIRST: Final = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)[ -]?([a-z]{1,7})", re.ASCII)
_UNIT_FIRST: Final = re.compile(r"([a-z]{1,7}) ?(\d{1,5})", re.ASCII)
_SAME: Final = 0.1  # a month is 28 to 31 days, 720 or 730 h


class Window(NamedTuple):
    """A named time and the hours after the (last) infusion that count for it, both ends included."""

    name: str
    hours: float
    low: float
    high: float

    def __contains__(self, hours: object) -> bool:
        return isinstance(hours, int | float) and self.low <= hours <= self.high


def window(typed: str) -> Window:
    """The window of a named time: `24h`, `day 1`, `1 week`, `3mo`. Raises UsageError, naming the nearest ones."""
    hours = in_hours(typed)
    if hours is not None:
        for name, (centre, low, high) in TIMEPOINTS.items():
            if abs(hours - centre) <= _SAME * centre:
                return Window(name, centre, low, high)
    every = ", ".join(TIMEPOINTS)
    if hours is None:
        raise UsageError(f"{typed[:40]!r} is no time", f"one of: {every}")
    near = sorted(TIMEPOINTS, key=lambda name: abs(TIMEPOINTS[name][0] - hours))[:2]
    raise UsageError(f"no timepoint is called {typed[:40]!r}", f"the nearest: {' or '.join(near)}; all: {every}")


def in_hours(typed: str) -> float | None:
    """`40 min`, `day 1`, `2 weeks` in hours; None for what is no time."""
    said = " ".join(typed.casefold().split())
    number_first, unit_first = _NUMBER_FIRST.fullmatch(said), _UNIT_FIRST.fullmatch(said)
    found = number_first.groups() if number_first else unit_first.groups()[::-1] if unit_first else None
    if found is None or found[1] not in _UNITS:
        return None
    return float(found[0]) * _HOURS[_UNITS[found[1]]]


def spoken(hours: float) -> str:
    """Hours in the unit that one would say: 0.67 is 40 min, 36 is 36 h, 240 is 10 d."""
    if hours and hours < 1:
        return f"{round(hours * 60)} min"
    if hours <= 96:
        return f"{hours:.3g} h"
    return f"{hours / 24:.3g} d"
