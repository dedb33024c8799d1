"""Filters as SQL: a WHERE of what was asked for, with `:name` parameters, and how it was understood.

Every value that is typed is resolved first (terms by id, label or synonym; closed lists by their words), or
refused with the nearest valid ones. The tests say the same in Python over whole studies, and hold the two equal.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ketlit.errors import UsageError
from ketlit.store.connect import Rows, plain_rows
from ketlit.store.search_index import Sql, fold
from ketlit.store.terms import Terms, unknown
from ketlit.store.words import Reading, clean, read
from ketlit.views import Filters
from ketlit.vocabulary import Axis, Direction, SearchSort, Source, Status

# the fields of Filters that hold terms, and the axis of each
TERM_FILTERS: Final = {
    "condition": Axis.CONDITION.value,
    "drug": Axis.DRUG.value,
    "route": Axis.ROUTE.value,
    "outcome": Axis.OUTCOME.value,
    "harm": Axis.ADVERSE_EFFECT.value,
    "design": Axis.DESIGN.value,
    "comparator": Axis.COMPARATOR.value,
    "population": Axis.POPULATION.value,
    "context": Axis.CONTEXT.value,
}
CLOSED: Final = {"direction": Direction, "status": Status, "source": Source}
ORDERS: Final = {
    SearchSort.YEAR: "COALESCE(s.year, 0) DESC, s.id",
    SearchSort.N: "COALESCE(s.n, -1) DESC, s.id",
    SearchSort.ADDED: "s.added_at DESC, s.id",
}
OUT_BY: Final = "s.published_by <> '' AND s.published_by <= :as_of"
LABELS: Final = "SELECT DISTINCT label FROM label"
TRIALS: Final = "SELECT id, name, registry_ids FROM trial"
# how lists call the directions
BETTER: Final = {"better": "favours_intervention", "worse": "favours_comparator"}
_DAY: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


class Where:
    """A condition over `study s`: what holds together, its parameters, and what is told of it."""

    __slots__ = ("clauses", "params", "understood")

    def __init__(self) -> None:
        self.clauses: list[str] = []
        self.params: dict[str, Any] = {}
        self.understood: list[str] = []

    def one_of(self, values: Iterable[Any], name: str) -> str:
        """`(:name0, :name1, ...)` for an IN, its values bound."""
        bound = {f"{name}{place}": value for place, value in enumerate(values)}
        self.params.update(bound)
        return "(" + ", ".join(f":{each}" for each in bound) + ")"

    def sql(self, before: str = "AND") -> str:
        """All clauses, each after AND; the first after `before`."""
        if not self.clauses:
            return ""
        return f" {before} " + " AND ".join(self.clauses)


class Query:
    """Filters as understood: a WHERE over `study s`, and the words as read, if there are any."""

    __slots__ = ("reading", "terms", "where", "words")

    def __init__(self, db: Rows, filters: Filters, terms: Terms) -> None:
        """Raises UsageError, with the nearest valid values, where a filter or the words cannot be used."""
        self.terms = terms
        self.reading: Reading | None = None
        self.words: dict[str, str] = {}
        self.where = Where()
        if filters.words.strip():
            self.reading = read(filters.words, terms, literal=filters.literal)
            self.words = self.reading.expression.bindings(db.dialect)
        for field, axis in TERM_FILTERS.items():
            typed: tuple[str, ...] = getattr(filters, field)
            if typed:
                _terms(self.where, terms, field, axis, typed)
        _numbers(self.where, filters)
        for field, words in CLOSED.items():
            _closed(self.where, field, words, getattr(filters, field))
        if filters.label:
            _labels(self.where, db, filters.label)
        if filters.trial:
            _trials(self.where, db, filters.trial)

    @property
    def ranked(self) -> bool:
        """There are words that can be found, not only words to leave out."""
        return "in_title" in self.words

    @property
    def understood(self) -> list[str]:
        return (self.reading.understood if self.reading else []) + self.where.understood

    @property
    def params(self) -> dict[str, Any]:
        """What `whole` needs."""
        return {**self.where.params, **({"words": self.words["words"]} if self.words else {})}

    @property
    def out_by(self) -> str:
        """Where a day is asked for: that study s was out by then, with `day` as its parameter."""
        return f" AND {OUT_BY}" if "as_of" in self.where.params else ""

    @property
    def day(self) -> dict[str, Any]:
        return {name: self.where.params[name] for name in ("as_of",) if name in self.where.params}

    def whole(self, dialect: str, before: str = "WHERE") -> str:
        """The WHERE over `study s` for words and filters together, where no ranking is asked for."""
        clauses = list(self.where.clauses)
        if self.words:
            clauses.insert(0, Sql(dialect).among.format("IN" if self.ranked else "NOT IN"))
        return f" {before} " + " AND ".join(clauses) if clauses else ""


def _terms(where: Where, terms: Terms, field: str, axis: str, typed: Sequence[str]) -> None:
    resolved: dict[str, str] = {}
    for each in typed:
        for term in terms.resolve(axis, clean(each)):
            resolved.setdefault(term, each)
    wanted = sorted(set().union(*(terms.below(axis, term) for term in resolved)))
    if axis == Axis.DESIGN:
        flags = [term for term in wanted if (entry := terms.get(axis, term)) and entry.flag]
        plain = [term for term in wanted if term not in flags]
        either = [f"s.design IN {where.one_of(plain, field)}"] if plain else []
        either += [_tagged(where, axis, flags, f"{field}_flag")] if flags else []
        where.clauses.append("(" + " OR ".join(either) + ")")
    elif axis == Axis.CONTEXT:
        where.clauses.append(f"s.context IN {where.one_of(wanted, field)}")
    else:
        where.clauses.append(_tagged(where, axis, wanted, field))
    where.understood.append(f"{field}: " + " or ".join(_told(terms, axis, *pair) for pair in resolved.items()))


def _tagged(where: Where, axis: str, wanted: Sequence[str], name: str) -> str:
    """Has an active tag with one of these terms: served by the index (axis, term, study_id)."""
    where.params[f"{name}_axis"] = axis
    among = where.one_of(wanted, name)
    return f"s.id IN (SELECT t.study_id FROM tag t WHERE t.active AND t.axis = :{name}_axis AND t.term IN {among})"


def _told(terms: Terms, axis: str, term: str, typed: str) -> str:
    children = {terms.printed(axis, each) for each in terms.below(axis, term)} - {term}
    count = "its child" if len(children) == 1 else f"its {len(children)} children"
    said = "" if fold(typed) == fold(term) else f" (for {clean(typed)[:40]!r})"
    return term + said + (f" and {count}" if children else "")


def _numbers(where: Where, filters: Filters) -> None:
    if filters.since is not None:
        where.clauses.append("s.year >= :since")
        where.params["since"] = _small(filters.since)
        where.understood.append(f"year: {filters.since} or later")
    if filters.until is not None:
        where.clauses.append("s.year <= :until")
        where.params["until"] = _small(filters.until)
        where.understood.append(f"year: {filters.until} or earlier")
    if filters.as_of:
        day = last_day(filters.as_of)
        where.clauses.append(OUT_BY)
        where.params["as_of"] = day
        where.understood.append(f"published by {day}")
    if filters.min_n is not None:
        where.clauses.append("s.n >= :min_n")
        where.params["min_n"] = _small(filters.min_n)
        where.understood.append(f"n: {filters.min_n} or more")


def _small(number: int) -> int:
    """Within what an integer column holds on both databases."""
    return max(-(2**31), min(number, 2**31 - 1))


def last_day(typed: str) -> str:
    """The ISO day that a date allows at the latest: 2011 -> 2011-12-31. Raises UsageError."""
    found = _DAY.fullmatch(typed.strip())
    if not found:
        raise UsageError(f"{clean(typed)[:80]!r} is no date", "type a day, month or year: 2011-05-31, 2011-05, 2011")
    year, month = int(found[1]), int(found[2] or 12)
    last = monthrange(year, month)[1] if year else 31
    if int(found[3] or 1) > last:
        raise UsageError(f"{clean(typed)[:80]!r} is no day of the calendar", f"{found[1]}-{month:02} has {last} days")
    return f"{found[1]}-{month:02}-{found[3] or last}"


def _closed(where: Where, field: str, words: Iterable[str], typed: Sequence[str]) -> None:
    """A filter on a column that holds one word of a closed list."""
    if not typed:
        return
    chosen = [closed_word(field, words, each) for each in typed]
    where.clauses.append(f"s.{field} IN {where.one_of(dict.fromkeys(chosen), field)}")
    where.understood.append(f"{field}: " + " or ".join(dict.fromkeys(chosen)))


def closed_word(field: str, words: Iterable[str], typed: str) -> str:
    """The word of a closed list that is meant, of directions by their nicknames too. Raises UsageError."""
    valid = {fold(word): str(word) for word in words} | (BETTER if field == "direction" else {})
    if fold(typed) not in valid:
        from difflib import get_close_matches

        near = [valid[name] for name in get_close_matches(fold(typed)[:80], list(valid), 3, 0.5)]
        raise unknown(field, clean(typed), list(dict.fromkeys(near or valid.values())), "")
    return valid[fold(typed)]


def _labels(where: Where, db: Rows, typed: Sequence[str]) -> None:
    there = plain_rows(db.rows(LABELS))
    chosen: list[str] = []
    for each in typed:
        same = [label for label in there if label.casefold() == each.strip().casefold()]
        if not same:
            raise unknown("label", clean(each), close_names(each, there), "")
        chosen += same
    among = where.one_of(dict.fromkeys(chosen), "label")
    where.clauses.append(f"s.id IN (SELECT l.study_id FROM label l WHERE l.label IN {among})")
    where.understood.append("label: " + " or ".join(dict.fromkeys(chosen)))


def _trials(where: Where, db: Rows, typed: Sequence[str]) -> None:
    """Trials by name or registry number; a study that states the number itself counts too."""
    there = db.rows(TRIALS)
    trials: list[int] = []
    numbers: list[str] = []
    for each in typed:
        folded = fold(each)
        same = [row[0] for row in there if folded and (fold(row[1]) == folded or f" {folded} " in f" {fold(row[2])} ")]
        number = clean(each).strip().upper()
        stated = db.rows("SELECT study_id FROM registry_id WHERE accession = :number LIMIT 1", {"number": number})
        if not same and not stated:
            raise unknown("trial", clean(each), close_names(each, [row[1] for row in there]), "ketlit trials")
        trials += same
        numbers += [number] if stated else []
    either = [f"s.trial_id IN {where.one_of(trials, 'trial')}"] if trials else []
    if numbers:
        among = where.one_of(numbers, "registry")
        either.append(f"s.id IN (SELECT r.study_id FROM registry_id r WHERE r.accession IN {among})")
    where.clauses.append("(" + " OR ".join(either) + ")")
    where.understood.append("trial: " + " or ".join(clean(each) for each in typed))


def close_names(typed: str, names: Sequence[str]) -> list[str]:
    """The names that look most like `typed`, at most three."""
    from difflib import get_close_matches

    folded = {fold(name): name for name in names}
    return [folded[name] for name in get_close_matches(fold(typed)[:80], list(folded), 3, 0.5)]
