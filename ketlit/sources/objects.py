"""JSON out of a stream of text, one value at a time: bounded in size, in depth and in the number of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from json import JSONDecodeError, JSONDecoder
from json import dumps as _dumps
from typing import Any, Final

from ketlit.sources.items import BROKEN_IN_A_ROW, BadRecord
from ketlit.sources.lines import LARGEST
from ketlit.sources.unpacking import Damaged

# A study with 3,000 authors has 50,000 parts; one may take 232 bytes as an object, for the 5 that it has as text.
MOST_PARTS: Final = 300_000
_DECODER: Final = JSONDecoder()
_INK: Final = re.compile(r"[^ \t\r\n\ufeff]")
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
# a text that is not yet whole goes to the end: to look for its parts in vain would take quadratic time
_PART: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_LONGEST_TOKEN: Final = 64  # characters: an error so near to the end may only be the end


def parse(text: str) -> Any:
    """The one value in a text. Raises BadRecord for what is none, or could not be kept."""
    if _dense(text, 0) and _too_many(text, 0):
        raise BadRecord("it has too many parts")
    try:
        found, end = _DECODER.raw_decode(text, _start(text, 0))
    except RecursionError as error:
        raise BadRecord("it is nested too deeply") from error
    except JSONDecodeError as error:
        raise BadRecord(f"it is not JSON: {error.msg} at character {error.pos + 1}") from error
    except ValueError as error:  # a number of more than 4,300 digits
        raise BadRecord("it holds a number that is too long") from error
    if _start(text, end) < len(text):
        raise BadRecord(f"it is not JSON: more follows its end at character {end + 1}")
    _check(text, 0, len(text), found)
    return found


def objects(pieces: Iterable[str]) -> Iterator[Any]:
    """The values of a list, or those that follow each other without one; BadRecord in place of one that cannot be kept.

    Raises Damaged where the text is no more JSON, or ends too early: what came before is whole.
    """
    stream = _Stream(pieces)
    listed = stream.peek() == "["
    stream.at += listed
    idle = 0
    while mark := stream.peek():
        if listed and mark == "]":
            stream.at += 1
            if stream.peek():
                raise Damaged("something stands after the end of the list")
            return
        if listed and mark == ",":
            stream.at += 1
            idle += 1
            if idle > BROKEN_IN_A_ROW:
                raise Damaged(f"no record between {idle} commas")
        else:
            yield stream.value()
            idle = 0
    if listed:
        raise Damaged("the file ends without the ] of its list: it is cut short")


class _Stream:
    """Text that is held as far as it is needed; `at` is where reading goes on."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self.at = 0
        self._pieces = iter(pieces)
        self._held = ""
        self._ended = False
        self._is_dense: bool | None = None  # what is held; None where it was not looked at

    def peek(self) -> str:
        """The next character that is no blank, "" at the end."""
        passed = 0
        while True:
            before = self.at
            self.at = _start(self._held, before)
            if self.at < len(self._held):
                return self._held[self.at]
            passed += self.at - before
            if passed > LARGEST:
                raise Damaged(f"no record in {LARGEST >> 20} MB")
            if not self._more():
                return ""

    def value(self) -> Any:
        """The value that begins here. One that needs more text is tried again when there is twice as much."""
        tried = 0
        while True:
            size = len(self._held) - self.at
            if size > LARGEST:
                raise Damaged(f"a record is larger than {LARGEST >> 20} MB")
            if size >= 2 * tried or self._ended:
                if self._is_dense is None:
                    self._is_dense = _dense(self._held, self.at)
                if self._is_dense and _too_many(self._held, self.at):
                    raise Damaged("a record has too many parts")
                try:
                    found, end = _DECODER.raw_decode(self._held, self.at)
                except JSONDecodeError as error:
                    self._give_up(error)
                except RecursionError as error:
                    raise Damaged("a record is nested too deeply") from error
                except ValueError as error:
                    raise Damaged("a record holds a number that is too long") from error
                else:
                    start, self.at = self.at, end
                    return self._kept(start, end, found)
                tried = size
            self._more()

    def _kept(self, start: int, end: int, found: Any) -> Any:
        try:
            _check(self._held, start, end, found)
        except BadRecord as error:
            return error
        return found

    def _give_up(self, error: JSONDecodeError) -> None:
        """Raise Damaged unless more text may mend it."""
        broken = "Unterminated" not in error.msg and error.pos + _LONGEST_TOKEN < len(self._held)
        if broken:
            raise Damaged(f"it is not JSON any more: {error.msg}, character {error.pos - self.at + 1} of a record")
        if self._ended:
            raise Damaged("the file ends inside a record: it is cut short, or not JSON")

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            self._ended = True
            return False
        self._held = self._held[self.at :] + piece
        self._is_dense = None
        self.at = 0
        return True


def _dense(text: str, at: int) -> bool:
    """Whether from there on more stands that may be parts, in texts and behind the end too, than one value may have."""
    return len(text) - at > MOST_PARTS and sum(text.count(mark, at) for mark in ",[{") > MOST_PARTS


def _too_many(text: str, at: int) -> bool:
    """Whether the value that begins there has too many parts: texts, lists and objects, empty ones too."""
    depth = parts = 0
    for found in _PART.finditer(text, at):
        mark = found[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
            if depth <= 0:
                return False
            continue
        elif mark != ",":
            continue
        parts += 1
        if parts > MOST_PARTS:
            return True
    return False


def _start(text: str, at: int) -> int:
    """Where blanks end."""
    found = _INK.search(text, at)
    return found.start() if found else len(text)


def _check(text: str, start: int, end: int, found: Any) -> None:
    """Raise BadRecord for half a surrogate pair, which JSON can write and nothing can keep."""
    if _HALF.search(text, start, end):
        try:
            _dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise BadRecord("it holds half a surrogate pair") from error
