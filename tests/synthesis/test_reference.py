"""Every number that we compute and metafor gives too, on 17 data sets: they agree to |a - b| <= 1e-6 max(1, |b|)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ketlit.errors import UsageError
from ketlit.synthesis import derived
from ketlit.synthesis.asymmetry import FEWEST, egger
from ketlit.synthesis.direction import vote
from ketlit.synthesis.effects import (
    Counts,
    Effect,
    Excluded,
    Means,
    generic,
    of_counts,
    of_means,
    of_paired_means,
    of_share,
    small_sample_factor,
)
from ketlit.synthesis.heterogeneity import heterogeneity
from ketlit.synthesis.pooling import leave_one_out, pool
from ketlit.vocabulary import EffectMeasure, IntervalMethod, Tau2Method

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))
CASES = [(name, measure) for name, found in REFERENCE["sets"].items() for measure in found["results"]]
POOLED = [(name, measure) for name, measure in CASES if "q" in REFERENCE["sets"][name]["results"][measure]]


def made(name: str, measure: str) -> list[Effect | Excluded]:
    """The effects of a data set from its rows."""
    found = REFERENCE["sets"][name]
    effects: list[Effect | Excluded] = []
    for place, row in enumerate(found["rows"], start=1):
        study = f"study {place}"
        if found["kind"] == "events":
            effects.append(of_counts(study, Counts(*row), EffectMeasure(measure)))
        elif found["kind"] == "means":
            effects.append(of_means(study, Means(*row), EffectMeasure(measure)))
        else:
            effects.append(generic(study, *row))
    return effects


def kept(name: str, measure: str) -> list[Effect]:
    return [effect for effect in made(name, measure) if isinstance(effect, Effect)]


def expected(name: str, measure: str) -> Any:
    return REFERENCE["sets"][name]["results"][measure]


def agree(ours: Iterable[float | None], theirs: Iterable[float | None]) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert (a is None) == (b is None), (a, b)
        assert a is None or b is None or abs(a - b) <= 1e-6 * max(1, abs(b)), (a, b)


def test_all_seventeen_data_sets_are_here() -> None:
    assert len(REFERENCE["sets"]) == 17
    assert len(POOLED) == 30


@pytest.mark.parametrize(("name", "measure"), CASES)
def test_effects_and_variances_agree(name: str, measure: str) -> None:
    for ours, (yi, vi) in zip(made(name, measure), expected(name, measure)["effects"], strict=True):
        assert isinstance(ours, Excluded) == (yi is None)
        if isinstance(ours, Effect):
            agree((ours.yi, ours.vi), (yi, vi))


@pytest.mark.parametrize("interval", IntervalMethod)
@pytest.mark.parametrize("method", Tau2Method)
@pytest.mark.parametrize(("name", "measure"), POOLED)
def test_pooled_numbers_agree(name: str, measure: str, method: Tau2Method, interval: IntervalMethod) -> None:
    found = expected(name, measure)
    ours = pool(kept(name, measure), method=method, ci_method=interval)
    theirs = found[method]
    agree((ours.q, ours.q_df, ours.q_p), found["q"])
    agree((ours.tau2, ours.i2), (theirs["tau2"], theirs["i2"]))
    if method != Tau2Method.EE or interval == IntervalMethod.WALD:  # metafor gives EE with Wald's interval
        agree((ours.estimate, ours.se, ours.stat, ours.p), theirs[interval][:4])
        agree((ours.ci_low, ours.ci_high, ours.pi_low, ours.pi_high), theirs[interval][4:])


@pytest.mark.parametrize(("name", "measure"), POOLED)
def test_intervals_of_heterogeneity_agree(name: str, measure: str) -> None:
    effects = kept(name, measure)
    ours = heterogeneity(effects)
    profile = (ours.tau2_low, ours.tau2_high, ours.i2_low, ours.i2_high, ours.h2_low, ours.h2_high)
    agree(profile, expected(name, measure)["profile"])
    for method in Tau2Method:
        found = expected(name, measure)[method]
        ours = heterogeneity(effects, method)
        agree((ours.tau2, ours.i2, ours.h2), (found["tau2"], found["i2"], found["h2"]))


@pytest.mark.parametrize(("name", "measure"), [case for case in POOLED if "without" in expected(*case)])
def test_weights_and_leaving_one_out_agree(name: str, measure: str) -> None:
    effects = kept(name, measure)
    found = expected(name, measure)
    agree((study.weight for study in pool(effects, method=Tau2Method.DL).studies), found["weights"])
    if len(effects) >= 3:
        without = leave_one_out(effects, method=Tau2Method.DL, ci_method=IntervalMethod.WALD)
        for (_, ours), theirs in zip(without, found["without"], strict=True):
            agree((ours.estimate, ours.se, ours.tau2, ours.i2, ours.q), theirs)


@pytest.mark.parametrize(("name", "measure"), [case for case in POOLED if len(kept(*case)) >= FEWEST])
def test_eggers_regression_agrees(name: str, measure: str) -> None:
    ours = egger(kept(name, measure))
    agree(
        (ours.intercept, ours.se, ours.t, ours.df, ours.p, ours.limit, ours.limit_se), expected(name, measure)["egger"]
    )


@pytest.mark.parametrize("measure", [EffectMeasure.MD, EffectMeasure.SMD])
def test_paired_effects_agree(measure: EffectMeasure) -> None:
    paired = REFERENCE["paired"]
    for row, theirs in zip(paired["rows"], paired[measure], strict=True):
        ours = of_paired_means("study", *row, measure)
        agree((ours.yi, ours.vi), theirs)


def test_shares_agree() -> None:
    shares = REFERENCE["shares"]
    for row, theirs in zip(shares["rows"], shares["effects"], strict=True):
        ours = of_share("study", *row)
        agree((ours.yi, ours.vi), theirs)


def test_counts_of_directions_agree() -> None:
    for favours, n, *theirs in REFERENCE["votes"]:
        ours = vote(favours, n)
        agree((ours.p, ours.ci_low, ours.ci_high), theirs)


def test_the_small_sample_factor_agrees() -> None:
    for m, theirs in REFERENCE["small_sample_factor"]:
        assert small_sample_factor(m) == pytest.approx(theirs, rel=1e-13)


def test_derived_standard_errors_agree() -> None:
    found = REFERENCE["standard_errors"]
    low, high, se = found["interval"]
    agree([derived.from_interval(low, high).se], [se])
    low, high, df, se = found["interval_t"]
    agree([derived.from_interval(low, high, df=df).se], [se])
    low, high, se = found["interval_ratio"]
    agree([derived.from_interval(low, high, ratio=True).se], [se])
    estimate, p, df, se = found["p_t"]
    agree([derived.from_p(estimate, p, df).se], [se])


@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_only_double_zero_studies_are_refused_with_the_reason(measure: str) -> None:
    left_out = [each for each in made("all_double_zero_k2", measure) if isinstance(each, Excluded)]
    with pytest.raises(UsageError, match=r"no study is left to pool.*no events in either group"):
        pool([], excluded=left_out)


@pytest.mark.parametrize(("name", "measure"), [case for case in CASES if case not in POOLED and case[0][-1] == "1"])
def test_one_study_is_shown_and_not_pooled(name: str, measure: str) -> None:
    (effect,) = kept(name, measure)
    shown = pool([effect], EffectMeasure(measure))
    assert shown.k == 1
    assert [(study.yi, study.vi, study.weight) for study in shown.studies] == [(effect.yi, effect.vi, None)]
    assert {shown.estimate, shown.se, shown.ci_low, shown.p, shown.tau2, shown.q, shown.pi_low} == {None}
    assert "is not pooled" in shown.warnings[0]
