"""One estimate out of many: pooled effect, interval, prediction interval, leave-one-out, cumulative.

Results are views: their fields are named as the JSON contract of `ketlit pool` names them. No field is ever NaN or
infinite; what cannot be said is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, sqrt
from typing import Final, NamedTuple

from ketlit.errors import UsageError
from ketlit.synthesis.distributions import chi2_p, normal_limit, normal_p, t_limit, t_p
from ketlit.synthesis.effects import RATIOS, Effect, Excluded, generic
from ketlit.synthesis.heterogeneity import (
    Tau2,
    Weighted,
    estimate_tau2,
    i_squared,
    i_squared_of_q,
    sample,
    weighted,
)
from ketlit.vocabulary import EffectMeasure, IntervalMethod, Tau2Method

_OUTSIDE: Final = 0.05  # what a 95 % interval leaves out
_LARGEST_LOG: Final = 709.0  # exp of more is not a float


class PooledStudy(NamedTuple):
    """A study of a pooled set; `weight` in %, None where it stands alone."""

    study: str
    yi: float
    vi: float
    weight: float | None


class Pooled(NamedTuple):
    """What `ketlit pool` says in JSON. OR and RR are on the log scale, `exp_...` on their own; i2 in %.

    With one study (k = 1) nothing is pooled: it is in `studies`, and what pooling would give is None.
    `se ci_low ci_high stat p` are of `ci_method`; the prediction interval stands from k = 3.
    """

    k: int
    measure: str | None
    method: str
    ci_method: str
    estimate: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    stat: float | None = None
    p: float | None = None
    tau2: float | None = None
    i2: float | None = None
    q: float | None = None
    q_df: int | None = None
    q_p: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None
    pi_df: int | None = None
    studies: tuple[PooledStudy, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    warnings: tuple[str, ...] = ()
    exp_estimate: float | None = None
    exp_ci_low: float | None = None
    exp_ci_high: float | None = None


class Interval(NamedTuple):
    """An estimate's standard error, limits and test; `df` is None for the normal distribution."""

    se: float
    low: float
    high: float
    stat: float
    p: float
    df: int | None


class Without(NamedTuple):
    """What is pooled when one study is left out."""

    study: str
    pooled: Pooled


def pool(
    effects: Sequence[Effect],
    measure: EffectMeasure | None = None,
    method: Tau2Method = Tau2Method.REML,
    ci_method: IntervalMethod = IntervalMethod.HKSJ,
    excluded: Iterable[Excluded] = (),
    warnings: Iterable[str] = (),
) -> Pooled:
    """The pooled effect by inverse variance, with all that belongs to it.

    `excluded` and `warnings` are what is already known; both are carried into the result. Raises UsageError where no
    study is left, where a study occurs twice, or where an effect is not a number.
    """
    left_out = tuple(excluded)
    _check(effects, left_out)
    said = [*warnings, *(f"{effect.study}: {effect.derived} (derived)" for effect in effects if effect.derived)]
    if len(effects) == 1:
        return _alone(effects[0], measure, method, ci_method, left_out, said)
    studies = sample(effects)
    tau2 = estimate_tau2(studies, method)
    fit = weighted(studies, tau2.value)
    estimate = studies.origin + fit.mean
    interval = _interval(estimate, fit, ci_method)
    k = len(effects)
    pi_low, pi_high, pi_df = _prediction(estimate, interval.se, tau2.value, k)
    q = weighted(studies, 0.0).q
    said += _cautions(estimate, fit, tau2, measure)
    result = Pooled(
        k=k,
        measure=measure and str(measure),
        method=str(method),
        ci_method=str(ci_method),
        estimate=estimate,
        se=interval.se,
        ci_low=interval.low,
        ci_high=interval.high,
        stat=interval.stat,
        p=interval.p,
        tau2=tau2.value,
        i2=i_squared_of_q(q, k - 1) if method == Tau2Method.EE else i_squared(studies, tau2.value),
        q=q,
        q_df=k - 1,
        q_p=chi2_p(q, k - 1),
        pi_low=pi_low,
        pi_high=pi_high,
        pi_df=pi_df,
        studies=_shares(effects, fit, tau2.value),
        excluded=left_out,
        warnings=tuple(said),
    )
    return _with_ratios(result) if measure in RATIOS else result


def leave_one_out(
    effects: Sequence[Effect],
    measure: EffectMeasure | None = None,
    method: Tau2Method = Tau2Method.REML,
    ci_method: IntervalMethod = IntervalMethod.HKSJ,
) -> tuple[Without, ...]:
    """What is pooled without each study in turn, in their order. Raises UsageError below 3 studies."""
    if len(effects) < 3:
        raise UsageError(f"leaving one out needs at least 3 studies, there are {len(effects)}")
    return tuple(
        Without(left.study, pool([*effects[:place], *effects[place + 1 :]], measure, method, ci_method))
        for place, left in enumerate(effects)
    )


def cumulative(
    effects: Sequence[Effect],
    measure: EffectMeasure | None = None,
    method: Tau2Method = Tau2Method.REML,
    ci_method: IntervalMethod = IntervalMethod.HKSJ,
) -> tuple[Pooled, ...]:
    """What was known after each study, in the order given (by year); the first one stands alone."""
    _check(effects, ())
    return tuple(pool(effects[: k + 1], measure, method, ci_method) for k in range(len(effects)))


