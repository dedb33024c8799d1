"""Every fault of the wire and of PubMed's answers, met in the middle of a sync: nothing is lost, nothing invented."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ketlit.errors import SourceError
from ketlit.tagging.taxonomy import Taxonomy
from tests import eutils_faults as faults
from tests.eutils_faults import Fault
from tests.ncbi import Server, World, serve
from tests.sync.conftest import Syncing, papers, undisturbed

Empty = Callable[[], Syncing]
PASSING = [
    *(faults.too_many(each) for each in ("2", "Wed, 21 Oct 2026 07:28:00 GMT", "9999", "-5", None)),
    faults.too_many_in_200(),
    *(faults.status(code) for code in (500, 502, 503)),
    faults.relayed_502(),
    *(faults.error_in_200(text) for text in faults.OUTAGES.values()),
    *(faults.broken_off(text) for text in faults.MID_STREAM),
    faults.html_in_200(),
    faults.empty(),
    faults.reset(),
    faults.closed(),
    faults.dropped(),
    faults.wrong_length(),
    faults.cut_gzip(),
    faults.cut_xml(),
    faults.cut_chunks(),
]
FINAL = [faults.status(code) for code in (400, 404, 414)]


def name_of(fault: Fault) -> str:
    return fault.name


def first(world: World) -> list[int]:
    """What PubMed has at the first sync."""
    return papers(world, 24)


def news(world: World, there: list[int]) -> None:
    """What happens there before the second."""
    world.move(days=4)
    world.revise(there[0], title="Ketamine for pain, rewritten.", abstract="Pain did not fall.")
    world.retract(there[1])
    world.correct(there[2])
    world.delete(there[9])
    papers(world, 12, first=30_000_001, created=world.today)


class Synced(NamedTuple):
    """A library with a first sync behind it and a person's words in it; and what it should be after the second."""

    path: Path
    words: list[tuple[Any, ...]]
    expected: dict[int, tuple[str, str, str]]


@pytest.fixture(scope="module")
def synced(made_empty: Path, tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy) -> Synced:
    world, path = World(), tmp_path_factory.mktemp("synced") / "library.db"
    there = first(world)
    with serve(world) as server:
        desk, other = (Syncing(path.with_name(name), taxonomy, server) for name in (path.name, "other.db"))
        for each in (desk, other):
            shutil.copyfile(made_empty, each.path)
        desk.sync()
        desk.annotate(there[0])
        desk.annotate(there[9])
        news(world, there)
        other.sync()
        return Synced(path, desk.words_of_people(), other.studies())


@pytest.fixture
def disturbed(synced: Synced, world: World, tmp_path: Path, taxonomy: Taxonomy, server: Server) -> Syncing:
    """At a copy of that library, with the news waiting."""
    news(world, first(world))
    path = tmp_path / "disturbed.db"
    shutil.copyfile(synced.path, path)
    return Syncing(path, taxonomy, server)


def settled(desk: Syncing, expected: dict[int, tuple[str, str, str]], words: Sequence[tuple[Any, ...]] = ()) -> None:
    """The library is sound, and one more sync makes it what an undisturbed one is."""
    assert desk.sound()
    assert desk.words_of_people() == list(words)
    desk.server.faults = []
    assert desk.sync().status == "done"
    assert desk.sound()
    assert desk.words_of_people() == list(words)
    mine = desk.studies()
    assert {pmid: study for pmid, study in mine.items() if pmid in desk.server.world} == expected
    assert {study[1] for pmid, study in mine.items() if pmid not in desk.server.world} <= {"deleted"}
    assert desk.one("SELECT COUNT(*) FROM study") == len(mine)


@pytest.mark.parametrize("fault", PASSING, ids=name_of)
def test_a_fault_that_passes_does_no_harm(fault: Fault, disturbed: Syncing, synced: Synced) -> None:
    # one at each kind of request
    waiting = {"esearch": fault, "einfo": fault, "efetch": fault}
    disturbed.server.faults = lambda asked: waiting.pop(asked.utility, None)
    summary = disturbed.sync(batch=8)
    assert (summary.added, summary.retracted, summary.corrected, summary.deleted) == (12, 1, 1, 1)
    assert not waiting
    settled(disturbed, synced.expected, synced.words)


