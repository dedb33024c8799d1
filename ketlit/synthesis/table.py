"""A table of studies as people keep them, CSV by any separator: read, checked cell by cell, and made into effects.

A cell that cannot be meant is refused with its row and column; one that may be a slip (an SD that looks like a standard
error) is taken and pointed out. Nothing is guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from enum import StrEnum
from io import StringIO
from math import isfinite, sqrt
from typing import Final, NamedTuple

from ketlit.errors import UsageError
from ketlit.synthesis.effects import (
    LARGEST,
    LARGEST_MEAN,
    OF_COUNTS,
    OF_MEANS,
    SMALLEST,
    SMALLEST_SD,
    Counts,
    Effect,
    Excluded,
    Means,
    generic,
    of_counts,
    of_means,
    pooled_sd,
)
from ketlit.vocabulary import EffectMeasure, SmdForm

LARGEST_FILE: Final = 10_000_000  # bytes; a table of studies is not larger
ROWS: Final = 10  # that cannot be meant, named at once
_SEPARATORS: Final = (",", ";", "\t")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_FAR_APART: Final = 3.0  # SDs between two means: hardly anyone of one group would be found in the other
_SMALL: Final = 3.0  # times smaller than the SDs of the other studies


class TableKind(StrEnum):
    """What the rows of a table hold."""

    COUNTS = "events"
    MEANS = "means"
    EFFECTS = "effects"


COLUMNS: Final = {
    TableKind.COUNTS: ("events1", "n1", "events2", "n2"),
    TableKind.MEANS: ("mean1", "sd1", "n1", "mean2", "sd2", "n2"),
    TableKind.EFFECTS: ("yi", "vi"),
}
_KNOWN: Final = {"study"}.union(*COLUMNS.values())


class Row(NamedTuple):
    """A study, the line of the file that it ends on, and its numbers in the order of COLUMNS."""

    study: str
    line: int
    values: tuple[float, ...]


class Table(NamedTuple):
    """The studies of one file, in its order, and what a reader should look at again."""

    kind: TableKind
    rows: tuple[Row, ...]
    warnings: tuple[str, ...]


class Prepared(NamedTuple):
    """What `pool` takes: effects, and what was left out, and what should be looked at."""

    effects: tuple[Effect, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[str, ...]


def read_table(content: bytes, name: str = "table") -> Table:
    """The table in these bytes: UTF-8, with or without a byte order mark; comma, semicolon or tab between cells.

    Columns: `study` and one set of COLUMNS, in any order and case; others are passed over, with a warning. Raises
    UsageError, naming the row and the column, for whatever cannot be meant; up to ROWS rows at once.
    """
    lines = _lines(content, name)
    if not lines:
        raise UsageError(f"{name} is empty", _choice())
    header = lines[0][1]
    kind, places, warnings = _columns(header, name)
    if not lines[1:]:
        raise UsageError(f"{name} has no row under its column names")
    rows, wrong = [], []
    for line, cells in lines[1:]:
        try:
            rows.append(_row(cells, line, places, len(header), kind, name))
        except UsageError as error:
            wrong.append(error)
    if wrong:
        raise _together(wrong)
    seen: dict[str, int] = {}
    for row in rows:
        if row.study.casefold() in seen:
            first = seen[row.study.casefold()]
            raise UsageError(
                f"{name}: {row.study} is in rows {first} and {row.line}", "a study counts once: keep one row of it"
            )
        seen[row.study.casefold()] = row.line
    if kind == TableKind.MEANS:
        warnings = [*warnings, *doubtful_sds(rows)]
    return Table(kind, tuple(rows), tuple(warnings))


def _together(wrong: Sequence[UsageError]) -> UsageError:
    """One error for all rows that cannot be meant: the first ROWS of them, and how many more there are."""
    more = len(wrong) - ROWS
    listed = "; ".join([*map(str, wrong[:ROWS]), *([f"and {more} more rows"] if more > 0 else [])])
    return UsageError(listed, next((each.hint for each in wrong if each.hint), ""))


def prepare(table: Table, measure: EffectMeasure | None, form: SmdForm = SmdForm.METAFOR) -> Prepared:
    """The effects of a table's studies. `measure` may be None for a table of effects, which has them already.

    Raises UsageError where the measure cannot be computed from what the table holds.
    """
    possible = {TableKind.COUNTS: OF_COUNTS, TableKind.MEANS: OF_MEANS}.get(table.kind, tuple(EffectMeasure))
    if measure not in possible and not (measure is None and table.kind == TableKind.EFFECTS):
        wanted = "a table of " + table.kind
        message = f"{wanted} needs a measure" if measure is None else f"{wanted} gives no {measure}"
        raise UsageError(message, "choose one of " + ", ".join(possible))
    effects: list[Effect] = []
    excluded: list[Excluded] = []
    for study, _, values in table.rows:
        made: Effect | Excluded
        if measure is None or table.kind == TableKind.EFFECTS:
            yi, vi = values
            made = generic(study, yi, vi)
        elif table.kind == TableKind.MEANS:
            made = of_means(study, Means(*values), measure, form)
        else:
            made = of_counts(study, Counts(*values), measure)
        if isinstance(made, Effect):
            effects.append(made)
        else:
            excluded.append(made)
    return Prepared(tuple(effects), tuple(excluded), table.warnings)


def _lines(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it ends on, cut at the separator that its first line has."""
    if len(content) > LARGEST_FILE:
        raise UsageError(f"{name} is larger than {LARGEST_FILE // 1_000_000} MB: no table of studies")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (byte {error.start})", "save it as CSV UTF-8") from error
    if "\0" in text:
        raise UsageError(f"{name} is not a text file", "save it as CSV UTF-8")
    top = next((line for line in StringIO(text, newline="") if line.strip()), "")
    separator = max(_SEPARATORS, key=lambda mark: len(_KNOWN & {_plain(cell) for cell in top.split(mark)}))
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise UsageError(f"{name}, row {reader.line_num}: {error}") from error


