"""Backup, check and repair: a copy is whole or is not there, and a stale index is found."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ketlit.errors import CorruptLibrary, LibraryError, NotALibrary, ReadOnlyLibrary
from ketlit.store.connect import SqliteLibrary, open_reader, open_writer
from ketlit.store.engine import where, writing
from ketlit.store.upkeep import backup, check, network_file_system, reindex


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


@pytest.fixture
def busy_copy(library: Path, tmp_path: Path) -> Path:
    """Another library, whose writer was killed: its last row is in its log alone."""
    path = tmp_path / "kept.db"
    live = tmp_path / "live.db"
    shutil.copyfile(library, live)
    with closing(open_writer(str(live))) as writer:
        writer.rows("INSERT INTO library (name, value) VALUES ('from', 'the old log')")
        for ending in ("", "-wal"):
            shutil.copyfile(f"{live}{ending}", f"{path}{ending}")
    live.unlink()
    return path


def test_a_backup_over_another_library_is_not_mixed_with_its_log(library: Path, busy_copy: Path) -> None:
    assert os.path.getsize(f"{busy_copy}-wal") > 0
    backup(str(library), str(busy_copy), force=True)
    assert sorted(os.listdir(library.parent)) == ["kept.db", "library.db"]
    with closing(open_reader(str(busy_copy))) as copy:
        assert copy.rows("SELECT value FROM library WHERE name = 'from'") == []
    assert problems(busy_copy) == []


def test_a_backup_does_not_take_up_the_log_of_a_lost_library(library: Path, busy_copy: Path) -> None:
    busy_copy.unlink()
    backup(str(library), str(busy_copy))
    assert problems(busy_copy) == []
    assert os.path.exists(f"{busy_copy}-wal.orphan")


def test_a_damaged_library_is_replaced_by_a_backup(library: Path, busy_copy: Path) -> None:
    content = bytearray(busy_copy.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    busy_copy.write_bytes(content)
    os.unlink(f"{busy_copy}-wal")
    backup(str(library), str(busy_copy), force=True)
    assert problems(busy_copy) == []


@pytest.mark.parametrize("name", ["library.db", "symbolic.db", "hard.db"])
def test_a_library_is_not_backed_up_onto_itself(library: Path, name: str) -> None:
    (library.parent / "symbolic.db").symlink_to(library)
    os.link(library, library.parent / "hard.db")
    with pytest.raises(LibraryError, match="the library itself"):
        backup(str(library), str(library.parent / name), force=True)
    assert problems(library) == []
    assert os.path.samefile(library, library.parent / name)


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="/dev/null is of POSIX")
def test_a_backup_into_a_device_is_refused(library: Path) -> None:
    with pytest.raises(LibraryError, match="device"):
        backup(str(library), "/dev/null", force=True)
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name may be any bytes")
def test_a_name_that_is_not_utf8_is_a_name(library: Path) -> None:
    odd = os.fsdecode(os.fsencode(library.parent) + b"/a\xffb.db")
    backup(str(library), odd)
    assert [item for item in check(odd) if item.problem] == []
    backup(odd, odd + "2")
    with writing(odd) as connection:
        assert where(connection) == odd
    assert not [name for name in os.listdir(library.parent) if "part" in name]


def test_a_library_that_cannot_be_written_is_checked_and_backed_up(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("UPDATE study_text SET title = 'changed behind the index' WHERE study_id = 1")

    def refused(path: str) -> SqliteLibrary:
        raise ReadOnlyLibrary(f"{path} cannot be written")

    monkeypatch.setattr("ketlit.store.upkeep.open_writer", refused)
    before = library.read_bytes()
    assert problems(library) == ["full-text index"]
    backup(str(library), str(tmp_path / "copy.db"))
    assert library.read_bytes() == before


def test_this_disk_is_no_network_file_system(tmp_path: Path) -> None:
    assert network_file_system(str(tmp_path)) == ""
