"""What questions return: NamedTuples, standard library only, loaded by every reading command.

Fields are named as the JSON contract names them, so that a view's `_asdict()` is its JSON object.
"""

from __future__ import annotations

from typing import NamedTuple


class Filters(NamedTuple):
    """What a user asked to see, as typed; `store.query` resolves the terms. All given ones hold together.

    Within an axis any term will do; a term includes its children.
    """

    words: str = ""
    literal: bool = False
    condition: tuple[str, ...] = ()
    drug: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()
    design: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    since: int | None = None  # years
    until: int | None = None
    as_of: str = ""  # ISO day: published by then
    min_n: int | None = None
    direction: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    trial: tuple[str, ...] = ()


class Verified(NamedTuple):
    """Whether an identifier, or the numbers, were seen in a listed source."""

    pmid: str
    doi: str
    numbers: str


class StudyRow(NamedTuple):
    """A study in a list: the JSON object of `search`."""

    key: str
    pmid: int | None
    doi: str | None
    title: str
    authors: list[str]  # display names, "Sörensen J"
    year: int | None
    journal: str
    design: str | None
    design_flags: list[str]
    n: int | None
    n_studies: int | None
    conditions: list[str]
    routes: list[str]
    outcomes: list[str]
    harms: list[str]
    drugs: list[str]
    comparators: list[str]
    populations: list[str]
    context: str | None
    direction: str
    status: str
    source: str
    curated: bool
    verification: Verified
    trial: str | None
    labels: list[str]
    excluded: bool
    score: float | None  # of this search; higher is better; None where there were no words
    url: str | None


class SearchResult(NamedTuple):
    """`total` studies match, `rows` are those shown; `understood` says in words how the query was read."""

    rows: list[StudyRow]
    total: int
    understood: list[str]
    hints: list[str]  # did-you-mean and the like, for stderr


class TimelineEntry(NamedTuple):
    """One line of the timeline; `landmarks` are the claims of the article that rest on this study."""

    study: StudyRow
    outcome_directions: list[tuple[str, str]]  # (outcome, direction) of its findings, without harms
    landmarks: list[tuple[str, str, str]]  # (claim id, verdict, claim)


class TermRow(NamedTuple):
    axis: str
    term: str
    label: str
    parents: list[str]
    synonyms: list[str]
    k: int  # studies with this very term
    k_with_children: int
    depth: int


class TrialRow(NamedTuple):
    name: str
    title: str
    registry_ids: list[str]
    studies: list[str]  # keys
    years: list[int]
    n: int | None  # the largest n of its studies
    conditions: list[str]


class Count(NamedTuple):
    name: str
    k: int


class Stats(NamedTuple):
    """What is in the library, and how old it is."""

    studies: int
    curated: int
    synced: int
    imported: int
    trials: int
    participants: int  # a trial counted once
    findings: int
    harms: int
    claims: int
    notes: int
    labels: int
    without_abstract: int
    first_year: int | None
    last_year: int | None
    by_design: list[Count]
    by_status: list[Count]
    by_condition: list[Count]
    by_route: list[Count]
    verification: list[Count]  # PMIDs of curated studies
    created_at: str
    last_change: str
    seed: str
    schema: int
    path: str


class RelatedStudy(NamedTuple):
    """A relation as shown: `key` where the other record is in the library."""

    kind: str
    pmid: int | None
    doi: str
    key: str
    text: str
    date: str
    source: str


class ChangeRow(NamedTuple):
    at: str
    kind: str
    field: str
    old: str
    new: str


class ClaimRow(NamedTuple):
    id: str
    text: str
    verdict: str
    explanation: str
    confidence: str
    studies: list[str]
    updates: list[str]


class NoteRow(NamedTuple):
    """A person's note; `id` is what `note remove` takes."""

    id: int
    key: str
    text: str
    at: str


class TagRow(NamedTuple):
    """A tag with the words it rests on; `context` is the sentence or text around them."""

    axis: str
    term: str
    label: str
    origin: str
    section: str
    start: int | None
    end: int | None
    quote: str
    rule: str
    role: str
    negated: bool
    active: bool


class FieldChange(NamedTuple):
    """A field that changed; of lists what they showed."""

    field: str
    old: str
    new: str


class NewsEntry(NamedTuple):
    """What happened to a study at one time, of one kind; `claims` are those that rest on it."""

    at: str
    kind: str
    study: StudyRow
    fields: list[FieldChange]
    run: int | None
    arrived: bool  # it came into the library in the same time
    notice: str  # where it is told, or why
    claims: list[tuple[str, str, str]]  # (claim id, verdict, claim)


class Run(NamedTuple):
    """A run that brought changes; `topic` and `query` are what PubMed was asked, "" where it was not."""

    id: int
    kind: str
    at: str
    topic: str
    query: str


class Spread(NamedTuple):
    """The new studies of one condition ("": none stated) by design."""

    condition: str
    k: int
    designs: list[Count]


class News(NamedTuple):
    """What changed since a moment. `entries`: gravest first, what is notable first; `total` of them fit."""

    since: str  # ISO time; "" where nothing was ever synced or imported
    runs: list[Run]
    understood: list[str]
    studies: int
    total: int
    entries: list[NewsEntry]
    counts: list[Count]  # studies by kind, gravest first
    added: list[Spread]  # most first, none stated last
    revised: list[Count]  # fields of revised studies, most first
    others: int  # studies that changed and do not fit, counted where none fits
    made: str  # when the library was made
