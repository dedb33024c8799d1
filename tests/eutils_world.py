"""A world of PubMed records behind the stand-in server: records come, change and go, on a clock that tests move."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, Final

from tests import eutils_article as xml
from tests.eutils_fields import Indexed, index

START: Final = datetime(2025, 11, 27, 6, 33, tzinfo=UTC)


@dataclass
class Entry:
    """One record: its XML, and dates that stand in for those PubMed would read out of it."""

    pmid: int
    xml: bytes
    set_dates: dict[str, date] = field(default_factory=dict)
    _indexed: Indexed | None = None

    @property
    def indexed(self) -> Indexed:
        if self._indexed is None:
            read = index(self.xml)
            self._indexed = Indexed(read.texts, read.dates | self.set_dates)
        return self._indexed

    @property
    def dates(self) -> dict[str, date]:
        return self.indexed.dates


class World:
    """PubMed as it is at `now`.

    `now`: the server's time (aware); it moves only by `move`. `narrower`: MeSH descriptor -> those below it, for
    explosion. `changed`: the number of each record that came, changed or went, in order, for those who keep an index.
    """

    def __init__(self, now: datetime = START, narrower: dict[str, set[str]] | None = None) -> None:
        self.now = now
        self.narrower = narrower or {}
        self.changed: list[int] = []
        self.lock = RLock()
        self._entries: dict[int, Entry] = {}
        self._merged: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, pmid: int) -> bool:
        return pmid in self._entries

    def __getitem__(self, pmid: int) -> Entry:
        return self._entries[pmid]

    @property
    def pmids(self) -> Iterable[int]:
        return self._entries.keys()

    def find(self, pmid: int) -> Entry | None:
        """The record EFetch answers for a number: itself, or the one it was merged into where that is answered."""
        return self._entries.get(self._merged.get(pmid, pmid))

    # --- the clock

    def move(self, **by: float) -> datetime:
        """Let time pass (`timedelta`'s words: days=3, hours=-1); give the new time."""
        self.now += timedelta(**by)
        return self.now

    @property
    def today(self) -> date:
        return self.now.date()

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    # --- records come

    def add(
        self,
        record: bytes,
        *,
        crdt: date | None = None,
        edat: date | None = None,
        lr: date | None = None,
        dp: date | None = None,
    ) -> int:
        """Put a record in (or in place of the one with its PMID); the dates given win over those in its XML."""
        given = {"CRDT": crdt, "EDAT": edat, "MDAT": lr, "PDAT": dp}
        pmid = xml.pmid_of(record)
        with self.lock:
            self._entries[pmid] = Entry(pmid, record, {name: day for name, day in given.items() if day is not None})
            self.changed.append(pmid)
        return pmid

    def new(self, pmid: int | None = None, **of: Any) -> int:
        """Make a record as `article` does, created and last revised today unless said otherwise, and put it in."""
        pmid = pmid if pmid is not None else max(self._entries, default=10_000_000) + 1
        return self.add(xml.article(pmid, **({"created": self.today} | of)))

    def load(self, *paths: Path, limit: int | None = None) -> list[int]:
        """Put in the records of PubMed XML files (.xml, .xml.gz); their numbers, in order."""
        numbers: list[int] = []
        for path in paths:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            for found in xml.ARTICLE.finditer(data):
                if limit is not None and len(numbers) >= limit:
                    return numbers
                numbers.append(self.add(found[0]))
        return numbers

    # --- records change; each stamps DateRevised with today, as NLM does

    def change(self, pmid: int, how: Callable[[bytes], bytes]) -> None:
        """Change a record's XML by `how` and stamp it as revised today."""
        with self.lock:
            entry = self._entries[pmid]
            made = xml.with_revised(how(entry.xml), self.today)
            kept = {name: day for name, day in entry.set_dates.items() if name != "MDAT"}
            self._entries[pmid] = Entry(pmid, made, kept)
            self.changed.append(pmid)

    def revise(self, pmid: int, *, title: str = "", abstract: str = "", mesh: str = "") -> None:
        """Another title, another abstract, one more heading; or only a new DateRevised."""

        def how(record: bytes) -> bytes:
            record = xml.with_title(record, title) if title else record
            record = xml.with_abstract(record, abstract) if abstract else record
            return xml.with_heading(record, mesh) if mesh else record

        self.change(pmid, how)

    def retract(self, pmid: int, notice: int = 0) -> None:
        """RetractionIn, and the publication type Retracted Publication."""
        self._notice(pmid, "RetractionIn", notice)
        self.change(pmid, lambda record: xml.with_type(record, "Retracted Publication"))

    def correct(self, pmid: int, notice: int = 0) -> None:
        """ErratumIn."""
        self._notice(pmid, "ErratumIn", notice)

    def concern(self, pmid: int, notice: int = 0) -> None:
        """ExpressionOfConcernIn."""
        self._notice(pmid, "ExpressionOfConcernIn", notice)

    def _notice(self, pmid: int, kind: str, notice: int) -> None:
        notice = notice or pmid + 1
        source = f"J Test Med. {self.today:%Y %b} {self.today.day};1(1):1"
        self.change(pmid, lambda record: xml.with_notice(record, kind, notice, source))

    # --- records go

    def delete(self, *pmids: int) -> None:
        """Gone, as after a DeleteCitation: not found, not fetched."""
        with self.lock:
            for pmid in pmids:
                del self._entries[pmid]
                self.changed.append(pmid)

    def merge(self, pmid: int, into: int, answered: bool = False) -> None:
        """One record became another: gone; with `answered`, asking for the old number gives the other record."""
        self.delete(pmid)
        if answered:
            self._merged[pmid] = into
