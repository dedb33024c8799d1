"""What is to be done with each offered record: decided from what the source says and what the library has. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, TypeVar

from ketlit.intake.compare import Look, differs, look_of, look_of_ours, nameless
from ketlit.record import Record, Tag
from ketlit.store.rows import Laid
from ketlit.store.writer import Have
from ketlit.vocabulary import Source, Status, Verification


class Kind(StrEnum):
    ADDED = "added"  # the library has no such study
    REVISED = "revised"  # the source's record is newer, or as old and different
    MERGED = "merged"  # of our own exports: what people wrote, and facts where there are none, are put to ours
    ENRICHED = "enriched"  # a curated study is met by its PubMed record for the first time, and they fit
    CURATED = "curated"  # new curated facts for a study that is there
    DELETED = "deleted"  # NLM withdrew the record
    UNCHANGED = "unchanged"
    STALE = "stale"  # older than ours
    UNKNOWN = "unknown"  # withdrawn, and never was here
    MISMATCH = "mismatch"  # the same identifier, but not the same paper


@dataclass(slots=True)
class Offer:
    """A record as a source offers it. `own`: from our own exports. `tags`: what its headings say."""

    record: Record
    place: str = ""
    source: Source = Source.IMPORTED
    own: bool = False
    digest: str = ""
    laid: Laid | None = None
    tags: list[Tag] = field(default_factory=list)
    identified: str = ""  # the key of the curated study that this was found to be, by what else than its identifiers

    @property
    def from_pubmed(self) -> bool:
        """Whether the bibliography is PubMed's: our own exports also hold studies that never met theirs."""
        return not self.own or bool(self.record.revised or self.record.medline_status)


class Deletion(NamedTuple):
    """NLM's word that a record is no more."""

    pmid: int
    place: str = ""


class Action(NamedTuple):
    """What to do with an offer. `bibliography`: take the offer's. `reason`: why it is a mismatch."""

    kind: Kind
    offer: Offer | Deletion
    have: Have | None = None
    bibliography: bool = False
    reason: str = ""


Each = TypeVar("Each")


def plan(offers: Sequence[Offer | Deletion], have: Iterable[Have]) -> list[Action]:
    """One action an offer, in their order. No two of the offers may share an identifier (see `batches`)."""
    library = Library(have)
    return [_deletion(one, library) if isinstance(one, Deletion) else _decide(one, library) for one in offers]


class Library:
    """What the library has, by each name."""

    def __init__(self, have: Iterable[Have]) -> None:
        self._have = list(have)
        self.by_pmid: dict[int, Have] = {}
        self.by_doi: dict[str, list[Have]] = {}
        self.by_key: dict[str, Have] = {}
        for one in self._have:
            self.by_key[one.key] = one
            if one.pmid is not None:
                self.by_pmid[one.pmid] = one
            if one.doi:
                self.by_doi.setdefault(one.doi, []).append(one)

    def find(self, offer: Offer) -> Have | None:
        """The study that is the offered one: by PMID, else by DOI, else by key where the key is ours; of a record that
        has none of them by title, year and first author, where one study has all three.

        A DOI only counts where one study has it and no PMIDs contradict: "retract and replace" keeps the DOI.
        A curated entry is first of all its key.
        """
        record = offer.record
        if offer.identified:
            return self.by_key.get(offer.identified)
        if nameless(record):
            looking = self._by_look.get(look_of(record), [])
            return looking[0] if len(looking) == 1 else None
        curated = self.by_key.get(record.key) if offer.source is Source.CURATED and record.key else None
        if curated and curated.curated:
            return curated
        if record.pmid is not None and record.pmid in self.by_pmid:
            return self.by_pmid[record.pmid]
        same = [one for one in self.by_doi.get(record.doi.lower(), ()) if _agree(one.pmid, record.pmid)]
        if len(same) == 1:
            return same[0]
        named = self.by_key.get(record.key) if offer.own and record.key else None
        if named and _agree(named.pmid, record.pmid) and _agree(named.doi, record.doi.lower()):
            return named
        return None

    @cached_property
    def _by_look(self) -> dict[Look, list[Have]]:
        found: dict[Look, list[Have]] = {}
        for one in self._have:
            found.setdefault(look_of_ours(one), []).append(one)
        return found

    def doubted(self, offer: Offer) -> Have | None:
        """The curated study with the offer's DOI under another PMID, which nobody has verified."""
        for one in self.by_doi.get(offer.record.doi.lower(), ()):
            unsure = one.pmid_verification not in (Verification.VERIFIED, Verification.NONE)
            if one.curated and not one.digest and unsure and offer.record.pmid is not None:
                return one
        return None


