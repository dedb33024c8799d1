"""The findings of studies as rows, and what a pooled set is chosen from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ketlit.errors import UsageError
from ketlit.evidence_views import FindingRow
from ketlit.store import evidence
from ketlit.store.terms import Terms
from ketlit.views import Filters
from tests.libraries import Made, library_on

BETWEEN = {"direction": "favours_intervention", "n1": 20, "events1": 12, "n2": 20, "events2": 5, "hours": 24.0}
STUDIES = [
    Made(
        "late2012",
        columns={"year": 2012, "curated": True},
        tags=[("condition", "crps-1"), ("outcome", "remission"), ("comparator", "antidepressant")],
        findings=[{"outcome": "remission", "measure": "the CRPS-1 score", "comparator": "antidepressant", **BETWEEN}],
    ),
    Made(
        "early2000",
        columns={"year": 2000, "pmid": 5, "trial_id": None},
        tags=[("condition", "fibromyalgia")],
        trial="T-1",
        findings=[
            {"outcome": "pain-intensity", "direction": "mixed", "mean1": 3.0},
            {"outcome": "remission", **BETWEEN, "origin": "user"},
            {"outcome": "dissociation", "harm": True, "direction": "not_reported"},
        ],
    ),
    Made("silent2001", columns={"year": 2001}, tags=[("outcome", "remission")]),
    Made("curated2002", columns={"year": 2002, "curated": True}, tags=[("outcome", "remission")]),
]
ALSO: list[tuple[str, dict[str, Any]]] = [
    (
        "relation",
        {"study_id": 1, "position": 0, "kind": kind, "pmid": pmid, "doi": "", "other_key": key}
        | {"text": "", "date": "", "source": "seed"}
        | {"position": place},
    )
    for place, (kind, pmid, key) in enumerate(
        [("included_in", 5, ""), ("comment_on", 5, ""), ("same_trial", None, "gone1999")]
    )
] + [("library", {"name": "higher_is", "value": '{"outcome:remission": "better", "outcome:pain-intensity": "worse"}'})]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with library_on(request.param, tmp_path, STUDIES, ALSO) as library:
        yield library


def found(db: Any, **filters: Any) -> list[FindingRow]:
    return evidence.findings(db, Terms(db), Filters(**filters))[0]


def told(db: Any, **filters: Any) -> list[tuple[str, str]]:
    return [(row.key, row.outcome) for row in found(db, **filters)]


def test_findings_come_by_year_with_what_is_known_of_their_study(db: Any) -> None:
    rows = found(db)
    assert [row.key for row in rows] == ["early2000"] * 3 + ["late2012"]
    first, last = rows[0], rows[-1]
    assert (first.year, first.trial, first.mean1, first.events1) == (2000, "T-1", 3.0, None)
    assert (last.comparator, last.n1, last.events2, last.hours) == ("other-drug", 20, 5, 24.0)
    assert [row.harm for row in rows] == [False, False, True, False]


def test_an_outcome_chooses_among_the_findings_and_other_filters_among_their_studies(db: Any) -> None:
    assert told(db, outcome=("remission",)) == [("early2000", "remission"), ("late2012", "remission")]
    assert told(db, outcome=("remission",), condition=("crps",)) == [("late2012", "remission")]
    assert told(db, harm=("dissociation",)) == [("early2000", "dissociation")]
    assert told(db, harm=("dissociation",), outcome=("pain score",)) == [
        ("early2000", "pain-intensity"),
        ("early2000", "dissociation"),
    ]
    assert told(db, words="no such word") == []


def test_what_more_means_is_said_by_the_outcome_and_of_harms_is_worse(db: Any) -> None:
    assert [row.higher_is for row in found(db)] == ["worse", "better", "worse", "better"]


def test_a_filter_that_is_no_term_is_refused(db: Any) -> None:
    with pytest.raises(UsageError, match="no outcome is called"):
        found(db, outcome=("remision",))


def test_a_pooled_set_is_chosen_from_findings_and_from_curated_studies_without(db: Any) -> None:
    candidates, related, more, understood = evidence.candidates(db, Terms(db), Filters(outcome=("remission",)))
    assert {each.study.key: len(each.findings) for each in candidates} == {
        "early2000": 1,
        "late2012": 1,
        "curated2002": 0,
    }
    assert [tuple(each) for each in related] == [("late2012", "included_in", "early2000")]
    assert (more, understood) == (1, ["outcome: remission"])


@pytest.mark.parametrize("filters", [Filters(), Filters(outcome=("remission", "pain-intensity"))])
def test_one_outcome_is_pooled_at_a_time(db: Any, filters: Filters) -> None:
    with pytest.raises(UsageError, match="one outcome"):
        evidence.candidates(db, Terms(db), filters)


def test_scales_are_known_by_the_longest_name_in_a_measure(library: Path) -> None:
    from ketlit.store.connect import open_reader

    opened = open_reader(str(library))
    try:
        named = evidence.scales_named(
            Terms(opened), ["MADRS change, women", "HAM-D-17", "Brief Pain Inventory", "pain relief, %", "", "…"]
        )
        assert named == {
            "MADRS change, women": "madrs",
            "HAM-D-17": "hamd",
            "Brief Pain Inventory": "bpi",
        }
        assert evidence.higher(opened)["outcome-measure:madrs"] == "worse"
        assert evidence.higher(opened)["outcome:response"] == "better"
    finally:
        opened.close()
