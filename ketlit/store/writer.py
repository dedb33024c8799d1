"""Storing studies in batches: rows into the tables, and the full-text index beside them in the same transaction.

Raw executemany through the driver: 12,000 records a second where the ORM reaches 600. The same statements run on
SQLite and PostgreSQL. Nothing here commits: the caller has a `begin` around each batch. Never INSERT OR REPLACE
(it corrupts the index, and would take people's notes along); no row that a person wrote is ever deleted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from json import dumps
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Table, insert
from sqlmodel import SQLModel

import ketlit.model  # noqa: F401  (fills the metadata)
from ketlit.record import Annotations, Facts, Finding, Record, Tag, Trial
from ketlit.store import assemble, rows, search_index
from ketlit.store.connect import PostgresLibrary, Rows, SqliteLibrary
from ketlit.store.engine import raw, where
from ketlit.store.listing import chunks
from ketlit.store.search_index import term_token
from ketlit.store.terms import Terms
from ketlit.vocabulary import READ_ALONE, Direction, Origin

if TYPE_CHECKING:
    from sqlalchemy import Connection

TABLES: Final[Mapping[str, Table]] = SQLModel.metadata.tables
# the database numbers these itself
NUMBERED: Final = frozenset({"study", "trial", "finding", "note", "screening", "judgement", "sync_run", "change"})
# of each table: its key first (without an id that the database gives), then the rest as the model has it
COLUMNS: Final = {
    name: [
        column.name
        for column in sorted(table.columns, key=lambda column: not column.primary_key)
        if not (name in NUMBERED and column.name == "id")
    ]
    for name, table in TABLES.items()
}
# of a study that no curator has read
_FACTLESS: Final = rows.facts_columns(Facts()) | {"blinding": ""}
# what changes without being news of a study
_SILENT: Final = frozenset({"digest", "seed_digest", "origin", "changed_at"})
TEXT_COLUMNS: Final = ("study_id", "title", "terms", "abstract", "summary", "names")
HAVE: Final = (
    "SELECT s.id, s.key, s.pmid, s.doi, s.source, s.curated, s.digest, s.seed_digest, s.version, s.revised, s.status, "
    "s.origin, s.added_at, s.pmid_verification, s.title, s.year, a.family, a.collective "
    "FROM study s LEFT JOIN author a ON a.study_id = s.id AND a.position = 0 WHERE s.{} IN ({})"
)


class Have(NamedTuple):
    """What a library has of a study, as far as deciding needs it."""

    id: int
    key: str
    pmid: int | None
    doi: str
    source: str
    curated: bool
    digest: str  # of the record as its source last gave it; "" where there never was one
    seed_digest: str
    version: int
    revised: str
    status: str
    origin: str
    added_at: str
    pmid_verification: str
    title: str
    year: int | None
    first_author: str


class ChangeOf(NamedTuple):
    """One thing that happened to a study: a row of its history."""

    kind: str
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass(slots=True)
class Study:
    """A study as it is to stand in the library. `tags`: all, people's too, each with whether it is active."""

    record: Record  # with its key, facts and what people wrote
    tags: list[tuple[Tag, bool]]
    design: str
    context: str
    source: str
    origin: str = ""
    digest: str = ""
    seed_digest: str = ""
    added_at: str = ""
    laid: rows.Laid | None = None
    n: int | None = None  # this and the direction: as the tags say, whoever gave them
    n_kind: str = ""
    direction: str = Direction.NOT_REPORTED
    history: list[ChangeOf] = field(default_factory=list)

    @property
    def read(self) -> dict[str, Any]:
        """The columns that curated facts fill, or of a study that no curator read its text; corrected by people."""
        facts = self.record.facts
        whole = _FACTLESS if facts is None else rows.facts_columns(facts)
        return whole | {"n": self.n, "n_kind": self.n_kind, "direction": str(self.direction)}


def laid(study: Study) -> rows.Laid:
    """The rows of a study's bibliography, made once."""
    if study.laid is None:
        study.laid = rows.Laid(study.record)
    return study.laid


def rows_of(connection: Connection) -> Rows:
    """Questions to a library in the midst of a writer's transaction."""
    if connection.dialect.name == "sqlite":
        return SqliteLibrary(raw(connection), where(connection))
    return PostgresLibrary(connection)


