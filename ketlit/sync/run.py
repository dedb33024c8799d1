"""A sync: curated studies verified, topics searched, what is new fetched, cursors moved; cut short, it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from json import dumps
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ketlit.errors import KetlitError, SourceError
from ketlit.intake.apply import Intake, now
from ketlit.store.engine import begin
from ketlit.store.runs import Runs, State, Topic
from ketlit.sync.curated import Curated
from ketlit.sync.fetching import BATCH, Fetching, Progress, Summary, is_news
from ketlit.sync.topics import CURATED, DEFAULT, OVERLAP, Asked, window
from ketlit.vocabulary import Status

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ketlit.sources.eutils import Eutils, Found, Info
    from ketlit.tagging.taxonomy import Taxonomy

MANY: Final = 20  # hits that do not go to none overnight
AGAIN: Final = timedelta(days=30)  # what was asked for in vain is asked for again
LARGE: Final = 100  # requests
SHOWN: Final = 5  # of PubMed's warnings; the summary has all
_STATUSES: Final = {
    "retracted": Status.RETRACTED,
    "corrected": Status.CORRECTED,
    "concern": Status.EXPRESSION_OF_CONCERN,
    "withdrawn": Status.WITHDRAWN,
}


class Sync:
    """One sync of a library.

    `full`: ask for everything again, also what was asked for in vain. `since`: what is new since this day, instead of
    since the last sync. `limit`: fetch at most so many records, the rest the next time. `dry_run`: fetch and plan,
    store nothing. `batch`: records a request.
    """

    def __init__(
        self,
        connection: Connection,
        taxonomy: Taxonomy,
        eutils: Eutils,
        progress: Progress,
        *,
        full: bool = False,
        since: date | None = None,
        dry_run: bool = False,
        limit: int = 0,
        batch: int = BATCH,
    ) -> None:
        self._connection = connection
        self._eutils = eutils
        self._progress = progress
        self._full = full
        self._since = since
        self._dry_run = dry_run
        self._batch = batch
        intake = Intake(connection, taxonomy, kind="sync", dry_run=dry_run)
        self._fetching = Fetching(connection, intake, eutils, progress, batch=batch, limit=limit, dry_run=dry_run)
        self._runs = self._fetching.runs
        self._made: list[int] = []
        self._info: Info | None = None
        self._seen: datetime | None = None

    def run(self, topics: Sequence[Asked], *, curated: bool = True) -> Summary:
        """Ask each topic, then verify what no topic brought of the curated studies: what came of it, also in `summary`
        where it raises.

        Raises SourceError, LibraryError, LibraryBusy; what was stored by then stays, and the next sync goes on there.
        """
        summary = self._fetching.summary
        try:
            for topic in topics:
                self._topic(topic)
            if curated:
                self._curated()
        except KetlitError:
            summary.status = "failed"
            raise
        except KeyboardInterrupt:
            summary.status = "interrupted"
            raise
        finally:
            self._count()
        return summary

    @property
    def runs(self) -> Runs:
        """What earlier syncs left: topics, cursors, what is pending."""
        return self._runs

    @property
    def summary(self) -> Summary:
        return self._fetching.summary

    # the curated studies

    def _curated(self) -> None:
        curated = Curated(self._fetching.intake.writer)
        pmids, nameless = curated.unverified()
        if not self._dry_run:  # what did not come is asked for anew below
            with begin(self._connection):
                self._runs.drop_pending(CURATED)
        if not pmids and not nameless:
            return
        opened = _iso(self._clock())
        tried = set() if self._full else self._recently(opened)
        wanted = self._fetching.allowed([pmid for pmid in pmids if str(pmid) not in tried])
        asked = [study for study in nameless if study.key not in tried]
        if not wanted and not asked:
            return
        run = self._begin(CURATED, "", opened, wanted)
        self._fetching.fetch(run, wanted)
        found = curated.identify(asked, self._eutils)
        if found:
            self._fetching.fetch(run, list(found), found)
        if run is not None:
            keys = [study.key for study in asked]
            here = {one.key for one in self._fetching.intake.writer.have(keys=keys) if one.digest}
            with begin(self._connection):
                self._runs.settle(run, [key for key in keys if key not in here], State.UNIDENTIFIED)
                self._runs.end(run, "done", "{}", now())

    # a topic

    def _topic(self, asked: Asked) -> None:
        known = self._runs.topic(asked.name) or Topic(asked.name, asked.query)
        if known.query != asked.query:  # another question under the same name
            known = Topic(asked.name, asked.query)
        known = known._replace(kept=asked.kept)
        if self._full and not self._dry_run:
            with begin(self._connection):
                self._runs.drop_pending(asked.name)
        if not self._full and not self._resume(known):
            self._fetching.summary.status = "partial"
            return
        known = self._runs.topic(asked.name) or known
        cursor = None if self._full else self._since or _day(known.cursor)
        found, wanted, left, hits = self._search(known, cursor)
        self._fetching.summary.found += found.count
        self._told(known, found)
        self._fetch(known, found, wanted, left, hits)

    def _resume(self, topic: Topic) -> bool:
        """Fetch what earlier runs of a topic left pending; False if there is still some of it."""
        for one in [] if self._dry_run else self._runs.unfinished(topic.name):
            self._fetching.intake.writer.run = one.run
            self._made.append(one.run)
            pending = [int(place) for place in self._runs.places(one.run, State.PENDING)]
            self._progress.tell(f"going on with a sync that was cut short: {len(pending):,} records are left")
            some = self._fetching.allowed(pending)
            self._fetching.fetch(one.run, some)
            if len(some) < len(pending):
                return False
            with begin(self._connection):
                self._runs.end(one.run, "done", dumps({"resumed": True}), now())
                if one.moves and one.query == topic.query and one.opened[:10] > topic.cursor:
                    stood = self._runs.topic(topic.name) or topic
                    self._runs.put_topic(stood._replace(cursor=one.opened[:10], checked_at=now()))
        return True

    def _search(self, topic: Topic, cursor: date | None) -> tuple[Found, list[int], set[int], int]:
        """What PubMed says of a topic: the search that opened it, the PMIDs to fetch, those of them that may have left
        the topic, and how many records fit it now.
        """
        before = self._runs.fetched(topic.name)
        if cursor is None:
            found = self._eutils.all_ids(topic.query)
            self._refuse_nothing(topic, found.count)
            left = before.difference(found.ids)
            return found, [*found.ids, *sorted(left)], left, found.count
        curated = Curated(self._fetching.intake.writer).pmids() if topic.name == DEFAULT else []
        found = self._eutils.all_ids(window(topic.query, cursor - OVERLAP, curated))
        hits = self._eutils.count(topic.query)
        self._refuse_nothing(topic, hits)
        wanted = list(found.ids)
        fresh = set(wanted) - before - self._runs.known(wanted)
        if topic.hits is None or hits == topic.hits + len(fresh):
            return found, wanted, set(), hits
        # the numbers do not add up: something left the topic, or came in by a door that the window does not see
        whole = self._eutils.all_ids(topic.query)
        left = before.difference(whole.ids, wanted)
        late = set(whole.ids) - before - set(wanted)
        return found, [*wanted, *sorted(late), *sorted(left)], left, whole.count

    def _fetch(self, topic: Topic, found: Found, wanted: Sequence[int], left: set[int], hits: int) -> None:
        opened = self._opened(found, topic.cursor)
        here = self._fetching.came.intersection(wanted)  # a curated study, or another topic's, fetched just now
        some = self._fetching.allowed([pmid for pmid in wanted if pmid not in here])
        # a window that begins behind the cursor leaves a gap between them, and does not move it
        behind = self._since is not None and (not topic.cursor or f"{self._since:%Y-%m-%d}" > topic.cursor)
        moves = self._full or not behind
        requests = len(some) // self._batch
        if requests > LARGE and not off_peak(self._clock()):
            self._progress.tell(
                f"{requests:,} requests are needed; PubMed wants such large jobs at weekends, or from 21:00 to 5:00 in "
                "New York (Ctrl-C stops this one; it goes on the next time)"
            )
        run = self._begin(topic.name, topic.query, opened, wanted, moves=moves)
        self._fetching.fetch(run, some)
        whole = len(some) + len(here) == len(wanted)
        if not whole:
            self._fetching.summary.status = "partial"
        if run is None:
            return
        with begin(self._connection):
            self._runs.settle(run, here, State.FETCHED)
            gone = {int(place) for place in self._runs.places(run, State.VANISHED)}
            self._runs.settle(run, left.intersection(some) - gone, State.LEFT)
            if not whole:
                return
            said = {"found": found.count, "translation": found.translation, "warnings": found.warnings, "hits": hits}
            self._runs.end(run, "done", dumps(said, ensure_ascii=False), now())
            cursor = max(opened[:10], topic.cursor) if moves else topic.cursor
            self._runs.put_topic(topic._replace(cursor=cursor, hits=hits, checked_at=now()))

    # small things

    def _refuse_nothing(self, topic: Topic, count: int) -> None:
        if not count and (topic.hits or 0) >= MANY:
            raise SourceError(
                f"PubMed finds nothing for topic {topic.name!r}, which had {topic.hits:,} records; nothing was changed",
                "that is more likely its trouble than news: run again later",
            )

    def _told(self, topic: Topic, found: Found) -> None:
        if found.warnings:
            more = len(found.warnings) - SHOWN
            listed = "; ".join(found.warnings[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
            self._progress.tell(f"PubMed did not read all of topic {topic.name[:60]!r} as it was meant: {listed}")
        self._fetching.summary.topics.append(
            {
                "name": topic.name,
                "query": topic.query,
                "translation": found.translation,
                "warnings": list(found.warnings),
                "found": found.count,
            }
        )

    def _begin(self, topic: str, query: str, opened: str, wanted: Sequence[int], *, moves: bool = False) -> int | None:
        if self._dry_run:
            return None
        with begin(self._connection):
            run = self._runs.begin(topic, query, opened, wanted, moves=moves)
        self._made.append(run)
        return run

    def _opened(self, found: Found, cursor: str) -> str:
        """PubMed's time: that of the search, or of its last update where that is older. ISO, UTC.

        When it was updated is only asked where the cursor can move: its days are whole ones.
        """
        self._seen = found.date or self._seen
        if found.date and _iso(found.date)[:10] <= cursor:
            return _iso(found.date)
        info = self._info or self._eutils.info()
        self._info = info
        return _iso(min(info.last_update, found.date or info.last_update))

    def _clock(self) -> datetime:
        """PubMed's clock, as any of its answers told it."""
        if self._seen is None:
            self._info = self._info or self._eutils.info()
            self._seen = self._info.date or self._info.last_update
        return self._seen

    def _recently(self, opened: str) -> set[str]:
        limit = _iso(datetime.fromisoformat(opened) - AGAIN)
        return {place for place, at in self._runs.tried().items() if at > limit}

    def _count(self) -> None:
        """Fill in the summary from what was stored."""
        summary, did = self._fetching.summary, self._fetching.intake.summary
        summary.run = self._made[-1] if self._made else None
        summary.requests = self._eutils.requests
        summary.added, summary.revised, summary.unchanged = did.added, did.revised, did.unchanged
        summary.deleted = did.deleted
        summary.unknown, summary.failed = len(summary.unknown_pmids), len(summary.failures)
        summary.mismatches = [
            {"key": action.have.key, "pmid": action.have.pmid, "reason": action.reason}
            for action in self._fetching.intake.mismatches
            if action.have and is_news(action)
        ]
        summary.mismatched = len(summary.mismatches)
        try:
            changes = [self._runs.changes(run) for run in dict.fromkeys(self._made)]
        except KetlitError:  # the library is why it ended: the counts of changes are not to be had
            return
        for name, status in _STATUSES.items():
            setattr(summary, name, sum(found.get(status.value, 0) for found in changes))


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def off_peak(time: datetime) -> bool:
    """Whether PubMed likes large jobs now: at weekends, or from 21:00 to 5:00 in the eastern United States."""
    try:
        there = time.astimezone(ZoneInfo("America/New_York"))
    except ZoneInfoNotFoundError:  # Windows has no time zones of its own
        there = time.astimezone(timezone(timedelta(hours=-5)))
    return there.weekday() >= 5 or there.hour >= 21 or there.hour < 5


def _day(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None
