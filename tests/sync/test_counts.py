"""The summary of a sync: each of its numbers, in a plan as in the deed."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from ketlit.record import Author, Facts, Finding, Record
from ketlit.sync import Summary
from ketlit.vocabulary import Comparison, Direction, Origin
from tests.ncbi import World
from tests.sync.conftest import TOPIC, Syncing, papers
from tests.sync.test_curated import appear, curate


def counts(summary: Summary) -> dict[str, object]:
    """A summary without what differs between a plan and the deed."""
    return {name: value for name, value in asdict(summary).items() if name not in ("run", "requests", "seconds")}


def eventful(desk: Syncing, world: World) -> None:
    """A library behind its world in every way there is."""
    there = papers(world, 40)
    curate(desk, "pereira2001", pmid=20_100_001, title="Magnesium, part 1")
    curate(desk, "pereira2002", doi="10.1000/ab.1", title="Magnesium, part 2")
    curate(desk, "pereira2003", pmid=20_100_003, title="Magnesium, part 3")
    curate(desk, "pereira2004", pmid=20_100_004, title="Magnesium, part 4")
    desk.sync()
    world.move(days=3)
    world.retract(there[0])
    world.correct(there[1])
    world.concern(there[2])
    world.revise(there[3], title="Ketamine, rewritten.")
    world.delete(there[4])
    world.revise(there[5], title="Morphine after all.")
    world.new(title="Ketamine, new.")
    world.new(title="Ketamine, new and retracted.", types=("Retracted Publication",))
    appear(world, 20_100_001, title="Magnesium, part 1.", types=("Retracted Publication",))
    appear(world, 20_100_002, title="Magnesium, part 2.", doi="10.1000/ab.1")
    appear(world, 20_100_003, title="Lithium.", year=1950)


def test_every_number_is_right_and_the_plan_said_the_same(desk: Syncing, world: World) -> None:
    eventful(desk, world)
    before = desk.path.read_bytes()
    planned = desk.sync(curated=True, dry_run=True)
    assert desk.path.read_bytes() == before
    done = desk.sync(curated=True)
    assert counts(planned) == counts(done)
    assert (planned.run, planned.requests) == (None, done.requests)
    assert (done.added, done.revised, done.unchanged, done.deleted) == (2, 7, 0, 1)
    assert (done.retracted, done.corrected, done.concern, done.withdrawn) == (3, 1, 1, 0)
    assert (done.verified, done.mismatched, done.unknown, done.failed) == (2, 1, 1, 0)
    assert (done.found, done.fetched) == (6, 10)
    assert done.requests == len(desk.asked)
    assert done.unknown_pmids == [20_100_004]
    again = desk.sync(curated=True)
    assert {name: value for name, value in counts(again).items() if isinstance(value, int) and value} == {
        "found": 7,  # the overlap, and in it the one that left the topic
        "fetched": 7,
        "unchanged": 7,
    }


def test_progress_is_told_of_every_record(desk: Syncing, world: World) -> None:
    papers(world, 12)
    desk.sync(batch=5)
    assert (desk.told.expected, desk.told.came, desk.told.lines) == (12, 12, [])


def test_the_run_is_kept_with_what_was_asked_and_how_it_was_read(desk: Syncing, world: World) -> None:
    papers(world, 3)
    summary = desk.sync()
    (row,) = desk.rows("SELECT id, topic, query, status, opened FROM sync_run WHERE kind = 'sync'")
    assert row == (summary.run, TOPIC.name, TOPIC.query, "done", "2025-11-27T06:33:00Z")
    assert summary.topics == [
        {
            "name": TOPIC.name,
            "query": TOPIC.query,
            "translation": '"ketamine"[Title/Abstract]',
            "warnings": [],
            "found": 3,
        }
    ]


@pytest.mark.parametrize("kept", [True, False])
def test_a_fact_whose_words_are_gone_becomes_stale(kept: bool, desk: Syncing, world: World) -> None:
    words = "Pain fell by 3 points"
    finding = Finding(
        "pain-intensity", Comparison.BETWEEN, Direction.FAVOURS_INTERVENTION, text=words, origin=Origin.TEXT
    )
    record = Record(
        key="pereira2001",
        pmid=20_000_001,
        title="Ketamine for pain",
        year=2001,
        authors=[Author("Pereira", "Ana", "A")],
        facts=Facts(where="seed:1", findings=[finding]),
    )
    curate(desk, "pereira2001", pmid=record.pmid, title=record.title, facts=record.facts)
    appear(world, 20_000_001, title="Ketamine for pain.", abstract=f"{words}.")
    desk.sync(curated=True)
    assert desk.rows("SELECT text, stale FROM finding") == [(words, 0)]
    world.move(days=1)
    world.revise(20_000_001, abstract=f"In all, {words}." if kept else "Pain fell by 4 points.")
    desk.sync(curated=True)
    assert desk.rows("SELECT text, stale FROM finding") == [(words, int(not kept))]
