"""The lines of a stream of bytes, as text: constant memory, however long a line is and whatever bytes are in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from ketlit.sources.items import BadRecord
from ketlit.sources.unpacking import Damaged

LARGEST: Final = 32 << 20  # bytes of one record: 5 MB of abstract and 3,000 authors, twice quoted, are a third of it


# So much may pass without a record before the file is given up: packed, a thousandth of it is as much.
_PATIENCE: Final = 2 * LARGEST
_MOST_LINES: Final = 1_000_000  # a record has few; blank ones cost more time than bytes


class Lines:
    """Iterates over lines, each with its line feed. One that cannot be had raises BadRecord; the next one may follow.
    Raises Damaged where too much passes without a record, as its reader calls `kept` with each.

    `number` is that of the line given last. `whole`: it had a line feed. `errors`: what becomes of bytes that are not
    UTF-8, as `bytes.decode` has it.
    """

    def __init__(self, pieces: Iterable[bytes], errors: str = "strict") -> None:
        self.number = 0
        self.whole = True
        self._pieces = iter(pieces)
        self._errors = errors
        self._ready: deque[bytes | None] = deque()
        self._held: list[bytes] = []
        self._size = 0  # bytes of the line that is held, also of what was dropped of it
        self._given = 0
        self._passed = 0  # bytes, and
        self._lines = 0  # lines since the last record

    def begin(self) -> None:
        """A record begins with the next line: what is given until the next call may not be larger than `LARGEST`."""
        self._given = 0

    def kept(self) -> None:
        """A record ends with the line given last."""
        self._passed = self._lines = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                if not self._size:
                    raise StopIteration
                self.whole = False
                self._close(b"")
                break
            first, *others = piece.split(b"\n")
            self._hold(first)
            if others:
                self._close(b"\n")
                self._ready.extend(line + b"\n" for line in others[:-1])
                self._hold(others[-1])
        return self._text(self._ready.popleft())

    def _hold(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > LARGEST:
            self._held.clear()
            if self._size > _PATIENCE:
                raise Damaged(f"a line is larger than {_PATIENCE >> 20} MB")
        else:
            self._held.append(data)

    def _close(self, end: bytes) -> None:
        self._ready.append(None if self._size > LARGEST else b"".join(self._held) + end)
        self._held.clear()
        self._size = 0

    def _text(self, line: bytes | None) -> str:
        self.number += 1
        size = LARGEST if line is None else len(line)
        self._given += size
        self._passed += size
        self._lines += 1
        if self._passed > _PATIENCE:
            raise Damaged(f"no whole record in {_PATIENCE >> 20} MB")
        if self._lines > _MOST_LINES:
            raise Damaged(f"no whole record in {_MOST_LINES:,} lines")
        if line is None or self._given > LARGEST:
            raise BadRecord(f"it is larger than {LARGEST >> 20} MB")
        try:
            text = line.decode(errors=self._errors)
        except UnicodeDecodeError as error:
            raise BadRecord("it is not UTF-8: save the file as UTF-8") from error
        return text.removeprefix("\ufeff") if self.number == 1 else text
