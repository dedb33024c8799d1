"""`topic`: a person's own questions to PubMed, beside those that come with ketlit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ketlit.cli import run
from ketlit.sync import topics

Command = Callable[..., tuple[int, str, str]]


def test_the_topic_that_comes_with_ketlit_is_listed_before_anything_was_asked(answer: Any) -> None:
    (listed,) = answer("topic", "list")
    assert (listed["name"], listed["kept"], listed["complete_to"], listed["records"]) == ("ketamine", True, "", None)
    assert listed["query"] == topics.shipped().topics[0].query


def test_a_topic_is_kept_changed_and_removed(command: Command, answer: Any) -> None:
    code, _, err = command("topic", "add", "Itch", "pruritus[tiab]", "AND", "ketamine")
    assert (code, "ketlit sync --topic itch" in err) == (0, True)
    itch = answer("topic", "list")[1]
    assert (itch["name"], itch["query"], itch["kept"]) == ("itch", "pruritus[tiab] AND ketamine", True)
    assert "is kept already" in command("topic", "add", "itch", "pruritus[tiab]  AND ketamine")[2]
    code, _, err = command("topic", "add", "itch", "pruritus")
    assert (code, "asks: pruritus[tiab] AND ketamine" in err, "--force" in err) == (2, True, True)
    assert answer("topic", "list")[1]["query"] == "pruritus[tiab] AND ketamine"
    assert "now asks this" in command("topic", "add", "itch", "pruritus", "--force")[2]
    assert answer("topic", "list")[1]["query"] == "pruritus"
    assert command("topic", "remove", "itch")[0] == 0
    assert [one["name"] for one in answer("topic", "list")] == ["ketamine"]


def test_a_topic_that_is_not_there_cannot_be_removed(command: Command) -> None:
    command("topic", "add", "itch", "pruritus")
    code, _, err = command("topic", "remove", "ache")
    assert code == 3
    assert "there are: itch" in err


@pytest.mark.parametrize(
    "typed",
    [
        ("add", "ketamine", "x"),
        ("add", "curated", "x"),
        ("add", "a b", "x"),
        ("add", "../x", "x"),
        ("add", "", "x"),
        ("add", "x" * 61, "x"),
        ("add", "itch", " "),
        ("add", "itch", "a\x1bb"),
        ("add", "itch", "(a"),
        ("add", "itch", "x" * 20_001),
        ("remove", "ketamine"),
    ],
)
def test_what_can_be_no_topic_is_refused(typed: tuple[str, ...], command: Command, library: Path) -> None:
    before = library.read_bytes()
    code, _, err = command("topic", *typed)
    assert (code, library.read_bytes()) == (2, before)
    assert 1 <= len(err.splitlines()) <= 2


def test_the_list_is_shown_to_people_too(command: Command) -> None:
    command("topic", "add", "itch", "pruritus")
    code, out, _ = command("topic", "list", "--format", "table")
    assert code == 0
    assert "itch  never synced whole\n  pruritus\n" in out


def test_what_was_asked_once_is_listed_last_and_long_queries_in_a_line(
    command: Command, answer: Any, library: Path
) -> None:
    with closing(sqlite3.connect(library)) as opened:
        opened.execute("INSERT INTO topic (name, query, kept, cursor, checked_at) VALUES ('query: a', 'a', 0, '', '')")
        opened.commit()
    long = " OR ".join(f"pruritus{number}[tiab]" for number in range(30))
    command("topic", "add", "itch", long)
    assert [(one["name"], one["kept"]) for one in answer("topic", "list")][1:] == [("itch", True), ("query: a", False)]
    assert answer("topic", "list")[1]["query"] == long
    lines = command("topic", "list", "--format", "table")[1].splitlines()
    assert lines[-3:] == ["", "asked once:", "query: a  never synced whole"]
    assert lines[3].startswith("  pruritus0[tiab] OR")
    assert lines[3].endswith(" …")
    assert max(map(len, lines)) <= 105


def test_a_list_makes_no_library_that_was_named_by_hand(tmp_path: Path) -> None:
    assert run(["--db", str(tmp_path / "none.db"), "topic", "list"]) == 4
    assert list(tmp_path.iterdir()) == []
