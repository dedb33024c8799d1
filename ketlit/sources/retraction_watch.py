"""The Retraction Watch CSV to notices: which paper was retracted, corrected, doubted or reinstated, when and why.

The table as Crossref publishes it: dates m/d/Y, 0 for a PMID that is not known, DOIs in any form or words in their
place, reasons with "+" before and ";" after each, here and there bytes that are not UTF-8. Memory is constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from ketlit.record import Relation
from ketlit.sources import identifiers
from ketlit.sources.detect import beginning, begun
from ketlit.sources.items import BROKEN_IN_A_ROW, BadRecord, Failure, Notice
from ketlit.sources.lines import Lines
from ketlit.sources.tables import columns, heading, rows
from ketlit.sources.unpacking import CUT_SHORT, Damaged, FileReading, Source, Unpacking
from ketlit.vocabulary import RelationKind

SOURCE: Final = "retraction-watch"  # of a relation
_KINDS: Final = {
    "retraction": RelationKind.RETRACTED_BY,
    "correction": RelationKind.CORRECTED_BY,
    "expression of concern": RelationKind.CONCERN_IN,
    "reinstatement": RelationKind.REINSTATED_BY,
}
# as `tables.columns` calls them; what a notice cannot do without, by the name people know
_NEEDED: Final = {
    name.lower(): name
    for name in (
        *("RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDOI", "OriginalPaperPubMedID"),
        *("RetractionNature", "Reason"),
    )
}
_TAKEN: Final = frozenset({*_NEEDED, "title", "record_id"})
_DATE: Final = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?: [\d: APM]*)?", re.ASCII)
_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[ T][\d:]*)?", re.ASCII)
_ROW: Final = re.compile(r"\(Retraction Watch record ([^()]+)\)")
_STOPS: Final = " \t.,;"  # what a DOI does not end with


class Reading(FileReading[Notice | Failure]):
    """The notices of a file, in order. `consumed` of `size` bytes of the file are read.

    A file that is damaged, cut short or without a needed column ends with a Failure that is `cut_short`.
    """

    def _items(self, unpacked: Unpacking) -> Iterator[Notice | Failure]:
        place, broken = "", 0
        try:
            for place, found in _notices(unpacked):
                broken = broken + 1 if isinstance(found, BadRecord) else 0
                yield Failure(place, str(found)) if isinstance(found, BadRecord) else found
                if broken >= BROKEN_IN_A_ROW:
                    raise Damaged(f"{broken} broken rows in a row")
        except Damaged as error:
            yield Failure(f"after {place}" if place else "", str(error), cut_short=True)


def read(source: Source) -> Reading:
    """The notices and failures of the Retraction Watch table, plain or gzip, of any size.

    Raises OSError if the file cannot be opened or read; all else is in the items.
    """
    return Reading(source)


def row_of(relation: Relation) -> str:
    """The Record ID of the row that a relation was read from, "" where it came from elsewhere or had none."""
    found = _ROW.search(relation.text) if relation.source == SOURCE else None
    return found[1] if found else ""


def _notices(unpacked: Unpacking) -> Iterator[tuple[str, Notice | BadRecord]]:
    """What each row tells, with its place. Raises Damaged."""
    head, pieces = begun(unpacked)
    lines = Lines(pieces, errors="replace")
    table: _Table | None = None
    for place, row in rows(lines, heading(beginning(head))[1]):
        if isinstance(row, BadRecord):
            if not lines.whole:
                raise Damaged(CUT_SHORT)
            yield place, row
        elif table is None:
            table = _Table(row)
        else:
            if not lines.whole and len(row) < table.wide:
                raise Damaged(CUT_SHORT)
            try:
                yield place, _notice(table.cells(row), place)
            except BadRecord as error:
                yield place, error


class _Table:
    """The columns of one edition of the table."""

    def __init__(self, header: Sequence[str]) -> None:
        """Raises Damaged where a needed column is missing."""
        self._columns = {name: at for name, at in columns(header).items() if name in _TAKEN}
        self.wide = len(header)
        missing = [name for column, name in _NEEDED.items() if column not in self._columns]
        if missing:
            raise Damaged(f"the Retraction Watch table has no column {', '.join(missing)}; download it again, whole")
        self._needed = 1 + max(self._columns[column] for column in _NEEDED)

    def cells(self, row: Sequence[str]) -> Mapping[str, str]:
        """A row by its columns. Raises BadRecord where cells are missing that are needed, or there are too many."""
        if len(row) < self._needed or any(cell.strip() for cell in row[self.wide :]):
            raise BadRecord(f"it has {len(row)} cells, the first line {self.wide}")
        return {name: " ".join(row[at].split()) for name, at in self._columns.items() if at < len(row)}


def _notice(cells: Mapping[str, str], place: str) -> Notice:
    nature = cells["retractionnature"]
    kind = _KINDS.get(nature.lower())
    day = _iso(cells["retractiondate"])
    relation = None
    if kind:
        relation = Relation(
            kind,
            pmid=_pmid(cells["retractionpubmedid"]),
            doi=_doi(cells["retractiondoi"]),
            text=_text(cells, day),
            date=day,
            source=SOURCE,
        )
    return Notice(
        pmid=_pmid(cells["originalpaperpubmedid"]),
        doi=_doi(cells["originalpaperdoi"]),
        title=cells.get("title", ""),
        nature=nature,
        relation=relation,
        place=place,
    )


def _text(cells: Mapping[str, str], day: str) -> str:
    """Nature, day, reasons and the row: "Retraction, 2011-03-09: Fake Data; Misconduct (Retraction Watch record 7)"."""
    said = ", ".join(part for part in (cells["retractionnature"], day or cells["retractiondate"]) if part)
    given = (part.strip().lstrip("+").strip() for part in cells["reason"].split(";"))
    reasons = "; ".join(dict.fromkeys(part for part in given if part))
    row = cells.get("record_id", "").strip("()")
    return said + (f": {reasons}" if reasons else "") + (f" (Retraction Watch record {row})" if row else "")


def _iso(printed: str) -> str:
    """A day as ISO date; "" for what is none."""
    found = _DATE.fullmatch(printed) or _ISO.fullmatch(printed)
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat() if found else ""
    except ValueError:
        return ""


def _pmid(printed: str) -> int | None:
    """A PMID; None for 0 and for what is none."""
    try:
        return identifiers.pmid(printed)
    except BadRecord:
        return None


def _doi(printed: str) -> str:
    """A DOI in lower case, as the library compares them; "" for "unavailable" and for what else is none."""
    try:
        return identifiers.doi(printed.strip(_STOPS)).lower()
    except BadRecord:
        return ""
