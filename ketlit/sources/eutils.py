"""The conversation with PubMed's E-utilities: Bio.Entrez builds and sends each request, through an opener of ours."""

from __future__ import annotations

import io
import re
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from random import random as any_chance
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar
from unicodedata import normalize
from urllib.request import OpenerDirector, Request

from Bio import Entrez

from ketlit.errors import SourceError
from ketlit.sources.ahead import ahead as worked_ahead
from ketlit.sources.endpoint import Base, Key
from ketlit.sources.pace import Pacer
from ketlit.sources.replies import (
    Found,
    Info,
    Kind,
    Match,
    Wrong,
    article_set,
    check,
    citation_matches,
    database_info,
    search_result,
    wait_before,
)
from ketlit.sources.wire import DEFAULT_LIMITS, Answer, Halt, Limits, Wire

__all__ = ["Citation", "Eutils", "Found", "Info", "Limits", "Match"]

TOOL: Final = "ketlit"
# ESearch on PubMed gives the first 9,999 hits of a query, whatever is asked for.
WINDOW: Final = 9_999
# Above the largest PMID known: room for those that come while we ask.
_ROOM: Final = 1_000
_LARGEST_PMID: Final = 999_999_999
_CITATIONS_AT_ONCE: Final = 100
# words that PubMed leaves out of every query
_STOP_WORD: Final = re.compile(
    "a|an|and|are|as|at|be|by|for|from|had|has|in|is|it|its|of|on|or|that|the|this|to|was|were|with"
)
_LONGEST_TITLE: Final = 30  # words; more make no title any clearer

Content = TypeVar("Content")
Reader = Callable[[Any, bytes], Content]


class Citation(NamedTuple):
    """What ECitMatch looks for: journal as PubMed abbreviates it, year, volume, first page, author ("sorensen j").

    Any may be "". `key` comes back with the answer.
    """

    journal: str
    year: str
    volume: str
    first_page: str
    author: str
    key: str


