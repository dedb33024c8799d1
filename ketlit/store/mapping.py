"""What an evidence map is counted from: the studies that count, with their terms on two axes; and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from ketlit.evidence_views import LeftOut, MapRows, MapStudy, MapTerm
from ketlit.store.connect import Rows
from ketlit.store.listing import chunks
from ketlit.store.query import TERM_FILTERS, Query
from ketlit.store.terms import Terms
from ketlit.store.words import clean
from ketlit.views import Filters
from ketlit.vocabulary import Axis, Design, Status

# ketamine given to treat somebody; what is counted where no context is asked for
THERAPEUTIC: Final = ("therapeutic-pain", "therapeutic-psychiatric")
OTHER_CONTEXT: Final = "another context than treatment"
NO_CONTEXT: Final = "no context known"
_GONE: Final = {Status.RETRACTED: "retracted", Status.WITHDRAWN: "withdrawn", Status.DELETED: "deleted from PubMed"}
NO_RESULT: Final = {Design.PROTOCOL: "protocol", Design.REGISTRATION: "registration without results"}
STUDIES: Final = (
    "SELECT s.id, s.key, s.trial_id, s.n, s.design, s.direction, s.status, s.excluded, s.context, s.curated "
    "FROM study s{} ORDER BY s.id"
)
TAGGED: Final = "s.id IN (SELECT t.study_id FROM tag t WHERE t.active AND t.axis = :{0})"
TERMS_OF: Final = "SELECT t.study_id, t.term FROM tag t WHERE t.active AND t.axis = :axis AND t.study_id IN ({})"
WHOLE_AXIS: Final = "SELECT t.study_id, t.term FROM tag t WHERE t.active AND t.axis = :axis"
FEW: Final = 2_000
# the two axes of which a study has one value, in its row
IN_ROW: Final[dict[str, str]] = {Axis.DESIGN: "design", Axis.CONTEXT: "context"}


def why_left_out(status: str, design: str, excluded: bool) -> str:
    """Why a study does not count in maps and briefs; "" where it does."""
    if status in _GONE:
        return _GONE[Status(status)]
    if excluded:
        return "excluded by you"
    return NO_RESULT.get(design, "")  # type: ignore[call-overload, no-any-return]


def context_left_out(context: str, *, asked: bool) -> str:
    """Why a study in this context does not count; "" where contexts were `asked` for, or it is treatment."""
    if asked or context in THERAPEUTIC:
        return ""
    return OTHER_CONTEXT if context else NO_CONTEXT


def map_rows(
    db: Rows, terms: Terms, filters: Filters, rows: Axis, columns: Axis, *, all_contexts: bool = False
) -> MapRows:
    """The studies that fit and have a term on both axes. Raises UsageError where a filter cannot be used.

    Only therapeutic contexts count, unless `all_contexts` or the filters name some.
    """
    query = Query(db, filters, terms)
    asked = all_contexts or bool(filters.context)
    found, left_out = _counted(db, query, (rows, columns), asked=asked)
    edges = [_Edge(db, terms, axis, found, filters) for axis in (rows, columns)]
    on_rows, on_columns = (edge.of_study for edge in edges)
    studies = [
        MapStudy(
            key=key,
            unit=study if trial is None else -trial,
            n=n,
            design=design,
            direction=direction,
            rows=on_rows[study],
            columns=on_columns[study],
            curated=bool(curated),
        )
        for study, key, trial, n, design, direction, *_, curated in found
        if study in on_rows and study in on_columns
    ]
    contexts = [] if asked else list(THERAPEUTIC)
    return MapRows(studies, edges[0].shown(), edges[1].shown(), left_out, contexts, query.understood)


class _Edge:
    """One axis of a map: of each study the terms that are shown, with those above them.

    Shown are the terms that a study has most specifically; where the axis is filtered, those asked for and below.
    """

    def __init__(self, db: Rows, terms: Terms, axis: Axis, found: Sequence[tuple[Any, ...]], filters: Filters) -> None:
        self._terms = terms
        self._axis = axis.value
        own = _in_row(axis, found) if axis in IN_ROW else _tagged(db, axis, [row[0] for row in found])
        kinds = {study: frozenset(mine) for study, mine in own.items()}  # few, of many studies
        specific = {kind: terms.specific(self._axis, kind) for kind in set(kinds.values())}
        asked = _asked_for(terms, axis, filters)
        self._among = {term for mine in specific.values() for term in mine if asked is None or term in asked}
        above = {
            kind: tuple(sorted(self._among & frozenset().union(*(terms.above(self._axis, term) for term in mine))))
            for kind, mine in specific.items()
        }
        self.of_study = {study: above[kind] for study, kind in kinds.items() if above[kind]}

    def shown(self) -> list[MapTerm]:
        """The terms in the taxonomy's order, each as deep as it lies below others that are shown."""
        found: list[MapTerm] = []
        above: list[tuple[int, int]] = []  # (depth in the taxonomy, depth here) of the terms that are open
        for term, depth in self._terms.tree(self._axis):
            while above and above[-1][0] >= depth:
                above.pop()
            if term in self._among:
                here = above[-1][1] + 1 if above else 0
                above.append((depth, here))
                found.append(MapTerm(term, self._terms.label(self._axis, term), here))
        known = {each.term for each in found}
        return found + [MapTerm(term, term, 0) for term in sorted(self._among - known)]


