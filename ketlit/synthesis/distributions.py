"""Tail probabilities and quantiles: normal, Student's t, chi-square, and the exact binomial of a fair coin.

Relative accuracy is 1e-12 far into the tails, which is why each is computed as the tail it is asked for, never as
one minus the rest, and why logarithms of gamma functions are never subtracted from each other where they are large.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb, erfc, exp, lgamma, log, log1p, pi, sqrt
from typing import Final

from ketlit.synthesis.roots import crossing

_TINY: Final = 1e-300  # stands for a zero denominator in a continued fraction (Lentz)
_CLOSE: Final = 2e-16  # of one: where a fraction or series has converged
_LOG_NOTHING: Final = -750.0  # below the logarithm of every number above zero
_HALF_LOG_TWO_PI: Final = 0.5 * log(2 * pi)
# Stirling's series: coefficients of a^-1, a^-3, ... (Abramowitz & Stegun 6.1.41)
_STIRLING: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_STIRLING_FROM: Final = 15.0  # from here the first term left out is below 1e-17


def stirling_rest(a: float) -> float:
    """log Gamma(a) - ((a - 1/2) log a - a + log(2 pi)/2), a > 0: what Stirling's formula leaves."""
    if a < _STIRLING_FROM:
        return lgamma(a) - ((a - 0.5) * log(a) - a + _HALF_LOG_TWO_PI)
    square = a * a
    rest = 0.0
    for coefficient in reversed(_STIRLING):
        rest = rest / square + coefficient
    return rest / a


def log_gamma_half_step(a: float) -> float:
    """log Gamma(a + 1/2) - log Gamma(a), a > 0, without the cancellation of two large logarithms."""
    if a < _STIRLING_FROM:
        return lgamma(a + 0.5) - lgamma(a)
    return 0.5 * log(a) + (a * log1p(0.5 / a) - 0.5) + stirling_rest(a + 0.5) - stirling_rest(a)


def normal_p(z: float) -> float:
    """P(|Z| >= |z|) of a standard normal Z."""
    return erfc(abs(z) / sqrt(2))


@lru_cache(maxsize=256)
def normal_limit(p: float) -> float:
    """The z >= 0 with P(|Z| >= z) = p, 1e-100 <= p < 1: 1.96 for 0.05."""
    return crossing(lambda z: log(normal_p(z)) - log(p), 0.0, 38.0)


