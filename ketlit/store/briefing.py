"""What a brief is made of: the studies of a topic that count, their findings, doses and follow-up; and what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from ketlit.evidence_views import BriefRows, DoseRow, FindingRow, Followed, LeftOut
from ketlit.store import evidence
from ketlit.store.connect import Rows
from ketlit.store.judgements import judgements_of
from ketlit.store.listing import chunks, study_rows
from ketlit.store.mapping import NO_RESULT, THERAPEUTIC, context_left_out, why_left_out
from ketlit.store.query import Query
from ketlit.store.terms import Terms
from ketlit.views import Filters
from ketlit.vocabulary import Axis, Status, TimeUnit

STUDIES: Final = (
    "SELECT s.id, s.key, s.design, s.status, s.excluded, s.context FROM study s{} "
    "ORDER BY COALESCE(s.year, 9999), s.key, s.id"
)
DOSES: Final = (
    "SELECT s.key, d.drug, d.route, d.value, d.value_high, d.unit, d.duration, d.duration_unit, d.text "
    "FROM dose d JOIN study s ON s.id = d.study_id WHERE d.study_id IN ({}) ORDER BY d.study_id, d.position"
)
FOLLOWED: Final = (
    "SELECT s.key, s.follow_up_value, s.follow_up_unit FROM study s WHERE s.id IN ({}) "
    "AND s.follow_up_value IS NOT NULL ORDER BY s.id"
)
# harms of heavy or long use are known from people who were not treated
MISUSE: Final = "misuse"
EXCLUDED: Final = "SELECT s.key FROM study s WHERE s.excluded"
LAST_CHANGE: Final = 'SELECT MAX(at) FROM "change"'
CREATED: Final = "SELECT value FROM library WHERE name = 'created_at'"
DAYS: Final = {
    TimeUnit.MIN: 1 / 1440,
    TimeUnit.H: 1 / 24,
    TimeUnit.D: 1.0,
    TimeUnit.WK: 7.0,
    TimeUnit.MO: 30.4,
    TimeUnit.Y: 365.25,
}


def brief_rows(db: Rows, terms: Terms, filters: Filters, topic: str, *, all_contexts: bool = False) -> BriefRows:
    """Everything a brief on the condition `topic` (any name of it, "" for none) says something of.

    Raises UsageError, with the nearest terms, where the topic or a filter is not known.
    """
    if topic:
        filters = filters._replace(condition=(topic, *filters.condition))
    query = Query(db, filters, terms)
    asked = all_contexts or bool(filters.context)
    counted: list[int] = []
    left: Counter[str] = Counter()
    named: dict[str, list[str]] = {"waiting": [], "retracted": []}
    for study, key, design, status, excluded, context in db.rows(STUDIES.format(query.whole(db.dialect)), query.params):
        why = context_left_out(context, asked=asked) or why_left_out(status, design, bool(excluded))
        if not why:
            counted.append(study)
            continue
        left[why] += 1
        if why in NO_RESULT.values():
            named["waiting"].append(key)
        elif status == Status.RETRACTED:
            named["retracted"].append(key)
    rows = dict(zip(counted, study_rows(db, terms, counted), strict=True))
    keys = {row.key for row in rows.values()}
    found, _ = evidence.findings(db, terms, filters._replace(outcome=(), harm=()))
    term = terms.resolve(Axis.CONDITION, topic)[0] if topic else ""
    mine = [each for each in found if each.key in keys]
    return BriefRows(
        topic=term,
        label=terms.label(Axis.CONDITION, term) if term else "",
        studies=list(rows.values()),
        waiting=named["waiting"],
        retracted=named["retracted"],
        left_out=[LeftOut(reason, k) for reason, k in sorted(left.items(), key=lambda one: (-one[1], one[0]))],
        findings=mine,
        elsewhere=_elsewhere(db, terms, filters),
        related=evidence.related(db, rows),
        doses=_doses(db, counted),
        followed=_followed(db, counted),
        contexts=[] if asked else list(THERAPEUTIC),
        understood=query.understood,
        names={
            f"{axis.value}:{name}": entry.label
            for axis in (Axis.OUTCOME, Axis.ADVERSE_EFFECT)
            for name, entry in terms.by_axis.get(axis.value, {}).items()
        },
        date=_date(db),
        judgements=tuple(judgements_of(db, counted)),
        wider=_wider(db, terms, filters, term, mine) if term else (),
    )


def _wider(db: Rows, terms: Terms, filters: Filters, term: str, mine: Sequence[FindingRow]) -> tuple[FindingRow, ...]:
    """Findings of studies that count, on the conditions right above `term`, against what `mine` are compared with."""
    above = terms.parents(Axis.CONDITION, term)
    against = {each.comparator for each in mine if terms.get(Axis.COMPARATOR, each.comparator) and not each.harm}
    if not above or not against:
        return ()
    contexts = filters.context or tuple(each for each in THERAPEUTIC if terms.get(Axis.CONTEXT, each))
    asked = filters._replace(condition=tuple(above), comparator=tuple(sorted(against)), outcome=(), harm=())
    found, _ = evidence.findings(db, terms, asked._replace(context=contexts))
    known = {each.key for each in mine} | {row[0] for row in db.rows(EXCLUDED)}
    return tuple(
        each
        for each in found
        if each.key not in known and not each.harm and not why_left_out(each.status, each.design or "", excluded=False)
    )


def _elsewhere(db: Rows, terms: Terms, filters: Filters) -> list[FindingRow]:
    """Harms among people who used ketamine without being treated; none in a library that knows no such context."""
    if terms.get(Axis.CONTEXT, MISUSE) is None:
        return []
    asked = Filters(context=(MISUSE,), as_of=filters.as_of, status=(Status.CURRENT, Status.CORRECTED))
    found, _ = evidence.findings(db, terms, asked)
    return [each for each in found if each.harm]


def _doses(db: Rows, ids: Sequence[int]) -> list[DoseRow]:
    return [DoseRow(*row) for among, params in chunks(ids) for row in db.rows(DOSES.format(among), params)]


def _followed(db: Rows, ids: Sequence[int]) -> list[Followed]:
    rows: list[tuple[Any, ...]] = []
    for among, params in chunks(ids):
        rows += db.rows(FOLLOWED.format(among), params)
    return [
        Followed(key, value * DAYS[TimeUnit(unit)], f"{value:g} {unit}") for key, value, unit in rows if unit in DAYS
    ]


def _date(db: Rows) -> str:
    """The day of the library's last change, else of its making."""
    last = db.rows(LAST_CHANGE)[0][0] or next((row[0] for row in db.rows(CREATED)), "")
    return str(last)[:10]
