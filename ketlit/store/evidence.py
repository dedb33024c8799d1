"""The findings of studies as rows, and what a pooled set is chosen from: three queries besides those of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from json import loads
from typing import Any, Final

from ketlit.errors import UsageError
from ketlit.evidence_views import Candidate, FindingRow, Related
from ketlit.store.connect import Rows
from ketlit.store.listing import chunks, study_rows
from ketlit.store.query import Query
from ketlit.store.search_index import fold
from ketlit.store.terms import Terms
from ketlit.store.words import clean
from ketlit.views import Filters, StudyRow
from ketlit.vocabulary import Axis, RelationKind

NUMBERS: Final = (
    "f.hours, f.timepoint, f.comparison, f.comparator, f.direction, f.n1, f.events1, f.mean1, f.sd1, f.percent1, "
    "f.n2, f.events2, f.mean2, f.sd2, f.percent2, f.effect_measure, f.effect, f.ci_low, f.ci_high, f.p, "
    "f.stat_kind, f.threshold, f.text, f.derived, f.verification, f.origin, f.source, f.stale"
)
FINDINGS: Final = (
    f"SELECT f.study_id, f.id, f.outcome, f.harm, f.measure, {NUMBERS} FROM finding f JOIN study s "
    "ON s.id = f.study_id{} ORDER BY COALESCE(s.year, 9999), s.key, f.position, f.id"
)
TAGGED: Final = "SELECT s.id FROM study s{} ORDER BY COALESCE(s.year, 9999), s.key"
RELATED: Final = (
    "SELECT r.study_id, r.kind, r.pmid, r.doi, r.other_key FROM relation r WHERE r.study_id IN ({}) "
    "ORDER BY r.study_id, r.position"
)
PUBLISHED: Final = "SELECT s.key, s.published_by FROM study s{} ORDER BY s.id"
HIGHER_IS: Final = "SELECT value FROM library WHERE name = 'higher_is'"
# relations that say that two studies tell of the same people
_SAME_PEOPLE: Final = frozenset(
    {
        *(RelationKind.SAME_TRIAL, RelationKind.INCLUDES, RelationKind.INCLUDED_IN),
        *(RelationKind.REPUBLISHED_IN, RelationKind.REPUBLISHED_FROM),
    }
)
_LONGEST_NAME: Final = 6  # words of a scale's name


class Asked:
    """Filters as they hold for findings: terms of outcomes and harms choose among the findings themselves.

    `outcomes` and `harms` are the terms that fit, children included; both empty: any. Raises UsageError.
    """

    def __init__(self, db: Rows, terms: Terms, filters: Filters) -> None:
        self.outcomes = _below(terms, Axis.OUTCOME, filters.outcome)
        self.harms = _below(terms, Axis.ADVERSE_EFFECT, filters.harm)
        self.query = Query(db, filters._replace(outcome=(), harm=()), terms)
        self.understood = list(self.query.understood)
        for name, axis, typed in (
            ("outcome", Axis.OUTCOME, filters.outcome),
            ("harm", Axis.ADVERSE_EFFECT, filters.harm),
        ):
            if typed:
                named = dict.fromkeys(term for each in typed for term in terms.resolve(axis, clean(each)))
                self.understood.append(f"{name}: {' or '.join(named)}")

    def where(self, db: Rows) -> tuple[str, dict[str, Any]]:
        """The WHERE over `finding f JOIN study s`, with its parameters."""
        params = dict(self.query.params)
        either = []
        for harm, wanted, name in ((False, self.outcomes, "outcome_of"), (True, self.harms, "harm_of")):
            if wanted:
                bound = {f"{name}{place}": term for place, term in enumerate(sorted(wanted))}
                params |= bound
                among = ", ".join(f":{each}" for each in bound)
                either.append(f"({'f.harm' if harm else 'NOT f.harm'} AND f.outcome IN ({among}))")
        where = self.query.whole(db.dialect)
        if either:
            where += (" AND " if where else " WHERE ") + "(" + " OR ".join(either) + ")"
        return where, params


def findings(db: Rows, terms: Terms, filters: Filters) -> tuple[list[FindingRow], list[str]]:
    """The findings of all studies that fit, by year, and how the query was understood. Raises UsageError."""
    asked = Asked(db, terms, filters)
    where, params = asked.where(db)
    rows = db.rows(FINDINGS.format(where), params)
    studies = _studies(db, terms, dict.fromkeys(row[0] for row in rows))
    return _findings(db, terms, rows, studies), asked.understood


def findings_of(db: Rows, terms: Terms, ids: Sequence[int]) -> list[FindingRow]:
    """All findings of these studies, by year."""
    rows = [
        row for among, params in chunks(ids) for row in db.rows(FINDINGS.format(f" WHERE s.id IN ({among})"), params)
    ]
    return _findings(db, terms, rows, _studies(db, terms, dict.fromkeys(row[0] for row in rows)))


def candidates(db: Rows, terms: Terms, filters: Filters) -> tuple[list[Candidate], list[Related], int, list[str]]:
    """What a pooled set is chosen from: studies that fit and have a finding of the outcome, and curated ones without.

    Then how they relate to each other, how many studies more fit and have the outcome but no finding of it here, and
    how the query was understood. Raises UsageError unless exactly one outcome, or harm, is asked for.
    """
    asked = Asked(db, terms, filters)
    if len(filters.outcome) + len(filters.harm) != 1:
        raise UsageError("one outcome is pooled at a time", "name it with --outcome (or, of a harm, with --harm)")
    where, params = asked.where(db)
    rows = db.rows(FINDINGS.format(where), params)
    tagged = Query(db, filters, terms)
    listed = [row[0] for row in db.rows(TAGGED.format(tagged.whole(db.dialect)), tagged.params)]
    studies = _studies(db, terms, dict.fromkeys([*(row[0] for row in rows), *listed]))
    of: dict[str, list[FindingRow]] = {}
    for finding in _findings(db, terms, rows, studies):
        of.setdefault(finding.key, []).append(finding)
    chosen = {number: row for number, row in studies.items() if row.key in of or row.curated}
    found = [Candidate(row, tuple(of.get(row.key, ()))) for row in chosen.values()]
    return found, related(db, chosen), len(studies) - len(chosen), asked.understood


def published(db: Rows, terms: Terms, filters: Filters) -> dict[str, str]:
    """By key: the ISO day by which each study that `candidates` may name was out; "" where nobody knows."""
    query = Query(db, filters._replace(outcome=(), harm=()), terms)
    return dict(db.rows(PUBLISHED.format(query.whole(db.dialect)), query.params))


def comparators_below(terms: Terms, filters: Filters) -> frozenset[str]:
    """The comparators that the filter names, children included; none where it names none."""
    return _below(terms, Axis.COMPARATOR, filters.comparator)


def _below(terms: Terms, axis: str, typed: Sequence[str]) -> frozenset[str]:
    named = [term for each in typed for term in terms.resolve(axis, clean(each))]
    return frozenset().union(*(terms.below(axis, term) for term in named))


def _studies(db: Rows, terms: Terms, ids: Iterable[int]) -> dict[int, StudyRow]:
    listed = list(ids)
    return dict(zip(listed, study_rows(db, terms, listed), strict=True))


def _findings(
    db: Rows, terms: Terms, rows: Sequence[tuple[Any, ...]], studies: dict[int, StudyRow]
) -> list[FindingRow]:
    higher_is = higher(db)
    scales = scales_named(terms, {row[4] for row in rows})
    found = []
    for study, number, outcome, harm, measure, *rest in rows:
        of, scale = studies[study], scales.get(measure, "")
        axis = Axis.ADVERSE_EFFECT if harm else Axis.OUTCOME
        way = "worse" if harm else higher_is.get(f"{Axis.OUTCOME}:{outcome}", "")
        if rest[6] is None and rest[9] is None:  # neither events nor a share: a scale's values
            way = higher_is.get(f"{Axis.OUTCOME_MEASURE}:{scale}", "") or way
        rest[3], rest[-1] = terms.printed(Axis.COMPARATOR, rest[3]), bool(rest[-1])
        found.append(
            FindingRow(
                *(number, of.key, of.year, of.design, of.status, of.trial, of.drugs, of.routes),
                *(terms.printed(axis, outcome), bool(harm), measure, scale, way),
                *rest,
            )
        )
    return found


def higher(db: Rows) -> dict[str, str]:
    """What more means, "better" or "worse", by `axis:term`; empty in a library that an old release filled."""
    found = db.rows(HIGHER_IS)
    return dict(loads(found[0][0])) if found else {}


def scales_named(terms: Terms, measures: Iterable[str]) -> dict[str, str]:
    """The outcome measure of the taxonomy that each printed measure names, by the longest name in it."""
    parts: dict[str, list[str]] = {}
    for measure in measures:
        words = fold(measure).split()
        spans = [(start, start + size) for size in range(_LONGEST_NAME, 0, -1) for start in range(len(words))]
        parts[measure] = [" ".join(words[start:end]) for start, end in spans if end <= len(words)]
    named = terms.named(list(dict.fromkeys(part for found in parts.values() for part in found)))
    scales: dict[str, str] = {}
    for measure, found in parts.items():
        for part in found:
            terms_named = [name.term for name in named.get(part, ()) if name.axis == Axis.OUTCOME_MEASURE]
            if terms_named:
                scales[measure] = terms.printed(Axis.OUTCOME_MEASURE, terms_named[0])
                break
    return scales


def related(db: Rows, studies: dict[int, StudyRow]) -> list[Related]:
    """Which of these studies tell of the same people."""
    names: dict[Any, str] = {}
    for row in studies.values():
        names |= {name: row.key for name in (row.key, row.pmid, row.doi) if name}
    found = []
    for among, params in chunks(list(studies)):
        for study, kind, pmid, doi, key in db.rows(RELATED.format(among), params):
            other = names.get(key) or names.get(pmid) or names.get(doi)
            if kind in _SAME_PEOPLE and other:
                found.append(Related(studies[study].key, kind, other))
    return found
