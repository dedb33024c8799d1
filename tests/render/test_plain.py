"""Output for pipes and programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO

import pytest

from ketlit.render import plain
from ketlit.views import StudyRow, TimelineEntry

CONTRACT = [
    *("key", "pmid", "doi", "title", "authors", "year", "journal", "design", "n", "conditions", "routes", "outcomes"),
    *("harms", "drugs", "comparators", "context", "direction", "status", "source", "curated", "verification", "score"),
    "url",
]
Study = Callable[..., StudyRow]


def written(rows: list[dict[str, object]], format: str, columns: tuple[str, ...] = plain.STUDY_COLUMNS) -> str:
    out = StringIO()
    plain.write_rows(rows, columns, format, out)
    return out.getvalue()


def test_a_study_in_json_has_the_keys_of_the_contract_and_their_types(study: Study) -> None:
    [found] = json.loads(written([plain.as_object(study())], "json"))
    assert list(found)[:2] == ["key", "pmid"]
    assert set(CONTRACT) <= set(found)
    assert found["authors"] == ["Berg A", "Sörensen J"]
    assert found["pmid"] == 10000001
    assert found["curated"] is True
    assert found["verification"] == {"pmid": "verified", "doi": "verified", "numbers": "partly"}


def test_tsv_and_csv_begin_with_the_keys_of_the_contract_in_its_order(study: Study) -> None:
    assert written([], "tsv").rstrip("\n").split("\t")[: len(CONTRACT)] == CONTRACT
    assert next(csv.reader(StringIO(written([plain.as_object(study())], "csv"))))[: len(CONTRACT)] == CONTRACT


def test_json_carries_the_exact_text_and_tsv_what_is_safe_to_see(study: Study, hostile: str) -> None:
    rows = [plain.as_object(study(title=hostile))]
    assert json.loads(written(rows, "json"))[0]["title"] == hostile
    assert json.loads(written(rows, "jsonl"))["title"] == hostile
    shown = written(rows, "tsv")
    assert "[corrected] :smile:" in shown
    assert not [each for each in shown if ord(each) < 32 and each not in "\t\n"]


def test_a_tab_or_newline_in_a_title_makes_no_second_field_or_row(study: Study) -> None:
    lines = written([plain.as_object(study(title="a\tb\nc"))], "tsv").splitlines()
    assert len(lines) == 2
    assert lines[1].count("\t") == lines[0].count("\t")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-0.81 points", "@x", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_written_with_a_mark(text: str) -> None:
    found = list(csv.reader(StringIO(written([{"a": text}], "csv", ("a",)), newline="")))
    assert found[1] == ["'" + text]
    assert plain.cell(text, raw=True) == text


def test_numbers_in_csv_are_numbers() -> None:
    row = {"a": -0.81, "b": 3, "c": None, "d": True, "e": ["x", "-y"]}
    assert written([row], "csv", tuple("abcde")).splitlines()[1] == '-0.81,3,,true,"x, -y"'


def test_no_rows_are_an_empty_array_an_empty_file_or_a_header() -> None:
    assert json.loads(written([], "json")) == []
    assert written([], "jsonl") == ""
    assert written([], "csv").count("\n") == 1


def test_half_a_surrogate_pair_does_not_stop_the_output() -> None:
    assert (
        json.loads(written([{"a": "x\ud800"}], "jsonl", ("a",)).encode("utf-8", "backslashreplace"))["a"] == "x\ud800"
    )


def test_a_study_of_several_terms_stands_under_each_and_the_most_frequent_comes_first(study: Study) -> None:
    one = TimelineEntry(study("a", conditions=["crps", "pain"]), [], [])
    two = TimelineEntry(study("b", conditions=["pain"]), [], [])
    none = TimelineEntry(study("c", conditions=[]), [], [])
    found = [(term, entry.study.key) for term, entry in plain.by_term([one, none, two], "conditions")]
    assert found == [("pain", "a"), ("pain", "b"), ("crps", "a"), ("", "c")]


def test_a_line_of_the_timeline_names_its_outcomes_and_claims(study: Study) -> None:
    entry = TimelineEntry(study(), [("remission", "mixed")], [("C01", "partly", "It helps")])
    found = plain.timeline_object(entry, "crps")
    assert found["group"] == "crps"
    assert found["outcome_directions"] == [{"outcome": "remission", "direction": "mixed"}]
    assert found["landmarks"] == [{"claim": "C01", "verdict": "partly", "text": "It helps"}]
    assert "group" not in plain.timeline_object(entry)


def test_an_object_is_json_over_several_lines_and_pairs_in_tsv() -> None:
    out = StringIO()
    plain.write_object({"a": 1, "b": ["x", "y"]}, "tsv", out)
    assert out.getvalue() == "name\tvalue\na\t1\nb\tx, y\n"
    out = StringIO()
    plain.write_object({"a": 1}, "json", out)
    assert out.getvalue() == '{\n  "a": 1\n}\n'


def test_counts_become_pairs_of_their_own() -> None:
    assert plain.flat_counts({"n": 1, "by_design": [{"name": "rct", "k": 2}]}) == {"n": 1, "by_design.rct": 2}
