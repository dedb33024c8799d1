"""What lies at a path, and how it is opened: nothing foreign is ever changed, nothing is made by a typo."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ketlit.errors import (
    CorruptLibrary,
    DiskFull,
    LibraryBusy,
    LibraryError,
    NewerLibrary,
    NotALibrary,
    ReadOnlyLibrary,
)
from ketlit.store.connect import SCHEMA, explain, look, open_reader, open_writer


def test_nothing_at_a_path_is_missing_and_stays_so(tmp_path: Path) -> None:
    assert look(str(tmp_path / "none.db")).kind == "missing"
    with pytest.raises(ReadOnlyLibrary):
        open_writer(str(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_byte_is_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert look(str(tmp_path / "empty.db")).kind == "empty"


def test_a_directory_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(NotALibrary, match="is a directory"):
        look(str(tmp_path))


@pytest.mark.parametrize(("content", "said"), [(b"<!DOCTYPE html><p>moved", "web page"), (b"hello", "no SQLite")])
def test_another_file_is_no_library(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file.db"
    path.write_bytes(content)
    with pytest.raises(NotALibrary, match=said):
        look(str(path))
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.commit()
    before = path.read_bytes()
    with pytest.raises(NotALibrary, match="another program"):
        look(str(path))
    assert path.read_bytes() == before


def test_a_newer_library_is_refused(library: Path) -> None:
    with closing(sqlite3.connect(library)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with pytest.raises(NewerLibrary, match="newer ketlit") as caught:
        look(str(library))
    assert "update ketlit" in caught.value.hint


def test_a_library_cut_inside_its_header_is_corrupt(tmp_path: Path, library: Path) -> None:
    short = tmp_path / "short.db"
    short.write_bytes(library.read_bytes()[:50])
    with pytest.raises(CorruptLibrary):
        look(str(short))


def test_a_reader_cannot_write(library: Path) -> None:
    with closing(open_reader(str(library))) as reader, pytest.raises(LibraryError):
        reader.rows("DELETE FROM note")


def test_a_writer_has_the_pragmas_of_the_rules(library: Path) -> None:
    with closing(open_writer(str(library))) as writer:
        asked = {name: writer.rows(f"PRAGMA {name}")[0][0] for name in PRAGMAS}
    assert asked == PRAGMAS


PRAGMAS = {"foreign_keys": 1, "busy_timeout": 10_000, "trusted_schema": 0, "journal_mode": "wal", "synchronous": 2}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of POSIX")
def test_a_pipe_or_a_device_is_no_library_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "pipe"), os.devnull):
        with pytest.raises(NotALibrary, match="a device or a pipe") as caught:
            look(path)
        assert "remove" not in caught.value.hint


@pytest.mark.parametrize(
    ("pragma", "refusal"), [(f"user_version={SCHEMA + 1}", NewerLibrary), ("application_id=7", NotALibrary)]
)
@pytest.mark.parametrize("opener", [open_reader, open_writer])
def test_what_only_the_log_says_is_refused_too(
    library: Path, pragma: str, refusal: type[Exception], opener: Callable[[str], Any]
) -> None:
    with closing(open_writer(str(library))) as first:
        first.rows(f"PRAGMA {pragma}")
        assert look(str(library)).kind == "library"
        before = library.read_bytes(), Path(f"{library}-wal").read_bytes()
        with pytest.raises(refusal):
            opener(str(library))
        assert (library.read_bytes(), Path(f"{library}-wal").read_bytes()) == before


class OnAReadOnlyMedium(sqlite3.Connection):
    """What sqlite says where it cannot make the -shm file of a WAL library: at the first question, not before."""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql.startswith("SELECT"):
            raise sqlite3.OperationalError("unable to open database file")
        return super().execute(sql, *parameters)


def test_a_library_on_a_read_only_medium_is_read(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bool] = []
    connect = sqlite3.connect

    def medium(name: str, **options: Any) -> sqlite3.Connection:
        opened.append("immutable" in name)
        return connect(name, **options, factory=sqlite3.Connection if opened[-1] else OnAReadOnlyMedium)

    monkeypatch.setattr(sqlite3, "connect", medium)
    with closing(open_reader(str(library))) as reader:
        assert reader.rows("SELECT count(*) FROM study")[0][0] > 100
    assert opened == [False, True]


@pytest.mark.parametrize("named", ["library.db", "link.db"])
def test_a_log_that_cannot_be_read_on_a_read_only_medium_is_told(
    library: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library.parent / "link.db").symlink_to(library)
    Path(f"{library}-wal").write_bytes(b"changes")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda name, **options: connect(name, **options, factory=OnAReadOnlyMedium))
    with pytest.raises(ReadOnlyLibrary, match="last changes are in") as caught:
        open_reader(str(library.parent / named))
    assert "copy both files" in caught.value.hint


def test_two_writers_and_the_second_is_told(library: Path) -> None:
    with closing(open_writer(str(library))) as first, closing(open_writer(str(library))) as second:
        second.rows("PRAGMA busy_timeout=0")
        first.rows("BEGIN IMMEDIATE")
        with pytest.raises(LibraryBusy, match="another program is writing"):
            second.rows("BEGIN IMMEDIATE")
        first.rows("ROLLBACK")


def test_a_full_disk_is_told_as_such(library: Path) -> None:
    with closing(open_writer(str(library))) as writer:
        pages = writer.rows("PRAGMA page_count")[0][0]
        writer.rows(f"PRAGMA max_page_count={pages}")
        with pytest.raises(DiskFull):
            writer.rows("INSERT INTO library (name, value) VALUES ('filler', hex(zeroblob(5000000)))")
        assert writer.rows("SELECT count(*) FROM library WHERE name = 'filler'") == [(0,)]


def test_no_room_for_what_processes_share_is_a_full_disk() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert isinstance(explain(error, "a.db"), DiskFull)
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    assert not isinstance(explain(error, "a.db"), DiskFull)


def test_a_damaged_page_is_told_as_damage(library: Path) -> None:
    content = bytearray(library.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 200] = b"\xff" * 200
    library.write_bytes(content)
    with pytest.raises(CorruptLibrary, match="damaged"), closing(open_reader(str(library))) as reader:
        reader.rows("SELECT count(*) FROM study")


def test_an_error_of_no_known_kind_still_names_the_library() -> None:
    assert str(explain(sqlite3.OperationalError("odd"), "a.db")) == "a.db: odd"


def test_a_new_library_is_for_its_owner_alone(seeded: Path) -> None:
    assert oct(os.stat(seeded).st_mode & 0o777) == "0o600"
