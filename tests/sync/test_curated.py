"""Curated studies meet their PubMed records: verified, found without a number, or shown to be another paper."""

from __future__ import annotations

from typing import Any

import pytest

from ketlit.intake.apply import Intake
from ketlit.intake.plan import Offer
from ketlit.record import Author, Facts, Record
from ketlit.vocabulary import Source
from tests import eutils_faults as faults
from tests.ncbi import World
from tests.sync.conftest import TOPIC, Syncing, papers

TITLE = "Ketamine for the pain of fibromyalgia, a crossover study"
NOTHING = TOPIC._replace(name="nothing", query="nosuchword[ti]")


def curate(desk: Syncing, key: str, **changes: Any) -> None:
    """Put a curated study in."""
    values: dict[str, Any] = {
        "key": key,
        "title": TITLE,
        "year": 2001,
        "authors": [Author("Pereira", "Ana", "A")],
        "journal": "J Test Med",
        "journal_abbrev": "J Test Med",
        "facts": Facts(where="seed:1"),
    }
    with desk.open() as connection:
        intake = Intake(connection, desk._taxonomy, kind="seed")
        intake.take([Offer(Record(**(values | changes)), "here", Source.CURATED)], "seed")
        intake.finish()


def appear(world: World, pmid: int, **of: Any) -> int:
    """Its record in PubMed."""
    values = {"title": f"{TITLE}.", "year": 2001, "authors": ("Pereira Ana", "Roe Richard")} | of
    return world.new(pmid, **({"created": world.days_ago(900)} | values))


def verification(desk: Syncing, key: str) -> tuple[Any, ...]:
    return desk.rows("SELECT pmid, pmid_verification, digest <> '' FROM study WHERE key = ?", key)[0]


def history(desk: Syncing, kind: str) -> list[tuple[Any, ...]]:
    return desk.rows("SELECT s.key, c.new FROM change c JOIN study s ON s.id = c.study_id WHERE c.kind = ?", kind)