class Eutils:
    """Asks PubMed. Every method raises SourceError with what PubMed said, once asking again does not help.

    `email` and `key` are the user's own; without an e-mail none is sent. `retries`: how often a request is repeated.
    `log` is told of every request and its outcome, `on_wait` of each wait that a failure makes necessary, in seconds,
    and why. `sleep`: by default a wait that ends when `fetching` does. May be used by several threads.
    """

    def __init__(
        self,
        base: Base,
        email: str | None,
        key: Key | None,
        pacer: Pacer,
        *,
        limits: Limits = DEFAULT_LIMITS,
        retries: int = 5,
        log: Callable[[str], None] | None = None,
        on_wait: Callable[[float, str], None] | None = None,
        sleep: Callable[[float], None] | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = any_chance,
    ) -> None:
        self._wire = Wire(base, key, limits, stopwatch)
        # Bio.Entrez warns where there is none; the wire leaves empty fields out
        self._who = {"tool": TOOL, "email": email or "", "api_key": None}
        self._pacer = pacer
        self._retries = retries
        self._log = log or (lambda text: None)
        self._on_wait = on_wait or (lambda seconds, why: None)
        self._sleep = sleep
        self._stopwatch = stopwatch
        self._random = random
        self._counting = Lock()
        self.requests = 0  # begun so far, repeated ones too

    def info(self) -> Info:
        """When PubMed was last updated, and how many records it has (EInfo)."""
        return self._ask(Entrez.einfo, database_info, {"db": "pubmed", "retmode": "json"})

    def search(self, term: str, retmax: int | None = None, retstart: int = 0) -> Found:
        """The PMIDs that a query finds, the newest first, `retmax` (else 9,999) from `retstart` on (ESearch).

        Raises ValueError for what ESearch does not give: hits beyond 9,999.
        """
        retmax = WINDOW if retmax is None else retmax
        if not 0 <= retstart < WINDOW or not 0 <= retmax <= WINDOW:
            raise ValueError(f"ESearch gives {WINDOW} hits, not {retmax} from {retstart} on")
        asked = {"db": "pubmed", "term": term, "retmode": "json", "retmax": retmax, "retstart": retstart}
        return self._ask(Entrez.esearch, search_result, asked)

    def count(self, term: str) -> int:
        """How many records a query finds."""
        return self.search(term, retmax=0).count

    def all_ids(self, term: str) -> Found:
        """All PMIDs that a query finds, however many, the largest first, each once.

        Translation, warnings and date are those of the search that opened it. A set that moves while it is read is
        asked for once more, and nothing is left out that was seen; what still does not equal PubMed's count is told in
        `warnings`.
        """
        opening = self.search(term)
        ids, count = self._whole(term, opening), opening.count
        if len(ids) != count:
            again = self.search(term)
            found = self._whole(term, again)
            ids, count = ids | found, again.count
            if len(found) != count:
                opening.warnings.append(f"PubMed counts {count:,} records for this query and lists {len(found):,}")
        return replace(opening, count=count, ids=sorted(ids, reverse=True))

    def fetch(self, ids: Sequence[int]) -> bytes:
        """A whole PubmedArticleSet with these records (EFetch); 200 at once are best. The caller sees which came."""
        return self._fetched(ids, Halt())

    def fetching(self, batches: Iterable[Sequence[int]], ahead: int = 2) -> Iterator[tuple[Sequence[int], bytes]]:
        """Each batch of PMIDs with its PubmedArticleSet, in order, the next `ahead` on their way meanwhile.

        When it ends, and when it is closed early, requests under way are broken off and no thread is left.
        """
        halt = Halt()
        return worked_ahead(lambda ids: self._fetched(ids, halt), batches, max(ahead, 1), halt.stop)

    def by_doi(self, doi: str) -> list[int]:
        """The PMIDs of the records that have this DOI: one, or none."""
        plain = re.sub(r'["\[\]\s]+', " ", doi).strip()
        return self.search(f'"{plain}"[AID]', retmax=20).ids if plain else []

    def by_title(self, title: str, year: int | None = None, author: str = "") -> list[int]:
        """The PMIDs, 20 at most, of records with all words of this title; `year` may be off by one.

        Candidates: PubMed leaves out words that it does not know, so the caller must compare them.
        """
        words = re.findall(r"[^\W_]+", normalize("NFKC", title).lower())
        terms = [f"{word}[ti]" for word in dict.fromkeys(words) if not _STOP_WORD.fullmatch(word)]
        if not terms:
            return []
        terms = terms[:_LONGEST_TITLE]
        if year is not None:
            terms.append(f"{year - 1}:{year + 1}[dp]")
        if name := " ".join(re.findall(r"[\w'-]+", author)):
            terms.append(f"{name}[au]")
        return self.search(" AND ".join(terms), retmax=20).ids

    def cite_match(self, citations: Sequence[Citation]) -> list[Match]:
        """The PMID of each citation, in order, or why there is none (ECitMatch)."""
        found: list[Match] = []
        for start in range(0, len(citations), _CITATIONS_AT_ONCE):
            batch = citations[start : start + _CITATIONS_AT_ONCE]
            numbers = [str(start + number) for number in range(len(batch))]
            # as text: from a list Bio.Entrez makes a request without e-mail and tool
            lines = [
                "|".join(re.sub(r"[|\s]+", " ", field).strip() for field in (*each[:5], number)) + "|"
                for each, number in zip(batch, numbers, strict=True)
            ]
            answers = self._ask(
                Entrez.ecitmatch, partial(citation_matches, numbers), {"db": "pubmed", "bdata": "\r".join(lines)}
            )
            found += [answer._replace(key=each.key) for each, answer in zip(batch, answers, strict=True)]
        return found

    # --- all of a large set

    def _whole(self, term: str, opening: Found) -> set[int]:
        """The PMIDs of a query whose first page is known: those, or slice by slice of PMIDs."""
        if opening.count <= WINDOW or not opening.ids:
            return set(opening.ids)
        top = max(opening.ids) + _ROOM
        # the first page is in the order of entry, so one with a larger PMID may lie beyond it
        while self.count(_between(term, 1, top)) < opening.count and top < _LARGEST_PMID:
            top = min(2 * top, _LARGEST_PMID)
        ids: set[int] = set()
        slices = [(1, top, opening.ids)]
        while slices:
            low, high, shown = slices.pop()
            middle = _cut(low, high, shown)
            for first, last in ((middle + 1, high), (low, middle)):
                found = self.search(_between(term, first, last))
                if found.count > WINDOW and first < last:
                    slices.append((first, last, found.ids))
                else:
                    ids.update(found.ids)
        return ids

    # --- one request

    def _fetched(self, ids: Sequence[int], halt: Halt) -> bytes:
        if not ids:
            return b""
        asked = {"db": "pubmed", "id": [int(each) for each in ids], "retmode": "xml"}
        return self._ask(Entrez.efetch, article_set, asked, halt)

    def _ask(
        self,
        function: Callable[..., Any],
        reader: Reader[Content],
        asked: dict[str, Any],
        halt: Halt | None = None,
    ) -> Content:
        """What a function of Bio.Entrez brings, as `reader` reads it; asked again as often as that can help."""
        halt = halt or Halt()
        failures = 0
        while True:
            self._pause(self._pacer.reserve(), halt)
            outcome = self._once(function, reader, asked, halt)
            if not isinstance(outcome, Wrong):
                return outcome
            if halt.stopped.is_set():
                raise SourceError("the request was given up")
            failures += 1
            if outcome.kind is Kind.PERMANENT or failures > self._retries:
                raise _failure(function.__name__, outcome, failures)
            seconds = wait_before(outcome, failures, self._random())
            self._on_wait(seconds, outcome.said)
            if outcome.kind is Kind.WAIT:
                self._pacer.hold(seconds)  # all who ask from here were too fast
            else:
                self._pause(seconds, halt)

    def _once(
        self, function: Callable[..., Any], reader: Reader[Content], asked: dict[str, Any], halt: Halt
    ) -> Content | Wrong:
        """What one request brings, or what was wrong with it, without the frames that know the request."""
        with self._counting:
            self.requests += 1
            number = self.requests
        begun = self._stopwatch()
        name = f"request {number}, {function.__name__}"
        try:
            with _LINE.taken(lambda request: self._wire.send(request, halt)):
                handle = function(**asked, **self._who)
            answer = handle.detach() if isinstance(handle, io.TextIOWrapper) else handle
            body = answer.getvalue()
            check(answer.status, answer.headers, body)
            content = reader(answer.headers, body)
        except Wrong as error:
            said = self._wire.without_key(error.said)
            self._log(f"{name}: {said} ({error.kind})")
            return Wrong(error.kind, said, error.wait, error.hint)
        self._log(f"{name}: {len(body):,} bytes in {self._stopwatch() - begun:.2f} s")
        return content

    def _pause(self, seconds: float, halt: Halt) -> None:
        if seconds > 0:
            if self._sleep is not None:
                self._sleep(seconds)
            else:
                halt.stopped.wait(seconds)
        if halt.stopped.is_set():
            raise SourceError("the request was given up")


