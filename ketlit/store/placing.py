"""Files put in place whole: written beside under a name of ours, then moved; what killed processes left is swept."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Final

from ketlit.errors import CorruptLibrary, DiskFull, LibraryBusy, LibraryError, ReadOnlyLibrary
from ketlit.store.connect import APPLICATION_ID, MAGIC, SIDECARS, _connect, explain
from ketlit.store.lock import placing

# .ketlit-MACHINE-PROCESS-RANDOM.part: nobody else gives such names, and of another machine's process we know nothing
_PART: Final = re.compile(r"\.ketlit-([0-9a-f]{8})-([0-9]{1,10})-[0-9a-f]{8}\.part(?:-wal|-shm|-journal)?")
ALONE_MS: Final = 1_000  # how long a library that is to be replaced may be in use


@contextmanager
def written_beside(path: str, *, force: bool = False, over_library: bool = False) -> Iterator[str]:
    """A temporary name in the folder of `path`, moved to it (fsynced) when the block ends well, else removed.

    A link stays one: what it points to is replaced. Into a device or a pipe the block writes itself. A library is
    never replaced, but `over_library` by another one, and only when nobody has it open.
    Raises LibraryError where `path` exists and `force` is not given, where it is a library, its log or a disk;
    ReadOnlyLibrary where the folder cannot be written, DiskFull, LibraryBusy.
    """
    if written_through(path):
        with _told(path):
            yield path
        return
    target = os.path.realpath(path)
    _may_be_replaced(path, target, force=force, over_library=over_library)
    beside = part_name(target)
    try:
        with _told(path):
            sweep(target)
            yield beside
            with open(beside, "rb") as file:
                os.fsync(file.fileno())
            with placing(target):
                if over_library:
                    _replace_library(beside, target)
                else:
                    os.replace(beside, target)
    finally:
        remove(beside)


def written_through(path: str) -> bool:
    """Whether `path` is a device or a pipe, which is written into, never replaced. Raises LibraryError for a disk."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    if stat.S_ISBLK(mode):
        raise LibraryError(f"{path} is a disk, not a file", "give the path of a file")
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def part_name(path: str) -> str:
    """A name in the folder of `path` that says whose it is and that no other file has."""
    name = f".ketlit-{_machine()}-{os.getpid()}-{os.urandom(4).hex()}.part"
    return os.path.join(os.path.dirname(os.path.abspath(path)), name)


def remove(beside: str) -> None:
    """Remove a file under a name of ours, and what SQLite keeps beside it."""
    for name in (beside, *(beside + each for each in SIDECARS)):
        with suppress(FileNotFoundError):
            os.unlink(name)


def sweep(path: str) -> None:
    """Remove from the folder of `path` what processes of this machine left that were killed while they wrote."""
    try:
        entries = list(os.scandir(os.path.dirname(os.path.abspath(path))))
    except OSError:  # no folder, or none that we may read: nothing of ours to find
        return
    for entry in entries:
        ours = _PART.fullmatch(entry.name)
        if ours and ours[1] == _machine() and not _alive(int(ours[2])) and _made_by_us(entry.path):
            with suppress(OSError):  # another person's, or gone by now
                os.unlink(entry.path)


def set_aside(path: str) -> list[str]:
    """Rename what a lost file left at `path` + "-wal", "-shm", "-journal": SQLite would read it into a new file there.

    The new names. The caller holds `lock.placing` and has seen that `path` is no database by now.
    """
    moved = []
    for name in (path + each for each in SIDECARS):
        if os.path.lexists(name):
            aside, number = f"{name}.orphan", 1
            while os.path.lexists(aside):
                number += 1
                aside = f"{name}.orphan{number}"
            os.rename(name, aside)
            moved.append(aside)
    return moved


def _may_be_replaced(path: str, target: str, *, force: bool, over_library: bool) -> None:
    if os.path.isdir(target):
        raise LibraryError(f"{path} is a directory", "give the path of a file")
    for each in SIDECARS:
        if target.endswith(each) and _head(target.removesuffix(each)).startswith(MAGIC):
            raise LibraryError(f"{path} belongs to the database {path.removesuffix(each)}", "choose another name")
    if not over_library and _application(target) == APPLICATION_ID:
        raise LibraryError(f"{path} is a ketlit library, which only a backup may replace", "choose another name")
    if not force and os.path.lexists(path):
        raise LibraryError(f"{path} exists already", "choose another name, or add --force")


def _replace_library(beside: str, target: str) -> None:
    """Move a finished library to `target`, and leave nothing there that SQLite would read into it."""
    made = os.stat(beside)
    with _alone(target):
        set_aside(target)
        os.replace(beside, target)
    there = os.stat(target)
    if there.st_size != made.st_size or os.path.lexists(target + "-wal"):
        raise LibraryBusy(f"another program wrote to {target} meanwhile", "close it, and run this again")


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """Hold the database at `path`, if there is one, with nothing left in its log. Raises LibraryBusy.

    To leave WAL takes all locks, writes the log into the file and removes it (sqlite.org/wal.html, "Persistence").
    """
    if not _head(path).startswith(MAGIC):
        yield
        return
    with closing(_connect(path, "mode=rw", ALONE_MS)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            told = explain(error, path)
            if isinstance(told, LibraryBusy):
                raise LibraryBusy(f"another program has {path} open", "close it, or choose another name") from error
            if not isinstance(told, CorruptLibrary):  # a damaged one has nothing to write down; its log is set aside
                raise told from error
        if os.name == "nt":  # there, a file that is open cannot be replaced
            connection.close()
        yield


def _head(path: str) -> bytes:
    """The first 100 bytes of a file, where SQLite's header is; b"" where there is no file or it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b""
        with open(path, "rb") as file:
            return file.read(100)
    except (OSError, ValueError):
        return b""


def _application(path: str) -> int | None:
    """The application id of a SQLite database, None where there is none."""
    head = _head(path)
    return int.from_bytes(head[68:72], "big") if head.startswith(MAGIC) else None


def _made_by_us(path: str) -> bool:
    """Not a link or a folder, and not the database of another program (an unfinished one has no id yet)."""
    return stat.S_ISREG(os.lstat(path).st_mode) and _application(path) in {None, 0, APPLICATION_ID}


def _machine() -> str:
    """What tells this machine, or container, from others that may share a folder: 8 hexadecimal digits."""
    from platform import node
    from zlib import crc32

    return f"{crc32(os.fsencode(node())):08x}"


def _alive(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


@contextmanager
def _told(path: str) -> Iterator[None]:
    """The system's errors come out as ours; a closed pipe goes on, whoever closed it has what they wanted."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(f"no room left for {path}", "free some space, run again") from error
        raise ReadOnlyLibrary(f"{path} cannot be written: {error.strerror}", "choose another path") from error
