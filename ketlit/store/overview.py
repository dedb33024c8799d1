"""Questions about the library as a whole: its years, terms, trials, claims and counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from ketlit.errors import NotFound
from ketlit.store.connect import Rows, plain_rows
from ketlit.store.listing import chunks, study_rows
from ketlit.store.query import Query
from ketlit.store.terms import Terms
from ketlit.views import ClaimRow, Count, Filters, Stats, TermRow, TimelineEntry, TrialRow
from ketlit.vocabulary import NOT_KETAMINE, Axis, together

# a term prints as another one, or lies below it: either way it counts there
_ABOVE: Final = (
    "(SELECT axis, term, parent FROM term_parent "
    "UNION ALL SELECT axis, term, prints_as FROM term WHERE prints_as <> '') p"
)
OWN: Final = (
    "SELECT t.axis, COALESCE(NULLIF(m.prints_as, ''), t.term) AS shown, COUNT(DISTINCT t.study_id) "
    "FROM tag t LEFT JOIN term m ON m.axis = t.axis AND m.term = t.term WHERE t.active{} "
    "GROUP BY t.axis, COALESCE(NULLIF(m.prints_as, ''), t.term) ORDER BY t.axis, shown"
)
WITH_CHILDREN: Final = (
    "WITH RECURSIVE below(axis, top, term) AS (SELECT axis, term, term FROM term "
    f"UNION SELECT b.axis, b.top, p.term FROM below b JOIN {_ABOVE} ON p.axis = b.axis AND p.parent = b.term) "
    "SELECT b.axis, b.top, COUNT(DISTINCT t.study_id) FROM below b "
    "JOIN tag t ON t.axis = b.axis AND t.term = b.term WHERE t.active{} "
    "GROUP BY b.axis, b.top ORDER BY b.axis, b.top"
)
# of these two axes a study has one value, which stands in its row
BY_DESIGN: Final = "SELECT design, COUNT(*) FROM study WHERE design <> ''{} GROUP BY design ORDER BY design"
BY_CONTEXT: Final = "SELECT context, COUNT(*) FROM study WHERE context <> ''{} GROUP BY context ORDER BY context"
SYNONYMS: Final = (
    "SELECT axis, term, text FROM synonym WHERE kind NOT IN ('id', 'label') ORDER BY axis, term, text, folded"
)
SHARED: Final = (
    "SELECT y.axis, y.term, y.text, y.folded FROM synonym y WHERE y.ambiguous OR y.folded IN (SELECT folded FROM "
    "synonym GROUP BY folded HAVING COUNT(DISTINCT axis || ':' || term) > 1) ORDER BY y.axis, y.term, y.text, y.folded"
)
CONFUSED: Final = "SELECT value FROM library WHERE name = 'confused_with'"
BY_YEAR: Final = (
    "SELECT s.id FROM study s{} ORDER BY CASE WHEN s.year IS NULL THEN 1 ELSE 0 END, s.year, s.published_by, s.id"
)
DIRECTIONS: Final = (
    "SELECT study_id, outcome, direction FROM finding WHERE study_id IN ({}) AND NOT harm "
    "ORDER BY study_id, position, id"
)
LANDMARKS: Final = (
    "SELECT l.study_id, c.id, c.verdict, c.text FROM claim_study l JOIN claim c ON c.id = l.claim_id "
    "WHERE l.study_id IN ({}) ORDER BY l.study_id, c.position, c.id"
)
IN_TRIALS: Final = (
    "SELECT s.trial_id, s.id, s.key, s.year, s.n FROM study s WHERE s.trial_id IN ({}){} "
    "ORDER BY s.trial_id, COALESCE(s.year, 9999), s.id"
)
TRIALS: Final = "SELECT id, name, title, registry_ids FROM trial WHERE id IN ({}) ORDER BY id"
CONDITIONS: Final = (
    "SELECT t.study_id, t.term FROM tag t WHERE t.active AND t.axis = 'condition' AND t.study_id IN ({}) "
    "ORDER BY t.study_id, t.term"
)
CLAIMS: Final = "SELECT id, text, verdict, explanation, confidence, updates, source FROM claim ORDER BY position, id"
CLAIM_STUDIES: Final = (
    "SELECT l.claim_id, s.key FROM claim_study l JOIN study s ON s.id = l.study_id "
    "ORDER BY l.claim_id, l.position, s.id"
)
STUDIES: Final = (
    "SELECT COUNT(*), SUM(CASE WHEN curated THEN 1 ELSE 0 END), SUM(CASE WHEN source = 'synced' THEN 1 ELSE 0 END), "
    "SUM(CASE WHEN source = 'imported' THEN 1 ELSE 0 END), MIN(year), MAX(year) FROM study{}"
)
PARTICIPANTS: Final = (
    "SELECT SUM(n) FROM (SELECT MAX(n) AS n FROM study WHERE trial_id IS NOT NULL AND {0}{{0}} GROUP BY trial_id "
    "UNION ALL SELECT n FROM study WHERE trial_id IS NULL AND {0}{{0}}) people"
).format(
    # neither those who are still to take part, nor those who are counted in the studies that were analysed again
    "n_kind <> 'planned' AND design NOT IN ('registration', 'protocol', 'secondary-analysis', 'meta-analysis', "
    "'systematic-review')"
)
# whose people took no ketamine; asked for by context, they are all that is asked for
OF_OTHERS: Final = f" AND context <> '{NOT_KETAMINE}'"
LEFT_OUT: Final = f"SELECT COUNT(*) FROM study WHERE context = '{NOT_KETAMINE}'{{}}"
# a count over the primary keys of `section` reads no text
WITHOUT_ABSTRACT: Final = (
    "SELECT COUNT(*) FROM study s WHERE NOT EXISTS (SELECT 1 FROM section e WHERE e.study_id = s.id)"
)
BY_STATUS: Final = "SELECT status, COUNT(*) FROM study{} GROUP BY status ORDER BY status"
VERIFIED: Final = (
    "SELECT pmid_verification, COUNT(*) FROM study WHERE curated{} "
    "GROUP BY pmid_verification ORDER BY pmid_verification"
)
COUNTS: Final = (
    "SELECT (SELECT COUNT(*) FROM trial), (SELECT COUNT(*) FROM finding WHERE NOT harm), "
    "(SELECT COUNT(*) FROM finding WHERE harm), (SELECT COUNT(*) FROM claim), (SELECT COUNT(*) FROM note), "
    "(SELECT COUNT(*) FROM label), (SELECT MAX(at) FROM change)"
)
# the same of some studies; when the library last changed is one for all
COUNTS_OF: Final = (
    "SELECT (SELECT COUNT(DISTINCT trial_id) FROM study WHERE id IN {0}), "
    "(SELECT COUNT(*) FROM finding WHERE NOT harm AND study_id IN {0}), "
    "(SELECT COUNT(*) FROM finding WHERE harm AND study_id IN {0}), "
    "(SELECT COUNT(DISTINCT claim_id) FROM claim_study WHERE study_id IN {0}), "
    "(SELECT COUNT(*) FROM note WHERE study_id IN {0}), (SELECT COUNT(*) FROM label WHERE study_id IN {0}), "
    "(SELECT MAX(at) FROM change)"
)
LIBRARY: Final = "SELECT name, value FROM library ORDER BY name"
SCHEMA: Final = {"sqlite": "PRAGMA user_version", "postgresql": "SELECT version_num FROM alembic_version"}


def timeline(db: Rows, terms: Terms, filters: Filters) -> list[TimelineEntry]:
    """All studies that fit by year, those without one last."""
    query = Query(db, filters, terms)
    ids = plain_rows(db.rows(BY_YEAR.format(query.whole(db.dialect)), query.params))
    directions: dict[int, dict[tuple[str, str], None]] = {}
    landmarks: dict[int, list[tuple[str, str, str]]] = {}
    for among, params in chunks(ids):
        for study, outcome, direction in db.rows(DIRECTIONS.format(among), params):
            directions.setdefault(study, {})[terms.printed(Axis.OUTCOME, outcome), direction] = None
        for study, *claim in db.rows(LANDMARKS.format(among), params):
            landmarks.setdefault(study, []).append((claim[0], claim[1], claim[2]))
    rows = study_rows(db, terms, ids)
    return [
        TimelineEntry(row, list(directions.get(study, ())), landmarks.get(study, []))
        for study, row in zip(ids, rows, strict=True)
    ]


def directions_on(db: Rows, ids: Sequence[int], outcomes: Collection[str]) -> dict[int, str]:
    """The direction of each study's findings on these outcomes (ids of terms), where it has any."""
    found: dict[int, dict[str, None]] = {}
    for among, params in chunks(list(ids)):
        for study, outcome, direction in db.rows(DIRECTIONS.format(among), params):
            if outcome in outcomes:
                found.setdefault(study, {})[direction] = None
    return {study: together(directions) for study, directions in found.items()}


