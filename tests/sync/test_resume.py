"""A sync that dies between any two statements: the next one goes on, fetches what is missing, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from ketlit.errors import DiskFull, LibraryBusy, SourceError
from ketlit.store.engine import raw
from ketlit.sync.topics import Asked
from tests import eutils_faults as faults
from tests.ncbi import World
from tests.sync.conftest import TOPIC, Died, Syncing, dies_at, papers, undisturbed

Empty = Callable[[], Syncing]


def cut_short(desk: Syncing, *topics: Asked, after: int = 3, batch: int = 5, **how: Any) -> set[int]:
    """Let a sync fail at a fetch: the PMIDs whose batches were stored."""
    passed = [after]

    def script(asked: Any) -> Any:
        if asked.utility != "efetch":
            return None
        passed[0] -= 1
        return faults.status(404) if passed[0] < 0 else None

    desk.server.faults = script
    with pytest.raises(SourceError):
        desk.sync(*topics, batch=batch, **how)
    desk.server.faults = []
    return {int(place) for place, state in desk.states().items() if state == "fetched"}


@pytest.mark.parametrize("commit", [True, False])
def test_dying_anywhere_leaves_a_sound_library_and_the_next_sync_completes_it(
    commit: bool, desk: Syncing, world: World, empty: Empty
) -> None:
    there = papers(world, 12)
    desk.sync()
    desk.annotate(there[0])
    words = desk.words_of_people()
    world.move(days=3)
    world.revise(there[0], title="Ketamine for pain, rewritten.")
    world.delete(there[1])
    papers(world, 10, first=30_000_001, created=world.today)
    expected = undisturbed(desk, empty).studies()
    start = desk.path.read_bytes()
    deaths = 0
    while True:
        for name in (desk.path, desk.path.with_name(desk.path.name + "-wal")):
            name.unlink(missing_ok=True)
        desk.path.write_bytes(start)
        try:
            desk.sync(batch=4, prepared=dies_at(deaths * (1 if commit else 6), commit=commit))
            break
        except Died:
            deaths += 1
        assert desk.sound()
        assert desk.words_of_people() == words
        stored = {int(place) for place, state in desk.states().items() if state == "fetched"}
        desk.sync()
        mine = desk.studies()
        assert {pmid: study for pmid, study in mine.items() if pmid in world} == expected
        assert mine[there[1]][1] == "deleted"
        assert desk.words_of_people() == words
        assert len(stored) <= 22
        assert desk.one("SELECT COUNT(*) FROM study") == len(mine)
    assert deaths >= 5


def test_only_what_is_pending_is_fetched_again(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    had = cut_short(desk)
    assert len(had) == 15
    desk.sync(batch=5)
    assert sorted(desk.ids) == sorted(set(there) - had)
    runs = desk.rows("SELECT status, summary FROM sync_run ORDER BY id")
    assert [status for status, _ in runs] == ["done", "done"]
    assert [json.loads(said)["found"] for _, said in runs] == [30, 0]
    assert json.loads(runs[0][1])["translation"] == '"ketamine"[Title/Abstract]'


def test_dying_between_the_last_batch_and_the_end_fetches_nothing_again(desk: Syncing, world: World) -> None:
    papers(world, 10)

    def prepare(connection: Connection) -> None:
        def statement(_: Any, __: Any, sql: str, *___: Any) -> None:
            if sql.startswith("UPDATE sync_run SET finished_at"):
                raise Died

        event.listen(connection.engine, "before_cursor_execute", statement)

    with pytest.raises(Died):
        desk.sync(prepared=prepare)
    desk.sync()
    assert desk.ids == []
    assert desk.one("SELECT cursor FROM topic") == f"{world.today}"


def test_a_record_that_goes_while_a_first_sync_lies_cut_short_is_deleted(desk: Syncing, world: World) -> None:
    papers(world, 30)
    had = cut_short(desk)
    world.move(days=1)
    world.delete(max(had))
    summary = desk.sync()
    assert (summary.deleted, desk.studies()[max(had)][1]) == (1, "deleted")


def test_a_pending_record_that_went_meanwhile_is_unknown(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    had = cut_short(desk)
    gone = max(set(there) - had)
    world.move(days=1)
    world.delete(gone)
    assert desk.sync().unknown_pmids == [gone]
    world.move(days=5)
    assert desk.sync().unknown_pmids == []
    desk.finds_all_done()


def test_what_changed_while_a_sync_lay_cut_short_is_fetched(desk: Syncing, world: World) -> None:
    papers(world, 30)
    had = cut_short(desk)
    world.move(days=40)
    world.revise(max(had), title="Ketamine, rewritten.")
    new = world.new(title="Ketamine, new.")
    desk.sync()
    assert desk.studies()[max(had)][0] == "Ketamine, rewritten."
    assert new in desk.studies()


def test_a_full_sync_goes_on_with_a_plain_one(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=9)
    had = cut_short(desk, full=True)
    desk.sync()
    assert sorted(desk.ids) == sorted(set(there) - had)
    assert desk.one("SELECT cursor FROM topic") == f"{world.today}"


def test_a_full_sync_after_one_that_was_cut_short_asks_for_all_of_it(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    cut_short(desk)
    assert desk.sync(full=True).status == "done"
    assert sorted(desk.ids) == there
    assert desk.one("SELECT COUNT(*) FROM sync_item WHERE state = 'pending'") == 0


def test_a_sync_since_a_day_goes_on_and_moves_no_cursor(desk: Syncing, world: World) -> None:
    papers(world, 8)
    new = papers(world, 10, first=30_000_001, created=world.today)
    had = cut_short(desk, since=world.today, after=1)
    assert had < set(new)
    desk.sync(since=world.today)
    assert set(desk.studies()) == set(new)
    assert desk.one("SELECT cursor FROM topic") == ""
    desk.sync()
    assert len(desk.studies()) == 18


def test_limits_come_to_an_end(desk: Syncing, world: World) -> None:
    papers(world, 10)
    states = [desk.sync(limit=4).status for _ in range(4)]
    assert states == ["partial", "partial", "done", "done"]
    assert len(desk.studies()) == 10


def test_a_limit_is_for_all_topics_together(desk: Syncing, world: World) -> None:
    papers(world, 10)
    papers(world, 3, first=30_000_001, created=world.today)
    other = Asked("new", '"2025/11"[CRDT] AND ketamine[tiab]', True)
    summary = desk.sync(other, TOPIC, limit=5)
    assert (summary.fetched, summary.status) == (5, "partial")
    while desk.sync(other, TOPIC, limit=5).status == "partial":
        assert len(desk.ids) <= 5
    assert len(desk.studies()) == 13


def test_two_topics_that_share_records_cut_short_in_the_second_fetch_none_twice(desk: Syncing, world: World) -> None:
    papers(world, 20)
    extra = [world.new(title=f"Morphine, report {each}.", created=world.days_ago(50)) for each in range(10)]
    other = Asked("reports", "report[tiab]", True)
    cut_short(desk, TOPIC, other, after=5)
    desk.sync(TOPIC, other)
    assert len(desk.ids) == 5
    assert set(desk.ids) < set(extra)


def test_another_query_gives_up_what_is_pending_of_the_old_one(desk: Syncing, world: World) -> None:
    papers(world, 20)
    new = world.new(title="Morphine, at last.", created=world.days_ago(200))
    cut_short(desk)
    desk.sync(TOPIC._replace(query="morphine[tiab]"))
    assert desk.ids == [new]
    assert desk.one("SELECT COUNT(*) FROM sync_item WHERE state = 'pending'") == 0
    assert desk.rows("SELECT query, cursor FROM topic") == [("morphine[tiab]", f"{world.today}")]


def test_numbers_of_a_sync_that_goes_on_are_its_own(desk: Syncing, world: World) -> None:
    there = papers(world, 10)
    for pmid in there:
        world.retract(pmid)
    cut_short(desk, after=1)
    assert desk.left is not None
    assert (desk.left.added, desk.left.retracted) == (5, 5)
    summary = desk.sync(batch=5)
    assert (summary.added, summary.retracted, summary.fetched) == (5, 5, 10 if len(desk.ids) == 10 else 5)


def test_a_full_disk_stores_nothing_of_that_batch_and_is_told_as_one(desk: Syncing, world: World, empty: Empty) -> None:
    papers(world, 60, abstract="Pain fell. " * 300)

    def small(connection: Connection) -> None:
        pages = raw(connection).execute("PRAGMA page_count").fetchone()[0]
        raw(connection).execute(f"PRAGMA max_page_count = {pages + 60}")

    with pytest.raises(DiskFull):
        desk.sync(batch=5, prepared=small)
    assert desk.left is not None
    assert 0 < desk.left.fetched < 60
    assert desk.sound()
    desk.sync(batch=5)
    assert desk.studies() == undisturbed(desk, empty).studies()


def test_a_library_that_another_program_writes_to_is_busy_and_stays_as_it_was(desk: Syncing, world: World) -> None:
    papers(world, 10)
    before = desk.content()
    with desk.open() as other:
        raw(other).execute("BEGIN IMMEDIATE")

        def hurried(connection: Connection) -> None:
            raw(connection).execute("PRAGMA busy_timeout = 5")

        with pytest.raises(LibraryBusy):
            desk.sync(prepared=hurried)
        raw(other).execute("ROLLBACK")
    assert desk.content() == before
    assert desk.sync().added == 10


def test_ctrl_c_in_the_midst_of_a_transaction_rolls_it_back(desk: Syncing, world: World) -> None:
    papers(world, 10)

    def prepare(connection: Connection) -> None:
        def statement(_: Any, __: Any, sql: str, *___: Any) -> None:
            if sql.startswith("INSERT INTO study_text"):
                raise KeyboardInterrupt

        event.listen(connection.engine, "before_cursor_execute", statement)

    with pytest.raises(KeyboardInterrupt):
        desk.sync(batch=5, prepared=prepare)
    assert desk.left is not None
    assert (desk.left.status, desk.left.fetched, desk.left.added) == ("interrupted", 0, 0)
    assert desk.one("SELECT COUNT(*) FROM study") == 0
    assert desk.sound()
    assert desk.sync(batch=5).added == 10


def test_a_record_that_left_while_cut_short_is_settled_by_the_next_sync(desk: Syncing, world: World) -> None:
    there = papers(world, 40)
    desk.sync()
    world.move(days=1)
    world.revise(there[0], title="Morphine after all.")
    cut_short(desk, after=0)
    desk.sync()
    assert desk.states()[str(there[0])] == "left"
    world.move(days=5)
    desk.sync()
    desk.finds_all_done()