class _Line(OpenerDirector):
    """urllib's opener while a request of ours is made: ours goes over its wire, anyone else's goes as before."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._users = 0
        self._before: OpenerDirector | None = None
        self._tries = 0
        self._send: ContextVar[Callable[[Request], Answer] | None] = ContextVar("send", default=None)

    @contextmanager
    def taken(self, send: Callable[[Request], Answer]) -> Iterator[None]:
        """What Bio.Entrez opens in this thread goes to `send`. Opener and settings are put back with the last user."""
        with self._lock:
            if not self._users:
                self._before = getattr(urllib.request, "_opener", None)
                urllib.request.install_opener(self)
                # it would repeat a request three times within milliseconds, and keep a pace by the wall clock
                self._tries, Entrez.max_tries = Entrez.max_tries, 1
            self._users += 1
        Entrez._open.previous = 0
        token = self._send.set(send)
        try:
            yield
        finally:
            self._send.reset(token)
            with self._lock:
                self._users -= 1
                if not self._users:
                    Entrez.max_tries = self._tries
                    if getattr(urllib.request, "_opener", None) is self:  # and nobody set another meanwhile
                        urllib.request.install_opener(self._before)

    def open(self, fullurl: Any, data: Any = None, timeout: Any = None) -> Any:
        send = self._send.get()
        if send is not None:
            return send(fullurl)
        others = self._before or urllib.request.build_opener()
        return others.open(fullurl, data) if timeout is None else others.open(fullurl, data, timeout)


_LINE: Final = _Line()


def _between(term: str, first: int, last: int) -> str:
    return f"({term}) AND {first}:{last}[UID]"


def _cut(low: int, high: int, shown: Iterable[int]) -> int:
    """Where to cut a slice in two: so that most of its hits shown lie above, as PubMed shows the newest of them.

    30,000 hits then take 8 requests, whatever lies between their PMIDs; halving took 38.
    """
    inside = sorted(pmid for pmid in shown if low <= pmid < high)
    return inside[len(inside) // 4] if inside else (low + high) // 2


def _failure(utility: str, wrong: Wrong, tries: int) -> SourceError:
    times = f" {tries} times" if tries > 1 else ""
    hint = wrong.hint or ("" if wrong.kind is Kind.PERMANENT else "nothing is lost; run the command again later")
    return SourceError(f"PubMed's {utility} failed{times}: {wrong.said}", hint)
