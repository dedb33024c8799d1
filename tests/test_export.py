"""Studies go out whole and come back the same, in each format; and what each format looks like on the way."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketlit import export
from ketlit import record as r
from ketlit.intake import judging, people
from ketlit.intake.apply import Intake, Summary
from ketlit.intake.plan import Offer
from ketlit.sources import exports
from ketlit.store.connect import open_reader
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import JUDGED, Axis, Comparison, Direction, Origin, RelationKind, Scheme, Status
from tests.intake.conftest import Desk, a_record

# Numbers that a library gives, when it got what, and which release's curated facts it last merged: its own affairs.
OWN_AFFAIRS = {"id", "added_at", "changed_at", "run_id", "seed_digest"}
# without claims and terms, which come with a release, and without the history
OF_STUDIES = (
    *("study", "study_text", "section", "author", "publication_type", "mesh", "chemical", "keyword", "registry_id"),
    *("relation", "tag", "arm", "dose", "comparator", "link", "finding", "trial", "note", "label", "screening"),
    "judgement",
)
EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
WAYS = [*((name, False) for name in export.FORMATS), ("csv", True)]


@pytest.fixture
def new_desk(made_empty: Path, tmp_path: Path, taxonomy: Taxonomy) -> Callable[[], Desk]:
    """Desks at fresh libraries without studies."""
    return _new_desks(made_empty, tmp_path, taxonomy)


def _new_desks(empty: Path, folder: Path, taxonomy: Taxonomy) -> Callable[[], Desk]:
    def new() -> Desk:
        path = folder / f"library{len(list(folder.iterdir()))}.db"
        shutil.copyfile(empty, path)
        return Desk(path, taxonomy)

    return new


@pytest.fixture
def full_desk(library: Path, taxonomy: Taxonomy) -> Desk:
    """At a library with the curated studies, papers of PubMed's, and all that people can write."""
    desk = Desk(library, taxonomy)
    texts = [r.Tag(Axis.CONDITION, "crps", Origin.TEXT, "abstract/0", 0, 4, "Pain", "a rule")]
    relations = [
        r.Relation(RelationKind.COMMENT_ON, pmid=90000002, text="J Trials 2022;1:1", source="pubmed"),
        r.Relation(RelationKind.SAME_TRIAL, pmid=90000002, key="other2020", source="user"),
        r.Relation(RelationKind.RETRACTED_BY, doi="10.1000/none", date="2023", source="retraction-watch"),
    ]
    desk.take(
        a_record(tags=texts, relations=relations, status=Status.RETRACTED, status_note="J Trials 2023;1:2"),
        a_record(90000002, doi="10.1000/Two", chemicals=[r.Chemical("D007649", "Ketamine", "690G0D6V8H")]),
        a_record(90000003, title='=HYPERLINK("x")\n\t"a" \\n', pages="-4", volume="'=1"),
        Offer(r.Record(title="Without an identifier", registry_ids=[r.RegistryId("", "NCT00000001")]), "by hand"),
    )
    with desk.open() as connection:
        number = desk.one("SELECT id FROM study WHERE pmid = 90000001")
        curated = desk.one("SELECT MIN(id) FROM study WHERE curated")
        corrected = desk.one("SELECT id FROM study WHERE key = 'noppers2011'")
        people.add_note(connection, number, "=1+1 is no formula\nhere", EARLIER)
        people.add_note(connection, curated, "ask about the dose", LATER)
        people.add_label(connection, curated, "to read, soon", EARLIER)
        people.add_label(connection, number, "to read, soon", LATER)
        people.set_tag(connection, taxonomy, number, Axis.CONDITION, "fibromyalgia", applies=False, at=EARLIER)
        people.set_tag(connection, taxonomy, number, Axis.CONDITION, "crps-1", applies=True, at=LATER)
        for axis, value in ((Axis.PARTICIPANTS, "120"), (Axis.DIRECTION, "no_difference")):
            people.set_tag(connection, taxonomy, corrected, axis, value, applies=True, at=LATER)
        people.set_screening(connection, curated, excluded=True, why="wrong drug", at=EARLIER)
        people.set_screening(connection, curated, excluded=False, why="right after all", at=LATER)
        people.set_screening(connection, number, excluded=True, why="animals", at=LATER)
        for by, at in (("=Ana Berg", EARLIER), ("=Ana Berg", LATER), ("Bo Li", LATER)):
            concerns = {"d1": ("low", ""), "d2": ("some concerns" if at == LATER else "high", "-1, guessed")}
            judging.judge(connection, number, Scheme.ROB2, concerns, by=by, at=at)
        certainty = {"certainty": ("very low", "one trial")}
        judging.judge(connection, curated, Scheme.GRADE, certainty, by="Bo Li", outcome="remission", at=LATER)
    return desk