def interval_of(effect: Effect) -> tuple[float, float]:
    """The normal 95 % limits of one study, as a forest plot draws them."""
    half = normal_limit(_OUTSIDE) * sqrt(effect.vi)
    return effect.yi - half, effect.yi + half


def _check(effects: Sequence[Effect], excluded: tuple[Excluded, ...]) -> None:
    if not effects:
        reasons = "; ".join(f"{each.study}: {each.reason}" for each in excluded)
        raise UsageError("no study is left to pool" + (f" ({reasons})" if reasons else ""))
    for effect in effects:
        generic(*effect)
    name, times = Counter(effect.study for effect in effects).most_common(1)[0]
    if times > 1:
        raise UsageError(f"{name} occurs {times} times in one pooled set", "a study counts once: keep one effect of it")


def _interval(estimate: float, fit: Weighted, method: IntervalMethod) -> Interval:
    """Wald's interval, or that of Hartung & Knapp and of Sidik & Jonkman with its scale floored at 1.

    HKSJ: t with k - 1 degrees of freedom, variance s/W, s = max(1, Q/(k - 1)) at the tau2 in use. Without the floor
    it can be narrower than Wald's. Source: Roever, Knapp & Friede, BMC Med Res Methodol 2015;15:99.
    """
    df = len(fit.weights) - 1
    if method == IntervalMethod.WALD:
        se = sqrt(1 / fit.total)
        half, stat = normal_limit(_OUTSIDE) * se, estimate / se
        return Interval(se, estimate - half, estimate + half, stat, normal_p(stat), None)
    se = sqrt(max(1.0, fit.q / df) / fit.total)
    half, stat = t_limit(_OUTSIDE, df) * se, estimate / se
    return Interval(se, estimate - half, estimate + half, stat, t_p(stat, df), df)


def _prediction(estimate: float, se: float, tau2: float, k: int) -> tuple[float | None, float | None, int | None]:
    """Where the effect of another study is expected: estimate +- t(k - 2) sqrt(tau2 + se^2), from 3 studies on.

    Source: Higgins, Thompson & Spiegelhalter, J R Stat Soc A 2009;172:137-159.
    """
    if k < 3:
        return None, None, None
    reach = t_limit(_OUTSIDE, k - 2) * sqrt(tau2 + se * se)
    return estimate - reach, estimate + reach, k - 2


def _cautions(estimate: float, fit: Weighted, tau2: Tau2, measure: EffectMeasure | None) -> list[str]:
    """What a reader of these numbers must know."""
    said = []
    if len(fit.weights) == 2:
        both = []
        for method, name in ((IntervalMethod.WALD, "Wald"), (IntervalMethod.HKSJ, "HKSJ")):
            interval = _interval(estimate, fit, method)
            both.append(f"{name} {_limits(interval.low, interval.high, measure)}")
        said.append("two studies say little of the variance between them; 95 % intervals: " + ", ".join(both))
    if tau2.others:
        rest = ", ".join(f"{other:.4g}" for other in tau2.others)
        said.append(
            f"the restricted likelihood has another maximum at tau2 = {rest}; the highest, {tau2.value:.4g}, is used"
        )
    return said


def _shares(effects: Sequence[Effect], fit: Weighted, tau2: float) -> tuple[PooledStudy, ...]:
    return tuple(
        PooledStudy(effect.study, effect.yi, effect.vi, 100 / (effect.vi + tau2) / fit.total) for effect in effects
    )


def _alone(
    effect: Effect,
    measure: EffectMeasure | None,
    method: Tau2Method,
    ci_method: IntervalMethod,
    excluded: tuple[Excluded, ...],
    said: list[str],
) -> Pooled:
    shown = f" (its own 95 % interval: {_limits(*interval_of(effect), measure)})"
    return Pooled(
        k=1,
        measure=measure and str(measure),
        method=str(method),
        ci_method=str(ci_method),
        studies=(PooledStudy(effect.study, effect.yi, effect.vi, None),),
        excluded=excluded,
        warnings=(*said, f"one study is not pooled; {effect.study} is shown as it is{shown}"),
    )


def _with_ratios(result: Pooled) -> Pooled:
    """The result with its ratios beside their logarithms; None, with a warning, where one is too large to write."""
    found = [exponential(log_ratio) for log_ratio in (result.estimate, result.ci_low, result.ci_high)]
    warnings = result.warnings
    if None in found:
        warnings = (*warnings, "a ratio is too large to be written; its logarithm is given")
    return result._replace(exp_estimate=found[0], exp_ci_low=found[1], exp_ci_high=found[2], warnings=warnings)


def _limits(low: float, high: float, measure: EffectMeasure | None) -> str:
    """Two limits for a sentence; ratios on their own scale, if they can be written."""
    ratios = (exponential(low), exponential(high))
    if measure in RATIOS and None not in ratios:
        return f"{ratios[0]:.4g} to {ratios[1]:.4g}"
    return f"{low:.4g} to {high:.4g}" + (" (logarithms)" if measure in RATIOS else "")


def exponential(value: float | None) -> float | None:
    """A ratio of its logarithm; None where it is too large for a number."""
    return None if value is None or value > _LARGEST_LOG else exp(value)
