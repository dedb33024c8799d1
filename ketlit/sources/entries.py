"""Entries of a curated file: what a line says, where it stands, and what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from ketlit.errors import SeedError
from ketlit.vocabulary import Axis

SHOWN = 20  # problems that one error names; more would scroll the first ones away

Terms = Mapping[Axis, Collection[str]]
Closed = TypeVar("Closed", bound=StrEnum)


class Entry(dict[str, Any]):
    """A mapping of a curated file; `line` is where it starts, `lines` where each of its keys stands."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A list of a curated file, with the line of each of its items."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class Problems:
    """All that is wrong in a file, each with its line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, message: str) -> None:
        self._found.append((line, message))

    def messages(self) -> list[str]:
        """One message a problem, in the order of the file: `seed_studies.yaml:12: ...`."""
        return [f"{self.file}:{line}: {message}" for line, message in sorted(self._found, key=lambda one: one[0])]


def refuse(*several: Problems) -> None:
    """Raise one SeedError that names every problem, if there is any; from the 21st on they are only counted."""
    messages = [message for problems in several for message in problems.messages()]
    if not messages:
        return
    more = len(messages) - SHOWN
    lines = messages[:SHOWN] + ([f"and {more} more"] if more > 0 else [])
    raise SeedError("\n".join(lines), hint="Correct the curated file; nothing was loaded.")


def nearest(word: object, valid: Iterable[str]) -> str:
    """The end of a message: the valid value nearest to `word`, or the whole list where it is short."""
    options = sorted(valid)
    if close := difflib.get_close_matches(str(word), options, n=1):
        return f"; did you mean '{close[0]}'?"
    if len(options) <= 12:
        return f"; valid: {', '.join(options)}" if options else ""
    return f"; the nearest is '{difflib.get_close_matches(str(word), options, n=1, cutoff=0)[0]}'"


class Fields:
    """Reads the typed fields of one entry; what is wrong goes to `problems`, and the default comes back.

    `owner` begins each message (the key of the study). A key that is not among `known` is a problem.
    """

    def __init__(self, entry: Entry, problems: Problems, owner: str, known: Collection[str]) -> None:
        self.entry = entry
        self.problems = problems
        self.owner = owner
        for key in entry:
            if key not in known:
                self.wrong(key, f"unknown key '{key}'{nearest(key, known)}")

    def line(self, key: str) -> int:
        return self.entry.lines.get(key, self.entry.line)

    def wrong(self, key: str, message: str) -> None:
        """Note a problem at the line of `key`."""
        self.problems.add(self.line(key), f"{self.owner}: {message}" if self.owner else message)

    def required(self, *keys: str) -> None:
        for key in keys:
            if self.entry.get(key) in (None, ""):
                self.wrong(key, f"'{key}' is missing")

    def _typed(self, key: str, fits: Callable[[object], bool], kind: str) -> Any:
        value = self.entry.get(key)
        if value is None:
            return None
        if fits(value):
            return value
        self.wrong(key, f"'{key}' is to be {kind}, not {_shown(value)}")
        return None

    def text(self, key: str) -> str:
        value = self._typed(key, lambda value: isinstance(value, str), "text (in quotes where it looks like a number)")
        return value or ""

    def whole(self, key: str) -> int | None:
        value: int | None = self._typed(key, lambda value: type(value) is int, "a whole number")
        return value

    def number(self, key: str) -> float | None:
        # type() and not isinstance: True is an int
        value: float | None = self._typed(key, lambda value: type(value) in (int, float), "a number")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._typed(key, lambda value: isinstance(value, bool), "true or false")
        return default if value is None else value

    def one_of(self, key: str, closed: type[Closed], default: Closed) -> Closed:
        """A value of a closed list of the vocabulary."""
        return self.maybe(key, closed) or default

    def maybe(self, key: str, closed: type[Closed]) -> Closed | None:
        """As `one_of`, but None where the entry has no such key."""
        word = self.text(key)
        if not word:
            return None
        try:
            return closed(word)
        except ValueError:
            self.wrong(key, f"unknown {key} '{word}'{nearest(word, closed)}")
            return None

    def words(self, key: str) -> list[str]:
        """A list of texts."""
        return [item for item, _ in self._items(key, str, "text")]

    def parts(self, key: str) -> list[Entry]:
        """A list of mappings."""
        return [item for item, _ in self._items(key, Entry, "a mapping")]

    def part(self, key: str) -> Entry:
        """A mapping; an empty one where there is none."""
        value = self._typed(key, lambda value: isinstance(value, Entry), "a mapping")
        return value if value is not None else Entry(self.line(key))

    def _items(self, key: str, kind: type, named: str) -> list[tuple[Any, int]]:
        items = self._typed(key, lambda value: isinstance(value, Items), "a list")
        if items is None:
            return []
        for item, line in zip(items, items.lines, strict=True):
            if not isinstance(item, kind):
                self.problems.add(line, f"{self.owner}: each of '{key}' is to be {named}, not {_shown(item)}")
        return [(item, line) for item, line in zip(items, items.lines, strict=True) if isinstance(item, kind)]

    def closed_words(self, key: str, closed: type[StrEnum]) -> list[str]:
        """A list of values of a closed list of the vocabulary."""
        found = self._items(key, str, "text")
        named = key.removesuffix("s").replace("_", " ")
        return [word for word, line in found if self._known(word, line, named, closed)]

    def terms(self, key: str, axis: Axis, terms: Terms | None) -> list[str]:
        """A list of terms of an axis; `terms` None: no taxonomy to check them against."""
        found = self._items(key, str, "text")
        if terms is None:
            return [word for word, _ in found]
        return [word for word, line in found if self._known(word, line, axis.value, terms.get(axis, ()))]

    def term(self, key: str, axis: Axis, terms: Terms | None) -> str:
        """A term of an axis, "" where there is none."""
        word = self.text(key)
        if word and terms is not None:
            self._known(word, self.line(key), axis.value, terms.get(axis, ()))
        return word

    def _known(self, word: str, line: int, named: str, valid: Iterable[str]) -> bool:
        options = list(valid)
        if word in options:
            return True
        self.problems.add(line, f"{self.owner}: unknown {named} '{word}'{nearest(word, options)}")
        return False


def _shown(value: object) -> str:
    """A value as a message prints it: short, and its kind where it has parts."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")