def told(desk: Desk) -> dict[str, list[str]]:
    """All that a library says of its studies, whatever numbers it gives them: `Desk.content` by key."""
    found = {}
    with closing(sqlite3.connect(desk.path)) as library:
        keys = dict(library.execute("SELECT id, key FROM study"))
        trials = dict(library.execute("SELECT id, name FROM trial"))
        for table in OF_STUDIES:
            rows = library.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in rows.description]
            found[table] = sorted(repr(_row(dict(zip(names, row, strict=True)), keys, trials)) for row in rows)
    return found


def _row(row: dict[str, Any], keys: dict[int, str], trials: dict[int, str]) -> dict[str, Any]:
    row = {name: value for name, value in row.items() if name not in OWN_AFFAIRS}
    if "study_id" in row:
        row["study_id"] = keys[row["study_id"]]
    if row.get("trial_id"):
        row["trial_id"] = trials[row["trial_id"]]
    if row.get("curated") == 0:
        del row["origin"]  # the file and line that this library got it from
    return row


def objects(desk: Desk) -> list[dict[str, Any]]:
    library = open_reader(str(desk.path))
    try:
        ids = [row[0] for row in library.rows("SELECT id FROM study ORDER BY id")]
        return list(export.studies(library, ids))
    finally:
        library.close()


def exported(desk: Desk, format: str, *, raw: bool = False) -> str:
    out = io.StringIO(newline="")
    export.write(objects(desk), format, out, raw=raw)
    return out.getvalue()


def taken(desk: Desk, text: str, **options: Any) -> Summary:
    """Import an export."""
    reading = exports.read(io.BytesIO(text.encode()))
    with desk.open() as connection:
        intake = Intake(connection, desk._taxonomy, at="2026-03-04T05:06:07Z", **options)
        intake.take_items(reading, "export", own=True)
        intake.trials(reading.trials.values())
        return intake.finish()


def test_no_table_that_hangs_on_studies_is_left_out(full_desk: Desk) -> None:
    asked = "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'study_id'"
    hanging = {name for (name,) in full_desk.rows(f"{asked} WHERE m.type = 'table' AND m.name NOT LIKE '%fts%'")}
    assert hanging - {"claim_study", "change"} == set(OF_STUDIES) - {"study", "trial"}


@pytest.mark.parametrize(("format", "raw"), WAYS)
def test_an_export_read_into_an_empty_library_gives_the_same_library(
    full_desk: Desk, new_desk: Callable[[], Desk], format: str, raw: bool
) -> None:
    other = new_desk()
    summary = taken(other, exported(full_desk, format, raw=raw))
    assert summary.failed == []
    assert summary.added == full_desk.one("SELECT count(*) FROM study")
    assert told(other) == told(full_desk)
    assert other.sound()


@pytest.mark.parametrize("format", export.FORMATS)
def test_an_export_read_into_its_own_library_changes_nothing(full_desk: Desk, format: str) -> None:
    text = exported(full_desk, format)
    before = full_desk.content()
    for dry in (True, False):
        summary = taken(full_desk, text, dry_run=dry)
        assert (summary.added, summary.revised, summary.skipped, summary.failed) == (0, 0, 0, [])
        assert summary.unchanged == full_desk.one("SELECT count(*) FROM study")
    assert full_desk.content() == before


