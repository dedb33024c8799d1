"""The tables: the one schema of a library, on SQLite and on PostgreSQL. Writing side only.

Each table inherits from a `...Base`, which validates (a `table=True` class does not). Text that is not known
is "", a number that is not known is NULL. Closed lists are kept in `vocabulary`; a column that holds one is a
plain string. Nothing cascades: what people wrote (`note`, `label`, `screening`, `judgement`, user tags) hangs on a
study by RESTRICT. The full-text index is no table of ours: `store.search_index` makes it, and alembic does not see it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

APPLICATION_ID = 0x6B65746C  # "ketl", PRAGMA application_id
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

# rows that are only ever read by their study lie clustered by it: half the size of a rowid table with its index
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


def _study(**options: Any) -> Any:
    return Field(foreign_key="study.id", ondelete="RESTRICT", **options)


class TrialBase(SQLModel):
    name: str = Field(unique=True)  # TRANSFORM-2, or its first registry number
    title: str = ""
    registry_ids: str = ""  # JSON list


class Trial(TrialBase, table=True):
    """A clinical trial, which several studies may report; it counts once in maps and pools."""

    id: int | None = Field(default=None, primary_key=True)


class StudyBase(SQLModel):
    key: str = Field(unique=True)
    pmid: int | None = Field(default=None, unique=True)
    doi: str = Field(default="", index=True)  # lower case; not unique: "retract and replace" keeps the DOI
    pmc: str = ""
    pii: str = ""
    kind: str = "publication"
    title: str = ""
    vernacular_title: str = ""
    authors_complete: bool = True
    journal: str = ""
    journal_abbrev: str = ""
    issn: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    year: int | None = Field(default=None, index=True)
    month: int | None = None
    day: int | None = None
    date_text: str = ""
    electronic_date: str = ""
    published_by: str = Field(default="", index=True)  # latest ISO day the date allows: 1995 -> 1995-12-31
    languages: str = "[]"  # JSON list
    version: int = 1  # PMID Version
    revised: str = ""  # ISO DateRevised
    medline_status: str = ""
    status: str = "current"
    status_note: str = ""
    source: str = "imported"
    curated: bool = False
    design: str = ""  # the effective value; the reasons are tags
    context: str = ""
    direction: str = "not_reported"
    n: int | None = None
    n_kind: str = ""
    n_studies: int | None = None
    blinding: str = ""
    follow_up_value: float | None = None
    follow_up_unit: str = ""
    pmid_verification: str = "none"
    doi_verification: str = "none"
    numbers_verification: str = "none"
    excluded: bool = False  # the last screening decision; the decisions themselves are in `screening`
    origin: str = ""  # where the record came from: file and line or place
    digest: str = ""  # of the record as its source last gave it: equal digest, nothing to do
    seed_digest: str = ""  # of the curated facts last merged
    added_at: str = Field(default="", index=True)  # ISO 8601 UTC
    changed_at: str = ""


class Study(StudyBase, table=True):
    """One published record, or a curated entry without one. Narrow: what filters scan, no long text."""

    __table_args__ = (
        CheckConstraint("source IN ('curated', 'synced', 'imported')", name="source"),
        CheckConstraint("year IS NULL OR year BETWEEN 1000 AND 2999", name="year"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trial_id: int | None = Field(default=None, foreign_key="trial.id", ondelete="RESTRICT", index=True)


class StudyTextBase(SQLModel):
    title: str = ""
    terms: str = ""  # labels of the active terms and their ancestors, and a token for each term
    abstract: str = ""  # all sections, joined by one newline; `section` cuts it
    summary: str = ""  # ours, for a patient
    notes: str = ""  # an editor's remarks; not searched
    names: str = ""  # authors, journal, key, identifiers


class StudyText(StudyTextBase, table=True):
    """The words of a study, apart from what filters scan: the content of the full-text index."""

    __tablename__ = "study_text"
    study_id: int = _study(primary_key=True)


class SectionBase(SQLModel):
    label: str = ""
    category: str = ""
    kind: str = "abstract"
    language: str = "eng"
    starts: int  # characters into study_text.abstract
    ends: int


class Section(SectionBase, table=True):
    """A part of the abstract, as a cut of `study_text.abstract`."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class AuthorBase(SQLModel):
    family: str = ""
    given: str = ""
    initials: str = ""
    suffix: str = ""
    collective: str = ""
    orcid: str = ""


