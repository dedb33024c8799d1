"""Tables of studies, csv or tsv, ours or a person's: their columns, and a row as the object that it stands for."""

from __future__ import annotations

import csv
import re
from ast import literal_eval
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ketlit.cells import unescaped, unguarded
from ketlit.sources.items import BadRecord
from ketlit.sources.lines import LARGEST, Lines
from ketlit.sources.objects import parse

# columns whose cells hold a list or an object as JSON
NESTED: Final = frozenset(
    {"authors", "verification", "labels", "abstract", "language", "publication_types", "mesh", "chemicals", "keywords"}
    | {"registry_ids", "doses", "arms", "comparator_details", "findings", "curated_terms", "sources", "tags"}
    | {"trial_registry_ids", "relations", "notes", "screenings", "label_times", "judgements"}
)
# what is taken of a person's table: its other columns mean what its author meant by them
_BIBLIOGRAPHY: Final = frozenset(
    {"pmid", "doi", "pmc", "title", "authors", "year", "journal", "journal_abbrev", "issn", "volume", "issue", "pages"}
    | {"abstract", "keywords", "mesh", "publication_types", "language", "registry_ids", "labels"}
)
# what other programs and people call ours: PubMed's own csv, Scopus, Embase, Zotero, reviewers' sheets
ALIASES: Final = {
    "pubmed_id": "pmid",
    "pubmedid": "pmid",
    "medline_pmid": "pmid",
    "article_title": "title",
    "document_title": "title",
    "primary_title": "title",
    "author": "authors",
    "author_names": "authors",
    "first_authors": "authors",
    "publication_year": "year",
    "pub_year": "year",
    "journal_book": "journal",
    "journal_title": "journal",
    "publication_title": "journal",
    "source_title": "journal",
    "abstract_note": "abstract",
    "author_keywords": "keywords",
    "pmcid": "pmc",
}
# cells that a person fills with several things, and what stands between them: the first of these that occurs
_SEVERAL: Final = {
    "keywords": ";|,",
    "labels": ";|,",
    "language": ";|,",
    "mesh": ";",
    "publication_types": ";",
    "registry_ids": ";|,",
}
_OURS: Final = frozenset({"key", "verification"})  # lists and exports have these
_WHOLE: Final = frozenset({"tags", "relations"})  # exports alone
_MARKS: Final = (",", "\t", ";")
_END: Final = re.compile(r"[\r\n]")
_SIGN: Final = re.compile(r"[\s\-/.()]+")
_STOPS: Final = re.compile(r"[.\s-]+")
_LITERAL: Final = 100_000  # characters
_SUFFIXES: Final = frozenset({"Jr", "Sr", "Jr.", "Sr.", "II", "III", "IV", "2nd", "3rd"})
_GROUP: Final = re.compile(r"\b(?:group|trial|study|collaboration|consortium|committee|society|network|team)\b", re.I)


def heading(text: str) -> tuple[dict[str, int], str]:
    """The columns of a table that begins so, by our names, each with its place; and the mark between its cells.

    Of several marks the one that tells most names apart counts.
    """
    line = _END.split(text.lstrip("\ufeff"), maxsplit=1)[0][:20_000]
    found = []
    for mark in _MARKS:
        try:
            cells = next(csv.reader([line], delimiter=mark), [])
        except csv.Error:
            cells = []
        found.append((len(cells), mark, cells))
    _, mark, cells = max(found, key=lambda each: each[0])
    return columns(cells), mark


def columns(cells: Sequence[str]) -> dict[str, int]:
    """The columns by our names; one that has our name comes before those that other programs call otherwise."""
    names: dict[str, int] = {}
    others: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _SIGN.sub("_", cell.strip().strip("\ufeff\"'").strip().lower()).strip("_")
        (others if name in ALIASES else names).setdefault(ALIASES.get(name, name), place)
    return others | names


def rows(lines: Lines, mark: str) -> Iterator[tuple[str, list[str] | BadRecord]]:
    """The rows of a table, the first line too, each with its place; empty ones are left out.

    What is no row is a BadRecord, and the next line is tried.
    """
    # of the whole process; the module's own limit, 128 KB, is below an abstract with 3,000 authors
    csv.field_size_limit(LARGEST)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    while True:
        lines.begin()
        place = f"line {lines.number + 1}"
        try:
            row = next(reader)
        except StopIteration:
            return
        except BadRecord as error:
            yield place, error
        except csv.Error as error:
            if "unexpected end" in str(error):
                yield place, BadRecord("a quotation mark in it is never closed; what follows it was not read")
                return
            yield place, BadRecord(f"it is no row of a table: {error}")
        else:
            if any(row):
                lines.kept()
                yield place, row


