"""A study put together again from its rows: the whole record, and the parts of its card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from ketlit.errors import CorruptLibrary
from ketlit.store import judgements
from ketlit.store.connect import Rows
from ketlit.store.listing import chunks
from ketlit.store.terms import Terms
from ketlit.views import ChangeRow, RelatedStudy, TagRow
from ketlit.vocabulary import (
    YOURS,
    Axis,
    Blinding,
    Comparison,
    Design,
    Direction,
    NKind,
    Origin,
    RelationKind,
    Status,
    Verification,
)

if TYPE_CHECKING:
    from ketlit.record import Annotations, Facts, Finding, Record, Relation, Section, Trial

BATCH: Final = 200  # studies whose rows are held at a time
STUDIES: Final = (
    "SELECT s.id, s.key, s.pmid, s.doi, s.pmc, s.pii, s.kind, s.title, s.vernacular_title, s.authors_complete, "
    "s.journal, s.journal_abbrev, s.issn, s.volume, s.issue, s.pages, s.year, s.month, s.day, s.date_text, "
    "s.electronic_date, s.languages, s.version, s.revised, s.medline_status, s.status, s.status_note, s.source, "
    "s.curated, s.design, s.context, s.direction, s.n, s.n_kind, s.n_studies, s.blinding, s.follow_up_value, "
    "s.follow_up_unit, s.pmid_verification, s.doi_verification, s.numbers_verification, s.origin, "
    "r.name AS trial, x.abstract, x.summary, x.notes FROM study s LEFT JOIN trial r ON r.id = s.trial_id "
    "JOIN study_text x ON x.study_id = s.id WHERE s.id IN ({})"
)
STUDY_COLUMNS: Final = [part.split(" ")[-1].split(".")[-1] for part in STUDIES[7:].partition(" FROM ")[0].split(", ")]
# the rows of a study in the tables that hang on it, in their order
PARTS: Final = {
    "section": "label, category, kind, language, starts, ends",
    "author": "family, given, initials, suffix, collective, orcid",
    "publication_type": "ui, name",
    "mesh": "ui, name, major, qualifiers",
    "chemical": "ui, name, registry_number",
    "keyword": "text, major, owner",
    "registry_id": "bank, accession",
    "relation": "kind, pmid, doi, other_key, text, date, source",
    "arm": "name, n",
    "dose": "drug, route, value, value_high, unit, duration, duration_unit, number, schedule, text",
    "comparator": "kind, text",
    "link": "url",
}
_FINDING: Final = (
    "SELECT study_id, outcome, comparison, direction, harm, measure, hours, timepoint, comparator, n1, events1, mean1, "
    "sd1, percent1, n2, events2, mean2, sd2, percent2, effect_measure, effect, ci_low, ci_high, p, stat_kind, "
    "threshold, text, derived, verification, origin, source, stale FROM finding WHERE "
)
FINDINGS: Final = _FINDING + "study_id IN ({}) ORDER BY study_id, position, id"
FINDING: Final = _FINDING + "id = :id"
TAGS: Final = (
    "SELECT study_id, axis, term, origin, section, starts, ends, quote, rule, role, negated, at, active FROM tag "
    "WHERE study_id IN ({}) ORDER BY study_id, axis, term, origin"
)
NOTES: Final = "SELECT study_id, text, at FROM note WHERE study_id IN ({}) ORDER BY study_id, at, id"
LABELS: Final = "SELECT study_id, label, at FROM label WHERE study_id IN ({}) ORDER BY study_id, label"
SCREENINGS: Final = "SELECT study_id, excluded, why, at FROM screening WHERE study_id IN ({}) ORDER BY study_id, at, id"
CHANGES: Final = 'SELECT at, kind, field, old, new FROM "change" WHERE study_id = :study ORDER BY at, id'
CORRECTED: Final = (
    "SELECT at, axis, term, negated FROM tag WHERE study_id = :study AND origin = 'user' AND at <> '' "
    "ORDER BY at, axis, term"
)
SELF: Final = "SELECT key, pmid, doi, trial_id FROM study WHERE id = :study"
OWN_RELATIONS: Final = (
    "SELECT kind, pmid, doi, other_key, text, date, source FROM relation WHERE study_id = :study "
    "ORDER BY study_id, position"
)
_POINTING: Final = (
    "SELECT r.kind, s.pmid, s.doi, s.key, r.text, r.date, r.source FROM relation r JOIN study s ON s.id = r.study_id "
    "WHERE {} AND r.study_id <> :study ORDER BY r.study_id, r.position"
)
POINTING_BY_PMID: Final = _POINTING.format("r.pmid = :pmid")
# those without a PMID are few, and the index on it finds them
POINTING_BY_NAME: Final = _POINTING.format(
    "r.pmid IS NULL AND ((r.doi <> '' AND r.doi = :doi) OR (r.other_key <> '' AND r.other_key = :key))"
)
SIBLINGS: Final = (
    "SELECT s.pmid, s.doi, s.key FROM study s WHERE s.trial_id = :trial AND s.id <> :study "
    "ORDER BY COALESCE(s.year, 9999), s.id"
)
TRIALS: Final = (
    "SELECT DISTINCT r.name, r.title, r.registry_ids FROM study s JOIN trial r ON r.id = s.trial_id WHERE s.id IN ({})"
)
KEYS_BY_PMID: Final = "SELECT pmid, key FROM study WHERE pmid IN ({})"
KEYS_BY_DOI: Final = "SELECT doi, key FROM study WHERE doi IN ({}) ORDER BY id DESC"
KEY_BY_PMID: Final = "SELECT key FROM study WHERE pmid = :pmid"
KEY_BY_DOI: Final = "SELECT key FROM study WHERE doi = :doi ORDER BY id"
KEY_THERE: Final = "SELECT key FROM study WHERE key = :key"
# what a relation is from the other side; of a citation the other side knows nothing
INVERSE: Final = {
    one: other
    for pair in (
        (RelationKind.RETRACTED_BY, RelationKind.RETRACTION_OF),
        (RelationKind.CORRECTED_BY, RelationKind.CORRECTION_OF),
        (RelationKind.CONCERN_IN, RelationKind.CONCERN_ABOUT),
        (RelationKind.COMMENT_IN, RelationKind.COMMENT_ON),
        (RelationKind.UPDATED_BY, RelationKind.UPDATE_OF),
        (RelationKind.REPUBLISHED_IN, RelationKind.REPUBLISHED_FROM),
        (RelationKind.INCLUDES, RelationKind.INCLUDED_IN),
        (RelationKind.PROTOCOL_OF, RelationKind.PROTOCOL_IN),
        (RelationKind.SAME_TRIAL, RelationKind.SAME_TRIAL),
        (RelationKind.ASSOCIATED, RelationKind.ASSOCIATED),
    )
    for one, other in (pair, pair[::-1])
}
# what became of a study: each source's word is shown, though they name one notice
_FATES: Final = frozenset(
    {RelationKind.RETRACTED_BY, RelationKind.CORRECTED_BY, RelationKind.CONCERN_IN, RelationKind.REINSTATED_BY}
)

# columns of `study` that are fields of a record without more ado
AS_THEY_ARE: Final = (
    *("pmid", "doi", "pmc", "pii", "key", "kind", "title", "vernacular_title", "journal", "journal_abbrev", "issn"),
    *("volume", "issue", "pages", "year", "month", "day", "date_text", "electronic_date", "status_note", "version"),
    *("revised", "medline_status", "source"),
)

Parts = dict[str, dict[int, list[tuple[Any, ...]]]]


def records(db: Rows, ids: Sequence[int]) -> Iterator[Record]:
    """The whole of each study, in this order: what its source told, the curated facts, what people wrote."""
    terms = Terms(db)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        studies: dict[int, dict[str, Any]] = {}
        parts: Parts = {}
        for among, params in chunks(batch):
            for row in db.rows(STUDIES.format(among), params):
                studies[row[0]] = dict(zip(STUDY_COLUMNS, row, strict=True))
            for name, sql in _PARTS.items():
                rows = parts.setdefault(name, {})
                for row in db.rows(sql.format(among), params):
                    rows.setdefault(row[0], []).append(row[1:])
        for study in batch:
            if study in studies:
                mine = {name: rows.get(study, []) for name, rows in parts.items()}
                with _sound(studies[study]["key"]):
                    record = _record(studies[study], mine, terms)
                yield record


_PARTS: Final = {
    **{
        name: f"SELECT study_id, {columns} FROM {name} WHERE study_id IN ({{}}) ORDER BY study_id, position"
        for name, columns in PARTS.items()
    },
    "finding": FINDINGS,
    "tag": TAGS,
    "note": NOTES,
    "label": LABELS,
    "screening": SCREENINGS,
    "judgement": judgements.ROWS,
}

Mine = dict[str, list[tuple[Any, ...]]]


@contextmanager
def _sound(what: str) -> Iterator[None]:
    """Raises CorruptLibrary where a value is none that ketlit writes: a word of no list, no JSON."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise CorruptLibrary(
            f"the library is damaged: what it has of {what} cannot be read: {error}",
            "restore a backup made with 'ketlit db backup'",
        ) from error


