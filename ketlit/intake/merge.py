"""One study out of what the library has and what a source says. Pure: new records come out, the old ones stay.

Who may change what: a person's words nobody; curated facts a release; the bibliography PubMed, once the identifier is
verified; tags are made again from the result. Status: of a study that PubMed alone brought, PubMed's word holds. Of a
curated one the graver of the two holds, unless PubMed says that it was reinstated: a curator may know of a
retraction before PubMed does.
"""

from __future__ import annotations

from copy import copy
from dataclasses import fields, replace
from typing import Final

from ketlit.record import Annotations, Facts, Finding, Record, Tag
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


def revise(old: Record, new: Record) -> Record:
    """The study with PubMed's newer bibliography."""
    merged = copy(old)
    for name in BIBLIOGRAPHY:
        setattr(merged, name, getattr(new, name))
    for name in (*_KEPT, *(_KEPT_IF_CURATED if old.facts else ())):
        if not getattr(new, name):
            setattr(merged, name, getattr(old, name))
    if old.facts:
        merged.status, merged.status_note = _graver(old, new)
        known = [(number.bank, number.accession) for number in new.registry_ids]
        merged.registry_ids = new.registry_ids + [
            number for number in old.registry_ids if (number.bank, number.accession) not in known
        ]
    merged.relations = new.relations + [
        relation for relation in old.relations if relation.source != "pubmed" and relation not in new.relations
    ]
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
    else:
        merged.status, merged.status_note = _graver(old, seed)
        merged.registry_ids = old.registry_ids + [one for one in seed.registry_ids if one not in old.registry_ids]
        merged.relations = [one for one in old.relations if one.source != "seed"] + seed.relations
        if seed.facts and old.pmid is not None and seed.pmid in (None, old.pmid):
            same_doi = bool(old.doi) and seed.doi.lower() in ("", old.doi)
            merged.facts = replace(
                seed.facts,
                pmid_verification=Verification.VERIFIED,
                doi_verification=Verification.VERIFIED if same_doi else seed.facts.doi_verification,
            )
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
    )


def still_there(tag: Tag, record: Record) -> bool:
    """Whether the words that a tag was read from still stand where it says."""
    if tag.start is None or tag.end is None:
        return True
    return _words_at(tag.section, record)[tag.start : tag.end] == tag.quote


def _words_at(section: str, record: Record) -> str:
    if section == "title":
        return record.title
    name, _, number = section.partition("/")
    if name == "abstract" and number.isdigit() and int(number) < len(record.sections):
        return record.sections[int(number)].text
    return ""


def _graver(old: Record, new: Record) -> tuple[Status, str]:
    """The status of a curated study, and its notice."""
    reinstated = any(relation.kind == RelationKind.REINSTATED_BY for relation in new.relations)
    if reinstated or old.status not in GRAVITY or new.status not in GRAVITY:
        return new.status, new.status_note
    if GRAVITY.index(old.status) > GRAVITY.index(new.status):
        return old.status, old.status_note
    return new.status, new.status_note or (old.status_note if old.status == new.status else "")


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
