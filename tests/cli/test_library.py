"""`ketlit db`: what is made, told, checked, mended and copied, as it is typed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ketlit.cli import run
from ketlit.store.connect import SCHEMA

Command = Callable[..., tuple[int, str, str]]


def test_a_library_is_made_once_and_not_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / "study group.db"
    assert run(["db", "create", str(path)]) == 0
    said = capsys.readouterr().err
    assert f"made the library {path}" in said
    assert "163 studies" in said
    before = path.read_bytes()
    assert run(["db", "create", str(path)]) == 4
    assert "exists already" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_empty_library_stays_empty_and_takes_imports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "empty.db")
    assert run(["db", "create", "--empty", path]) == 0
    assert run(["--db", path, "search", "ketamine", "--format", "json"]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_the_path_is_that_of_the_library_in_use(library: Path, command: Command) -> None:
    assert command("db", "path") == (0, f"{library}\n", "")


@pytest.mark.parametrize("format", ["json", "jsonl", "tsv", "csv", "table"])
def test_a_library_is_described_in_every_format(command: Command, library: Path, format: str) -> None:
    code, out, err = command("db", "info", "--format", format)
    assert (code, err) == (0, "")
    assert str(library) in out
    assert "163" in out
    if format in ("json", "jsonl"):
        found = json.loads(out)
        assert (found["studies"], found["schema"], found["bytes"]) == (163, SCHEMA, library.stat().st_size)


def test_a_sound_library_is_told_to_be(command: Command) -> None:
    code, out, _ = command("db", "check")
    assert code == 0
    assert {line.split()[-1] for line in out.splitlines()} == {"ok"}


def test_a_stale_index_is_found_and_mended(command: Command, library: Path) -> None:
    with closing(sqlite3.connect(library)) as connection:
        connection.execute("UPDATE study_text SET title = 'Another title' WHERE study_id = 1")
        connection.commit()
    code, out, err = command("db", "check")
    assert code == 4
    assert "does not fit the texts" in out
    assert "--repair" in err
    assert command("db", "check", "--repair")[0] == 0
    assert command("db", "check")[0] == 0
    assert '"total"' not in command("search", '"another title"', "--format", "json")[1]
    assert len(json.loads(command("search", '"another title"', "--format", "json")[1])) == 1


def test_an_index_is_made_again_on_request(command: Command) -> None:
    assert command("db", "reindex")[0] == 0
    assert command("db", "check")[0] == 0


def test_a_backup_is_whole_and_is_not_written_over(command: Command, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert command("db", "backup", str(copy))[0] == 0
    assert run(["--db", str(copy), "db", "check"]) == 0
    code, _, err = command("db", "backup", str(copy))
    assert code == 4
    assert "--force" in err
    assert command("db", "backup", str(copy), "--force")[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir() if ".part" in path.name) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tag SET origin = 'nobody' WHERE study_id = 1",
        "UPDATE study SET status = 'odd', languages = 'no list' WHERE id = 1",
    ],
)
def test_a_value_that_no_release_writes_is_told_as_damage(command: Command, library: Path, damage: str) -> None:
    key = _damaged(library, damage)
    for arguments in (["show", key], ["export"]):
        code, _, err = command(*arguments)
        assert code == 4
        assert f"{key} cannot be read: " in err


def test_the_numbers_of_a_trial_that_are_no_list_are_told_as_damage(command: Command, library: Path) -> None:
    _damaged(library, "UPDATE trial SET registry_ids = 'NCT01'")
    code, _, err = command("export")
    assert code == 4
    assert "what it has of the trial" in err


def _damaged(library: Path, sql: str) -> str:
    """The key of the study that was damaged."""
    with closing(sqlite3.connect(library)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute(sql)
        connection.commit()
        return str(connection.execute("SELECT key FROM study WHERE id = 1").fetchone()[0])


def test_an_upgrade_of_a_current_library_changes_nothing(command: Command, answer: Any) -> None:
    before = answer("stats")
    assert command("db", "upgrade")[0] == 0
    assert answer("stats") == before


@pytest.mark.parametrize("what", [["info"], ["check"], ["backup", "x.db"], ["upgrade"], ["reindex"]])
def test_where_there_is_no_library_none_is_made(
    what: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.db"
    assert run(["--db", str(path), "db", *what]) == 4
    assert f"ketlit db create {path}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"some text", "no SQLite database"),
        (b"SQLite format 3\x00" + b"\0" * 20, "cut short"),
    ],
    ids=["empty", "html", "text", "cut"],
)
def test_what_is_no_library_is_told_for_what_it_is_and_left_alone(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "thing.db"
    path.write_bytes(content)
    for arguments in (["search", "pain"], ["db", "info"], ["db", "check"], ["note", "add", "a", "b"]):
        assert run(["--db", str(path), *arguments]) == 4
        told = capsys.readouterr()
        assert said in told.err
        assert len(told.err.splitlines()) <= 2
        assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["thing.db"]


def test_a_newer_library_and_anothers_database_are_refused_and_left_alone(
    tmp_path: Path, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(library)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA + 1}")
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE mine (a)")
        connection.commit()
    for path, said in ((library, "update ketlit"), (other, "another program")):
        before = path.read_bytes()
        for arguments in (["search", "pain"], ["import", "/dev/null"], ["db", "upgrade"]):
            assert run(["--db", str(path), *arguments]) == 4
            assert said in capsys.readouterr().err
        assert path.read_bytes() == before
