"""What sync remembers: topics, runs, and what became of each item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ketlit.cli.opening import make
from ketlit.store.engine import begin, writing
from ketlit.store.runs import Runs, State, Topic, Unfinished
from ketlit.store.writer import Writer

OPENED = "2025-11-27T06:33:00Z"


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """At a library without studies, inside a transaction."""
    path = str(tmp_path / "library.db")
    make(path, seed=False)
    with writing(path) as connection, begin(connection):
        yield Runs(Writer(connection, "2026-01-01T00:00:00Z"))


def test_topics_are_put_in_place_of_what_was_under_their_name(runs: Runs) -> None:
    runs.put_topic(Topic("itch", "pruritus", True, "2025-11-27", 7, "2026-01-01T00:00:00Z"))
    runs.put_topic(Topic("ache", "pain"))
    runs.put_topic(Topic("itch", "pruritus[ti]", True))
    assert runs.topics() == [Topic("ache", "pain"), Topic("itch", "pruritus[ti]", True)]
    assert runs.topic("itch") == Topic("itch", "pruritus[ti]", True)
    runs.remove_topic("itch")
    assert runs.topic("itch") is None


def test_a_run_has_each_item_once_until_it_is_settled(runs: Runs) -> None:
    said = {"translation": "pruritus[All Fields]"}
    run = runs.begin("itch", "pruritus", OPENED, [3, 2, 3, 1, 9], moves=True, said=said, here=[9])
    assert runs.places(run, State.PENDING) == ["1", "2", "3"]
    assert runs.places(run, State.FETCHED) == ["9"]
    assert runs.unfinished("itch") == [Unfinished(run, "pruritus", OPENED, True, said)]
    runs.settle(run, [1, 2, 2], State.FETCHED)
    runs.settle(run, [3, 4], State.FAILED, "broken")
    assert runs.places(run, State.FAILED) == ["3", "4"]
    assert runs.unfinished("itch")  # until it is ended
    runs.end(run, "done", {"found": 4}, "2026-01-01T00:01:00Z")
    assert runs.unfinished("itch") == []
    assert runs.unfinished("other") == []


def test_the_last_word_on_a_record_holds(runs: Runs) -> None:
    first = runs.begin("itch", "pruritus", OPENED, [1, 2, 3, 4, 5, 6])
    for number, state in enumerate(
        (State.FETCHED, State.FETCHED, State.FAILED, State.UNKNOWN, State.MISMATCH, State.FETCHED), 1
    ):
        runs.settle(first, [number], state)
    runs.end(first, "done", {}, "")
    second = runs.begin("itch", "pruritus", "2025-11-29T00:00:00Z", [2, 6, 7])
    runs.settle(second, [2], State.VANISHED)
    runs.settle(second, [6], State.LEFT)
    other = runs.begin("itch", "pruritus[ti]", OPENED, [8])
    runs.settle(other, [8], State.FETCHED)
    standing = runs.standing("itch", "pruritus")
    assert (standing.named, standing.fetched, standing.left) == ({1, 3, 4, 5, 6}, {1, 6}, {6})
    assert standing.failed == {3}
    assert standing.unknown == {4: OPENED}
    assert runs.standing("itch", "pruritus[ti]").fetched == {8}
    assert runs.standing("ache", "pruritus").named == set()


def test_a_run_that_ends_replaces_what_earlier_ones_of_its_topic_said(runs: Runs) -> None:
    first = runs.begin("itch", "pruritus", OPENED, [1, 2])
    runs.settle(first, [1, 2], State.FETCHED)
    elsewhere = runs.begin("ache", "pain", OPENED, [1])
    second = runs.begin("itch", "pruritus", OPENED, [1])
    runs.settle(second, [1], State.UNKNOWN)
    runs.end(second, "done", {}, "")
    assert runs.places(first, State.FETCHED) == ["2"]
    assert runs.places(elsewhere, State.PENDING) == ["1"]
    assert runs.standing("itch", "pruritus").fetched == {2}


def test_what_is_pending_is_given_up_but_for_one_query(runs: Runs) -> None:
    old = runs.begin("itch", "pruritus", OPENED, [1, 2])
    runs.settle(old, [1], State.FETCHED)
    new = runs.begin("itch", "pruritus[ti]", OPENED, [3])
    runs.drop_pending("itch", but="pruritus[ti]")
    assert [one.run for one in runs.unfinished("itch")] == [new]
    assert (runs.places(old, State.PENDING), runs.places(old, State.FETCHED)) == ([], ["1"])
    runs.drop_pending("itch")
    assert runs.unfinished("itch") == []


def test_what_was_tried_in_vain_is_known_with_the_time_of_the_last_try(runs: Runs) -> None:
    for opened, state in ((OPENED, State.UNKNOWN), ("2025-12-27T00:00:00Z", State.MISMATCH)):
        run = runs.begin("curated", "", opened, [1])
        runs.settle(run, [1], state)
        runs.settle(run, ["pereira2001"], State.UNIDENTIFIED)
        runs.settle(run, [5], State.FAILED)
    runs.settle(runs.begin("itch", "pruritus", OPENED, [7]), [7], State.UNKNOWN)
    assert runs.tried("curated") == {"1": "2025-12-27T00:00:00Z", "pereira2001": "2025-12-27T00:00:00Z"}


def test_a_run_that_could_not_be_begun_leaves_the_writer_as_it_was(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.begin("itch", "pruritus", OPENED, [1])

    def full(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Writer, "insert", full)
    with pytest.raises(KeyboardInterrupt):
        runs.begin("ache", "pain", OPENED, [1])
    assert runs._writer.run == run