class Writer:
    """Stores studies through one connection. `now`: the time that is written down, ISO 8601 UTC."""

    def __init__(self, connection: Connection, now: str) -> None:
        self.connection = connection
        self.now = now
        self.run: int | None = None
        self._mark = "?" if connection.dialect.name == "sqlite" else "%s"
        self._quote = connection.dialect.identifier_preparer.quote
        self._inserts: dict[str, str] = {}
        self._terms: Terms | None = None
        self._words: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    # asking

    @property
    def db(self) -> Rows:
        return rows_of(self.connection)

    def have(
        self, pmids: Iterable[int] = (), dois: Iterable[str] = (), keys: Iterable[str] = (), ids: Iterable[int] = ()
    ) -> list[Have]:
        """The studies that one of these names, each once."""
        found: dict[int, Have] = {}
        asked: dict[str, Any] = {"pmid": list(pmids), "doi": list(dois), "key": list(keys), "id": list(ids)}
        for column, values in asked.items():
            for among, params in chunks(values):
                for row in self.db.rows(HAVE.format(column, among), params):
                    found.setdefault(row[0], Have._make((*row[:-2], row[-2] or row[-1] or "")))
        return list(found.values())

    def whole(self, ids: Sequence[int]) -> dict[int, Record]:
        """All that is known of these studies."""
        return dict(zip(ids, assemble.records(self.db, ids), strict=True))

    def taken_keys(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys a study has."""
        taken: set[str] = set()
        for among, params in chunks(list(keys)):
            taken.update(row[0] for row in self.db.rows(f"SELECT key FROM study WHERE key IN ({among})", params))
        return taken

    # storing

    def insert(self, table: str, values: Sequence[rows.Row]) -> None:
        """Rows with all columns of `table`, but for an id that the database gives."""
        if not values:
            return
        sql = self._inserts.get(table)
        if sql is None:
            names = COLUMNS[table]
            listed = ", ".join(self._quote(name) for name in names)
            marks = ", ".join([self._mark] * len(names))
            sql = self._inserts[table] = f"INSERT INTO {self._quote(table)} ({listed}) VALUES ({marks})"
        self.connection.exec_driver_sql(sql, list(values))

    def many(self, sql: str, values: Sequence[rows.Row]) -> None:
        """A statement of ours, with `?` for each value, for each row."""
        if values:
            self.connection.exec_driver_sql(sql.replace("?", self._mark), list(values))

    def add(self, studies: Sequence[Study]) -> dict[str, int]:
        """Store studies that are not in the library: the id of each key."""
        if not studies:
            return {}
        trials = self.trial_ids({s.record.facts.trial for s in studies if s.record.facts and s.record.facts.trial})
        self.insert("study", [tuple(self.columns(study, trials).values()) for study in studies])
        ids: dict[str, int] = {}
        for among, params in chunks([study.record.key for study in studies]):
            ids.update(self.db.rows(f"SELECT key, id FROM study WHERE key IN ({among})", params))
        texts, tags, history = [], [], []
        children: dict[str, list[rows.Row]] = {}
        for study in studies:
            number = ids[study.record.key]
            texts.append(self.text(number, study))
            tags += [(number, *rows.tag(tag, active)) for tag, active in study.tags]
            for table, found in (*laid(study).children.items(), *rows.hanging(study.record).items()):
                if found:
                    children.setdefault(table, []).extend(_children(table, number, found))
            self._people(number, None, study.record.annotations)
            history += [(number, change) for change in study.history]
        self.insert("study_text", [(*t[:5], _remarks(study), t[5]) for t, study in zip(texts, studies, strict=True)])
        for table, found in children.items():
            self.insert(table, found)
        self.insert("tag", tags)
        search_index.add(self.connection, texts)
        self.remember(history)
        return ids

    def change(self, changed: Mapping[int, tuple[Record, Study]]) -> list[int]:
        """Bring studies from what they were to what they are to be: the ids of those that really changed."""
        if not changed:
            return []
        ids = list(changed)
        wanted = {study.record.facts.trial for _, study in changed.values() if study.record.facts}
        trials = self.trial_ids(wanted - {""})
        columns = dict(self._by_id("study", ["id", *COLUMNS["study"]], ids))
        texts = dict(self._by_id("study_text", [*TEXT_COLUMNS, "notes"], ids))
        tags: dict[int, list[rows.Row]] = {}
        for number, row in self._by_id("tag", COLUMNS["tag"], ids):
            tags.setdefault(number, []).append(row)
        really = []
        for number, (old, study) in changed.items():
            did = self._children(number, old, study)
            did |= self._tags(number, tags.get(number, []), study)
            did |= self._people(number, old.annotations, study.record.annotations)
            did |= self._text(number, texts[number], study)
            did |= self._columns(number, columns[number], self.columns(study, trials), did)
            if did:
                really.append(number)
                self.remember((number, change) for change in study.history)
        return really

    def put(self, name: str, value: str) -> None:
        """Write down what the library knows of itself."""
        self.many("DELETE FROM library WHERE name = ?", [(name,)])
        self.insert("library", [(name, value)])

    def begin_run(self, kind: str, topic: str = "", query: str = "", opened: str = "") -> None:
        """Write down that a run brings records in; the first time only. Changes then name it."""
        if self.run is None:
            table = TABLES["sync_run"]
            values = {"kind": kind, "started_at": self.now, "finished_at": "", "status": "running"}
            values |= {"opened": opened, "topic": topic, "query": query, "summary": "{}"}
            made = self.connection.execute(insert(table).values(values))
            self.run = int(made.inserted_primary_key[0])  # type: ignore[index]

    def end_run(self, summary: str, at: str) -> None:
        """Write down how the run ended."""
        self.many(
            "UPDATE sync_run SET finished_at = ?, status = 'done', summary = ? WHERE id = ?", [(at, summary, self.run)]
        )

    def remember(self, history: Iterable[tuple[int, ChangeOf]]) -> None:
        """Rows of the studies' history."""
        self.insert("change", [(self.now, *change, number, self.run) for number, change in history])

    def columns(self, study: Study, trials: Mapping[str, int]) -> dict[str, Any]:
        """The row of `study`, without id, in the order of its columns."""
        record, facts = study.record, study.record.facts
        screenings = record.annotations.screenings if record.annotations else []
        values: dict[str, Any] = laid(study).columns | study.read
        values |= {
            "key": record.key,
            "source": study.source,
            "curated": facts is not None,
            "design": study.design,
            "context": study.context,
            "excluded": sorted(screenings, key=lambda one: one.at)[-1].excluded if screenings else False,
            "origin": study.origin,
            "digest": study.digest,
            "seed_digest": study.seed_digest,
            "added_at": study.added_at or self.now,
            "changed_at": self.now,
            "trial_id": trials[facts.trial] if facts and facts.trial else None,
        }
        return {name: values[name] for name in COLUMNS["study"]}

    def text(self, number: int, study: Study) -> search_index.Row:
        """What the index is given for a study."""
        record = study.record
        summary = record.facts.summary if record.facts else ""
        counted = (tag for tag, active in study.tags if active and tag.axis not in READ_ALONE)
        terms = self.terms_of((tag.axis.value, tag.term) for tag in counted)
        return number, record.title, terms, laid(study).abstract, summary, rows.names(record)

    def terms_of(self, active: Iterable[tuple[str, str]]) -> str:
        """Labels, then tokens, of terms and of all above them: "CRPS Neuropathic pain zqconditioncrps ..."."""
        if self._terms is None:
            self._terms = Terms(self.db)
        found: dict[tuple[str, str], None] = {}
        for axis, term in sorted(active):
            words = self._words.get((axis, term))
            if words is None:
                above = sorted(self._terms.above(axis, term))
                words = tuple((self._terms.label(axis, up), term_token(axis, up)) for up in above)
                self._words[axis, term] = words
            found.update(dict.fromkeys(words))
        return " ".join([label for label, _ in found] + [token for _, token in found])

    def trials(self, given: Sequence[Trial]) -> None:
        """Make these trials, or change their titles and numbers."""
        known = self.trial_ids(trial.name for trial in given)
        self.many(
            "UPDATE trial SET title = ?, registry_ids = ? WHERE id = ?",
            [(one.title, dumps([each.accession for each in one.registry_ids]), known[one.name]) for one in given],
        )

    def trial_ids(self, wanted: Iterable[str]) -> dict[str, int]:
        """The ids of trials by name; those that are new are made."""
        listed = sorted(set(wanted))
        known = self._trials_there(listed)
        missing = [name for name in listed if name not in known]
        self.insert("trial", [(name, "", "[]") for name in missing])
        return known | self._trials_there(missing)

    def _trials_there(self, listed: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for among, params in chunks(listed):
            found.update(self.db.rows(f"SELECT name, id FROM trial WHERE name IN ({among})", params))
        return found

    # what of a study changes

    def _by_id(self, table: str, names: Sequence[str], ids: Sequence[int]) -> Iterator[tuple[int, rows.Row]]:
        """Rows of `table` by their study; the first of `names` is not repeated where it is the id."""
        key = "id" if table == "study" else "study_id"
        listed = ", ".join(name for name in names if name != key)
        for among, params in chunks(ids):
            for row in self.db.rows(f"SELECT {key}, {listed} FROM {table} WHERE {key} IN ({among})", params):
                yield row[0], row[1:]

    def _columns(self, number: int, old: rows.Row, new: dict[str, Any], did: bool) -> bool:
        before = dict(zip(COLUMNS["study"], old, strict=True))
        if not did and all(before[name] == value for name, value in new.items() if name != "changed_at"):
            return False
        # a digest alone is no news: what it stands for has not changed
        news = [name for name, value in new.items() if before[name] != value and name not in _SILENT]
        if not did and not news:
            new["changed_at"] = before["changed_at"]
        sets = ", ".join(f"{name} = ?" for name in new)
        self.many(f"UPDATE study SET {sets} WHERE id = ?", [(*new.values(), number)])
        return did or bool(news)

    def _text(self, number: int, old: rows.Row, study: Study) -> bool:
        new = self.text(number, study)
        notes = _remarks(study)
        if old == (*new[1:], notes):
            return False
        if old[:-1] != new[1:]:
            search_index.remove(self.connection, [(number, *old[:-1])])
            search_index.add(self.connection, [new])
        self.many(
            "UPDATE study_text SET title = ?, terms = ?, abstract = ?, summary = ?, names = ?, notes = ? "
            "WHERE study_id = ?",
            [(*new[1:], notes, number)],
        )
        return True

    def _children(self, number: int, old: Record, study: Study) -> bool:
        before = rows.bibliography(old) | rows.hanging(old)
        after = laid(study).children | rows.hanging(study.record)
        differ = [table for table, found in after.items() if found != before[table]]
        for table in differ:
            found = after[table]
            if table == "finding":
                self.many("DELETE FROM finding WHERE study_id = ? AND origin <> ?", [(number, Origin.USER.value)])
            else:
                self.many(f"DELETE FROM {table} WHERE study_id = ?", [(number,)])
            self.insert(table, list(_children(table, number, found)))
        return bool(differ)

    def _tags(self, number: int, old: Sequence[rows.Row], study: Study) -> bool:
        """Tags that went are deleted, but never a person's; the others are put in or changed."""
        before = {row[:3]: row for row in old}
        after = {row[:3]: row for row in (rows.tag(*pair) for pair in study.tags)}
        gone = [key for key in before if key not in after and key[2] != Origin.USER]
        fresh = [(number, *row) for key, row in after.items() if key not in before]
        other = [row for key, row in after.items() if key in before and before[key] != row]
        by = " AND ".join(f"{name} = ?" for name in COLUMNS["tag"][:4])
        self.many(f"DELETE FROM tag WHERE {by}", [(number, *key) for key in gone])
        self.insert("tag", fresh)
        sets = ", ".join(f"{name} = ?" for name in COLUMNS["tag"][4:])
        self.many(f"UPDATE tag SET {sets} WHERE {by}", [(*row[3:], number, *row[:3]) for row in other])
        return bool(gone or fresh or other)

    def _people(self, number: int, old: Annotations | None, new: Annotations | None) -> bool:
        """Put in what people wrote and the library has not; nothing is taken away. Tags are among the tags."""
        if new is None:
            return False
        had = old or Annotations()
        notes = [(note.text, note.at, number) for note in new.notes if note not in had.notes]
        fresh = [label for label in dict.fromkeys(new.labels) if label not in had.labels]
        labels = [(number, label, new.labelled.get(label, self.now)) for label in fresh]
        screenings = [(s.excluded, s.why, s.at, number) for s in new.screenings if s not in had.screenings]
        self.insert("note", notes)
        self.insert("label", labels)
        self.insert("screening", screenings)
        findings = [one for one in new.findings if one not in had.findings]
        self.own_findings(number, findings)
        judgements = [one for one in new.judgements if one not in had.judgements]
        self.insert("judgement", [(*rows.judgement(one), number) for one in judgements])
        return bool(notes or labels or screenings or findings or judgements)

    def own_findings(self, number: int, findings: Sequence[Finding]) -> None:
        """A person's findings on a study, after those that it has."""
        if findings:
            asked = "SELECT COALESCE(MAX(position), -1) FROM finding WHERE study_id = :study"
            last = int(self.db.rows(asked, {"study": number})[0][0])
            values = [(place, *rows.finding(one), number) for place, one in enumerate(findings, last + 1)]
            self.insert("finding", values)


def _children(table: str, number: int, found: Iterable[rows.Row]) -> list[rows.Row]:
    """Rows with the study's id and their position, as `COLUMNS` has them."""
    if table == "finding":
        return [(position, *row, number) for position, row in enumerate(found)]
    return [(number, position, *row) for position, row in enumerate(found)]


def _remarks(study: Study) -> str:
    return study.record.facts.notes if study.record.facts else ""
