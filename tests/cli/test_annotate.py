"""Notes, labels, tags and screening as they are typed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., tuple[int, str, str]]


def test_a_note_is_kept_listed_and_removed(command: Command, answer: Any) -> None:
    assert command("note", "add", "sorensen1995", "ask", "for [/] data") == (
        0,
        "",
        "ketlit: kept note 1 on sorensen1995\n",
    )
    command("note", "add", "noppers2011", "dose?")
    found = answer("note", "list")
    assert [(note["id"], note["key"], note["text"]) for note in found] == [
        (1, "sorensen1995", "ask for [/] data"),
        (2, "noppers2011", "dose?"),
    ]
    assert [note["id"] for note in answer("note", "list", "noppers2011")] == [2]
    code, _, said = command("note", "remove", "1")
    assert (code, said) == (0, "ketlit: removed note 1 on sorensen1995: ask for [/] data\n")
    assert command("note", "remove", "1")[0] == 3


def test_a_note_can_come_from_stdin_and_a_study_be_named_by_its_pmid(
    command: Command, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmid = next(row["pmid"] for row in answer("search", "fibromyalgia") if row["key"] == "sorensen1995")
    monkeypatch.setattr("sys.stdin", io.StringIO("two\nlines\n"))
    assert command("note", "add", f"PMID: {pmid}", "-")[0] == 0
    assert answer("note", "list", "sorensen1995")[-1]["text"] == "two\nlines"


def test_notes_are_shown_with_their_study_and_without_control_characters(command: Command) -> None:
    command("note", "add", "sorensen1995", "red \x1b[31m")
    assert "red \ufffd[31m" in command("note", "list")[1]
    assert "red \ufffd[31m" in command("show", "sorensen1995", "--format", "tsv")[1]


def test_a_label_finds_its_studies(command: Command, answer: Any) -> None:
    assert command("label", "add", "noppers2011", "to  read")[0] == 0
    assert "already" in command("label", "add", "noppers2011", "to read")[2]
    command("label", "add", "sorensen1995", "to read")
    assert answer("label", "list") == [{"label": "to read", "k": 2}]
    assert {row["key"] for row in answer("search", "--label", "to read")} == {"noppers2011", "sorensen1995"}
    assert command("label", "remove", "noppers2011", "to read")[0] == 0
    assert [row["key"] for row in answer("search", "--label", "to read")] == ["sorensen1995"]
    code, _, said = command("label", "remove", "sorensen1995", "seen")
    assert code == 3
    assert "it has: to read" in said


def test_a_tag_changes_what_filters_find(command: Command, answer: Any) -> None:
    def found(*filters: str) -> set[str]:
        return {row["key"] for row in answer("search", "--limit", "0", *filters)}

    assert "noppers2011" not in found("-r", "oral")
    assert command("tag", "add", "noppers2011", "route:by mouth")[0] == 0
    assert "noppers2011" in found("-r", "oral")
    assert "noppers2011" in found("-c", "fibromyalgia")
    assert command("tag", "remove", "noppers2011", "condition:fm")[0] == 0
    assert "noppers2011" not in found("-c", "fibromyalgia")
    assert command("tag", "add", "noppers2011", "condition:fm")[0] == 0
    assert "noppers2011" in found("-c", "fibromyalgia")
    assert command("tag", "remove", "noppers2011", "route:oral")[0] == 0
    assert "noppers2011" not in found("-r", "oral")


def test_what_a_person_removed_is_said_in_pipes_too(command: Command, answer: Any) -> None:
    assert command("tag", "remove", "noppers2011", "condition:fm")[0] == 0
    (tags,) = [line for line in command("show", "noppers2011")[1].splitlines() if line.startswith("tags\t")]
    assert "(you removed: condition:fibromyalgia)" in tags
    assert "condition:fibromyalgia (curated)" not in tags


def test_a_corrected_direction_and_number_are_what_filters_and_lists_go_by(command: Command, answer: Any) -> None:
    def found(*filters: str) -> dict[str, Any]:
        return {row["key"]: (row["n"], row["direction"]) for row in answer("search", "--limit", "0", *filters)}

    people = answer("stats")["participants"]
    assert command("tag", "add", "noppers2011", "direction:Worse")[0] == 0
    assert command("tag", "add", "noppers2011", "participants:124")[0] == 0
    assert found("fibromyalgia", "--direction", "worse", "--min-n", "124") == {
        "noppers2011": (124, "favours_comparator")
    }
    assert answer("stats")["participants"] == people + 100
    (entry,) = [one for one in answer("timeline", "fibromyalgia") if one["key"] == "noppers2011"]
    assert (entry["n"], entry["direction"]) == (124, "favours_comparator")
    others = {(one["axis"], one["term"], one["origin"]): one["active"] for one in answer("show", "noppers2011")["tags"]}
    assert others["participants", "24", "curated"] is others["direction", "mixed", "curated"] is False
    assert others["participants", "124", "user"] is others["direction", "favours_comparator", "user"] is True


@pytest.mark.parametrize("typed", ["1,200", "1200", "1 200", "1\u202f200", " 1200 "])
def test_a_number_of_people_may_be_typed_as_it_is_printed(command: Command, answer: Any, typed: str) -> None:
    assert command("tag", "add", "noppers2011", f"participants:{typed}")[0] == 0
    assert answer("show", "noppers2011")["n"] == 1200


def test_a_correction_stands_in_the_history_and_is_taken_back_by_removing_it(
    command: Command, answer: Any, tmp_path: Path
) -> None:
    def said(*db: str) -> list[tuple[str, str, str]]:
        history = answer(*db, "show", "noppers2011")["history"]
        return [(one["field"], one["old"], one["new"]) for one in history if one["kind"] == "you"]

    before = answer("show", "noppers2011")
    assert command("tag", "add", "noppers2011", "direction:no_difference")[0] == 0
    assert command("tag", "remove", "noppers2011", "condition:fibromyalgia")[0] == 0
    corrections = [("condition", "fibromyalgia", ""), ("direction", "", "no_difference")]
    assert sorted(said()) == corrections
    lines = command("show", "noppers2011", "--format", "table")[1].splitlines()
    history = lines[lines.index("History") :]
    assert any(line.endswith("  you: direction no_difference") for line in history)
    assert any(line.endswith("  you: not condition fibromyalgia") for line in history)
    kept = str(tmp_path / "kept.jsonl")
    assert command("export", "noppers2011", "--output", kept)[0] == 0
    other = ("--db", str(tmp_path / "other.db"))
    assert command(*other, "import", kept)[0] == 0
    assert sorted(said(*other)) == corrections
    assert command("tag", "remove", "noppers2011", "direction:no_difference")[0] == 0
    assert answer("show", "noppers2011")["direction"] == before["direction"]
    assert [field for field, *_ in said()] == ["condition"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("participants:1,20", "'1,20' is no number of people"),
        ("participants:1,200 300", "'1,200 300' is no number of people"),
        ("participants:some", "'some' is no number of people"),
        ("direction:favours_interventio", "did you mean favours_intervention"),
        ("fm", "is not axis:term"),
        ("condition:", "is not axis:term"),
        ("conditon:fm", "did you mean condition"),
        ("condition:fibromyalgea", "did you mean fibromyalgia"),
    ],
)
def test_a_tag_that_is_none_is_refused_with_the_nearest(command: Command, typed: str, said: str) -> None:
    code, out, err = command("tag", "add", "noppers2011", typed)
    assert (code, out) == (2, "")
    assert said in err


def test_a_study_is_left_out_for_a_reason_and_taken_back_in(command: Command, answer: Any) -> None:
    assert command("study", "exclude", "shirani2008")[0] == 2
    assert command("study", "exclude", "shirani2008", "--why", "one case")[0] == 0
    assert answer("show", "shirani2008")["excluded"] is True
    assert "already" in command("study", "exclude", "shirani2008", "--why", "one case")[2]
    assert command("study", "include", "shirani2008")[0] == 0
    found = answer("show", "shirani2008")
    assert found["excluded"] is False
    assert [(one["excluded"], one["why"]) for one in found["screenings"]] == [(True, "one case"), (False, "")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["note", "add", "sorensen195", "x"],
        ["note", "list", "sorensen195"],
        ["label", "add", "sorensen195", "x"],
        ["tag", "add", "sorensen195", "condition:crps"],
        ["study", "exclude", "sorensen195", "--why", "x"],
    ],
    ids=" ".join,
)
def test_a_study_that_is_not_there_exits_3_with_a_key_like_it(command: Command, arguments: list[str]) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (3, "")
    assert "did you mean sorensen1995" in err


def test_what_people_wrote_stays_across_an_upgrade(
    command: Command, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("note", "add", "sorensen1995", "mine")
    command("label", "add", "sorensen1995", "mine")
    for said in ("population:older", "participants:130", "direction:no_difference"):
        assert command("tag", "add", "sorensen1995", said)[0] == 0
    command("study", "exclude", "sorensen1995", "--why", "mine")
    before = answer("show", "sorensen1995")
    monkeypatch.setattr("ketlit.resources.stamp", lambda: "another release")
    monkeypatch.setattr("ketlit.resources.digest", lambda: "another release")
    assert command("db", "upgrade")[0] == 0
    after = answer("show", "sorensen1995")
    assert (after["n"], after["direction"]) == (130, "no_difference")
    for name in ("notes", "labels", "screenings", "excluded", "tags", "findings", "title", "history"):
        assert after[name] == before[name], name


NOT_UTF_8 = os.fsdecode(b"pain \xff")


@pytest.mark.parametrize(
    "typed",
    [
        ("note", "add", "sorensen1995", NOT_UTF_8),
        ("study", "exclude", "sorensen1995", "--why", NOT_UTF_8),
        ("label", "add", "sorensen1995", NOT_UTF_8),
        ("topic", "add", "pain", NOT_UTF_8),
    ],
    ids=lambda typed: typed[0],
)
def test_what_is_no_readable_text_is_refused_and_not_stored(
    command: Any, library: Path, typed: tuple[str, ...]
) -> None:
    command("label", "list")
    before = library.read_bytes()
    code, out, err = command(*typed)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) <= 2
    assert library.read_bytes() == before


@pytest.mark.parametrize("environment", [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
@pytest.mark.parametrize(("given", "code"), [("schön".encode(), 0), (b"pain \xff", 2)])
def test_a_note_from_a_pipe_is_utf_8_whatever_the_locale(
    library: Path, environment: dict[str, str], given: bytes, code: int
) -> None:
    arguments = [sys.executable, "-c", "from ketlit.cli import main; main()", "note", "add", "sorensen1995", "-"]
    whole = {**os.environ, "KETLIT_DB": str(library), "PYTHONCOERCECLOCALE": "0", **environment}
    done = subprocess.run(arguments, input=given, capture_output=True, env=whole)
    assert done.returncode == code, done.stderr
    assert b"internal" not in done.stderr