def _plain(cell: str) -> str:
    return cell.strip().strip('"').strip().casefold()


def _columns(header: Sequence[str], name: str) -> tuple[TableKind, dict[str, int], list[str]]:
    """What the table holds, where each of its columns stands, and a warning for those that are not ours."""
    names = [_plain(cell) for cell in header]
    twice = sorted({each for each in names if each in _KNOWN and names.count(each) > 1})
    if twice:
        raise UsageError(f"{name} has the column {twice[0]} twice")
    places = {each: place for place, each in enumerate(names) if each in _KNOWN}
    # n1 and n2 are of two kinds: what tells them apart is the rest
    started = [kind for kind, columns in COLUMNS.items() if places.keys() & ({*columns} - {"n1", "n2"})]
    if len(started) > 1:
        both = " and ".join(started)
        raise UsageError(f"{name} mixes columns of {both}", "one table holds one kind; " + _choice())
    wanted = COLUMNS[started[0]] if started else ()
    missing = [each for each in ("study", *wanted) if each not in places]
    if not started or missing:
        raise UsageError(f"{name} has no column {missing[0] if missing else 'of numbers'}", _nearest(missing, names))
    others = [
        header[place].strip() or "(no name)" for place, each in enumerate(names) if each not in ("study", *wanted)
    ]
    return started[0], places, [f"columns not used: {', '.join(others)}"] if others else []


def _nearest(missing: Sequence[str], names: Sequence[str]) -> str:
    from difflib import get_close_matches  # 3 ms that only a mistake costs

    near = get_close_matches(missing[0], names, 1) if missing else []
    return f"is it {near[0]}?" if near else _choice()


def _choice() -> str:
    return "columns: study and " + " | ".join(" ".join(columns) for columns in COLUMNS.values())


