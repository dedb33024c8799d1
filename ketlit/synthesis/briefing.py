"""The facts of a brief, counted from its rows: designs and levels, effects, harms, doses, follow-up, blinding, gaps.

Nothing here is words: both readers of a brief, patient and clinician, are told these same facts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ketlit.evidence_views import BriefRows, DoseRow, FindingRow, Followed
from ketlit.synthesis.eligible import Allowed, refusal, same_people
from ketlit.synthesis.evidence_map import direction_of
from ketlit.synthesis.levels import REVIEWS, starting_level
from ketlit.synthesis.reported import PRINTED
from ketlit.synthesis.selection import INERT
from ketlit.synthesis.weighing import Amount, outcomes_of, weigh
from ketlit.views import StudyRow
from ketlit.vocabulary import Comparison, Design, Direction

OUTCOMES: Final = 3  # that are told of
# what people live with, besides the symptom itself: where no trial has measured it, that is a gap
LIFE: Final = ("physical-function", "quality-of-life", "social-role", "sleep")
PRIMARY: Final = frozenset(
    (
        *(Design.RCT, Design.NON_RANDOMIZED_TRIAL, Design.SINGLE_ARM_TRIAL, Design.OBSERVATIONAL),
        *(Design.CASE_SERIES, Design.CASE_REPORT, Design.SECONDARY_ANALYSIS),
    )
)
UNCONTROLLED: Final = (Design.SINGLE_ARM_TRIAL, Design.CASE_SERIES, Design.CASE_REPORT, Design.OBSERVATIONAL)


_LEAST: Final[tuple[str, ...]] = (
    Direction.FAVOURS_COMPARATOR,
    Direction.NO_DIFFERENCE,
    Direction.MIXED,
    Direction.FAVOURS_INTERVENTION,
)


class Share(NamedTuple):
    """Percentages of people, with ketamine and with a control (None: there was no comparison group)."""

    term: str
    key: str
    ours: float
    theirs: float | None
    comparator: str
    timepoint: str
    text: str  # events and n as printed, where they are: "8/12 vs 3/12"
    n: float


class DoseGroup(NamedTuple):
    """Doses of one form by one route in one unit: the least and the most, and of how long each took, in minutes."""

    drug: str
    route: str
    unit: str
    low: float
    high: float
    shortest: float | None
    longest: float | None
    keys: tuple[str, ...]


class Facts(NamedTuple):
    """What a brief tells. Keys stand beside every count; `levels` are those of studies, None without one."""

    rows: BriefRows
    people: int
    designs: dict[str, list[str]]
    levels: dict[int | None, list[str]]
    trials: list[StudyRow]  # randomised, also against another treatment or dose
    against_inert: list[str]  # of them those against a control without a treatment
    amounts: list[Amount]
    numbers: dict[str, list[tuple[FindingRow, ...]]]  # of outcomes that are not pooled: first and last of each trial
    others: dict[str, dict[str, list[str]]]  # by comparator with a treatment: trials by direction
    uncontrolled: list[StudyRow]
    reviews: list[FindingRow]  # estimates that published reviews have pooled
    harms: list[Share]
    pooled_harms: list[FindingRow]
    named_harms: dict[str, list[str]]  # told without a number; that it was looked for may be all
    silent: list[str]  # studies of people that tell of no harm
    elsewhere: list[Share]
    doses: list[DoseGroup]
    followed: list[Followed]
    guesses: list[FindingRow]
    inert: dict[str, list[str]]  # trials by placebo and active placebo
    unmeasured: list[str]


def gather(rows: BriefRows, outcomes: Sequence[str] = ()) -> Facts:
    """Count the facts; `outcomes` are those to tell of, else those that most trials compare."""
    of: dict[str, list[FindingRow]] = {}
    for finding in rows.findings:
        of.setdefault(finding.key, []).append(finding)
    told = list(outcomes) or outcomes_of(((study, of.get(study.key, ())) for study in rows.studies), OUTCOMES)
    amounts = [weigh(outcome, rows.studies, of, rows.related) for outcome in told]
    amounts = [each for each in amounts if each.trials or each.keys]
    trials = [study for study in rows.studies if study.design == Design.RCT]
    primary = [study for study in rows.studies if study.design in PRIMARY]
    harms = [each for study in primary for each in of.get(study.key, ()) if each.harm]
    return Facts(
        rows=rows,
        people=_people(rows),
        designs=_grouped((study.design or "", study.key) for study in rows.studies),
        levels=_levels(rows.studies, of),
        trials=trials,
        against_inert=[study.key for study in trials if any(map(_inert, of.get(study.key, ())))],
        amounts=amounts,
        numbers={each.outcome: _ends(each, of) for each in amounts if each.pooled is None},
        others=_others(rows, of, told),
        uncontrolled=[study for study in primary if study.design in UNCONTROLLED],
        reviews=_reviews(rows, of, told),
        harms=_shares(harms),
        pooled_harms=_newest(f for f in rows.findings if f.harm and f.comparison == Comparison.POOLED),
        named_harms=_grouped((each.outcome, each.key) for each in harms if each.outcome not in ("any", "other")),
        silent=[study.key for study in primary if not study.harms and not any(f.harm for f in of.get(study.key, ()))],
        elsewhere=_shares(rows.elsewhere),
        doses=_doses(rows.doses, {study.key for study in primary}),
        followed=[each for each in rows.followed if each.key in {study.key for study in primary}],
        guesses=[each for each in rows.findings if "guess" in each.measure.casefold()],
        inert=_grouped(
            (each.comparator, each.key) for study in trials for each in filter(_inert, of.get(study.key, ()))
        ),
        unmeasured=[
            life for life in LIFE if not any(_measures(life, study, of.get(study.key, ())) for study in trials)
        ],
    )


def _inert(finding: FindingRow) -> bool:
    return finding.comparison == Comparison.BETWEEN and finding.comparator in INERT - {""} and not finding.harm


def _measures(outcome: str, study: StudyRow, findings: Iterable[FindingRow]) -> bool:
    return outcome in study.outcomes or any(each.outcome == outcome and not each.harm for each in findings)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Keys under each name, each once; the names of most keys first."""
    found: dict[str, dict[str, None]] = {}
    for name, key in pairs:
        found.setdefault(name, {})[key] = None
    return {name: list(found[name]) for name in sorted(found, key=lambda name: (-len(found[name]), name))}


