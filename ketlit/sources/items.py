"""What a reader of a file yields: records, deletions, and what could not be read, each with its place in the file."""

from __future__ import annotations

from typing import NamedTuple

from ketlit.record import Record


class BadRecord(ValueError):
    """One record cannot be read; the message says what is wrong with it."""


class Parsed(NamedTuple):
    """A record that was read whole. `place` is "record 12", or "line 12" where records are lines."""

    record: Record
    place: str


class Deleted(NamedTuple):
    """A PMID that NLM withdrew."""

    pmid: int
    place: str


class Failure(NamedTuple):
    """What could not be read, and why. `cut_short`: nothing after it was read; the file is damaged or not whole."""

    place: str
    reason: str
    cut_short: bool = False


Item = Parsed | Deleted | Failure
