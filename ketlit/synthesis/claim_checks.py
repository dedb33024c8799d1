"""What a claim states, recomputed from findings, and whether the verdict and the data part. Pure.

A share of people is what the groups given ketamine had, pooled on the log odds scale, with no control to compare with;
the difference from a control group is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from ketlit.evidence_views import Candidate, CheckRows, FindingRow, Related
from ketlit.synthesis.direction import Vote, count_directions
from ketlit.synthesis.distributions import wilson
from ketlit.synthesis.effects import Effect, of_share, share
from ketlit.synthesis.eligible import GONE, Allowed, once, refusal
from ketlit.synthesis.evidence_map import direction_of
from ketlit.synthesis.nearest import PART
from ketlit.synthesis.pooling import Pooled, interval_of, pool
from ketlit.synthesis.reported import BETTER
from ketlit.synthesis.selection import INERT, Question, select
from ketlit.synthesis.timepoint import Window, window
from ketlit.synthesis.weighing import MEASURES
from ketlit.views import ClaimCheck, StudyRow
from ketlit.vocabulary import Comparison, Design, Direction, EffectMeasure, IntervalMethod, Verdict

FITS: Final = "fits"
DIFFERS: Final = "differs"
UNCLEAR: Final = "unclear"
NOTHING: Final = "not computable"
# who has groups of people of its own
_PEOPLE: Final = frozenset(
    (
        *(Design.RCT, Design.NON_RANDOMIZED_TRIAL, Design.SINGLE_ARM_TRIAL, Design.OBSERVATIONAL),
        *(Design.CASE_SERIES, Design.SECONDARY_ANALYSIS),
    )
)
_ALPHA: Final = 0.05
WIDE: Final = 50.0  # percentage points: an interval that is wider would fit most claims


class Arm(NamedTuple):
    """A group given ketamine: how many of its n people had the outcome, and when."""

    key: str
    events: float
    n: float
    timepoint: str


class Recomputed(NamedTuple):
    """What the findings say to one check. Shares in percent; `difference` is ketamine minus control, as a fraction.

    `result`: fits, differs, unclear or not computable; `why` says so in words.
    """

    check: ClaimCheck
    result: str
    why: str
    arms: tuple[Arm, ...] = ()
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    difference: Pooled | None = None
    effect: Pooled | None = None
    directions: Mapping[str, list[str]] = MappingProxyType({})
    vote: Vote | None = None


def recompute(rows: CheckRows) -> Recomputed:
    """Hold one check of a claim against the findings it speaks of."""
    check = rows.check
    at = window(check.at) if check.at else None
    mine = [each for each in rows.findings if not each.harm and each.outcome == check.outcome]
    if not rows.studies:
        whose = f"no study of {check.condition}" if check.condition else "none of its studies"
        return Recomputed(check, NOTHING, f"{whose} counts in this library")
    if not mine:
        return Recomputed(check, NOTHING, f"no finding on {check.outcome} is in this library")
    if check.share is not None:
        return _share(rows, mine, at)
    return _direction(rows, mine, at)


def parted(verdict: str, found: Sequence[Recomputed]) -> bool | None:
    """Whether verdict and data part; None where nothing could be recomputed.

    A verdict of "partly" also weighs what cannot be recomputed, so findings that fit do not part from it.
    """
    results = {each.result for each in found if each.result != NOTHING}
    if not results:
        return None
    if verdict == Verdict.SUPPORTED:
        return DIFFERS in results
    if verdict == Verdict.CONTRADICTED:
        return results == {FITS}
    return verdict == Verdict.UNRESOLVED and UNCLEAR not in results


# a share of the people who were given ketamine


def _share(rows: CheckRows, findings: Sequence[FindingRow], at: Window | None) -> Recomputed:
    check = rows.check
    stated = check.share or 0.0
    arms = _arms(rows.studies, findings, rows.related, at)
    if not arms:
        return Recomputed(check, NOTHING, "no study says how many of how many people" + _when(at))
    estimate, low, high = _pooled_share(arms)
    inside = low <= stated <= high
    result = DIFFERS if not inside else FITS if high - low <= WIDE else UNCLEAR
    why = f"{stated:g} % is {'within' if inside else 'outside'} {low:.0f} to {high:.0f} %"
    why += ", which is too wide to tell" if result == UNCLEAR else ""
    difference = _difference(rows, findings, at)
    return Recomputed(check, result, why, arms, estimate, low, high, difference)


def _when(at: Window | None) -> str:
    return f" within {at.low:g} to {at.high:g} h" if at else ""


def _arms(
    studies: Iterable[StudyRow], findings: Sequence[FindingRow], related: Sequence[Related], at: Window | None
) -> tuple[Arm, ...]:
    """The group given ketamine of each trial: the time nearest to the one asked for, of equal ones the largest."""
    rows = {row.key: row for row in studies if row.design in _PEOPLE and row.status not in GONE and not row.excluded}
    found: dict[str, tuple[float, float, Arm]] = {}
    for each in findings:
        arm = _arm(each) if each.key in rows and (at is None or each.hours in at) else None
        if arm is None:
            continue
        distance = abs((each.hours or 0) - at.hours) if at else -(each.hours or 0)  # at any time: the last
        rank = (distance, -arm.n)
        if each.key not in found or rank < found[each.key][:2]:
            found[each.key] = (*rank, arm)
    twice = once({key: rows[key] for key in found}, related, lambda key: found[key][:1])
    return tuple(arm for key, (_, _, arm) in found.items() if key not in twice)


def _arm(finding: FindingRow) -> Arm | None:
    whole = finding.comparison in (Comparison.BETWEEN, Comparison.SINGLE_ARM) and not PART.search(
        finding.measure.casefold()
    )
    events, n = finding.events1, finding.n1
    if events is None and finding.percent1 is not None and n is not None:
        events = finding.percent1 * n / 100
    if not whole or events is None or n is None or n < 2 or events > n:
        return None
    return Arm(finding.key, events, n, finding.timepoint)


def _pooled_share(arms: Sequence[Arm]) -> tuple[float, float, float]:
    """Share and limits in percent; one group stands for itself, with Wilson's interval."""
    if len(arms) == 1:
        low, high = wilson(round(arms[0].events), round(arms[0].n))
        return 100 * arms[0].events / arms[0].n, 100 * low, 100 * high
    effects = [of_share(arm.key, arm.events, arm.n) for arm in arms]
    pooled = pool(effects, ci_method=_interval(len(effects)))
    ends = (pooled.estimate, pooled.ci_low, pooled.ci_high)
    estimate, low, high = (100 * share(value or 0.0) for value in ends)
    return estimate, low, high


