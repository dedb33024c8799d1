"""Records made to be taken in, and libraries to take them into."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from ketlit.intake.apply import Intake, Summary
from ketlit.intake.plan import Deletion, Offer
from ketlit.record import Author, MeshHeading, PublicationType, Record, Section
from ketlit.store.engine import writing
from ketlit.tagging.taxonomy import Taxonomy


def a_record(pmid: int | None = 90000001, **changes: Any) -> Record:
    """A paper as PubMed tells it; all it needs to be changed in is named."""
    values: dict[str, Any] = {
        "pmid": pmid,
        "title": f"A randomised trial of ketamine, number {pmid}.",
        "authors": [Author("Pereira", "Ana", "A"), Author("Østby", initials="K")],
        "journal": "Journal of trials",
        "year": 2022,
        "sections": [Section("Pain fell in both groups.", "RESULTS", "RESULTS")],
        "publication_types": [PublicationType("D016449", "Randomized Controlled Trial")],
        "mesh": [MeshHeading("D007649", "Ketamine", True), MeshHeading("D005356", "Fibromyalgia", True)],
        "version": 1,
        "revised": "2022-06-01",
        "medline_status": "MEDLINE",
    }
    return Record(**(values | changes))


@pytest.fixture
def record() -> Callable[..., Record]:
    return a_record


@pytest.fixture
def bare(made_empty: Path, tmp_path: Path) -> Path:
    """A fresh library without studies."""
    path = tmp_path / "bare.db"
    path.write_bytes(made_empty.read_bytes())
    return path


class Desk:
    """Takes offers into one library and looks at what is in it."""

    def __init__(self, path: Path, taxonomy: Taxonomy) -> None:
        self.path = path
        self._taxonomy = taxonomy

    @contextmanager
    def open(self) -> Iterator[Connection]:
        with writing(str(self.path)) as connection:
            yield connection

    def take(self, *offers: Offer | Deletion | Record, **options: Any) -> Summary:
        """Import these; plain records are PubMed's."""
        with self.open() as connection:
            intake = Intake(connection, self._taxonomy, at="2026-01-02T03:04:05Z", **options)
            intake.take([Offer(one, "here") if isinstance(one, Record) else one for one in offers], "a file")
            return intake.finish()

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute(sql, params).fetchall()
            connection.commit()
            return found

    def one(self, sql: str, *params: Any) -> Any:
        return self.rows(sql, *params)[0][0]

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that is known of studies, without when it came and what happened before."""
        names = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = sorted(name for name in names if "fts" not in name and name not in _NOT_CONTENT)
        return {name: sorted(self.rows(f"SELECT {self._columns(name)} FROM {name}"), key=repr) for name in kept}

    def _columns(self, table: str) -> str:
        names = [row[1] for row in self.rows(f"PRAGMA table_info({table})")]
        return ", ".join(f'"{name}"' for name in names if name not in {"added_at", "changed_at", "run_id"})

    def sound(self) -> bool:
        """Whether pages, references and the full-text index are in order."""
        from ketlit.store.upkeep import check

        return not [item for item in check(str(self.path)) if item.problem]


_NOT_CONTENT = {"change", "sync_run", "sync_item", "library", "alembic_version"}


@pytest.fixture
def desk_at(taxonomy: Taxonomy) -> Callable[[Path], Desk]:
    return lambda path: Desk(path, taxonomy)


@pytest.fixture
def desk(bare: Path, taxonomy: Taxonomy) -> Desk:
    """At a library without studies."""
    return Desk(bare, taxonomy)


@pytest.fixture
def seeded_desk(library: Path, taxonomy: Taxonomy) -> Desk:
    """At a library with the curated studies."""
    return Desk(library, taxonomy)
