"""Which of a study's findings counts in a window of time: the nearest one that can be used, once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ketlit.evidence_views import FindingRow
from ketlit.synthesis.effects import OF_COUNTS
from ketlit.synthesis.reported import PRINTED, shares
from ketlit.synthesis.timepoint import Window, spoken
from ketlit.vocabulary import Comparison, EffectMeasure, Origin, Verification

# a result among some of those randomised is none of the trial's comparison
PART: Final = re.compile(
    r"\b(?:among|of (?:the )?(?:responders|remitters|completers)|responders at|men|women|males|females|boys|girls"
    r"|subgroup|baseline)\b"
)
_SECOND_CHOICE: Final = re.compile(r"\b(?:per protocol|completers|adjusted|mixed model|post hoc)\b")
_OTHERS: Final = {
    Comparison.SINGLE_ARM: "one group only: not a comparison",
    Comparison.BEFORE_AFTER: "before and after in one group: not a comparison",
    Comparison.POOLED: "a pooled result of several studies",
    Comparison.WITHIN_REVIEW: "what a review says of other studies",
}


class Found(NamedTuple):
    """A study's findings in order of preference; with `arms`, the comparisons that share one control group.

    `beside`: what else is printed for that time, of which nothing says that it is the same result.
    """

    findings: tuple[FindingRow, ...] = ()
    arms: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def nearest(findings: Sequence[FindingRow], window: Window, measure: EffectMeasure) -> tuple[Found, str]:
    """The findings at the time in the window that is nearest to its middle, or why there is none.

    Of several those come first that a person entered, then those with numbers of both groups, then those of all
    people as randomised, then verified ones, then as printed.
    """
    if not findings:
        return Found(), "no finding of this outcome is in the library"
    compared = [each for each in findings if each.comparison == Comparison.BETWEEN]
    if not compared:
        return Found(), _OTHERS[Comparison(findings[0].comparison)]
    whole = [each for each in compared if not PART.search(each.measure.casefold())]
    if not whole:
        return Found(), f"only of a part of those randomised ({compared[0].measure})"
    inside = [each for each in whole if each.hours in window]
    if not inside:
        return Found(), _elsewhen(whole, window)
    usable = [each for each in inside if _usable(each, measure)] or inside
    distance = min(_distance(each, window) for each in usable)
    tied = [each for each in usable if _distance(each, window) == distance]
    tied.sort(key=lambda each: _preference(each, measure))
    arms = _arms(tied, measure)
    if arms:
        return Found(tuple(arms), _names(arms)), ""
    # raw numbers of all people stand for the trial; of printed estimates each may be of another arm
    printed = [] if _has_numbers(tied[0], measure) else [e for e in inside if _distance(e, window) == distance]
    beside = dict.fromkeys(each.measure for each in printed if each.measure not in ("", tied[0].measure))
    return Found(tuple(tied), beside=tuple(beside)), ""


def _distance(finding: FindingRow, window: Window) -> float:
    return abs((finding.hours or 0.0) - window.hours)


def _elsewhen(findings: Iterable[FindingRow], window: Window) -> str:
    listed = list(findings)
    times = dict.fromkeys(spoken(each.hours) for each in listed if each.hours is not None)
    if not times:
        words = next((each.timepoint for each in listed if each.timepoint), "")
        return "no time is stated in hours" + (f" ({words})" if words else "")
    return f"measured at {', '.join(times)}, not within {spoken(window.low)} to {spoken(window.high)}"


def _usable(finding: FindingRow, measure: EffectMeasure) -> bool:
    if _has_numbers(finding, measure):
        return True
    precise = finding.p or (finding.ci_low is not None and finding.ci_high is not None)
    return PRINTED.get(finding.effect_measure) == measure and finding.effect is not None and bool(precise)


def _has_numbers(finding: FindingRow, measure: EffectMeasure) -> bool:
    if finding.n1 is None or finding.n2 is None:
        return False
    if measure in OF_COUNTS:
        return shares(finding) is not None
    return None not in (finding.mean1, finding.sd1, finding.mean2, finding.sd2)


def _preference(finding: FindingRow, measure: EffectMeasure) -> tuple[bool, bool, bool, bool, int]:
    return (
        finding.origin != Origin.USER,
        not _has_numbers(finding, measure),
        bool(_SECOND_CHOICE.search(finding.measure.casefold())),
        finding.verification != Verification.VERIFIED,
        finding.id,
    )


def _arms(tied: Sequence[FindingRow], measure: EffectMeasure) -> list[FindingRow]:
    """Findings of several arms against one and the same control group; none where there is but one arm."""
    if len(tied) < 2 or not _has_numbers(tied[0], measure):
        return []
    same = [each for each in tied if _control(each) == _control(tied[0]) and each.scale == tied[0].scale]
    seen: set[tuple[object, ...]] = set()
    arms = []
    for each in sorted(same, key=lambda one: one.id):
        ours = (each.n1, each.events1, each.mean1, each.sd1, each.measure)
        if _has_numbers(each, measure) and ours not in seen:
            seen.add(ours)
            arms.append(each)
    return arms if len(arms) > 1 and len({each.measure for each in arms}) in (1, len(arms)) else []


def _control(finding: FindingRow) -> tuple[object, ...]:
    return (
        *(
            finding.origin,
            finding.comparator,
            finding.n2,
            finding.events2,
            finding.percent2,
            finding.mean2,
            finding.sd2,
        ),
        finding.threshold,
    )


def _names(arms: Sequence[FindingRow]) -> tuple[str, ...]:
    """What tells the arms apart: the last part of each measure, else their numbers in order."""
    last = [each.measure.rpartition(",")[2].strip() for each in arms]
    if len(set(last)) == len(arms) and all(last):
        return tuple(last)
    return tuple(f"comparison {place}" for place in range(1, len(arms) + 1))
