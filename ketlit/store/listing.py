"""Studies as rows of a list: what `search` and all other lists show of a study, in four queries a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ketlit.store.connect import Rows
from ketlit.store.terms import Terms
from ketlit.views import StudyRow, Verified
from ketlit.vocabulary import Axis

PAGE: Final = 500  # ids in one IN list
STUDIES: Final = (
    "SELECT s.id, s.key, s.pmid, s.doi, s.title, s.year, s.journal, s.journal_abbrev, s.design, s.n, s.n_studies, "
    "s.context, s.direction, s.status, s.source, s.curated, s.pmid_verification, s.doi_verification, "
    "s.numbers_verification, s.excluded, r.name FROM study s LEFT JOIN trial r ON r.id = s.trial_id WHERE s.id IN ({})"
)
AUTHORS: Final = (
    "SELECT study_id, family, given, initials, suffix, collective FROM author WHERE study_id IN ({}) "
    "ORDER BY study_id, position"
)
ACTIVE_TAGS: Final = (
    "SELECT t.study_id, t.axis, t.term FROM tag t WHERE t.active AND t.study_id IN ({}) "
    "ORDER BY t.study_id, t.axis, t.term"
)
LABELS: Final = "SELECT study_id, label FROM label WHERE study_id IN ({}) ORDER BY study_id, label"


def chunks(ids: Sequence[int] | Sequence[str]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The placeholders and parameters of IN lists that hold all `ids`."""
    for start in range(0, len(ids), PAGE):
        params = {f"i{place}": study for place, study in enumerate(ids[start : start + PAGE])}
        yield ", ".join(f":{name}" for name in params), params


def study_rows(db: Rows, terms: Terms, ids: Sequence[int], scores: Mapping[int, float | None] = {}) -> list[StudyRow]:
    """The studies with these ids, in this order; ids that are not there are left out."""
    found: dict[int, StudyRow] = {}
    for among, params in chunks(ids):
        authors: dict[int, list[str]] = {}
        for study, *name in db.rows(AUTHORS.format(among), params):
            authors.setdefault(study, []).append(display_name(*name))
        tags: dict[int, dict[str, list[str]]] = {}
        for study, axis, term in db.rows(ACTIVE_TAGS.format(among), params):
            tags.setdefault(study, {}).setdefault(axis, []).append(term)
        labels: dict[int, list[str]] = {}
        for study, label in db.rows(LABELS.format(among), params):
            labels.setdefault(study, []).append(label)
        for row in db.rows(STUDIES.format(among), params):
            study = row[0]
            names, tagged, labelled = authors.get(study, []), tags.get(study, {}), sorted(labels.get(study, []))
            found[study] = _row(row, names, tagged, labelled, scores.get(study), terms)
    return [found[study] for study in ids if study in found]


def _row(
    row: tuple[Any, ...],
    authors: list[str],
    tags: dict[str, list[str]],
    labels: list[str],
    score: float | None,
    terms: Terms,
) -> StudyRow:
    (_, key, pmid, doi, title, year, journal, abbrev, design, n, n_studies) = row[:11]
    (context, direction, status, source, curated, seen_pmid, seen_doi, seen_numbers, excluded, trial) = row[11:]

    def of(axis: str) -> list[str]:
        return terms.specific(axis, tags[axis]) if axis in tags else []

    return StudyRow(
        key=key,
        pmid=pmid,
        doi=doi or None,
        title=title,
        authors=authors,
        year=year,
        journal=abbrev or journal,
        design=design or None,
        design_flags=flags(terms, tags.get("design", ())),
        n=n,
        n_studies=n_studies,
        conditions=of("condition"),
        routes=of("route"),
        outcomes=of("outcome"),
        harms=of("adverse-effect"),
        drugs=of("drug"),
        comparators=of("comparator"),
        populations=of("population"),
        context=context or None,
        direction=direction,
        status=status,
        source=source,
        curated=bool(curated),
        verification=Verified(seen_pmid, seen_doi, seen_numbers),
        trial=trial,
        labels=labels,
        excluded=bool(excluded),
        score=score,
        url=url_of(pmid, doi),
    )


def flags(terms: Terms, tagged: Iterable[str]) -> list[str]:
    """The design flags among a study's design terms, in the taxonomy's order."""
    entries = [entry for term in tagged if (entry := terms.get(Axis.DESIGN, term)) and entry.flag]
    return list(dict.fromkeys(entry.printed for entry in sorted(entries, key=lambda entry: entry.position)))


def url_of(pmid: int | None, doi: str) -> str | None:
    """Where a study can be read about: PubMed's page, else the DOI's."""
    if pmid is not None:
        return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
    return f"https://doi.org/{doi}" if doi else None


def display_name(family: str, given: str, initials: str, suffix: str, collective: str) -> str:
    """An author as PubMed prints one: family name, initials, suffix ("Smith JA Jr"); a group by its name."""
    if collective:
        return collective
    short = initials or "".join(part[0] for part in given.replace("-", " ").split() if part[0].isalpha())
    return " ".join(part for part in (family, short, suffix) if part)
