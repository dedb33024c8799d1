"""Effects of single studies: the zero-cell rule, both forms of the SMD, paired data, shares, and what is refused."""

from __future__ import annotations

from math import exp, inf, lgamma, log, nan, sqrt

import pytest

from ketlit.errors import UsageError
from ketlit.synthesis.effects import (
    OF_COUNTS,
    Counts,
    Effect,
    Excluded,
    Means,
    generic,
    of_counts,
    of_means,
    of_paired_means,
    of_share,
    reversed_direction,
    share,
    small_sample_factor,
    split_counts,
    split_means,
)
from ketlit.vocabulary import EffectMeasure, SmdForm

OR, RR, RD, MD, SMD = EffectMeasure


def effect(counts: Counts, measure: EffectMeasure) -> Effect:
    made = of_counts("study", counts, measure)
    assert isinstance(made, Effect)
    return made


def test_an_odds_ratio_by_hand() -> None:
    made = effect(Counts(12, 30, 5, 30), OR)
    assert made.yi == pytest.approx(log(12 * 25 / (18 * 5)))
    assert made.vi == pytest.approx(1 / 12 + 1 / 18 + 1 / 5 + 1 / 25)


def test_a_risk_ratio_and_a_risk_difference_by_hand() -> None:
    ratio, difference = effect(Counts(12, 30, 5, 20), RR), effect(Counts(12, 30, 5, 20), RD)
    assert exp(ratio.yi) == pytest.approx(12 / 30 / (5 / 20))
    assert ratio.vi == pytest.approx(1 / 12 - 1 / 30 + 1 / 5 - 1 / 20)
    assert difference.yi == pytest.approx(0.4 - 0.25)
    assert difference.vi == pytest.approx(0.4 * 0.6 / 30 + 0.25 * 0.75 / 20)


@pytest.mark.parametrize("measure", OF_COUNTS)
def test_an_empty_cell_adds_a_half_to_all_four_cells_of_this_study(measure: EffectMeasure) -> None:
    assert effect(Counts(0, 10, 4, 10), measure) == effect(Counts(0.5, 11, 4.5, 11), measure)
    assert effect(Counts(3, 10, 10, 10), measure) == effect(Counts(3.5, 11, 10.5, 11), measure)


@pytest.mark.parametrize("measure", OF_COUNTS)
def test_a_study_without_an_empty_cell_is_never_corrected(measure: EffectMeasure) -> None:
    # a library that corrects every study as soon as one has an empty cell gives another effect here
    assert effect(Counts(1, 10, 4, 10), measure) != effect(Counts(1.5, 11, 4.5, 11), measure)


@pytest.mark.parametrize("measure", [OR, RR])
@pytest.mark.parametrize(("counts", "why"), [((0, 10, 0, 12), "no events"), ((10, 10, 12, 12), "events in everyone")])
def test_a_study_that_says_nothing_of_a_ratio_is_left_out_with_the_reason(
    counts: tuple[int, int, int, int], why: str, measure: EffectMeasure
) -> None:
    left = of_counts("study", Counts(*counts), measure)
    assert isinstance(left, Excluded)
    assert left.study == "study"
    assert why in left.reason


def test_a_study_without_events_counts_for_a_risk_difference() -> None:
    made = effect(Counts(0, 12, 0, 18), RD)
    assert made.yi == pytest.approx(0.5 / 13 - 0.5 / 19)


@pytest.mark.parametrize(
    ("counts", "wrong"),
    [
        ((11, 10, 1, 10), "events1 is 11, more than n1 10"),
        ((1, 10, 3, 2), "events2 is 3, more than n2 2"),
        ((0, 0, 1, 10), "n1 is 0"),
        ((-1, 10, 1, 10), "events1 is -1"),
        ((nan, 10, 1, 10), "events1 is not a number"),
        ((1, inf, 1, 10), "n1 is not a number"),
    ],
)
def test_counts_that_cannot_be_are_refused_by_name(counts: tuple[float, float, float, float], wrong: str) -> None:
    with pytest.raises(UsageError, match=f"^pain2020: {wrong}"):
        of_counts("pain2020", Counts(*counts), OR)


def test_a_mean_difference_by_hand() -> None:
    made = of_means("study", Means(3.2, 2.1, 12, 5, 2, 16), MD)
    assert (made.yi, made.vi) == (pytest.approx(-1.8), pytest.approx(2.1**2 / 12 + 4 / 16))


def test_the_two_forms_of_the_smd_differ_as_their_formulas_do() -> None:
    means = Means(3.2, 2.1, 12, 5, 2, 16)
    d = -1.8 / sqrt((11 * 2.1**2 + 15 * 4) / 26)
    exact = exp(lgamma(13) - log(13) / 2 - lgamma(12.5))
    metafor, revman = of_means("study", means, SMD), of_means("study", means, SMD, SmdForm.REVMAN)
    assert metafor.yi == pytest.approx(d * exact, rel=1e-13)
    assert metafor.vi == pytest.approx(1 / 12 + 1 / 16 + metafor.yi**2 / 56)
    assert revman.yi == pytest.approx(d * (1 - 3 / (4 * 28 - 9)))
    assert revman.vi == pytest.approx(28 / (12 * 16) + revman.yi**2 / (2 * (28 - 3.94)))