def _record(study: dict[str, Any], mine: Mine, terms: Terms) -> Record:
    from json import loads

    from ketlit import record as r

    return r.Record(
        **{name: study[name] for name in AS_THEY_ARE},
        authors=[r.Author(*row) for row in mine["author"]],
        authors_complete=bool(study["authors_complete"]),
        languages=loads(study["languages"]),
        publication_types=[r.PublicationType(*row) for row in mine["publication_type"]],
        sections=_sections(study["abstract"], mine["section"]),
        mesh=[
            # half of all headings have no qualifier, and to decode none takes as long as to make the heading
            r.MeshHeading(ui, name, bool(major), [r.Qualifier(**q) for q in loads(found)] if found != "[]" else [])
            for ui, name, major, found in mine["mesh"]
        ],
        chemicals=[r.Chemical(*row) for row in mine["chemical"]],
        keywords=[r.Keyword(words, bool(major), owner) for words, major, owner in mine["keyword"]],
        registry_ids=[r.RegistryId(*row) for row in mine["registry_id"]],
        relations=[
            r.Relation(RelationKind(kind), pmid, doi, key, said, date, source)
            for kind, pmid, doi, key, said, date, source in mine["relation"]
        ],
        status=Status(study["status"]),
        tags=[_tag(row) for row in mine["tag"] if row[2] != Origin.USER],
        facts=_facts(study, mine, terms) if study["curated"] else None,
        annotations=_annotations(mine),
        doses=[] if study["curated"] else [r.Dose(*row) for row in mine["dose"]],
    )


