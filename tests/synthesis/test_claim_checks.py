"""Claims held against findings."""

from __future__ import annotations

from typing import Any

import pytest

from ketlit.evidence_views import CheckRows, FindingRow
from ketlit.synthesis.claim_checks import DIFFERS, FITS, NOTHING, UNCLEAR, Recomputed, limits, parted, recompute
from ketlit.synthesis.distributions import wilson
from ketlit.views import ClaimCheck, StudyRow
from tests.findings import a_finding, a_score, a_study

SHARE = ClaimCheck("response", "24h", share=60.0, condition="depression")
BETTER = ClaimCheck("response", "24h", direction="favours_intervention")


def recomputed(check: ClaimCheck, *findings: FindingRow, **studies: dict[str, Any]) -> Recomputed:
    keys = dict.fromkeys(each.key for each in findings)
    rows: list[StudyRow] = [a_study(key, **studies.get(key, {})) for key in keys]
    return recompute(CheckRows(check, rows, list(findings), []))


def test_one_group_stands_for_itself_with_wilsons_interval() -> None:
    found = recomputed(SHARE, a_finding("a"))
    assert found.share == 60
    assert (found.share_low, found.share_high) == pytest.approx(tuple(100 * end for end in wilson(12, 20)))
    assert found.result == FITS


def test_the_groups_given_ketamine_are_pooled_and_the_difference_stands_beside() -> None:
    found = recomputed(SHARE._replace(share=90.0), *(a_finding(key) for key in "abc"))
    assert found.share == pytest.approx(60)
    assert found.result == DIFFERS
    assert len(found.arms) == 3
    assert found.difference is not None
    ends = limits(found.difference)
    assert ends is not None
    assert ends[0] == pytest.approx(12 / 20 - 5 / 20)


def test_a_share_without_a_control_group_has_no_difference() -> None:
    alone = a_finding("a", comparison="single-arm", comparator="", n2=None, events2=None)
    found = recomputed(SHARE, alone, a={"design": "single-arm-trial"})
    assert found.share == 60
    assert found.difference is None


def test_an_interval_that_would_fit_most_claims_tells_nothing() -> None:
    found = recomputed(SHARE, a_finding("a", events1=2.0, n1=4.0))
    assert found.result == UNCLEAR
    assert "too wide" in found.why


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": 168.0},
        {"n1": None},
        {"events1": None},
        {"measure": "response among the responders of day 1"},
        {"comparison": "pooled"},
        {"comparison": "before-after"},
    ],
)
def test_what_is_no_share_of_those_treated_at_that_time_does_not_count(changes: dict[str, Any]) -> None:
    assert recomputed(SHARE, a_finding("a", **changes)).result == NOTHING


@pytest.mark.parametrize("changes", [{"status": "retracted"}, {"design": "meta-analysis"}, {"excluded": True}])
def test_retracted_papers_reviews_and_excluded_studies_give_no_share(changes: dict[str, Any]) -> None:
    assert recomputed(SHARE, a_finding("a"), a=changes).result == NOTHING


def test_a_trial_gives_one_share() -> None:
    found = recomputed(SHARE, a_finding("a"), a_finding("b"), a={"trial": "T"}, b={"trial": "T"})
    assert len(found.arms) == 1


def test_percentages_with_n_give_a_share() -> None:
    found = recomputed(SHARE, a_finding("a", events1=None, percent1=55.0))
    assert found.share == pytest.approx(55)


def test_a_claim_about_its_own_studies_is_held_against_what_they_found() -> None:
    other = a_finding("b", direction="no_difference")
    assert recomputed(BETTER, a_finding("a")).result == FITS
    assert recomputed(BETTER, a_finding("a"), other).result == UNCLEAR
    assert recomputed(BETTER, other).result == DIFFERS


def test_a_claim_about_a_condition_is_held_against_the_pooled_interval() -> None:
    check = ClaimCheck("depressive-symptoms", "24h", direction="favours_intervention", condition="depression")
    scores = [a_score(key, mean1=8.0) for key in "abc"]
    assert recomputed(check, *scores).result == FITS
    assert recomputed(check._replace(direction="favours_comparator"), *scores).result == DIFFERS
    assert recomputed(check, *(a_score(key, mean1=17.0) for key in "abc")).result == UNCLEAR


def test_where_nothing_can_be_pooled_six_trials_that_agree_are_needed() -> None:
    check = BETTER._replace(condition="depression", at="")
    findings = [a_finding(key, events1=None) for key in "abcdef"]
    assert recomputed(check, *findings).result == FITS
    assert recomputed(check, *findings[:5]).result == UNCLEAR


def test_without_studies_or_findings_it_says_which_are_missing() -> None:
    empty = recompute(CheckRows(SHARE, [], [], []))
    assert (empty.result, empty.why) == (NOTHING, "no study of depression counts in this library")
    other = recomputed(SHARE, a_score("a"))
    assert (other.result, other.why) == (NOTHING, "no finding on response is in this library")


@pytest.mark.parametrize(
    ("verdict", "results", "expected"),
    [
        ("supported", [FITS], False),
        ("supported", [FITS, DIFFERS], True),
        ("supported", [UNCLEAR], False),
        ("contradicted", [FITS], True),
        ("contradicted", [FITS, UNCLEAR], False),
        ("contradicted", [DIFFERS], False),
        ("partly", [FITS], False),
        ("partly", [DIFFERS], False),
        ("unresolved", [FITS], True),
        ("unresolved", [UNCLEAR], False),
        ("supported", [NOTHING], None),
        ("supported", [], None),
    ],
)
def test_verdict_and_data_part_only_where_they_say_opposite_things(
    verdict: str, results: list[str], expected: bool | None
) -> None:
    assert parted(verdict, [Recomputed(SHARE, result, "") for result in results]) is expected
