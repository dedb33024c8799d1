"""A sync: curated studies verified, topics searched, what is new fetched, cursors moved; cut short, it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ketlit.errors import KetlitError, SourceError
from ketlit.intake.apply import Intake, now
from ketlit.store.engine import begin
from ketlit.store.runs import Runs, Standing, State, Topic
from ketlit.sync.curated import Curated
from ketlit.sync.fetching import BATCH, Fetching, Progress, Summary, is_news, refuse_many
from ketlit.sync.topics import CURATED, DEFAULT, OVERLAP, Asked, window, with_records
from ketlit.vocabulary import Status

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ketlit.sources.eutils import Eutils, Found, Info
    from ketlit.tagging.taxonomy import Taxonomy

MANY: Final = 20  # hits that do not go to none overnight
AGAIN: Final = timedelta(days=30)  # what was asked for in vain is asked for again
LARGE: Final = 100  # requests
SHOWN: Final = 5  # of PubMed's warnings; the summary has all
WIDEST: Final = 80  # characters of each
_STATUSES: Final = {
    "retracted": Status.RETRACTED,
    "corrected": Status.CORRECTED,
    "concern": Status.EXPRESSION_OF_CONCERN,
    "withdrawn": Status.WITHDRAWN,
}


class Search(NamedTuple):
    """What PubMed says of a topic.

    `found`: the search that opened it. `wanted`: the PMIDs to fetch. `left`: those of them that no search names any
    more. `lost`: those that no search names any more and that never came. `hits`: how many records fit the topic.
    """

    found: Found
    wanted: list[int]
    left: Collection[int]
    lost: Collection[int]
    hits: int


class Sync:
    """One sync of a library.

    `full`: ask for everything again, also what was asked for in vain. `since`: what is new since this day, instead of
    since the last sync. `limit`: fetch at most so many records, the rest the next time. `dry_run`: fetch and plan,
    store nothing. `batch`: records a request. `untold`: topics whose warnings are in the summary alone.
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
        untold: Collection[str] = (),
    ) -> None:
        self._untold = untold
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
        self._made: dict[int, dict[str, int]] = {}  # the runs of this sync, with what each had changed before
        self._info: Info | None = None
        self._seen: datetime | None = None

    def run(self, topics: Sequence[Asked], *, curated: bool = True) -> Summary:
        """Verify the curated studies whose record never came, then ask each topic: what came of it, also in `summary`
        where it raises.

        Raises SourceError, LibraryError, LibraryBusy; what was stored by then stays, and the next sync goes on there.
        """
        summary = self._fetching.summary
        try:
            if curated:
                self._curated()
            for topic in topics:
                self._topic(topic)
        except BaseException as error:
            summary.status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
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

    @property
    def not_ketamine(self) -> int:
        """How many of the studies that were added only mention ketamine, or not even that."""
        return self._fetching.intake.not_ketamine

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
        due = [pmid for pmid in pmids if str(pmid) not in tried]
        wanted = self._fetching.allowed(due)
        asked = [study for study in nameless if study.key not in tried]
        if len(wanted) < len(due):
            self._fetching.summary.status = "partial"
            asked = []
        if not wanted and not asked:
            return
        run = self._begin(CURATED, "", opened, wanted)
        self._fetching.fetch(run, wanted)
        found = curated.identify(asked, self._eutils)
        some = self._fetching.allowed(list(found))
        if some:
            self._fetching.fetch(run, some, identified=found)
        if run is not None:
            later = {key for pmid, key in found.items() if pmid not in some}
            keys = [study.key for study in asked if study.key not in later]
            here = {one.key for one in self._fetching.intake.writer.have(keys=keys) if one.digest}
            with begin(self._connection):
                self._runs.settle(run, [key for key in keys if key not in here], State.UNIDENTIFIED)
                self._runs.end(run, "done", {}, now())

    # a topic

    def _topic(self, asked: Asked) -> None:
        if self._full and not self._dry_run:
            with begin(self._connection):
                self._runs.drop_pending(asked.name)
        if not self._full and not self._resume(self._stood(asked)):
            self._fetching.summary.status = "partial"
            return
        topic = self._stood(asked)
        standing = self._runs.standing(topic.name, topic.query)
        search = self._search(topic, standing)
        self._fetching.summary.found += search.found.count
        self._told(topic, search.found)
        self._fetch(topic, search, standing)

    def _stood(self, asked: Asked) -> Topic:
        """A topic as it is asked, with its cursor; another question under the same name begins anew."""
        known = self._runs.topic(asked.name)
        if known is None or known.query != asked.query:
            return Topic(asked.name, asked.query, asked.kept)
        return known._replace(kept=asked.kept)

    def _resume(self, topic: Topic) -> bool:
        """Fetch what earlier runs of a topic left pending; False if there is still some of it."""
        if self._dry_run:
            return True
        with begin(self._connection):
            self._runs.drop_pending(topic.name, but=topic.query)
        for one in self._runs.unfinished(topic.name):
            self._fetching.intake.writer.run = one.run
            self._made.setdefault(one.run, self._runs.changes(one.run))
            pending = [int(place) for place in self._runs.places(one.run, State.PENDING)]
            if pending:
                self._progress.tell(f"going on with a sync that was cut short: {len(pending):,} records are left")
            some = self._fetching.allowed([pmid for pmid in pending if pmid not in self._fetching.came])
            here = self._fetching.came.intersection(pending)
            before = self._runs.standing(topic.name, topic.query).fetched
            self._fetching.fetch(one.run, some, base=len(before))
            with begin(self._connection):
                self._runs.settle(one.run, here, State.FETCHED)
                if len(some) + len(here) < len(pending):
                    return False
                self._runs.end(one.run, "done", one.said, now())
                if one.moves and one.opened[:10] > topic.cursor:
                    topic = topic._replace(cursor=one.opened[:10], checked_at=now())
                    self._runs.put_topic(topic)
        return True

    def _search(self, topic: Topic, standing: Standing) -> Search:
        """Ask PubMed for a topic: all of it, or what is new, and whether that explains what fits it now.

        The second answer lists what fits, up to ESearch's limit; of a larger topic there is the count to go by, and
        where that does not add up all of it is asked for too.
        """
        cursor = None if self._full else self._since or _day(topic.cursor)
        confirmed = Curated(self._fetching.intake.writer).confirmed() if topic.name == DEFAULT else []
        query = with_records(topic.query, sorted({*confirmed, *standing.left}))
        if cursor is None:
            found = whole = self._eutils.all_ids(query)
        else:
            found = self._eutils.all_ids(window(query, cursor - OVERLAP))
            whole = self._eutils.search(query)
            self._refuse_nothing(topic, whole.count)
            explained = standing.named.union(found.ids)
            if self._gap(topic) or (len(explained) == whole.count and explained.issuperset(whole.ids)):
                return Search(found, self._due(found, set(found.ids), standing), (), (), whole.count)
            # something left the topic, or came in by a door that the window does not see
            if len(whole.ids) != whole.count:
                whole = self._eutils.all_ids(query)
                found.warnings.extend(line for line in whole.warnings if line not in found.warnings)
        self._refuse_nothing(topic, whole.count)
        everything = {*whole.ids, *found.ids}
        left = standing.fetched - everything
        if not self._full:
            refuse_many(len(left), len(standing.fetched), "; if it stays so, --full looks at each of them")
        late = everything - standing.named
        wanted = self._due(found, {*found.ids, *late}, standing, everything)
        lost = standing.named - standing.fetched - everything
        return Search(found, [*wanted, *sorted(left)], left, lost, whole.count)

    def _due(
        self, found: Found, pmids: set[int], standing: Standing, there: Collection[int] | None = None
    ) -> list[int]:
        """Which PMIDs are to be fetched, the largest first: these and those that failed, if they are `there`, but not
        what PubMed lately named and did not give.
        """
        self._seen = found.date or self._seen
        again = set(standing.failed)
        if standing.unknown and not self._full:
            limit = _iso(self._clock() - AGAIN)
            again |= {pmid for pmid, at in standing.unknown.items() if at <= limit}
            pmids = pmids - (standing.unknown.keys() - again)
        if there is not None:
            again.intersection_update(there)
        return sorted(pmids | again, reverse=True)

    def _gap(self, topic: Topic) -> bool:
        """Whether a window that was asked for begins behind the cursor: what is between them stays unknown."""
        return self._since is not None and (not topic.cursor or f"{self._since:%Y-%m-%d}" > topic.cursor)

    def _fetch(self, topic: Topic, search: Search, standing: Standing) -> None:
        found = search.found
        opened = self._opened(found, topic.cursor)
        here = self._fetching.came.intersection(search.wanted)  # a curated study, or another topic's, fetched just now
        due = [pmid for pmid in search.wanted if pmid not in here]
        some = self._fetching.allowed(due)
        moves = self._full or not self._gap(topic)
        self._advise(len(some) // self._batch)
        said: dict[str, Any] = {"found": found.count, "translation": found.translation}
        said |= {"warnings": found.warnings, "hits": search.hits}
        run = self._begin(topic.name, topic.query, opened, search.wanted, moves=moves, said=said, here=here)
        self._fetching.fetch(run, some, named=set(search.wanted).difference(search.left), base=len(standing.fetched))
        whole = len(some) == len(due)
        if not whole:
            self._fetching.summary.status = "partial"
        if run is None:
            return
        with begin(self._connection):
            if left := standing.left.union(search.left):
                self._runs.settle(run, left.intersection(map(int, self._runs.places(run, State.FETCHED))), State.LEFT)
            self._runs.settle(run, search.lost, State.VANISHED)
            if not whole:
                return
            self._runs.end(run, "done", said, now())
            cursor = max(opened[:10], topic.cursor) if moves else topic.cursor
            self._runs.put_topic(topic._replace(cursor=cursor, hits=search.hits, checked_at=now()))

    # small things

    def _advise(self, requests: int) -> None:
        if requests > LARGE and not off_peak(self._clock()):
            self._progress.tell(
                f"{requests:,} requests are needed; PubMed wants such large jobs at weekends, or from 21:00 to 5:00 in "
                "New York (Ctrl-C stops this one; it goes on the next time)"
            )

    def _refuse_nothing(self, topic: Topic, count: int) -> None:
        if not count and (topic.hits or 0) >= MANY:
            raise SourceError(
                f"PubMed finds nothing for topic {topic.name!r}, which had {topic.hits:,} records; nothing was changed",
                "that is more likely its trouble than news: run again later",
            )

    def _told(self, topic: Topic, found: Found) -> None:
        if found.warnings and topic.name not in self._untold:
            more = len(found.warnings) - SHOWN
            listed = "; ".join(shorten(line, WIDEST, placeholder=" …") for line in found.warnings[:SHOWN])
            listed += f"; and {more} more" if more > 0 else ""
            name = shorten(topic.name, WIDEST, placeholder=" …")
            self._progress.tell(f"PubMed did not read all of topic {name!r} as it was meant: {listed}")
        self._fetching.summary.topics.append(
            {
                "name": topic.name,
                "query": topic.query,
                "translation": found.translation,
                "warnings": list(found.warnings),
                "found": found.count,
            }
        )

    def _begin(
        self,
        topic: str,
        query: str,
        opened: str,
        wanted: Sequence[int],
        *,
        moves: bool = False,
        said: Mapping[str, Any] = {},
        here: Collection[int] = (),
    ) -> int | None:
        if self._dry_run:
            return None
        with begin(self._connection):
            run = self._runs.begin(topic, query, opened, wanted, moves=moves, said=said, here=here)
        self._made[run] = {}
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
        return {place for place, at in self._runs.tried(CURATED).items() if at > limit}

    def _count(self) -> None:
        """Fill in the summary from what was stored."""
        summary, did = self._fetching.summary, self._fetching.intake.summary
        summary.run = max(self._made, default=None)
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
        changed = Counter(self._fetching.would)
        try:
            for run, before in self._made.items():
                changed.update(self._runs.changes(run))
                changed.subtract(before)
        except KetlitError:  # the library is why it ended: the counts of changes are not to be had
            return
        for name, status in _STATUSES.items():
            setattr(summary, name, changed[status.value])


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