def _sections(abstract: str, rows: Sequence[tuple[Any, ...]]) -> list[Section]:
    from ketlit.record import Section

    return [
        Section(abstract[starts:ends], label, category, kind, language)
        for label, category, kind, language, starts, ends in rows
    ]


def _tag(row: tuple[Any, ...]) -> Any:
    from ketlit.record import Tag

    axis, term, origin, section, starts, ends, quote, rule, role, negated, at, _ = row
    return Tag(Axis(axis), term, Origin(origin), section, starts, ends, quote, rule, role, bool(negated), at)


def _annotations(mine: Mine) -> Annotations | None:
    """What people wrote; None where nobody wrote anything."""
    from ketlit.record import Annotations, Note, Screening

    found = Annotations(
        notes=[Note(*row) for row in mine["note"]],
        labels=sorted(row[0] for row in mine["label"]),
        tags=[_tag(row) for row in mine["tag"] if row[2] == Origin.USER],
        screenings=[Screening(bool(excluded), why, at) for excluded, why, at in mine["screening"]],
        findings=[one for row in mine["finding"] if (one := _finding(row)).origin == Origin.USER],
        labelled={label: at for label, at in sorted(mine["label"]) if at},
        judgements=[judgements.made(row) for row in mine["judgement"]],
    )
    return found if found != Annotations() else None