class Author(AuthorBase, table=True):
    """A person or a group (`collective`) that wrote a study, in the printed order."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class PublicationTypeBase(SQLModel):
    ui: str = ""
    name: str


class PublicationType(PublicationTypeBase, table=True):
    """What MEDLINE calls a study."""

    __tablename__ = "publication_type"
    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class MeshBase(SQLModel):
    ui: str
    name: str
    major: bool = False
    qualifiers: str = "[]"  # JSON list of {ui, name, major}


class Mesh(MeshBase, table=True):
    """A MeSH descriptor of a study, with its qualifiers."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class ChemicalBase(SQLModel):
    ui: str = ""
    name: str
    registry_number: str = ""  # CAS or UNII


class Chemical(ChemicalBase, table=True):
    """A substance that MEDLINE indexed a study under, or a supplementary concept."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class KeywordBase(SQLModel):
    text: str
    major: bool = False
    owner: str = ""


class Keyword(KeywordBase, table=True):
    """A keyword, by its authors or an indexer (`owner`)."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class RegistryIdBase(SQLModel):
    bank: str = ""
    accession: str = Field(index=True)


class RegistryId(RegistryIdBase, table=True):
    """A registry number that a study states."""

    __tablename__ = "registry_id"
    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class RelationBase(SQLModel):
    kind: str
    pmid: int | None = Field(default=None, index=True)  # the other record
    doi: str = ""
    other_key: str = ""
    text: str = ""
    date: str = ""
    source: str = ""  # pubmed, seed, retraction-watch, user


class Relation(RelationBase, table=True):
    """This study `kind` another record, which need not be in the library."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class TagBase(SQLModel):
    section: str = ""
    starts: int | None = None
    ends: int | None = None
    quote: str = ""
    quote_hash: str = ""
    rule: str = ""
    role: str = "studied"
    negated: bool = False  # a user says that the term does not apply
    active: bool = True  # counts in filters: decided when tags of several origins are merged
    at: str = ""


class Tag(TagBase, table=True):
    """A term given to a study by one origin."""

    __table_args__ = (
        Index(
            "ix_tag_axis_term_study_id",
            "axis",
            "term",
            "study_id",
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
        CheckConstraint("origin IN ('user', 'curated', 'mesh', 'text')", name="origin"),
        CLUSTERED,
    )
    study_id: int = _study(primary_key=True)
    axis: str = Field(primary_key=True)
    term: str = Field(primary_key=True)
    origin: str = Field(primary_key=True)


class ArmBase(SQLModel):
    name: str
    n: int | None = None


class Arm(ArmBase, table=True):
    """A group of a trial; `n` people in it."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class DoseBase(SQLModel):
    drug: str = ""
    route: str = ""
    value: float | None = None
    value_high: float | None = None
    unit: str = ""
    duration: float | None = None
    duration_unit: str = ""
    number: int | None = None
    schedule: str = ""
    text: str = ""


class Dose(DoseBase, table=True):
    """One way the drug was given: `value`..`value_high` in `unit`, and the printed words."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class ComparatorBase(SQLModel):
    kind: str
    text: str = ""


class Comparator(ComparatorBase, table=True):
    """What ketamine was compared with, and the printed words."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class LinkBase(SQLModel):
    url: str


class Link(LinkBase, table=True):
    """Where a curator saw the facts of a study."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    position: int = Field(primary_key=True)


class FindingBase(SQLModel):
    position: int
    harm: bool = False
    outcome: str = Field(index=True)
    measure: str = ""
    hours: float | None = None
    timepoint: str = ""
    comparison: str
    comparator: str = ""
    direction: str
    n1: float | None = None  # the intervention's, then the control's
    events1: float | None = None
    mean1: float | None = None
    sd1: float | None = None
    percent1: float | None = None
    n2: float | None = None
    events2: float | None = None
    mean2: float | None = None
    sd2: float | None = None
    percent2: float | None = None
    effect_measure: str = ""
    effect: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: str = ""
    stat_kind: str = ""
    threshold: str = ""
    text: str = ""
    derived: str = ""  # which numbers, by which formula; "" = as printed
    verification: str = "unverified"
    origin: str = "curated"
    source: str = ""  # where it was read: file and line, or PMID and section
    stale: bool = False  # the words it rests on have changed


class Finding(FindingBase, table=True):
    """One reported result. A user's findings are never touched by a release."""

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = _study(index=True)


class TermBase(SQLModel):
    label: str
    description: str = ""
    position: int = 0
    flag: bool = False  # on the design axis: besides the one design
    prints_as: str = ""  # the id that is shown and filtered in its place


class Term(TermBase, table=True):
    """One entry of the taxonomy on an axis."""

    __table_args__ = (CLUSTERED,)
    axis: str = Field(primary_key=True)
    term: str = Field(primary_key=True)