def _difference(rows: CheckRows, findings: Sequence[FindingRow], at: Window | None) -> Pooled | None:
    """The risk difference from a control without a treatment; None where no trial gives one, or no time is named."""
    return _effect(rows, findings, at, (EffectMeasure.RD,))[0] if at else None


def _effect(
    rows: CheckRows, findings: Sequence[FindingRow], at: Window, measures: Sequence[EffectMeasure]
) -> tuple[Pooled | None, str]:
    """The pooled effect of the first measure that most trials give, and what more of it means."""
    of: dict[str, list[FindingRow]] = {}
    for each in findings:
        of.setdefault(each.key, []).append(each)
    candidates = [Candidate(row, tuple(of[row.key])) for row in rows.studies if row.key in of]
    sets = [(measure, select(candidates, rows.related, Question(measure, at))) for measure in measures]
    measure, best = max(sets, key=lambda one: len(one[1].chosen))
    if not best.chosen or not {each.finding.comparator for each in best.chosen} <= INERT:
        return None, ""
    interval = _interval(len(best.effects))
    return pool(best.effects, measure, ci_method=interval, excluded=best.excluded), best.higher_is


def _interval(k: int) -> IntervalMethod:
    """Of two, t limits with one degree of freedom would fit any claim; the normal ones at least can be missed."""
    return IntervalMethod.WALD if k == 2 else IntervalMethod.HKSJ


