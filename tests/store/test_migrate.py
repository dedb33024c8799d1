"""From the first schema with rows in it to the newest: nothing is lost, a backup is made, twice is once."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ketlit.errors import LibraryError, NotALibrary, ReadOnlyLibrary
from ketlit.store import connect, migrate
from ketlit.store.engine import writing
from ketlit.store.upkeep import check


def test_a_new_file_carries_the_application_id_and_is_not_made_twice(tmp_path: Path) -> None:
    path = str(tmp_path / "new.db")
    migrate.new_file(path)
    assert connect.look(path) == ("older", 0)
    with pytest.raises(LibraryError, match="exists already"):
        migrate.new_file(path)


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "new.db")
    migrate.new_file(path)
    for _ in range(2):
        with writing(path) as connection:
            migrate.to_newest(connection)
    assert connect.look(path) == ("library", connect.SCHEMA)
    assert [item for item in check(path) if item.problem] == []


def test_an_older_library_is_backed_up_before_it_is_upgraded(tmp_path: Path) -> None:
    path = str(tmp_path / "old.db")
    migrate.new_file(path)
    old, new, copy = migrate.upgrade(path)
    assert (old, new) == (0, connect.SCHEMA)
    assert connect.look(copy) == ("older", 0)
    assert connect.look(path).kind == "library"
    assert migrate.upgrade(path) == (connect.SCHEMA, connect.SCHEMA, "")


def test_a_failed_upgrade_leaves_the_library_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "old.db")
    migrate.new_file(path)

    def broken(connection: object) -> None:
        raise sqlite3.OperationalError("the power failed")

    monkeypatch.setattr(migrate.search_index, "create", broken)
    with pytest.raises(LibraryError, match="the power failed"):
        migrate.upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)


@pytest.mark.parametrize("step", ["open_writer", "backup"])
def test_an_older_library_that_cannot_be_written_is_named_not_its_backup(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "old.db")
    migrate.new_file(path)

    def refused(*paths: str) -> None:
        raise ReadOnlyLibrary(f"{paths[-1]} cannot be written")

    monkeypatch.setattr(migrate, step, refused)
    with pytest.raises(ReadOnlyLibrary, match="older schema") as caught:
        migrate.upgrade(path)
    assert str(caught.value).startswith(path)
    assert "backup" not in str(caught.value)


def test_an_upgrade_that_is_still_in_the_log_is_not_made_again(tmp_path: Path) -> None:
    path = str(tmp_path / "old.db")
    migrate.new_file(path)
    with writing(path) as connection:
        migrate.to_newest(connection)
        assert connect.look(path).kind == "older"
        assert migrate.upgrade(path) == (connect.SCHEMA, connect.SCHEMA, "")
    assert not [name for name in os.listdir(tmp_path) if "backup" in name]


def test_only_a_library_is_upgraded(tmp_path: Path) -> None:
    with pytest.raises(NotALibrary):
        migrate.upgrade(str(tmp_path / "none.db"))
    assert os.listdir(tmp_path) == []


def test_a_study_with_a_note_cannot_be_deleted(library: Path) -> None:
    with closing(connect.open_writer(str(library))) as writer:
        writer.rows("INSERT INTO note (study_id, text, at) VALUES (1, 'mine', '2026-01-01T00:00:00Z')")
        with pytest.raises(LibraryError, match="FOREIGN KEY"):
            writer.rows("DELETE FROM study WHERE id = 1")
