"""Storing studies: what goes in comes out whole, only what changed is written, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from ketlit import record as r
from ketlit.intake.apply import Tagger
from ketlit.intake.seed import _store_terms
from ketlit.store import search_index
from ketlit.store.engine import begin, writing
from ketlit.store.migrate import new_file, to_newest
from ketlit.store.rows import Laid, published_by
from ketlit.store.writer import ChangeOf, Study, Writer
from ketlit.vocabulary import (
    Axis,
    Blinding,
    Comparison,
    Design,
    Direction,
    NKind,
    Origin,
    RelationKind,
    Scheme,
    Status,
    Verification,
)
from tests.libraries import postgres_schema
from tests.readings import TAXONOMY

AT = "2026-01-02T03:04:05Z"
Library = Callable[[], AbstractContextManager[Connection]]
TAGGER = Tagger(TAXONOMY)


def everything() -> r.Record:
    """A record with something in every field."""
    return r.Record(
        pmid=123,
        doi="10.1000/abc",
        pmc="PMC1",
        pii="S1",
        key="berg1999",
        kind="publication",
        title="A [/] trial: α-ketamine \U0001f40e <i>",
        vernacular_title="Prøve",
        authors=[
            r.Author("Berg", "Ann", "A", "Jr", "", "0000-0001-2345-6789"),
            r.Author(collective="The Group"),
        ],
        authors_complete=False,
        journal="Journal of pain",
        journal_abbrev="J Pain",
        issn="1234-5678",
        volume="1",
        issue="2",
        pages="485-91, discussion 492",
        year=1999,
        month=12,
        day=31,
        date_text="1998 Dec-1999 Jan",
        electronic_date="1998-11-30",
        languages=["eng", "dan"],
        publication_types=[r.PublicationType("D016449", "Randomized Controlled Trial")],
        sections=[
            r.Section("One\ntwo.", "METHODS", "METHODS"),
            r.Section("", "EMPTY"),
            r.Section("Tre.", kind="Publisher", language="dan"),
        ],
        mesh=[r.MeshHeading("D007649", "Ketamine", True, [r.Qualifier("Q000627", "therapeutic use", True)])],
        chemicals=[r.Chemical("D007649", "Ketamine", "690G0D6V8H")],
        keywords=[r.Keyword("pain", True, "NOTNLM")],
        registry_ids=[r.RegistryId("ClinicalTrials.gov", "NCT01234567")],
        relations=[
            r.Relation(RelationKind.RETRACTED_BY, 124, "10.1000/abd", "", "J Pain 2000", "2000-01-01", "pubmed"),
            r.Relation(RelationKind.SAME_TRIAL, key="berg2001", source="seed"),
        ],
        status=Status.RETRACTED,
        status_note="J Pain 2000",
        version=2,
        revised="2001-02-03",
        medline_status="MEDLINE",
        source="curated",
        facts=facts(),
        annotations=r.Annotations(
            [r.Note("mine", AT)],
            ["to read"],
            [r.Tag(Axis.CONDITION, "crps-1", Origin.USER, section="user", at=AT)],
            [r.Screening(True, "a letter", AT)],
            [r.Finding("any", Comparison.SINGLE_ARM, Direction.NOT_REPORTED, harm=True, origin=Origin.USER)],
            judgements=[r.Judgement(Scheme.GRADE, "remission", "certainty", "very low", "one trial", "Ana Berg", AT)],
        ),
    )


def facts() -> r.Facts:
    return r.Facts(
        design=Design.RCT,
        design_flags=["crossover", "double-blind"],
        context="therapeutic-pain",
        direction=Direction.MIXED,
        conditions=["fibromyalgia"],
        populations=["adult"],
        doses=[
            r.Dose("racemic", "intravenous", 0.3, 0.5, "mg/kg", 40.0, "min", 2, "weekly", "0.3-0.5 mg/kg over 40 min")
        ],
        comparators=[r.Comparator("placebo", "saline")],
        blinding=Blinding.DOUBLE,
        n=24,
        n_kind=NKind.RANDOMISED,
        n_studies=None,
        arms=[r.Arm("ketamine", 12), r.Arm("saline")],
        follow_up_value=8.0,
        follow_up_unit="wk",
        findings=[
            r.Finding(
                outcome="pain-intensity",
                comparison=Comparison.BETWEEN,
                direction=Direction.MIXED,
                measure="VAS",
                hours=2.0,
                timepoint="2 h",
                comparator="placebo",
                intervention=r.Group(12, 6, 3.5, 1.2, 50.0),
                control=r.Group(12, 3),
                effect=r.Effect("MD", -0.81, -1.5, -0.1, "<0.05"),
                stat_kind="final",
                threshold=">= 50 %",
                text="less pain at 2 h",
                derived="percent = events / n",
                verification=Verification.PARTLY,
                where="seed_studies.yaml:1",
            ),
            r.Finding("any", Comparison.SINGLE_ARM, Direction.NOT_REPORTED, harm=True, stale=True),
        ],
        trial="TRANSFORM-9",
        summary="Pain fell for two hours.",
        notes="Two sources differ.",
        sources=["https://example.org/1", "https://example.org/2"],
        pmid_verification=Verification.VERIFIED,
        doi_verification=Verification.UNVERIFIED,
        numbers_verification=Verification.PARTLY,
        where="seed_studies.yaml:7",
    )


def study(record: r.Record) -> Study:
    made = TAGGER.study(record, record.source or "imported")
    made.origin = record.facts.where if record.facts else "a file"
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    """Opens an empty library with the terms in it."""

    @contextmanager
    def sqlite() -> Iterator[Connection]:
        path = tmp_path / "library.db"
        path.unlink(missing_ok=True)
        new_file(str(path))
        with writing(str(path)) as connection:
            to_newest(connection)
            yield connection

    @contextmanager
    def ready() -> Iterator[Connection]:
        with {"sqlite": sqlite, "postgresql": postgres_schema}[request.param]() as connection:
            with begin(connection):
                _store_terms(Writer(connection, AT), TAXONOMY)
            yield connection

    return ready


def back(connection: Connection, number: int) -> r.Record:
    with begin(connection):
        return Writer(connection, AT).whole([number])[number]


def comparable(record: r.Record) -> r.Record:
    """Without the tags that are made again from what the record says."""
    plain = deepcopy(record)
    plain.tags = []
    return plain


def test_all_of_a_record_comes_back_as_it_went_in(library: Library) -> None:
    with library() as connection:
        with begin(connection):
            ids = Writer(connection, AT).add([study(everything())])
        assert comparable(back(connection, ids["berg1999"])) == everything()
        with begin(connection):
            assert search_index.check(connection) == []


def test_a_second_writing_of_the_same_changes_nothing(library: Library) -> None:
    with library() as connection:
        with begin(connection):
            ids = Writer(connection, AT).add([study(everything())])
        number = ids["berg1999"]
        old = back(connection, number)
        with begin(connection):
            again = study(old)
            again.added_at = AT
            assert Writer(connection, "2027-01-01T00:00:00Z").change({number: (old, again)}) == []
            changed = connection.execute(text("SELECT changed_at FROM study")).scalar_one()
        assert changed == AT


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Another"),
        ("sections", []),
        ("authors", []),
        ("mesh", []),
        ("relations", []),
        ("year", None),
        ("status", Status.CURRENT),
        ("facts", None),
        ("keywords", [r.Keyword("new")]),
        ("doi", "10.1/new"),
    ],
)
def test_each_change_is_stored_and_found(library: Library, field: str, value: Any) -> None:
    with library() as connection:
        first = everything()
        if field == "facts":  # what a person found stays when a curator's facts go
            assert first.facts
            first.facts.findings.pop()
        with begin(connection):
            ids = Writer(connection, AT).add([study(first)])
        number = ids["berg1999"]
        old = back(connection, number)
        new = deepcopy(old)
        setattr(new, field, value)
        with begin(connection):
            changed = study(new)
            changed.history = [ChangeOf("revised", field, "", "x")]
            assert Writer(connection, AT).change({number: (old, changed)}) == [number]
        found = comparable(back(connection, number))
        expected = comparable(new)
        assert getattr(found, field) == getattr(expected, field)
        assert found.annotations == expected.annotations
        with begin(connection):
            assert search_index.check(connection) == []
            history = connection.execute(text('SELECT kind, field FROM "change"')).fetchall()
        assert [tuple(row) for row in history] == [("revised", field)]


def test_what_a_person_wrote_is_never_taken_away(library: Library) -> None:
    with library() as connection:
        with begin(connection):
            ids = Writer(connection, AT).add([study(everything())])
        number = ids["berg1999"]
        old = back(connection, number)
        silent = deepcopy(old)
        silent.annotations = None
        assert silent.facts
        silent.facts.findings = []
        with begin(connection):
            Writer(connection, AT).change({number: (old, study(silent))})
        found = back(connection, number)
        assert found.annotations == everything().annotations
        assert found.facts
        assert found.facts.findings == []


def test_trials_are_shared_by_name(library: Library) -> None:
    with library() as connection, begin(connection):
        writer = Writer(connection, AT)
        one, other = everything(), everything()
        other.key, other.pmid, other.annotations = "berg2000", 124, None
        writer.add([study(one), study(other)])
        writer.trials([r.Trial("TRANSFORM-9", [r.RegistryId("ClinicalTrials.gov", "NCT01234567")], "A trial")])
        found = writer.db.rows(
            "SELECT t.name, t.title, t.registry_ids, s.key FROM trial t JOIN study s ON s.trial_id = t.id"
        )
        assert sorted(found) == [
            ("TRANSFORM-9", "A trial", '["NCT01234567"]', "berg1999"),
            ("TRANSFORM-9", "A trial", '["NCT01234567"]', "berg2000"),
        ]


def test_many_studies_are_asked_for_in_one_go(library: Library) -> None:
    with library() as connection, begin(connection):
        writer = Writer(connection, AT)
        writer.add([study(r.Record(pmid=number, key=f"k{number}", title="T")) for number in range(1, 1101)])
        assert len(writer.have(range(1, 2001), ["10.1/x"], ["k7", "nobody"])) == 1100
        assert writer.taken_keys(f"k{number}" for number in range(1050, 1500)) == {f"k{n}" for n in range(1050, 1101)}


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({}, ""),
        ({"year": 1995}, "1995-12-31"),
        ({"year": 1996, "month": 2}, "1996-02-29"),
        ({"year": 1996, "month": 2, "day": 3}, "1996-02-03"),
        ({"year": 1998, "month": 12, "date_text": "1998 Dec-1999 Jan"}, "1999-01-31"),
        ({"year": 1978, "date_text": "1978 Mar-Apr"}, "1978-04-30"),
        ({"year": 2019, "date_text": "2019 Winter"}, "2019-12-31"),
        ({"year": 1976, "date_text": "1976-1977"}, "1977-12-31"),
        ({"year": 2020, "month": 5, "electronic_date": "2020-01-15"}, "2020-01-15"),
        ({"year": 2020, "month": 5, "electronic_date": "2020-06-15"}, "2020-05-31"),
        ({"year": 2020, "month": 5, "electronic_date": "2019"}, "2020-05-31"),
        ({"electronic_date": "2020-01-15"}, "2020-01-15"),
    ],
)
def test_a_study_was_published_by_the_last_day_its_date_allows(fields: dict[str, Any], day: str) -> None:
    assert published_by(r.Record(**fields)) == day


@settings(max_examples=200)
@given(
    st.builds(
        r.Record,
        year=st.none() | st.integers(1000, 2999),
        month=st.none() | st.integers(1, 12),
        day=st.none() | st.integers(1, 28),
        date_text=st.text(max_size=30) | st.from_regex(r"(1[0-9]|20)[0-9]{2} [A-Z][a-z]{2}-[0-9]{4}", fullmatch=True),
        electronic_date=st.sampled_from(["", "2020", "2020-01-31", "x"]),
    )
)
def test_every_date_allows_a_day(record: r.Record) -> None:
    day = published_by(record)
    assert day == "" or len(day) == 10


def test_the_digest_sees_every_part_of_a_bibliography() -> None:
    whole = Laid(everything()).digest()
    for name, value in (
        *(
            ("title", "x"),
            ("authors", []),
            ("sections", []),
            ("mesh", []),
            ("relations", []),
            ("status", Status.CURRENT),
        ),
        *(("keywords", []), ("revised", ""), ("languages", []), ("registry_ids", []), ("publication_types", [])),
    ):
        other = everything()
        setattr(other, name, value)
        assert Laid(other).digest() != whole, name
    other = everything()
    other.facts, other.annotations, other.key = None, None, "else"
    assert Laid(other).digest() == whole