class TermParent(SQLModel, table=True):
    """A term may have several parents; a filter by the parent includes the term."""

    __tablename__ = "term_parent"
    __table_args__ = (CLUSTERED,)
    axis: str = Field(primary_key=True)
    term: str = Field(primary_key=True)
    parent: str = Field(primary_key=True)


class SynonymBase(SQLModel):
    text: str
    kind: str = "synonym"  # id, label, synonym, abbreviation
    ambiguous: bool = False  # an abbreviation that only counts where it is defined


class Synonym(SynonymBase, table=True):
    """A name of a term. `folded`: lower case, no marks, every run of other characters one blank."""

    __table_args__ = (CLUSTERED,)
    folded: str = Field(primary_key=True)
    axis: str = Field(primary_key=True)
    term: str = Field(primary_key=True)


class ClaimBase(SQLModel):
    position: int
    text: str
    verdict: str
    explanation: str = ""
    confidence: str = ""
    updates: str = "[]"  # JSON list: what has come out since
    source: str = ""


class Claim(ClaimBase, table=True):
    """A statement made in public about ketamine."""

    id: str = Field(primary_key=True)


class ClaimStudy(SQLModel, table=True):
    """A study that a claim rests on."""

    __tablename__ = "claim_study"
    __table_args__ = (CLUSTERED,)
    claim_id: str = Field(primary_key=True, foreign_key="claim.id", ondelete="CASCADE")
    study_id: int = _study(primary_key=True, index=True)
    position: int = 0


class NoteBase(SQLModel):
    text: str
    at: str


class Note(NoteBase, table=True):
    """A person's note."""

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = _study(index=True)


class Label(SQLModel, table=True):
    """A person's label on a study."""

    __table_args__ = (CLUSTERED,)
    study_id: int = _study(primary_key=True)
    label: str = Field(primary_key=True, index=True)
    at: str = ""


class ScreeningBase(SQLModel):
    excluded: bool
    why: str
    at: str


class Screening(ScreeningBase, table=True):
    """A person's decision to exclude a study, or to include it again. None is ever removed."""

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = _study(index=True)


class JudgementBase(SQLModel):
    scheme: str
    outcome: str = ""  # a term; "" = the study's main result
    domain: str  # of RoB 2, or a factor of GRADE
    judgement: str
    why: str = ""
    by: str  # whose it is
    at: str


class Judgement(JudgementBase, table=True):
    """What a named person judged, RoB 2 or GRADE. All are kept; of each person the last of a domain holds."""

    __table_args__ = (CheckConstraint("scheme IN ('rob2', 'grade')", name="scheme"),)
    id: int | None = Field(default=None, primary_key=True)
    study_id: int = _study(index=True)


class TopicBase(SQLModel):
    query: str  # as PubMed takes it
    kept: bool = False  # a person keeps it: every sync asks it
    cursor: str = ""  # ISO day, PubMed's: what came or changed before is here; "" = never complete
    hits: int | None = None  # how many records fit at the last sync
    checked_at: str = ""


class Topic(TopicBase, table=True):
    """A question to PubMed that sync asks again, and how far its answer is here."""

    name: str = Field(primary_key=True)


class SyncRunBase(SQLModel):
    kind: str  # sync, import, seed
    started_at: str
    opened: str = ""  # ISO time by PubMed's clock when it was first asked
    finished_at: str = ""
    status: str = "running"
    topic: str = ""
    query: str = ""
    summary: str = "{}"  # JSON


class SyncRun(SyncRunBase, table=True):
    """One run that brought records in."""

    __tablename__ = "sync_run"
    id: int | None = Field(default=None, primary_key=True)


class SyncItem(SQLModel, table=True):
    """A record that a run has still to fetch, or could not store, and why."""

    __tablename__ = "sync_item"
    run_id: int = Field(foreign_key="sync_run.id", ondelete="CASCADE", primary_key=True)
    place: str = Field(primary_key=True)  # a PMID, or a study's key
    state: str  # pending, fetched, unknown, failed, mismatch, unidentified, vanished, left
    reason: str = ""


class ChangeBase(SQLModel):
    at: str = Field(index=True)
    kind: str  # added, revised, retracted, corrected, deleted, verified, curated ...
    field: str = ""
    old: str = ""
    new: str = ""


class Change(ChangeBase, table=True):
    """What happened to a study, one row a field that changed."""

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = _study(index=True)
    run_id: int | None = Field(default=None, foreign_key="sync_run.id", ondelete="RESTRICT")


class Library(SQLModel, table=True):
    """What the library knows of itself: when it was made, which seed and taxonomy are in it."""

    name: str = Field(primary_key=True)
    value: str = ""


TABLES = frozenset(SQLModel.metadata.tables)
