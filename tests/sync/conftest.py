"""A stand-in PubMed, libraries that sync with it, and a process that dies where it is told to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from ketlit.sync import Summary, Sync
from ketlit.sync.topics import Asked
from ketlit.tagging.taxonomy import Taxonomy
from tests.eutils_caller import Caller
from tests.intake.conftest import Desk
from tests.ncbi import Server, World, serve

TOPIC = Asked("pain", "ketamine[tiab]", True)


class Died(BaseException):
    """What a kill is in one process: nothing after it is done."""


@dataclass
class Told:
    """Remembers what a sync tells meanwhile."""

    lines: list[str] = field(default_factory=list)
    expected: int = 0
    came: int = 0

    def expect(self, records: int) -> None:
        self.expected += records

    def fetched(self, records: int) -> None:
        self.came += records

    def tell(self, line: str) -> None:
        self.lines.append(line)


class Syncing(Desk):
    """A library that syncs with a stand-in. `told` and `asked` are of the last sync: its lines, its requests."""

    def __init__(self, path: Path, taxonomy: Taxonomy, server: Server) -> None:
        super().__init__(path, taxonomy)
        self.server = server
        self.told = Told()
        self.asked: list[str] = []
        self.ids: list[int] = []  # that were asked for, in order
        self.left: Summary | None = None  # of a sync that raised

    def sync(
        self,
        *topics: Asked,
        curated: bool = False,
        prepared: Callable[[Connection], object] = lambda connection: None,
        **how: Any,
    ) -> Summary:
        """Sync; `prepared` is done to the connection before."""
        self.told = Told()
        before = len(self.server.log)
        with self.open() as connection:
            prepared(connection)
            conversation = Sync(connection, self._taxonomy, Caller(self.server), self.told, **how)
            try:
                return conversation.run(topics or [TOPIC], curated=curated)
            finally:
                self.left = conversation.summary
                new = self.server.log[before:]
                self.asked = [each.utility for each in new]
                fetched = [each.params.get("id", "") for each in new if each.utility == "efetch"]
                self.ids = [int(pmid) for ids in fetched for pmid in ids.split(",") if pmid]

    def finds_all_done(self, *topics: Asked, **how: Any) -> None:
        """Sync once more: it asks its two searches and has nothing to fetch."""
        self.sync(*topics, **how)
        assert self.asked == ["esearch", "esearch"]

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that is known of studies; not how far topics are asked."""
        return {name: rows for name, rows in super().content().items() if name != "topic"}

    def studies(self) -> dict[int, tuple[str, str, str]]:
        """Title, status and abstract of each PMID."""
        sql = "SELECT pmid, title, status, abstract FROM study JOIN study_text ON study_id = id WHERE pmid IS NOT NULL"
        return {pmid: tuple(rest) for pmid, *rest in self.rows(sql.replace("title,", "study.title,"))}

    def annotate(self, pmid: int, text: str = "my own words") -> None:
        """A note, a label and a tag of a person's."""
        study = self.one("SELECT id FROM study WHERE pmid = ?", pmid)
        self.rows("INSERT INTO note (text, at, study_id) VALUES (?, '2026-01-01T00:00:00Z', ?)", text, study)
        self.rows("INSERT OR IGNORE INTO label (study_id, label, at) VALUES (?, 'keep', '2026-01-01')", study)
        self.rows(
            "INSERT OR IGNORE INTO tag (study_id, axis, term, origin, section, starts, ends, quote, quote_hash, rule, "
            "role, negated, active, at) VALUES (?, 'condition', 'crps', 'user', '', NULL, NULL, '', '', '', 'studied', "
            "0, 1, '2026-01-01')",
            study,
        )

    def words_of_people(self) -> list[tuple[Any, ...]]:
        """All that people wrote."""
        return [
            *self.rows("SELECT text, at, study_id FROM note ORDER BY id"),
            *self.rows("SELECT study_id, label, at FROM label ORDER BY study_id, label"),
            *self.rows("SELECT * FROM tag WHERE origin = 'user' ORDER BY study_id, axis, term"),
        ]

    def states(self) -> dict[str, str]:
        """What the last run said of each item."""
        return dict(self.rows("SELECT place, state FROM sync_item ORDER BY run_id"))


def dies_at(statement: int, *, commit: bool = False) -> Callable[[Connection], None]:
    """Prepares a connection on which everything ends before the n-th statement, or commit, from now on."""

    def prepare(connection: Connection) -> None:
        left = [statement]

        def count(*_: Any) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Died

        event.listen(connection.engine, "commit" if commit else "before_cursor_execute", count)

    return prepare


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with serve(world) as running:
        yield running


@pytest.fixture
def empty(made_empty: Path, tmp_path: Path, taxonomy: Taxonomy, server: Server) -> Callable[[], Syncing]:
    """Makes libraries without studies, which sync with the stand-in."""
    count = iter(range(1_000))

    def made() -> Syncing:
        path = tmp_path / f"library{next(count)}.db"
        shutil.copyfile(made_empty, path)
        return Syncing(path, taxonomy, server)

    return made


@pytest.fixture
def desk(empty: Callable[[], Syncing]) -> Syncing:
    """A library without studies."""
    return empty()


@pytest.fixture
def curated(library: Path, taxonomy: Taxonomy, server: Server) -> Syncing:
    """A library with the curated studies."""
    return Syncing(library, taxonomy, server)


def papers(world: World, count: int, first: int = 20_000_001, **of: Any) -> list[int]:
    """Makes papers on ketamine, a month old."""
    old = {"created": world.days_ago(30), "year": 2024, "abstract": "Pain fell."} | of
    return [world.new(first + each, title=f"Ketamine for pain, report {each}.", **old) for each in range(count)]


def undisturbed(desk: Syncing, empty: Callable[[], Syncing], topics: Sequence[Asked] = (TOPIC,)) -> Syncing:
    """A fresh library, synced once with the same world."""
    desk.server.faults = []
    other = empty()
    other.sync(*topics)
    return other
