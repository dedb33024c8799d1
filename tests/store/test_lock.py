"""The lock of a sync: one at a time, told by name, gone with its process."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ketlit.errors import LibraryBusy, LibraryError, ReadOnlyLibrary
from ketlit.store import lock
from ketlit.store.lock import sole

HOLDER = """\
import sys
from ketlit.store.lock import sole
with sole(sys.argv[1], "process 42"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_of_the_first(tmp_path: Path) -> None:
    path = str(tmp_path / "library.db")
    told = "process 42, since noon"
    with sole(path, told), pytest.raises(LibraryBusy, match=told) as caught, sole(path, "process 43"):
        raise AssertionError("two at once")
    assert caught.value.exit_code == 7
    with sole(path, "process 43"):
        pass


def test_two_libraries_do_not_disturb_each_other(tmp_path: Path) -> None:
    with sole(str(tmp_path / "a.db"), "one"), sole(str(tmp_path / "b.db"), "other"):
        assert sorted(each.name for each in tmp_path.iterdir()) == ["a.db.sync", "b.db.sync"]


def test_a_library_is_the_same_by_whatever_link_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "real.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    real, link = (str(tmp_path / name) for name in ("real.db", "link.db"))
    with sole(real, "process 42"), pytest.raises(LibraryBusy, match="process 42"), sole(link, "process 43"):
        raise AssertionError("two at once")


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "library.db")
    with pytest.raises(KeyboardInterrupt), sole(path, "one"):
        raise KeyboardInterrupt
    with sole(path, "other"):
        pass


def test_the_lock_of_a_killed_process_is_free_and_its_name_forgotten(tmp_path: Path) -> None:
    path = str(tmp_path / "library.db")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LibraryBusy, match="process 42"), sole(path, "process 43"):
            raise AssertionError("two at once")
        holder.kill()
    assert Path(f"{path}.sync").read_text() == "process 42"
    with sole(path, "one"):
        assert Path(f"{path}.sync").read_text() == "one"
    assert Path(f"{path}.sync").read_text() == ""


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    with sole(str(tmp_path / "library.db"), "one"):
        assert os.stat(tmp_path / "library.db.sync").st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "none" / "library.db")
    with pytest.raises(ReadOnlyLibrary, match=r"library\.db\.sync cannot be written"), sole(path, "one"):
        raise AssertionError("locked nothing")


def test_a_file_system_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lock, "_locked", none)
    with pytest.raises(LibraryError, match="cannot be locked"), sole(str(tmp_path / "library.db"), "one"):
        raise AssertionError("locked nothing")
