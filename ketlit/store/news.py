"""What changed in a library since the last sync or import, or since a day: gravest first, and what rests on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any, Final, NamedTuple

from ketlit.evidence_views import FieldChange, News, NewsEntry, Run, Spread
from ketlit.store.connect import Rows, plain_rows
from ketlit.store.listing import chunks, study_rows
from ketlit.store.overview import conditions_of, most_first
from ketlit.store.query import Query, last_day
from ketlit.store.terms import Terms
from ketlit.views import Count, Filters, StudyRow
from ketlit.vocabulary import Axis, ChangeKind, Design, RelationKind, Status

LAST: Final = "last"
GRAVEST: Final = {kind.value: place for place, kind in enumerate(ChangeKind)}
# kinds of which a list names each study; of the others it counts them
LISTED: Final = tuple(kind.value for kind in ChangeKind if GRAVEST[kind] <= GRAVEST[ChangeKind.ADDED])
# of these only the last one holds: what was retracted and reinstated stands again
STATUSES: Final = frozenset({"reinstated", *(status.value for status in Status if status is not Status.CURRENT)})
LARGE: Final = 100  # participants from which on a study is notable that is no trial
TRIALS: Final = frozenset({Design.RCT, Design.NON_RANDOMIZED_TRIAL, Design.SINGLE_ARM_TRIAL})
REVIEWS: Final = frozenset({Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW, Design.GUIDELINE})
TOLD_IN: Final[dict[str, str]] = {
    ChangeKind.RETRACTED: RelationKind.RETRACTED_BY,
    ChangeKind.WITHDRAWN: RelationKind.RETRACTED_BY,
    ChangeKind.EXPRESSION_OF_CONCERN: RelationKind.CONCERN_IN,
    ChangeKind.CORRECTED: RelationKind.CORRECTED_BY,
    ChangeKind.REINSTATED: RelationKind.REINSTATED_BY,
}
# from the newest change backwards: the first one that a sync or an import made
NEWEST: Final = (
    'SELECT c.at, r.id, r.kind, r.started_at FROM "change" c JOIN sync_run r ON r.id = c.run_id '
    "WHERE r.kind IN ('sync', 'import') ORDER BY c.at DESC, c.id DESC LIMIT 1"
)
CHANGES: Final = (
    "SELECT c.at, c.kind, c.field, c.old, c.new, c.run_id, s.id, s.year, s.design, s.n, s.n_studies, s.curated "
    'FROM "change" c JOIN study s ON s.id = c.study_id LEFT JOIN sync_run r ON r.id = c.run_id '
    "WHERE c.at >= :from{}{} ORDER BY c.at, c.id"
)
COUNT: Final = (
    'SELECT COUNT(DISTINCT c.study_id) FROM "change" c LEFT JOIN sync_run r ON r.id = c.run_id WHERE c.at >= :from{}'
)
# Within one second a library may be made, filled and filled again: of what has the time of the last command only its
# own runs count, and those that were begun before and went on in it.
ITS_OWN: Final = " AND (c.at > :from OR c.run_id >= :first OR r.started_at < :from)"
RUNS: Final = "SELECT id, kind, started_at, topic, query FROM sync_run ORDER BY id"
MADE: Final = "SELECT value FROM library WHERE name = 'created_at'"
NOTICES: Final = (
    "SELECT study_id, kind, pmid, text FROM relation WHERE study_id IN ({}) "
    "AND kind IN ('retracted_by', 'concern_in', 'corrected_by', 'reinstated_by') ORDER BY study_id, position"
)
STATUS_NOTES: Final = "SELECT id, status, status_note FROM study WHERE id IN ({}) AND status_note <> '' ORDER BY id"
CLAIMS: Final = (
    "SELECT l.study_id, c.id, c.verdict, c.text FROM claim_study l JOIN claim c ON c.id = l.claim_id "
    "ORDER BY l.study_id, c.position, c.id"
)


class _Moment(NamedTuple):
    """Since when; `first` is the first run of the command that was then at work, None where a date was given."""

    at: str
    first: int | None = None

    @property
    def params(self) -> dict[str, Any]:
        return {"from": self.at} | ({} if self.first is None else {"first": self.first})

    @property
    def narrowed(self) -> str:
        return "" if self.first is None else ITS_OWN


class _Facts(NamedTuple):
    """What decides how notable a study is."""

    year: int | None
    design: str
    n: int | None
    n_studies: int | None
    curated: bool


class _Event(NamedTuple):
    """The changes of one kind that a run made to a study at one time."""

    at: str
    kind: str
    study: int
    run: int | None
    fields: list[FieldChange]


def news(db: Rows, terms: Terms, filters: Filters, since: str = LAST, *, limit: int = 0, listed: bool = False) -> News:
    """What happened since the last sync or import that changed something ("last"), or since a day, month or year (UTC).

    At most `limit` entries (0: all). `listed`: only what a list names, each study once, under what holds now.
    Raises UsageError for a date that is none and for filters that cannot be used.
    """
    query = Query(db, filters, terms)
    runs = [Run(*row) for row in db.rows(RUNS)]
    moment = _last_command(db, runs) if since.strip().lower() == LAST else _Moment(first_moment(since))
    facts: dict[int, _Facts] = {}
    events = _events(db, query, moment, facts) if moment.at else []
    standing = _standing(events)
    arrived = {event.study for event in events if event.kind == ChangeKind.ADDED}
    claims = _claims(db)
    ordered = _ordered(standing if listed else events, facts, arrived, claims)
    made = plain_rows(db.rows(MADE))
    return News(
        since=moment.at,
        runs=_runs(runs, moment, {event.run for event in events}) if moment.at else [],
        understood=query.understood,
        studies=len(facts),
        total=len(ordered),
        entries=_entries(db, terms, ordered[:limit] if limit else ordered, arrived, claims),
        counts=_counts(events, standing),
        added=_spread(db, terms, facts, arrived),
        revised=_revised(events),
        others=_others(db, moment) if moment.at and not facts and query.understood else 0,
        made=made[0] if made else "",
    )


def first_moment(typed: str) -> str:
    """The ISO time at which a day, month or year begins. Raises UsageError."""
    last_day(typed)  # refuses what is no date
    return f"{(typed.strip() + '-01-01')[:10]}T00:00:00Z"


def _last_command(db: Rows, runs: Sequence[Run]) -> _Moment:
    """The last sync or import that changed something; its runs bear its time, and it asks each topic once."""
    found = db.rows(NEWEST)
    if not found:
        return _Moment("")
    at, newest, kind, begun = found[0]
    topics: set[str] = set()
    first = 1 + max(run.id for run in runs)
    for run in reversed(runs):
        if (run.at, run.kind) != (at, kind) or (begun == at and run.id > newest):
            continue
        if run.topic in topics:
            break
        topics.add(run.topic)
        first = run.id
    return _Moment(at, first)


def _events(db: Rows, query: Query, moment: _Moment, facts: dict[int, _Facts]) -> list[_Event]:
    """The changes since then of studies that fit, those of one study, time, run and kind together; fills `facts`."""
    sql = CHANGES.format(moment.narrowed, query.whole(db.dialect, "AND"))
    found: dict[tuple[Any, ...], _Event] = {}
    for at, kind, field, old, new, run, study, *known in db.rows(sql, {**query.params, **moment.params}):
        facts[study] = _Facts(*known)
        event = found.setdefault((at, run, study, kind), _Event(at, kind, study, run, []))
        if field:
            event.fields.append(FieldChange(field, old, new))
    return list(found.values())


def _standing(events: Sequence[_Event]) -> list[_Event]:
    """What a list names: each study once, under the gravest that holds; of changes of status the last one holds."""
    last: dict[int, _Event] = {}
    for event in events:
        if event.kind in STATUSES:
            last[event.study] = event
    best: dict[int, _Event] = {}
    for event in events:
        if event.kind not in LISTED or (event.kind in STATUSES and event is not last[event.study]):
            continue
        if event.study not in best or GRAVEST[event.kind] <= GRAVEST[best[event.study].kind]:
            best[event.study] = event
    return list(best.values())


def _ordered(
    events: Iterable[_Event], facts: Mapping[int, _Facts], arrived: set[int], claims: Mapping[int, list[Any]]
) -> list[_Event]:
    """Gravest first. What was here before comes before what came with it, what claims rest on before the rest."""
    kinds: dict[str, list[_Event]] = {}
    for event in events:
        kinds.setdefault(event.kind, []).append(event)

    def weight(event: _Event) -> tuple[Any, ...]:
        known = facts[event.study]
        here = event.study not in arrived
        claimed = len(claims.get(event.study, ()))
        people = known.n if known.n is not None else known.n_studies or 0
        return (-here, -claimed, not known.curated, -people, -(known.year or 0), event.study, event.at)

    found: list[_Event] = []
    for kind in sorted(kinds, key=lambda kind: (GRAVEST.get(kind, len(GRAVEST)), kind)):
        some = sorted(kinds[kind], key=weight)
        found += _notable(some, facts) if kind == ChangeKind.ADDED else some
    return found


def _notable(events: Sequence[_Event], facts: Mapping[int, _Facts]) -> list[_Event]:
    """Trials, reviews and large studies by turns, so that a short list has some of each; then all else."""
    tiers: tuple[list[_Event], ...] = ([], [], [], [])
    for event in events:
        known = facts[event.study]
        place = 0 if known.design in TRIALS else 1 if known.design in REVIEWS else 2 if (known.n or 0) >= LARGE else 3
        tiers[place].append(event)
    turns = chain.from_iterable(zip_longest(*tiers[:3]))
    return [event for event in turns if event is not None] + tiers[3]


def _entries(
    db: Rows,
    terms: Terms,
    events: Sequence[_Event],
    arrived: set[int],
    claims: Mapping[int, list[tuple[str, str, str]]],
) -> list[NewsEntry]:
    ids = list(dict.fromkeys(event.study for event in events))
    rows: dict[int, StudyRow] = dict(zip(ids, study_rows(db, terms, ids), strict=True))
    notices = _notices(db, [event.study for event in events if event.kind in TOLD_IN])
    return [
        NewsEntry(
            at=event.at,
            kind=event.kind,
            study=rows[event.study],
            fields=event.fields,
            run=event.run,
            arrived=event.study in arrived,
            notice=event.fields[0].new
            if event.kind == ChangeKind.MISMATCH and event.fields
            else notices.get((event.study, event.kind), ""),
            claims=claims.get(event.study, []),
        )
        for event in events
    ]


def _notices(db: Rows, ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """Where a change of status is told, by study and kind: what is known of the status, else the notice's citation."""
    found: dict[tuple[int, str], str] = {}
    for among, params in chunks(list(dict.fromkeys(ids))):
        told: dict[tuple[int, str], str] = {}
        for study, kind, pmid, text in db.rows(NOTICES.format(among), params):
            number = f"PMID {pmid}" if pmid is not None else ""
            told[study, kind] = f"{text} ({number})" if text and number else text or number
        for study in params.values():
            for kind, relation in TOLD_IN.items():
                if (study, relation) in told:
                    found[study, kind] = told[study, relation]
        for study, status, note in db.rows(STATUS_NOTES.format(among), params):
            found[study, status] = note
    return found