def test_the_small_sample_factor_goes_to_one() -> None:
    assert small_sample_factor(2) == pytest.approx(0.5641895835477563, rel=1e-14)
    assert small_sample_factor(1e9) == pytest.approx(1 - 3 / 4e9, rel=1e-15)


@pytest.mark.parametrize(
    ("means", "wrong"),
    [
        ((1, -2, 10, 1, 2, 10), "sd1 is -2"),
        ((1, 2, 10, 1, 0, 10), "sd2 is 0"),
        ((1, 2, 1, 1, 2, 10), "n1 is 1"),
        ((inf, 2, 10, 1, 2, 10), "mean1 is not a number"),
        ((1e24, 1e-24, 10, -1e24, 1e-24, 10), "variance is"),
    ],
)
def test_means_that_cannot_be_are_refused_by_name(means: tuple[float, ...], wrong: str) -> None:
    with pytest.raises(UsageError, match=f"^pain2020: {wrong}"):
        of_means("pain2020", Means(*means), SMD)


@pytest.mark.parametrize("measure", [MD, SMD])
def test_a_measure_of_means_cannot_come_from_counts_nor_the_other_way(measure: EffectMeasure) -> None:
    with pytest.raises(UsageError, match="cannot be computed from events") as refusal:
        of_counts("study", Counts(1, 2, 1, 2), measure)
    assert refusal.value.hint == "choose one of OR, RR, RD"
    with pytest.raises(UsageError, match="cannot be computed from means"):
        of_means("study", Means(1, 2, 3, 1, 2, 3), OR)
    with pytest.raises(UsageError, match="cannot be computed from means"):
        of_paired_means("study", 1, 2, 1, 2, 9, 0.5, RR)


def test_correlation_shrinks_the_variance_of_a_paired_difference() -> None:
    loose = of_paired_means("study", 3.1, 2, 5.4, 2.2, 10, 0.0, MD)
    tight = of_paired_means("study", 3.1, 2, 5.4, 2.2, 10, 0.9, MD)
    assert loose.vi == pytest.approx((4 + 2.2**2) / 10)
    assert tight.vi == pytest.approx((4 + 2.2**2 - 2 * 0.9 * 2 * 2.2) / 10)
    assert tight.yi == loose.yi


@pytest.mark.parametrize(
    ("measure", "n", "r", "wrong"),
    [
        (MD, 10, 1.2, "correlation is 1.2"),
        (MD, 10, 1.0, "variance is 0"),
        (SMD, 10, 1.0, "differences differ"),
        (SMD, 2, 0.5, "at least 3 people"),
        (MD, 1, 0.5, "n is 1"),
    ],
)
def test_pairs_that_cannot_be_are_refused(measure: EffectMeasure, n: float, r: float, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        of_paired_means("study", 3, 2, 5, 2, n, r, measure)


@pytest.mark.parametrize(("events", "n"), [(7, 10), (1, 400), (3, 3.5)])
def test_the_way_back_from_log_odds_is_the_share(events: float, n: float) -> None:
    assert share(of_share("study", events, n).yi) == pytest.approx(events / n)


def test_a_share_of_none_or_all_is_corrected_and_a_share_of_more_than_all_refused() -> None:
    assert share(of_share("study", 0, 12).yi) == pytest.approx(0.5 / 13)
    assert share(of_share("study", 12, 12).yi) == pytest.approx(12.5 / 13)
    with pytest.raises(UsageError, match="events is 13, more than n 12"):
        of_share("study", 13, 12)


def test_log_odds_far_out_are_shares_of_0_and_1() -> None:
    assert (share(-1e4), share(1e4)) == (0.0, 1.0)


@pytest.mark.parametrize(("yi", "vi"), [(nan, 1), (1, nan), (inf, 1), (1, inf), (1, 0), (1, -1), (1, 1e60), (1e60, 1)])
def test_an_effect_that_is_no_number_or_has_no_variance_is_refused(yi: float, vi: float) -> None:
    with pytest.raises(UsageError, match=r"^study: (effect|variance) is"):
        generic("study", yi, vi)


def test_a_control_group_shared_by_two_arms_counts_once() -> None:
    assert split_counts(Counts(8, 20, 5, 25), 2) == (8, 20, 2.5, 12.5)
    assert split_means(Means(3, 2, 20, 5, 2.2, 25), 2) == (3, 2, 20, 5, 2.2, 12.5)
    whole, half = (effect(counts, OR) for counts in (Counts(8, 20, 5, 25), split_counts(Counts(8, 20, 5, 25), 2)))
    assert half.yi == pytest.approx(whole.yi)
    assert half.vi > whole.vi


def test_a_scale_read_the_other_way_keeps_its_variance() -> None:
    assert reversed_direction(generic("study", 0.4, 0.1, "why")) == ("study", -0.4, 0.1, "why")
