"""A standard error where only a confidence interval or a p-value is printed. What comes from here is marked derived."""

from __future__ import annotations

from math import isfinite, log
from typing import NamedTuple

from ketlit.errors import UsageError
from ketlit.synthesis.distributions import normal_limit, t_limit

_LEAST_P = 1e-100


class StandardError(NamedTuple):
    """A standard error (on the log scale for a ratio), and how it was derived."""

    se: float
    derived: str


def from_interval(
    low: float, high: float, level: float = 0.95, df: float | None = None, ratio: bool = False
) -> StandardError:
    """SE = (high - low) / (2 q), q of the normal distribution, or of t with df; the limits' logarithms for a ratio.

    `level` is a share, 0.95. Source: Cochrane Handbook 6.5.2.2 and 6.3.1. Raises UsageError where these are no limits.
    """
    if not (isfinite(low) and isfinite(high)):
        raise UsageError("a confidence interval needs two numbers")
    if low >= high:
        raise UsageError(f"a confidence interval from {low:g} to {high:g} has no width", "give the lower limit first")
    if not 0.5 <= level < 1:
        raise UsageError(f"{level:g} is no level of confidence", "0.95 is the usual one")
    if ratio and low <= 0:
        raise UsageError(f"the limits of a ratio must be above 0, {low:g} is not")
    width = log(high) - log(low) if ratio else high - low
    how = f"SE from the {100 * level:g} % confidence interval"
    return StandardError(width / (2 * _limit(1 - level, df)), how + _basis(df))


def from_p(estimate: float, p: float, df: float | None = None) -> StandardError:
    """SE = |estimate| / q, where P(|Q| >= q) = p, of the normal distribution or of t with df; log scale for a ratio.

    p must be exact: "< 0.05" gives no standard error. Source: Cochrane Handbook 6.5.2.3. Raises UsageError at an
    estimate of 0 or a p of 1, which say nothing of the error.
    """
    if not isfinite(estimate) or estimate == 0:
        raise UsageError(f"no standard error follows from an estimate of {estimate:g} and its p-value")
    if not _LEAST_P <= p < 1:
        raise UsageError(f"no standard error follows from p = {p:g}", "an exact p-value between 0 and 1 is needed")
    return StandardError(abs(estimate) / _limit(p, df), f"SE from p = {p:g}" + _basis(df))


def _limit(p: float, df: float | None) -> float:
    if df is None:
        return normal_limit(p)
    if not 1 <= df < 1e9:
        raise UsageError(f"{df:g} degrees of freedom cannot be used")
    return t_limit(p, df)


def _basis(df: float | None) -> str:
    return "" if df is None else f" (t, {df:g} degrees of freedom)"
