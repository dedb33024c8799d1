"""What `pool` says: its keys, one and two studies, ratios, warnings, and what it refuses."""

from __future__ import annotations

from math import exp, nan, pi, sqrt, tan

import pytest

from ketlit.errors import UsageError
from ketlit.synthesis.effects import Counts, Effect, Excluded, generic, of_counts
from ketlit.synthesis.pooling import Pooled, cumulative, interval_of, leave_one_out, pool
from ketlit.vocabulary import EffectMeasure, IntervalMethod, Tau2Method

KEYS = (
    "k measure method ci_method estimate se ci_low ci_high stat p tau2 i2 q q_df q_p pi_low pi_high pi_df "
    "studies excluded warnings exp_estimate exp_ci_low exp_ci_high"
)


def three() -> list[Effect]:
    return [generic("a2001", 0.2, 0.04), generic("b2005", 0.9, 0.05), generic("c2010", -0.1, 0.09)]


def test_the_fields_are_the_keys_of_the_contract() -> None:
    assert Pooled._fields == tuple(KEYS.split())
    assert pool(three()).studies[0]._fields == ("study", "yi", "vi", "weight")
    assert Excluded._fields == ("study", "reason")


def test_the_prediction_interval_has_two_degrees_less_than_studies() -> None:
    found = pool(three(), ci_method=IntervalMethod.WALD)
    assert found.estimate is not None
    assert found.tau2 is not None
    assert found.se is not None
    assert found.pi_high is not None
    reach = tan(0.475 * pi) * sqrt(found.tau2 + found.se**2)  # t with 1 degree of freedom is Cauchy's
    assert found.pi_df == 1
    assert found.pi_high == pytest.approx(found.estimate + reach, rel=1e-12)


def test_two_studies_are_pooled_with_both_intervals_told_and_no_prediction() -> None:
    found = pool(three()[:2], EffectMeasure.MD)
    wald = pool(three()[:2], EffectMeasure.MD, ci_method=IntervalMethod.WALD)
    assert found.ci_low is not None
    assert wald.ci_low is not None
    assert (found.k, found.pi_low, found.pi_high, found.pi_df) == (2, None, None, None)
    assert found.ci_low < wald.ci_low
    (warning,) = found.warnings
    assert f"Wald {wald.ci_low:.4g} to" in warning
    assert f"HKSJ {found.ci_low:.4g} to" in warning


def test_one_study_is_never_pooled() -> None:
    # one study "pooled" would show a tau2 of 0 and a p-value, as if heterogeneity had been looked for
    for method in Tau2Method:
        found = pool(three()[:1], EffectMeasure.OR, method)
        assert (found.k, found.method, found.studies) == (1, method, (("a2001", 0.2, 0.04, None),))
        assert [value for value in found[4:18] if value is not None] == []
        assert (found.exp_estimate, found.exp_ci_low, found.exp_ci_high) == (None, None, None)
        low, high = (exp(limit) for limit in interval_of(three()[0]))
        assert found.warnings == (
            f"one study is not pooled; a2001 is shown as it is (its own 95 % interval: {low:.4g} to {high:.4g})",
        )


def test_no_study_is_refused_with_the_reasons() -> None:
    with pytest.raises(UsageError, match=r"^no study is left to pool$"):
        pool([])
    with pytest.raises(UsageError, match=r"\(x: retracted; y: a review\)"):
        pool([], excluded=[Excluded("x", "retracted"), Excluded("y", "a review")])


def test_a_study_counts_once() -> None:
    with pytest.raises(UsageError, match="a2001 occurs 2 times") as refusal:
        pool([*three(), generic("a2001", 1, 1)])
    assert refusal.value.hint


def test_an_effect_that_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"^d2020: effect is not a number"):
        pool([*three(), Effect("d2020", nan, 1)])


@pytest.mark.parametrize("measure", [EffectMeasure.OR, EffectMeasure.RR])
def test_ratios_are_given_on_their_own_scale_too(measure: EffectMeasure) -> None:
    found = pool(three(), measure)
    assert found.estimate is not None
    assert found.ci_low is not None
    assert found.exp_estimate == exp(found.estimate)
    assert found.exp_ci_low == exp(found.ci_low)
    assert pool(three(), EffectMeasure.RD).exp_estimate is None


def test_a_ratio_too_large_to_write_is_left_out_and_said() -> None:
    found = pool([generic("a", 900, 1), generic("b", 901, 1), generic("c", 902, 1)], EffectMeasure.OR)
    assert (found.exp_estimate, found.exp_ci_low, found.exp_ci_high) == (None, None, None)
    assert "too large" in found.warnings[-1]
    two = pool([generic("a", 900, 1), generic("b", 901, 1)], EffectMeasure.OR)
    assert "(logarithms)" in two.warnings[0]


def test_what_was_derived_left_out_or_doubtful_is_carried_along() -> None:
    effects = [*three(), generic("d2020", 0.3, 0.2, "SE from p = 0.04")]
    left = Excluded("e2021", "a protocol")
    found = pool(effects, excluded=[left], warnings=["look at a2001"])
    assert found.excluded == (left,)
    assert found.warnings == ("look at a2001", "d2020: SE from p = 0.04 (derived)")


def test_the_floor_holds_where_studies_agree_too_well() -> None:
    alike = [generic(str(place), yi, vi) for place, (yi, vi) in enumerate([(-0.3, 0.01), (-0.3, 0.05), (-0.3, 0.2)])]
    found = pool(alike)
    assert found.se == pytest.approx(1 / sqrt(100 + 20 + 5))
    assert found.p == pytest.approx(0.0785573247490732, rel=1e-9)


def test_leaving_one_out_keeps_the_order_and_needs_three() -> None:
    assert [without.study for without in leave_one_out(three())] == ["a2001", "b2005", "c2010"]
    assert leave_one_out(three())[0].pooled.studies[0].study == "b2005"
    with pytest.raises(UsageError, match="at least 3 studies, there are 2"):
        leave_one_out(three()[:2])


def test_a_cumulative_series_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="no study"):
        cumulative([])


def test_only_the_studies_with_an_empty_cell_change_by_the_correction() -> None:
    rows = {"a": Counts(4, 20, 1, 20), "b": Counts(5, 30, 2, 30), "c": Counts(3, 15, 0, 15)}
    with_zero = [of_counts(name, counts, EffectMeasure.OR) for name, counts in rows.items()]
    without = [of_counts(name, rows[name], EffectMeasure.OR) for name in ("a", "b")]
    assert with_zero[:2] == without
