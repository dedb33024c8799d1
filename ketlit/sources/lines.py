"""The lines of a stream of bytes, as text: constant memory, however long a line is and whatever bytes are in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from ketlit.sources.items import BadRecord

LARGEST: Final = 32 << 20  # bytes of one record: 5 MB of abstract and 3,000 authors, twice quoted, are a third of it


class Lines:
    """Iterates over lines, each with its line feed. One that cannot be had raises BadRecord; the next one may follow.

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

    def begin(self) -> None:
        """A record begins with the next line: what is given until the next call may not be larger than `LARGEST`."""
        self._given = 0

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
        else:
            self._held.append(data)

    def _close(self, end: bytes) -> None:
        self._ready.append(None if self._size > LARGEST else b"".join(self._held) + end)
        self._held.clear()
        self._size = 0

    def _text(self, line: bytes | None) -> str:
        self.number += 1
        self._given += len(line or b"")
        if line is None or self._given > LARGEST:
            raise BadRecord(f"it is larger than {LARGEST >> 20} MB")
        try:
            text = line.decode(errors=self._errors)
        except UnicodeDecodeError as error:
            raise BadRecord("it is not UTF-8: save the file as UTF-8") from error
        return text.removeprefix("\ufeff") if self.number == 1 else text