def _facts(study: dict[str, Any], mine: Mine, terms: Terms) -> Facts:
    """What a curator read out of the study; its terms are the curated tags."""
    from ketlit import record as r

    curated: dict[str, list[str]] = {}
    for axis, term, origin, *_ in mine["tag"]:
        if origin == Origin.CURATED:
            curated.setdefault(axis, []).append(term)
    n, n_kind, direction = _read_out(study, mine)

    def of(axis: str, flag: bool = False) -> list[str]:
        entries = [(terms.get(axis, term), term) for term in curated.get(axis, ())]
        kept = [(entry.position if entry else 0, term) for entry, term in entries if bool(entry and entry.flag) == flag]
        return [term for _, term in sorted(kept)]

    design = next(iter(of("design")), study["design"])
    return r.Facts(
        design=Design(design) if design in set(Design) else Design.OTHER,
        design_flags=of("design", flag=True),
        context=next(iter(of("context")), study["context"]),
        direction=direction,
        conditions=of("condition"),
        populations=of("population"),
        doses=[r.Dose(*row) for row in mine["dose"]],
        comparators=[r.Comparator(*row) for row in mine["comparator"]],
        blinding=Blinding(study["blinding"] or "unknown"),
        n=n,
        n_kind=n_kind,
        n_studies=study["n_studies"],
        arms=[r.Arm(*row) for row in mine["arm"]],
        follow_up_value=study["follow_up_value"],
        follow_up_unit=study["follow_up_unit"],
        findings=[one for row in mine["finding"] if (one := _finding(row)).origin != Origin.USER],
        trial=study["trial"] or "",
        summary=study["summary"],
        notes=study["notes"],
        sources=[row[0] for row in mine["link"]],
        pmid_verification=Verification(study["pmid_verification"]),
        doi_verification=Verification(study["doi_verification"]),
        numbers_verification=Verification(study["numbers_verification"]),
        where=study["origin"],
    )


def _read_out(study: dict[str, Any], mine: Mine) -> tuple[int | None, NKind | None, Direction]:
    """How many took part, and the direction, as the curator has them: the columns too, unless a person said otherwise.

    The curated tags hold them then; where there is none, the curator says nothing of it.
    """
    n, kind, direction = study["n"], study["n_kind"], study["direction"]
    said = {row[0] for row in mine["tag"] if row[2] == Origin.USER}
    curated = {row[0]: row for row in mine["tag"] if row[2] == Origin.CURATED}
    if Axis.PARTICIPANTS in said:
        tag = curated.get(Axis.PARTICIPANTS)
        n, kind = (int(tag[1]), tag[7]) if tag else (None, "")
    if Axis.DIRECTION in said:
        tag = curated.get(Axis.DIRECTION)
        direction = tag[1] if tag else Direction.NOT_REPORTED
    return n, NKind(kind) if kind else None, Direction(direction)


def finding_of(db: Rows, number: int) -> Finding:
    """The finding with this id, which is there."""
    (found,) = db.rows(FINDING, {"id": number})
    return _finding(found[1:])


def _finding(row: tuple[Any, ...]) -> Finding:
    from ketlit.record import Effect, Finding, Group

    outcome, comparison, direction, harm, measure, hours, timepoint, comparator = row[:8]
    kind, threshold, words, derived, verification, origin, source, stale = row[23:]
    return Finding(
        outcome=outcome,
        comparison=Comparison(comparison),
        direction=Direction(direction),
        harm=bool(harm),
        measure=measure,
        hours=hours,
        timepoint=timepoint,
        comparator=comparator,
        intervention=Group(*row[8:13]),
        control=Group(*row[13:18]),
        effect=Effect(*row[18:23]),
        stat_kind=kind,
        threshold=threshold,
        text=words,
        derived=derived,
        verification=Verification(verification),
        origin=Origin(origin),
        where=source,
        stale=bool(stale),
    )


def trials(db: Rows, ids: Sequence[int]) -> dict[str, Trial]:
    """The trials that these studies report, by name."""
    from json import loads

    from ketlit.record import RegistryId, Trial

    found: dict[str, Trial] = {}
    for among, params in chunks(ids):
        for name, title, numbers in db.rows(TRIALS.format(among), params):
            with _sound(f"the trial {name}"):
                found[name] = Trial(name, [RegistryId("", number) for number in loads(numbers)], title)
    return found


