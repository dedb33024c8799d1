"""Callers of the stand-in whose time is made up: waits are recorded, and pass at once."""

from __future__ import annotations

from threading import Lock
from typing import Any

from ketlit.sources.endpoint import Key, base_from
from ketlit.sources.eutils import Eutils
from ketlit.sources.pace import Pacer
from tests.ncbi import Server


class Time:
    """A clock that only sleeping moves. `slept`: the waits that were asked for, in seconds."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.slept: list[float] = []
        self._lock = Lock()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(round(seconds, 6))
            self.now += seconds


class Caller(Eutils):
    """Asks a stand-in. `said`: its log; `waits`: what it said of waiting; chance is always a half: no jitter."""

    def __init__(self, server: Server, *, key: str | None = None, interval: float = 0.0, **how: Any) -> None:
        self.time = Time()
        self.said: list[str] = []
        self.waits: list[tuple[float, str]] = []
        super().__init__(
            base_from(how.pop("base", server.url)),
            how.pop("email", "someone@example.org"),
            Key(key) if key else None,
            how.pop("pacer", Pacer(interval, None, self.time.clock)),
            **{
                "sleep": self.time.sleep,
                "random": lambda: 0.5,
                "log": self.said.append,
                "on_wait": lambda seconds, why: self.waits.append((seconds, why)),
                **how,
            },
        )
