"""Rates of harms, and which of the harms that findings name were found at all."""

from __future__ import annotations

from typing import Any

import pytest

from ketlit.evidence_views import FindingRow
from ketlit.synthesis.harms import absent, harm_shares, percent_of
from tests.findings import a_finding

BARE: dict[str, Any] = {"events1": None, "n1": None, "events2": None, "n2": None, "comparison": "single-arm"}


def a_harm(**changes: Any) -> FindingRow:
    return a_finding("berg1999", **({"harm": True, "outcome": "nausea", "direction": "not_reported"} | changes))


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"text": "no significant nausea"}, True),
        ({"text": "None of the patients felt sick", "direction": "no_difference"}, True),
        ({"text": "nausea in both groups", "direction": "no_difference"}, False),
        ({"text": "no significant difference in nausea", "direction": "no_difference"}, False),
        ({"text": "nausea; no test given"}, False),
        ({"text": "none of a kind, but many", "direction": "favours_comparator"}, False),
        ({"text": "", "events1": 0.0}, True),
        ({"text": "no vomiting", "events1": 3.0}, False),
    ],
)
def test_a_harm_is_absent_where_none_had_it_and_not_where_nothing_is_said(changes: dict[str, Any], gone: bool) -> None:
    assert absent(a_harm(**(BARE | changes))) is gone


def test_none_of_a_group_of_unknown_size_is_no_percent_at_all() -> None:
    assert percent_of(0.0, None, None) == 0
    assert percent_of(3.0, 56.0, 5.0) == pytest.approx(100 * 3 / 56)
    assert percent_of(3.0, None, None) is None


def test_a_controlled_rate_comes_before_one_of_more_people_and_any_before_none() -> None:
    small = a_harm(events1=2.0, n1=10.0, events2=1.0, n2=10.0)
    large = a_harm(**(BARE | {"events1": 300.0, "n1": 1000.0}))
    none = a_harm(events1=0.0, n1=500.0, events2=0.0, n2=500.0)
    assert [(one.ours, one.theirs) for one in harm_shares([none, large, small])] == [(20.0, 10.0)]
    assert [(one.ours, one.theirs) for one in harm_shares([none, large])] == [(30.0, None)]


def test_against_another_treatment_only_the_rate_with_ketamine_is_taken() -> None:
    (shock,) = harm_shares([a_harm(comparator="ect")])
    assert (shock.ours, shock.theirs) == (60.0, None)
