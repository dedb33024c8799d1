"""One study out of what the library has and what a source says. Pure: new records come out, the old ones stay.

Who may change what: a person's words nobody; curated facts a release; the bibliography PubMed, once the identifier is
verified; tags are made again from the result. Status: of a study that PubMed alone brought, PubMed's word holds. Of a
curated one the graver of the two holds, unless PubMed says that it was reinstated: a curator may know of a
retraction before PubMed does. Over either the notices of Retraction Watch may raise it, and never lower it.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import fields, replace
from typing import Final

from ketlit.record import Annotations, Facts, Finding, Record, Relation, Tag, text_at
from ketlit.sources import pubmed_notices
from ketlit.sources.retraction_watch import SOURCE, row_of
from ketlit.vocabulary import Origin, RelationKind, Status, Verification

# what is not bibliography, or is not simply replaced
_OURS: Final = frozenset({"key", "facts", "annotations", "tags", "source"})
BIBLIOGRAPHY: Final = tuple(one.name for one in fields(Record) if one.name not in _OURS)
# what a source that is silent does not take away
_KEPT: Final = ("pmid", "doi", "pmc")
_KEPT_IF_CURATED: Final = ("title", "authors", "journal", "year", "sections")
GRAVITY: Final = (
    *(Status.CURRENT, Status.CORRECTED, Status.EXPRESSION_OF_CONCERN, Status.WITHDRAWN, Status.RETRACTED),
)
# what a notice makes of a study; and PubMed's name of such a notice
_MAKES: Final = {
    RelationKind.RETRACTED_BY: Status.RETRACTED,
    RelationKind.CONCERN_IN: Status.EXPRESSION_OF_CONCERN,
    RelationKind.CORRECTED_BY: Status.CORRECTED,
}
_REF_TYPE: Final = {
    RelationKind.RETRACTED_BY: "RetractionIn",
    RelationKind.CONCERN_IN: "ExpressionOfConcernIn",
    RelationKind.CORRECTED_BY: "ErratumIn",
}
Standing = tuple[Status, str]  # a status, and the notice that gave it


def revise(old: Record, new: Record) -> Record:
    """The study with PubMed's newer bibliography."""
    merged = copy(old)
    for name in BIBLIOGRAPHY:
        setattr(merged, name, getattr(new, name))
    for name in (*_KEPT, *(_KEPT_IF_CURATED if old.facts else ())):
        if not getattr(new, name):
            setattr(merged, name, getattr(old, name))
    standing = _told(new)
    if old.facts:
        standing = _graver(old, new)
        known = [(number.bank, number.accession) for number in new.registry_ids]
        merged.registry_ids = new.registry_ids + [
            number for number in old.registry_ids if (number.bank, number.accession) not in known
        ]
    merged.relations = new.relations + [
        relation for relation in old.relations if relation.source != "pubmed" and relation not in new.relations
    ]
    merged.status, merged.status_note = _raised(standing, merged.relations)
    if merged.sections != old.sections or merged.title != old.title:
        merged.tags = [tag for tag in old.tags if tag.origin != Origin.TEXT or still_there(tag, merged)]
        merged.facts = _aged(old, merged)
    return merged


def enrich(old: Record, new: Record) -> Record:
    """A curated study with its PubMed record, which was compared: the identifiers are verified."""
    merged = revise(old, new)
    if merged.facts:
        same_doi = bool(new.doi) and old.doi.lower() in ("", new.doi.lower())
        merged.facts = replace(
            merged.facts,
            pmid_verification=Verification.VERIFIED if new.pmid is not None else merged.facts.pmid_verification,
            doi_verification=Verification.VERIFIED if same_doi else merged.facts.doi_verification,
        )
    return merged


def curate(old: Record, seed: Record, *, bibliography: bool) -> Record:
    """The study with a release's curated facts; `bibliography`: also with its title, authors ... (PubMed's never came).

    The key is the curated one.
    """
    merged = copy(old)
    merged.key, merged.facts = seed.key, seed.facts
    if bibliography:
        for name in BIBLIOGRAPHY:
            setattr(merged, name, getattr(seed, name))
        standing = _told(seed)
        merged.relations = seed.relations + [one for one in old.relations if one.source == SOURCE]
    else:
        standing = _graver(old, seed)
        merged.registry_ids = old.registry_ids + [one for one in seed.registry_ids if one not in old.registry_ids]
        merged.relations = [one for one in old.relations if one.source != "seed"] + seed.relations
        if seed.facts and old.pmid is not None and seed.pmid in (None, old.pmid):
            same_doi = bool(old.doi) and seed.doi.lower() in ("", old.doi)
            merged.facts = replace(
                seed.facts,
                pmid_verification=Verification.VERIFIED,
                doi_verification=Verification.VERIFIED if same_doi else seed.facts.doi_verification,
            )
    merged.status, merged.status_note = _raised(standing, merged.relations)
    return merged


