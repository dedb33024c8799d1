"""The variance between studies (tau2), and what is said of it: estimators, Q-profile interval, I2, H2.

Effects are kept as distances from that of the most precise study: where one weight is 1e10 times the others, the
distance of the pooled mean from it would otherwise drown in rounding.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from math import exp, log
from operator import mul
from typing import Final, NamedTuple

from ketlit.synthesis.distributions import chi2_limit
from ketlit.synthesis.effects import Effect
from ketlit.synthesis.roots import crossing
from ketlit.vocabulary import Tau2Method

_GRID: Final = 0.25  # of the scan of the restricted likelihood, in log(tau2)


class Sample(NamedTuple):
    """Studies in order of precision, `distances` from the first one's effect `origin`; `variances` within studies."""

    origin: float
    distances: tuple[float, ...]
    variances: tuple[float, ...]


class Weighted(NamedTuple):
    """The sample weighed by 1/(vi + tau2): the sum of weights, the mean distance, Q = sum of w (y - mean)^2."""

    weights: list[float]
    total: float
    mean: float
    q: float


class Tau2(NamedTuple):
    """An estimate of tau2; `others` are lower maxima of the restricted likelihood, where there are any."""

    value: float
    others: tuple[float, ...] = ()


class Heterogeneity(NamedTuple):
    """tau2 with its Q-profile interval; I2 (in %) and H2 with theirs."""

    tau2: float
    tau2_low: float
    tau2_high: float
    i2: float
    i2_low: float
    i2_high: float
    h2: float
    h2_low: float
    h2_high: float


def sample(effects: Iterable[Effect]) -> Sample:
    """At least two effects, ordered so that the order in which they came makes no difference."""
    ordered = sorted((effect.vi, effect.yi) for effect in effects)
    origin = ordered[0][1]
    return Sample(origin, tuple(y - origin for _, y in ordered), tuple(v for v, _ in ordered))


def weighted(studies: Sample, tau2: float) -> Weighted:
    """The inverse-variance mean at this tau2."""
    weights = [1 / (v + tau2) for v in studies.variances]
    total = sum(weights)
    mean = sum(map(mul, weights, studies.distances)) / total
    q = sum([w * (y - mean) * (y - mean) for w, y in zip(weights, studies.distances, strict=True)])
    return Weighted(weights, total, mean, q)


def estimate_tau2(studies: Sample, method: Tau2Method) -> Tau2:
    """tau2 by the method asked for; never below 0."""
    if method == Tau2Method.EE:
        return Tau2(0.0)
    if method == Tau2Method.DL:
        return Tau2(_dersimonian_laird(studies))
    if method == Tau2Method.PM:
        return Tau2(where_q_is(studies, len(studies.variances) - 1))
    return _restricted_likelihood(studies)


def _dersimonian_laird(studies: Sample) -> float:
    """max(0, (Q - (k - 1)) / (W - sum w^2 / W)). Source: DerSimonian & Laird, Control Clin Trials 1986;7:177-188."""
    alone = weighted(studies, 0.0)
    spare = alone.q - (len(alone.weights) - 1)
    return max(0.0, spare / (2 * _pairs(alone.weights) / alone.total))


def where_q_is(studies: Sample, wanted: float) -> float:
    """The tau2 >= 0 at which the generalised Q, which falls with tau2, is `wanted` > 0; 0 if it starts below.

    With wanted = k - 1 this is Paule & Mandel's estimator (J Res Natl Bur Stand 1982;87:377-385).
    """
    if weighted(studies, 0.0).q <= wanted:
        return 0.0
    # Q(tau2) <= sum of squared distances / tau2
    above = 2 * sum(y * y for y in studies.distances) / wanted
    return crossing(lambda tau2: 1 - wanted / weighted(studies, tau2).q, 0.0, above)


def _restricted_likelihood(studies: Sample) -> Tau2:
    """The tau2 with the highest restricted likelihood of all.

    It can have two maxima, one of them at 0, and an iteration stops at either: so the sign of its slope is scanned
    from far below the smallest variance to where it can only fall, each change from rise to fall is solved, and the
    heights are compared. Source of the likelihood: Viechtbauer, J Educ Behav Stat 2005;30:261-293.
    """
    maxima = [] if _slope(studies, 0.0) > 0 else [0.0]
    before, rising = 0.0, not maxima
    for tau2 in _scan(studies):
        now = _slope(studies, tau2) > 0
        if rising and not now:
            maxima.append(crossing(lambda x: _slope(studies, x), before, tau2))
        before, rising = tau2, now
    best = max(maxima, key=lambda tau2: _log_likelihood(studies, tau2))  # the smallest of equals
    return Tau2(best, tuple(tau2 for tau2 in maxima if tau2 != best))


