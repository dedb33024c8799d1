"""The full-text index, the one seam between the dialects: FTS5 on SQLite, tsvector on PostgreSQL.

What is indexed is `study_text`: title, terms, abstract, summary (ours) and names (authors, journal, key,
identifiers, registry numbers, year). A query comes in as an `Expression` and goes out in the dialect's language;
nothing of it is ever more than a bound parameter. Ranking has three tiers, title > terms and names > the rest,
and bm25 (SQLite) or ts_rank (PostgreSQL) within a tier.

The index has no triggers: who writes `study_text` calls `remove` with the old values and `add` with the new ones
in the same transaction. FTS5 needs the old values to forget them, SQLite 3.40 has no contentless_delete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = tuple[int, str, str, str, str, str]  # study_id, title, terms, abstract, summary, names

_OTHER: Final = re.compile(r"[\W_]+")
# of title, terms, abstract, summary, names: a word in the title weighs as much as eight in the abstract
BM25: Final = "bm25(study_fts, 8.0, 4.0, 1.0, 2.0, 4.0)"
# ts_rank's weights stand in the order D (abstract), C (summary), B (terms, names), A (title)
TS_RANK: Final = "ts_rank(CAST('{0.1, 0.2, 0.5, 1.0}' AS real[]), study_fts.document, CAST(:words AS tsquery), 1)"
_LETTERS: Final = ("A", "B", "D", "C", "B")
# PostgreSQL: a position above 16383 is cut to it, a tsvector ends at 1 MB, a lexeme at 2 kB
_LAST_POSITION: Final = 16_000
_LARGEST: Final = 900_000
_LONGEST: Final = 200
_BATCH: Final = 500


def fold(text: str) -> str:
    """Lower case, without combining marks, every run of other characters than letters and digits one blank."""
    if not text.isascii():
        from unicodedata import combining, normalize

        text = "".join(character for character in normalize("NFKD", text) if not combining(character))
    return _OTHER.sub(" ", text.lower()).strip()


def term_token(axis: str, term: str) -> str:
    """The word that stands for a term in the index: ("condition", "crps-1") -> "zqconditioncrps1"."""
    return "zq" + (axis + term).replace("-", "").lower()


class Phrase:
    """Words that follow each other in the text, as typed; with `prefix` the last one may go on.

    `name` is for identifiers: they are looked for among the names only.
    """

    __slots__ = ("name", "prefix", "raw")

    def __init__(self, raw: str, prefix: bool = False, name: bool = False) -> None:
        self.raw = raw
        self.prefix = prefix
        self.name = name

    def fts5(self) -> str:
        """A quoted string, which FTS5 cuts into tokens as it cut the text."""
        return "{names} : " * self.name + '"' + self.raw.replace('"', " ") + '"' + "*" * self.prefix

    def tsquery(self, weights: str) -> str:
        """Folded words in quotes, with the letters of the columns they may stand in."""
        weights = weights or "B" * self.name
        parts = [part[:_LONGEST] for part in fold(self.raw).split()]
        marks = [f":{weights}" if weights else ""] * len(parts)
        if self.prefix:
            marks[-1] = f":*{weights}"
        return "(" + " <-> ".join(f"'{part}'{mark}" for part, mark in zip(parts, marks, strict=True)) + ")"


class Expression:
    """What the text must say: of each of `groups` one phrase at least, and none of `without`."""

    __slots__ = ("groups", "without")

    def __init__(self, groups: list[list[Phrase]], without: list[Phrase]) -> None:
        self.groups = groups
        self.without = without

    def bindings(self, dialect: str) -> dict[str, str]:
        """The parameters `words`, `in_title` and `in_terms` (title, terms or names) for the SQL below.

        What must not be there must not be there anywhere, whichever of them is asked.

        Without any group `words` is what must not be there, and the other two are absent.
        """
        if dialect == "sqlite":
            some = " AND ".join("(" + " OR ".join(phrase.fts5() for phrase in group) + ")" for group in self.groups)
            none = " OR ".join(phrase.fts5() for phrase in self.without)
            if not some:
                return {"words": none}
            whole = {
                "words": some,
                "in_title": f"{{title}} : ({some})",
                "in_terms": f"{{title terms names}} : ({some})",
            }
            return {name: f"({said}) NOT ({none})" if none else said for name, said in whole.items()}
        none = " | ".join(phrase.tsquery("") for phrase in self.without)
        if not self.groups:
            return {"words": none}
        letters = {"words": "", "in_title": "A", "in_terms": "AB"}
        return {name: self._tsquery(each) + (f" & !({none})" if none else "") for name, each in letters.items()}

    def _tsquery(self, weights: str) -> str:
        return " & ".join("(" + " | ".join(phrase.tsquery(weights) for phrase in group) + ")" for group in self.groups)


class Sql:
    """The pieces of SQL that ask the index, in one dialect. `study` is always joined as `s`."""

    __slots__ = ("among", "best", "count", "joined", "score", "tier")

    def __init__(self, dialect: str) -> None:
        if dialect == "sqlite":
            found, identifier, self.score = "study_fts MATCH :{}", "rowid", f"-{BM25}"
        else:
            found, identifier, self.score = "study_fts.document @@ CAST(:{} AS tsquery)", "study_id", TS_RANK
        inner = f"SELECT {identifier} FROM study_fts WHERE {found}"
        self.count = f"SELECT COUNT(*) FROM study_fts WHERE {found.format('words')}"
        # CROSS JOIN keeps SQLite from turning the loops round and asking the index once a study
        self.joined = (
            f"FROM study_fts CROSS JOIN study s WHERE {found.format('words')} AND s.id = study_fts.{identifier}"
        )
        self.among = f"s.id {{}} ({inner.format('words')})"
        # the plus keeps FTS5 from looking the words up anew for each rowid of the list (4 s over 30,000 records)
        in_title, in_terms = (
            f"+study_fts.{identifier} IN ({inner.format(name)})" if dialect == "sqlite" else found.format(name)
            for name in ("in_title", "in_terms")
        )
        self.tier = f"CASE WHEN {in_title} THEN 2 WHEN {in_terms} THEN 1 ELSE 0 END"
        self.best = {"in_title": in_title, "in_terms": in_terms}


def create(connection: Connection) -> None:
    """Make the index where there is none; `study_text` must be there."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS study_fts USING fts5("
            "title, terms, abstract, summary, names, content='study_text', content_rowid='study_id', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        return
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS study_fts (study_id integer PRIMARY KEY, document tsvector NOT NULL)"
    )
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_study_fts_document ON study_fts USING gin (document)")


