"""Records by their PMIDs: batches from PubMed, each stored in one transaction together with what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Protocol

from ketlit.errors import SourceError
from ketlit.intake.apply import Failure, Intake
from ketlit.intake.plan import Action, Deletion, Kind, Offer
from ketlit.sources import pubmed
from ketlit.sources.items import Failure as Unread
from ketlit.sources.items import Parsed
from ketlit.store.engine import begin
from ketlit.store.runs import Runs, State
from ketlit.store.writer import ChangeOf
from ketlit.vocabulary import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ketlit.sources.eutils import Eutils

BATCH: Final = 200  # records a request: 2-4 MB
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
    concern: int = 0
    withdrawn: int = 0
    deleted: int = 0
    unknown: int = 0
    failed: int = 0
    verified: int = 0
    mismatched: int = 0
    requests: int = 0
    seconds: float = 0.0
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
    """Fetches and stores. `limit`: at most so many records in all, 0 for any number."""

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

    def allowed(self, pmids: Sequence[int]) -> list[int]:
        """As many of these as may still be fetched."""
        return list(pmids) if self._left is None else list(pmids[: self._left])

    def fetch(self, run: int | None, pmids: Sequence[int], identified: Mapping[int, str] = {}) -> None:
        """Fetch and store these records, and settle what became of each.

        What does not come, or comes broken, is asked for once more. `identified`: the key of the curated study that a
        PMID was found for. Raises SourceError; what was stored by then stays.
        """
        if self._left is not None:
            self._left -= len(pmids)
        self._progress.expect(len(pmids))
        broken: dict[int, str] = {}
        missing = self._ask(run, pmids, identified, broken)
        if missing:
            missing = self._ask(run, missing, identified, broken)
        damaged = [pmid for pmid in missing if pmid in broken]
        for pmid in damaged:
            self._fail(run, pmid, broken[pmid])
        self._settle_missing(run, pmids, [pmid for pmid in missing if pmid not in broken])

    def _ask(
        self, run: int | None, pmids: Sequence[int], identified: Mapping[int, str], broken: dict[int, str]
    ) -> list[int]:
        """Ask for these once: those that did not come whole."""
        missing: list[int] = []
        batches = [pmids[start : start + self._batch] for start in range(0, len(pmids), self._batch)]
        replies = self._eutils.fetching(batches)
        try:
            for asked, reply in replies:
                offers = list(self._offers(asked, reply, identified, broken))
                came = {offer.record.pmid for offer in offers}
                missing += [pmid for pmid in asked if pmid not in came]
                self._store(run, offers)
                self._progress.fetched(len(came))
        finally:
            close: Callable[[], None] | None = getattr(replies, "close", None)
            if close:
                close()
        return missing

    def _offers(
        self, asked: Sequence[int], reply: bytes, identified: Mapping[int, str], broken: dict[int, str]
    ) -> Iterator[Offer]:
        wanted = set(asked)
        for item in pubmed.read(BytesIO(reply)):
            if isinstance(item, Parsed):
                pmid = item.record.pmid or 0
                if pmid not in wanted:
                    self._progress.tell(f"PubMed sent PMID {pmid}, which was not asked for: left out")
                    continue
                broken.pop(pmid, None)
                yield Offer(item.record, f"PMID {pmid}", Source.SYNCED, identified=identified.get(pmid, ""))
            elif isinstance(item, Unread):
                named = _PMID.search(item.place)
                if named and int(named[1]) in wanted:
                    broken[int(named[1])] = item.reason

    def _store(self, run: int | None, offers: Sequence[Offer]) -> None:
        """Store what came, and settle it, in one transaction; what the library does not take is settled as failed."""
        settled: set[int] = set()

        def settle(actions: list[Action]) -> None:
            assert run is not None  # a dry run stores nothing
            self.summary.verified += sum(action.kind is Kind.ENRICHED for action in actions)
            for state, some in _states(actions).items():
                self.runs.settle(run, some, state)
                settled.update(some)
            for action in actions:
                if action.kind is Kind.MISMATCH and action.have and is_news(action):
                    change = ChangeOf("mismatch", "pmid", f"{action.have.pmid or ''} as curated", action.reason)
                    self.intake.writer.remember([(action.have.id, change)])

        done = len(self.intake.summary.failed)
        self.intake.take_batch(offers, "PubMed", settle)
        self.came |= settled
        self.summary.fetched += len({offer.record.pmid for offer in offers})
        for failure in self.intake.summary.failed[done:]:
            self._note(failure)
        refused = [offer.record.pmid for offer in offers if offer.record.pmid not in settled]
        if run is not None and refused:
            with begin(self._connection):
                self.runs.settle(run, refused, State.FAILED, "the library does not take it")

    def _fail(self, run: int | None, pmid: int, reason: str) -> None:
        self._note(Failure("PubMed", f"PMID {pmid}", reason))
        if run is not None:
            with begin(self._connection):
                self.runs.settle(run, [pmid], State.FAILED, reason[:300])

    def _note(self, failure: Failure) -> None:
        self.summary.failures.append({"place": failure.place, "reason": failure.reason})

    def _settle_missing(self, run: int | None, asked: Sequence[int], missing: Sequence[int]) -> None:
        """What PubMed does not have: unknown if it never came, deleted if it did. SourceError if it is too much."""
        if not missing:
            return
        here = {one.pmid for one in self.intake.writer.have(pmids=asked) if one.digest}
        gone = [pmid for pmid in missing if pmid in here]
        if len(gone) > FEW and len(gone) > SHARE * len(here.intersection(asked)):
            raise SourceError(
                f"PubMed does not know {len(gone):,} records that it gave before; nothing was marked as deleted",
                "that is more likely its trouble than news: run again later",
            )
        unknown = [pmid for pmid in missing if pmid not in here]
        self.summary.unknown_pmids += unknown
        if run is None:
            self.intake.take_batch([Deletion(pmid, f"PMID {pmid}") for pmid in gone], "PubMed")
            return

        def settle(_: list[Action]) -> None:
            self.runs.settle(run, gone, State.VANISHED)

        self.intake.take_batch([Deletion(pmid, f"PMID {pmid}") for pmid in gone], "PubMed", settle)
        if unknown:
            with begin(self._connection):
                self.runs.settle(run, unknown, State.UNKNOWN)


def _states(actions: Sequence[Action]) -> dict[State, list[int]]:
    found: dict[State, list[int]] = {}
    for action in actions:
        pmid = action.offer.pmid if isinstance(action.offer, Deletion) else action.offer.record.pmid
        state = State.MISMATCH if action.kind is Kind.MISMATCH else State.FETCHED
        found.setdefault(state, []).append(pmid or 0)
    return found


def is_news(action: Action) -> bool:
    """Whether a mismatch says something of a curated identifier, not only of a guess."""
    return isinstance(action.offer, Offer) and not action.offer.identified
