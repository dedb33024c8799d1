"""What findings on an outcome amount to: pool before range before count of directions."""

from __future__ import annotations

from math import exp

import pytest

from ketlit.evidence_views import FindingRow
from ketlit.synthesis.weighing import Amount, outcomes_of, weigh
from ketlit.views import StudyRow
from ketlit.vocabulary import EffectMeasure
from tests.findings import a_finding, a_score, a_study


def weighed(outcome: str, *pairs: tuple[StudyRow, list[FindingRow]]) -> Amount:
    return weigh(outcome, [study for study, _ in pairs], {study.key: mine for study, mine in pairs}, [])


def a_trial(key: str, *findings: FindingRow, **changes: object) -> tuple[StudyRow, list[FindingRow]]:
    return a_study(key, **changes), list(findings or [a_finding(key)])


def test_two_trials_with_counts_at_one_time_are_pooled() -> None:
    found = weighed("response", a_trial("a"), a_trial("b"))
    assert found.pooled is not None
    assert (found.measure, found.timepoint, found.pooled.k, found.keys) == (EffectMeasure.RR, "24h", 2, ("a", "b"))
    assert exp(found.pooled.estimate or 0) == pytest.approx(12 / 5)
    assert found.higher_is == "better"


def test_the_time_of_most_trials_is_pooled() -> None:
    week = {"hours": 168.0, "timepoint": "7 days"}
    pairs = [a_trial(key, a_finding(key), a_finding(key, **week)) for key in "ab"]
    found = weighed("response", *pairs, a_trial("c", a_finding("c", **week)))
    assert (found.timepoint, len(found.keys)) == ("7d", 3)


def test_scores_are_pooled_where_no_counts_are() -> None:
    found = weighed("depressive-symptoms", *(a_trial(key, a_score(key)) for key in "ab"))
    assert found.measure is EffectMeasure.MD
    assert found.pooled is not None
    assert found.pooled.estimate == pytest.approx(-6)
    assert found.higher_is == "worse"


def test_trials_that_measured_at_different_times_are_not_pooled_but_ranged() -> None:
    late = a_finding("b", hours=168.0, events1=10.0)
    found = weighed("response", a_trial("a"), a_trial("b", late))
    assert found.pooled is None
    assert found.spread is not None
    assert [exp(each) for each in found.spread[1:]] == pytest.approx([(2.4 * 2) ** 0.5, 2, 2.4])
    assert found.keys == ("a", "b")


def test_a_trial_alone_leaves_a_count_of_directions() -> None:
    found = weighed("response", a_trial("a"), a_trial("b", a_finding("b", events1=None, direction="no_difference")))
    assert found.pooled is found.spread is None
    assert (found.vote.favours, found.vote.n) == (1, 1)
    assert "cannot reach p < 0.05" in found.vote.says
    assert found.directions == {"favours_intervention": ["a"], "no_difference": ["b"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "retracted"},
        {"design": "meta-analysis"},
        {"design": "single-arm-trial"},
        {"design": "protocol"},
        {"excluded": True},
    ],
)
def test_what_may_not_be_pooled_is_not_weighed_at_all(changes: dict[str, object]) -> None:
    found = weighed("response", a_trial("a"), a_trial("b", **changes))
    assert found.pooled is None
    assert found.directions == {"favours_intervention": ["a"]}


def test_two_papers_of_one_trial_count_once() -> None:
    found = weighed("response", a_trial("a", trial="T"), a_trial("b", trial="T"))
    assert found.pooled is None
    assert found.trials == 1


def test_another_dose_of_ketamine_and_another_treatment_are_no_control() -> None:
    doses = a_finding("a", comparator="dose-comparison")
    shock = a_finding("b", comparator="ect")
    found = weighed("response", a_trial("a", doses), a_trial("b", shock))
    assert found.directions == {}
    assert found.trials == 0


def test_the_outcomes_that_most_trials_compare_come_first() -> None:
    both = a_trial("a", a_finding("a"), a_score("a"))
    one = a_trial("b", a_score("b"), a_finding("b", outcome="biomarker"), a_finding("b", harm=True, outcome="any"))
    review = a_trial("c", *(a_finding("c", outcome="remission") for _ in range(9)), design="meta-analysis")
    assert outcomes_of([both, one, review], 3) == ["depressive-symptoms", "response"]
    assert outcomes_of([both, one, review], 1) == ["depressive-symptoms"]
