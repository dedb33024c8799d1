"""What a later sync asks for and fetches: what is new, what changed, what went, and no more."""

from __future__ import annotations

import pytest

from ketlit.errors import SourceError
from ketlit.sync.topics import Asked
from tests import eutils_faults as faults
from tests.ncbi import World
from tests.sync.conftest import TOPIC, Syncing, papers


def test_the_first_sync_brings_everything_and_the_next_one_nothing(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    first = desk.sync(batch=10)
    assert (first.found, first.fetched, first.added, first.status) == (30, 30, 30, "done")
    assert desk.asked == ["esearch", "einfo", "efetch", "efetch", "efetch"]
    assert sorted(desk.ids) == there
    world.move(days=3)
    second = desk.sync()
    assert (second.fetched, second.added, second.unchanged) == (0, 0, 0)
    assert desk.asked == ["esearch", "esearch", "einfo"]
    again = desk.sync()
    assert (again.fetched, desk.asked) == (0, ["esearch", "esearch"])


def test_three_records_that_changed_are_the_only_ones_fetched(desk: Syncing, world: World) -> None:
    there = papers(world, 40)
    desk.sync()
    world.move(days=5)
    world.revise(there[0], title="Ketamine for pain, as corrected.")
    world.retract(there[1])
    new = world.new(title="Ketamine, new.", abstract="Pain.")
    summary = desk.sync()
    assert sorted(desk.ids) == sorted([there[0], there[1], new])
    assert len(desk.asked) == 4
    assert (summary.added, summary.revised, summary.retracted, summary.unchanged) == (1, 2, 1, 0)


def test_the_window_overlaps_by_two_days(desk: Syncing, world: World) -> None:
    papers(world, 3)
    desk.sync()
    early = world.new(title="Ketamine, entered late.", created=world.days_ago(2))
    too_early = world.new(title="Ketamine, entered far too late.", created=world.days_ago(3))
    world.move(days=1)
    desk.sync()
    assert {early, too_early} <= set(desk.studies())  # the second because the topic lists it
    assert desk.asked == ["esearch", "esearch", "einfo", "efetch"]


def test_a_record_that_went_is_deleted_once_and_not_looked_for_again(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=1)
    world.delete(there[4])
    summary = desk.sync()
    assert (summary.deleted, desk.studies()[there[4]][1]) == (1, "deleted")
    assert set(desk.ids) == {there[4]}
    world.move(days=1)
    after = desk.sync()
    assert (after.deleted, after.fetched, desk.asked) == (0, 0, ["esearch", "esearch", "einfo"])


def test_a_record_that_left_the_topic_stays_and_is_not_taken_for_gone(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=1)
    world.revise(there[4], title="Morphine after all.")
    summary = desk.sync()
    assert (summary.deleted, summary.revised) == (0, 1)
    assert desk.studies()[there[4]][:2] == ("Morphine after all.", "current")
    assert desk.states()[str(there[4])] == "left"
    world.move(days=9)
    assert [desk.sync().fetched for _ in range(2)] == [1, 0]  # the overlap
    assert desk.asked == ["esearch", "esearch"]


def test_a_record_that_left_the_topic_is_still_followed(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=1)
    for pmid in there[4:7]:
        world.revise(pmid, title="Morphine after all.")
    desk.sync()
    world.move(days=9)
    desk.sync()
    world.retract(there[4])
    world.delete(there[5])
    summary = desk.sync()
    assert (summary.retracted, summary.deleted, sorted(desk.ids)) == (1, 1, sorted([there[4], there[5], there[5]]))
    assert [desk.studies()[pmid][1] for pmid in there[4:7]] == ["retracted", "deleted", "current"]
    world.move(days=9)
    desk.sync()
    desk.finds_all_done()


def test_what_left_and_comes_back_is_fetched(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=1)
    world.revise(there[4], title="Morphine after all.")
    desk.sync()
    world.move(days=9)
    world.revise(there[4], title="Ketamine again.")
    desk.sync()
    assert desk.studies()[there[4]][0] == "Ketamine again."
    world.move(days=3)
    desk.sync()  # the overlap brings it once more
    assert desk.ids == [there[4]]
    desk.finds_all_done()


def test_a_deleted_record_that_comes_back_unchanged_is_current_again(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.sync()
    kept = world[there[0]].xml
    world.move(days=1)
    world.delete(there[0])
    desk.sync()
    assert desk.studies()[there[0]][1] == "deleted"
    world.move(days=9)
    world.add(kept)
    desk.sync()
    assert desk.studies()[there[0]][1] == "current"


def test_a_record_merged_into_another_is_deleted_and_the_other_is_not_mistaken_for_it(
    desk: Syncing, world: World
) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=1)
    world.merge(there[0], there[1], answered=True)
    summary = desk.sync()
    assert (summary.deleted, desk.studies()[there[0]][1], desk.studies()[there[1]][1]) == (1, "deleted", "current")
    assert any(f"PMID {there[1]}" in line and "not asked for" in line for line in desk.told.lines)


def test_a_topic_that_had_many_hits_and_has_none_changes_nothing(desk: Syncing, world: World) -> None:
    papers(world, 30)
    desk.sync()
    before = desk.content()
    cursor = desk.rows("SELECT cursor, hits FROM topic")
    world.move(days=3)
    world.delete(*list(world.pmids))
    for how in ({}, {"full": True}):
        with pytest.raises(SourceError, match="finds nothing for topic 'pain', which had 30 records"):
            desk.sync(**how)
        assert desk.content() == before
        assert desk.rows("SELECT cursor, hits FROM topic") == cursor
        assert desk.left is not None
        assert desk.left.status == "failed"


@pytest.mark.parametrize("gone", [6, 40])
def test_more_than_a_twentieth_that_vanishes_is_not_believed(desk: Syncing, world: World, gone: int) -> None:
    there = papers(world, 100)
    desk.sync()
    before = desk.content()
    world.move(days=1)
    world.delete(*there[:gone])
    for how in ({}, {"full": True}, {}):
        with pytest.raises(SourceError, match=f"does not have {gone} records any more"):
            desk.sync(**how)
        assert desk.content() == before
    for pmid in there[:gone]:
        world.new(pmid, title="Ketamine is back.", abstract="Pain.")
    summary = desk.sync()
    assert (summary.deleted, summary.revised) == (0, gone)


def test_a_twentieth_of_a_large_topic_may_go(desk: Syncing, world: World) -> None:
    there = papers(world, 200)
    desk.sync()
    world.move(days=1)
    world.delete(*there[:10])
    assert desk.sync().deleted == 10


def test_many_records_that_leave_a_topic_are_looked_at_one_by_one_with_full(desk: Syncing, world: World) -> None:
    there = papers(world, 40)
    desk.sync()
    world.move(days=1)
    for pmid in there[:10]:
        world.revise(pmid, title="Morphine after all.")
    with pytest.raises(SourceError, match="10 records") as caught:
        desk.sync()
    assert "--full" in caught.value.hint
    summary = desk.sync(full=True)
    assert (summary.deleted, summary.revised, summary.status) == (0, 10, "done")
    world.move(days=9)
    assert [desk.sync().fetched for _ in range(2)] == [10, 0]  # the overlap


def test_a_full_sync_asks_for_everything_again(desk: Syncing, world: World) -> None:
    there = papers(world, 12)
    desk.sync()
    summary = desk.sync(full=True)
    assert (sorted(desk.ids), summary.unchanged, summary.revised) == (there, 12, 0)


def test_since_a_day_before_the_cursor_moves_it_and_one_behind_it_does_not(desk: Syncing, world: World) -> None:
    from datetime import timedelta

    papers(world, 12)
    desk.sync()
    begun = world.today
    world.move(days=20)
    missed = world.new(title="Ketamine in between.", abstract="Pain.")
    world.move(days=20)
    late = world.new(title="Ketamine at last.", abstract="Pain.")
    desk.sync(since=world.today)
    assert desk.ids == [late]
    assert desk.one("SELECT cursor FROM topic") == f"{begun}"
    desk.sync(since=begun - timedelta(days=1))
    assert set(desk.studies()) >= {missed, late}
    assert desk.one("SELECT cursor FROM topic") == f"{world.today}"


def test_since_a_day_on_a_library_that_was_never_complete_fetches_that_window_alone(
    desk: Syncing, world: World
) -> None:
    papers(world, 12)
    new = world.new(title="Ketamine now.", abstract="Pain.")
    for _ in range(2):
        desk.sync(since=world.today)
        assert desk.ids == [new]
    assert desk.one("SELECT cursor FROM topic") == ""
    desk.sync()
    assert len(desk.studies()) == 13


def test_the_cursor_is_the_day_of_pubmeds_last_update_where_that_is_older(desk: Syncing, world: World) -> None:
    papers(world, 3)
    body = b'{"header":{},"einforesult":{"dbinfo":[{"dbname":"pubmed","count":"3","lastupdate":"2025/11/20 10:00"}]}}'
    desk.server.faults = lambda asked: faults.other_body(body, "application/json") if asked.utility == "einfo" else None
    desk.sync()
    assert desk.one("SELECT cursor FROM topic") == "2025-11-20"


def test_a_count_that_differs_from_the_list_is_told_and_looked_into_the_next_time(desk: Syncing, world: World) -> None:
    papers(world, 8)
    desk.server.faults = [faults.wrong_count(3).repeated(2)]
    summary = desk.sync()
    assert "counts 11 records for this query and lists 8" in summary.topics[0]["warnings"][0]
    assert any("counts 11 records" in line for line in desk.told.lines)
    desk.finds_all_done()


def test_a_search_that_hid_records_is_found_out(desk: Syncing, world: World) -> None:
    there = papers(world, 8)
    hidden = world[there[0]].xml
    world.delete(there[0])
    desk.server.faults = [faults.wrong_count(1).repeated(2)]
    desk.sync()
    world.add(hidden)
    world.move(days=20)
    desk.sync()
    assert sorted(desk.studies()) == there


def test_two_topics_fetch_what_they_share_once(desk: Syncing, world: World) -> None:
    there = papers(world, 10)
    other = Asked("reports", "report[tiab]", True)
    summary = desk.sync(TOPIC, other)
    assert sorted(desk.ids) == there
    assert (summary.found, summary.fetched, summary.added) == (20, 10, 10)
    world.move(days=1)
    world.delete(there[0])
    world.revise(there[1], title="Ketamine for pain, report one.")
    summary = desk.sync(TOPIC, other)
    assert (summary.deleted, summary.revised, summary.fetched) == (1, 1, 1)
    assert desk.sync(TOPIC, other).fetched == 1  # the overlap
    assert desk.asked == ["esearch", "esearch", "efetch", "esearch", "esearch"]


def test_another_query_under_the_same_name_is_asked_from_the_beginning(desk: Syncing, world: World) -> None:
    papers(world, 5)
    old = world.new(title="Esketamine, long ago.", created=world.days_ago(900))
    desk.sync()
    world.move(days=2)
    summary = desk.sync(Asked("pain", "esketamine[tiab]", True))
    assert desk.ids == [old]
    assert (summary.deleted, summary.status) == (0, "done")
    assert desk.rows("SELECT query, hits FROM topic") == [("esketamine[tiab]", 1)]


def test_items_do_not_grow_with_every_sync(desk: Syncing, world: World) -> None:
    there = papers(world, 20)
    for _ in range(4):
        desk.sync(full=True)
        world.move(days=1)
        world.revise(there[0])
    assert desk.one("SELECT COUNT(*) FROM sync_item") == 20


@pytest.fixture
def small_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """ESearch that lists 20 records of a query, and no more."""
    monkeypatch.setattr("ketlit.sources.eutils.WINDOW", 20)


@pytest.mark.usefixtures("small_window")
def test_a_topic_beyond_what_pubmed_lists_comes_whole_and_is_kept_up_to_date(desk: Syncing, world: World) -> None:
    there = papers(world, 70)
    summary = desk.sync()
    assert (summary.found, sorted(desk.studies())) == (70, there)
    world.move(days=4)
    desk.sync()
    assert desk.asked == ["esearch", "esearch", "einfo"]
    world.delete(there[0])
    late = world.new(19_000_000, title="Ketamine, entered late.", created=world.days_ago(400))
    world.new(title="Ketamine, new.")
    another = world.new(19_000_001, title="Ketamine, entered later.", created=world.days_ago(400))
    summary = desk.sync()
    assert (summary.added, summary.deleted) == (3, 1)
    assert {late, another} < set(desk.studies())
    world.move(days=4)
    desk.sync()
    desk.finds_all_done()


def test_a_record_that_went_is_seen_though_another_came_by_the_back_door(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=4)
    world.delete(there[3])
    late = world.new(title="Ketamine, entered late.", created=world.days_ago(400))
    summary = desk.sync()
    assert (summary.added, summary.deleted) == (1, 1)
    assert (desk.studies()[there[3]][1], desk.studies()[late][1]) == ("deleted", "current")