def _scan(studies: Sample) -> Iterable[float]:
    """Values of tau2 from a tenth of the smallest variance, where weights hardly move, to beyond the last maximum.

    From the largest variance upwards no study weighs more than 2/(k + 1) of all, so the likelihood falls wherever
    tau2 exceeds three times the squared range of the effects.
    """
    widest = max(studies.distances) - min(studies.distances)
    first = log(studies.variances[0] / 10)
    last = log(max(studies.variances[-1], 3 * widest * widest)) + _GRID
    steps = int((last - first) / _GRID) + 1
    return (exp(first + _GRID * step) for step in range(steps + 1))


def _slope(studies: Sample, tau2: float) -> float:
    """Twice the derivative of the restricted log likelihood: sum w^2 (y - mean)^2 - (W - sum w^2 / W)."""
    weights = [1 / (v + tau2) for v in studies.variances]
    total = sum(weights)
    mean = sum(map(mul, weights, studies.distances)) / total
    pulls = [w * (y - mean) for w, y in zip(weights, studies.distances, strict=True)]
    pull: float = sum(map(mul, pulls, pulls))
    return pull - 2 * _pairs(weights) / total


def _log_likelihood(studies: Sample, tau2: float) -> float:
    """The restricted log likelihood but for its constant."""
    at = weighted(studies, tau2)
    return -0.5 * (sum(log(v + tau2) for v in studies.variances) + log(at.total) + at.q)


def _pairs(weights: list[float]) -> float:
    """The sum of w_i w_j over all pairs: (W^2 - sum w^2)/2, which cancels to nothing where one weight rules."""
    total: float = sum(map(mul, accumulate(weights), weights[1:]))
    return total


def typical_variance(studies: Sample) -> float:
    """(k - 1) W / (W^2 - sum w^2), w = 1/vi. Source: Higgins & Thompson, Stat Med 2002;21:1539-1558."""
    weights = [1 / v for v in studies.variances]
    return (len(weights) - 1) * sum(weights) / (2 * _pairs(weights))


def i_squared(studies: Sample, tau2: float) -> float:
    """The share of the variance that is between studies, 100 tau2 / (tau2 + typical variance), in %."""
    return 100 * (tau2 / (tau2 + typical_variance(studies)))


def i_squared_of_q(q: float, df: int) -> float:
    """100 max(0, (Q - df)/Q), in %: what is left to say under equal effects, where tau2 is 0 by assumption."""
    return 100 * ((q - df) / q) if q > df else 0.0


def q_profile(studies: Sample, level: float = 0.95) -> tuple[float, float]:
    """The interval of tau2: where the generalised Q passes the two limits of its chi-square distribution.

    (0, 0) where even tau2 = 0 is more than the studies' agreement allows. Source: Viechtbauer, Stat Med 2007;26:37-52.
    """
    df = len(studies.variances) - 1
    rest = (1 - level) / 2
    return where_q_is(studies, chi2_limit(1 - rest, df)), where_q_is(studies, chi2_limit(rest, df))


def heterogeneity(effects: Iterable[Effect], method: Tau2Method = Tau2Method.REML) -> Heterogeneity:
    """All that is said of tau2 for at least two effects. Under EE, I2 and H2 are those of Q; the intervals stand."""
    studies = sample(effects)
    tau2 = estimate_tau2(studies, method).value
    low, high = q_profile(studies)
    typical = typical_variance(studies)
    i2, h2 = i_squared(studies, tau2), 1 + tau2 / typical
    if method == Tau2Method.EE:
        df = len(studies.variances) - 1
        q = weighted(studies, 0.0).q
        i2, h2 = i_squared_of_q(q, df), q / df
    return Heterogeneity(
        tau2,
        low,
        high,
        i2,
        i_squared(studies, low),
        i_squared(studies, high),
        h2,
        1 + low / typical,
        1 + high / typical,
    )
