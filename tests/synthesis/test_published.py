"""Published pooled results, recomputed from the rows that their papers print, within the digits printed."""

from __future__ import annotations

from math import exp

import pytest

from ketlit.synthesis.derived import from_interval
from ketlit.synthesis.effects import Counts, Effect, Excluded, Means, generic, of_counts, of_means
from ketlit.synthesis.pooling import interval_of, pool
from ketlit.vocabulary import EffectMeasure, IntervalMethod, SmdForm, Tau2Method

# Marchi 2022, depression: n, mean, SD of ketamine or esketamine, then of control; 17 trials
DEPRESSION = [
    ("Alizadeh 2015", 22, 14.18, 11.83, 20, 14.33, 9.46),
    ("Anderson 2017", 33, 16.8, 13.6, 37, 14.8, 11.4),
    ("Chen 2018", 24, 15.54, 6.14, 24, 16.7, 8.17),
    ("Domany 2020", 7, 43.9, 26, 7, 59.4, 17.2),
    ("Dong 2019", 43, 6.4, 1.22, 45, 7.62, 2.77),
    ("Fedgchin 2019", 115, -19, 13.86, 113, -14.8, 15.07),
    ("Fernie 2017", 20, 14.08, 8.08, 20, 12.08, 9.86),
    ("Keilp 2021", 39, 19.5, 9.4, 39, 23.8, 8.9),
    ("Kheirabadi 2019", 16, 19.4, 1.5, 15, 12.9, 2.6),
    ("Murrough 2015", 12, 21.7, 13.1, 12, 22.2, 13.1),
    ("Ochs-Ross 2020", 72, 25.4, 12.7, 65, 28.7, 10.11),
    ("Ray-Griffith 2017", 8, 12.8, 4.6, 8, 14.3, 5.1),
    ("Singh 2015", 11, -13.4, 3.03, 10, -2.3, 3.38),
    ("Zarate 2012", 40, 23.73, 10.32, 38, 30.68, 5.5),
    ("Zhang 2018", 43, 22.63, 0.95, 34, 24.6, 1.03),
    ("Zhong 2016", 30, 14.8, 0.256, 30, 16.814, 0.256),
    ("Zou 2021", 76, 8.69, 4.15, 81, 8.97, 4.82),
]
# the same, anxiety without the trial of electroconvulsive therapy
ANXIETY = [
    ("Domany 2020", 9, 3.75, 1.64, 9, 16.45, 6.79),
    ("Fedgchin 2019", 115, 5.8, 5.94, 113, 7.2, 6.01),
    ("Murrough 2015", 12, 6, 2.6, 12, 8.2, 3.9),
    ("Price 2014", 36, 42.31, 16.31, 21, 44.1, 16.33),
    ("Taylor 2018", 18, 66.1, 30.9, 17, 86.1, 30),
]
QUALITY_OF_LIFE = [
    ("Anderson 2017", 33, 53, 26.4, 37, 54.8, 30.2),
    ("Fedgchin 2019", 115, 0.224, 0.2481, 113, 0.181, 0.2495),
    ("Ochs-Ross 2020", 70, 6.2, 22.78, 64, 4.4, 20.6),
]
RECALL = [
    ("Anderson 2017", 33, 6.7, 2.67, 37, 7.26, 2.63),
    ("Keilp 2021", 39, 0.44, 1.7, 39, -0.4, 2.27),
    ("Loo 2012", 22, 6.7, 0.6, 24, 9.5, 2.2),
    ("Ochs-Ross 2020", 72, 7.6, 2.3, 65, 8.3, 2.6),
]
LEARNING = [
    ("Anderson 2017", 33, 22.3, 4.7, 37, 23.5, 5.6),
    ("Loo 2012", 22, 24, 7.8, 24, 28.1, 5.4),
    ("Ochs-Ross 2020", 72, 22.5, 4.1, 65, 24.5, 5.3),
]
ATTENTION = [
    ("Ochs-Ross 2020", 72, 2.8, 0.08, 65, 2.7, 0.06),
    ("Zhang 2018", 43, 39.2, 13.29, 34, 40.5, 9.13),
]
MMSE = [
    ("Ray-Griffith 2017", 8, 27.2, 2.6, 8, 26.3, 2.5),
    ("Zou 2021", 76, 28.12, 0.96, 81, 28.07, 0.91),
]
# any adverse effect, and drop-out because of one: events and n of ketamine, then of control
ADVERSE = [
    ("Alizadeh 2015", 0, 22, 0, 22),
    ("Anderson 2017", 15, 33, 10, 37),
    ("Domany 2020", 2, 7, 1, 7),
    ("Fedgchin 2019", 93, 115, 64, 113),
    ("Fernie 2017", 0, 20, 1, 20),
    ("Keilp 2021", 10, 39, 12, 39),
    ("Loo 2012", 2, 26, 0, 25),
    ("Murrough 2015", 5, 12, 0, 12),
    ("Ochs-Ross 2020", 51, 72, 39, 65),
    ("Singh 2015", 8, 11, 5, 10),
    ("Taylor 2018", 15, 18, 4, 18),
    ("Zarate 2012", 36, 41, 16, 38),
    ("Zhong 2016", 0, 30, 0, 30),
    ("Zou 2021", 27, 76, 25, 81),
]
DROPOUT = [
    ("Alizadeh 2015", 0, 22, 0, 22),
    ("Anderson 2017", 0, 33, 0, 37),
    ("Domany 2020", 0, 7, 0, 7),
    ("Fedgchin 2019", 1, 117, 2, 113),
    ("Fernie 2017", 0, 20, 0, 20),
    ("Keilp 2021", 5, 39, 4, 39),
    ("Loo 2012", 0, 26, 0, 25),
    ("Murrough 2015", 0, 12, 0, 12),
    ("Ochs-Ross 2020", 4, 72, 2, 65),
    ("Singh 2015", 1, 11, 0, 10),
    ("Taylor 2018", 0, 18, 0, 18),
    ("Yoosefi 2014", 1, 17, 0, 14),
    ("Zarate 2012", 0, 14, 0, 12),
    ("Zhang 2018", 0, 43, 0, 34),
    ("Zhong 2016", 0, 30, 0, 30),
    ("Zou 2021", 0, 76, 0, 81),
]