def join(old: Record, own: Record, *, bibliography: bool) -> Record:
    """The study with what one of our own exports says of it: people's words united, facts where there are none.

    `bibliography`: with the export's, which is the newer one.
    """
    merged = (enrich if old.facts and not old.medline_status else revise)(old, own) if bibliography else copy(old)
    if merged.facts is None:
        merged.facts = own.facts
    texts = {(tag.axis, tag.term) for tag in merged.tags if tag.origin == Origin.TEXT}
    merged.tags = merged.tags + [
        tag
        for tag in own.tags
        if tag.origin == Origin.TEXT and (tag.axis, tag.term) not in texts and still_there(tag, merged)
    ]
    merged.annotations = unite(old.annotations, own.annotations)
    return merged


def notice(old: Record, relation: Relation) -> Record:
    """The study with a notice of Retraction Watch; the very study where it has it. What an earlier edition of the table
    said in the same row is replaced."""
    if relation in old.relations:
        return old
    merged, row = copy(old), row_of(relation)
    earlier = [one for one in old.relations if row and row_of(one) == row][:1]
    merged.relations = [relation if one in earlier else one for one in old.relations] + [relation] * (not earlier)
    merged.status, merged.status_note = _raised(_told(old), merged.relations)
    return merged


def unite(ours: Annotations | None, theirs: Annotations | None) -> Annotations | None:
    """What people wrote here and there: nothing is lost, nothing doubled. Of two tags on a term the later one holds."""
    if ours is None or theirs is None:
        return ours or theirs
    tags: dict[tuple[str, str], Tag] = {(tag.axis, tag.term): tag for tag in ours.tags}
    for tag in theirs.tags:
        mine = tags.get((tag.axis, tag.term))
        if mine is None or tag.at > mine.at:
            tags[tag.axis, tag.term] = tag
    return Annotations(
        notes=[*ours.notes, *(note for note in theirs.notes if note not in ours.notes)],
        labels=list(dict.fromkeys([*ours.labels, *theirs.labels])),
        tags=list(tags.values()),
        screenings=[*ours.screenings, *(one for one in theirs.screenings if one not in ours.screenings)],
        findings=[*ours.findings, *(one for one in theirs.findings if one not in ours.findings)],
        labelled=theirs.labelled | ours.labelled,
        judgements=[*ours.judgements, *(one for one in theirs.judgements if one not in ours.judgements)],
    )


def still_there(tag: Tag, record: Record) -> bool:
    """Whether the words that a tag was read from still stand where it says."""
    if tag.start is None or tag.end is None:
        return True
    return text_at(record, tag.section)[tag.start : tag.end] == tag.quote


def _graver(old: Record, new: Record) -> Standing:
    """Where a curated study stands, but for Retraction Watch."""
    (was, was_note), (status, note) = _told(old), _told(new)
    reinstated = any(one.kind == RelationKind.REINSTATED_BY and one.source != SOURCE for one in new.relations)
    if reinstated or was not in GRAVITY or status not in GRAVITY:
        return status, note
    if GRAVITY.index(was) > GRAVITY.index(status):
        return was, was_note
    return status, note or (was_note if was == status else "")


def _told(record: Record) -> Standing:
    """Where a study stands without the notices of Retraction Watch.

    They gave the status where its notice is one of theirs (see `_raised`); then what the others say is read again from
    their relations, the publication types and the title, as it is from PubMed's record.
    """
    theirs = [one.text for one in record.relations if one.source == SOURCE]
    if record.status not in GRAVITY or record.status_note not in theirs:
        return record.status, record.status_note
    others = [
        pubmed_notices.Notice(_REF_TYPE[one.kind], one)
        for one in record.relations
        if one.source != SOURCE and one.kind in _REF_TYPE
    ]
    return pubmed_notices.status(record.publication_types, others, record.title)


def _raised(standing: Standing, relations: Sequence[Relation]) -> Standing:
    """Where a study stands with the notices of Retraction Watch: only one that is graver than all the rest counts, or
    tells the notice of a retraction that has none.

    A retraction counts no more once the paper was reinstated: on that day or later, or by another source which gives
    no day.
    """
    status, note = standing
    back = [one for one in relations if one.kind == RelationKind.REINSTATED_BY]
    for one in sorted((one for one in relations if one.source == SOURCE), key=lambda one: one.date):
        made = _MAKES.get(one.kind)
        undone = made is Status.RETRACTED and any(
            each.date >= one.date or (not each.date and each.source != SOURCE) for each in back
        )
        if not made or undone or status not in GRAVITY:
            continue
        untold = made is status is Status.RETRACTED and not note
        if untold or GRAVITY.index(made) > GRAVITY.index(status):
            status, note = made, one.text
    return status, note


def _aged(old: Record, new: Record) -> Facts | None:
    """The facts, those stale that were read from words which are gone. Curated ones were read from the paper."""
    if old.facts is None:
        return None
    before = "\n".join([old.title, *(section.text for section in old.sections)])
    after = "\n".join([new.title, *(section.text for section in new.sections)])

    def aged(finding: Finding) -> Finding:
        gone = finding.origin == Origin.TEXT and finding.text in before and finding.text not in after
        return replace(finding, stale=True) if gone else finding

    return replace(old.facts, findings=[aged(finding) for finding in old.facts.findings])
