"""Small libraries made to measure: a taxonomy of a few terms, and studies as rows, put in by SQLAlchemy Core."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from ketlit.model import SQLModel
from ketlit.store import search_index
from ketlit.store.connect import PostgresLibrary, Rows, SqliteLibrary, open_reader
from ketlit.store.engine import begin, writing
from ketlit.store.migrate import new_file, to_newest
from ketlit.store.search_index import fold, term_token

# axis, term, label, parents, names; "!" before a name: an abbreviation that is ambiguous; ">": prints as
TAXONOMY: list[tuple[str, str, str, list[str], list[str]]] = [
    ("condition", "chronic-pain", "Chronic pain", [], ["persistent pain"]),
    ("condition", "neuropathic-pain", "Neuropathic pain", ["chronic-pain"], ["nerve pain"]),
    ("condition", "crps", "CRPS", ["neuropathic-pain"], ["complex regional pain syndrome", "algodystrophy"]),
    ("condition", "crps-1", "CRPS type 1", ["crps"], ["CRPS-1", "reflex sympathetic dystrophy", "!RSD"]),
    ("condition", "crps-2", "CRPS type 2", ["crps"], ["causalgia"]),
    ("condition", "fibromyalgia", "Fibromyalgia", ["chronic-pain"], ["fibrositis", "primary fibromyalgia", "!FM"]),
    ("condition", "depression", "Depression", [], ["depressive disorder", "low mood"]),
    ("condition", "ischaemic-pain", "Ischaemic pain", ["neuropathic-pain", "chronic-pain"], ["ischemic pain"]),
    ("drug", "ketamine", "Ketamine", [], []),
    ("drug", "esketamine", "Esketamine", ["ketamine"], ["S(+)-ketamine", "S-ketamine"]),
    ("route", "intravenous", "Intravenous", [], ["IV", "intravenously"]),
    ("route", "infusion", "Infusion>intravenous", [], ["drip"]),
    ("route", "oral", "Oral", [], ["by mouth"]),
    ("outcome", "pain-intensity", "Pain intensity", [], ["pain score"]),
    ("outcome", "remission", "Remission", [], []),
    ("outcome", "other", "Other", [], []),
    ("adverse-effect", "dissociation", "Dissociation", [], ["dissociative symptoms"]),
    ("adverse-effect", "other", "Other", [], []),
    ("design", "rct", "Randomised trial", [], ["randomised controlled trial"]),
    ("design", "case-report", "Case report", [], []),
    ("design", "crossover", "Crossover*", [], ["cross over"]),
    ("design", "double-blind", "Double blind*", [], []),
    ("comparator", "placebo", "Placebo", [], ["saline"]),
    ("comparator", "other-drug", "Another drug", [], []),
    ("comparator", "antidepressant", "Antidepressant>other-drug", [], ["SSRI"]),
    ("population", "women", "Women", [], ["female"]),
    ("context", "therapeutic-pain", "Treatment of pain", [], ["analgesia"]),
    ("context", "misuse", "Misuse", [], ["abuse"]),
]

_NUMBERS = count(1)


@dataclass
class Made:
    """A study to put in; `tags` are (axis, term), `inactive` ones too."""

    key: str
    title: str = ""
    abstract: str = ""
    summary: str = ""
    names: str = ""
    authors: list[tuple[str, str]] = field(default_factory=list)  # family, initials
    tags: list[tuple[str, str]] = field(default_factory=list)
    inactive: list[tuple[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    trial: str = ""
    registry: list[str] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)  # of table study


def ancestors(axis: str, term: str) -> set[str]:
    """The term and all above it, by plain recursion over TAXONOMY."""
    found = {term}
    for on, each, label, parents, _ in TAXONOMY:
        if (on, each) == (axis, term):
            for parent in [*parents, *([label.split(">")[1]] if ">" in label else [])]:
                found |= ancestors(axis, parent)
    return found


def label_of(axis: str, term: str) -> str:
    return next(label.split(">")[0].rstrip("*") for on, each, label, *_ in TAXONOMY if (on, each) == (axis, term))


def text_row(study: int, made: Made) -> tuple[int, str, str, str, str, str]:
    """What the index is given for a study."""
    above = sorted({(axis, up) for axis, term in made.tags for up in ancestors(axis, term)})
    terms = " ".join([label_of(*pair) for pair in above] + [term_token(*pair) for pair in above])
    numbers = [str(made.columns.get("pmid") or ""), made.columns.get("doi", ""), str(made.columns.get("year") or "")]
    names = " ".join([made.names, made.key, *numbers, *made.registry, *(" ".join(name) for name in made.authors)])
    return study, made.title, terms, made.abstract, made.summary, names


def fill_terms(connection: Connection) -> None:
    tables = SQLModel.metadata.tables
    for position, (axis, term, label, parents, names) in enumerate(TAXONOMY):
        shown, _, prints_as = label.partition(">")
        row = {"axis": axis, "term": term, "label": shown.rstrip("*"), "description": "", "position": position}
        connection.execute(insert(tables["term"]), row | {"flag": label.endswith("*"), "prints_as": prints_as})
        for parent in parents:
            connection.execute(insert(tables["term_parent"]), {"axis": axis, "term": term, "parent": parent})
        known: dict[str, dict[str, Any]] = {}
        for kind, name in [("id", term), ("label", shown.rstrip("*")), *(("synonym", name) for name in names)]:
            ambiguous = name.startswith("!")
            known.setdefault(
                fold(name),
                {"folded": fold(name), "axis": axis, "term": term, "text": name.lstrip("!")}
                | {"kind": "abbreviation" if ambiguous else kind, "ambiguous": ambiguous},
            )
        connection.execute(insert(tables["synonym"]), list(known.values()))


def fill(connection: Connection, studies: Sequence[Made]) -> dict[str, int]:
    """Put studies in, indexed: the id of each key."""
    ids: dict[str, int] = {}
    trials: dict[str, int] = {}
    rows = []
    for number, made in enumerate(studies, 1):
        ids[made.key] = number
        if made.trial and made.trial not in trials:
            trials[made.trial] = len(trials) + 1
            _put(connection, "trial", {"id": trials[made.trial], "name": made.trial, "title": "", "registry_ids": "[]"})
        _put(connection, "study", _study(number, made, trials.get(made.trial)))
        rows.append(text_row(number, made))
        names = ("study_id", "title", "terms", "abstract", "summary", "names")
        _put(connection, "study_text", dict(zip(names, rows[-1], strict=True)) | {"notes": ""})
        for position, (family, initials) in enumerate(made.authors):
            blank = dict.fromkeys(("given", "suffix", "collective", "orcid"), "")
            _put(
                connection,
                "author",
                {"study_id": number, "position": position, "family": family, "initials": initials} | blank,
            )
        for active, tags in ((True, made.tags), (False, made.inactive)):
            for axis, term in dict.fromkeys(tags):
                _put(connection, "tag", _tag(number, axis, term, active))
        for label in made.labels:
            _put(connection, "label", {"study_id": number, "label": label, "at": ""})
        for position, accession in enumerate(made.registry):
            _put(
                connection,
                "registry_id",
                {"study_id": number, "position": position, "bank": "", "accession": accession},
            )
        for position, finding in enumerate(made.findings):
            _put(connection, "finding", {"study_id": number, "position": position, **_FINDING, **finding})
    search_index.add(connection, rows)
    return ids


_FINDING = dict.fromkeys(
    (
        "measure",
        "timepoint",
        "comparator",
        "effect_measure",
        "p",
        "stat_kind",
        "threshold",
        "text",
        "derived",
        "source",
    ),
    "",
) | {"harm": False, "stale": False, "verification": "unverified", "origin": "curated", "comparison": "between"}


def _study(number: int, made: Made, trial: int | None) -> dict[str, Any]:
    from ketlit.model import StudyBase

    values = StudyBase(key=made.key, title=made.title).model_dump() | made.columns
    if not values["design"]:
        values["design"] = next((term for axis, term in made.tags if axis == "design" and not flag(term)), "")
    if not values["context"]:
        values["context"] = next((term for axis, term in made.tags if axis == "context"), "")
    if values["year"] and not values["published_by"]:
        values["published_by"] = f"{values['year']}-12-31"
    return values | {"id": number, "trial_id": trial}


def flag(term: str) -> bool:
    return any(axis == "design" and each == term and label.endswith("*") for axis, each, label, *_ in TAXONOMY)


def _tag(study: int, axis: str, term: str, active: bool) -> dict[str, Any]:
    texts = dict.fromkeys(("section", "quote", "quote_hash", "rule", "at"), "")
    place = {"starts": None, "ends": None, "role": "studied", "negated": not active, "active": active}
    return texts | place | {"study_id": study, "axis": axis, "term": term, "origin": "user" if not active else "text"}


def _put(connection: Connection, table: str, row: dict[str, Any]) -> None:
    connection.execute(insert(SQLModel.metadata.tables[table]), row)


def _fill_all(
    connection: Connection, studies: Sequence[Made], also: Sequence[tuple[str, dict[str, Any]]]
) -> dict[str, int]:
    fill_terms(connection)
    ids = fill(connection, studies)
    for table, row in also:
        _put(connection, table, row)
    return ids


@contextmanager
def sqlite_library(
    folder: Path, studies: Sequence[Made], also: Sequence[tuple[str, dict[str, Any]]] = ()
) -> Iterator[tuple[SqliteLibrary, dict[str, int]]]:
    """A library in a file of `folder`, open for reading; `also`: (table, row) of what hangs on the studies."""
    path = folder / f"library{len(list(folder.iterdir()))}.db"
    new_file(str(path))
    with writing(str(path)) as connection:
        to_newest(connection)
        with begin(connection):
            ids = _fill_all(connection, studies, also)
    library = open_reader(str(path))
    try:
        yield library, ids
    finally:
        library.close()
        path.unlink()


def postgres_url() -> str:
    """Where the PostgreSQL server for tests is; skips where there is none."""
    url = os.environ.get("KETLIT_TEST_POSTGRES", "")
    if not url:
        pytest.skip("no PostgreSQL server is named: set KETLIT_TEST_POSTGRES=postgresql+psycopg://user:pw@host/db")
    return url


@contextmanager
def postgres_schema() -> Iterator[Connection]:
    """A schema of its own with the tables of a library, dropped at the end; several may be open at once."""
    schema = f"ketlit_{os.getpid()}_{next(_NUMBERS)}"
    with writing(postgres_url()) as connection:
        with begin(connection):
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            connection.execute(text(f"SET search_path TO {schema}"))
        try:
            to_newest(connection)
            yield connection
        finally:
            connection.rollback()
            with begin(connection):
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@contextmanager
def postgres_library(
    studies: Sequence[Made], also: Sequence[tuple[str, dict[str, Any]]] = ()
) -> Iterator[tuple[PostgresLibrary, dict[str, int]]]:
    """The same in a schema on the PostgreSQL server."""
    with postgres_schema() as connection:
        with begin(connection):
            ids = _fill_all(connection, studies, also)
        yield PostgresLibrary(connection), ids


@contextmanager
def library_on(
    database: str, folder: Path, studies: Sequence[Made], also: Sequence[tuple[str, dict[str, Any]]] = ()
) -> Iterator[Rows]:
    """A library on "sqlite", in a file of `folder`, or on "postgresql", which skips where there is no server."""
    made = sqlite_library(folder, studies, also) if database == "sqlite" else postgres_library(studies, also)
    with made as (library, _):
        yield library