def test_a_number_is_verified_by_its_record_and_the_bibliography_is_pubmeds(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", pmid=20_000_001, facts=Facts(where="seed:1", n=31))
    appear(world, 20_000_001, abstract="Pain fell.", types=("Randomized Controlled Trial",))
    summary = desk.sync(curated=True)
    assert (summary.verified, summary.mismatched, summary.added, summary.revised) == (1, 0, 0, 1)
    assert verification(desk, "pereira2001") == (20_000_001, "verified", 1)
    assert desk.rows("SELECT n, curated FROM study") == [(31, 1)]
    assert desk.studies()[20_000_001][2] == "Pain fell."
    assert desk.ids == [20_000_001]
    assert desk.sync(curated=True).fetched == 0


def test_another_paper_under_the_number_is_told_with_both_versions_and_replaces_nothing(
    desk: Syncing, world: World
) -> None:
    curate(desk, "pereira2001", pmid=20_000_001)
    appear(world, 20_000_001, title="Ketamine in horses.", year=1987, authors=("Vet Some",))
    before = desk.content()
    for how in ({}, {}, {"full": True}):
        summary = desk.sync(curated=True, **how)
        assert desk.content() == before
    assert (summary.verified, summary.mismatched, summary.failed) == (0, 1, 0)
    reason = summary.mismatches[0]["reason"]
    assert "Ketamine in horses." in reason
    assert TITLE in reason
    assert "1987" in reason
    assert "2001" in reason
    assert "Vet" in reason
    assert "Pereira" in reason
    assert history(desk, "mismatch") == [("pereira2001", reason)]  # once, however often it is seen


def test_a_mismatch_is_looked_at_again_after_thirty_days(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", pmid=20_000_001)
    appear(world, 20_000_001, title="Morphine in horses.", year=1987)
    desk.sync(curated=True)
    world.move(days=9)
    desk.sync(curated=True)
    assert desk.ids == []
    world.move(days=22)
    appear(world, 20_000_001)
    assert desk.sync(curated=True).verified == 1


def test_a_study_without_a_number_is_found_by_its_doi(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", doi="10.1000/ab.1")
    appear(world, 20_000_001, doi="10.1000/ab.1")
    assert desk.sync(NOTHING, curated=True).verified == 1
    assert verification(desk, "pereira2001") == (20_000_001, "verified", 1)
    assert "ecitmatch" not in desk.asked


def test_a_doi_that_is_another_papers_identifies_nothing(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", doi="10.1000/ab.1")
    appear(world, 20_000_001, doi="10.1000/ab.1", title="Ketamine in horses.", authors=("Vet Some",), year=1987)
    summary = desk.sync(NOTHING, curated=True)
    assert (summary.verified, summary.mismatched) == (0, 0)
    assert verification(desk, "pereira2001") == (None, "none", 0)
    assert desk.states()["pereira2001"] == "unidentified"


def test_a_study_is_found_by_its_citation(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", volume="4", pages="11-19")
    appear(world, 20_000_001, volume="4", pages="11-19")
    assert desk.sync(NOTHING, curated=True).verified == 1
    assert "ecitmatch" in desk.asked


def test_a_study_is_found_by_title_year_and_author(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", journal="", journal_abbrev="")
    appear(world, 20_000_001)
    assert desk.sync(NOTHING, curated=True).verified == 1
    assert desk.asked.count("esearch") == 2  # by title, and the topic


def test_two_records_that_fit_identify_nothing_and_are_not_asked_for_every_time(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", journal="", journal_abbrev="")
    appear(world, 20_000_001)
    appear(world, 20_000_002)
    assert desk.sync(NOTHING, curated=True).verified == 0
    assert verification(desk, "pereira2001") == (None, "none", 0)
    desk.sync(NOTHING, curated=True)
    assert desk.asked == ["einfo", "esearch", "esearch"]  # what day it is, and the topic
    world.move(days=31)
    world.delete(20_000_002)
    assert desk.sync(NOTHING, curated=True).verified == 1


def test_a_number_that_pubmed_does_not_have_is_named_and_stays(desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", pmid=20_000_001)
    papers(world, 2, first=20_000_005)
    summary = desk.sync(curated=True)
    assert (summary.unknown_pmids, summary.deleted) == ([20_000_001], 0)
    assert verification(desk, "pereira2001")[0] == 20_000_001
    desk.sync(curated=True)
    assert 20_000_001 not in desk.ids


def test_curated_studies_outside_of_all_topics_are_kept_up_to_date_with_the_first_topic(
    desk: Syncing, world: World
) -> None:
    from ketlit.sync.topics import DEFAULT

    topic = TOPIC._replace(name=DEFAULT)
    papers(world, 20, first=30_000_001)
    for number in range(3):
        curate(desk, f"pereira200{number}", pmid=20_000_001 + number, title=f"Magnesium, part {number}", doi="")
        appear(world, 20_000_001 + number, title=f"Magnesium, part {number}.")
    assert desk.sync(topic, curated=True).verified == 3
    world.move(days=1)
    desk.sync(topic, curated=True)
    assert desk.asked == ["esearch", "esearch", "einfo"]
    world.retract(20_000_001)
    world.delete(20_000_002)
    summary = desk.sync(topic, curated=True)
    assert (summary.retracted, summary.deleted) == (1, 1)
    assert {pmid: study[1] for pmid, study in desk.studies().items() if pmid < 30_000_000} == {
        20_000_001: "retracted",
        20_000_002: "deleted",
        20_000_003: "current",
    }
    world.move(days=5)
    desk.sync(topic, curated=True)
    desk.finds_all_done(topic, curated=True)


def test_a_limit_counts_curated_records_too_and_the_rest_comes_later(desk: Syncing, world: World) -> None:
    for number in range(5):
        curate(desk, f"pereira200{number}", pmid=20_000_001 + number, title=f"Magnesium, part {number}")
        appear(world, 20_000_001 + number, title=f"Magnesium, part {number}.")
    curate(desk, "pereira1999", title="Ketamine by another name", doi="10.1000/ab.9", year=1999)
    appear(world, 20_000_009, title="Ketamine by another name.", doi="10.1000/ab.9", year=1999)
    assert [desk.sync(curated=True, limit=3).status for _ in range(2)] == ["partial", "done"]
    assert desk.one("SELECT COUNT(*) FROM study WHERE pmid_verification = 'verified'") == 6


def test_curated_records_that_do_not_come_leave_the_limit_to_others(desk: Syncing, world: World) -> None:
    for number in range(5):
        curate(desk, f"pereira200{number}", pmid=10_000_001 + number, title=f"Magnesium, part {number}")
    papers(world, 6)
    summary = desk.sync(curated=True, limit=4)
    assert (summary.unknown, summary.fetched, summary.status) == (4, 4, "partial")


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_identifying_goes_on_after_a_failure(after: int, desk: Syncing, world: World) -> None:
    curate(desk, "pereira2001", pmid=20_000_001, title="Magnesium, part 1")
    curate(desk, "pereira2002", doi="10.1000/ab.1")
    curate(desk, "pereira2003", title="Ketamine by another name", volume="4", pages="11-19")
    appear(world, 20_000_001, title="Magnesium, part 1.")
    appear(world, 20_000_002, doi="10.1000/ab.1")
    appear(world, 20_000_003, title="Ketamine by another name.", volume="4", pages="11-19")
    desk.server.faults = [*[None] * after, faults.status(404)]
    with pytest.raises(Exception, match="404"):
        desk.sync(NOTHING, curated=True)
    desk.sync(NOTHING, curated=True)
    assert desk.one("SELECT COUNT(*) FROM study WHERE pmid_verification = 'verified'") == 3
    assert desk.sound()
