"""The wall of plans: each statement that reading asks is served by an index, on SQLite and on PostgreSQL.

Every question is asked with several filters while the statements are collected, then each is EXPLAINed. A table may
be read whole only where that is said here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from ketlit.store import assemble, evidence, news, overview
from ketlit.store import reader as reading
from ketlit.store.briefing import brief_rows
from ketlit.store.claims import claim_rows, claims, study_keys
from ketlit.store.connect import Rows
from ketlit.store.mapping import map_rows
from ketlit.store.query import Query
from ketlit.store.reader import Reader
from ketlit.store.search_index import Sql
from ketlit.views import Filters
from ketlit.vocabulary import Axis, SearchSort
from tests.libraries import Made, library_on

STUDIES = [
    Made(
        f"study{number}",
        "Burn pain" if number % 2 else "Low mood",
        "relief",
        authors=[("Berg", "A")],
        tags=[("condition", "crps-1"), ("route", "infusion"), ("design", "rct"), ("design", "crossover")],
        labels=["to read"],
        trial="TRIAL-1" if number < 3 else "",
        registry=["NCT00000007"],
        findings=[{"outcome": "pain-intensity", "direction": "mixed"}],
        columns={"year": 2000, "pmid": number + 1, "doi": f"10.1/{number}"},
    )
    for number in range(8)
]
RUN = {"opened": "", "finished_at": "", "status": "done", "topic": "", "query": "", "summary": "{}"}
CHANGED = {"at": "2026-01-01T00:00:00Z", "kind": "retracted", "field": "status", "old": "", "new": "", "run_id": 1}
NEWS: list[tuple[str, dict[str, Any]]] = [
    ("sync_run", {"id": 1, "kind": "import", "started_at": "2026-01-01T00:00:00Z", **RUN}),
    *(("change", {"study_id": number, **CHANGED}) for number in range(1, 9)),
]
WORDS = [
    "",
    "burn",
    "pain relief",
    "-mood",
    "burn -mood",
    '"burn pain" OR reli*',
    "crps",
    "study1",
    "zzzz",
    "burn mood",
]
NARROWED = [
    Filters(),
    Filters(condition=("chronic-pain", "depression")),
    Filters(route=("iv",), drug=("ketamine",), outcome=("remission",), harm=("other",)),
    Filters(comparator=("placebo",), population=("women",), context=("misuse",)),
    Filters(design=("rct", "crossover")),
    Filters(since=1990, until=2010, as_of="2011", min_n=5),
    Filters(direction=("mixed",), status=("retracted",), source=("synced",)),
    Filters(label=("to read",), trial=("TRIAL-1", "nct00000007")),
    Filters(condition=("crps",), design=("rct",), since=1990, label=("to read",)),
]
# few rows that are wanted whole: the taxonomy, trials, claims, labels' names, what people wrote, the library's facts
SMALL = {
    "term",
    "term_parent",
    "synonym",
    "trial",
    "claim",
    "claim_study",
    "judgement",
    "label",
    "note",
    "library",
    "sync_run",
    "alembic_version",
}
# counts of the whole library, by statement: what they may read whole
COUNTING = {
    overview.COUNTS: {"finding"},  # findings without harms, and harms
    overview.COUNTS_OF: {"finding"},
    overview.OWN: {"tag"},
    overview.WITH_CHILDREN: {"tag"},
    news.NEWEST: {"change"},  # backwards along the index on its time, and no further than the first that fits
    # of findings, which are few, filters decide through their studies
    evidence.FINDINGS: {"finding"},
}
TEXTS = {"study_text", "section", "author", "mesh"}


class Collecting:
    """A library that keeps what it is asked: the statement, as it was written and as it runs, and its parameters."""

    def __init__(self, db: Rows) -> None:
        self.db = db
        self.dialect = db.dialect
        self.asked: dict[str, dict[str, Any]] = {}

    def rows(self, sql: str, params: Mapping[str, Any] = {}) -> list[tuple[Any, ...]]:
        self.asked.setdefault(sql, dict(params))
        return self.db.rows(sql, params)


def ask_narrowed(db: Rows) -> None:
    """Every question that filters narrow."""
    reader = Reader(db)
    for words, narrowed in product(WORDS, NARROWED):
        filters = narrowed._replace(words=words)
        for sort in SearchSort:
            reader.search(filters, sort, 3)
        reader.matching(filters)
        reader.timeline(filters)
        reader.trials(filters)
        reader.stats("", filters)
        for since in ("last", "2020", "9999"):
            reader.news(filters, since)
    for narrowed in NARROWED:
        for rows, columns in ((Axis.CONDITION, Axis.ROUTE), (Axis.DESIGN, Axis.CONTEXT)):
            map_rows(db, reader.terms_known, narrowed, rows, columns)
        brief_rows(db, reader.terms_known, narrowed, "crps")
        for asked in (
            narrowed._replace(outcome=("remission",), harm=()),
            narrowed._replace(outcome=(), harm=("other",)),
        ):
            evidence.findings(db, reader.terms_known, asked)
            evidence.candidates(db, reader.terms_known, asked)


def ask_the_rest(db: Rows) -> None:
    """Every question of the reader and of the card that no filter narrows."""
    reader = Reader(db)
    for ident in ("study1", "pmid:1", "10.1/1", "none1"):
        reader.find(ident)
        reader.suggest(ident)
    for study in (None, 1):
        reader.notes(study)
        reader.labels(study)
        reader.judgements(study)
    for axis in (None, "condition", "design", "context"):
        reader.terms(axis)
    reader.shared_names()
    claim_rows(db, reader.terms_known, claims(db))
    claim_rows(db, reader.terms_known, claims(db), as_of="2011")
    study_keys(db)
    reader.stats()
    ids = list(range(1, 9))
    list(assemble.records(db, ids))
    assemble.trials(db, ids)
    for study in ids[:2]:
        assemble.tags(db, study)
        assemble.history(db, study)
        assemble.relations(db, study)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collecting]:
    made = library_on(request.param, tmp_path_factory.mktemp("plans"), STUDIES, NEWS)
    with made as library, pytest.MonkeyPatch.context() as patch:
        collecting = Collecting(library)
        ask_narrowed(collecting)
        ask_the_rest(collecting)
        for few, many in ((0, 20_000), (0, 0)):  # the ways of common words
            patch.setattr(reading, "FEW", few)
            patch.setattr(reading, "MANY", many)
            for words, narrowed in product(WORDS, NARROWED):
                Reader(collecting).search(narrowed._replace(words=words), limit=3)
        if library.dialect == "postgresql":
            # over a handful of rows a scan is always cheapest; what is scanned now has no index that serves
            library.rows("SELECT set_config('enable_seqscan', 'off', false)")
        yield collecting


def plan(db: Rows, sql: str, params: Mapping[str, Any]) -> list[str]:
    """The steps of a statement, one a line."""
    explain = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
    return [str(row[3] if db.dialect == "sqlite" else row[0]).strip() for row in db.rows(explain + sql, params)]


def read_whole(dialect: str, sql: str, steps: list[str]) -> set[str]:
    """The tables that a plan reads from end to end, by their names."""
    found = r"SCAN (\w+)\b(?! VIRTUAL TABLE)" if dialect == "sqlite" else r'Seq Scan on "?(\w+)'
    names = {name for step in steps for name in re.findall(found, step)}
    aliases = dict(re.findall(r"(?:FROM|JOIN) \"?(\w+)\"? (?!WHERE|JOIN|LEFT|CROSS|ORDER|GROUP|ON|UNION)(\w+)", sql))
    back = {alias: table for table, alias in aliases.items()}
    return {back.get(name, name) for name in names}


def test_the_questions_ask_what_they_should(asked: Collecting) -> None:
    assert len(asked.asked) > 200
    assert {sql.partition(" ")[0] for sql in asked.asked} <= {"SELECT", "WITH", "PRAGMA"}


def test_only_what_is_wanted_whole_is_read_whole(asked: Collecting) -> None:
    wrong = []
    for sql, params in asked.asked.items():
        if sql.startswith("PRAGMA"):
            continue
        steps = plan(asked.db, sql, params)
        # filters alone may read `study`, which is narrow; all rows of a recursive or inner table are wanted
        allowed = SMALL | {"study", "below", "b", "p", "m", "people", "CONSTANT"} | allowance(sql)
        if scanned := read_whole(asked.dialect, sql, steps) - allowed:
            wrong.append((scanned, sql, steps))
    assert not wrong


def allowance(sql: str) -> set[str]:
    """What a count of the whole library may read."""
    return next((tables for form, tables in COUNTING.items() if sql.startswith(form.partition("{")[0])), set())


def test_filters_and_ranking_never_read_the_texts(asked: Collecting) -> None:
    filtering = [
        sql for sql in asked.asked if re.match(r"SELECT (s\.id FROM|s\.id, CASE|COUNT\(|DISTINCT s\.trial_id)", sql)
    ]
    assert len(filtering) > 100
    for sql in filtering:
        named = set(re.findall(r"\b(?:FROM|JOIN) (\w+)", sql))
        assert not named & (TEXTS - ({"section"} if sql.startswith(overview.WITHOUT_ABSTRACT) else set())), sql
        assert "study_fts.title" not in sql


def test_the_index_is_asked_once_for_all_hits_not_once_a_hit(asked: Collecting) -> None:
    searches = {sql: params for sql, params in asked.asked.items() if "study_fts" in sql}
    assert any("in_title" in sql for sql in searches)
    for sql, params in searches.items():
        steps = plan(asked.db, sql, params)
        if asked.dialect == "sqlite":
            # "=" before the M: the words are looked up anew for each rowid of a list
            index = [step for step in steps if "study_fts VIRTUAL TABLE INDEX" in step]
            assert index, sql
            assert all(re.search(r"INDEX \d+:M\d+$", step) for step in index), (sql, steps)
            # the outermost loop runs over the hits, not over the studies
            first = next(step for step in steps if step.startswith(("SCAN", "SEARCH")))
            if "FROM study_fts CROSS JOIN study" in sql:
                assert first.startswith("SCAN study_fts"), (sql, steps)
        elif sql.startswith(Sql("postgresql").count):
            assert any("ix_study_fts_document" in step for step in steps), (sql, steps)
        assert not [step for step in steps if "CORRELATED" in step and "study_fts" in step]


def test_without_the_plus_the_index_would_be_asked_once_a_hit(asked: Collecting) -> None:
    if asked.dialect != "sqlite":
        return
    sql = Sql("sqlite")
    words = Query(asked.db, Filters("burn pain"), Reader(asked.db).terms_known).words
    for condition in sql.best.values():
        assert condition.startswith("+")
        asking = f"SELECT s.id {sql.joined} AND {{}}"
        assert not any("INDEX 0:=M" in step for step in plan(asked.db, asking.format(condition), words))
        assert any("INDEX 0:=M" in step for step in plan(asked.db, asking.format(condition[1:]), words))


def test_one_study_is_found_by_an_index(asked: Collecting) -> None:
    for sql, params in ((reading.BY_KEY, {"key": "x"}), (reading.BY_PMID, {"pmid": 1}), (reading.BY_DOI, {"doi": "x"})):
        assert not read_whole(asked.dialect, sql, plan(asked.db, sql, params))
    for sql, values in asked.asked.items():
        # those of named studies; counts of what fits look for the studies themselves
        named = "study_id IN (" in sql and "study_id IN (SELECT" not in sql
        if named and "FROM tag t WHERE t.active AND t.axis" not in sql:
            assert not read_whole(asked.dialect, sql, plan(asked.db, sql, values)), sql


def test_a_filter_by_a_term_is_served_by_the_index_on_terms(asked: Collecting) -> None:
    filters = Filters(condition=("chronic-pain",))
    query = Query(asked.db, filters, Reader(asked.db).terms_known)
    steps = plan(asked.db, f"SELECT COUNT(*) FROM study s{query.whole(asked.dialect)}", query.params)
    assert any("ix_tag_axis_term_study_id" in step for step in steps), steps
