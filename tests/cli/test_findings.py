"""ketlit findings and finding: list, save, enter, change, remove."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ketlit.evidence_views import FindingRow
from tests.cli.conftest import Told

Command = Callable[..., Told]
ADD = ("finding", "add", "noppers2011", "-o", "pain-response")


def mine(answer: Any, **filters: str) -> list[dict[str, Any]]:
    return [row for row in answer("findings") if row["origin"] == "user"]


def test_findings_have_every_field_and_those_of_their_study(answer: Any) -> None:
    found = answer("findings", "-c", "depression", "-o", "response")
    assert all(list(row) == list(FindingRow._fields) for row in found)
    assert {row["outcome"] for row in found} == {"response"}
    day = next(row for row in found if row["key"] == "murrough2013ajp" and row["events1"] == 30)
    assert (day["year"], day["design"], day["routes"], day["scale"]) == (2013, "rct", ["intravenous"], "madrs")
    assert (day["n1"], day["n2"], day["events2"], day["hours"]) == (47, 25, 7, 24)


def test_all_filters_of_a_search_hold(command: Command, answer: Any) -> None:
    assert {row["key"] for row in answer("findings", "noppers2011")} == {"noppers2011"}
    assert all(row["year"] <= 2000 for row in answer("findings", "--until", "2000"))
    assert {row["harm"] for row in answer("findings", "--harm", "dissociation")} == {True}
    assert command("findings", "-o", "respons")[0] == 2


def test_the_limit_is_told(command: Command) -> None:
    code, out, err = command("findings", "--limit", "2")
    assert (code, len(out.splitlines())) == (0, 3)
    assert "2 of " in err
    assert command("findings", "--limit", "-1")[0] == 2


def test_nothing_found_is_done(answer: Any) -> None:
    assert answer("findings", "xyzzy") == []


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "jsonl"])
def test_findings_are_saved_by_the_ending_of_the_file(
    ending: str, command: Command, answer: Any, tmp_path: Path
) -> None:
    path = tmp_path / f"results.{ending.upper()}"
    assert command("findings", "-c", "crps", "--save", str(path))[:2] == (0, "")
    text = path.read_text(encoding="utf-8")
    expected = [row["id"] for row in answer("findings", "-c", "crps")]
    if ending == "json":
        found = [row["id"] for row in json.loads(text)]
    elif ending == "jsonl":
        found = [json.loads(line)["id"] for line in text.splitlines()]
    else:
        lines = csv.DictReader(text.splitlines(), delimiter="," if ending == "csv" else "\t")
        found = [int(row["id"]) for row in lines]
    assert found == expected
    assert command("findings", "--save", str(path))[0] == 4
    assert command("findings", "--save", str(path), "--force")[0] == 0


@pytest.mark.parametrize("name", ["results", "results.xlsx", "results.csv.gz"])
def test_an_ending_that_says_nothing_is_refused(name: str, command: Command, tmp_path: Path) -> None:
    assert command("findings", "--save", str(tmp_path / name))[0] == 2
    assert list(tmp_path.glob("results*")) == []


def test_a_finding_is_entered_changed_and_removed(command: Command, answer: Any) -> None:
    groups = (
        "--n1",
        "12",
        "--events1",
        "6",
        "--n2",
        "12",
        "--events2",
        "2",
        "--comparator",
        "saline",
        "--source",
        "t2",
    )
    code, out, err = command(*ADD, "--at", "3 h", *groups, "--direction", "no_difference", "--p", "0.1")
    assert (code, out) == (0, "")
    assert "6/12 vs 2/12" in err
    (row,) = mine(answer)
    assert (row["key"], row["comparator"], row["hours"], row["source"]) == ("noppers2011", "placebo", 3, "t2")
    assert command("finding", "edit", str(row["id"]), "--events1", "7", "--p", "none", "--at", "day 1")[0] == 0
    (changed,) = mine(answer)
    assert (changed["events1"], changed["p"], changed["hours"], changed["n1"]) == (7, "", 24, 12)
    code, _, err = command("finding", "remove", str(row["id"]))
    assert (code, mine(answer)) == (0, [])
    assert "7/12 vs 2/12" in err


def test_a_card_and_its_json_show_what_a_person_entered(command: Command, answer: Any) -> None:
    result = ("--harm", "nausea", "--comparison", "single-arm", "--percent1", "25")
    assert command("finding", "add", "noppers2011", *result)[0] == 0
    found = [row for row in answer("show", "noppers2011")["findings"] if row["origin"] == "user"]
    assert [(row["outcome"], row["harm"]) for row in found] == [("nausea-vomiting", True)]
    assert "yours" in command("show", "noppers2011", "--format", "table")[1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--n1", "12", "--events1", "13"), "13 of 12"),
        (("--n1", "twelve"), "--n1: 'twelve' is not a number"),
        (("--mean1", "0,5"), "--mean1: 0,5 has a comma"),
        (("--events1", "50%"), "--events1: 50% is a percentage"),
        (("--events1", "2.5"), "--events1: 2.5 is not a whole number"),
        (("--n1", "0"), "--n1: 0 must be at least 1"),
        (("--mean1", "1", "--sd1", "-2"), "--sd1: -2 must be above 0"),
        (("--at", "later"), "is no time"),
        (("--direction", "up"), "no direction is called"),
        (("--comparison", "pooled"), "no comparison is called"),
        (("--comparator", "plasebo"), "did you mean placebo"),
        (("--effect", "2", "--effect-measure", "OR", "--ci-low", "3", "--ci-high", "4"), "does not hold"),
        ((), "needs a result"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(
    options: tuple[str, ...], told: str, command: Command, answer: Any
) -> None:
    code, _, err = command(*ADD, *options)
    assert code == 2
    assert told in err
    assert mine(answer) == []


def test_a_finding_needs_an_outcome_of_the_taxonomy_and_a_study(command: Command) -> None:
    assert command("finding", "add", "noppers2011", "--n1", "3")[0] == 2
    assert "did you mean" in command("finding", "add", "noppers2011", "-o", "remision", "--n1", "3")[2]
    assert command("finding", "add", "nobody1900", "-o", "response", "--n1", "3")[0] == 3
    assert command("finding", "edit", "1")[0] == 2
    assert command("finding", "edit", "1", "--n1", "3")[0] == 2
    assert command("finding", "remove", "999999")[0] == 3


def test_on_a_terminal_a_finding_is_asked_for_question_by_question(
    command: Command, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = ["pane", "pain-response", "VAS", "3h", "", "placebo", "no_difference", "12", "13", "6", "12", "2"]
    said = iter([*replies, "", "ns", "six of twelve", "table 2"])
    asked: list[str] = []

    def reply(question: str) -> str:
        asked.append(question)
        return next(said)

    monkeypatch.setattr("builtins.input", reply)
    monkeypatch.setattr("ketlit.cli.finding.terminal", lambda: True)
    code, _, err = command("finding", "add", "noppers2011")
    assert code == 0, err
    assert next(said, None) is None
    (row,) = mine(answer)
    assert (row["outcome"], row["measure"], row["n1"], row["events1"], row["events2"]) == (
        "pain-response",
        "VAS",
        12,
        6,
        2,
    )
    assert (row["p"], row["text"], row["source"]) == ("ns", "six of twelve", "table 2")
    assert asked.count("outcome: ") == 2
    assert "no outcome is called 'pane'" in err
    assert "13 of 12 people" in err


def test_the_end_of_the_input_keeps_nothing(command: Command, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", ended)
    monkeypatch.setattr("ketlit.cli.finding.terminal", lambda: True)
    assert command("finding", "add", "noppers2011")[0] == 130
    assert mine(answer) == []
