"""Our own exports back to records: jsonl, json, csv and tsv, plain or gzip; and tables that a person made.

The kind is told from the content. Keys that are not known are passed over; what cannot be a record is a Failure with
its line and what is wrong with it, and reading goes on. Memory is constant; a record may have 32 MB.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from typing import Any

from ketlit.record import Trial
from ketlit.sources import bounds
from ketlit.sources.detect import beginning, begun, kind
from ketlit.sources.entire import record_of, trial_of
from ketlit.sources.items import BROKEN_IN_A_ROW, BadRecord, Failure, Item, Parsed
from ketlit.sources.lines import Lines
from ketlit.sources.objects import objects, parse
from ketlit.sources.tables import Table, heading, rows
from ketlit.sources.unpacking import CUT_SHORT, Damaged, FileReading, Source, Unpacking

Found = tuple[str, Any]  # a place in the file, and an object or the BadRecord that stands there


class Reading(FileReading[Item]):
    """The items of a file, in order. `consumed` of `size` bytes of the file are read.

    `trials`: what the studies read so far say of the trials they report, by name. A file that is damaged or cut short
    ends with a Failure that is `cut_short`; all items before it are whole.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.trials: dict[str, Trial] = {}

    def _items(self, unpacked: Unpacking) -> Iterator[Item]:
        place, broken = "", 0
        try:
            for place, given in _objects(unpacked):
                try:
                    yield Parsed(self._record(given), place)
                    broken = 0
                except BadRecord as error:
                    yield Failure(place, str(error))
                    broken += 1
                    if broken >= BROKEN_IN_A_ROW:
                        raise Damaged(f"{broken} broken records in a row") from error
        except Damaged as error:
            yield Failure(f"after {place}" if place else "", str(error), cut_short=True)

    def _record(self, given: Any) -> Any:
        if isinstance(given, BadRecord):
            raise given
        found = record_of(given)
        bounds.check(found)
        trial = trial_of(given)
        if trial:
            self.trials.setdefault(trial.name, trial)
        return found


def read(source: Source) -> Reading:
    """The records and failures of one of our exports, or of a table of studies, of any size.

    Raises OSError if the file cannot be opened or read; all else is in the items.
    """
    return Reading(source)


def _objects(unpacked: Iterable[bytes]) -> Iterator[Found]:
    """The objects in the bytes. Raises Damaged."""
    head, pieces = begun(unpacked)
    text = beginning(head)
    readers = {"export-jsonl": _jsonl, "export-json": _json}
    what = kind(head)
    if what in readers:
        return readers[what](pieces)
    if what in ("export-csv", "export-tsv"):
        return _table(pieces, heading(text)[1])
    raise Damaged(f"no studies in it that ketlit can read; it begins with {text[:60]!r}")


def _jsonl(pieces: Iterator[bytes]) -> Iterator[Found]:
    lines = Lines(pieces)
    while True:
        lines.begin()
        try:
            line = next(lines)
            if not line.isspace():
                found = parse(line)
                lines.kept()
                yield f"line {lines.number}", found
        except StopIteration:
            return
        except BadRecord as error:
            if not lines.whole:
                raise Damaged(CUT_SHORT) from error
            yield f"line {lines.number}", error


def _json(pieces: Iterator[bytes]) -> Iterator[Found]:
    for number, found in enumerate(objects(_decoded(pieces)), 1):
        yield f"record {number}", found


def _decoded(pieces: Iterator[bytes]) -> Iterator[str]:
    decoder = getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Damaged("the file is not UTF-8 any more: it is cut short, or another encoding") from error


def _table(pieces: Iterator[bytes], mark: str) -> Iterator[Found]:
    lines = Lines(pieces)
    table: Table | None = None
    for place, row in rows(lines, mark):
        try:
            if isinstance(row, BadRecord):
                raise row
            if table is None:
                table = Table(row, mark)
            else:
                yield place, table.object(row)
        except BadRecord as error:
            if table is None:
                raise Damaged(f"its first line cannot be read: {error}") from error
            if table.whole and not lines.whole:
                raise Damaged(CUT_SHORT) from error
            yield place, error