def _agree(one: object, other: object) -> bool:
    return not one or not other or one == other


def _decide(offer: Offer, library: Library) -> Action:
    found = library.find(offer)
    if offer.source is Source.CURATED:
        return _curated(offer, found)
    if found is None:
        doubted = library.doubted(offer)
        if doubted:
            reason = f"DOI {doubted.doi} is curated as {doubted.key} with PMID {doubted.pmid}, which is not verified"
            return Action(Kind.MISMATCH, offer, doubted, reason=reason)
        return Action(Kind.ADDED, offer, bibliography=True)
    if found.curated and not found.digest:
        return _enriching(offer, found)
    if offer.own:
        # what never met PubMed has no date that says which is newer: then ours stays
        newer = offer.from_pubmed and _age(offer.record) >= (found.version, found.revised)
        newest = newer and offer.digest != found.digest
        if not newest and not offer.record.annotations and not offer.record.facts:
            return Action(Kind.UNCHANGED, offer, found)
        return Action(Kind.MERGED, offer, found, bibliography=newest)
    # a deleted record that PubMed gives again is back, though no word of it changed; an old file says nothing of that
    back = found.status == Status.DELETED and offer.source is Source.SYNCED
    if offer.digest == found.digest and not back:
        return Action(Kind.UNCHANGED, offer, found)
    if _age(offer.record) < (found.version, found.revised):
        return Action(Kind.STALE, offer, found)
    return Action(Kind.REVISED, offer, found, bibliography=True)


def _curated(offer: Offer, found: Have | None) -> Action:
    """A curated entry: its facts are taken; its bibliography only where PubMed's never came."""
    if found is None:
        return Action(Kind.ADDED, offer, bibliography=True)
    if found.seed_digest == offer.digest:
        return Action(Kind.UNCHANGED, offer, found)
    if not found.curated and (reason := differs(found, offer.record)):
        return Action(Kind.MISMATCH, offer, found, reason=reason)
    return Action(Kind.CURATED, offer, found, bibliography=not found.digest)


def _enriching(offer: Offer, found: Have) -> Action:
    """A curated study whose PubMed record never came: taken only if it is the same paper."""
    if not offer.from_pubmed:
        if not offer.record.annotations and not offer.record.facts:
            return Action(Kind.UNCHANGED, offer, found)
        return Action(Kind.MERGED, offer, found)
    reason = differs(found, offer.record)
    if reason:
        return Action(Kind.MISMATCH, offer, found, reason=reason)
    return Action(Kind.MERGED if offer.own else Kind.ENRICHED, offer, found, bibliography=True)


def _deletion(deletion: Deletion, library: Library) -> Action:
    found = library.by_pmid.get(deletion.pmid)
    if found is None:
        return Action(Kind.UNKNOWN, deletion)
    return Action(Kind.UNCHANGED if found.status == Status.DELETED else Kind.DELETED, deletion, found)


def _age(record: Record) -> tuple[int, str]:
    """Of two records of one PMID the higher Version is newer, then the later DateRevised."""
    return record.version, record.revised


def batches(offers: Iterable[Each], size: int) -> Iterator[list[Each]]:
    """Offers in lists of at most `size`, none of which names one study twice: one PMID may occur twice in a file."""
    batch: list[Each] = []
    seen: set[object] = set()
    for offer in offers:
        named = set(_names(offer))
        if len(batch) >= size or not seen.isdisjoint(named):
            yield batch
            batch, seen = [], set()
        batch.append(offer)
        seen |= named
    if batch:
        yield batch


def _names(offer: object) -> Iterator[object]:
    if isinstance(offer, Deletion):
        yield offer.pmid
    elif isinstance(offer, Offer):
        record = offer.record
        yield from (name for name in (record.pmid, record.doi.lower()) if name)
        yield from (("key", key) for key in (record.key, offer.identified) if key)
        if nameless(record):
            yield look_of(record)


def asked(offers: Iterable[Offer | Deletion]) -> Mapping[str, set[object]]:
    """The PMIDs, DOIs and keys by which the library is asked for what it has of these offers."""
    found: dict[str, set[object]] = {"pmids": set(), "dois": set(), "keys": set()}
    for offer in offers:
        if isinstance(offer, Deletion):
            found["pmids"].add(offer.pmid)
            continue
        if offer.record.pmid is not None:
            found["pmids"].add(offer.record.pmid)
        if offer.record.doi:
            found["dois"].add(offer.record.doi.lower())
        found["keys"] |= {key for key in (offer.record.key, offer.identified) if key}
    return found