def _row(cells: Sequence[str], line: int, places: dict[str, int], width: int, kind: TableKind, name: str) -> Row:
    place = f"{name}, row {line}"
    if len(cells) != width:
        hint = "a comma inside a number cuts it in two: write 0.5, not 0,5" if len(cells) > width else ""
        raise UsageError(f"{place} has {len(cells)} cells under {width} column names", hint)
    study = cells[places["study"]].strip()
    if not study:
        raise UsageError(f"{place} names no study")
    values = {column: _value(cells[places[column]], column, place) for column in COLUMNS[kind]}
    if kind == TableKind.COUNTS:
        for events, n in (("events1", "n1"), ("events2", "n2")):
            if values[events] > values[n]:
                raise UsageError(f"{place}, column {events}: {values[events]:g} of {values[n]:g} people ({n})")
    if kind == TableKind.MEANS:
        for n in ("n1", "n2"):
            if values[n] < 2:
                raise UsageError(f"{place}, column {n}: one person has no standard deviation")
    return Row(study, line, tuple(values.values()))


def _value(cell: str, column: str, place: str) -> float:
    """The number in a cell of this column."""
    place = f"{place}, column {column}"
    if not cell.strip():
        raise UsageError(f"{place} is empty", "leave out the row of a study without this number")
    return number_in(cell, column, place)


def number_in(cell: str, column: str, place: str) -> float:
    """The number that a person wrote for `column` (one of COLUMNS, or another that may be any number) at `place`.

    Raises UsageError for text, a percentage, a comma, a part of a person, and what the column cannot hold.
    """
    text = cell.strip().replace("\N{MINUS SIGN}", "-")
    counted = column.startswith(("events", "n"))
    if text.endswith("%"):
        raise UsageError(f"{place}: {text} is a percentage", "a count of people is wanted" if counted else "")
    if "," in text:
        raise UsageError(f"{place}: {text} has a comma", "write 0.5, not 0,5, and 1000, not 1,000")
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"{place}: {text!r} is not a number")
    value = float(text)
    if counted and not value.is_integer():
        raise UsageError(f"{place}: {text} is not a whole number", "a count of people is wanted, not a share")
    least, most = _bounds(column)
    if not (isfinite(value) and least <= value <= most):
        raise UsageError(f"{place}: {text} must be {_wanted(column, value)}")
    return value


def _bounds(column: str) -> tuple[float, float]:
    """The least and the most that a column can hold."""
    if column.startswith("n"):
        return 1, LARGEST_MEAN
    if column.startswith("events"):
        return 0, LARGEST_MEAN
    if column.startswith("mean"):
        return -LARGEST_MEAN, LARGEST_MEAN
    if column.startswith("sd"):
        return SMALLEST_SD, LARGEST_MEAN
    return (SMALLEST, LARGEST) if column == "vi" else (-LARGEST, LARGEST)


def _wanted(column: str, value: float) -> str:
    least, most = _bounds(column)
    if value > most:
        return f"at most {most:g}"
    return f"at least {least:g}" if least >= 1 or least <= 0 else "above 0"


def doubtful_sds(rows: Sequence[Row]) -> list[str]:
    """Studies whose SDs look like standard errors (SD/sqrt(n)), which would give them far too much weight.

    Either the means lie more than three SDs apart, or the SDs are less than a third of those usual in the table (its
    median) and would be of their size if multiplied by sqrt(n); where scales are mixed, that is a weak sign.
    """
    if not rows:
        return []
    found = []
    sds = [pooled_sd(Means(*row.values)) for row in rows]
    usual = sorted(sds)[len(sds) // 2]
    for row, sd in zip(rows, sds, strict=True):
        mean1, _, n1, mean2, _, n2 = row.values
        if abs(mean1 - mean2) > _FAR_APART * sd:
            apart = abs(mean1 - mean2) / sd
            found.append(f"{row.study}: the means lie {apart:.1f} SDs apart; are the SDs standard errors?")
            continue
        as_errors = sd * sqrt((n1 + n2) / 2)
        if len(rows) > 2 and sd * _SMALL < usual and usual / _SMALL < as_errors < usual * _SMALL:
            found.append(f"{row.study}: SDs of {sd:.3g} where {usual:.3g} is usual here; are they standard errors?")
    return found
