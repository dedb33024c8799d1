"""Files put in place: whole or not at all, never over a library or a device, and what was left behind is swept."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ketlit.errors import DiskFull, LibraryBusy, LibraryError, ReadOnlyLibrary
from ketlit.store.connect import SIDECARS, open_writer
from ketlit.store.placing import part_name, set_aside, sweep, written_beside


def put(target: Path, content: str = "new", **options: bool) -> None:
    with written_beside(str(target), **options) as beside:
        Path(beside).write_text(content)


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def left(tmp_path: Path, dead: int) -> Callable[[bytes], Path]:
    """Makes the file that a killed process of ketlit leaves in `tmp_path`."""

    def made(content: bytes, ending: str = "") -> Path:
        path = Path(part_name(str(tmp_path / "any")).replace(f"-{os.getpid()}-", f"-{dead}-") + ending)
        path.write_bytes(content)
        return path

    return made


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
    with pytest.raises(ReadOnlyLibrary, match="cannot be written"):
        put(tmp_path / "no" / "x")


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="is a directory"):
        put(tmp_path, force=True)


@pytest.mark.parametrize("name", ["library.db", "link.db", *("library.db" + each for each in SIDECARS)])
def test_a_library_and_its_log_are_never_replaced_by_a_file(library: Path, name: str) -> None:
    (library.parent / "link.db").symlink_to(library)
    before = library.read_bytes()
    with pytest.raises(LibraryError, match=r"is a ketlit library|belongs to the database"):
        put(library.parent / name, force=True)
    assert library.read_bytes() == before
    assert sorted(os.listdir(library.parent)) == ["library.db", "link.db"]


def test_a_link_stays_a_link_and_what_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    real, link = tmp_path / "deep" / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    with pytest.raises(LibraryError, match="exists already"):
        put(link)
    put(link, force=True)
    assert link.is_symlink()
    assert real.read_text() == "new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of POSIX")
def test_a_pipe_is_written_into_and_stays(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reading = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reading.start()
    put(pipe, "through", force=True)
    reading.join()
    assert got == ["through"]
    assert pipe.is_fifo()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is of Linux")
def test_a_device_without_room_is_told_and_stays() -> None:
    with pytest.raises(DiskFull):
        put(Path("/dev/full"), force=True)
    assert Path("/dev/full").is_char_device()


def test_what_killed_processes_left_is_swept(tmp_path: Path, library: Path, left: Callable[..., Path]) -> None:
    left(b"")
    left(b'{"key": "half an exp')
    left(library.read_bytes())
    left(b"log", "-wal")
    sweep(str(tmp_path / "any"))
    assert os.listdir(tmp_path) == ["library.db"]


def test_a_file_that_is_written_sweeps_first(tmp_path: Path, left: Callable[..., Path]) -> None:
    left(b"half")
    put(tmp_path / "out.txt")
    assert os.listdir(tmp_path) == ["out.txt"]


def test_nothing_of_others_is_swept(tmp_path: Path, dead: int, left: Callable[..., Path]) -> None:
    names = [f"library.db.part{dead}", "library.db.part²", f".ketlit-{dead}.part", f".ketlit-00000000-{dead}-x.part"]
    for name in names:
        (tmp_path / name).touch()
    running = Path(part_name(str(tmp_path / "any")))
    running.touch()
    elsewhere = tmp_path / f".ketlit-00000000-{dead}-00000000.part"
    elsewhere.touch()
    theirs = left(b"")
    with closing(sqlite3.connect(theirs)) as other:
        other.execute("PRAGMA application_id=7")
        other.execute("CREATE TABLE theirs (x)")
    linked = left(b"")
    linked.unlink()
    linked.symlink_to(tmp_path / "library.db.part²")
    before = sorted(os.listdir(tmp_path))
    sweep(str(tmp_path / "any"))
    assert sorted(os.listdir(tmp_path)) == before


def test_a_log_without_its_file_is_set_aside_and_none_is_lost(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    for content in ("first", "second"):
        Path(path + "-wal").write_text(content)
        set_aside(path)
    assert sorted(os.listdir(tmp_path)) == ["a.db-wal.orphan", "a.db-wal.orphan2"]
    assert (tmp_path / "a.db-wal.orphan").read_text() == "first"


def test_a_library_that_is_open_is_not_replaced_even_by_another(library: Path) -> None:
    with closing(open_writer(str(library))) as writer:
        writer.rows("INSERT INTO library (name, value) VALUES ('kept', 'yes')")
        with pytest.raises(LibraryBusy, match="open"):
            put(library, force=True, over_library=True)
        assert writer.rows("SELECT value FROM library WHERE name = 'kept'") == [("yes",)]
