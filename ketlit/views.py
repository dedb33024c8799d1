"""What questions return: NamedTuples, standard library only, loaded by every reading command.

Fields are named as the JSON contract names them, so that a view's `_asdict()` is its JSON object.
"""

# No `from __future__ import annotations` here: NamedTuple compiles each annotation that is text, 2 ms of every start.
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
    not_ketamine: int  # studies whose people do not count: ketamine is only named in them, or not at all
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


class ClaimCheck(NamedTuple):
    """What a claim states that findings can be held against: a share of people, or a direction.

    Of its own studies, or with `condition` of all that treat it. `at`: a named time, "" = any; `share` in percent.
    """

    outcome: str
    at: str = ""
    share: float | None = None
    direction: str = ""
    condition: str = ""


class ClaimRow(NamedTuple):
    id: str
    text: str
    verdict: str
    explanation: str
    confidence: str
    studies: list[str]
    updates: list[str]
    source: str = ""  # where it was made: title (publisher, date) address
    checks: tuple[ClaimCheck, ...] = ()
    unchecked: str = ""  # why no finding can be held against it


class NoteRow(NamedTuple):
    """A person's note; `id` is what `note remove` takes."""

    id: int
    key: str
    text: str
    at: str


class JudgementRow(NamedTuple):
    """What a named person judged; `id` is what `judge remove` takes, `outcome` is "" for the study's main result."""

    id: int
    key: str
    scheme: str
    outcome: str
    domain: str
    judgement: str
    why: str
    by: str
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