class Table:
    """Reads the rows of one table; `mark` stands between its cells."""

    def __init__(self, header: Sequence[str], mark: str) -> None:
        named = columns(header)
        own = named.keys() >= _OURS
        self.whole = own and named.keys() >= _WHOLE
        self._columns = named if own else {name: at for name, at in named.items() if name in _BIBLIOGRAPHY}
        self._wide = len(header)
        self._plain: Callable[[str], str] = str
        if own and mark != "\t":
            self._plain = unguarded
        elif self.whole:
            self._plain = unescaped

    def object(self, row: Sequence[str]) -> dict[str, Any]:
        """A row as an object with our keys; a cell without text is left out.

        Raises BadRecord where cells are missing or too many, or what should be JSON is not.
        """
        if len(row) < self._wide if self.whole else len(row) > self._wide and any(row[self._wide :]):
            raise BadRecord(f"it has {len(row)} cells, the first line {self._wide}")
        found: dict[str, Any] = {}
        for name, place in self._columns.items():
            cell = row[place] if place < len(row) else ""
            if cell:
                cell = self._plain(cell)
                found[name] = self._nested(name, cell) if name in NESTED else cell
        return found

    def _nested(self, name: str, cell: str) -> Any:
        if cell.startswith(("[", "{")):
            try:
                return parse(cell)
            except BadRecord as error:
                if self.whole:
                    raise BadRecord(f"{name}: {error}") from error
            cell = _printed_list(cell) or cell
        if name == "authors":
            return authors(cell)
        if name in _SEVERAL:
            return split(cell, _SEVERAL[name].split("|"))
        return cell if name == "abstract" else None


def _printed_list(cell: str) -> str:
    """A list of texts as Python prints one, which pandas leaves in csv files, with ";" between them; "" for others."""
    try:
        found = literal_eval(cell) if len(cell) < _LITERAL else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    return "; ".join(found) if isinstance(found, list) and all(isinstance(each, str) for each in found) else ""


def split(cell: str, marks: Iterable[str]) -> list[str]:
    """The parts of a cell between the first of the marks that occurs in it."""
    mark = next((each for each in marks if each in cell), "")
    parts = cell.split(mark) if mark else [cell]
    return [part.strip() for part in parts if part.strip()]


def authors(cell: str) -> list[Mapping[str, str]]:
    """Authors as people list them: "Smith J; Doe A", "Smith J, Doe A", "Smith, John; Doe, Ann"."""
    cell = cell.strip()
    if ";" in cell or "\n" in cell:
        return [author(part) for part in split(cell, (";", "\n"))]
    parts = split(cell, (",",))
    apart = len(parts) > 1 and not any(_initials(part.rpartition(" ")[2]) for part in parts[::2])
    if apart and all(" " not in part or _initials(part) for part in parts[1::2]):
        # "Smith, J., Doe, A.": what one author is called stands on both sides of a comma
        return [author(", ".join(parts[place : place + 2])) for place in range(0, len(parts), 2)]
    return [author(part) for part in parts]


def author(name: str) -> Mapping[str, str]:
    """One author from a name as printed: "Sörensen J", "Smith JA Jr", "Smith, John", "John Smith", a group."""
    family, _, rest = (part.strip() for part in name.partition(","))
    if rest:
        return {"family": family, "initials": _letters(rest)} if _initials(rest) else {"family": family, "given": rest}
    words = family.split()
    suffix = words.pop() if len(words) > 2 and words[-1] in _SUFFIXES else ""
    if len(words) > 1 and _initials(words[-1]):
        return {"family": " ".join(words[:-1]), "initials": _letters(words[-1]), "suffix": suffix}
    if len(words) > 1 and _GROUP.search(family):
        return {"collective": family}
    return {"family": words[-1] if words else "", "given": " ".join(words[:-1]), "suffix": suffix}


def _initials(text: str) -> bool:
    """Whether these are one to four capital letters, with or without stops."""
    letters = _letters(text)
    return 0 < len(letters) < 5 and letters.isalpha() and letters.isupper()


def _letters(text: str) -> str:
    return _STOPS.sub("", text)
