"""What one finding says as an effect: from raw numbers, from what is printed, or why not."""

from __future__ import annotations

from math import inf, log, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketlit.evidence_views import FindingRow
from ketlit.synthesis.effects import Effect, Excluded
from ketlit.synthesis.reported import Reported, reported, shares, turned
from ketlit.vocabulary import Direction, EffectMeasure
from tests.findings import a_finding

NOTHING: dict[str, Any] = dict.fromkeys(("n1", "events1", "n2", "events2"))
Z = 1.959963984540054


def printed(
    measure: str, value: float | None, low: float | None = None, high: float | None = None, **more: Any
) -> FindingRow:
    estimate = {"effect_measure": measure, "effect": value, "ci_low": low, "ci_high": high}
    return a_finding("a", **(NOTHING | estimate | more))


def effect(finding: FindingRow, measure: str) -> Effect:
    found = reported("a", finding, EffectMeasure(measure))
    assert isinstance(found, Reported), found
    return found.effect


def reason(finding: FindingRow, measure: str) -> str:
    found = reported("a", finding, EffectMeasure(measure))
    assert isinstance(found, Excluded)
    return found.reason


def test_a_printed_ratio_is_taken_with_its_interval_on_the_log_scale() -> None:
    found = effect(printed("OR", 2.85, 1.14, 7.15), "OR")
    assert found.yi == log(2.85)
    assert found.vi == pytest.approx(((log(7.15) - log(1.14)) / (2 * Z)) ** 2)
    assert found.derived == "SE from the 95 % confidence interval"


def test_a_printed_difference_is_taken_with_an_exact_p_value() -> None:
    found = effect(printed("MD", -4.0, p=".020", higher_is="worse"), "MD")
    assert found.yi == -4
    assert found.derived == "SE from p = 0.02"


def test_of_relief_more_is_better_though_its_scale_counts_pain() -> None:
    numbers = {"mean1": 40.0, "sd1": 20.0, "mean2": 25.0, "sd2": 20.0}
    for measure, way in (("VAS, pain relief", "better"), ("VAS", "worse"), ("MADRS response", "worse")):
        found = reported("a", a_finding("a", measure=measure, higher_is="worse", **numbers), EffectMeasure.MD)
        assert isinstance(found, Reported)
        assert found.way == way


@pytest.mark.parametrize("p", ["", "<0.05", "ns", "0.03 (one-sided)"])
def test_a_p_value_that_is_not_exact_gives_nothing(p: str) -> None:
    assert reason(printed("MD", -4.0, p=p), "MD") == "its MD is printed without an interval or an exact p-value"


@pytest.mark.parametrize("name", ["RD", "RD (percentage points)"])
def test_percentage_points_become_shares(name: str) -> None:
    found = effect(printed(name, 14.2, 3.9, 24.2), "RD")
    assert found.yi == pytest.approx(0.142)
    assert found.vi == pytest.approx(((0.242 - 0.039) / (2 * Z)) ** 2)


@pytest.mark.parametrize(
    ("finding", "measure", "told"),
    [
        (printed("OR", -1.0, 0.5, 2.0), "OR", "a ratio is above 0"),
        (printed("OR", 5.0, 0.5, 2.0), "OR", "does not hold its OR"),
        (printed("OR", 1.0, -0.5, 2.0), "OR", "must be above 0"),
        (printed("OR", 1.0, 1.0, 1.0), "OR", "has no width"),
        (printed("OR", 2.0, 1.0, 3.0), "RR", "nothing is printed that gives an RR"),
        (printed("HR", 0.5, 0.3, 0.8), "RR", "nothing is printed that gives an RR"),
        (printed("MD", None, 0.3, 0.8), "MD", "nothing is printed that gives an MD"),
        (a_finding("a", mean1=3.0, sd1=1.0, mean2=4.0, n2=None), "MD", "not printed: the SD of the control group"),
    ],
)
def test_what_gives_no_effect_says_why(finding: FindingRow, measure: str, told: str) -> None:
    assert told in reason(finding, measure)


@pytest.mark.parametrize(
    ("percent", "n", "events"),
    [(60.0, 20.0, 12.0), (33.3, 12.0, 4.0), (33.0, 12.0, 4.0), (64.0, 47.0, 30.0), (33.0, 20.0, None), (0.0, 9.0, 0.0)],
)
def test_a_percentage_gives_a_count_only_if_it_fits_one(percent: float, n: float, events: float | None) -> None:
    found = shares(a_finding("a", events1=None, percent1=percent, n1=n))
    assert (found and found[0]) == events


@pytest.mark.parametrize(("percent", "n"), [(nan, 9.0), (inf, 9.0), (50.0, nan), (50.0, inf), (50.0, 0.0), (-5.0, 9.0)])
def test_a_percentage_that_cannot_be_gives_none(percent: float, n: float) -> None:
    assert shares(a_finding("a", events1=None, percent1=percent, n1=n)) is None


def test_turning_a_printed_ratio_risk_is_refused_and_odds_are_turned() -> None:
    risk, odds = (reported("a", printed(name, 2.0, 1.0, 4.0), EffectMeasure(name)) for name in ("RR", "OR"))
    assert isinstance(risk, Reported)
    assert isinstance(odds, Reported)
    assert isinstance(turned(risk, EffectMeasure.RR), Excluded)
    other = turned(odds, EffectMeasure.OR)
    assert isinstance(other, Reported)
    assert (other.effect.yi, other.way) == (-log(2), "worse")


ANY = st.none() | st.floats()


@settings(max_examples=120, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(
                [*("n1", "events1", "mean1", "sd1", "percent1", "n2", "events2", "mean2", "sd2", "percent2")], ANY
            ),
            **dict.fromkeys(["effect", "ci_low", "ci_high"], ANY),
            "effect_measure": st.sampled_from(["OR", "RR", "RD", "MD", "SMD", "g", "x", ""]),
            "p": st.sampled_from(["", "0.03", ".9", "<0.05", "0.0"]),
            "direction": st.sampled_from(Direction),
            "higher_is": st.sampled_from(["", "better", "worse"]),
        }
    ),
    st.sampled_from(EffectMeasure),
    st.integers(1, 3),
)
def test_no_numbers_whatever_end_in_an_error(numbers: dict[str, Any], measure: EffectMeasure, arms: int) -> None:
    found = reported("a", a_finding("a", **numbers), measure, crossover=True, arms=arms)
    if isinstance(found, Reported):
        assert found.effect.vi > 0
        turned(found, measure)
    else:
        assert found.reason
