"""One sync a library at a time, one new file a folder at a time: locks that end with their process, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from ketlit.errors import LibraryBusy, LibraryError, ReadOnlyLibrary


@contextmanager
def sole(path: str, what: str) -> Iterator[None]:
    """Hold the lock beside the library at `path`; `what` is told to whoever comes second.

    Raises LibraryBusy, naming the first, ReadOnlyLibrary where the lock file cannot be made, LibraryError where the
    file system has no locks. The file stays, empty: who removed it might remove another's lock.
    """
    name = f"{os.path.realpath(path)}.sync"  # a library may be named by several links
    try:
        file = os.fdopen(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    except OSError as error:
        raise ReadOnlyLibrary(f"{name} cannot be written: {error.strerror}", "check the library's folder") from error
    with file:
        try:
            ours = _locked(file)
        except OSError as error:
            raise LibraryError(
                f"{name} cannot be locked: {error.strerror}", "keep the library on a local disk"
            ) from error
        if not ours:
            first = file.read(200).strip() or "another process"
            raise LibraryBusy(f"a sync of this library is at work: {first}", "wait for it to finish, run again")
        file.truncate(0)
        file.write(what)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def placing(path: str) -> Iterator[None]:
        """Nothing: here a folder cannot be locked."""
        yield

    def _locked(file: IO[str]) -> bool:
        """Whether the lock is ours now. A byte far behind the text, which others may then still read."""
        file.seek(1 << 20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

else:
    import fcntl

    @contextmanager
    def placing(path: str) -> Iterator[None]:
        """Alone among ketlit's processes in putting a file into the folder of `path`; leaves nothing there."""
        with ExitStack() as held:
            # a folder that may not be listed, or a network file system that locks none: then it is as without
            with suppress(OSError):
                folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
                held.callback(os.close, folder)
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield

    def _locked(file: IO[str]) -> bool:
        """Whether the lock is ours now."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
