"""What a brief is made of, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ketlit.errors import UsageError
from ketlit.evidence_views import BriefRows
from ketlit.store.briefing import brief_rows
from ketlit.store.connect import Rows
from ketlit.store.reader import Reader
from ketlit.views import Filters
from tests.libraries import Made, library_on

PAIN: dict[str, Any] = {"outcome": "pain-intensity", "direction": "favours_intervention", "hours": 24.0}
HARM: dict[str, Any] = {"outcome": "dissociation", "direction": "not_reported", "harm": True, "percent1": 40.0}


DRUG: dict[str, Any] = {"outcome": "remission", "direction": "favours_comparator", "comparator": "antidepressant"}


def a_study(key: str, condition: str, *findings: dict[str, Any], drug: bool = False, **columns: Any) -> Made:
    wanted = {"year": 2000, "n": 20, "context": "therapeutic-pain", "design": "rct", "curated": True} | columns
    return Made(
        key,
        tags=[("condition", condition), *([("comparator", "antidepressant")] if drug else [])],
        findings=list(findings),
        columns=wanted,
    )


STUDIES = [
    a_study("main", "crps-1", PAIN, HARM, follow_up_value=12.0, follow_up_unit="wk"),
    a_study("other", "fibromyalgia", PAIN),
    a_study("planned", "crps", design="protocol"),
    a_study("gone", "crps", PAIN, status="retracted"),
    a_study("narrow", "ischaemic-pain", DRUG, drug=True),
    a_study("wide", "neuropathic-pain", DRUG, drug=True),
    a_study("wide-gone", "neuropathic-pain", DRUG, drug=True, status="retracted"),
    a_study("wide-out", "neuropathic-pain", DRUG, drug=True, excluded=True),
    a_study("party", "crps", HARM, context="misuse"),
]
DOSE = {"study_id": 1, "position": 0, "drug": "esketamine", "route": "intravenous", "value": 22.2, "unit": "mg/h/70 kg"}
DOSE |= {"duration": 4.2, "duration_unit": "d", "schedule": "", "text": "for days"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    also: list[tuple[str, dict[str, Any]]] = [
        ("dose", DOSE),
        ("library", {"name": "created_at", "value": "2026-02-03T04:05:06Z"}),
    ]
    with library_on(request.param, tmp_path_factory.mktemp("brief"), STUDIES, also) as found:
        yield found


def asked(library: Rows, topic: str, **filters: Any) -> BriefRows:
    return brief_rows(library, Reader(library).terms_known, Filters(**filters), topic)


@pytest.mark.parametrize("topic", ["crps", "CRPS", "complex regional pain syndrome", "algodystrophy"])
def test_a_topic_goes_by_any_name_and_includes_what_lies_below(library: Rows, topic: str) -> None:
    found = asked(library, topic)
    assert (found.topic, found.label) == ("crps", "CRPS")
    assert [study.key for study in found.studies] == ["main"]


def test_what_does_not_count_is_named(library: Rows) -> None:
    found = asked(library, "crps")
    assert (found.waiting, found.retracted) == (["planned"], ["gone"])
    assert {each.reason: each.k for each in found.left_out} == {
        "protocol": 1,
        "retracted": 1,
        "another context than treatment": 1,
    }


def test_only_the_findings_of_studies_that_count_are_told(library: Rows) -> None:
    found = asked(library, "crps")
    assert [(each.key, each.outcome) for each in found.findings] == [
        ("main", "pain-intensity"),
        ("main", "dissociation"),
    ]


def test_harms_are_told_also_where_an_outcome_is_asked_for(library: Rows) -> None:
    made = asked(library, "crps")._replace(understood=[])
    assert any(each.harm for each in made.findings)


def test_harms_among_people_who_were_not_treated_stand_apart(library: Rows) -> None:
    assert [each.key for each in asked(library, "crps").elsewhere] == ["party"]


def test_doses_and_follow_up_come_with_their_studies(library: Rows) -> None:
    found = asked(library, "crps")
    assert [(each.key, each.value, each.duration) for each in found.doses] == [("main", 22.2, 4.2)]
    assert [(each.key, each.days, each.text) for each in found.followed] == [("main", 84.0, "12 wk")]


def test_the_date_is_that_of_the_library(library: Rows) -> None:
    assert asked(library, "crps").date == "2026-02-03"


def test_a_topic_without_studies_is_an_empty_brief(library: Rows) -> None:
    assert asked(library, "depression").studies == []


def test_what_is_known_right_above_a_topic_against_the_same_treatment_comes_along(library: Rows) -> None:
    found = asked(library, "ischaemic-pain")
    assert [each.key for each in found.findings] == ["narrow"]
    assert [each.key for each in found.wider] == ["wide"]
    assert asked(library, "crps").wider == ()


def test_a_name_that_is_none_is_refused_with_the_nearest(library: Rows) -> None:
    with pytest.raises(UsageError) as told:
        asked(library, "fibromialgia")
    assert "fibromyalgia" in told.value.hint