def terms_of(db: Rows, terms: Terms, axis: str | None) -> list[TermRow]:
    """The printed terms of one axis, or of all, as a tree, with the studies of each: its own, and with its children."""
    own, whole = _counts(db, terms, axis)
    synonyms: dict[tuple[str, str], dict[str, None]] = {}
    for on, term, text in db.rows(SYNONYMS):
        synonyms.setdefault((on, terms.printed(on, term)), {})[text] = None
    return [
        TermRow(
            axis=on,
            term=term,
            label=terms.label(on, term),
            parents=terms.parents(on, term),
            synonyms=list(synonyms.get((on, term), ())),
            k=own.get((on, term), 0),
            k_with_children=whole.get((on, term), 0),
            depth=depth,
        )
        for on in ([axis] if axis else _axes(terms))
        for term, depth in terms.tree(on)
    ]


def shared_names(db: Rows, terms: Terms) -> dict[tuple[str, str], dict[str, list[str]]]:
    """By (axis, printed term): its names that another term has too, and short forms that count only where defined.

    Of each name what else it may mean: the other terms, as axis:term, then what the taxonomy takes care not to take for
    it; [] where neither is known.
    """
    from json import loads

    rows = [(axis, terms.printed(axis, term), term, text, folded) for axis, term, text, folded in db.rows(SHARED)]
    owners: dict[str, dict[str, None]] = {}
    for axis, printed, _, _, folded in rows:
        owners.setdefault(folded, {})[f"{axis}:{printed}"] = None
    told = db.rows(CONFUSED)
    confused: dict[str, dict[str, list[str]]] = loads(told[0][0]) if told else {}
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for axis, printed, term, text, folded in rows:
        others = [name for name in owners[folded] if name != f"{axis}:{printed}"]
        others += confused.get(f"{axis}:{term}", {}).get(text, [])
        mine = found.setdefault((axis, printed), {})
        mine[text] = list(dict.fromkeys([*mine.get(text, []), *others]))
    return found