def standardised(rows: list[tuple[str, float, float, float, float, float, float]]) -> list[Effect]:
    return [
        of_means(study, Means(mean1, sd1, n1, mean2, sd2, n2), EffectMeasure.SMD, SmdForm.REVMAN)
        for study, n1, mean1, sd1, n2, mean2, sd2 in rows
    ]


@pytest.mark.parametrize(
    ("rows", "printed", "digits"),
    [
        (DEPRESSION, (-0.61, -1.06, -0.16), 2),
        (ANXIETY, (-0.576, -1.067, -0.085), 3),  # printed -0.58 (-1.07, -0.09): rounded twice
        # printed as a direction only; the numbers were computed independently from the authors' rows
        (QUALITY_OF_LIFE, (0.106, -0.083, 0.295), 3),
        (RECALL, (-0.396, -1.069, 0.277), 3),
        (LEARNING, (-0.400, -0.650, -0.151), 3),
        (ATTENTION, (0.648, -0.828, 2.125), 3),
        (MMSE, (0.079, -0.220, 0.377), 3),
    ],
    ids=["depression", "anxiety", "quality of life", "recall", "learning", "attention", "mmse"],
)
def test_standardised_differences_of_marchi_2022(
    rows: list[tuple[str, float, float, float, float, float, float]], printed: tuple[float, ...], digits: int
) -> None:
    found = pool(standardised(rows), EffectMeasure.SMD, Tau2Method.DL, IntervalMethod.WALD)
    ours = (found.estimate, found.ci_low, found.ci_high)
    assert [round(number, digits) for number in ours if number is not None] == list(printed)


def test_the_heterogeneity_of_marchi_2022() -> None:
    found = pool(standardised(DEPRESSION), EffectMeasure.SMD, Tau2Method.DL)
    assert found.q is not None
    assert found.i2 is not None
    assert found.tau2 is not None
    assert (found.k, round(found.q, 3), round(found.i2, 1), round(found.tau2, 4)) == (17, 198.612, 91.9, 0.7587)