def test_an_export_brings_what_people_wrote_to_a_library_that_has_the_studies(
    full_desk: Desk, new_desk: Callable[[], Desk]
) -> None:
    other = new_desk()
    text = exported(full_desk, "jsonl")
    other.take(a_record(90000001), a_record(90000002))
    taken(other, text)
    judged = 'scheme, outcome, domain, judgement, why, "by", at FROM judgement'
    for asked in ("text, at FROM note", "label, at FROM label", "excluded, why, at FROM screening", judged):
        sql = f"SELECT {asked}"
        assert sorted(other.rows(sql)) == sorted(full_desk.rows(sql)) != []
    sql = "SELECT term, negated, active, at FROM tag WHERE origin = 'user' AND axis = 'condition' ORDER BY term"
    assert other.rows(sql) == full_desk.rows(sql) == [("crps-1", 0, 1, LATER), ("fibromyalgia", 1, 0, EARLIER)]


def test_a_correction_of_what_a_curator_read_goes_out_beside_it(
    full_desk: Desk, new_desk: Callable[[], Desk], taxonomy: Taxonomy
) -> None:
    whole = {one["key"]: one for one in objects(full_desk)}["noppers2011"]
    assert (whole["n"], whole["direction"]) == (120, "no_difference")
    assert (whole["curated_terms"]["n"], whole["curated_terms"]["direction"]) == (24, "mixed")
    other = new_desk()
    taken(other, exported(full_desk, "jsonl"))
    columns = "SELECT n, n_kind, direction FROM study WHERE key = 'noppers2011'"
    assert other.rows(columns) == [(120, "", "no_difference")]
    with other.open() as connection:
        number = other.one("SELECT id FROM study WHERE key = 'noppers2011'")
        people.set_tag(connection, taxonomy, number, Axis.PARTICIPANTS, "120", applies=False)
        people.set_tag(connection, taxonomy, number, Axis.DIRECTION, "no_difference", applies=False)
    assert other.rows(columns) == [(24, "randomised", "mixed")]


def test_a_value_that_is_none_is_refused_when_it_is_read_back(full_desk: Desk, new_desk: Callable[[], Desk]) -> None:
    whole = {one["key"]: one for one in objects(full_desk)}["noppers2011"]
    for axis, term in (("participants", "many"), ("participants", "-3"), ("direction", "upwards")):
        odd = whole | {"tags": [{"axis": axis, "term": term, "origin": "user"}]}
        failed = taken(new_desk(), json.dumps(odd) + "\n").failed
        assert [f"{term!r} is no value of {axis}" in one.reason for one in failed] == [True]


# -- Any library: what is in it has no say in whether it comes back.

ODD = st.sampled_from(
    [
        *("", " ", "\t", "\n", "\r", "\r\n", "\x00", "\ufeff", "\\", "\\n", '"', '""', "'", "',", "\u2028", "\x85"),
        *("=1+1", "'=1", "''-2", "-0.81", "+1", "@x", "\ttab first", "\rreturn first", '"quoted" and on', "a;b, c"),
        *("[1]", '{"a": 1}', "[not json", "null", "true", "None", "N/A", "مرحبا \u202e", "氯胺酮", "e\u0301", "LONG"),
    ]
).map(lambda text: "a long text, " * 1500 if text == "LONG" else text)
TEXT = ODD | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TERMS = st.sampled_from(
    [
        *(("condition", "crps-1"), ("condition", "fibromyalgia"), ("route", "oral"), ("design", "rct")),
        *(("participants", "30"), ("participants", "9"), ("direction", "mixed"), ("direction", "no_difference")),
    ]
)


def lists(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=3)


def tags(origin: Origin) -> st.SearchStrategy[list[r.Tag]]:
    place = st.none() | st.integers(0, 99)
    one = st.builds(
        lambda term, negated, **rest: r.Tag(
            Axis(term[0]), term[1], origin, negated=negated and origin is Origin.USER, **rest
        ),
        TERMS,
        st.booleans(),
        section=TEXT,
        start=place,
        end=place,
        quote=TEXT,
        rule=TEXT,
        at=TEXT,
    )
    return st.lists(one, max_size=3, unique_by=lambda tag: (tag.axis, tag.term))


