"""What a map is counted from: which studies count, on which terms, and what is left out, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ketlit.errors import UsageError
from ketlit.evidence_views import MapRows
from ketlit.store.connect import Rows
from ketlit.store.mapping import map_rows
from ketlit.store.reader import Reader
from ketlit.views import Filters
from ketlit.vocabulary import Axis
from tests.libraries import Made, library_on


def a_study(key: str, *terms: tuple[str, str], **changes: Any) -> Made:
    columns = {"year": 2000, "n": 20, "direction": "mixed", "context": "therapeutic-pain"} | changes.pop("columns", {})
    tags = [*terms, ("route", "infusion")] if terms else [("condition", "crps-1"), ("route", "infusion")]
    return Made(key, tags=[*tags, ("design", changes.pop("design", "rct"))], columns=columns, **changes)


STUDIES = [
    a_study("plain"),
    a_study("fibro", ("condition", "fibromyalgia"), columns={"year": 2010}),
    a_study("both", ("condition", "crps"), ("condition", "fibromyalgia"), ("route", "oral")),
    a_study("paper1", trial="T"),
    a_study("paper2", trial="T", columns={"n": 60}),
    a_study("taken_back", columns={"status": "retracted"}),
    a_study("withdrawn", columns={"status": "withdrawn"}),
    a_study("planned", columns={"design": "protocol"}),
    a_study("registered", columns={"design": "registration"}),
    a_study("by_you", columns={"excluded": True}),
    a_study("party", columns={"context": "misuse"}),
    a_study("unknown", columns={"context": "other"}),
    Made("no_route", tags=[("condition", "crps")], columns={"context": "therapeutic-pain", "design": "rct"}),
    a_study("not_active", inactive=[("condition", "depression")]),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with library_on(request.param, tmp_path_factory.mktemp("map"), STUDIES) as found:
        yield found


def mapped(library: Rows, rows: Axis = Axis.CONDITION, columns: Axis = Axis.ROUTE, **asked: Any) -> MapRows:
    all_contexts = asked.pop("all_contexts", False)
    terms = Reader(library).terms_known
    return map_rows(library, terms, Filters(**asked), rows, columns, all_contexts=all_contexts)


def test_what_is_no_result_of_treatment_is_left_out_and_counted_by_reason(library: Rows) -> None:
    found = mapped(library)
    assert {each.key for each in found.studies} == {"plain", "fibro", "both", "paper1", "paper2", "not_active"}
    assert dict(found.left_out) == {
        "another context than treatment": 2,
        "retracted": 1,
        "withdrawn": 1,
        "protocol": 1,
        "registration without results": 1,
        "excluded by you": 1,
    }
    assert found.contexts == ["therapeutic-pain", "therapeutic-psychiatric"]


def test_all_contexts_count_when_asked_for(library: Rows) -> None:
    found = mapped(library, all_contexts=True)
    assert {"party", "unknown"} <= {each.key for each in found.studies}
    assert found.contexts == []


def test_a_context_that_is_named_is_the_one_that_counts(library: Rows) -> None:
    found = mapped(library, context=("misuse",))
    assert [each.key for each in found.studies] == ["party"]
    assert found.contexts == []


def test_the_studies_of_one_trial_share_a_number_and_others_do_not(library: Rows) -> None:
    units = {each.key: each.unit for each in mapped(library).studies}
    assert units["paper1"] == units["paper2"]
    assert len(set(units.values())) == len(units) - 1


def test_a_study_stands_under_its_terms_and_those_above_that_are_shown(library: Rows) -> None:
    found = mapped(library)
    rows = {each.key: set(each.rows) for each in found.studies}
    assert rows["plain"] == {"crps-1", "crps"}
    assert rows["both"] == {"crps", "fibromyalgia"}
    assert [(each.term, each.depth) for each in found.rows] == [("crps", 0), ("crps-1", 1), ("fibromyalgia", 0)]


def test_a_term_that_prints_as_another_counts_as_that(library: Rows) -> None:
    found = mapped(library)
    assert {each.term for each in found.columns} == {"intravenous", "oral"}
    assert {each.key: each.columns for each in found.studies}["plain"] == ("intravenous",)


def test_an_axis_that_is_filtered_shows_what_was_asked_for_and_below(library: Rows) -> None:
    found = mapped(library, condition=("crps",))
    assert [each.term for each in found.rows] == ["crps", "crps-1"]
    assert {each.key for each in found.studies} == {"plain", "both", "paper1", "paper2", "not_active"}


def test_filters_narrow_a_map(library: Rows) -> None:
    assert [each.key for each in mapped(library, since=2005).studies] == ["fibro"]


def test_design_and_context_are_axes_of_one_value(library: Rows) -> None:
    found = mapped(library, Axis.DESIGN, Axis.CONTEXT, all_contexts=True)
    assert {each.rows for each in found.studies} == {("rct",)}
    assert {each.term for each in found.columns} == {"therapeutic-pain", "misuse", "other"}
    assert "no_route" in {each.key for each in found.studies}


def test_many_studies_are_read_by_axis_as_they_are_by_study(library: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    one = mapped(library)
    monkeypatch.setattr("ketlit.store.mapping.FEW", 0)
    assert mapped(library) == one


def test_a_filter_that_is_none_is_refused(library: Rows) -> None:
    with pytest.raises(UsageError, match="no condition is called"):
        mapped(library, condition=("fibromalgia",))