@pytest.mark.parametrize(
    ("rows", "informative", "ratio", "tau2"),
    [(ADVERSE, 12, (2.573, 1.495, 4.428), 0.4191), (DROPOUT, 5, (1.394, 0.560, 3.469), 0.0)],
    ids=["adverse effects", "drop-out"],
)
def test_odds_ratios_of_marchi_2022_with_their_empty_cells(
    rows: list[tuple[str, int, int, int, int]], informative: int, ratio: tuple[float, ...], tau2: float
) -> None:
    made = [of_counts(study, Counts(*counts), EffectMeasure.OR) for study, *counts in rows]
    effects = [each for each in made if isinstance(each, Effect)]
    excluded = [each for each in made if isinstance(each, Excluded)]
    found = pool(effects, EffectMeasure.OR, Tau2Method.DL, IntervalMethod.WALD, excluded)
    assert (found.k, len(found.excluded)) == (informative, len(rows) - informative)
    assert found.tau2 == pytest.approx(tau2, abs=5e-5)
    assert found.exp_ci_high is not None  # printed 4.428 for 4.42886: cut, not rounded
    assert (found.exp_estimate, found.exp_ci_low, found.exp_ci_high) == pytest.approx(ratio, abs=1e-3)


@pytest.mark.parametrize(
    ("counts", "printed"),
    [
        ((2, 7, 1, 9), (3.20, 0.23, 45.19)),  # Dean 2021, bipolar, against midazolam, response at 24 h
        ((1, 7, 1, 9), (1.33, 0.07, 25.91)),  # the same, remission
        ((22, 40, 12, 40), (2.85, 1.14, 7.15)),  # Grunebaum 2018, half the suicidal ideation at day 1
    ],
)
def test_odds_ratios_of_single_trials(counts: tuple[int, int, int, int], printed: tuple[float, ...]) -> None:
    effect = of_counts("trial", Counts(*counts), EffectMeasure.OR)
    assert isinstance(effect, Effect)
    shown = pool([effect], EffectMeasure.OR).warnings[0]
    ours = [effect.yi, *interval_of(effect)]
    assert [round(exp(log_odds), 2) for log_odds in ours] == list(printed)
    assert f"{exp(ours[1]):.4g} to {exp(ours[2]):.4g}" in shown


def test_two_first_periods_of_dean_2021_with_an_empty_cell_each() -> None:
    trials = [("diazgranados2010", Counts(3, 9, 0, 9)), ("zarate2012", Counts(3, 7, 0, 8))]
    made = [of_counts(study, counts, EffectMeasure.OR) for study, counts in trials]
    for method in Tau2Method:
        effects = [each for each in made if isinstance(each, Effect)]
        found = pool(effects, EffectMeasure.OR, method, IntervalMethod.WALD)
        ratios = (found.exp_estimate, found.exp_ci_low, found.exp_ci_high)
        assert [round(ratio, 2) for ratio in ratios if ratio is not None] == [11.61, 1.25, 107.74]
        assert found.i2 == 0


def test_the_two_aspire_trials_from_their_printed_errors() -> None:
    """The paper pooled the patients themselves: -3.8 (-5.75, -1.89); two printed rows come within 0.05 of that."""
    rows = [generic("fu2020", -3.8, 1.39**2), generic("ionescu2021", -3.9, 1.39**2)]
    found = pool(rows, EffectMeasure.MD, Tau2Method.EE, IntervalMethod.WALD)
    ours = (found.estimate, found.ci_low, found.ci_high)
    assert [round(number, 2) for number in ours if number is not None] == [-3.85, -5.78, -1.92]
    assert ours == pytest.approx((-3.8, -5.75, -1.89), abs=0.051)
    assert from_interval(-6.56, -1.09).se == pytest.approx(1.39, abs=0.01)
    assert from_interval(-6.60, -1.11).se == pytest.approx(1.39, abs=0.02)
