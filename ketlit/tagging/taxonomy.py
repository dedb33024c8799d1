"""The taxonomy: the terms of every axis with their names and rules, read from YAML and checked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ketlit import resources
from ketlit.errors import SeedError
from ketlit.tagging.patterns import spellings
from ketlit.vocabulary import Axis

_UI = re.compile(r"[CD]\d{6,9}")
_QUALIFIER = re.compile(r"Q\d{6}")
_TREE = re.compile(r"[A-Z]\d\d(?:\.\d{3})*")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KINDS = ("descriptor", "publication-type", "supplementary")
_WHEN = ("always", "context", "defined")


@dataclass(frozen=True, slots=True)
class Mesh:
    """A MeSH heading that gives a term: matched by `ui`, and by `name` where `ui` is "" or not verified."""

    name: str
    ui: str = ""
    kind: str = "descriptor"
    trees: tuple[str, ...] = ()
    explode: bool = True
    verified: bool = True
    narrower: bool = False


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A MeSH qualifier that gives a term where it stands on one of the descriptors `on` (empty: on any)."""

    ui: str
    name: str
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression for what plain words cannot say; `words` are what a search uses in its place.

    `signs`: characters that tell it from a plain word, one of which is in every match.
    """

    regex: str
    words: tuple[str, ...] = ()
    bare: bool = False
    case: bool = False
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form. `when`: "always"; "context": defined, or `requires_any` in the text; "defined": only then."""

    text: str
    when: str = "context"
    regex: str = ""
    requires_any: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    not_in_capitals: bool = False
    confused_with: tuple[str, ...] = ()

    @property
    def ambiguous(self) -> bool:
        """Whether the short form alone does not say what it means."""
        return self.when != "always"