AUTHORS = st.builds(r.Author, *[TEXT] * 5, orcid=st.sampled_from(["", "0000-0002-1825-009X"]))
MESH = st.builds(r.MeshHeading, TEXT, TEXT, st.booleans(), lists(st.builds(r.Qualifier, TEXT, TEXT, st.booleans())))
RELATIONS = st.builds(
    r.Relation,
    st.sampled_from(RelationKind),
    st.none() | st.integers(1, 9),
    TEXT.map(str.lower),
    TEXT,
    TEXT,
    TEXT,
    TEXT,
)
NUMBER = st.none() | st.floats(-1e9, 1e9)
FINDINGS = st.builds(
    r.Finding,
    outcome=TEXT,
    comparison=st.sampled_from(Comparison),
    direction=st.sampled_from(Direction),
    harm=st.booleans(),
    measure=TEXT,
    hours=NUMBER,
    intervention=st.builds(r.Group, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER),
    effect=st.builds(r.Effect, TEXT, NUMBER, NUMBER, NUMBER, TEXT),
    text=TEXT,
    origin=st.just(Origin.USER),
)
JUDGEMENTS = st.sampled_from(
    [(scheme, domain, word) for scheme in Scheme for domain, words in JUDGED[scheme].items() for word in words]
).flatmap(
    lambda one: st.builds(
        r.Judgement, st.just(one[0]), TEXT, st.just(one[1]), st.just(one[2]), TEXT, TEXT.filter(str.strip), TEXT
    )
)
PEOPLE = st.builds(
    r.Annotations,
    lists(st.builds(r.Note, TEXT, TEXT)),
    st.lists(TEXT.filter(bool), max_size=3, unique=True),
    tags(Origin.USER),
    lists(st.builds(r.Screening, st.booleans(), TEXT, TEXT)),
    st.lists(FINDINGS, max_size=2, unique_by=repr),
    judgements=lists(JUDGEMENTS),
)
NAMES = [
    *("title", "vernacular_title", "journal", "journal_abbrev", "issn", "volume", "issue", "pages", "date_text"),
    *("electronic_date", "status_note", "revised", "medline_status", "pmc", "pii"),
]
RECORDS = st.builds(
    r.Record,
    pmid=st.integers(1, 999_999_999),
    doi=st.sampled_from(["", "10.1000/a", "10.1000/=b'\"", "10.1000/(c)<d>;e"]),
    year=st.none() | st.integers(1000, 2999),
    month=st.none() | st.integers(1, 12),
    day=st.none() | st.integers(1, 31),
    authors=lists(AUTHORS),
    authors_complete=st.booleans(),
    languages=lists(TEXT),
    publication_types=lists(st.builds(r.PublicationType, TEXT, TEXT)),
    sections=lists(st.builds(r.Section, TEXT, TEXT, TEXT, TEXT, TEXT)),
    mesh=lists(MESH),
    chemicals=lists(st.builds(r.Chemical, TEXT, TEXT, TEXT)),
    keywords=lists(st.builds(r.Keyword, TEXT, st.booleans(), TEXT)),
    registry_ids=lists(st.builds(r.RegistryId, TEXT, TEXT)),
    relations=lists(RELATIONS),
    status=st.sampled_from(Status),
    version=st.integers(1, 99),
    tags=tags(Origin.TEXT),
    annotations=st.none() | PEOPLE,
    **dict.fromkeys(NAMES, TEXT),
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(RECORDS, min_size=1, max_size=3, unique_by=(lambda one: one.pmid, lambda one: one.doi or one.pmid)))
def test_any_library_comes_back_the_same(
    made_empty: Path, taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory, records: list[r.Record]
) -> None:
    new_desk = _new_desks(made_empty, tmp_path_factory.mktemp("any"), taxonomy)
    desk = new_desk()
    assert desk.take(*records).failed == []
    before = told(desk)
    for format, raw in WAYS:
        other = new_desk()
        assert taken(other, exported(desk, format, raw=raw)).failed == []
        assert told(other) == before
        other.path.unlink()


# -- What it looks like.


def test_an_object_has_the_keys_of_the_contract(full_desk: Desk) -> None:
    found = objects(full_desk)
    for one in found:
        assert set(one) == set(export.COLUMNS)
    paper = next(one for one in found if one["pmid"] == 90000001)
    assert paper["authors"][0]["family"] == "Pereira"
    assert paper["abstract"] == [
        {
            "text": "Pain fell in both groups.",
            "label": "RESULTS",
            "category": "RESULTS",
            "kind": "abstract",
            "language": "eng",
        }
    ]
    assert [(tag["axis"], tag["term"], tag["origin"]) for tag in paper["tags"] if tag["origin"] == "user"] == [
        ("condition", "crps-1", "user"),
        ("condition", "fibromyalgia", "user"),
    ]
    assert paper["labels"] == ["to read, soon"]
    assert paper["notes"] == [{"text": "=1+1 is no formula\nhere", "at": EARLIER}]
    assert paper["verification"] == {"pmid": "none", "doi": "none", "numbers": "none"}
    bare = next(one for one in found if one["title"] == "Without an identifier")
    assert (bare["pmid"], bare["abstract"], bare["curated_terms"]) == (None, [], None)


