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


class FindingRow(NamedTuple):
    """One reported result, with what a reader must know of its study. Numbers are as printed; group 1 is ketamine.

    `scale` is the outcome measure of the taxonomy that `measure` names; `higher_is` says whether more of what is
    counted or measured is "better" or "worse" ("" where that is not known).
    """

    id: int
    key: str
    year: int | None
    design: str | None
    status: str
    trial: str | None
    drugs: list[str]
    routes: list[str]
    outcome: str
    harm: bool
    measure: str
    scale: str
    higher_is: str
    hours: float | None
    timepoint: str
    comparison: str
    comparator: str
    direction: str
    n1: float | None
    events1: float | None
    mean1: float | None
    sd1: float | None
    percent1: float | None
    n2: float | None
    events2: float | None
    mean2: float | None
    sd2: float | None
    percent2: float | None
    effect_measure: str
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    p: str
    stat_kind: str
    threshold: str
    text: str
    derived: str
    verification: str
    origin: str
    source: str
    stale: bool


class MapStudy(NamedTuple):
    """A study as a map counts it: `rows` and `columns` are its terms on the two axes, with those they lie below."""

    key: str
    unit: int  # the same number for studies of one trial
    n: int | None
    design: str
    direction: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]


class MapTerm(NamedTuple):
    """A term along an edge of a map; `depth` below the terms that are shown too."""

    term: str
    label: str
    depth: int


class LeftOut(NamedTuple):
    """Why some studies are not counted, and how many."""

    reason: str
    k: int


class MapRows(NamedTuple):
    """What a map is counted from; `rows` and `columns` in the taxonomy's order."""

    studies: list[MapStudy]
    rows: list[MapTerm]
    columns: list[MapTerm]
    left_out: list[LeftOut]
    contexts: list[str]  # that are counted; [] = all
    understood: list[str]


class Candidate(NamedTuple):
    """A study that a pooled set may take, with its findings on the outcome (none: it reports none here)."""

    study: StudyRow
    findings: tuple[FindingRow, ...]


class Related(NamedTuple):
    """Study `key` is `kind` (a RelationKind) of the study `other`: they tell of the same people."""

    key: str
    kind: str
    other: str


class DoseRow(NamedTuple):
    """One way a study gave ketamine."""

    key: str
    drug: str
    route: str
    value: float | None
    value_high: float | None
    unit: str
    duration: float | None
    duration_unit: str
    text: str


class Followed(NamedTuple):
    """How long a study followed people, in days; as printed in `text`."""

    key: str
    days: float
    text: str


class BriefRows(NamedTuple):
    """What a brief on a topic is made of. `studies` count; `waiting` are protocols and registrations.

    `findings` are those of `studies`; `elsewhere` are harms of other settings than treatment, whatever the topic.
    `date` is the ISO day of the library's last change.
    """

    topic: str
    label: str
    studies: list[StudyRow]
    waiting: list[str]
    retracted: list[str]
    left_out: list[LeftOut]
    findings: list[FindingRow]
    elsewhere: list[FindingRow]
    related: list[Related]
    doses: list[DoseRow]
    followed: list[Followed]
    contexts: list[str]
    understood: list[str]
    names: dict[str, str]  # the label of each outcome and adverse effect: "outcome:remission" -> "Remission"
    date: str
    judgements: tuple[JudgementRow, ...] = ()  # of `studies`, oldest first


class CheckRows(NamedTuple):
    """What one check of a claim is recomputed from; empty where nothing of the kind is in the library."""

    check: ClaimCheck
    studies: list[StudyRow]
    findings: list[FindingRow]
    related: list[Related]


class ClaimRows(NamedTuple):
    """A claim with its studies, what they report, what its checks rest on, and what has come out since."""

    claim: ClaimRow
    studies: list[StudyRow]
    findings: list[FindingRow]
    checks: list[CheckRows]
    since: list[str]  # keys of its studies that are younger than the article
