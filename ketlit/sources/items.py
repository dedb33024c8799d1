"""What a reader of a file yields: records, deletions, notices, and what could not be read, each with its place."""

from __future__ import annotations

from typing import Final, NamedTuple

from ketlit.record import Record, Relation

BROKEN_IN_A_ROW: Final = 1000  # so many, and it is the file that is damaged


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


class Notice(NamedTuple):
    """What a register of retractions tells of one paper, which has the PMID, or the DOI in lower case, or both.

    `relation` is that of the paper to the notice; None where `nature`, as printed, is none that ketlit knows.
    """

    pmid: int | None
    doi: str
    title: str
    nature: str
    relation: Relation | None
    place: str


class Failure(NamedTuple):
    """What could not be read, and why. `cut_short`: nothing after it was read; the file is damaged or not whole."""

    place: str
    reason: str
    cut_short: bool = False


Item = Parsed | Deleted | Failure
