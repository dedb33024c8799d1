"""What questions about evidence and news return: NamedTuples, as those of `views`, which every command loads."""

# as in `views`: annotations that are text would be compiled
from typing import NamedTuple

from ketlit.views import ClaimCheck, ClaimRow, Count, JudgementRow, StudyRow


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
    curated: bool = True


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
    wider: tuple[FindingRow, ...] = ()  # of other studies, on what the topic lies below, against what is compared here


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
