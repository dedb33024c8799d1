"""What must hold for any studies: order, sign and unit do not matter, and nothing is ever NaN or infinite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from math import exp, isfinite, log, sqrt
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ketlit.errors import UsageError
from ketlit.synthesis.asymmetry import egger
from ketlit.synthesis.effects import LARGEST, SMALLEST, Counts, Effect, Means, of_counts, of_means
from ketlit.synthesis.heterogeneity import estimate_tau2, heterogeneity, sample, weighted
from ketlit.synthesis.pooling import cumulative, leave_one_out, pool
from ketlit.vocabulary import EffectMeasure, IntervalMethod, SmdForm, Tau2Method

METHODS = st.sampled_from(Tau2Method)
INTERVALS = st.sampled_from(IntervalMethod)


def named(pairs: list[tuple[float, float]]) -> list[Effect]:
    return [Effect(f"study {place}", yi, vi) for place, (yi, vi) in enumerate(pairs)]


def studies(fewest: int = 2, most: int = 12) -> st.SearchStrategy[list[Effect]]:
    """Effects as trials give them: variances over four orders of magnitude."""
    variances = st.floats(log(1e-3), log(10)).map(exp)
    return st.lists(st.tuples(st.floats(-5, 5), variances), min_size=fewest, max_size=most).map(named)


def anything(fewest: int = 1) -> st.SearchStrategy[list[Effect]]:
    """Effects at the ends of what is accepted."""
    effects = st.one_of(
        st.floats(-LARGEST, LARGEST), st.floats(-10, 10), st.sampled_from([0.0, LARGEST, -LARGEST, 1e-300])
    )
    variances = st.one_of(
        st.floats(SMALLEST, LARGEST), st.floats(SMALLEST, 1), st.sampled_from([SMALLEST, LARGEST, 1.0])
    )
    return st.lists(st.tuples(effects, variances), min_size=fewest, max_size=6).map(named)


def numbers(found: Any) -> Iterator[float]:
    """All numbers in a result, however deep."""
    if isinstance(found, tuple):
        for each in found:
            yield from numbers(each)
    elif isinstance(found, float):
        yield found


def likelihood(effects: list[Effect], tau2: float) -> float:
    """The restricted log likelihood, written down anew: -(sum log(v + t) + log W + Q)/2."""
    weights = [1 / (effect.vi + tau2) for effect in effects]
    mean = sum(w * effect.yi for w, effect in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (effect.yi - mean) ** 2 for w, effect in zip(weights, effects, strict=True))
    return -0.5 * (sum(log(effect.vi + tau2) for effect in effects) + log(sum(weights)) + q)


def close(a: float | None, b: float | None, scale: float = 1.0) -> bool:
    assert a is not None
    assert b is not None
    return abs(a - b) <= 1e-6 * max(scale, abs(b))


@given(studies().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), METHODS, INTERVALS)
def test_order_does_not_matter(
    both: tuple[list[Effect], list[Effect]], method: Tau2Method, interval: IntervalMethod
) -> None:
    first, second = (pool(effects, method=method, ci_method=interval) for effects in both)
    assert first._replace(studies=()) == second._replace(studies=())
    assert sorted(first.studies) == sorted(second.studies)


@given(studies(), METHODS, INTERVALS)
def test_turning_all_scales_round_turns_the_estimate_round(
    effects: list[Effect], method: Tau2Method, interval: IntervalMethod
) -> None:
    there = pool(effects, method=method, ci_method=interval)
    back = pool([effect._replace(yi=-effect.yi) for effect in effects], method=method, ci_method=interval)
    assert there.estimate is not None
    assert there.ci_low is not None
    assert close(back.estimate, -there.estimate)
    assert close(back.ci_high, -there.ci_low)
    assert close(back.tau2, there.tau2)
    assert close(back.i2, there.i2)


@given(studies(), METHODS, INTERVALS, st.floats(1e-3, 1e3))
def test_another_unit_changes_nothing_but_the_unit(
    effects: list[Effect], method: Tau2Method, interval: IntervalMethod, unit: float
) -> None:
    before = pool(effects, method=method, ci_method=interval)
    scaled = [Effect(study, yi * unit, vi * unit * unit) for study, yi, vi, _ in effects]
    after = pool(scaled, method=method, ci_method=interval)
    assert before.estimate is not None
    assert before.se is not None
    assert before.tau2 is not None
    assert close(after.estimate, before.estimate * unit, unit)
    assert close(after.se, before.se * unit, unit)
    assert close(after.tau2, before.tau2 * unit * unit, unit * unit)
    assert close(after.q, before.q)
    assert close(after.i2, before.i2)


@given(studies())
def test_every_study_twice_halves_the_variance_under_equal_effects(effects: list[Effect]) -> None:
    once = pool(effects, method=Tau2Method.EE, ci_method=IntervalMethod.WALD)
    again = [effect._replace(study=effect.study + " again") for effect in effects]
    twice = pool(effects + again, method=Tau2Method.EE, ci_method=IntervalMethod.WALD)
    assert once.se is not None
    assert once.q is not None
    assert close(twice.estimate, once.estimate)
    assert close(twice.se, once.se / sqrt(2))
    assert close(twice.q, 2 * once.q)


@given(studies())
def test_two_halves_of_a_study_weigh_what_the_whole_does_under_equal_effects(effects: list[Effect]) -> None:
    half = effects[0]._replace(vi=2 * effects[0].vi)
    split = [half, half._replace(study="the other half"), *effects[1:]]
    whole, halves = pool(effects, method=Tau2Method.EE), pool(split, method=Tau2Method.EE)
    assert close(whole.estimate, halves.estimate)
    assert close(whole.q, halves.q)


@given(st.floats(-5, 5), st.lists(st.floats(1e-3, 10), min_size=2, max_size=9), METHODS)
def test_studies_that_agree_have_no_variance_between_them(
    yi: float, variances: list[float], method: Tau2Method
) -> None:
    found = pool(named([(yi, vi) for vi in variances]), method=method)
    assert (found.estimate, found.tau2, found.i2, found.q, found.q_p) == (yi, 0, 0, 0, 1)


@given(anything(), METHODS, INTERVALS, st.sampled_from([None, *EffectMeasure]))
def test_no_number_is_ever_nan_or_infinite(
    effects: list[Effect], method: Tau2Method, interval: IntervalMethod, measure: EffectMeasure | None
) -> None:
    found = pool(effects, measure, method, interval)
    assert all(isfinite(number) for number in numbers(found))
    if found.k > 1:
        assert found.tau2 is not None
        assert found.tau2 >= 0
        assert found.i2 is not None
        assert 0 <= found.i2 <= 100
        assert found.se is not None
        assert found.se > 0
        assert sum(study.weight or 0 for study in found.studies) == pytest.approx(100)
        assert all(isfinite(number) for number in heterogeneity(effects, method))


@given(studies(fewest=3), METHODS, INTERVALS)
def test_the_last_of_a_cumulative_series_is_the_whole_and_the_last_left_out_the_one_before(
    effects: list[Effect], method: Tau2Method, interval: IntervalMethod
) -> None:
    series = cumulative(effects, None, method, interval)
    assert [found.k for found in series] == [*range(1, len(effects) + 1)]
    assert series[-1] == pool(effects, None, method, interval)
    assert leave_one_out(effects, None, method, interval)[-1] == (effects[-1].study, series[-2])


@given(st.lists(st.tuples(st.floats(-LARGEST, LARGEST), st.floats(SMALLEST, LARGEST)), min_size=10, max_size=14))
def test_eggers_test_gives_numbers_or_says_why_not(pairs: list[tuple[float, float]]) -> None:
    with suppress(UsageError):
        assert all(isfinite(number) for number in egger(named(pairs)))


@given(studies(), METHODS)
def test_the_floored_interval_is_never_narrower_than_walds(effects: list[Effect], method: Tau2Method) -> None:
    floored = pool(effects, method=method)
    wald = pool(effects, method=method, ci_method=IntervalMethod.WALD)
    assert floored.ci_low is not None
    assert wald.ci_low is not None
    assert floored.ci_low <= wald.ci_low


@given(studies(), st.lists(st.floats(-14, 8), min_size=1, max_size=20))
def test_no_tau2_is_likelier_than_the_one_found(effects: list[Effect], others: list[float]) -> None:
    found = estimate_tau2(sample(effects), Tau2Method.REML)
    best = likelihood(effects, found.value)
    assert all(likelihood(effects, 10**other) <= best + 1e-9 for other in others)
    assert all(likelihood(effects, other) <= best + 1e-9 for other in (0.0, *found.others))


@given(studies())
def test_paule_and_mandels_tau2_makes_q_what_is_expected_of_it(effects: list[Effect]) -> None:
    tau2 = estimate_tau2(sample(effects), Tau2Method.PM).value
    q, expected = weighted(sample(effects), tau2).q, len(effects) - 1
    assert q == pytest.approx(expected, rel=1e-9) if tau2 else q <= expected
    found = heterogeneity(effects, Tau2Method.PM)
    assert found.tau2_low <= tau2 <= found.tau2_high


COUNT = st.integers(0, 60)


@given(COUNT, COUNT, COUNT, COUNT, st.sampled_from([EffectMeasure.OR, EffectMeasure.RD]))
def test_counting_what_did_not_happen_turns_the_effect_round(
    a: int, b: int, c: int, d: int, measure: EffectMeasure
) -> None:
    assume(a + b > 0 and c + d > 0)
    events = of_counts("study", Counts(a, a + b, c, c + d), measure)
    others = of_counts("study", Counts(b, a + b, d, c + d), measure)
    if isinstance(events, Effect) and isinstance(others, Effect):
        assert close(events.yi, -others.yi)
        assert close(events.vi, others.vi)
    else:
        assert type(events) is type(others)


@given(COUNT, COUNT, COUNT, COUNT, st.sampled_from([EffectMeasure.OR, EffectMeasure.RR, EffectMeasure.RD]))
def test_exchanging_the_groups_turns_the_effect_round(a: int, b: int, c: int, d: int, measure: EffectMeasure) -> None:
    assume(a + b > 0 and c + d > 0)
    there = of_counts("study", Counts(a, a + b, c, c + d), measure)
    back = of_counts("study", Counts(c, c + d, a, a + b), measure)
    if isinstance(there, Effect) and isinstance(back, Effect):
        assert close(there.yi, -back.yi)
        assert close(there.vi, back.vi)
    else:
        assert type(there) is type(back)


MEAN, SD, GROUP = st.floats(-100, 100), st.floats(0.1, 50), st.integers(2, 500)


@given(MEAN, SD, GROUP, MEAN, SD, GROUP, st.floats(1e-3, 1e3), st.sampled_from(SmdForm))
def test_a_standardised_difference_has_no_unit(
    mean1: float, sd1: float, n1: int, mean2: float, sd2: float, n2: int, unit: float, form: SmdForm
) -> None:
    one = of_means("study", Means(mean1, sd1, n1, mean2, sd2, n2), EffectMeasure.SMD, form)
    scaled = Means(mean1 * unit, sd1 * unit, n1, mean2 * unit, sd2 * unit, n2)
    other = of_means("study", scaled, EffectMeasure.SMD, form)
    assert close(one.yi, other.yi)
    assert close(one.vi, other.vi)
