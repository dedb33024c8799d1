"""What sync remembers: topics with their cursors, runs, and what each run has still to fetch.

Nothing here commits: the caller has a `begin` around it, so that a batch and what is said of it go in together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from ketlit.store.listing import chunks
from ketlit.store.writer import Writer

TOPICS: Final = "SELECT name, query, kept, cursor, hits, checked_at FROM topic ORDER BY name"
UNFINISHED: Final = (
    "SELECT r.id, r.query, r.opened, r.summary FROM sync_run r WHERE r.kind = 'sync' AND r.topic = :topic AND EXISTS "
    "(SELECT 1 FROM sync_item i WHERE i.run_id = r.id AND i.state = 'pending') ORDER BY r.id"
)
ITEMS: Final = "SELECT place FROM sync_item WHERE run_id = :run AND state = :state ORDER BY place"
STATES: Final = (
    "SELECT i.place, i.state FROM sync_item i JOIN sync_run r ON r.id = i.run_id "
    "WHERE r.kind = 'sync' AND r.topic = :topic ORDER BY r.id, i.place"
)
TRIED: Final = (
    "SELECT i.place, MAX(r.opened) FROM sync_item i JOIN sync_run r ON r.id = i.run_id "
    "WHERE r.kind = 'sync' AND i.state IN ('unknown', 'mismatch', 'unidentified') GROUP BY i.place"
)
MOVES: Final = '{"moves": true}'  # the summary of a run that is not done, and that moves the cursor when it is
CHANGED: Final = 'SELECT kind, COUNT(DISTINCT study_id) FROM "change" WHERE run_id = :run GROUP BY kind ORDER BY kind'


class State(StrEnum):
    """How far a run is with an item."""

    PENDING = "pending"
    FETCHED = "fetched"
    UNKNOWN = "unknown"  # PubMed has no such record
    FAILED = "failed"  # it came, and could not be read or stored
    MISMATCH = "mismatch"  # a curated identifier that is another paper's
    UNIDENTIFIED = "unidentified"  # a curated study that no PubMed record was found for
    VANISHED = "vanished"  # it was fetched once, and PubMed has it no more
    LEFT = "left"  # it was fetched once, is still there, and does not fit the topic any more


class Topic(NamedTuple):
    """A question to PubMed. `cursor`: the ISO day up to which its answer is here; "" if it never was complete."""

    name: str
    query: str
    kept: bool = False
    cursor: str = ""
    hits: int | None = None
    checked_at: str = ""


class Unfinished(NamedTuple):
    """A run that has items pending. `opened`: PubMed's clock when it was begun. `moves`: done, it moves the cursor."""

    run: int
    query: str
    opened: str
    moves: bool


class Runs:
    """The memory of sync, through a writer's connection."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def topics(self) -> list[Topic]:
        """All topics that were ever asked, by name."""
        return [Topic(name, query, bool(kept), *rest) for name, query, kept, *rest in self._writer.db.rows(TOPICS)]

    def topic(self, name: str) -> Topic | None:
        return next((topic for topic in self.topics() if topic.name == name), None)

    def put_topic(self, topic: Topic) -> None:
        """Write a topic down, in place of what was there under its name."""
        self.remove_topic(topic.name)
        values = (topic.name, topic.query, topic.kept, topic.cursor, topic.hits, topic.checked_at)
        self._writer.insert("topic", [values])

    def remove_topic(self, name: str) -> None:
        self._writer.many("DELETE FROM topic WHERE name = ?", [(name,)])

    def begin(self, topic: str, query: str, opened: str, places: Iterable[object], *, moves: bool = False) -> int:
        """Write down a run and all that it is to fetch: its id, which the writer's changes bear from now on."""
        self._writer.run = None
        self._writer.begin_run("sync", topic, query, opened)
        run = self._writer.run or 0
        self._writer.many("UPDATE sync_run SET summary = ? WHERE id = ?", [(MOVES if moves else "{}", run)])
        rows = [(run, str(place), State.PENDING.value, "") for place in dict.fromkeys(places)]
        self._writer.insert("sync_item", rows)
        return run

    def unfinished(self, topic: str) -> list[Unfinished]:
        """Runs of a topic that were cut short, oldest first."""
        found = self._writer.db.rows(UNFINISHED, {"topic": topic})
        return [Unfinished(run, query, opened, summary == MOVES) for run, query, opened, summary in found]

    def places(self, run: int, state: State) -> list[str]:
        """The items of a run that are in this state."""
        return [row[0] for row in self._writer.db.rows(ITEMS, {"run": run, "state": state.value})]

    def settle(self, run: int, places: Iterable[object], state: State, reason: str = "") -> None:
        """Say what became of items of a run; those it did not have are added."""
        named = [str(place) for place in dict.fromkeys(places)]
        self._writer.many("DELETE FROM sync_item WHERE run_id = ? AND place = ?", [(run, place) for place in named])
        self._writer.insert("sync_item", [(run, place, state.value, reason) for place in named])

    def drop_pending(self, topic: str) -> None:
        """Give up what earlier runs of a topic have still to fetch: a whole new run asks for all of it."""
        for one in self.unfinished(topic):
            self._writer.many("DELETE FROM sync_item WHERE run_id = ? AND state = ?", [(one.run, State.PENDING.value)])
            self.end(one.run, "given up", "{}", self._writer.now)

    def end(self, run: int, status: str, summary: str, at: str) -> None:
        """Write down how a run ended."""
        self._writer.many(
            "UPDATE sync_run SET finished_at = ?, status = ?, summary = ? WHERE id = ?", [(at, status, summary, run)]
        )

    def fetched(self, topic: str) -> set[int]:
        """The PMIDs that runs of a topic brought, and that fit it as far as is known."""
        last = dict(self._writer.db.rows(STATES, {"topic": topic}))
        return {int(place) for place, state in last.items() if state == State.FETCHED and place.isdigit()}

    def tried(self) -> dict[str, str]:
        """What was asked for in vain, with PubMed's time of the last try."""
        return dict(self._writer.db.rows(TRIED))

    def changes(self, run: int) -> dict[str, int]:
        """How many studies a run changed, by the kind of change."""
        return dict(self._writer.db.rows(CHANGED, {"run": run}))

    def known(self, pmids: Sequence[int]) -> set[int]:
        """Those of these PMIDs that a study in the library has."""
        found: set[int] = set()
        for among, params in chunks(list(pmids)):
            found.update(
                row[0] for row in self._writer.db.rows(f"SELECT pmid FROM study WHERE pmid IN ({among})", params)
            )
        return found