def test_a_relation_names_the_study_in_the_library_by_its_key(full_desk: Desk) -> None:
    paper = next(one for one in objects(full_desk) if one["pmid"] == 90000001)
    named = [(one["kind"], one["pmid"], one["key"], one["named"]) for one in paper["relations"]]
    assert named == [
        ("comment_on", 90000002, full_desk.one("SELECT key FROM study WHERE pmid = 90000002"), False),
        ("same_trial", 90000002, "other2020", True),
        ("retracted_by", None, "", False),
    ]


def test_json_is_one_array_and_jsonl_an_object_a_line(full_desk: Desk) -> None:
    found = json.loads(exported(full_desk, "json"))
    lines = exported(full_desk, "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == found
    assert [one["key"] for one in found] == [row[0] for row in full_desk.rows("SELECT key FROM study ORDER BY id")]


def test_nothing_is_an_empty_array_no_line_and_a_heading() -> None:
    for format, wanted in {"json": "[]\n", "jsonl": "", "csv": ",".join(export.COLUMNS) + "\n"}.items():
        out = io.StringIO()
        assert export.write([], format, out) == 0
        assert out.getvalue() == wanted


def test_csv_hides_formulas_from_spreadsheets_and_raw_does_not(full_desk: Desk) -> None:
    def cells(raw: bool) -> dict[str, str]:
        rows = csv.DictReader(io.StringIO(exported(full_desk, "csv", raw=raw), newline=""))
        return next(row for row in rows if row["pmid"] == "90000003")

    guarded, raw = cells(False), cells(True)
    assert (guarded["title"], raw["title"]) == ('\'=HYPERLINK("x")\n\t"a" \\n', '=HYPERLINK("x")\n\t"a" \\n')
    assert (guarded["pages"], raw["pages"]) == ("'-4", "-4")
    assert (guarded["volume"], raw["volume"]) == ("''=1", "''=1")
    assert guarded["year"] == "2022"


def test_every_line_of_tsv_is_a_study_with_all_its_cells(full_desk: Desk) -> None:
    lines = exported(full_desk, "tsv").rstrip("\n").split("\n")
    assert len(lines) == 1 + full_desk.one("SELECT count(*) FROM study")
    assert {line.count("\t") for line in lines} == {len(export.COLUMNS) - 1}
    assert '=HYPERLINK("x")\\n\\t"a" \\\\n' in "\n".join(lines)


def test_studies_come_in_the_order_asked_for_and_unknown_ones_not_at_all(full_desk: Desk) -> None:
    library = open_reader(str(full_desk.path))
    found = [one["key"] for one in export.studies(library, [3, 999_999, 1])]
    library.close()
    assert found == [full_desk.one("SELECT key FROM study WHERE id = ?", number) for number in (3, 1)]


def test_no_more_than_a_batch_is_asked_for_at_a_time(full_desk: Desk) -> None:
    library = open_reader(str(full_desk.path))
    asked: set[int] = set()

    class Watched:
        dialect = "sqlite"

        def rows(self, sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
            if "study_id IN" in sql or "s.id IN" in sql:
                asked.update(params.values())
            return library.rows(sql, params or {})

    ids = [row[0] for row in library.rows("SELECT id FROM study ORDER BY id")] * 3
    found: Iterator[Any] = export.studies(Watched(), [*ids[:1], *range(10**6, 10**6 + 1000)])
    next(found)
    assert 0 < len(asked) <= export.assemble.BATCH
    library.close()


def test_exporting_loads_nothing_heavy() -> None:
    heavy = ["sqlmodel", "sqlalchemy", "alembic", "pydantic", "yaml", "numpy", "rich", "Bio"]
    code = f"import ketlit.export, sys; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
