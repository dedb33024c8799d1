"""The curated facts: data/seed_studies.yaml and data/claims.yaml -> trials, records, claims, all checked.

Read with safe_load's meaning of a plain word (null, true, numbers, text), but from the parser's events, so that
each value keeps its line and nothing is built for a file that is refused: one with anchors, aliases, tags, a
second document, a key twice, more than `MAX_DEPTH` levels or `MAX_BYTES`. Both files take 0.15 s with libyaml.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from ketlit.errors import SeedError
from ketlit.record import Claim, Record, Trial
from ketlit.sources.entries import Entry, Items, Problems, Terms, refuse
from ketlit.sources.seed_entries import claims_of, studies_of, trials_of
from ketlit.sources.seed_rules import check_claims, check_studies

MAX_BYTES = 8_000_000  # ten times the curated studies
MAX_DEPTH = 12  # the deepest curated value lies 6 deep
# libyaml reads seven times faster than the pure parser; PyYAML is built without it on some machines
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Seed:
    """All curated facts."""

    trials: list[Trial] = field(default_factory=list)
    studies: list[Record] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


def load_seed(studies: Path, claims: Path, terms: Terms | None) -> Seed:
    """Both curated files, checked against the closed lists, the terms of each axis and each other.

    `terms`: the ids of the taxonomy for each axis; None leaves terms unchecked. Raises SeedError, which names
    file, line and the nearest valid value of every problem.
    """
    in_studies, in_claims = Problems(studies.name), Problems(claims.name)
    document = read(studies)
    seed = Seed(trials=trials_of(document, in_studies))
    seed.studies = studies_of(document, in_studies, seed.trials, terms)
    check_studies(seed.studies, seed.trials, in_studies)
    seed.claims = claims_of(read(claims), in_claims, terms)
    check_claims(seed.claims, {study.key for study in seed.studies}, in_claims)
    refuse(in_studies, in_claims)
    return seed


def load_studies(path: Path, terms: Terms | None = None) -> list[Record]:
    """The curated studies alone; raises SeedError."""
    problems = Problems(path.name)
    document = read(path)
    trials = trials_of(document, problems)
    studies = studies_of(document, problems, trials, terms)
    check_studies(studies, trials, problems)
    refuse(problems)
    return studies


def load_trials(path: Path) -> list[Trial]:
    """The trials that several studies may share; raises SeedError."""
    problems = Problems(path.name)
    trials = trials_of(read(path), problems)
    refuse(problems)
    return trials


def load_claims(path: Path, keys: Collection[str] | None = None, terms: Terms | None = None) -> list[Claim]:
    """The claims alone, of any article; their studies are checked against `keys`, if given. Raises SeedError."""
    problems = Problems(path.name)
    claims = claims_of(read(path), problems, terms)
    if keys is not None:
        check_claims(claims, keys, problems)
    refuse(problems)
    return claims


def read(path: Path) -> Entry:
    """A curated file as entries that know their lines; raises SeedError for what is no mapping of plain values."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SeedError(f"{path.name}: {size:,} bytes; a curated file has at most {MAX_BYTES:,}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SeedError(f"{path.name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SeedError(f"{path.name}: not UTF-8: {error.reason} at byte {error.start}") from error
    try:
        found = _Reader(text, path.name).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SeedError(f"{path.name}:{line}: not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:  # a control character: libyaml says no line
        raise SeedError(f"{path.name}: not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(found, Entry):
        raise SeedError(f"{path.name}:1: a mapping is expected, not {type(found).__name__.lower()}")
    return found


class _Plain(SafeConstructor, Resolver):
    """What an unquoted word means: null, true, 12, 1.5, else text."""

    def __init__(self) -> None:
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self._known: dict[str, Any] = {}

    def value(self, word: str) -> Any:
        if word not in self._known:
            tag = self.resolve(ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]
            self._known[word] = self.construct_object(ScalarNode(tag, word), deep=True)
        return self._known[word]


class _Reader:
    """Builds entries from the events of one document."""

    def __init__(self, text: str, file: str) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._file = file
        self._plain = _Plain()

    def document(self) -> Any:
        next(self._events)  # the start of the stream
        start = next(self._events)
        if not isinstance(start, DocumentStartEvent):
            return None
        value = self._value(next(self._events), 1)
        next(self._events)  # the end of the document
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            raise self._refused(after, "a second document")
        return value

    def _refused(self, event: Event, what: str) -> SeedError:
        return SeedError(f"{self._file}:{_line(event)}: {what} is not accepted in a curated file")

    def _value(self, event: Event, depth: int) -> Any:
        if isinstance(event, AliasEvent):
            raise self._refused(event, f"the alias '*{event.anchor}'")
        if not isinstance(event, ScalarEvent | CollectionStartEvent):  # a stream that ends here: libyaml says so before
            raise self._refused(event, "an end without a value")
        if event.anchor is not None:
            raise self._refused(event, f"the anchor '&{event.anchor}'")
        if event.tag is not None:
            raise self._refused(event, f"the tag '{event.tag}'")
        if depth > MAX_DEPTH:
            raise self._refused(event, f"a depth of more than {MAX_DEPTH}")
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        return self._items(depth) if isinstance(event, SequenceStartEvent) else self._entry(event, depth)

    def _scalar(self, event: ScalarEvent) -> Any:
        if not event.implicit[0]:  # quoted, or a block
            return event.value
        try:
            return self._plain.value(event.value)
        except (ValueError, yaml.YAMLError) as error:  # 2025-13-45, a date by its form only; << and =
            raise self._refused(event, f"'{event.value}' without quotes") from error

    def _items(self, depth: int) -> Items:
        items = Items()
        while isinstance(event := next(self._events), NodeEvent):
            items.lines.append(_line(event))
            items.append(self._value(event, depth + 1))
        return items

    def _entry(self, start: Event, depth: int) -> Entry:
        entry = Entry(_line(start))
        while isinstance(event := next(self._events), NodeEvent):
            if not isinstance(event, ScalarEvent) or not isinstance(key := self._value(event, depth), str):
                raise self._refused(event, "a key that is no plain word")
            if key in entry:
                raise self._refused(event, f"the key '{key}' a second time")
            entry.lines[key] = _line(event)
            entry[key] = self._value(next(self._events), depth + 1)
        return entry


def _line(event: Event) -> int:
    """The line of an event, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1