@dataclass(frozen=True, slots=True)
class Name:
    """A plain name of a term, for searching: `kind` is id, label, synonym or abbreviation."""

    text: str
    kind: str
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the taxonomy. `position` counts within its axis; `prints_as` is "" where it prints as itself."""

    axis: Axis
    id: str
    label: str
    position: int = 0
    parents: tuple[str, ...] = ()
    prints_as: str = ""
    flag: bool = False
    grouping: bool = False
    catch_all: bool = False  # gathers unlike things: a search for a word that names it is not widened to all of it
    rank: int | None = None
    synonyms: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    negatives: tuple[str, ...] = ()
    requires_context: tuple[str, ...] = ()
    text_fields: tuple[str, ...] = ()
    implies: tuple[tuple[Axis, str], ...] = ()
    mesh: tuple[Mesh, ...] = ()
    mesh_only_supports: bool = False
    mesh_unless: tuple[str, ...] = ()
    qualifier: Qualifier | None = None
    outcome: str = ""
    range: tuple[float | None, float | None] | None = None
    higher_is: str = ""
    core_sets: tuple[str, ...] = ()
    oxford2011_start: str = ""
    note: str = ""
    printed: str = field(init=False)  # the id that is shown and filtered; stored, as the rules ask for it often

    def __post_init__(self) -> None:
        object.__setattr__(self, "printed", self.prints_as or self.id)


@dataclass(slots=True)
class Taxonomy:
    """All terms, in the order of the file. Terms are looked up by (axis, id)."""

    terms: list[Term]
    tests: list[dict[str, Any]] = field(default_factory=list)
    dose_patterns: list[dict[str, str]] = field(default_factory=list)
    core_outcome_sets: list[dict[str, Any]] = field(default_factory=list)
    _by_id: dict[tuple[Axis, str], Term] = field(default_factory=dict, repr=False)
    _above: dict[tuple[Axis, str], frozenset[str]] = field(default_factory=dict, repr=False)
    # the axis and the id that is shown, by axis and id
    printed_as: dict[tuple[Axis, str], tuple[Axis, str]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._by_id = {(term.axis, term.id): term for term in self.terms}
        self.printed_as = {key: (term.axis, term.printed) for key, term in self._by_id.items()}

    def get(self, axis: Axis, term: str) -> Term | None:
        """The term, or None if the axis has none of that id."""
        return self._by_id.get((axis, term))

    def ids(self, axis: Axis) -> set[str]:
        """All ids of an axis, those that print as another one included."""
        return {term.id for term in self.terms if term.axis == axis}

    def printed(self, axis: Axis, term: str) -> str:
        """The id that is shown in place of `term`; an unknown id is shown as it is."""
        found = self.printed_as.get((axis, term))
        return found[1] if found else term

    def ancestors(self, axis: Axis, term: str) -> frozenset[str]:
        """All ids above a term, itself not included; what it prints as is above it."""
        found = self._above.get((axis, term))
        if found is None:
            entry = self.get(axis, term)
            direct = {*entry.parents, *([entry.prints_as] if entry.prints_as else [])} if entry else set()
            found = frozenset(direct.union(*(self.ancestors(axis, parent) for parent in direct)))
            self._above[axis, term] = found
        return found

    def most_specific(self, axis: Axis, terms: Iterable[str]) -> list[str]:
        """The terms that no other of them lies below, in the taxonomy's order."""
        given = set(terms)
        general = {up for term in given for up in self.ancestors(axis, term)}
        last = len(self.terms)
        return sorted(
            given - general, key=lambda one: (entry.position if (entry := self.get(axis, one)) else last, one)
        )

    def names(self, term: Term) -> list[Name]:
        """All names a person may type for a term: id, label, plain synonyms and short forms, each once."""
        names: dict[str, Name] = {}
        for name in (Name(term.id, "id"), Name(term.label, "label"), *self.synonyms_for_search(term)):
            names.setdefault(name.text.casefold(), name)
        return list(names.values())

    def synonyms_for_search(self, term: Term) -> list[Name]:
        """The plain phrases that a full-text search may use for a term, both spellings; no regular expressions.

        A short form that says nothing without its definition ("FM") is `ambiguous`.
        """
        words = [*term.synonyms, *(word for pattern in term.patterns for word in pattern.words)]
        found = {each.casefold(): Name(each, "synonym") for word in words for each in spellings(word)}
        found |= {
            each.text.casefold(): Name(each.text, "abbreviation", each.ambiguous)
            for each in term.abbreviations
            if not each.ambiguous or each.text.casefold() not in found
        }
        return list(found.values())

    def by_heading(self, tree_numbers: Mapping[str, Collection[str]] | None = None) -> Headings:
        """The terms by MeSH heading. `tree_numbers` (of descriptors by ui) explode descriptors where they are known."""
        return Headings(self, tree_numbers or {})

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Every regular expression that is written out in the file, with where it stands."""
        for term in self.terms:
            written = [pattern.regex for pattern in term.patterns]
            written += [*term.negatives, *term.requires_context]
            for short in term.abbreviations:
                written += [*([short.regex] if short.regex else []), *short.requires_any, *short.forbids]
            yield from ((f"{term.axis}:{term.id}", each) for each in written)
        yield from ((f"dose pattern {each['id']}", each["regex"]) for each in self.dose_patterns)


class Headings:
    """Which terms a MeSH heading gives."""

    def __init__(self, taxonomy: Taxonomy, tree_numbers: Mapping[str, Collection[str]]) -> None:
        self._by_ui: dict[str, list[Term]] = {}
        self._by_name: dict[str, list[Term]] = {}
        self._trees: list[tuple[str, Term]] = []
        self._numbers = tree_numbers
        self.qualified: list[tuple[Qualifier, Term]] = []
        for term in taxonomy.terms:
            for heading in term.mesh:
                if heading.ui:
                    self._by_ui.setdefault(heading.ui, []).append(term)
                if not heading.ui or not heading.verified:
                    self._by_name.setdefault(heading.name.casefold(), []).append(term)
                if heading.explode:
                    self._trees += [(tree + ".", term) for tree in heading.trees]
            if term.qualifier:
                self.qualified.append((term.qualifier, term))

    def terms(self, ui: str, name: str) -> list[Term]:
        """The terms of a heading, by its ui, by its name where ours is unverified, or by a place below ours."""
        found = [*self._by_ui.get(ui, ()), *self._by_name.get(name.casefold(), ())]
        if ui in self._numbers:
            numbers = self._numbers[ui]
            found += [term for tree, term in self._trees if any(number.startswith(tree) for number in numbers)]
        return list({(term.axis, term.id): term for term in found}.values())


def load(path: Path | None = None) -> Taxonomy:
    """Read and check a taxonomy (the one that ships with ketlit, if none is named). Raises SeedError, a line a problem.

    The C loader reads 150 kB in 35 ms; regular expressions are compiled when they are first used.
    """
    path = path or resources.TAXONOMY
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SeedError(f"{path.name}: {' '.join(str(error).split())}") from error
    reading = _Reading(path.name, text)
    taxonomy = reading.taxonomy(data)
    if not reading.problems:
        reading.check(taxonomy)
    if reading.problems:
        raise SeedError("\n".join(reading.problems), "Mend the taxonomy, or install ketlit again.")
    return taxonomy


class _Reading:
    """One reading of a file: what is wrong with it, and on which line."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.problems: list[str] = []

    def say(self, axis: str, term: str, problem: str) -> None:
        line = self._line(axis, term)
        self.problems.append(f"{self.name}:{line}: {axis}{':' if term else ''}{term}: {problem}")

    def _line(self, axis: str, term: str) -> int:
        """The line on which a term begins; only looked for when there is something to say."""
        begins = re.search(rf"^- id: {re.escape(axis)}$", self.text, re.MULTILINE)
        start = begins.start() if begins else 0
        found = re.compile(rf"^ +- id: '?{re.escape(term)}'?$", re.MULTILINE).search(self.text, start) if term else None
        return self.text.count("\n", 0, found.start() if found else start) + 1

    def taxonomy(self, data: Any) -> Taxonomy:
        terms: list[Term] = []
        if not isinstance(data, dict) or not isinstance(data.get("axes"), list):
            self.problems.append(f"{self.name}:1: no axes")
            return Taxonomy([])
        for entry in data["axes"]:
            name = str(entry.get("id")) if isinstance(entry, dict) else str(entry)
            if name not in [*Axis]:
                self.say(name, "", f"no such axis{_nearest(name, [*Axis])}")
            elif not isinstance(entry.get("terms"), list):
                self.say(name, "", "no terms")
            else:
                terms += self._terms(Axis(name), entry["terms"])
        return Taxonomy(
            terms, data.get("tests") or [], data.get("dose_patterns") or [], data.get("core_outcome_sets") or []
        )

    def _terms(self, axis: Axis, entries: list[Any]) -> Iterator[Term]:
        for position, entry in enumerate(entries):
            try:
                yield _term(axis, position, dict(entry))
            except (TypeError, ValueError, KeyError, AttributeError) as error:
                named = str(entry.get("id", "")) if isinstance(entry, dict) else ""
                self.say(axis, named, f"entry {position + 1} cannot be read: {error}")

    def check(self, taxonomy: Taxonomy) -> None:
        seen: set[tuple[Axis, str]] = set()
        for term in taxonomy.terms:
            if (term.axis, term.id) in seen:
                self.say(term.axis, term.id, "twice on its axis")
            seen.add((term.axis, term.id))
            for problem in _problems(term, taxonomy):
                self.say(term.axis, term.id, problem)
        for number, test in enumerate(taxonomy.tests, 1):
            for named in [*test.get("expect", []), *test.get("reject", [])]:
                axis, _, one = str(named).partition(":")
                if axis not in [*Axis] or not taxonomy.get(Axis(axis), one):
                    self.problems.append(f"{self.name}: test {number}: no such term: {named}")