def keys_of(db: Rows, relations: Iterable[Relation]) -> dict[int | str, str]:
    """The keys of the studies in the library that these relations name, by PMID and by DOI."""
    listed = list(relations)
    found: dict[int | str, str] = {}
    pmids = sorted({one.pmid for one in listed if one.pmid is not None})
    for among, params in chunks(pmids):
        found.update(db.rows(KEYS_BY_PMID.format(among), params))
    dois = sorted({one.doi for one in listed if one.doi})
    for among, params in chunks(dois):
        found.update(db.rows(KEYS_BY_DOI.format(among), params))
    return found


def tags(db: Rows, study: int) -> list[TagRow]:
    """All tags of a study with the words they rest on, by axis as the vocabulary has them; inactive ones too."""
    terms = Terms(db)
    order = [axis.value for axis in Axis]
    found = []
    for _, axis, term, origin, section, starts, ends, quote, rule, role, negated, _, active in db.rows(
        TAGS.format(":study"), {"study": study}
    ):
        label = terms.label(axis, term)
        place = (section, starts, ends, quote, rule, role)
        found.append(TagRow(axis, term, label, origin, *place, bool(negated), bool(active)))
    return sorted(found, key=lambda tag: order.index(tag.axis) if tag.axis in order else len(order))


def history(db: Rows, study: int) -> list[ChangeRow]:
    """What happened to a study, oldest first; what a person says of its terms stands among it, as of kind "you"."""
    found = [ChangeRow(*row) for row in db.rows(CHANGES, {"study": study})]
    for at, axis, term, negated in db.rows(CORRECTED, {"study": study}):
        found.append(ChangeRow(at, YOURS, axis, *((term, "") if negated else ("", term))))
    return sorted(found, key=lambda change: change.at)


def relations(db: Rows, study: int) -> list[RelatedStudy]:
    """What a study relates to, from both sides: its own relations, others' that name it, its trial's other studies."""
    own = db.rows(SELF, {"study": study})
    if not own:
        return []
    key, pmid, doi, trial = own[0]
    found: dict[tuple[Any, ...], RelatedStudy] = {}
    for kind, other, other_doi, other_key, words, date, source in db.rows(OWN_RELATIONS, {"study": study}):
        there = _key_of(db, other, other_doi, other_key)
        row = RelatedStudy(kind, other, other_doi, there, words, date, source)
        named: tuple[Any, ...] = (kind, there or other or other_doi or words)
        if kind in _FATES and named in found and found[named].source != source:
            named = (*named, source)
        found.setdefault(named, row)
    pointing = db.rows(POINTING_BY_NAME, {"study": study, "doi": doi, "key": key})
    if pmid is not None:
        pointing = db.rows(POINTING_BY_PMID, {"study": study, "pmid": pmid}) + pointing
    for kind, other, other_doi, other_key, _, date, source in pointing:
        inverse = INVERSE.get(RelationKind(kind)) if kind in set(RelationKind) else None
        if inverse:
            seen = RelatedStudy(inverse.value, other, other_doi, other_key, "", date, source)
            found.setdefault((inverse.value, other_key), seen)
    if trial is not None:
        same = RelationKind.SAME_TRIAL.value
        for other, other_doi, other_key in db.rows(SIBLINGS, {"study": study, "trial": trial}):
            found.setdefault((same, other_key), RelatedStudy(same, other, other_doi, other_key, "", "", ""))
    return list(found.values())


def _key_of(db: Rows, pmid: int | None, doi: str, key: str) -> str:
    """The key of the study that a relation names, "" where it is not in the library."""
    asked = (
        (KEY_BY_PMID, {"pmid": pmid}, pmid is not None),
        (KEY_BY_DOI, {"doi": doi}, bool(doi)),
        (KEY_THERE, {"key": key}, bool(key)),
    )
    for sql, params, known in asked:
        if known and (rows := db.rows(sql, params)):
            return str(rows[0][0])
    return ""
