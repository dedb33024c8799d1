"""How far apart requests to NCBI begin: one pace for all processes of this machine, kept in a small file."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Final

from ketlit.sources.endpoint import Key

# NCBI allows 3 requests a second of one address without a key, 10 with one; these keep a little below.
WITHOUT_KEY: Final = 0.37
WITH_KEY: Final = 0.11
# No wait is longer, so a slot that lies farther off is of another boot, another machine or a clock that jumped.
LONGEST_HOLD: Final = 120.0
_FARTHEST: Final = LONGEST_HOLD + 30


class Pacer:
    """Gives out the times at which requests may begin, `interval` seconds apart. Does not sleep itself.

    `path`: a file that holds the next free slot, shared by all who pace by it; without one, or where it cannot be
    kept, this process alone is paced. `clock`: seconds that all processes count alike and that no setting of the
    wall clock moves; time.monotonic counts from the machine's start on Linux, macOS and Windows.
    """

    def __init__(self, interval: float, path: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.interval = interval
        self._path = path
        self._clock = clock
        self._lock = Lock()
        self._next = -math.inf

    def reserve(self) -> float:
        """Take the next free slot; the seconds until it comes, 0.0 if it is now. Requests may overlap."""
        with self._lock, self._shared() as shared:
            now = self._clock()
            slot = max(now, self._free(shared, now))
            self._store(shared, slot + self.interval)
            return slot - now

    def hold(self, seconds: float) -> None:
        """Nobody begins a request for so many seconds (at most LONGEST_HOLD): the server asked for it."""
        with self._lock, self._shared() as shared:
            now = self._clock()
            self._store(shared, max(self._free(shared, now), now + min(seconds, LONGEST_HOLD)))

    def _free(self, shared: int | None, now: float) -> float:
        """The next free slot as the file and this process know it; one that cannot be is none."""
        known = [self._next]
        if shared is not None:
            os.lseek(shared, 0, os.SEEK_SET)
            with suppress(ValueError):  # empty, or someone else's
                known.append(float(os.read(shared, 64)))
        return max((slot for slot in known if slot <= now + _FARTHEST), default=-math.inf)

    def _store(self, shared: int | None, slot: float) -> None:
        self._next = slot
        if shared is not None:
            os.lseek(shared, 0, os.SEEK_SET)
            os.write(shared, f"{slot:<24.6f}\n".encode("ascii"))

    @contextmanager
    def _shared(self) -> Iterator[int | None]:
        """The file, locked for the few microseconds that a slot takes; None where there is none to share."""
        descriptor = self._opened()
        if descriptor is None:
            yield None
            return
        try:
            yield descriptor
        finally:
            os.close(descriptor)  # lets the lock go too

    def _opened(self) -> int | None:
        if self._path is None:
            return None
        descriptor = None
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            _lock(descriptor)
        except OSError:  # a read-only home, or a file system without locks: this process still keeps the pace
            if descriptor is not None:
                os.close(descriptor)
            self._path = None
            return None
        return descriptor


def shared_pacer(key: Key | None, clock: Callable[[], float] = time.monotonic) -> Pacer:
    """The pacer that all processes of this user on this machine share."""
    from platformdirs import PlatformDirs

    interval = WITHOUT_KEY if key is None else WITH_KEY
    try:
        folder = PlatformDirs("ketlit", appauthor=False).user_state_path
    except RuntimeError:  # there is no home directory
        return Pacer(interval, None, clock)
    return Pacer(interval, str(folder / "next-request"), clock)


def _lock(descriptor: int) -> None:
    """Wait for the file and lock it until it is closed."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