def t_p(t: float, df: float) -> float:
    """P(|T| >= |t|) of Student's t with df > 0 degrees of freedom: I_x(df/2, 1/2) at x = df/(df + t^2).

    Source: Abramowitz & Stegun 26.7.1, the incomplete beta function by its continued fraction (26.5.8).
    """
    square = t * t / df
    if square < _TINY:
        return 1.0
    a = 0.5 * df
    # x^a (1-x)^(1/2) / B(a, 1/2), x = 1/(1 + square)
    front = exp(-a * log1p(square) - 0.5 * log1p(1 / square) + log_gamma_half_step(a) - 0.5 * log(pi))
    if 1 / (1 + square) < (a + 1) / (a + 2.5):
        return min(1.0, front * _beta_fraction(a, 0.5, 1 / (1 + square)) / a)
    return max(0.0, 1 - 2 * front * _beta_fraction(0.5, a, square / (1 + square)))


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function by Lentz's method; for x < (a + 1)/(a + b + 2)."""
    c, d = 1.0, _reciprocal(1 - (a + b) * x / (a + 1))
    value = d
    m = 0
    while True:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = _reciprocal(1 + even * d), _not_zero(1 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = _reciprocal(1 + odd * d), _not_zero(1 + odd / c)
        value *= d * c
        if abs(d * c - 1) <= _CLOSE or m > 1_000_000:
            return value


def _not_zero(x: float) -> float:
    return x if abs(x) > _TINY else _TINY


def _reciprocal(x: float) -> float:
    return 1 / _not_zero(x)


@lru_cache(maxsize=1024)
def t_limit(p: float, df: float) -> float:
    """The t >= 0 with P(|T| >= t) = p, 1e-100 <= p < 1, df >= 1: 2.776 for 0.05 and 4 degrees of freedom."""

    def above(log_t: float) -> float:
        tail = t_p(exp(log_t), df)
        return (log(tail) if tail else _LOG_NOTHING) - log(p)

    low = log(normal_limit(p)) - 1  # below, for the t distribution has the longer tails
    high = low + 1
    while above(high) > 0:
        high += 1
    return exp(crossing(above, low, high))


def chi2_p(x: float, df: float) -> float:
    """P(X >= x) of a chi-square X with df > 0 degrees of freedom: the upper incomplete gamma function at df/2, x/2."""
    return _gamma_tails(0.5 * df, 0.5 * x)[1]


@lru_cache(maxsize=1024)
def chi2_limit(below: float, df: float) -> float:
    """The x with P(X <= x) = `below`, 0 < below < 1, of a chi-square X with df > 0 degrees of freedom."""
    tail = 0 if below <= 0.5 else 1
    wanted = below if tail == 0 else 1 - below
    high = df + 1
    while _gamma_tails(0.5 * df, 0.5 * high)[0] < below:
        high *= 2
    return crossing(lambda x: (_gamma_tails(0.5 * df, 0.5 * x)[tail] / wanted - 1) * (1 - 2 * tail), 0.0, high)


def _gamma_tails(a: float, x: float) -> tuple[float, float]:
    """The regularised incomplete gamma functions (P, Q) at a > 0, x: the smaller computed, the larger its complement.

    Source: Abramowitz & Stegun 6.5.29 (series) and 6.5.31 (continued fraction).
    """
    if x <= 0:
        return 0.0, 1.0
    # x^a e^-x / Gamma(a), as sqrt(a / 2 pi) exp(-a (r - 1 - log r) - rest) with r = x/a
    front = sqrt(a / (2 * pi)) * exp(-a * _above_log(x, a) - stirling_rest(a))
    if x < a + 1:
        term = total = 1 / a
        step = a
        while term > total * _CLOSE:
            step += 1
            term *= x / step
            total += term
        lower = min(1.0, front * total)
        return lower, 1 - lower
    upper = min(1.0, front * _gamma_fraction(a, x))
    return 1 - upper, upper


def _gamma_fraction(a: float, x: float) -> float:
    """The continued fraction of the upper incomplete gamma function by Lentz's method; for x >= a + 1."""
    b = x + 1 - a
    c, d = 1 / _TINY, _reciprocal(b)
    value = d
    i = 0
    while True:
        i += 1
        part = -i * (i - a)
        b += 2
        d, c = _reciprocal(part * d + b), _not_zero(b + part / c)
        value *= d * c
        if abs(d * c - 1) <= _CLOSE or i > 1_000_000:
            return value


def _above_log(x: float, a: float) -> float:
    """r - 1 - log r for r = x/a > 0, by its series where the difference would lose digits."""
    d = (x - a) / a
    if abs(d) > 0.1:
        return d - log(x / a)
    total, power, n = 0.0, -d, 1
    while True:  # d^2/2 - d^3/3 + ...
        n += 1
        power *= -d
        if total + power / n == total:
            return total
        total += power / n


def coin_p(x: int, n: int) -> float:
    """The exact two-sided p of x heads in n throws of a fair coin, 0 <= x <= n: both tails as far out as x."""
    tail = sum(comb(n, heads) for heads in range(min(x, n - x) + 1))
    return min(1.0, 2 * tail / (1 << n))


def wilson(x: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a share x/n, n > 0. Source: Wilson, J Am Stat Assoc 1927;22:209-212."""
    z = normal_limit(1 - level)
    square = z * z
    middle = (x + square / 2) / (n + square)
    half = z * sqrt(x * (n - x) / n + square / 4) / (n + square)
    return (0.0 if x == 0 else middle - half), (1.0 if x == n else middle + half)
