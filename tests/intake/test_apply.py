"""Taking records in: once, again, older, newer, withdrawn, broken; and what it does to curated studies."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketlit.intake.plan import Deletion, Offer
from ketlit.record import Annotations, Author, Judgement, Note, Record, Relation, Screening, Section, Tag
from ketlit.vocabulary import Axis, Origin, RelationKind, Scheme, Status

Make = Callable[..., Record]


def counts(summary: Any) -> tuple[int, ...]:
    return summary.added, summary.revised, summary.unchanged, summary.deleted, summary.skipped, len(summary.failed)


def test_a_record_goes_in_whole(desk: Any, record: Make) -> None:
    assert counts(desk.take(record(sections=[Section("One."), Section("Two, in detail.", "RESULTS")]))) == (
        *(1, 0, 0, 0, 0, 0),
    )
    assert desk.rows("SELECT key, pmid, title, year, source, curated, design FROM study") == [
        ("pereira2022", 90000001, "A randomised trial of ketamine, number 90000001.", 2022, "imported", 0, "rct")
    ]
    assert desk.rows("SELECT abstract FROM study_text") == [("One.\nTwo, in detail.",)]
    assert desk.rows("SELECT label, starts, ends FROM section") == [("", 0, 4), ("RESULTS", 5, 20)]
    assert desk.rows("SELECT family, given, initials FROM author") == [("Pereira", "Ana", "A"), ("Østby", "", "K")]
    assert ("condition", "fibromyalgia", "mesh", 1) in desk.rows("SELECT axis, term, origin, active FROM tag")
    assert desk.rows("SELECT kind, field, new FROM change") == [("added", "", "imported")]
    assert desk.sound()


def test_what_is_imported_is_searchable_at_once(desk: Any, record: Make) -> None:
    desk.take(record())
    assert desk.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'groups'") == 1
    assert desk.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'zqconditionfibromyalgia'") == 1
    assert desk.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH '\"pereira a\"'") == 1


def test_importing_again_changes_nothing(desk: Any, record: Make) -> None:
    desk.take(record(1), record(2))
    before = desk.path.read_bytes()
    assert counts(desk.take(record(1), record(2))) == (0, 0, 2, 0, 0, 0)
    assert desk.path.read_bytes() == before


def test_a_newer_record_replaces_an_older_one_and_says_what_changed(desk: Any, record: Make) -> None:
    desk.take(record())
    newer = record(title="A trial.", revised="2023-01-01", sections=[])
    assert counts(desk.take(newer)) == (0, 1, 0, 0, 0, 0)
    assert desk.rows("SELECT title, key FROM study") == [("A trial.", "pereira2022")]
    assert desk.rows("SELECT count(*) FROM section") == [(0,)]
    history = desk.rows("SELECT kind, field, new FROM change WHERE kind = 'revised' ORDER BY field")
    assert history == [("revised", "abstract", ""), ("revised", "title", "A trial.")]
    assert desk.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'title: number'") == 0
    assert desk.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'groups'") == 0
    assert desk.sound()


def test_an_older_record_is_skipped(desk: Any, record: Make) -> None:
    desk.take(record(version=2, title="The newer one"))
    assert counts(desk.take(record(version=1, revised="2024-01-01"))) == (0, 0, 0, 0, 1, 0)
    assert desk.one("SELECT title FROM study") == "The newer one"


def test_one_pmid_twice_in_a_file_leaves_the_newest(desk: Any, record: Make) -> None:
    old, new = record(version=1, title="Old"), record(version=2, title="New")
    assert counts(desk.take(new, old)) == (1, 0, 0, 0, 1, 0)
    assert desk.one("SELECT title FROM study") == "New"
    assert counts(desk.take(old, new)) == (0, 0, 1, 0, 1, 0)


def test_a_withdrawn_record_is_marked_and_keeps_its_text_and_notes(desk: Any, record: Make) -> None:
    desk.take(record())
    desk.rows("INSERT INTO note (study_id, text, at) VALUES (1, 'mine', '2026-01-01T00:00:00Z')")
    assert counts(desk.take(Deletion(90000001), Deletion(5))) == (0, 0, 0, 1, 1, 0)
    assert desk.one("SELECT status FROM study") == "deleted"
    assert "Pain fell" in desk.one("SELECT abstract FROM study_text")
    assert desk.one("SELECT text FROM note") == "mine"
    assert counts(desk.take(record(), Deletion(90000001))) == (0, 0, 2, 0, 0, 0)
    assert desk.rows("SELECT kind, old, new FROM change WHERE field = 'status'") == [("deleted", "current", "deleted")]


def test_a_retraction_is_a_change_of_its_own_kind(desk: Any, record: Make) -> None:
    desk.take(record())
    notice = Relation(RelationKind.RETRACTED_BY, pmid=7, text="J Trials. 2023", source="pubmed")
    desk.take(record(status=Status.RETRACTED, status_note="J Trials. 2023", relations=[notice], revised="2023-02-02"))
    assert desk.rows("SELECT status, status_note FROM study") == [("retracted", "J Trials. 2023")]
    assert ("retracted", "status", "current", "retracted") in desk.rows("SELECT kind, field, old, new FROM change")
    assert desk.rows("SELECT kind, pmid FROM relation") == [("retracted_by", 7)]
    # PubMed brought it, so PubMed may take it back
    desk.take(record(revised="2024-01-01"))
    assert desk.one("SELECT status FROM study") == "current"
    assert desk.rows("SELECT kind FROM change WHERE new = 'current'") == [("reinstated",)]


def test_what_users_wrote_survives_a_revision(desk: Any, record: Make) -> None:
    desk.take(record())
    desk.rows("INSERT INTO note (study_id, text, at) VALUES (1, 'mine', '2026-01-01T00:00:00Z')")
    desk.rows("INSERT INTO label (study_id, label, at) VALUES (1, 'read', '2026-01-01T00:00:00Z')")
    desk.rows("INSERT INTO screening (study_id, excluded, why, at) VALUES (1, 1, 'animals', '2026-01-01T00:00:00Z')")
    desk.rows(
        "INSERT INTO tag VALUES (1, 'condition', 'crps', 'user', 'user', NULL, NULL, '', '', '', 'studied', 0, 1, '')"
    )
    desk.take(record(title="Another title", mesh=[], revised="2024-01-01"))
    assert [desk.one(f"SELECT count(*) FROM {table}") for table in ("note", "label", "screening")] == [1, 1, 1]
    assert desk.one("SELECT excluded FROM study") == 1
    assert desk.rows("SELECT term, origin FROM tag WHERE axis = 'condition' AND active") == [("crps", "user")]


def test_a_record_that_the_database_refuses_is_named_and_the_others_go_in(desk: Any, record: Make) -> None:
    broken = Offer(record(2, title="half a pair \ud800"), "record 2")
    late = Offer(record(3, year=20015), "record 3")
    summary = desk.take(record(1), broken, late, record(4))
    assert counts(summary) == (2, 0, 0, 0, 0, 2)
    assert [(one.file, one.place) for one in summary.failed] == [("a file", "record 2"), ("a file", "record 3")]
    assert desk.rows("SELECT pmid FROM study ORDER BY pmid") == [(1,), (4,)]
    assert desk.one("SELECT count(DISTINCT run_id) FROM change") == 1
    assert desk.sound()


def test_a_dry_run_counts_and_changes_nothing(seeded_desk: Any, record: Make) -> None:
    before = seeded_desk.path.read_bytes()
    fine = seeded_desk.rows("SELECT pmid, title, year FROM study WHERE key = 'sorensen1995'")[0]
    enriching = record(fine[0], title=fine[1], year=fine[2], authors=[Author("Sörensen")])
    summary = seeded_desk.take(
        record(1), record(1, version=2), record(1), record(2), enriching, Deletion(9), dry_run=True, batch=2
    )
    assert counts(summary) == (2, 2, 0, 0, 2, 0)
    assert seeded_desk.path.read_bytes() == before


def test_a_curated_study_is_enriched_by_its_record(seeded_desk: Any, record: Make) -> None:
    key, pmid, n = seeded_desk.rows("SELECT key, pmid, n FROM study WHERE pmid_verification = 'unverified' LIMIT 1")[0]
    title, year = seeded_desk.rows("SELECT title, year FROM study WHERE key = ?", key)[0]
    family = seeded_desk.one(
        "SELECT family FROM author a JOIN study s ON s.id = a.study_id WHERE key = ? AND position = 0", key
    )
    findings = seeded_desk.rows("SELECT * FROM finding")
    theirs = record(pmid, title=title.upper() + ".", year=year, authors=[Author(family, "Full Name", "FN")])
    assert counts(seeded_desk.take(theirs)) == (0, 1, 0, 0, 0, 0)
    after = seeded_desk.rows(
        "SELECT key, title, n, source, curated, pmid_verification, journal FROM study WHERE pmid = ?", pmid
    )
    assert after == [(key, title.upper() + ".", n, "curated", 1, "verified", "Journal of trials")]
    assert seeded_desk.rows("SELECT * FROM finding") == findings
    verified = seeded_desk.rows("SELECT old, new FROM change WHERE kind = 'verified'")
    assert verified == [("unverified", "verified")]
    assert counts(seeded_desk.take(theirs)) == (0, 0, 1, 0, 0, 0)
    assert seeded_desk.sound()


def test_a_curated_study_without_pmid_gets_it_by_its_doi(seeded_desk: Any, record: Make) -> None:
    title, year, doi = seeded_desk.rows("SELECT title, year, doi FROM study WHERE key = 'cohen2006fm'")[0]
    theirs = record(90000001, doi=doi.upper(), title=title, year=year, authors=[Author("Cohen", initials="SP")])
    seeded_desk.take(theirs)
    row = "SELECT pmid, pmid_verification, doi_verification, doi FROM study WHERE key = 'cohen2006fm'"
    assert seeded_desk.rows(row) == [(90000001, "verified", "verified", doi)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "Grip strength of older sailors"}, "the title is 'Grip strength of older sailors'"),
        ({"year": 2003}, "the year is 2003, ours 1995"),
        ({"authors": [Author("Miller")]}, "the first author is 'Miller', ours 'Sörensen'"),
    ],
)
def test_another_paper_under_a_curated_pmid_is_reported_and_ours_stays(
    seeded_desk: Any, record: Make, changes: dict[str, Any], said: str
) -> None:
    pmid, title = seeded_desk.rows("SELECT pmid, title FROM study WHERE key = 'sorensen1995'")[0]
    before = seeded_desk.content()
    fitting = {"title": title, "year": 1995, "authors": [Author("Sorensen", initials="J")]}
    summary = seeded_desk.take(record(pmid, **(fitting | changes)))
    assert counts(summary) == (0, 0, 0, 0, 0, 1)
    assert "sorensen1995" in summary.failed[0].reason
    assert said in summary.failed[0].reason
    assert seeded_desk.content() == before


def test_a_retraction_that_curators_know_of_is_not_lost_by_a_silent_record(seeded_desk: Any, record: Make) -> None:
    pmid, title, year, family = seeded_desk.rows(
        "SELECT pmid, title, year, family FROM study s JOIN author a ON a.study_id = s.id AND position = 0 "
        "WHERE status = 'retracted'"
    )[0]
    fitting = {"title": title, "year": year, "authors": [Author(family)]}
    seeded_desk.take(record(pmid, **fitting))
    assert seeded_desk.one("SELECT status FROM study WHERE pmid = ?", pmid) == "retracted"
    back = [Relation(RelationKind.REINSTATED_BY, pmid=4, source="pubmed")]
    seeded_desk.take(record(pmid, relations=back, version=2, **fitting))
    assert seeded_desk.one("SELECT status FROM study WHERE pmid = ?", pmid) == "current"


def test_our_own_export_brings_back_what_people_wrote_and_doubles_nothing(desk: Any, record: Make) -> None:
    words = Annotations(
        notes=[Note("read twice", "2026-01-01T00:00:00Z")],
        labels=["mine"],
        tags=[Tag(Axis.CONDITION, "crps", Origin.USER, section="user", at="2026-01-01T00:00:00Z")],
        screenings=[Screening(True, "a letter", "2026-01-01T00:00:00Z")],
        judgements=[Judgement(Scheme.ROB2, "", "d1", "low", "", "Ana Berg", "2026-01-01T00:00:00Z")],
    )
    own = Offer(record(key="mykey", annotations=words, source="synced"), own=True)
    assert counts(desk.take(own)) == (1, 0, 0, 0, 0, 0)
    assert desk.rows("SELECT key, source, excluded FROM study") == [("mykey", "synced", 1)]
    again = Offer(record(key="mykey", annotations=words, source="synced"), own=True)
    assert counts(desk.take(again)) == (0, 0, 1, 0, 0, 0)
    more = Annotations(notes=[Note("and again", "2026-02-01T00:00:00Z")], labels=["theirs", "mine"])
    more.judgements = [Judgement(Scheme.ROB2, "", "d1", "high", "", "Bo Li", "2026-02-01T00:00:00Z")]
    assert counts(desk.take(Offer(record(key="other", annotations=more), own=True))) == (0, 1, 0, 0, 0, 0)
    assert desk.rows("SELECT text FROM note ORDER BY at") == [("read twice",), ("and again",)]
    assert desk.rows("SELECT label FROM label ORDER BY label") == [("mine",), ("theirs",)]
    assert desk.rows('SELECT "by", judgement FROM judgement ORDER BY at') == [("Ana Berg", "low"), ("Bo Li", "high")]
    assert desk.rows("SELECT key FROM study") == [("mykey",)]


def test_keys_differ_where_names_and_years_are_the_same(desk: Any, record: Make) -> None:
    desk.take(record(11), record(12), record(None, title="No identifier"), record(None, title="Nor this one"))
    desk.take(record(13), record(14, authors=[], title="2022 in review"), record(15, authors=[], title="1 2 3"))
    keys = [row[0] for row in desk.rows("SELECT key FROM study ORDER BY id")]
    assert keys[:5] == ["pereira2022", "pereira2022-12", "pereira2022-2", "pereira2022-3", "pereira2022-13"]
    assert keys[5:] == ["in2022", "study2022"]


versions = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from(["2020-01-01", "2021-05-05", "2022-09-09"])),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offered=versions.flatmap(lambda each: st.permutations(each)), size=st.integers(1, 4), again=st.booleans())
def test_any_order_of_versions_leaves_the_newest(
    offered: list[tuple[int, int, str]],
    size: int,
    again: bool,
    made_empty: Path,
    tmp_path: Path,
    desk_at: Callable[[Path], Any],
    record: Make,
) -> None:
    path = tmp_path / "law.db"
    shutil.copyfile(made_empty, path)
    desk = desk_at(path)
    records = [
        record(pmid, version=version, revised=revised, title=f"T {version} {revised}")
        for pmid, version, revised in offered
    ]
    desk.take(*records, batch=size)
    newest: dict[int, tuple[int, str]] = {}
    for pmid, version, revised in offered:
        newest[pmid] = max(newest.get(pmid, (0, "")), (version, revised))
    found = dict(desk.rows("SELECT pmid, title FROM study"))
    assert found == {pmid: f"T {version} {revised}" for pmid, (version, revised) in newest.items()}
    if again:
        content = desk.content()
        desk.take(*records, batch=size)
        assert desk.content() == content
    assert desk.sound()