@pytest.mark.parametrize("fault", [*FINAL, *PASSING[6:12:3], faults.cut_xml()], ids=name_of)
@pytest.mark.parametrize(("utility", "stored"), [("esearch", 0), ("efetch", 10)])
def test_a_fault_that_stays_ends_the_sync_with_what_was_stored_by_then(
    fault: Fault, utility: str, stored: int, disturbed: Syncing, synced: Synced
) -> None:
    before = disturbed.studies()
    passed = [stored // 5]

    def script(asked: Any) -> Fault | None:
        if asked.utility != utility:
            return None
        passed[0] -= 1
        return fault if passed[0] < 0 else None

    disturbed.server.faults = script
    with pytest.raises(SourceError) as caught:
        disturbed.sync(batch=5)
    assert f"PubMed's {utility} failed" in str(caught.value)
    left = disturbed.left
    assert left is not None
    assert (left.status, left.fetched) == ("failed", stored)
    assert len(disturbed.studies()) == len(before) + left.added
    settled(disturbed, synced.expected, synced.words)


def test_a_sync_that_failed_goes_on_with_what_it_has_not(desk: Syncing, world: World) -> None:
    there = papers(world, 30)
    desk.server.faults = [None, None, None, None, faults.status(404)]
    with pytest.raises(SourceError, match="404"):
        desk.sync(batch=5)
    had = set(desk.studies())
    assert len(had) == 10
    desk.server.faults = []
    summary = desk.sync(batch=5)
    assert sorted(desk.ids) == sorted(set(there) - had)
    assert any("20 records are left" in line for line in desk.told.lines)
    assert (summary.status, summary.added, len(desk.studies())) == ("done", 20, 30)


def test_records_that_are_missing_once_are_asked_for_again(desk: Syncing, world: World, empty: Empty) -> None:
    there = papers(world, 12)
    desk.server.faults = [None, None, faults.missing(*there[3:6])]
    summary = desk.sync()
    assert sorted(desk.ids) == sorted([*there, *there[3:6]])
    assert (summary.added, summary.unknown, summary.failed) == (12, 0, 0)
    settled(desk, undisturbed(desk, empty).studies())


def test_records_that_stay_missing_are_named_and_asked_for_again_after_thirty_days(desk: Syncing, world: World) -> None:
    there = papers(world, 12)
    desk.server.faults = [None, None, faults.missing(*there[3:6]).repeated(2)]
    summary = desk.sync()
    assert (summary.added, summary.unknown, summary.status) == (9, 3, "done")
    assert sorted(summary.unknown_pmids) == there[3:6]
    desk.server.faults = []
    world.move(days=29)
    assert desk.sync().fetched == 0
    assert desk.asked == ["esearch", "esearch", "einfo"]
    world.move(days=2)
    summary = desk.sync()
    assert (sorted(desk.ids), summary.added, summary.unknown) == (there[3:6], 3, 0)


def test_records_that_stay_missing_are_asked_for_again_with_full(desk: Syncing, world: World) -> None:
    there = papers(world, 12)
    desk.server.faults = [None, None, faults.missing(*there[3:6]).repeated(2)]
    desk.sync()
    assert desk.sync(full=True).added == 3


def test_what_a_search_names_and_nobody_gives_is_deleted_and_found_again_some_day(desk: Syncing, world: World) -> None:
    there = papers(world, 40)
    desk.sync()
    world.move(days=1)
    world.revise(there[3])
    desk.server.faults = lambda asked: faults.missing(there[3]) if asked.utility == "efetch" else None
    assert desk.sync().deleted == 1
    desk.server.faults = []
    world.move(days=9)
    assert desk.sync().fetched == 0
    assert desk.asked == ["esearch", "esearch", "einfo"]
    world.move(days=30)
    desk.sync()
    assert desk.studies()[there[3]][1] == "current"


def test_a_record_nobody_asked_for_is_left_out_with_a_warning(desk: Syncing, world: World, empty: Empty) -> None:
    papers(world, 5)
    desk.server.faults = [None, None, faults.extra(99_999_998)]
    summary = desk.sync()
    assert (summary.fetched, 99_999_998 in desk.studies()) == (5, False)
    assert "PubMed sent PMID 99999998, which was not asked for: left out" in desk.told.lines
    settled(desk, undisturbed(desk, empty).studies())


def test_a_record_that_comes_twice_counts_once(desk: Syncing, world: World, empty: Empty) -> None:
    papers(world, 5)
    desk.server.faults = [None, None, faults.doubled()]
    summary = desk.sync()
    assert (summary.fetched, summary.added, summary.unchanged) == (5, 5, 0)
    settled(desk, undisturbed(desk, empty).studies())


@pytest.mark.parametrize("newest_first", [False, True])
def test_of_two_versions_the_newest_is_stored(newest_first: bool, desk: Syncing, world: World) -> None:
    there = papers(world, 5)
    desk.server.faults = [None, None, faults.two_versions(newest_first=newest_first)]
    summary = desk.sync()
    assert (summary.added, summary.revised, summary.fetched) == (5, 0, 5)
    assert desk.studies()[there[-1]][0] == "Ketamine for pain, report 4."
    assert desk.sound()


def spoilt(old: bytes, new: bytes) -> Fault:
    """An answer with some of its bytes changed."""
    return Fault("spoilt", lambda asked, right: replace(right, body=right.body.replace(old, new))).at("efetch")


def test_a_record_that_comes_broken_twice_fails_by_name_and_comes_with_the_next_sync(
    desk: Syncing, world: World, empty: Empty
) -> None:
    there = papers(world, 12)
    broken = spoilt(b"report 4.</ArticleTitle>", b"report 4.</Article>")
    desk.server.faults = lambda asked: broken if asked.utility == "efetch" else None
    summary = desk.sync()
    assert (summary.added, summary.failed, summary.unknown) == (11, 1, 0)
    assert summary.failures[0]["place"] == f"PMID {there[4]}"
    assert desk.sync().failed == 1
    assert desk.ids == [there[4], there[4]]
    desk.server.faults = []
    assert (desk.sync().added, desk.ids) == (1, [there[4]])
    settled(desk, undisturbed(desk, empty).studies())


def test_a_record_that_does_not_say_which_it_is_makes_nothing_deleted(desk: Syncing, world: World) -> None:
    there = papers(world, 12)
    desk.sync()
    world.move(days=1)
    world.revise(there[4])
    nameless = spoilt(b"%d</PMID>" % there[4], b"</PMID>")
    desk.server.faults = lambda asked: nameless if asked.utility == "efetch" else None
    summary = desk.sync()
    assert (summary.failed, summary.deleted, desk.studies()[there[4]][1]) == (1, 0, "current")


def test_what_the_library_does_not_take_fails_by_name_and_the_rest_goes_in(
    desk: Syncing, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ketlit.store.writer import Writer

    there = papers(world, 12)
    add = Writer.add

    def refusing(self: Writer, studies: Any) -> Any:
        if any(study.record.pmid == there[3] for study in studies):
            raise OverflowError("a number that is too large")
        return add(self, studies)

    monkeypatch.setattr(Writer, "add", refusing)
    summary = desk.sync()
    assert (summary.added, summary.failed, summary.fetched) == (11, 1, 12)
    assert "too large" in summary.failures[0]["reason"]
    monkeypatch.undo()
    assert (desk.sync().added, desk.ids) == (1, [there[3]])


@pytest.mark.parametrize("grows", [True, False])
def test_a_set_that_moves_while_it_is_listed_comes_whole(
    grows: bool, desk: Syncing, world: World, empty: Empty
) -> None:
    there = papers(world, 30)
    desk.sync()
    world.move(days=1)
    world.revise(there[0], title="Ketamine for pain, rewritten.")

    def moves() -> None:
        if grows:
            papers(world, 2, first=30_000_001, created=world.today)
        else:
            world.delete(there[1])

    desk.server.faults = [faults.world_changes(moves).at("esearch")]
    desk.sync()
    assert set(desk.studies()) == set(there) | {pmid for pmid in world.pmids if pmid > 30_000_000}
    settled(desk, undisturbed(desk, empty).studies())


@pytest.mark.parametrize("years", [-5, 5])
def test_a_clock_that_is_years_off_in_another_time_zone_changes_no_request(
    years: int, desk: Syncing, world: World, empty: Empty, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = papers(world, 6)
    other = empty()
    other.sync()
    off = time.time() + years * 365 * 86400
    monkeypatch.setattr(time, "time", lambda: off)
    monkeypatch.setattr("ketlit.sync.run.now", lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(off)))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        desk.sync()
        world.move(days=1)
        world.revise(there[0])
        desk.sync()
    finally:
        monkeypatch.undo()
        time.tzset()
    first = len(desk.server.log)
    other.sync()
    mine, theirs = desk.server.log[:first], desk.server.log[first:]
    assert [(one.utility, one.params) for one in mine[-len(theirs) :]] == [(one.utility, one.params) for one in theirs]
