"""Work on the next things meanwhile: in order, no more than allowed, and nothing left over."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ketlit.sources.ahead import ahead


def nothing() -> None:
    """There is no running work to end."""


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("ahead")]


@pytest.mark.parametrize("at_most", [1, 2, 3, 50])
def test_results_come_in_order(at_most: int) -> None:
    assert list(ahead(lambda each: each * each, range(20), at_most, nothing)) == [(n, n * n) for n in range(20)]
    assert threads() == []


def test_nothing_to_do_is_done() -> None:
    assert list(ahead(str, [], 3, nothing)) == []


def test_so_many_are_worked_on_at_the_same_time() -> None:
    barrier = threading.Barrier(3)
    assert [n for n, _ in ahead(lambda each: barrier.wait(timeout=30), range(6), 3, nothing)] == list(range(6))


def test_the_next_is_begun_before_this_one_is_handed_out_and_none_beyond() -> None:
    taken: list[int] = []

    def things() -> Iterator[int]:
        for each in range(10):
            taken.append(each)
            yield each

    working = ahead(str, things(), 2, nothing)
    assert next(working) == (0, "0")
    assert taken == [0, 1, 2]
    working.close()  # type: ignore[attr-defined]
    assert taken == [0, 1, 2]


def test_a_failure_comes_at_its_turn_and_is_the_end() -> None:
    stopped: list[bool] = []
    working = ahead(lambda each: 6 // (3 - each), range(10), 2, lambda: stopped.append(True))
    assert [next(working) for each in range(3)] == [(0, 2), (1, 3), (2, 6)]
    assert not stopped
    with pytest.raises(ZeroDivisionError):
        next(working)
    assert list(working) == []
    assert (stopped, threads()) == ([True], [])


def test_things_that_cannot_be_had_are_told_too() -> None:
    def things() -> Iterator[int]:
        yield 1
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        list(ahead(str, things(), 2, nothing))
    assert threads() == []


def test_closing_ends_work_that_is_under_way() -> None:
    released = threading.Event()

    def work(each: int) -> int:
        if each:
            released.wait()
        return each

    working = ahead(work, range(9), 3, released.set)
    assert next(working) == (0, 0)
    working.close()  # type: ignore[attr-defined]
    assert threads() == []
