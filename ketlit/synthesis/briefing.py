"""The facts of a brief, counted from its rows: designs and levels, effects, harms, doses, follow-up, blinding, gaps.

Nothing here is words: both readers of a brief, patient and clinician, are told these same facts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ketlit.evidence_views import BriefRows, DoseRow, FindingRow, Followed
from ketlit.synthesis.eligible import Allowed, refusal, same_people
from ketlit.synthesis.evidence_map import direction_of
from ketlit.synthesis.harms import Share, absent, harm_shares, percent_of, share_of
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
# what a study of one of these may tell instead of it
_ALIKE: Final = (
    frozenset({"response", "remission", "depressive-symptoms"}),
    frozenset({"pain-intensity", "pain-response"}),
)
_FAMILY: Final = {outcome: family for family in _ALIKE for outcome in family}
_LEAST: Final[tuple[str, ...]] = (
    Direction.FAVOURS_COMPARATOR,
    Direction.NO_DIFFERENCE,
    Direction.MIXED,
    Direction.FAVOURS_INTERVENTION,
)


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


class Against(NamedTuple):
    """Studies that compared ketamine with one treatment, by direction."""

    trials: dict[str, list[str]]
    reviews: dict[str, list[str]]
    beside: dict[str, list[str]]  # not randomised
    non_inferiority: list[str]  # studies that tested whether ketamine is not worse
    wider: dict[str, list[str]]  # of a wider topic: not among the studies of the brief


class Facts(NamedTuple):
    """What a brief tells. Keys stand beside every count; `levels` are those of studies, None without one."""

    rows: BriefRows
    people: int
    designs: dict[str, list[str]]
    levels: dict[int | None, list[str]]
    unread: list[StudyRow]  # randomised trials that nobody read: their results are not here
    trials: list[StudyRow]  # randomised, also against another treatment or dose
    against_inert: list[str]  # of them those against a control without a treatment
    amounts: list[Amount]
    numbers: dict[str, list[tuple[FindingRow, ...]]]  # of outcomes that are not pooled: first and last of each trial
    others: dict[str, Against]  # by comparator with a treatment
    uncontrolled: list[StudyRow]
    reviews: list[FindingRow]  # estimates that published reviews have pooled
    harms: list[Share]
    pooled_harms: list[FindingRow]
    named_harms: dict[str, list[str]]  # by term; those without a share of their own have no rate
    absent_harms: dict[str, list[str]]  # looked for, and by no study here told to occur
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
    named = _named(harms)
    return Facts(
        rows=rows,
        people=_people(rows, of),
        designs=_grouped((study.design or "", study.key) for study in rows.studies),
        levels=_levels(rows.studies, of),
        unread=[study for study in trials if not _read(study, of)],
        trials=trials,
        against_inert=[study.key for study in trials if any(map(_inert, of.get(study.key, ())))],
        amounts=amounts,
        numbers={each.outcome: _ends(each, of) for each in amounts if each.pooled is None},
        others=_others(rows, of, told),
        uncontrolled=[study for study in primary if study.design in UNCONTROLLED],
        reviews=_reviews(rows, of, told),
        harms=harm_shares(harms),
        pooled_harms=_newest(f for f in rows.findings if f.harm and f.comparison == Comparison.POOLED),
        named_harms=named,
        absent_harms={term: keys for term, keys in _named(harms, gone=True).items() if term not in named},
        silent=[study.key for study in primary if not study.harms and not any(f.harm for f in of.get(study.key, ()))],
        elsewhere=harm_shares(rows.elsewhere),
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


def _read(study: StudyRow, of: Mapping[str, Sequence[FindingRow]]) -> bool:
    """A person read it: it is curated, or somebody entered a finding of it. All else of it is tagged automatically."""
    return study.curated or study.key in of


def _named(harms: Iterable[FindingRow], *, gone: bool = False) -> dict[str, list[str]]:
    """Studies by harm that they tell of; with `gone` by harm that they looked for and did not find."""
    # less of it than with another treatment says neither
    ours = (each for each in harms if each.direction != Direction.FAVOURS_INTERVENTION)
    told = ((each.outcome, each.key) for each in ours if absent(each) is gone)
    return _grouped((term, key) for term, key in told if term not in ("any", "other"))


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


def _people(rows: BriefRows, of: Mapping[str, Sequence[FindingRow]]) -> int:
    """How many people took part in studies that somebody read; those of one trial, or of the same people, once."""
    studies = {study.key: study for study in rows.studies if study.design in PRIMARY and _read(study, of)}
    groups = same_people(studies, rows.related)
    return sum(max((studies[key].n or 0 for key in group), default=0) for group in groups)


def _levels(studies: Iterable[StudyRow], of: Mapping[str, Sequence[FindingRow]]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    for study in studies:
        controlled = any(each.comparison == Comparison.BETWEEN for each in of.get(study.key, ()))
        level = starting_level(study.design, study.status, controlled=controlled).level
        found.setdefault(level, []).append(study.key)
    return dict(sorted(found.items(), key=lambda one: one[0] or 9))


def _ends(amount: Amount, of: Mapping[str, Sequence[FindingRow]]) -> list[tuple[FindingRow, ...]]:
    """Of each trial that prints a number of a comparison with a control without a treatment: its first and last result.

    What it found otherwise at that time stands beside each. The last stands beside the first also where it has no
    number, and of several at that time the least favourable: a gain that is lost must not look like one kept.
    """
    found: list[tuple[FindingRow, ...]] = []
    for key in (key for keys in amount.directions.values() for key in keys):
        mine = [each for each in of[key] if each.outcome == amount.outcome and _inert(each) and each.hours is not None]
        # of one time first what says most: shares of people, then other numbers
        mine.sort(key=lambda each: (each.hours or 0, share_of(each) is None, not _printed(each)))
        first = next((each for each in mine if _printed(each)), None)
        if first is not None:
            last = min((each for each in mine if each.hours == mine[-1].hours), key=_favour)
            ends = [first] if last.hours == first.hours else [first, last]
            found.append(tuple(each for end in ends for each in (end, *_unlike(end, mine))))
    return found


def _unlike(end: FindingRow, findings: Iterable[FindingRow]) -> list[FindingRow]:
    """What the trial says otherwise of the same time, one result of each other direction: of another cohort or dose."""
    other = {
        each.direction: each
        for each in findings
        if each.hours == end.hours and _printed(each) and each.direction not in (end.direction, Direction.NOT_REPORTED)
    }
    return list(other.values())


def _favour(finding: FindingRow) -> int:
    """How far a result favours ketamine, the least first; one that says nothing last."""
    return _LEAST.index(finding.direction) if finding.direction in _LEAST else len(_LEAST)


def _printed(finding: FindingRow) -> bool:
    """It prints a number, of both groups or of their difference."""
    pairs = ((finding.events1, finding.events2), (finding.percent1, finding.percent2), (finding.mean1, finding.mean2))
    both = any(one is not None and other is not None for one, other in pairs)
    return both or finding.effect is not None or bool(finding.p)


def _others(rows: BriefRows, of: Mapping[str, Sequence[FindingRow]], outcomes: Sequence[str]) -> dict[str, Against]:
    """What is known against each treatment, of all studies that compared ketamine with it."""
    family = {each for one in outcomes for each in (one, *_FAMILY.get(one, ()))}
    found: dict[str, Against] = {}
    for study in rows.studies:
        mine = of.get(study.key, ())
        for comparator, way in _against(study, mine, family).items():
            against = found.setdefault(comparator, Against({}, {}, {}, [], {}))
            kind = against.trials if not refusal(study, Allowed()) else against.beside
            kind = against.reviews if study.design in REVIEWS else kind
            kind.setdefault(way, []).append(study.key)
            if any(
                "non-inferior" in f"{each.text} {each.p}".casefold() for each in mine if each.comparator == comparator
            ):
                against.non_inferiority.append(study.key)
    beyond: dict[str, list[FindingRow]] = {}
    for finding in rows.wider:
        beyond.setdefault(finding.key, []).append(finding)
    for key, mine in beyond.items():
        for comparator, way in _ways(mine, family).items():
            if comparator in found and way != Direction.NOT_REPORTED:
                found[comparator].wider.setdefault(way, []).append(key)
    return found


def _against(study: StudyRow, findings: Iterable[FindingRow], family: set[str]) -> dict[str, str]:
    """Which way a study points against each treatment: its findings on these outcomes, else what it says as a whole.

    The whole says something of a treatment only where a person read the study and nothing else was compared.
    """
    ways = _ways(findings, family)
    only = study.comparators if len(study.comparators) == 1 and study.curated else []
    for comparator in filter(_treatment, only):
        if ways.get(comparator, Direction.NOT_REPORTED) == Direction.NOT_REPORTED:
            ways[comparator] = study.direction
    return {comparator: way for comparator, way in ways.items() if way and way != Direction.NOT_REPORTED}


def _ways(findings: Iterable[FindingRow], family: set[str]) -> dict[str, str]:
    """By treatment, which way the findings of one study on these outcomes point."""
    said: dict[str, list[str]] = {}
    for each in findings:
        if each.comparison in (Comparison.BETWEEN, Comparison.POOLED) and _treatment(each.comparator) and not each.harm:
            said.setdefault(each.comparator, []).extend([each.direction] if each.outcome in family else [])
    return {comparator: direction_of(each) for comparator, each in said.items()}


def _treatment(comparator: str) -> bool:
    return comparator not in INERT and comparator != "dose-comparison"


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
        if (share := percent_of(each.finding.events2, each.finding.n2, each.finding.percent2)) is not None
    ]
    return median(shares)


def middle(followed: Sequence[Followed]) -> float | None:
    """The median follow-up in days."""
    return median([each.days for each in followed])


def median(values: Sequence[float]) -> float | None:
    """The middle one; None of none. That of the standard library takes 3 ms to load."""
    ordered, k = sorted(values), len(values)
    return (ordered[(k - 1) // 2] + ordered[k // 2]) / 2 if ordered else None