def _problems(term: Term, taxonomy: Taxonomy) -> Iterator[str]:
    """What is wrong with a term, seen among all others."""
    ids = sorted(taxonomy.ids(term.axis))
    if not _ID.fullmatch(term.id):
        yield "an id is lower-case words joined by hyphens"
    for what, named in (*(("parent", each) for each in term.parents), ("prints_as", term.prints_as)):
        if named and named not in ids:
            yield f"no such {what}: {named}{_nearest(named, ids)}"
    shown = taxonomy.get(term.axis, term.prints_as)
    if shown and shown.prints_as:
        yield f"prints as {shown.id}, which itself prints as {shown.prints_as}"
    if _lies_below_itself(term, taxonomy):
        yield "lies below itself"
    for axis, named in term.implies:
        if not taxonomy.get(axis, named):
            yield f"implies no such term: {axis}:{named}{_nearest(named, sorted(taxonomy.ids(axis)))}"
    if term.outcome and not taxonomy.get(Axis.OUTCOME, term.outcome):
        yield f"no such outcome: {term.outcome}{_nearest(term.outcome, sorted(taxonomy.ids(Axis.OUTCOME)))}"
    for heading in term.mesh:
        if heading.kind not in _KINDS or (heading.ui and not _UI.fullmatch(heading.ui)):
            yield f"not a MeSH {heading.kind}: {heading.ui}{_nearest(heading.kind, _KINDS)}"
        yield from (f"not a tree number: {tree}" for tree in heading.trees if not _TREE.fullmatch(tree))
    if term.qualifier and not _QUALIFIER.fullmatch(term.qualifier.ui):
        yield f"not a MeSH qualifier: {term.qualifier.ui}"
    yield from (f"{each.text}: no such when: {each.when}" for each in term.abbreviations if each.when not in _WHEN)


def _lies_below_itself(term: Term, taxonomy: Taxonomy) -> bool:
    seen: set[str] = set()
    waiting = [*term.parents, term.prints_as]
    while waiting:
        one = waiting.pop()
        if one == term.id:
            return True
        entry = taxonomy.get(term.axis, one)
        if entry and one not in seen:
            seen.add(one)
            waiting += [*entry.parents, entry.prints_as]
    return False


def _nearest(word: str, choices: Collection[str]) -> str:
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    return f" (did you mean {near[0]}?)" if near else ""


def _term(axis: Axis, position: int, entry: dict[str, Any]) -> Term:
    """A term as the file has it. Raises TypeError, ValueError or KeyError for what does not fit."""
    made: dict[str, Any] = {"mesh": Mesh, "patterns": Pattern, "abbreviations": Abbreviation}
    values: dict[str, Any] = {}
    for key, value in entry.items():
        if key in made:
            values[key] = tuple(made[key](**_frozen(each)) for each in value)
        elif key == "implies":
            values[key] = tuple((Axis(axis), named) for axis, _, named in (each.partition(":") for each in value))
        elif key == "qualifier":
            values[key] = Qualifier(**_frozen(value))
        else:
            values[key] = str(value) if key == "oxford2011_start" else value
    if not isinstance(values.get("id"), str) or not isinstance(values.get("label"), str):
        raise ValueError("an id and a label are needed")
    if not isinstance(values.get("catch_all", False), bool):
        raise ValueError(f"catch_all is true or false, not {values['catch_all']!r}")
    return Term(axis=axis, position=position, **_frozen(values))


def _frozen(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
