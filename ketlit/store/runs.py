"""What sync remembers: topics with their cursors, runs, and what each run has still to fetch.

Nothing here commits: the caller has a `begin` around it, so that a batch and what is said of it go in together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from json import dumps, loads
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from ketlit.store.connect import Rows
    from ketlit.store.writer import Writer

TOPICS: Final = "SELECT name, query, kept, cursor, hits, checked_at FROM topic ORDER BY name"
UNFINISHED: Final = (
    "SELECT id, query, opened, summary FROM sync_run WHERE kind = 'sync' AND topic = :topic AND status = 'running' "
    "ORDER BY id"
)
ITEMS: Final = "SELECT place FROM sync_item WHERE run_id = :run AND state = :state ORDER BY place"
STATES: Final = (
    "SELECT i.place, i.state, r.opened FROM sync_item i JOIN sync_run r ON r.id = i.run_id WHERE r.kind = 'sync' "
    "AND r.topic = :topic AND r.query = :query AND i.state <> 'pending' ORDER BY r.id, i.place"
)
TRIED: Final = (
    "SELECT i.place, MAX(r.opened) FROM sync_item i JOIN sync_run r ON r.id = i.run_id "
    "WHERE r.kind = 'sync' AND r.topic = :topic AND i.state IN ('unknown', 'mismatch', 'unidentified') GROUP BY i.place"
)
# what a run settled anew need not be known of earlier runs: one row an item of a topic, however often it is asked
SUPERSEDED: Final = (
    "DELETE FROM sync_item WHERE run_id IN (SELECT o.id FROM sync_run o JOIN sync_run n ON n.topic = o.topic AND "
    "n.kind = o.kind WHERE n.id = ? AND o.id < n.id) AND place IN (SELECT place FROM sync_item WHERE run_id = ?)"
)
TOLD: Final = "SELECT id FROM \"change\" WHERE study_id = :study AND kind = 'mismatch' AND new = :reason LIMIT 1"
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
    LEFT = "left"  # it was fetched, and does not fit the topic any more: from then on it is asked for by its number


class Topic(NamedTuple):
    """A question to PubMed. `cursor`: the ISO day up to which its answer is here; "" if it never was complete."""

    name: str
    query: str
    kept: bool = False
    cursor: str = ""
    hits: int | None = None
    checked_at: str = ""


class Unfinished(NamedTuple):
    """A run that is not at its end. `opened`: PubMed's clock when it was begun. `moves`: done, it moves the cursor.

    `said`: what was known when it was begun.
    """

    run: int
    query: str
    opened: str
    moves: bool
    said: dict[str, Any]


class Standing(NamedTuple):
    """What is known of a topic's records, by PMID.

    `named`: PubMed has them, as far as is known, whether they came or not. `fetched`: those of them that came and
    are in the library. `left`: those of the fetched that left the topic. `failed`: those that came broken. `unknown`:
    those that PubMed named and did not give, with its time of the last try.
    """

    named: set[int]
    fetched: set[int]
    left: set[int]
    failed: set[int]
    unknown: dict[int, str]


def topics(db: Rows) -> list[Topic]:
    """All topics that were ever asked, by name."""
    return [Topic(name, query, bool(kept), *rest) for name, query, kept, *rest in db.rows(TOPICS)]


class Runs:
    """The memory of sync, through a writer's connection."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def topics(self) -> list[Topic]:
        """All topics that were ever asked, by name."""
        return topics(self._writer.db)

    def topic(self, name: str) -> Topic | None:
        return next((topic for topic in self.topics() if topic.name == name), None)

    def put_topic(self, topic: Topic) -> None:
        """Write a topic down, in place of what was there under its name."""
        self.remove_topic(topic.name)
        values = (topic.name, topic.query, topic.kept, topic.cursor, topic.hits, topic.checked_at)
        self._writer.insert("topic", [values])

    def remove_topic(self, name: str) -> None:
        self._writer.many("DELETE FROM topic WHERE name = ?", [(name,)])

    def begin(
        self,
        topic: str,
        query: str,
        opened: str,
        places: Iterable[object],
        *,
        moves: bool = False,
        said: Mapping[str, Any] = {},
        here: Iterable[object] = (),
    ) -> int:
        """Write down a run and all that it is to fetch: its id, which the writer's changes bear from now on.

        `moves`: when it is done, it moves its topic's cursor. `said`: what PubMed answered to its query. `here`: what
        this sync has fetched already.
        """
        before = self._writer.run
        self._writer.run = None
        try:
            self._writer.begin_run("sync", topic, query, opened)
            run = self._writer.run or 0
            summary = dumps({"moves": moves} | dict(said), ensure_ascii=False)
            self._writer.many("UPDATE sync_run SET summary = ? WHERE id = ?", [(summary, run)])
            states = dict.fromkeys((str(place) for place in places), State.PENDING.value)
            states |= dict.fromkeys((str(place) for place in here), State.FETCHED.value)
            self._writer.insert("sync_item", [(run, place, state, "") for place, state in states.items()])
        except BaseException:  # it is rolled back
            self._writer.run = before
            raise
        return run

    def unfinished(self, topic: str) -> list[Unfinished]:
        """Runs of a topic that were cut short, oldest first."""
        found = self._writer.db.rows(UNFINISHED, {"topic": topic})
        said = [(run, query, opened, loads(summary)) for run, query, opened, summary in found]
        return [
            Unfinished(run, query, opened, bool(known.pop("moves", False)), known) for run, query, opened, known in said
        ]

    def places(self, run: int, state: State) -> list[str]:
        """The items of a run that are in this state."""
        return [row[0] for row in self._writer.db.rows(ITEMS, {"run": run, "state": state.value})]

    def settle(self, run: int, places: Iterable[object], state: State, reason: str = "") -> None:
        """Say what became of items of a run; those it did not have are added."""
        named = [str(place) for place in dict.fromkeys(places)]
        self._writer.many("DELETE FROM sync_item WHERE run_id = ? AND place = ?", [(run, place) for place in named])
        self._writer.insert("sync_item", [(run, place, state.value, reason) for place in named])

    def drop_pending(self, topic: str, *, but: str = "") -> None:
        """Give up what earlier runs of a topic have still to fetch, but for those that ask the query `but`."""
        for one in self.unfinished(topic):
            if but and one.query == but:
                continue
            self._writer.many("DELETE FROM sync_item WHERE run_id = ? AND state = ?", [(one.run, State.PENDING.value)])
            self.end(one.run, "given up", one.said, self._writer.now)

    def end(self, run: int, status: str, said: Mapping[str, Any], at: str) -> None:
        """Write down how a run ended; its word of an item replaces that of earlier runs."""
        self._writer.many(SUPERSEDED, [(run, run)])
        self._writer.many(
            "UPDATE sync_run SET finished_at = ?, status = ?, summary = ? WHERE id = ?",
            [(at, status, dumps(dict(said), ensure_ascii=False), run)],
        )

    def standing(self, topic: str, query: str) -> Standing:
        """What runs of a topic, as it is asked by this query, last said of its records."""
        found = self._writer.db.rows(STATES, {"topic": topic, "query": query})
        last = {int(place): (state, opened) for place, state, opened in found if place.isdigit()}
        of: dict[str, set[int]] = {}
        for pmid, (state, _) in last.items():
            of.setdefault(state, set()).add(pmid)
        left, failed = of.get(State.LEFT, set()), of.get(State.FAILED, set())
        fetched = of.get(State.FETCHED, set()) | left
        unknown = {pmid: last[pmid][1] for pmid in of.get(State.UNKNOWN, ())}
        named = fetched | failed | unknown.keys() | of.get(State.MISMATCH, set())
        return Standing(named, fetched, left, failed, unknown)

    def tried(self, topic: str) -> dict[str, str]:
        """What runs of a topic asked for in vain, with PubMed's time of the last try."""
        return dict(self._writer.db.rows(TRIED, {"topic": topic}))

    def changes(self, run: int) -> dict[str, int]:
        """How many studies a run changed, by the kind of change."""
        return dict(self._writer.db.rows(CHANGED, {"run": run}))

    def told(self, study: int, reason: str) -> bool:
        """Whether a study's history has this mismatch."""
        return bool(self._writer.db.rows(TOLD, {"study": study, "reason": reason}))