def _asked_for(terms: Terms, axis: Axis, filters: Filters) -> set[str] | None:
    """The terms an axis is filtered by, and all below them; None where it is not."""
    field = next(name for name, value in TERM_FILTERS.items() if value == axis.value)
    typed: tuple[str, ...] = getattr(filters, field)
    if not typed:
        return None
    resolved = [term for each in typed for term in terms.resolve(axis.value, clean(each))]
    return set().union(*(terms.below(axis.value, term) for term in resolved))


def _in_row(axis: Axis, found: Sequence[tuple[Any, ...]]) -> dict[int, set[str]]:
    place = {Axis.DESIGN: 4, Axis.CONTEXT: 8}[axis]
    return {row[0]: {row[place]} for row in found}


def _tagged(db: Rows, axis: Axis, ids: Sequence[int]) -> dict[int, set[str]]:
    """The terms of these studies on an axis: by study where they are few, else the axis as it lies in the index."""
    own: dict[int, set[str]] = {}
    if len(ids) > FEW:
        wanted = set(ids)
        for study, term in db.rows(WHOLE_AXIS, {"axis": axis.value}):
            if study in wanted:
                own.setdefault(study, set()).add(term)
        return own
    for among, params in chunks(ids):
        for study, term in db.rows(TERMS_OF.format(among), {**params, "axis": axis.value}):
            own.setdefault(study, set()).add(term)
    return own


def _counted(
    db: Rows, query: Query, axes: Sequence[Axis], *, asked: bool
) -> tuple[list[tuple[Any, ...]], list[LeftOut]]:
    """The rows of `STUDIES` that count, and how many do not, by reason."""
    where = query.whole(db.dialect)
    params = dict(query.params)
    clauses = []
    for name, axis in zip(("rows_axis", "columns_axis"), axes, strict=True):
        if axis in IN_ROW:
            clauses.append(f"s.{IN_ROW[axis]} <> ''")
        else:
            clauses.append(TAGGED.format(name))
            params[name] = axis.value
    where += (" AND " if where else " WHERE ") + " AND ".join(clauses)
    counted: list[tuple[Any, ...]] = []
    left: Counter[str] = Counter()
    for row in db.rows(STUDIES.format(where), params):
        status, excluded, context = row[6:9]
        why = context_left_out(context, asked=asked) or why_left_out(status, row[4], bool(excluded))
        if why:
            left[why] += 1
        else:
            counted.append(row)
    return counted, [LeftOut(reason, k) for reason, k in sorted(left.items(), key=lambda one: (-one[1], one[0]))]
