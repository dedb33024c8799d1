"""What a source brings, before it is a study: dataclasses, standard library only.

A `Record` is one publication or registration as its source tells it. PubMed fills the bibliography;
the seed also brings `facts` (what a curator read out of the paper); our own exports bring, besides,
what people wrote (`annotations`). Lists stay lists, text stays text, numbers stay as printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ketlit.vocabulary import (
    Axis,
    Blinding,
    Comparison,
    Design,
    Direction,
    NKind,
    Origin,
    RelationKind,
    Scheme,
    Status,
    Verification,
)


@dataclass(slots=True)
class Author:
    """A person (`family`, `given`, `initials`, `suffix`) or a group (`collective` alone)."""

    family: str = ""
    given: str = ""
    initials: str = ""
    suffix: str = ""
    collective: str = ""
    orcid: str = ""  # 0000-0000-0000-000X, no URL


@dataclass(slots=True)
class Section:
    """A part of an abstract. `label` as printed ("" if none), `category` NLM's (OBJECTIVE, METHODS ...).

    `kind` is "abstract" for the abstract itself, else what OtherAbstract says it is
    ("Publisher", "plain-language-summary" ...); `language` is ISO 639-2, "eng" for the abstract itself.
    """

    text: str
    label: str = ""
    category: str = ""
    kind: str = "abstract"
    language: str = "eng"


@dataclass(slots=True)
class Qualifier:
    ui: str
    name: str
    major: bool = False


@dataclass(slots=True)
class MeshHeading:
    """A MeSH descriptor; `major` if it, or one of its qualifiers, is a major topic."""

    ui: str
    name: str
    major: bool = False
    qualifiers: list[Qualifier] = field(default_factory=list)


@dataclass(slots=True)
class Chemical:
    """A substance of ChemicalList or SupplMeshList; `registry` is a CAS or UNII number, "0" if none."""

    ui: str
    name: str
    registry: str = ""


@dataclass(slots=True)
class PublicationType:
    ui: str
    name: str


@dataclass(slots=True)
class Keyword:
    text: str
    major: bool = False
    owner: str = ""  # NOTNLM, NLM ...


@dataclass(slots=True)
class RegistryId:
    """A number in a registry or data bank: ("ClinicalTrials.gov", "NCT01234567")."""

    bank: str
    accession: str


@dataclass(slots=True)
class Relation:
    """This record `kind` the other one, named by PMID, DOI or key; `text` is the citation or reason as printed."""

    kind: RelationKind
    pmid: int | None = None
    doi: str = ""
    key: str = ""
    text: str = ""
    date: str = ""
    source: str = ""  # "pubmed", "seed", "retraction-watch", "user"


@dataclass(slots=True)
class Tag:
    """A term given to a study, with the words it rests on.

    `section` is "title", "abstract/0" (the number of the section), "mesh", "chemical", "keyword",
    "publication-type", "seed" or "user"; `start`, `end` are character offsets in that text (None where it is
    a heading or a person's word); `quote` the words themselves. `negated`: a user says the term does not apply.
    `role`: "studied", "comparator" or "background".
    """

    axis: Axis
    term: str
    origin: Origin
    section: str = ""
    start: int | None = None
    end: int | None = None
    quote: str = ""
    rule: str = ""
    role: str = "studied"
    negated: bool = False
    at: str = ""  # ISO 8601 UTC, of user tags


@dataclass(slots=True)
class Dose:
    """One way the drug was given. `value`..`value_high` in `unit`; `text` as printed, always where known."""

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


@dataclass(slots=True)
class Comparator:
    kind: str
    text: str = ""


@dataclass(slots=True)
class Arm:
    name: str
    n: int | None = None


@dataclass(slots=True)
class Group:
    """The numbers of one group of a finding, as printed."""

    n: float | None = None
    events: float | None = None
    mean: float | None = None
    sd: float | None = None
    percent: float | None = None


@dataclass(slots=True)
class Effect:
    """An effect estimate as printed. `measure` OR RR RD HR MD SMD d g r ...; `p` the printed string ("<0.05")."""

    measure: str = ""
    value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: str = ""


@dataclass(slots=True)
class Finding:
    """One reported result: study x comparison x outcome x timepoint. `harm` findings are adverse effects.

    `hours` after the end of the (last) infusion, or the first dose if that is what is printed; `timepoint`
    the printed words. `derived` says which numbers were derived and by which formula ("" = as printed).
    """

    outcome: str
    comparison: Comparison
    direction: Direction
    harm: bool = False
    measure: str = ""
    hours: float | None = None
    timepoint: str = ""
    comparator: str = ""
    intervention: Group = field(default_factory=Group)
    control: Group = field(default_factory=Group)
    effect: Effect = field(default_factory=Effect)
    stat_kind: str = ""
    threshold: str = ""
    text: str = ""
    derived: str = ""
    verification: Verification = Verification.UNVERIFIED
    origin: Origin = Origin.CURATED
    where: str = ""  # "seed_studies.yaml:123", or a PMID and section
    stale: bool = False  # the words it rests on have changed


@dataclass(slots=True)
class Facts:
    """What a curator read out of a study. Terms are ids of the taxonomy; `None` and "" mean not known."""

    design: Design = Design.OTHER
    design_flags: list[str] = field(default_factory=list)
    context: str = ""
    direction: Direction = Direction.NOT_REPORTED
    conditions: list[str] = field(default_factory=list)
    populations: list[str] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    comparators: list[Comparator] = field(default_factory=list)
    blinding: Blinding = Blinding.UNKNOWN
    n: int | None = None
    n_kind: NKind | None = None
    n_studies: int | None = None
    arms: list[Arm] = field(default_factory=list)
    follow_up_value: float | None = None
    follow_up_unit: str = ""
    findings: list[Finding] = field(default_factory=list)
    trial: str = ""  # the short name or first registry number that studies of one trial share
    summary: str = ""  # for a patient, in our words
    notes: str = ""  # an editor's remarks: conflicts between sources, what is unclear
    sources: list[str] = field(default_factory=list)
    pmid_verification: Verification = Verification.NONE
    doi_verification: Verification = Verification.NONE
    numbers_verification: Verification = Verification.NONE
    where: str = ""  # file and line


@dataclass(slots=True)
class Note:
    text: str
    at: str  # ISO 8601 UTC


@dataclass(slots=True)
class Screening:
    """A person's decision to leave a study out (`excluded`), or to take it back in, and why."""

    excluded: bool
    why: str
    at: str


@dataclass(slots=True)
class Judgement:
    """What a named person judged one domain or factor of a scheme to be, on an outcome (a term) or on the study."""

    scheme: Scheme
    outcome: str  # "" = the main result of the study
    domain: str
    judgement: str
    why: str
    by: str
    at: str


@dataclass(slots=True)
class Annotations:
    """What people wrote: kept for ever. `findings` are those that a person entered, of curated studies too.

    `labelled` says when a label was put on, where that is known.
    """

    notes: list[Note] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    screenings: list[Screening] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    labelled: dict[str, str] = field(default_factory=dict, compare=False)  # label -> ISO 8601 UTC
    judgements: list[Judgement] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """One publication or registration as its source tells it."""

    pmid: int | None = None
    doi: str = ""
    pmc: str = ""
    pii: str = ""
    key: str = ""  # only where the source has one (seed, our own exports)
    kind: str = "publication"  # publication | book | registration
    title: str = ""  # as PubMed prints it, final stop and brackets included
    vernacular_title: str = ""
    authors: list[Author] = field(default_factory=list)
    authors_complete: bool = True
    journal: str = ""  # full title; for books the book's title
    journal_abbrev: str = ""  # ISO or MEDLINE abbreviation
    issn: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""  # as printed
    year: int | None = None
    month: int | None = None
    day: int | None = None
    date_text: str = ""  # the printed date where it is more than year, month, day ("1998 Dec-1999 Jan")
    electronic_date: str = ""  # ISO date of the electronic ArticleDate
    languages: list[str] = field(default_factory=list)
    publication_types: list[PublicationType] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    mesh: list[MeshHeading] = field(default_factory=list)
    chemicals: list[Chemical] = field(default_factory=list)
    keywords: list[Keyword] = field(default_factory=list)
    registry_ids: list[RegistryId] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    status: Status = Status.CURRENT
    status_note: str = ""  # the citation of the notice, as printed
    version: int = 1  # PMID Version
    revised: str = ""  # ISO DateRevised
    medline_status: str = ""  # MEDLINE, PubMed-not-MEDLINE, Publisher, In-Process ...
    source: str = ""  # curated, synced or imported: only from our own exports
    tags: list[Tag] = field(default_factory=list)  # only from our own exports
    doses: list[Dose] = field(default_factory=list)  # as read from the text, where no curator read the paper
    facts: Facts | None = None
    annotations: Annotations | None = None


@dataclass(slots=True)
class Trial:
    """A clinical trial that several studies may report; `name` is what they share in `Facts.trial`."""

    name: str  # TRANSFORM-2, or its first registry number
    registry_ids: list[RegistryId] = field(default_factory=list)
    title: str = ""
    where: str = ""


@dataclass(slots=True)
class Check:
    """A share of people (percent) or a direction that a claim states, of an outcome at a named time ("" = any).

    Of the claim's own studies, or with `condition` of all that treat it.
    """

    outcome: str
    at: str = ""
    share: float | None = None
    direction: Direction | None = None
    condition: str = ""


@dataclass(slots=True)
class Claim:
    """A statement made in public about ketamine; `studies` are keys, `source` is where it was made.

    `checks` are what it states that findings can be held against; `unchecked` says why there is none.
    """

    id: str
    text: str
    verdict: str
    explanation: str = ""
    confidence: str = ""
    studies: list[str] = field(default_factory=list)
    updates: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    unchecked: str = ""
    source: str = ""
    where: str = ""


def text_at(record: Record, section: str) -> str:
    """The text that a tag's `section` names: "title", or "abstract/0"; "" for what is no text of the record."""
    if section == "title":
        return record.title
    name, _, number = section.partition("/")
    if name == "abstract" and number.isdigit() and int(number) < len(record.sections):
        return record.sections[int(number)].text
    return ""
