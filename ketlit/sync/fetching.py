"""Records by their PMIDs: batches from PubMed, each stored in one transaction together with what is said of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Protocol

from ketlit.errors import SourceError
from ketlit.intake.apply import Intake
from ketlit.intake.plan import Action, Deletion, Kind, Offer, asked, batches, plan
from ketlit.sources import pubmed
from ketlit.sources.items import Failure as Unread
from ketlit.sources.items import Parsed
from ketlit.store.engine import begin
from ketlit.store.runs import Runs, State
from ketlit.store.writer import ChangeOf
from ketlit.vocabulary import Source, Status

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ketlit.sources.eutils import Eutils

BATCH: Final = 200  # records a request: 2-4 MB
# Requests on their way while a batch is parsed and stored: who is killed then has these two to ask for again, no more
AHEAD: Final = 1
# what vanishes at once beyond this is PubMed's trouble, not news: neither count nor share of what was here before
FEW: Final = 5
SHARE: Final = 0.05
_PMID: Final = re.compile(r"\(PMID (\d+)\)")


@dataclass(slots=True)
class Summary:
    """What a sync did. `topics` says what PubMed was asked and how it understood it; the lists name what is counted."""

    run: int | None = None
    status: str = "done"  # done, partial (there is more to fetch), failed, interrupted
    found: int = 0  # records that searches named
    fetched: int = 0
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    retracted: int = 0
    corrected: int = 0
    deleted: int = 0
    unknown: int = 0
    failed: int = 0
    verified: int = 0
    mismatched: int = 0
    requests: int = 0
    seconds: float = 0.0
    concern: int = 0  # expressions of concern
    withdrawn: int = 0
    topics: list[dict[str, Any]] = field(default_factory=list)
    unknown_pmids: list[int] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    mismatches: list[dict[str, Any]] = field(default_factory=list)


class Progress(Protocol):
    """Is told how far it is, and what a person should know meanwhile."""

    def expect(self, records: int) -> None: ...

    def fetched(self, records: int) -> None: ...

    def tell(self, line: str) -> None: ...


class Fetching:
    """Fetches and stores. `limit`: at most so many records in all, 0 for any number; what does not come is none."""

    def __init__(
        self,
        connection: Connection,
        intake: Intake,
        eutils: Eutils,
        progress: Progress,
        *,
        batch: int = BATCH,
        limit: int = 0,
        dry_run: bool = False,
    ) -> None:
        self.summary = Summary()
        self.runs = Runs(intake.writer)
        self.intake = intake
        self.dry_run = dry_run
        self._connection = connection
        self._eutils = eutils
        self._progress = progress
        self._batch = batch
        self._left = limit or None
        self.came: set[int] = set()  # what was stored by now
        self.would: Counter[str] = Counter()  # what a dry run would write into histories, by kind

    def allowed(self, pmids: Sequence[int]) -> list[int]:
        """As many of these as may still be fetched."""
        return list(pmids) if self._left is None else list(pmids[: self._left])

    def fetch(
        self,
        run: int | None,
        pmids: Sequence[int],
        *,
        identified: Mapping[int, str] = {},
        named: Collection[int] = (),
        base: int = 0,
    ) -> None:
        """Fetch and store these records, and settle what became of each.

        What does not come, or comes broken, is asked for once more. `identified`: the key of the curated study that a
        PMID was found for. `named`: those that a search just named. `base`: how many records were fetched before of
        all that may have vanished. Raises SourceError; what was stored by then stays.
        """
        self._progress.expect(len(pmids))
        broken: dict[int, str] = {}
        missing = self._ask(run, pmids, identified, broken)
        if missing:
            missing = self._ask(run, missing, identified, broken)
        for pmid in missing:
            if pmid in broken:
                self._fail(run, pmid, broken[pmid])
        self._settle_missing(run, [pmid for pmid in missing if pmid not in broken], named, max(base, len(pmids)))

    def _ask(
        self, run: int | None, pmids: Sequence[int], identified: Mapping[int, str], broken: dict[int, str]
    ) -> list[int]:
        """Ask for these once: those that did not come whole."""
        missing: list[int] = []
        parts = (pmids[start : start + self._batch] for start in range(0, len(pmids), self._batch))
        replies = self._eutils.fetching(parts, AHEAD)
        try:
            for wanted, reply in replies:
                offers = self._offers(wanted, reply, identified, broken)
                missing += [pmid for pmid in wanted if pmid not in offers]
                self._store(run, list(offers.values()))
                self._progress.fetched(len(offers))
        finally:
            close: Callable[[], None] | None = getattr(replies, "close", None)
            if close:
                close()
        return missing

    def _offers(
        self, wanted: Sequence[int], reply: bytes, identified: Mapping[int, str], broken: dict[int, str]
    ) -> dict[int, Offer]:
        """What came of that which was wanted, the newest Version of each; why the others are `broken`."""
        found: dict[int, Offer] = {}
        nameless = ""
        left = set(wanted)
        for item in pubmed.read(BytesIO(reply)):
            if isinstance(item, Parsed):
                pmid = item.record.pmid or 0
                if pmid not in left:
                    self._progress.tell(f"PubMed sent PMID {pmid}, which was not asked for: left out")
                elif pmid not in found or _age(found[pmid]) < (item.record.version, item.record.revised):
                    place = f"PMID {pmid}"
                    found[pmid] = Offer(item.record, place, Source.SYNCED, identified=identified.get(pmid, ""))
            elif isinstance(item, Unread):
                named = _PMID.search(item.place)
                if named and int(named[1]) in left:
                    broken[int(named[1])] = item.reason
                elif not named:
                    nameless = f"PubMed sent a record that does not say which it is: {item.reason}"
        for pmid in found:
            broken.pop(pmid, None)
        if nameless:  # then what did not come may be that one, and is not gone
            broken |= {pmid: nameless for pmid in wanted if pmid not in found and pmid not in broken}
        return found

    def _store(self, run: int | None, offers: Sequence[Offer]) -> None:
        """Store what came, and settle it, in one transaction; what the library does not take is settled as failed."""
        settled: set[int] = set()
        enriched: set[int] = set()

        def settle(actions: list[Action]) -> None:
            assert run is not None  # a dry run stores nothing
            for state, some in _states(actions).items():
                self.runs.settle(run, some, state)
                settled.update(some)
            enriched.update(_enriched(actions))
            for action in actions:
                if action.kind is Kind.MISMATCH and action.have and is_news(action):
                    self._remember(action.have.id, f"{action.have.pmid or ''} as curated", action.reason)

        done = len(self.intake.summary.failed)
        self.intake.take_batch(offers, "PubMed", settle)
        if run is None:
            enriched.update(self._imagine(offers))
            settled.update(offer.record.pmid or 0 for offer in offers)
        self.came |= settled
        self.summary.verified += len(enriched)
        self.summary.fetched += len(offers)
        if self._left is not None:
            self._left -= len(offers)
        for failure in self.intake.summary.failed[done:]:
            self._note(failure.place, failure.reason)
        refused = [offer.record.pmid for offer in offers if offer.record.pmid not in settled]
        if run is not None and refused:
            with begin(self._connection):
                self.runs.settle(run, refused, State.FAILED, "the library does not take it")

    def _remember(self, study: int, old: str, reason: str) -> None:
        """Put a mismatch into a study's history, the first time that it is seen."""
        if not self.runs.told(study, reason):
            self.intake.writer.remember([(study, ChangeOf("mismatch", "pmid", old, reason))])

    def _imagine(self, offers: Sequence[Offer]) -> set[int]:
        """Count what storing these would write into histories; the PMIDs that it would verify."""
        intake, enriched = self.intake, set[int]()
        for batch in batches(offers, len(offers)):
            names: Mapping[str, Any] = asked(batch)
            actions = plan(batch, intake.writer.have(names["pmids"], names["dois"], names["keys"]))
            changing = {one.have.id: one for one in actions if one.kind in (Kind.REVISED, Kind.ENRICHED) and one.have}
            enriched |= _enriched(actions)
            whole = intake.writer.whole(list(changing))
            for number, action in changing.items():
                self.would.update({change.kind for change in intake.changed(action, whole[number]).history})
            for action in actions:
                if action.kind is Kind.ADDED and isinstance(action.offer, Offer):
                    self.would.update({action.offer.record.status.value} - {Status.CURRENT.value})
        return enriched

    def _fail(self, run: int | None, pmid: int, reason: str) -> None:
        self._note(f"PMID {pmid}", reason)
        if run is not None:
            with begin(self._connection):
                self.runs.settle(run, [pmid], State.FAILED, reason[:300])

    def _note(self, place: str, reason: str) -> None:
        if all(one["place"] != place for one in self.summary.failures):  # two topics may share it
            self.summary.failures.append({"place": place, "reason": reason})

    def _settle_missing(self, run: int | None, missing: Sequence[int], named: Collection[int], base: int) -> None:
        """What PubMed does not have: unknown if it never came, deleted if it did. SourceError if it is too much.

        What a search named is asked for again some day, deleted or not.
        """
        if not missing:
            return
        here = {one.pmid: one for one in self.intake.writer.have(pmids=missing) if one.digest}
        gone = [pmid for pmid in missing if pmid in here]
        refuse_many(sum(here[pmid].status != Status.DELETED for pmid in gone), base)
        unknown = [pmid for pmid in missing if pmid not in here]
        self.summary.unknown_pmids += [pmid for pmid in unknown if pmid not in self.summary.unknown_pmids]
        vanished = [pmid for pmid in gone if pmid not in named]
        unsure = [pmid for pmid in gone if pmid in named]

        def settle(_: list[Action]) -> None:
            assert run is not None  # a dry run stores nothing
            self.runs.settle(run, vanished, State.VANISHED)
            self.runs.settle(run, [*unknown, *unsure], State.UNKNOWN)

        if gone:
            self.intake.take_batch([Deletion(pmid, f"PMID {pmid}") for pmid in gone], "PubMed", settle)
        elif run is not None:
            with begin(self._connection):
                settle([])


def refuse_many(gone: int, base: int, way_out: str = "") -> None:
    """Raise SourceError where more records vanished of `base` than is likely to be news."""
    if gone > FEW and gone > SHARE * base:
        raise SourceError(
            f"PubMed does not have {gone:,} records any more that it gave before; nothing was marked as deleted",
            f"that is more likely its trouble than news: run again later{way_out}",
        )


def _age(offer: Offer) -> tuple[int, str]:
    return offer.record.version, offer.record.revised


def _states(actions: Sequence[Action]) -> dict[State, list[int]]:
    found: dict[State, list[int]] = {}
    for action in actions:
        pmid = action.offer.pmid if isinstance(action.offer, Deletion) else action.offer.record.pmid
        state = State.MISMATCH if action.kind is Kind.MISMATCH else State.FETCHED
        found.setdefault(state, []).append(pmid or 0)
    return found


def _enriched(actions: Sequence[Action]) -> set[int]:
    return {one.offer.record.pmid or 0 for one in actions if one.kind is Kind.ENRICHED and isinstance(one.offer, Offer)}


def is_news(action: Action) -> bool:
    """Whether a mismatch says something of a curated identifier, not only of a guess."""
    return isinstance(action.offer, Offer) and not action.offer.identified