def _axes(terms: Terms) -> list[str]:
    """The axes there are terms on, in the vocabulary's order."""
    return [axis.value for axis in Axis if axis.value in terms.by_axis]


def _counts(
    db: Rows, terms: Terms, axis: str | None, among: str = "", known: Mapping[str, Any] = {}
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Studies by (axis, printed term): with this very term, and with it or what lies below. A study counts once.

    `among`: a query for the ids of the studies that count, with `known`, its parameters; "" for all.
    """
    one, params = (" AND t.axis = :axis", {"axis": axis, **known}) if axis else ("", dict(known))
    one += f" AND t.study_id IN {among}" if among else ""
    of = f" AND id IN {among}" if among else ""
    own = {(on, term): int(k) for on, term, k in db.rows(OWN.format(one), params)}
    whole = {(on, term): int(k) for on, term, k in db.rows(WITH_CHILDREN.format(one), params)}
    for single, sql in ((Axis.DESIGN.value, BY_DESIGN), (Axis.CONTEXT.value, BY_CONTEXT)):
        if axis not in (None, single):
            continue
        for counts in (own, whole):
            for key in [key for key in counts if key[0] == single]:
                entry = terms.get(*key)
                if not (entry and entry.flag):
                    del counts[key]
        for term, k in db.rows(sql.format(of), known):
            own[single, term] = int(k)
            for above in terms.above(single, term):
                whole[single, above] = whole.get((single, above), 0) + int(k)
    return own, whole


def trials(db: Rows, terms: Terms, filters: Filters) -> list[TrialRow]:
    """The trials that a fitting study belongs to, with all their studies (of those out by `as_of`), by name."""
    query = Query(db, filters, terms)
    where = query.whole(db.dialect)
    joint = "AND" if where else "WHERE"
    sql = f"SELECT DISTINCT s.trial_id FROM study s{where} {joint} s.trial_id IS NOT NULL"
    ids = plain_rows(db.rows(sql, query.params))
    found: list[TrialRow] = []
    for among, params in chunks(ids):
        studies: dict[int, list[tuple[Any, ...]]] = {}
        for row in db.rows(IN_TRIALS.format(among, query.out_by), params | query.day):
            studies.setdefault(row[0], []).append(row[1:])
        conditions = conditions_of(db, [row[0] for rows in studies.values() for row in rows])
        for trial, name, title, registry_ids in db.rows(TRIALS.format(among), params):
            mine = studies.get(trial, [])
            tags = [term for row in mine for term in conditions.get(row[0], ())]
            found.append(
                TrialRow(
                    name=name,
                    title=title,
                    registry_ids=_json(registry_ids),
                    studies=[row[1] for row in mine],
                    years=sorted({row[2] for row in mine if row[2] is not None}),
                    n=max((row[3] for row in mine if row[3] is not None), default=None),
                    conditions=terms.specific(Axis.CONDITION.value, tags),
                )
            )
    return sorted(found, key=lambda trial: (trial.name.casefold(), trial.name))


def conditions_of(db: Rows, ids: Sequence[int]) -> dict[int, list[str]]:
    """The conditions each study is tagged with, general ones too."""
    found: dict[int, list[str]] = {}
    for among, params in chunks(ids):
        for study, term in db.rows(CONDITIONS.format(among), params):
            found.setdefault(study, []).append(term)
    return found


def claims(db: Rows, claim: str | None) -> list[ClaimRow]:
    """The claims in the article's order, or the one with this id. Raises NotFound, naming the ids there are."""
    studies: dict[str, list[str]] = {}
    for on, key in db.rows(CLAIM_STUDIES):
        studies.setdefault(on, []).append(key)
    found = [
        ClaimRow(name, text, verdict, explanation, confidence, studies.get(name, []), _json(updates), source)
        for name, text, verdict, explanation, confidence, updates, source in db.rows(CLAIMS)
    ]
    if claim is None:
        return found
    same = [row for row in found if row.id.casefold() == claim.strip().casefold()]
    if not same:
        there = f"there are {found[0].id} to {found[-1].id}" if found else "there are no claims in this library"
        raise NotFound(f"no claim is called {claim[:80]!r}", there)
    return same


def stats(db: Rows, terms: Terms, path: str, filters: Filters) -> Stats:
    """What is in the library, or of it fits the filters, and how old it is. Raises UsageError."""
    query = Query(db, filters, terms)
    where, params = query.whole(db.dialect), query.params
    among = f"(SELECT s.id FROM study s{where})" if where else ""
    of, alone = (f" AND id IN {among}", f" WHERE id IN {among}") if among else ("", "")
    studies, curated, synced, imported, first, last = db.rows(STUDIES.format(alone), params)[0]
    counts = COUNTS_OF.format(among) if among else COUNTS
    trial_count, findings, harms, claim_count, notes, labels, last_change = db.rows(counts, params)[0]
    asked = bool(filters.context)
    library = dict(db.rows(LIBRARY))
    _, conditions = _counts(db, terms, Axis.CONDITION.value, among, params)
    _, routes = _counts(db, terms, Axis.ROUTE.value, among, params)
    return Stats(
        studies=studies,
        curated=curated or 0,
        synced=synced or 0,
        imported=imported or 0,
        trials=trial_count,
        participants=int(db.rows(PARTICIPANTS.format(of + ("" if asked else OF_OTHERS)), params)[0][0] or 0),
        not_ketamine=0 if asked else db.rows(LEFT_OUT.format(of), params)[0][0],
        findings=findings,
        harms=harms,
        claims=claim_count,
        notes=notes,
        labels=labels,
        without_abstract=db.rows(WITHOUT_ABSTRACT + of.replace(" id ", " s.id "), params)[0][0],
        first_year=first,
        last_year=last,
        by_design=most_first(db.rows(BY_DESIGN.format(of), params)),
        by_status=most_first(db.rows(BY_STATUS.format(alone), params)),
        by_condition=_printed(terms, conditions),
        by_route=_printed(terms, routes),
        verification=most_first(db.rows(VERIFIED.format(of), params)),
        created_at=library.get("created_at", ""),
        last_change=last_change or library.get("created_at", ""),
        seed=library.get("seed_version", ""),
        schema=int(db.rows(SCHEMA[db.dialect])[0][0]),
        path=path,
    )


def most_first(rows: Iterable[tuple[Any, ...]]) -> list[Count]:
    """Counts, most first; equal ones by name."""
    return sorted((Count(name, int(k)) for name, k in rows), key=lambda count: (-count.k, count.name))


def _printed(terms: Terms, counts: Mapping[tuple[str, str], int]) -> list[Count]:
    """Most first, without terms that print as another one."""
    return most_first((term, k) for (axis, term), k in counts.items() if terms.printed(axis, term) == term)


def _json(text: str) -> list[str]:
    """A list kept as JSON; most are empty, and `json` costs 2 ms to import."""
    if text in ("", "[]"):
        return []
    from json import loads

    return [str(each) for each in loads(text)]
