"""Notices of Retraction Watch: which study each is about, what it makes of the study, and that it stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ketlit.intake import merge, notices
from ketlit.intake.apply import Intake, Summary
from ketlit.intake.notices import Unsure, paper
from ketlit.intake.plan import Deletion, Library, Offer
from ketlit.intake.topic import Topic
from ketlit.record import Author, Facts, PublicationType, Record, Relation
from ketlit.sources.items import Failure, Notice
from ketlit.store import assemble
from ketlit.store.connect import open_reader
from ketlit.store.writer import Have
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import RelationKind, Status
from tests.libraries import postgres_schema

Make = Callable[..., Record]
K = RelationKind
AMONG = "SELECT kind, pmid, doi, text, date, source FROM relation ORDER BY study_id, position"


def counts(summary: Summary) -> tuple[int, ...]:
    return summary.added, summary.revised, summary.unchanged, summary.deleted, summary.skipped, len(summary.failed)


def have(number: int = 1, key: str = "k", pmid: int | None = 5, doi: str = "", title: str = "") -> Have:
    """A study, as the library has it."""
    values: dict[str, Any] = dict.fromkeys(Have._fields, "")
    values |= {"id": number, "key": key, "pmid": pmid, "doi": doi, "title": title, "curated": False, "year": None}
    return Have(**values)


def said(kind: RelationKind = K.RETRACTED_BY, date: str = "2023-03-01", row: int = 7, **changes: Any) -> Relation:
    """What a row of the table says of a paper."""
    values: dict[str, Any] = {"pmid": 500 + row, "doi": f"10.1000/n{row}", "source": "retraction-watch", "date": date}
    values["text"] = f"{kind.name}, {date}: Doubt (Retraction Watch record {row})"
    return Relation(kind, **(values | changes))


def notice(pmid: int | None = 90000001, doi: str = "", relation: Relation | None = None, **changes: Any) -> Notice:
    """A row of the table about this paper."""
    values: dict[str, Any] = {"title": "", "nature": "Retraction", "place": "line 2"} | changes
    return Notice(pmid, doi, relation=relation or said(), **values)


@pytest.fixture
def take(taxonomy: Taxonomy) -> Callable[..., Summary]:
    """Puts notices to the studies of a library."""

    def taken(desk: Any, *items: Notice | Failure, only: Topic | None = None, **options: Any) -> Summary:
        with desk.open() as connection:
            intake = Intake(connection, taxonomy, at="2026-01-02T03:04:05Z", **options)
            notices.take(intake, items, "a file", only)
            return intake.finish()

    return taken


# which study


def found(one: Notice, *studies: Any) -> str:
    study = paper(one, Library(studies))
    return study.key if study else ""


def test_the_pmid_counts_first_then_the_doi_of_one_study() -> None:
    first, second = have(doi="10.1/a"), have(2, "l", pmid=None, doi="10.1/b")
    assert found(notice(5), first, second) == "k"
    assert found(notice(5, "10.1/a"), first, second) == "k"
    assert found(notice(5, "10.1/other"), first, second) == "k"
    assert found(notice(None, "10.1/a"), first, second) == "k"
    assert found(notice(None, "10.1/b"), first, second) == "l"
    assert found(notice(9, "10.1/b"), first, second) == "l"
    assert found(notice(9, "10.1/c"), first, second) == ""
    assert found(notice(None), first, have(3, "m", pmid=None)) == ""


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (notice(5, "10.1/b"), "PMID 5 is k here, but DOI 10.1/b is l (PMID 6)"),
        (notice(9, "10.1/a"), "DOI 10.1/a with PMID 9 is no one study here; with this DOI there is k (PMID 5)"),
        (notice(None, "10.1/c"), "DOI 10.1/c is no one study here; with this DOI there is m (PMID 7), n"),
        (notice(5, "10.1/x", title="Sailors and their knots, a review"), "PMID 5 is k here, with DOI 10.1/a"),
    ],
    ids=["two studies", "another pmid", "two with the doi", "another doi and title"],
)
def test_a_notice_that_names_two_papers_is_put_to_none(one: Notice, words: str) -> None:
    studies = (
        have(doi="10.1/a", title="Ketamine for pain"),
        have(2, "l", pmid=6, doi="10.1/b"),
        have(3, "m", pmid=7, doi="10.1/c"),
        have(4, "n", pmid=None, doi="10.1/c"),
    )
    with pytest.raises(Unsure) as error:
        found(one, *studies)
    assert words in str(error.value)


def test_the_same_title_outweighs_another_doi() -> None:
    study = have(doi="10.1/a", title="Ketamine for pain in sailors.")
    assert found(notice(5, "10.1/x", title="RETRACTED: Ketamine for pain in sailors"), study) == "k"


# what it makes of a study


def standing(record: Record, *relations: Relation) -> tuple[Status, str]:
    for relation in relations:
        record = merge.notice(record, relation)
    return record.status, record.status_note


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (K.RETRACTED_BY, Status.RETRACTED),
        (K.CONCERN_IN, Status.EXPRESSION_OF_CONCERN),
        (K.CORRECTED_BY, Status.CORRECTED),
        (K.REINSTATED_BY, Status.CURRENT),
    ],
)
def test_each_kind_of_notice_makes_its_own_status(record: Make, kind: RelationKind, status: Status) -> None:
    one = said(kind)
    assert standing(record(), one) == (status, "" if status == Status.CURRENT else one.text)


def test_the_gravest_notice_holds_in_any_order(record: Make) -> None:
    correction, concern, retraction = said(K.CORRECTED_BY, row=1), said(K.CONCERN_IN, row=2), said(row=3)
    assert standing(record(), retraction, correction, concern) == (Status.RETRACTED, retraction.text)
    assert standing(record(), correction, concern) == (Status.EXPRESSION_OF_CONCERN, concern.text)


@pytest.mark.parametrize(
    ("told", "back", "status"),
    [
        ("2023-03-01", "2023-03-02", Status.CURRENT),
        ("2023-03-01", "2023-03-01", Status.CURRENT),
        ("", "2023-03-02", Status.CURRENT),
        ("2023-03-01", "2023-02-28", Status.RETRACTED),
        ("2023-03-01", "", Status.RETRACTED),
    ],
)
def test_a_reinstatement_undoes_the_retractions_before_it(record: Make, told: str, back: str, status: Status) -> None:
    retraction, reinstated = said(date=told), said(K.REINSTATED_BY, back, row=8)
    assert standing(record(), retraction, reinstated)[0] is status
    assert standing(record(), reinstated, retraction)[0] is status


def test_after_a_reinstatement_a_study_is_what_it_was_without_the_retraction(record: Make) -> None:
    retraction, reinstated = said(), said(K.REINSTATED_BY, "2024-01-01", row=8)
    concern = Relation(K.CONCERN_IN, pmid=3, text="J Trials. 2022", source="pubmed")
    doubted = record(relations=[concern], status=Status.EXPRESSION_OF_CONCERN, status_note="J Trials. 2022")
    assert standing(doubted, retraction, reinstated) == (Status.EXPRESSION_OF_CONCERN, "J Trials. 2022")
    erratum = said(K.CORRECTED_BY, row=9)
    assert standing(record(), erratum, retraction, reinstated) == (Status.CORRECTED, erratum.text)
    withdrawn = record(title="WITHDRAWN: Ketamine", status=Status.WITHDRAWN)
    assert standing(withdrawn, retraction, reinstated) == (Status.WITHDRAWN, "")


def test_no_notice_takes_back_what_pubmed_says(record: Make) -> None:
    types = [PublicationType("D016441", "Retracted Publication")]
    retracted = record(status=Status.RETRACTED, publication_types=types)
    reinstated = said(K.REINSTATED_BY, "2024-01-01", row=8)
    for relations in ([said(K.CORRECTED_BY)], [reinstated], [said(), reinstated]):
        assert standing(retracted, *relations) == (Status.RETRACTED, "")
    # of whose notice PubMed says nothing
    assert standing(retracted, said()) == (Status.RETRACTED, said().text)
    assert standing(record(status=Status.DELETED), said()) == (Status.DELETED, "")
    back = Relation(K.REINSTATED_BY, pmid=4, source="pubmed")
    assert standing(record(relations=[back]), said()) == (Status.CURRENT, "")


def test_a_later_edition_replaces_what_the_same_row_said(record: Make) -> None:
    first, other = said(K.CONCERN_IN, row=1), said(K.CORRECTED_BY, row=2)
    later = said(K.RETRACTED_BY, "2025-05-05", row=1)
    study = merge.notice(merge.notice(record(), first), other)
    assert merge.notice(study, first) is study
    study = merge.notice(study, later)
    assert (study.relations, study.status_note) == ([later, other], later.text)
    unnumbered = said(text="Retraction")
    study = merge.notice(merge.notice(record(), unnumbered), said(text="Retraction, later"))
    assert len(study.relations) == 2


rows = st.lists(
    st.tuples(
        st.sampled_from([K.RETRACTED_BY, K.CORRECTED_BY, K.CONCERN_IN, K.REINSTATED_BY]),
        st.sampled_from(["", "2020-01-01", "2021-01-01", "2022-01-01"]),
    ),
    max_size=6,
)
statuses = st.sampled_from([Status.CURRENT, Status.CORRECTED, Status.EXPRESSION_OF_CONCERN, Status.RETRACTED])
_PUBMED = {
    Status.CORRECTED: K.CORRECTED_BY,
    Status.EXPRESSION_OF_CONCERN: K.CONCERN_IN,
    Status.RETRACTED: K.RETRACTED_BY,
}


@given(told=rows.flatmap(lambda each: st.tuples(st.just(each), st.permutations(range(len(each))))), base=statuses)
def test_the_order_of_notices_and_of_pubmed_does_not_matter(
    told: tuple[Sequence[tuple[RelationKind, str]], Sequence[int]], base: Status
) -> None:
    relations = [said(kind, date, row) for row, (kind, date) in enumerate(told[0])]
    silent = Record(pmid=1)
    notices_of = [Relation(_PUBMED[base], pmid=2, text="J. 2020", source="pubmed")] if base in _PUBMED else []
    theirs = Record(pmid=1, status=base, status_note="J. 2020" if notices_of else "", relations=notices_of)
    first, last = theirs, silent
    for place in range(len(relations)):
        first, last = merge.notice(first, relations[place]), merge.notice(last, relations[told[1][place]])
    last = merge.revise(last, theirs)
    assert (first.status, merge.GRAVITY.index(first.status) >= merge.GRAVITY.index(base)) == (last.status, True)
    assert merge.revise(first, theirs).status is first.status
    assert merge.revise(last, silent).status is standing(silent, *relations)[0]


# that it stays


def test_a_notice_is_a_relation_with_its_source_and_a_change_of_status(desk: Any, record: Make, take: Any) -> None:
    desk.take(record(), record(2))
    assert counts(take(desk, notice(), notice(3), notice(None, "10.1000/none"))) == (0, 1, 0, 0, 2, 0)
    one = said()
    assert desk.rows(AMONG) == [("retracted_by", 507, "10.1000/n7", one.text, "2023-03-01", "retraction-watch")]
    assert desk.rows("SELECT pmid, status, status_note FROM study ORDER BY id") == [
        (90000001, "retracted", one.text),
        (2, "current", ""),
    ]
    changes = desk.rows("SELECT kind, old, new FROM change WHERE field = 'status'")
    assert changes == [("retracted", "current", "retracted")]
    assert desk.sound()


def test_taking_notices_again_changes_nothing(desk: Any, record: Make, take: Any) -> None:
    desk.take(record(doi="10.1000/A"))
    several = [notice(), notice(None, "10.1000/a", said(K.CONCERN_IN, row=8)), notice(90000001, "10.1000/a")]
    assert counts(take(desk, *several)) == (0, 2, 1, 0, 0, 0)
    before = desk.path.read_bytes()
    assert counts(take(desk, *several)) == (0, 0, 3, 0, 0, 0)
    assert desk.path.read_bytes() == before


def test_two_editions_in_one_file_change_a_study_once(desk: Any, record: Make, take: Any) -> None:
    desk.take(record())
    editions = [notice(relation=said(text=f"{words} (Retraction Watch record 7)")) for words in ("old", "new")]
    assert counts(take(desk, *editions)) == (0, 2, 0, 0, 0, 0)
    assert counts(take(desk, *editions)) == (0, 0, 2, 0, 0, 0)
    assert [row[3] for row in desk.rows(AMONG)] == ["new (Retraction Watch record 7)"]


def test_a_retraction_outlives_what_pubmed_tells_later(desk: Any, record: Make, take: Any) -> None:
    desk.take(record())
    take(desk, notice())
    status = "SELECT status, status_note FROM study"
    for revised in ("2022-06-01", "2023-01-01", "2024-01-01"):
        desk.take(record(title=f"Revised {revised}", revised=revised))
        assert desk.rows(status) == [("retracted", said().text)]
    # PubMed's own notice comes, and goes again
    theirs = Relation(K.RETRACTED_BY, pmid=507, text="J Trials. 2023", source="pubmed")
    desk.take(record(status=Status.RETRACTED, status_note=theirs.text, relations=[theirs], revised="2025-01-01"))
    assert desk.rows(status) == [("retracted", "J Trials. 2023")]
    assert [(row[1], row[-1]) for row in desk.rows(AMONG)] == [(507, "pubmed"), (507, "retraction-watch")]
    desk.take(Deletion(90000001))
    assert desk.one("SELECT status FROM study") == "deleted"
    desk.take(record(revised="2026-01-01"))
    assert desk.rows(status) == [("retracted", said().text)]
    take(desk, notice(relation=said(K.REINSTATED_BY, "2026-01-01", row=8)))
    assert desk.rows(status) == [("current", "")]
    assert counts(desk.take(record(revised="2026-01-01"))) == (0, 0, 1, 0, 0, 0)
    assert desk.rows(status) == [("current", "")]
    assert desk.sound()


def test_a_curated_study_keeps_its_notices_through_its_record_and_a_release(
    seeded_desk: Any, record: Make, take: Any
) -> None:
    key, pmid, title, year = seeded_desk.rows(
        "SELECT key, pmid, title, year FROM study WHERE status = 'current' AND pmid IS NOT NULL LIMIT 1"
    )[0]
    family = seeded_desk.one(
        "SELECT family FROM author a JOIN study s ON s.id = a.study_id WHERE key = ? AND position = 0", key
    )
    status = "SELECT status, status_note FROM study WHERE key = ?"
    assert counts(take(seeded_desk, notice(pmid))) == (0, 1, 0, 0, 0, 0)
    seeded_desk.take(record(pmid, title=title, year=year, authors=[Author(family)]))
    assert seeded_desk.rows(status, key) == [("retracted", said().text)]
    take(seeded_desk, notice(pmid, relation=said(K.REINSTATED_BY, "2024-01-01", row=8)))
    assert seeded_desk.rows(status, key) == [("current", "")]


@pytest.mark.parametrize("bibliography", [True, False])
def test_a_release_keeps_the_notices_of_a_study(record: Make, bibliography: bool) -> None:
    seed = record(key="k", facts=Facts(summary="new"), relations=[Relation(K.SAME_TRIAL, key="l", source="seed")])
    old = merge.notice(record(key="k", facts=Facts()), said())
    new = merge.curate(old, seed, bibliography=bibliography)
    assert (new.status, new.status_note) == (Status.RETRACTED, said().text)
    assert sorted(one.source for one in new.relations) == ["retraction-watch", "seed"]
    known = record(key="k", facts=Facts(), status=Status.RETRACTED, status_note="the journal's page")
    new = merge.curate(old, known, bibliography=bibliography)
    assert (new.status, new.status_note) == (Status.RETRACTED, "the journal's page")


def test_the_notice_itself_shows_what_it_is_and_stores_nothing(desk: Any, record: Make, take: Any) -> None:
    theirs = Relation(K.RETRACTED_BY, pmid=507, text="J Trials. 2023", source="pubmed")
    desk.take(record(relations=[theirs], status=Status.RETRACTED), record(507, title="Retraction notice"))
    take(desk, notice())
    assert desk.rows("SELECT DISTINCT study_id FROM relation") == [(1,)]
    with closing(open_reader(str(desk.path))) as library:
        assert [(one.kind, one.pmid) for one in assemble.relations(library, 2)] == [("retraction_of", 90000001)]
        shown = assemble.relations(library, 1)
    assert [(one.kind, one.pmid, one.source) for one in shown] == [
        ("retracted_by", 507, "pubmed"),
        ("retracted_by", 507, "retraction-watch"),
    ]
    assert desk.one("SELECT status FROM study WHERE pmid = 507") == "current"


def test_a_paper_that_is_its_own_notice_is_not_related_to_itself(desk: Any, record: Make, take: Any) -> None:
    desk.take(record(doi="10.1000/n7"))
    take(desk, notice(None, "10.1000/n7", said(pmid=90000001)))
    assert [(row[1], row[2]) for row in desk.rows(AMONG)] == [(None, "")]
    assert desk.one("SELECT status FROM study") == "retracted"


def test_what_cannot_be_put_to_a_study_is_named_and_the_rest_goes_in(desk: Any, record: Make, take: Any) -> None:
    desk.take(record(doi="10.1000/a"), record(2, doi="10.1000/b"))
    unknown = Notice(2, "", "", "Retractions", None, "line 4")
    elsewhere = Notice(3, "", "", "Retractions", None, "line 5")
    broken = Failure("line 6", "it has 7 cells", cut_short=True)
    summary = take(desk, notice(2, "10.1000/a", place="line 3"), unknown, elsewhere, notice(2), broken)
    assert counts(summary) == (0, 1, 0, 0, 1, 3)
    failed = {one.place: one.reason for one in summary.failed if one.file == "a file"}
    assert sorted(failed) == ["line 3", "line 4", "line 6"]
    assert "'Retractions' is nothing that ketlit knows" in failed["line 4"]
    assert desk.rows("SELECT status FROM study ORDER BY id") == [("current",), ("retracted",)]


def test_a_dry_run_counts_and_stores_nothing(desk: Any, record: Make, take: Any, taxonomy: Taxonomy) -> None:
    desk.take(record())
    before = desk.path.read_bytes()
    assert counts(take(desk, notice(), notice(), notice(2), dry_run=True)) == (0, 1, 1, 0, 1, 0)
    with desk.open() as connection:
        intake = Intake(connection, taxonomy, dry_run=True)
        intake.take([Offer(record(2), "here")])
        notices.take(intake, [notice(2), notice(3)], "a file")
        assert counts(intake.finish()) == (1, 1, 0, 0, 1, 0)
    assert desk.path.read_bytes() == before


def test_only_studies_about_a_term_are_touched(desk: Any, record: Make, take: Any, taxonomy: Taxonomy) -> None:
    desk.take(record(1), record(2, mesh=[], title="Morphine"))
    summary = take(desk, notice(1), notice(2), only=Topic("ketamine", taxonomy))
    assert counts(summary) == (0, 1, 0, 0, 1, 0)
    assert desk.rows("SELECT status FROM study ORDER BY id") == [("retracted",), ("current",)]


def test_many_notices_are_put_in_one_run(desk: Any, record: Make, take: Any) -> None:
    desk.take(*(record(pmid) for pmid in range(1, 1101)))
    summary = take(desk, *(notice(pmid, relation=said(row=pmid)) for pmid in range(1, 3000)))
    assert counts(summary) == (0, 1100, 0, 0, 1899, 0)
    assert desk.one("SELECT count(*) FROM study WHERE status = 'retracted'") == 1100
    assert desk.one("SELECT count(DISTINCT run_id) FROM change WHERE kind = 'retracted'") == 1


@pytest.mark.postgres
def test_notices_are_put_to_studies_on_postgresql_too(record: Make, taxonomy: Taxonomy) -> None:
    with postgres_schema() as connection:
        intake = Intake(connection, taxonomy)
        intake.take([Offer(record(pmid), "here") for pmid in range(1, 700)])
        notices.take(intake, [notice(pmid) for pmid in range(1, 1400)], "a file")
        notices.take(intake, [notice(1)], "a file")
        assert counts(intake.finish()) == (699, 699, 1, 0, 700, 0)
        asked = connection.execute(text("SELECT count(*) FROM study WHERE status = 'retracted'"))
        assert asked.scalar() == 699


def test_when_storing_fails_no_run_is_left_behind(
    desk: Any, record: Make, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take(record())
    before = desk.rows("SELECT count(*) FROM sync_run")
    with desk.open() as connection:
        intake = Intake(connection, taxonomy)
        monkeypatch.setattr(intake.writer, "change", lambda studies: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            notices.take(intake, [notice()], "a file")
        assert intake.writer.run is None
    assert desk.rows("SELECT count(*) FROM sync_run") == before
