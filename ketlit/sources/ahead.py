"""Work on the next things while the caller is busy with this one, in order, and with nothing left over at the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def ahead(
    work: Callable[[Thing], Result], things: Iterable[Thing], at_most: int, stop: Callable[[], None]
) -> Iterator[tuple[Thing, Result]]:
    """Each thing with its result, in order; `at_most` of them are worked on in threads at the same time.

    What `work` raises is raised at its turn and ends it. However it ends, the caller's break and Ctrl-C included,
    `stop` is called, which makes running work end, and the threads are gone when the generator is closed.
    """
    source = iter(things)
    pool = ThreadPoolExecutor(at_most, thread_name_prefix="ahead")
    under_way: deque[tuple[Thing, Future[Result]]] = deque()

    def begin() -> None:
        while len(under_way) < at_most:
            try:
                thing = next(source)
            except StopIteration:
                return
            under_way.append((thing, pool.submit(work, thing)))

    try:
        begin()
        while under_way:
            thing, future = under_way.popleft()
            result = future.result()
            begin()
            yield thing, result
    finally:
        stop()
        pool.shutdown(wait=True, cancel_futures=True)
