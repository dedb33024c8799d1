"""The questions a library answers: search, find, lists, timeline, terms, trials, claims, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ketlit.errors import NotFound, UsageError
from ketlit.store import overview
from ketlit.store.connect import Rows, plain_rows
from ketlit.store.listing import chunks, study_rows
from ketlit.store.query import ORDERS, Query, close_names
from ketlit.store.search_index import Expression, Phrase, Sql, fold
from ketlit.store.terms import Terms, unknown
from ketlit.store.words import clean, identify
from ketlit.views import (
    ClaimRow,
    Count,
    Filters,
    JudgementRow,
    NoteRow,
    SearchResult,
    Stats,
    StudyRow,
    TermRow,
    TimelineEntry,
    TrialRow,
)
from ketlit.vocabulary import Axis, SearchSort

if TYPE_CHECKING:
    from ketlit.evidence_views import News

FEW: Final = 1_000  # hits that are ranked whole; of more, only the best tier that fills the page
NEAR: Final = 3  # words that nothing says for which names like them are looked for, at some 10 ms each
MANY: Final = 20_000  # hits beyond which a tier is not ranked but shown newest first
# Of studies that say the words equally clearly (their scores then differ by a few percent, by the length of their
# texts) those come first that can answer a question, and last those that have no results.
WEIGHT: Final = (
    "CASE WHEN s.design IN ('rct', 'meta-analysis', 'systematic-review') THEN 1.25 "
    "WHEN s.design IN ('registration', 'protocol', 'editorial-letter', 'preclinical') THEN 0.8 ELSE 1.0 END"
)
BY_KEY: Final = "SELECT id FROM study WHERE key = :key"
BY_PMID: Final = "SELECT id FROM study WHERE pmid = :pmid"
# "retract and replace" keeps the DOI: the one that stands comes first
BY_DOI: Final = "SELECT id FROM study WHERE doi = :doi ORDER BY CASE WHEN status = 'retracted' THEN 1 ELSE 0 END, id"
NOTES: Final = "SELECT n.id, s.key, n.text, n.at FROM note n JOIN study s ON s.id = n.study_id{} ORDER BY n.at, n.id"
LABELS: Final = "SELECT label, COUNT(*) FROM label{} GROUP BY label ORDER BY label"
KEYS: Final = "SELECT key FROM study WHERE key >= :low AND key < :high ORDER BY key LIMIT :count"


class Reader:
    """Answers questions about one library; `db` stays the caller's to close."""

    def __init__(self, db: Rows) -> None:
        self.db = db
        self._terms: Terms | None = None
        self._sql = Sql(db.dialect)

    @property
    def terms_known(self) -> Terms:
        """The taxonomy, read once."""
        if self._terms is None:
            self._terms = Terms(self.db)
        return self._terms

    # one study

    def find(self, ident: str) -> int | None:
        """The study that a key, a PMID or a DOI names, in any usual form; None if it is not in the library."""
        kind, value = identify(ident)
        if kind == "pmid":
            return self._first(BY_PMID, {"pmid": int(value)}) if len(value) < 10 else None
        return self._first(BY_DOI if kind == "doi" else BY_KEY, {kind: value}) if value else None

    def named(self, ident: str) -> int:
        """The study that `ident` names. Raises NotFound, with keys that look like it."""
        found = self.find(ident)
        if found is None:
            near = self.suggest(ident)
            hint = f"did you mean {' or '.join(near)}?" if near else "find its key with 'ketlit search WORDS'"
            raise NotFound(f"no study is called {clean(ident)[:80]!r}", hint)
        return found

    def suggest(self, ident: str) -> list[str]:
        """Keys that look like `ident`, at most three."""
        return close_names(ident, self.keys(fold(ident)[:3].replace(" ", ""), 5_000))

    def keys(self, prefix: str = "", count: int = 100) -> list[str]:
        """The keys that begin with `prefix`, for completion."""
        low = clean(prefix).lower()
        after = min(ord(low[-1]) + 1, 0xFFFD) if low else 0xFFFD
        high = low[:-1] + chr(0xE000 if after == 0xD800 else after)  # the halves of surrogate pairs have no bytes
        found = plain_rows(self.db.rows(KEYS, {"low": low, "high": high, "count": count}))
        return [key for key in found if key.startswith(low)]

    def rows(self, ids: Sequence[int]) -> list[StudyRow]:
        """The studies with these ids, in this order."""
        return study_rows(self.db, self.terms_known, ids)

    def notes(self, study: int | None = None) -> list[NoteRow]:
        """People's notes, oldest first; of one study or of all."""
        where, params = self._of(study, "n.")
        return [NoteRow(*row) for row in self.db.rows(NOTES.format(where), params)]

    def judgements(self, study: int | None = None) -> list[JudgementRow]:
        """What named people judged, oldest first; of one study or of all."""
        from ketlit.store import judgements

        return judgements.judgements(self.db) if study is None else judgements.judgements_of(self.db, [study])

    def labels(self, study: int | None = None) -> list[Count]:
        """People's labels with their studies; of one study or of all."""
        where, params = self._of(study, "")
        return [Count(*row) for row in self.db.rows(LABELS.format(where), params)]

    @staticmethod
    def _of(study: int | None, table: str) -> tuple[str, dict[str, int]]:
        return ("", {}) if study is None else (f" WHERE {table}study_id = :study", {"study": study})

    def directions_on(self, rows: Sequence[StudyRow], outcomes: Sequence[str]) -> dict[str, str]:
        """By key: whom the findings on these outcomes favour, as typed; only of studies that have such findings."""
        terms = self.terms_known
        named = [term for typed in outcomes for term in terms.resolve(Axis.OUTCOME, typed)]
        among = {below for term in named for below in terms.below(Axis.OUTCOME, term)}
        ids = {self._first(BY_KEY, {"key": row.key}): row.key for row in rows}
        found = overview.directions_on(self.db, [number for number in ids if number is not None], among)
        return {ids[number]: direction for number, direction in found.items()}

    # many studies

    def search(self, filters: Filters, sort: str = SearchSort.RELEVANCE, limit: int = 50) -> SearchResult:
        """The best `limit` studies (0: all) that fit all filters, and how many fit.

        Raises UsageError where the words or a filter cannot be used.
        """
        query, total, scored, hints = self._found(filters, sort, limit)
        rows = study_rows(self.db, query.terms, [study for study, _ in scored], dict(scored))
        return SearchResult(rows, total, query.understood, hints)

    def matching(self, filters: Filters, limit: int = 0) -> tuple[list[int], list[str]]:
        """The ids of studies that fit, in the order of `search`, and the hints it gives."""
        _, _, scored, hints = self._found(filters, SearchSort.RELEVANCE, limit)
        return [study for study, _ in scored], hints

    def _found(
        self, filters: Filters, sort: str, limit: int
    ) -> tuple[Query, int, list[tuple[int, float | None]], list[str]]:
        if sort not in list(SearchSort):
            raise UsageError(f"no order is called {clean(sort)[:40]!r}", "one of: " + ", ".join(SearchSort))
        query = Query(self.db, filters, self.terms_known)
        hints = list(query.reading.hints) if query.reading else []
        if query.ranked:
            total, scored = self._ranked(query, SearchSort(sort), limit, hints)
        else:
            total, scored = self._listed(query, SearchSort(sort), limit)
        if not total:
            hints += self.why_nothing(query, filters)
        return query, total, scored, hints

    def timeline(self, filters: Filters) -> list[TimelineEntry]:
        """All studies that fit, by year; those without a year last."""
        return overview.timeline(self.db, self.terms_known, filters)

    def understood(self, filters: Filters) -> list[str]:
        """How a query is read, for a header."""
        return Query(self.db, filters, self.terms_known).understood

    def news(self, filters: Filters, since: str = "last", *, limit: int = 0, listed: bool = False) -> News:
        """What changed of the studies that fit; see `store.news`, which no other question loads. Raises UsageError."""
        from ketlit.store import news

        return news.news(self.db, self.terms_known, filters, since, limit=limit, listed=listed)

    # the library as a whole

    def terms(self, axis: str | None = None) -> list[TermRow]:
        """The taxonomy as a tree, with the studies of each term."""
        if axis is not None and axis not in self.terms_known.by_axis:
            raise unknown("axis", clean(axis), close_names(axis, list(self.terms_known.by_axis)), "")
        return overview.terms_of(self.db, self.terms_known, axis)

    def shared_names(self) -> dict[tuple[str, str], dict[str, list[str]]]:
        """By (axis, term): the names that do not name it alone."""
        return overview.shared_names(self.db, self.terms_known)

    def trials(self, filters: Filters | None = None) -> list[TrialRow]:
        """The trials that several studies may report; those of fitting studies only."""
        return overview.trials(self.db, self.terms_known, filters or Filters())

    def claims(self, claim: str | None = None) -> list[ClaimRow]:
        """The claims, or one of them; NotFound where there is none of this id."""
        return overview.claims(self.db, claim)

    def stats(self, path: str = "", filters: Filters | None = None) -> Stats:
        """What is in the library, or of it fits the filters."""
        return overview.stats(self.db, self.terms_known, path, filters or Filters())

    # how a search is done

    def _listed(self, query: Query, sort: SearchSort, limit: int) -> tuple[int, list[tuple[int, float | None]]]:
        """Without words to rank by: the newest first, or as asked."""
        where, params = query.whole(self.db.dialect), query.params
        order = ORDERS.get(sort, ORDERS[SearchSort.YEAR])
        total = self._number(f"SELECT COUNT(*) FROM study s{where}", params)
        found = self.db.rows(f"SELECT s.id FROM study s{where} ORDER BY {order}{_limit(params, limit)}", params)
        return total, [(row[0], None) for row in found]

    def _ranked(
        self, query: Query, sort: SearchSort, limit: int, hints: list[str]
    ) -> tuple[int, list[tuple[int, float | None]]]:
        """Title > terms > the rest, then by score, then newest first; or as asked, with the scores."""
        sql, where = self._sql, query.where.sql()
        counting = {**query.where.params, "words": query.words["words"]}
        total = self._number(f"SELECT COUNT(*) {sql.joined}{where}" if where else sql.count, counting)
        params = {**query.where.params, **query.words}
        tier, candidates = "", total
        pinned = self.find(query.reading.single) if query.reading and query.reading.single else None
        if limit and total > max(FEW, limit) and sort is SearchSort.RELEVANCE and pinned is None:
            for name, condition in sql.best.items():
                # what the title says, all of it says: one look-up counts the tier
                known = {**query.where.params, "words": query.words[name]}
                count = self._number(f"SELECT COUNT(*) {sql.joined}{where}" if where else sql.count, known)
                if count >= limit:
                    tier, candidates = f" AND {condition}", count
                    break
        if candidates > MANY and limit and pinned is None:
            return total, self._newest(query, f"{tier}{where}", sort, limit, hints)
        order = ORDERS.get(sort, "tier DESC, score DESC, COALESCE(s.year, 0) DESC, s.id")
        if pinned is not None and sort is SearchSort.RELEVANCE:
            params["pinned"] = pinned
            order = f"CASE WHEN s.id = :pinned THEN 0 ELSE 1 END, {order}"
        found = self.db.rows(
            f"SELECT s.id, {sql.tier} AS tier, {sql.score} * {WEIGHT} AS score {sql.joined}{tier}{where} "
            f"ORDER BY {order}{_limit(params, limit)}",
            params,
        )
        return total, [(study, _score(tier, score, study == pinned)) for study, tier, score in found]

    def _newest(
        self, query: Query, where: str, sort: SearchSort, limit: int, hints: list[str]
    ) -> list[tuple[int, float | None]]:
        """Of very many hits those that come first without a score of each."""
        params = {**query.where.params, **query.words}
        order = ORDERS.get(sort, ORDERS[SearchSort.YEAR])
        if sort is SearchSort.RELEVANCE:
            hints.append(f"more than {MANY:,} studies say this equally clearly: the newest are shown; add a word")
        if "in_title" not in where:
            params.pop("in_title")
        if "in_terms" not in where:
            params.pop("in_terms")
        found = self.db.rows(f"SELECT s.id {self._sql.joined}{where} ORDER BY {order}{_limit(params, limit)}", params)
        return [(row[0], 0.0) for row in found]

    def why_nothing(self, query: Query, filters: Filters) -> list[str]:
        """What might be done where nothing was found: words nothing says, words nearby, filters that leave nothing."""
        if not query.reading:
            return []
        hints: list[str] = []
        counts = [(text, self._count(alone)) for text, alone in query.reading.alone[:10]]
        for place, text in enumerate(text for text, count in counts if not count):
            near = self._near(text) if place < NEAR else []
            hints.append(f"no study says {text}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
        if hints:
            return hints
        if query.where.clauses and (count := self._count(query.reading.expression)):
            return [f"without the filters {count} {'study fits' if count == 1 else 'studies fit'} the words"]
        if len(counts) > 1:
            each = ", ".join(f"{text} ({count})" for text, count in counts)
            return [f"found one by one, not together: {each}; put OR between them for any"]
        return []

    def _near(self, text: str) -> list[str]:
        """Names of terms and family names of authors that look like `text`."""
        from difflib import get_close_matches

        word = fold(text)
        near = self.terms_known.nearest(word)
        if len(word) >= 4 and " " not in word:
            params = {"words": Expression([[Phrase(word[:3], True)]], []).bindings(self.db.dialect)["words"]}
            some = plain_rows(self.db.rows(f"SELECT s.id {self._sql.joined} LIMIT 500", params))
            families: dict[str, str] = {}
            for among, ids in chunks(some):
                rows = self.db.rows(f"SELECT DISTINCT family FROM author WHERE study_id IN ({among})", ids)
                families.update((fold(family), family) for (family,) in rows)
            near += [families[name] for name in get_close_matches(word, list(families), 2, 0.75)]
        return list(dict.fromkeys(near))[:3]

    def _count(self, expression: Expression) -> int:
        """The studies that say this, or, where it is all left out, those that do not."""
        known = {"words": expression.bindings(self.db.dialect)["words"]}
        if not expression.groups:
            return self._number(f"SELECT COUNT(*) FROM study s WHERE {self._sql.among.format('NOT IN')}", known)
        return self._number(self._sql.count, known)

    def _number(self, sql: str, params: dict[str, Any]) -> int:
        return int(self.db.rows(sql, params)[0][0])

    def _first(self, sql: str, params: dict[str, Any]) -> int | None:
        found = self.db.rows(sql, params)
        return int(found[0][0]) if found else None


def _limit(params: dict[str, Any], limit: int) -> str:
    if limit <= 0:
        return ""
    params["limit"] = min(limit, 2**31 - 1)
    return " LIMIT :limit"


def _score(tier: int, score: float, pinned: bool) -> float:
    """One number that falls as the order does: the tier, and below it the score squeezed into 0..1.

    Six digits: more than that differ between machines.
    """
    squeezed = max(score, 0.0) / (1.0 + max(score, 0.0))
    return float(f"{(3 if pinned else tier) + max(squeezed, 1e-6):.6g}")