def add(connection: Connection, rows: Iterable[Row]) -> None:
    """Put studies into the index, which must not be in it."""
    if connection.dialect.name == "sqlite":
        _many(
            connection,
            "INSERT INTO study_fts(rowid, title, terms, abstract, summary, names) VALUES (?, ?, ?, ?, ?, ?)",
            list(rows),
        )
        return
    _many(
        connection,
        "INSERT INTO study_fts(study_id, document) VALUES (%s, CAST(%s AS tsvector))",
        [(row[0], document(row)) for row in rows],
    )


def remove(connection: Connection, rows: Iterable[Row]) -> None:
    """Take studies out of the index; the rows must hold the values that it was given."""
    if connection.dialect.name == "sqlite":
        _many(
            connection,
            "INSERT INTO study_fts(study_fts, rowid, title, terms, abstract, summary, names) "
            "VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            list(rows),
        )
        return
    _many(connection, "DELETE FROM study_fts WHERE study_id = %s", [(row[0],) for row in rows])


def rebuild(connection: Connection) -> None:
    """Make the whole index again from the texts."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO study_fts(study_fts) VALUES ('rebuild')")
        return
    connection.exec_driver_sql("DELETE FROM study_fts")
    for batch in _texts(connection):
        add(connection, batch)


def check(connection: Connection) -> list[str]:
    """What is wrong with the index, in words; an empty list if it fits the texts."""
    from sqlalchemy import text
    from sqlalchemy.exc import DatabaseError

    if connection.dialect.name == "sqlite":
        try:
            # only this form compares the index with the texts; the plain check says ok to a stale index
            connection.exec_driver_sql("INSERT INTO study_fts(study_fts, rank) VALUES ('integrity-check', 1)")
        except DatabaseError as error:
            return [f"the full-text index does not fit the texts ({error.orig})"]
        return []
    strays = "SELECT COUNT(*) FROM study_fts WHERE study_id NOT IN (SELECT study_id FROM study_text)"
    wrong = int(connection.execute(text(strays)).scalar_one())
    same = text("SELECT COUNT(*) FROM study_fts WHERE study_id = :id AND document = CAST(:document AS tsvector)")
    for batch in _texts(connection):
        for row in batch:
            wrong += not connection.execute(same, {"id": row[0], "document": document(row)}).scalar_one()
    return [f"the full-text index does not fit the texts of {wrong} studies"] if wrong else []


def document(row: Row) -> str:
    """A study as a tsvector literal: folded words with their positions and the letter of their column.

    Written out here, and cast, so that PostgreSQL's own parser (hosts, e-mail addresses, signed numbers) has no
    say in what a word is. Columns lie apart, so that no phrase runs from one into the next.
    """
    places: dict[str, list[str]] = {}
    position, size = 0, 0
    for text, letter in zip(row[1:], _LETTERS, strict=True):
        position += 2
        for word in fold(text).split():
            position += 1
            if position > _LAST_POSITION or size > _LARGEST:
                break
            places.setdefault(word[:_LONGEST], []).append(f"{position}{letter}")
            size += len(word.encode()) + 6
    return " ".join(f"'{word}':{','.join(where)}" for word, where in places.items())


def _texts(connection: Connection) -> Iterator[list[Row]]:
    """All rows of `study_text`, some hundreds at a time."""
    from sqlalchemy import text

    after = 0
    batch = text(
        "SELECT study_id, title, terms, abstract, summary, names FROM study_text "
        "WHERE study_id > :after ORDER BY study_id LIMIT :count"
    )
    while found := connection.execute(batch, {"after": after, "count": _BATCH}).fetchall():
        yield [(int(row[0]), row[1], row[2], row[3], row[4], row[5]) for row in found]
        after = int(found[-1][0])


def _many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(sql, list(rows))