def _claims(db: Rows) -> dict[int, list[tuple[str, str, str]]]:
    """The claims that rest on each study: there are some dozens in all."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for study, claim, verdict, text in db.rows(CLAIMS):
        found.setdefault(study, []).append((claim, verdict, text))
    return found


def _counts(events: Iterable[_Event], standing: Iterable[_Event]) -> list[Count]:
    """Studies by kind, gravest first: of what is listed those that stand there, but all that were added."""
    studies: dict[str, set[int]] = {}
    for event in standing:
        studies.setdefault(event.kind, set()).add(event.study)
    for event in events:
        if event.kind not in LISTED or event.kind == ChangeKind.ADDED:
            studies.setdefault(event.kind, set()).add(event.study)
    order = sorted(studies, key=lambda kind: (GRAVEST.get(kind, len(GRAVEST)), kind))
    return [Count(kind, len(studies[kind])) for kind in order]


def _revised(events: Iterable[_Event]) -> list[Count]:
    """In how many studies each field was revised, most first."""
    pairs = {(event.study, one.field) for event in events if event.kind == ChangeKind.REVISED for one in event.fields}
    return most_first(Counter(field for _, field in pairs).items())


def _spread(db: Rows, terms: Terms, facts: Mapping[int, _Facts], studies: set[int]) -> list[Spread]:
    """New studies by condition and design; one with several conditions counts in each."""
    tagged = conditions_of(db, sorted(studies))
    designs: dict[str, Counter[str]] = {}
    for study in sorted(studies):
        for condition in terms.specific(Axis.CONDITION, tagged.get(study, ())) or [""]:
            designs.setdefault(condition, Counter())[facts[study].design] += 1
    found = [Spread(condition, counts.total(), most_first(counts.items())) for condition, counts in designs.items()]
    return sorted(found, key=lambda spread: (not spread.condition, -spread.k, spread.condition))


def _runs(runs: Sequence[Run], moment: _Moment, seen: set[int | None]) -> list[Run]:
    """The runs that brought this, and those begun since a date, or by the last command."""
    first = moment.first
    return [
        run
        for run in runs
        if run.id in seen or (run.at >= moment.at if first is None else run.at == moment.at and run.id >= first)
    ]


def _others(db: Rows, moment: _Moment) -> int:
    """How many studies changed, whatever they are."""
    return int(db.rows(COUNT.format(moment.narrowed), moment.params)[0][0])