# a direction


def _direction(rows: CheckRows, findings: Sequence[FindingRow], at: Window | None) -> Recomputed:
    check = rows.check
    directions = _directions(rows, findings, at)
    vote = count_directions(Direction(way) for way, keys in directions.items() for _ in keys)
    effect, higher_is = _effect(rows, findings, at, MEASURES) if at else (None, "")
    made = Recomputed(check, UNCLEAR, "", effect=effect, directions=directions, vote=vote)
    if not any(directions.values()):
        return made._replace(result=NOTHING, why="no trial compares this with a control" + _when(at))
    if not check.condition:
        return _judged(made, _own(check.direction, directions))
    if effect is not None and effect.k > 1:
        return _judged(made, _by_effect(check.direction, effect, higher_is))
    return _judged(made, _by_vote(check.direction, vote))


def _directions(rows: CheckRows, findings: Sequence[FindingRow], at: Window | None) -> dict[str, list[str]]:
    """Trials by direction; of a claim's own studies also those without a control group, where none has one."""
    studies = {row.key: row for row in rows.studies}
    said: dict[str, list[str]] = {}
    for each in findings:
        row = studies.get(each.key)
        compared = each.comparison == Comparison.BETWEEN and each.comparator in INERT
        if row and compared and not refusal(row, Allowed(any_context=True)) and (at is None or each.hours in at):
            said.setdefault(each.key, []).append(each.direction)
    twice = once({key: studies[key] for key in said}, rows.related, lambda key: ())
    found: dict[str, list[str]] = {}
    for key, ways in said.items():
        way = direction_of(ways)
        if key not in twice and way != Direction.NOT_REPORTED:
            found.setdefault(way, []).append(key)
    return found


def _judged(made: Recomputed, said: tuple[str, str]) -> Recomputed:
    return made._replace(result=said[0], why=said[1])


def _own(claimed: str, directions: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """A claim about its own studies: whether they found what it says."""
    same, every = len(directions.get(claimed, ())), sum(map(len, directions.values()))
    why = f"{same} of {every} {'trial' if every == 1 else 'trials'} found it"
    return FITS if same == every else UNCLEAR if same else DIFFERS, why


def _by_effect(claimed: str, effect: Pooled, higher_is: str) -> tuple[str, str]:
    low, high = effect.ci_low or 0.0, effect.ci_high or 0.0
    if not higher_is:
        return UNCLEAR, "whether more is better is not known"
    if low <= 0 <= high:
        return UNCLEAR, "the pooled interval crosses no difference"
    better = (low > 0) == (higher_is == BETTER)
    way = Direction.FAVOURS_INTERVENTION if better else Direction.FAVOURS_COMPARATOR
    said = "ketamine" if better else "the control"
    return FITS if way == claimed else DIFFERS, f"the pooled interval lies on the side of {said}"


def _by_vote(claimed: str, vote: Vote) -> tuple[str, str]:
    if vote.p is None or vote.p >= _ALPHA:
        return UNCLEAR, vote.says
    way = Direction.FAVOURS_INTERVENTION if 2 * vote.favours > vote.n else Direction.FAVOURS_COMPARATOR
    return FITS if way == claimed else DIFFERS, vote.says


def limits(effect: Pooled) -> tuple[float, float, float] | None:
    """Estimate and limits of a pooled effect; of a single study its own; None where there is none."""
    if effect.estimate is not None and effect.ci_low is not None and effect.ci_high is not None:
        return effect.estimate, effect.ci_low, effect.ci_high
    if len(effect.studies) != 1:
        return None
    only = effect.studies[0]
    return (only.yi, *interval_of(Effect(only.study, only.yi, only.vi)))
