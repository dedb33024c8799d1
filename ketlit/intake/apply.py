"""Doing what was planned: offers in batches, each one transaction, into a library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from json import dumps
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ketlit.errors import LibraryError
from ketlit.intake import keys, merge
from ketlit.intake.history import between, status
from ketlit.intake.nameless import alike
from ketlit.intake.plan import Action, Deletion, Kind, Offer, asked, batches, plan
from ketlit.intake.tagger import Tagger
from ketlit.intake.topic import Topic
from ketlit.record import Record, Trial
from ketlit.sources.items import Deleted, Item
from ketlit.sources.items import Failure as Failed
from ketlit.store.engine import begin
from ketlit.store.rows import Laid
from ketlit.store.writer import ChangeOf, Have, Study, Writer
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import NOT_KETAMINE, Source, Status

if TYPE_CHECKING:
    from sqlalchemy import Connection

BATCH: Final = 500  # records a transaction
_COUNTED: Final = {
    Kind.ADDED: "added",
    Kind.REVISED: "revised",
    Kind.ENRICHED: "revised",
    Kind.CURATED: "revised",
    Kind.MERGED: "revised",
    Kind.DELETED: "deleted",
    Kind.UNCHANGED: "unchanged",
    Kind.STALE: "skipped",
    Kind.UNKNOWN: "skipped",
}


class Failure(NamedTuple):
    """A record that could not be read or stored: where it stands, and why."""

    file: str
    place: str
    reason: str


@dataclass(slots=True)
class Summary:
    """What came of it. `unchanged`: as the library has them; `skipped`: older than ours, or not asked for."""

    files: int = 0
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    deleted: int = 0
    skipped: int = 0
    failed: list[Failure] = field(default_factory=list)
    seconds: float = 0.0


def now() -> str:
    """This moment, ISO 8601 UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _CutShort(Exception):
    """A file ends too early: what was read of it since the last whole batch is not stored."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason


class Intake:
    """Takes offers into a library. With `dry_run` it only counts what it would do."""

    def __init__(
        self,
        connection: Connection,
        taxonomy: Taxonomy,
        *,
        kind: str = "import",
        at: str = "",
        dry_run: bool = False,
        batch: int = BATCH,
    ) -> None:
        self.summary = Summary()
        self.mismatches: list[Action] = []
        self.not_ketamine = 0  # of the studies that were added: ketamine is only named in them, or not at all
        self.tagger = Tagger(taxonomy)
        self.writer = Writer(connection, at or now())
        self._connection = connection
        self._kind = kind
        self._dry_run = dry_run
        self._batch = batch
        self._waiting = 0  # offers that are read and not yet stored
        self._imagined: dict[int, Have] = {}  # what a dry run would have stored, by PMID

    def take(self, offers: Iterable[Offer | Deletion], file: str = "") -> None:
        """Store all offers of a file, a batch a transaction; what is being read is never waited for inside one."""
        for batch in batches(map(self._prepared, offers), self._batch):
            self._take(batch, file)
            self._waiting -= len(batch)

    def take_batch(
        self, offers: Iterable[Offer | Deletion], file: str, also: Callable[[list[Action]], None] = lambda actions: None
    ) -> None:
        """Store offers that came together. `also` is done in the transaction of each part, with what was planned.

        A part is all of them, unless two name one study, or the library does not take one of them: then each is alone.
        """
        for batch in batches(map(self._prepared, offers), self._batch):
            self._take(batch, file, also)

    def take_items(self, items: Iterable[Item], file: str, *, own: bool = False, only: Topic | None = None) -> None:
        """Store what a reader finds in a file; `own`: one of our own exports; `only`: what to take of it.

        What could not be read is noted and passed over. Of a file that was cut short only whole batches are stored.
        """
        try:
            self.take(self._offers(items, file, own, only), file)
        except _CutShort as cut:
            lost = f"; {self._waiting} records before it were not stored" if self._waiting else ""
            self.fail(file, cut.place, cut.reason + lost)
        self._waiting = 0

    def trials(self, given: Iterable[Trial]) -> None:
        """Fill in titles and registry numbers of trials that have none here: what one of our exports says of them."""
        listed = {trial.name: trial for trial in given}
        if self._dry_run or not listed:
            return
        with begin(self._connection):
            bare = self.writer.db.rows("SELECT name FROM trial WHERE title = '' AND registry_ids = '[]' ORDER BY id")
            self.writer.trials([listed[name] for (name,) in bare if name in listed])

    def _offers(self, items: Iterable[Item], file: str, own: bool, only: Topic | None) -> Iterator[Offer | Deletion]:
        for item in items:
            place = f"{file}: {item.place}" if item.place else file
            if isinstance(item, Failed):
                if item.cut_short:
                    raise _CutShort(item.place, item.reason)
                self.fail(file, item.place, item.reason)
                continue
            if isinstance(item, Deleted):
                offer: Offer | Deletion = Deletion(item.pmid, place)
            else:
                offer = Offer(item.record, place, own=own)
                offer.tags = self.tagger.of_headings(item.record)
                if only is not None and not only.is_in(item.record, offer.tags):
                    self.summary.skipped += 1
                    continue
            self._waiting += 1
            yield offer

    def fail(self, file: str, place: str, reason: str) -> None:
        """Note a record that could not be taken."""
        self.summary.failed.append(Failure(file, place, reason))

    def finish(self) -> Summary:
        """Close the run that was recorded, if anything was stored."""
        if self.writer.run is not None:
            with begin(self._connection):
                self.writer.end_run(dumps(_counts(self.summary)), now())
        return self.summary

    def _prepared(self, offer: Offer | Deletion) -> Offer | Deletion:
        """What can be worked out before the library is asked."""
        if isinstance(offer, Offer) and offer.source is not Source.CURATED:
            offer.laid = Laid(offer.record)
            offer.digest = offer.laid.digest()
            offer.tags = offer.tags or self.tagger.of_headings(offer.record)
        return offer

    def _take(
        self,
        batch: list[Offer | Deletion],
        file: str,
        also: Callable[[list[Action]], None] = lambda actions: None,
    ) -> None:
        if self._dry_run:
            self._imagine(self._planned(batch), file)
            return
        run, others = self.writer.run, self.not_ketamine
        try:
            with begin(self._connection):
                actions, done = self.store(batch)
                also(actions)
        except BaseException as error:  # also Ctrl-C: a run that was rolled back was never begun
            self.writer.run, self.not_ketamine = run, others
            if not _blames_a_record(error):
                raise
            self._one_by_one(batch, file, error, also)
        else:
            self._count(actions, done, file)

    def _one_by_one(
        self,
        batch: list[Offer | Deletion],
        file: str,
        error: BaseException,
        also: Callable[[list[Action]], None],
    ) -> None:
        if len(batch) > 1:
            for offer in batch:
                self._take([offer], file, also)
            return
        self.fail(file, batch[0].place, f"the library does not take it: {_first_line(error)}")

    def _planned(self, batch: Sequence[Offer | Deletion]) -> list[Action]:
        names: Mapping[str, Any] = asked(batch)
        have = {one.id: one for one in self.known(names["pmids"], names["dois"], names["keys"])}
        have.update({one.id: one for one in alike(self.writer, [o.record for o in batch if isinstance(o, Offer)])})
        return plan(batch, have.values())

    def known(self, pmids: Iterable[int], dois: Iterable[str], keys: Iterable[str] = ()) -> list[Have]:
        """The studies that one of these names; in a dry run also those that would be there, their ids below 0."""
        wanted = list(pmids)
        have = {one.id: one for one in self.writer.have(wanted, dois, keys)}
        if self._dry_run:
            have.update({one.id: one for pmid in wanted if (one := self._imagined.get(pmid))})
        return list(have.values())

    def look(self, pmids: Iterable[int], dois: Iterable[str]) -> list[Have]:
        """What is `known`, asked in a transaction of its own, which no other may be open for."""
        if self._dry_run:
            return self.known(pmids, dois)
        with begin(self._connection):
            return self.known(pmids, dois)

    def amend(self, ids: Iterable[int], amended: Callable[[int, Record], Record]) -> set[int]:
        """Make of each study what `amended` says, in one transaction: the ids of those that changed, or would."""
        if self._dry_run:
            there = [number for number in ids if number > 0]
            return {number for number, old in self.writer.whole(there).items() if amended(number, old) != old}
        run = self.writer.run
        try:
            with begin(self._connection):
                have = {one.id: one for one in self.writer.have(ids=ids)}
                whole = self.writer.whole(list(have))
                made = {number: amended(number, old) for number, old in whole.items()}
                changing = [number for number, new in made.items() if new != whole[number]]
                if changing:
                    self.writer.begin_run(self._kind)
                studies = {n: (whole[n], self.restudy(have[n], whole[n], made[n])) for n in changing}
                return set(self.writer.change(studies))
        except BaseException:  # also Ctrl-C: a run that was rolled back was never begun
            self.writer.run = run
            raise

    def store(self, batch: Sequence[Offer | Deletion]) -> tuple[list[Action], set[int]]:
        """Plan and do, inside the caller's transaction: what was planned, and the ids of studies that changed."""
        actions = self._planned(batch)
        adding = [action.offer for action in actions if action.kind is Kind.ADDED and isinstance(action.offer, Offer)]
        changing = [action for action in actions if action.kind in _CHANGING and action.have]
        if not adding and not changing:
            return actions, set()
        self.writer.begin_run(self._kind)
        keys.give([offer.record for offer in adding], self.writer.taken_keys)
        added = [self.added(offer) for offer in adding]
        self.writer.add(added)
        self.not_ketamine += sum(study.context == NOT_KETAMINE for study in added)
        ids = [action.have.id for action in changing if action.have]
        whole = self.writer.whole(ids)
        pairs = zip(ids, changing, strict=True)
        changed = {number: (whole[number], self.changed(action, whole[number])) for number, action in pairs}
        return actions, set(self.writer.change(changed))

    def added(self, offer: Offer) -> Study:
        """The study that an offer makes where there was none."""
        record = offer.record
        source = record.source if record.source in list(Source) else offer.source.value
        read = not (offer.own and record.source)  # our own exports bring what was read
        study = self.tagger.study(record, source, offer.tags if offer.laid else None, read=read)
        study.laid, study.origin = offer.laid, record.facts.where if record.facts else offer.place
        curated = offer.source is Source.CURATED
        study.digest = offer.digest if not curated and (offer.from_pubmed or not record.facts) else ""
        study.seed_digest = offer.digest if curated else ""
        study.history = [ChangeOf("added", "", "", source)]
        if record.status != Status.CURRENT:
            study.history.append(status(Status.CURRENT, record.status))
        return study

    def changed(self, action: Action, old: Record) -> Study:
        """What a study that is there is to become."""
        have, offer = action.have, action.offer
        assert have is not None  # by the plan
        new, known = old, have
        if isinstance(offer, Deletion):
            return self.restudy(have, old, replace(old, status=Status.DELETED))
        if action.kind is Kind.CURATED:
            new = merge.curate(old, offer.record, bibliography=action.bibliography)
            known = known._replace(seed_digest=offer.digest, source=Source.CURATED.value)
            known = known._replace(origin=offer.record.facts.where if offer.record.facts else have.origin)
        elif action.kind is Kind.MERGED:
            new = merge.join(old, offer.record, bibliography=action.bibliography)
        else:
            new = (merge.enrich if action.kind is Kind.ENRICHED else merge.revise)(old, offer.record)
        if action.bibliography and action.kind is not Kind.CURATED:
            known = known._replace(digest=offer.digest, origin=have.origin if have.curated else offer.place)
        return self.restudy(known, old, new)

    def restudy(self, have: Have, old: Record, new: Record, *, read: bool = False) -> Study:
        """A study that is there, as `new` says it is to be, tagged again, with the history of what changed.

        Its text is read again where it changed, and where `read` says so.
        """
        same = (old.title, old.sections, old.facts is None) == (new.title, new.sections, new.facts is None)
        study = self.tagger.study(new, have.source, read=read or not same)
        study.origin, study.digest, study.seed_digest = have.origin, have.digest, have.seed_digest
        study.added_at = have.added_at
        study.history = between(old, new)
        return study

    def _imagine(self, actions: Sequence[Action], file: str) -> None:
        """Count what would be done, and remember it for records that come again."""
        changing = [action.have.id for action in actions if action.kind is Kind.MERGED and action.have]
        whole = self.writer.whole([number for number in changing if number > 0])
        done: set[int] = set()
        for action in actions:
            have, offer = action.have, action.offer
            if action.kind is Kind.MERGED and have and isinstance(offer, Offer):
                new = merge.join(whole[have.id], offer.record, bibliography=action.bibliography)
                if new != whole[have.id]:
                    done.add(have.id)
            elif have:
                done.add(have.id)
            if action.kind in (Kind.ADDED, Kind.REVISED, Kind.ENRICHED) and isinstance(offer, Offer):
                self._remember(offer, have)
        self._count(actions, done, file)

    def _remember(self, offer: Offer, have: Have | None) -> None:
        record = offer.record
        if record.pmid is not None:
            number = have.id if have else -1 - len(self._imagined)
            self._imagined[record.pmid] = Have(
                id=number,
                key=have.key if have else f"?{number}",
                pmid=record.pmid,
                doi=record.doi.lower(),
                source=have.source if have else offer.source.value,
                curated=bool(have and have.curated),
                digest=offer.digest,
                seed_digest=have.seed_digest if have else "",
                version=record.version,
                revised=record.revised,
                status=record.status.value,
                origin=have.origin if have else offer.place,
                added_at=have.added_at if have else self.writer.now,
                pmid_verification=have.pmid_verification if have else "none",
                title=record.title,
                year=record.year,
                first_author=have.first_author if have else "",
            )

    def _count(self, actions: Sequence[Action], done: set[int], file: str) -> None:
        for action in actions:
            if action.kind is Kind.MISMATCH:
                self.mismatches.append(action)
                if self._kind != "sync":  # which has a word of its own for it
                    self.fail(file, action.offer.place, action.reason)
                continue
            counted = _COUNTED[action.kind]
            if action.kind in _CHANGING and action.have and action.have.id not in done:
                counted = "unchanged"
            setattr(self.summary, counted, getattr(self.summary, counted) + 1)


_CHANGING: Final = frozenset({Kind.REVISED, Kind.ENRICHED, Kind.CURATED, Kind.MERGED, Kind.DELETED})


def _counts(summary: Summary) -> dict[str, Any]:
    counts: dict[str, Any] = {name: getattr(summary, name) for name in ("added", "revised", "unchanged", "deleted")}
    return counts | {"skipped": summary.skipped, "failed": len(summary.failed)}


def _blames_a_record(error: BaseException) -> bool:
    """Whether a value in a record is why the database refused: half a surrogate pair, a number out of range ..."""
    from sqlalchemy.exc import DataError, IntegrityError, InterfaceError

    if isinstance(error, UnicodeError | OverflowError):
        return True
    return isinstance(error, LibraryError) and isinstance(error.__cause__, DataError | IntegrityError | InterfaceError)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__