def _people(rows: BriefRows) -> int:
    """How many people took part; those of one trial, or of studies of the same people, once."""
    studies = {study.key: study for study in rows.studies if study.design in PRIMARY}
    groups = same_people(studies, rows.related)
    return sum(max((studies[key].n or 0 for key in group), default=0) for group in groups)


def _levels(studies: Iterable[StudyRow], of: Mapping[str, Sequence[FindingRow]]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    for study in studies:
        controlled = any(each.comparison == Comparison.BETWEEN for each in of.get(study.key, ()))
        level = starting_level(study.design, study.status, controlled=controlled).level
        found.setdefault(level, []).append(study.key)
    return dict(sorted(found.items(), key=lambda one: one[0] or 9))


def _percent(events: float | None, n: float | None, percent: float | None) -> float | None:
    return 100 * events / n if events is not None and n else percent


def share_of(finding: FindingRow) -> Share | None:
    """The percentages of a finding; None where it states none with ketamine."""
    ours = _percent(finding.events1, finding.n1, finding.percent1)
    if ours is None:
        return None
    between = finding.comparison == Comparison.BETWEEN
    theirs = _percent(finding.events2, finding.n2, finding.percent2) if between else None
    if between and theirs is None:
        return None
    counts = [
        f"{events:g}/{n:g}"
        for events, n in ((finding.events1, finding.n1), (finding.events2, finding.n2))
        if events is not None and n
    ]
    whole = len(counts) == (2 if between else 1)
    return Share(
        finding.measure if finding.outcome == "other" and finding.measure else finding.outcome,
        finding.key,
        ours,
        theirs,
        finding.comparator,
        finding.timepoint,
        " vs ".join(counts) if whole else "",
        finding.n1 or 0,
    )


def _shares(findings: Iterable[FindingRow]) -> list[Share]:
    """One share a harm: a controlled one before others, of most people; controlled harms first, then the frequent."""
    best: dict[str, Share] = {}
    for finding in findings:
        inert = finding.comparison != Comparison.BETWEEN or finding.comparator in INERT
        made = share_of(finding) if inert and finding.comparison != Comparison.BEFORE_AFTER else None
        if made is None:
            continue
        kept = best.get(finding.outcome)
        if kept is None or (made.theirs is not None, made.n) > (kept.theirs is not None, kept.n):
            best[finding.outcome] = made
    return sorted(best.values(), key=lambda one: (one.theirs is None, -one.ours, one.term))


def _ends(amount: Amount, of: Mapping[str, Sequence[FindingRow]]) -> list[tuple[FindingRow, ...]]:
    """Of each trial that prints a number of a comparison with a control without a treatment: its first and last result.

    The last stands beside the first also where it has no number, and of several at that time the least favourable: a
    gain that is lost must not look like one kept.
    """
    found: list[tuple[FindingRow, ...]] = []
    for key in (key for keys in amount.directions.values() for key in keys):
        mine = [each for each in of[key] if each.outcome == amount.outcome and _inert(each) and each.hours is not None]
        # of one time first what says most: shares of people, then other numbers
        mine.sort(key=lambda each: (each.hours or 0, share_of(each) is None, not _printed(each)))
        first = next((each for each in mine if _printed(each)), None)
        if first is not None:
            last = min((each for each in mine if each.hours == mine[-1].hours), key=_favour)
            found.append((first,) if last.hours == first.hours else (first, last))
    return found


def _favour(finding: FindingRow) -> int:
    """How far a result favours ketamine, the least first; one that says nothing last."""
    return _LEAST.index(finding.direction) if finding.direction in _LEAST else len(_LEAST)


def _printed(finding: FindingRow) -> bool:
    """It prints a number, of both groups or of their difference."""
    pairs = ((finding.events1, finding.events2), (finding.percent1, finding.percent2), (finding.mean1, finding.mean2))
    both = any(one is not None and other is not None for one, other in pairs)
    return both or finding.effect is not None or bool(finding.p)


def _others(
    rows: BriefRows, of: Mapping[str, Sequence[FindingRow]], outcomes: Sequence[str]
) -> dict[str, dict[str, list[str]]]:
    """Trials against a treatment, by what it was and which way their comparisons on these outcomes point."""
    found: dict[str, dict[str, list[str]]] = {}
    for study in rows.studies:
        if refusal(study, Allowed()):
            continue
        said: dict[str, list[str]] = {}
        for each in of.get(study.key, ()):
            treated = each.comparator not in INERT and each.comparator != "dose-comparison"
            if each.comparison == Comparison.BETWEEN and treated and not each.harm and each.outcome in outcomes:
                said.setdefault(each.comparator, []).append(each.direction)
        for comparator, ways in said.items():
            if (way := direction_of(ways)) != Direction.NOT_REPORTED:
                found.setdefault(comparator, {}).setdefault(way, []).append(study.key)
    return found


def _reviews(rows: BriefRows, of: Mapping[str, Sequence[FindingRow]], outcomes: Sequence[str]) -> list[FindingRow]:
    """The estimate of the latest time that each review pooled on these outcomes, against no other treatment."""
    found = []
    for study in rows.studies:
        if study.design not in REVIEWS:
            continue
        mine = [
            each
            for each in of.get(study.key, ())
            if each.comparison == Comparison.POOLED
            and not each.harm
            and each.outcome in outcomes
            and each.effect_measure in PRINTED
            and each.comparator in INERT
        ]
        mine.sort(key=lambda each: each.hours or 0)
        found += mine[-1:]
    return _newest(found)


def _newest(findings: Iterable[FindingRow]) -> list[FindingRow]:
    """Those with an interval, newest first, one a harm or outcome of each study."""
    kept = {(each.key, each.outcome): each for each in findings if each.effect is not None and each.ci_low is not None}
    return sorted(kept.values(), key=lambda each: (-(each.year or 0), each.key))


_MINUTES: Final = {"min": 1.0, "h": 60.0, "d": 1440.0}


def _doses(doses: Iterable[DoseRow], keys: set[str]) -> list[DoseGroup]:
    """The range of doses of each form, route and unit, those of most studies first."""
    found: dict[tuple[str, str, str], list[DoseRow]] = {}
    for each in doses:
        if each.key in keys and each.unit and (each.value is not None or each.value_high is not None):
            found.setdefault((each.drug, each.route, each.unit), []).append(each)
    groups = []
    for (drug, route, unit), mine in found.items():
        values = [value for each in mine for value in (each.value, each.value_high) if value is not None]
        times = [
            each.duration * _MINUTES[each.duration_unit]
            for each in mine
            if each.duration and each.duration_unit in _MINUTES
        ]
        groups.append(
            DoseGroup(
                *(drug, route, unit, min(values), max(values)),
                *(min(times, default=None), max(times, default=None)),
                tuple(dict.fromkeys(each.key for each in mine)),
            )
        )
    return sorted(groups, key=lambda group: (-len(group.keys), group.drug, group.route, group.unit))


def control_share(amount: Amount) -> float | None:
    """The median share, 0 to 1, of people with the event in the control groups of a pooled set of counts.

    The risk to which a relative effect is applied for absolute numbers (Handbook 14.1.5.2 calls it the assumed risk).
    """
    if amount.selection is None:
        return None
    shares = [
        share / 100
        for each in amount.selection.chosen
        if (share := _percent(each.finding.events2, each.finding.n2, each.finding.percent2)) is not None
    ]
    return median(shares)


def middle(followed: Sequence[Followed]) -> float | None:
    """The median follow-up in days."""
    return median([each.days for each in followed])


def median(values: Sequence[float]) -> float | None:
    """The middle one; None of none. That of the standard library takes 3 ms to load."""
    ordered, k = sorted(values), len(values)
    return (ordered[(k - 1) // 2] + ordered[k // 2]) / 2 if ordered else None
