"""Claims with what bears on them: their studies and findings, and what their checks are recomputed from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from json import loads
from typing import Final

from ketlit.evidence_views import BriefRows, CheckRows, ClaimRows
from ketlit.store import evidence, overview
from ketlit.store.briefing import brief_rows
from ketlit.store.connect import Rows
from ketlit.store.listing import chunks, study_rows
from ketlit.store.query import OUT_BY, last_day
from ketlit.store.terms import Terms
from ketlit.views import ClaimCheck, ClaimRow, Filters, StudyRow
from ketlit.vocabulary import Axis

CHECKS: Final = "SELECT value FROM library WHERE name = 'claim_checks'"
BY_KEY: Final = "SELECT s.id, s.key FROM study s WHERE s.key IN ({}){} ORDER BY s.id"
ALL_KEYS: Final = "SELECT key FROM study ORDER BY key"
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b", re.ASCII)


def claims(db: Rows, claim: str | None = None) -> list[ClaimRow]:
    """The claims with what they state that findings can be held against, or one of them. Raises NotFound."""
    found = overview.claims(db, claim)
    kept = db.rows(CHECKS)
    known = loads(kept[0][0]) if kept else {}  # a library that an older release filled knows none
    return [
        one._replace(
            checks=tuple(_check(check) for check in known.get(one.id, {}).get("checks", ())),
            unchecked=known.get(one.id, {}).get("unchecked", ""),
        )
        for one in found
    ]


def _check(kept: dict[str, object]) -> ClaimCheck:
    return ClaimCheck(**{name: value for name, value in kept.items() if value is not None})  # type: ignore[arg-type]


def study_keys(db: Rows) -> list[str]:
    """The keys of all studies, which the claims of another article may name."""
    return [key for (key,) in db.rows(ALL_KEYS)]


def term_ids(terms: Terms) -> dict[Axis, list[str]]:
    """The terms that the checks of a claim may name."""
    return {axis: list(terms.by_axis.get(axis.value, {})) for axis in Axis}


def claim_rows(
    db: Rows, terms: Terms, found: Sequence[ClaimRow], *, listed: bool = False, as_of: str = ""
) -> list[ClaimRows]:
    """Each claim with its studies; if not only `listed`, with their findings and what its checks rest on.

    With `as_of`, a date as typed, of the studies that were out by then, and without what people told of later ones.
    Raises UsageError where it is no date.
    """
    day = {"as_of": last_day(as_of)} if as_of else {}
    out_by = f" AND {OUT_BY}" if as_of else ""
    keys = sorted({key for claim in found for key in claim.studies})
    ids: dict[int, str] = {}
    for among, params in chunks(keys):
        ids.update({number: key for number, key in db.rows(BY_KEY.format(among, out_by), params | day)})
    rows = {row.key: row for row in study_rows(db, terms, list(ids))}
    if as_of:
        found = [one._replace(studies=[key for key in one.studies if key in rows], updates=[]) for one in found]
    if listed:
        studies = [[rows[key] for key in claim.studies if key in rows] for claim in found]
        return [ClaimRows(claim, mine, [], [], _since(claim, mine)) for claim, mine in zip(found, studies, strict=True)]
    findings = evidence.findings_of(db, terms, list(ids))
    related = evidence.related(db, dict(zip(ids, rows.values(), strict=True)))
    topics: dict[str, BriefRows] = {}
    made = []
    for claim in found:
        mine = [rows[key] for key in claim.studies if key in rows]
        told = [each for each in findings if each.key in claim.studies]
        checks = []
        for check in claim.checks:
            if check.condition:
                if check.condition not in topics:
                    topics[check.condition] = brief_rows(db, terms, Filters(as_of=as_of), check.condition)
                topic = topics[check.condition]
                checks.append(CheckRows(check, topic.studies, topic.findings, topic.related))
            else:
                checks.append(CheckRows(check, mine, told, related))
        made.append(ClaimRows(claim, mine, told, checks, _since(claim, mine)))
    return made


def _since(claim: ClaimRow, studies: Sequence[StudyRow]) -> list[str]:
    """The claim's studies of later years than the article's; none where the article has no date."""
    years = _YEAR.findall(claim.source.partition(" http")[0])
    if not years:
        return []
    return [row.key for row in studies if row.year is not None and row.year > int(years[-1])]
