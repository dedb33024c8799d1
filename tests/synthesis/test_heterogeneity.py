"""tau2: the highest of several maxima, never below 0, and digits kept where one study rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ketlit.synthesis.effects import Effect, Means, of_means
from ketlit.synthesis.heterogeneity import estimate_tau2, heterogeneity, sample, weighted, where_q_is
from ketlit.synthesis.pooling import pool
from ketlit.vocabulary import EffectMeasure, IntervalMethod, Tau2Method

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))


def asthma() -> list[Effect]:
    """Self-management of asthma, 13 trials (Gibson 2002): the precise ones find nothing, the others much."""
    rows = REFERENCE["sets"]["gibson2002"]["rows"]
    return [of_means(f"study {place}", Means(*row), EffectMeasure.MD) for place, row in enumerate(rows)]


def effects(*pairs: tuple[float, float]) -> list[Effect]:
    return [Effect(f"study {place}", yi, vi) for place, (yi, vi) in enumerate(pairs)]


def test_of_two_maxima_the_higher_is_taken_and_the_other_told() -> None:
    found = estimate_tau2(sample(asthma()), Tau2Method.REML)
    assert found.value == pytest.approx(9.67921400030377, rel=1e-9)
    assert found.others == (0.0,)
    pooled = pool(asthma(), EffectMeasure.MD)
    assert pooled.estimate == pytest.approx(-2.4570269843102, rel=1e-9)
    assert pooled.warnings == (
        "the restricted likelihood has another maximum at tau2 = 0; the highest, 9.679, is used",
    )


def test_a_maximum_at_0_would_turn_the_asthma_result_round() -> None:
    there = pool(asthma(), method=Tau2Method.EE)
    assert there.estimate == pytest.approx(0.089, abs=5e-4)


def test_dersimonian_and_lairds_tau2_is_not_negative_where_q_is_below_its_expectation() -> None:
    alike = effects((-0.41, 0.05), (-0.4, 0.06), (-0.42, 0.04), (-0.39, 0.07))
    assert weighted(sample(alike), 0.0).q < 3
    assert estimate_tau2(sample(alike), Tau2Method.DL).value == 0.0


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_restricted_likelihood_is_followed_to_its_top(scale: float) -> None:
    """The top is where the slope changes sign, tested a billionth to either side."""
    studies = sample(effects(*((yi * scale**0.5, vi * scale) for yi, vi in [(0.1, 0.02), (0.9, 0.05), (-0.4, 0.1)])))
    tau2 = estimate_tau2(studies, Tau2Method.REML).value
    slopes = []
    for near in (tau2 * (1 - 1e-9), tau2 * (1 + 1e-9)):
        at = weighted(studies, near)
        pull = sum((w * (y - at.mean)) ** 2 for w, y in zip(at.weights, studies.distances, strict=True))
        slopes.append(pull - (at.total - sum(w * w for w in at.weights) / at.total))
    assert slopes[0] > 0 > slopes[1]


@pytest.mark.parametrize("method", [Tau2Method.REML, Tau2Method.DL, Tau2Method.PM])
def test_digits_are_kept_where_one_study_weighs_a_trillion_times_the_others(method: Tau2Method) -> None:
    near = effects((0.0, 1e-14), (0.5, 0.04), (0.7, 0.05), (-0.4, 0.03))
    far = [effect._replace(yi=effect.yi + 1024) for effect in near]
    assert pool(near, method=method).tau2 == pytest.approx(pool(far, method=method).tau2, rel=1e-9)
    assert heterogeneity(near, method).i2 == pytest.approx(heterogeneity(far, method).i2, rel=1e-9)


def test_the_interval_of_tau2_is_searched_as_far_as_it_reaches() -> None:
    found = heterogeneity(effects((-1.8, 0.7), (-1.1, 0.845)))
    assert found.tau2_low == 0
    assert found.tau2_high == pytest.approx(248.7, abs=0.2)
    assert where_q_is(sample(effects((0, 1e-6), (1e4, 1e-6))), 0.5) == pytest.approx(1e8, rel=1e-6)


def test_under_equal_effects_heterogeneity_is_what_q_says() -> None:
    found = heterogeneity(asthma(), Tau2Method.EE)
    q = pool(asthma(), method=Tau2Method.EE, ci_method=IntervalMethod.WALD).q
    assert q is not None
    assert (found.tau2, found.i2, found.h2) == (0.0, pytest.approx(100 * (q - 12) / q), pytest.approx(q / 12))
