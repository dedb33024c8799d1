"""Backup, check and repair: a copy is whole or is not there, and a stale index is found."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ketlit.errors import CorruptLibrary, LibraryError, NotALibrary, ReadOnlyLibrary
from ketlit.store.connect import open_writer
from ketlit.store.upkeep import backup, check, network_file_system, reindex, written_beside


def problems(path: Path) -> list[str]:
    return [item.name for item in check(str(path)) if item.problem]


def test_a_library_as_made_is_in_order(library: Path) -> None:
    assert problems(library) == []


def test_a_backup_of_a_library_in_use_holds_what_is_in_its_log(library: Path, tmp_path: Path) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("INSERT INTO library (name, value) VALUES ('kept', 'yes')")
        backup(str(library), str(tmp_path / "copy.db"))
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT value FROM library WHERE name = 'kept'").fetchone() == ("yes",)
    assert problems(tmp_path / "copy.db") == []
    assert oct(os.stat(tmp_path / "copy.db").st_mode & 0o777) == "0o600"


def test_a_backup_overwrites_only_by_force(library: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    with pytest.raises(LibraryError, match="exists already"):
        backup(str(library), str(there))
    assert there.read_text() == "mine"
    backup(str(library), str(there), force=True)
    assert problems(there) == []


def test_a_backup_of_a_damaged_library_leaves_no_file(library: Path, tmp_path: Path) -> None:
    content = bytearray(library.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    library.write_bytes(content)
    with pytest.raises(CorruptLibrary):
        backup(str(library), str(tmp_path / "copy.db"))
    assert not [name for name in os.listdir(tmp_path) if name.startswith("copy")]


def test_there_is_no_backup_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no library"):
        backup(str(tmp_path / "none.db"), str(tmp_path / "copy.db"))
    with pytest.raises(NotALibrary):
        backup(str(tmp_path), str(tmp_path / "copy.db"))


def test_a_stale_index_is_found_and_made_again(library: Path) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("UPDATE study_text SET title = 'changed behind the index' WHERE study_id = 1")
    assert problems(library) == ["full-text index"]
    reindex(str(library))
    assert problems(library) == []


def test_a_row_without_its_study_is_found(library: Path) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("PRAGMA foreign_keys=OFF")
        writer.rows("INSERT INTO note (study_id, text, at) VALUES (999999, 'lost', '')")
    assert problems(library) == ["references"]


def test_a_missing_table_is_found(library: Path) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("DROP TABLE link")
    assert problems(library) == ["tables"]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"

    def fail_halfway() -> None:
        with written_beside(str(target)) as beside:
            Path(beside).write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert list(tmp_path.iterdir()) == []
    with written_beside(str(target)) as beside:
        Path(beside).write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(ReadOnlyLibrary, match="cannot be written"),
        written_beside(str(tmp_path / "no" / "x")) as beside,
    ):
        Path(beside).write_text("x")


def test_this_disk_is_no_network_file_system(tmp_path: Path) -> None:
    assert network_file_system(str(tmp_path)) == ""
