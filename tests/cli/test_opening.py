"""How a command gets its library: made once, never by a typo, refused with a way out, merged with a new release."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ketlit import resources
from ketlit.cli import opening
from ketlit.errors import DiskFull, LibraryError, NoLibrary, NotALibrary, UsageError
from ketlit.store.connect import open_writer
from ketlit.store.upkeep import check

RUN = [sys.executable, "-c", "from ketlit.cli import main; main()"]


def ketlit(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KETLIT")}
    environment.update(XDG_DATA_HOME=str(home / "data"), XDG_CONFIG_HOME=str(home / "config"), HOME=str(home))
    return subprocess.run([*RUN, *command], env=environment, capture_output=True, text=True)


def test_the_first_command_makes_the_library_and_says_so_in_one_line(tmp_path: Path) -> None:
    first = ketlit(tmp_path, "search", "fibromyalgia", "--format", "jsonl")
    assert first.returncode == 0
    assert first.stderr.startswith("ketlit: made the library ")
    assert first.stderr.count("\n") == 1
    again = ketlit(tmp_path, "search", "fibromyalgia", "--format", "jsonl")
    assert again.stderr == ""
    assert again.stdout == first.stdout


def test_reading_a_path_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    done = ketlit(tmp_path, "--db", str(tmp_path / "typo.db"), "search", "fibromyalgia")
    assert done.returncode == 4
    assert "ketlit db create" in done.stderr
    assert done.stderr.count("\n") <= 2
    assert not (tmp_path / "typo.db").exists()
    with pytest.raises(NoLibrary):
        opening.for_reading(str(tmp_path / "typo.db"))


def test_writing_to_a_path_that_is_not_there_makes_it(tmp_path: Path) -> None:
    with opening.for_writing(str(tmp_path / "sub" / "new.db")) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM study").scalar_one() > 100


@pytest.mark.parametrize("path", ["", "  ", "a\0b", "file:a.db", "file:///tmp/a.db?mode=ro"])
def test_a_path_that_no_file_can_have_is_refused(path: str) -> None:
    with pytest.raises(UsageError):
        opening.for_reading(path)


def test_a_server_is_not_taken_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LibraryError, match="postgresql"):
        opening.for_reading("postgresql://localhost/x")
    assert os.listdir(tmp_path) == []


def test_an_empty_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for use in (lambda: opening.for_reading(str(tmp_path / "empty.db")), lambda: _write(tmp_path / "empty.db")):
        with pytest.raises(NotALibrary, match="is empty"):
            use()
    assert (tmp_path / "empty.db").stat().st_size == 0


def _write(path: Path) -> None:
    with opening.for_writing(str(path)):
        raise AssertionError("an empty file was opened")


def test_the_log_of_a_lost_library_is_kept_and_not_read_into_a_new_one(
    tmp_path: Path, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.db"
    with closing(open_writer(str(library))) as writer:
        writer.rows("INSERT INTO note (study_id, text, at) VALUES (1, 'mine', '2026-01-01T00:00:00Z')")
        log = Path(f"{library}-wal").read_bytes()
        for ending in ("-wal", "-shm"):
            shutil.copyfile(f"{library}{ending}", f"{path}{ending}")
    opening.make(str(path))
    assert [item for item in check(str(path)) if item.problem] == []
    assert Path(f"{path}-wal.orphan").read_bytes() == log
    assert f"{path}-wal.orphan" in capsys.readouterr().err


class FullAt(sqlite3.Connection):
    """A disk that has no room left when this is written."""

    statement = ""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql.startswith(self.statement):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return super().execute(sql, *parameters)


@pytest.mark.parametrize("statement", ["PRAGMA application_id=", "PRAGMA journal_mode=WAL", "PRAGMA wal_checkpoint"])
def test_a_disk_that_fills_while_a_library_is_made_is_told_and_nothing_is_left(
    tmp_path: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(FullAt, "statement", statement)
    monkeypatch.setattr(sqlite3, "connect", lambda name, **options: connect(name, **options, factory=FullAt))
    with pytest.raises(DiskFull, match=str(tmp_path / "new.db")):
        opening.make(str(tmp_path / "new.db"), seed=False)
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_with_pages_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def small(name: str, **options: Any) -> sqlite3.Connection:
        connection = connect(name, **options)
        connection.execute("PRAGMA max_page_count=40")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(DiskFull):
        opening.make(str(tmp_path / "new.db"))
    assert os.listdir(tmp_path) == []


def test_a_library_is_made_where_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    opening.make(str(tmp_path / "link.db"), seed=False)
    assert sorted(os.listdir(tmp_path)) == ["link.db", "real.db"]
    assert (tmp_path / "link.db").is_symlink()


def test_a_reader_does_not_wait_for_a_writer_to_bring_the_library_up_to_date(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int | None] = []
    real = open_writer

    def noted(path: str, *, wait_ms: int | None = None) -> Any:
        waits.append(wait_ms)
        return real(path, wait_ms=1 if wait_ms else None)

    monkeypatch.setattr("ketlit.store.engine.open_writer", noted)
    with closing(real(str(library))) as writer:
        writer.rows("UPDATE library SET value = 'older' WHERE name = 'seed_stamp'")
        writer.rows("BEGIN IMMEDIATE")
        with closing(opening.for_reading(str(library))) as reader:
            assert reader.rows("SELECT value FROM library WHERE name = 'seed_stamp'") == [("older",)]
    assert waits == [opening.READER_WAITS_MS]


def test_where_another_process_was_faster_its_library_is_kept(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = library.read_bytes()
    opening.make(str(library))
    assert library.read_bytes() == before


def test_a_failed_making_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ketlit.intake

    def broken(connection: object) -> str:
        raise LibraryError("no")

    monkeypatch.setattr(ketlit.intake, "load_seed", broken)
    with pytest.raises(LibraryError):
        opening.make(str(tmp_path / "new.db"))
    assert os.listdir(tmp_path) == []


def test_a_new_release_is_merged_and_notes_stay(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("INSERT INTO note (study_id, text, at) VALUES (1, 'mine', '2026-01-01T00:00:00Z')")
        writer.rows("UPDATE library SET value = 'older' WHERE name IN ('seed_stamp', 'seed_digest')")
        writer.rows("UPDATE study SET n = 7, seed_digest = 'older' WHERE key = 'sorensen1995'")
    with closing(opening.for_reading(str(library))) as reader:
        assert reader.rows("SELECT n FROM study WHERE key = 'sorensen1995'") == [(31,)]
        assert reader.rows("SELECT text FROM note") == [("mine",)]
        assert reader.rows("SELECT value FROM library WHERE name = 'seed_stamp'") == [(resources.stamp(),)]
    assert "brought the curated studies up to date" in capsys.readouterr().err


def test_a_library_that_cannot_be_written_is_read_as_it_is(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("UPDATE library SET value = 'older' WHERE name = 'seed_stamp'")

    def refused(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("ketlit.store.engine.open_writer", refused)
    with closing(opening.for_reading(str(library))) as reader:
        assert reader.rows("SELECT count(*) FROM study")[0][0] > 100
