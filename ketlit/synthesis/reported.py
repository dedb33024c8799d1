"""What one finding says as an effect: from its counts or means, else from the estimate that is printed. Pure.

Raw numbers come before a printed estimate, because they can be checked. What is derived says how.
"""

from __future__ import annotations

import re
from math import log, nan
from typing import Final, NamedTuple

from ketlit.errors import UsageError
from ketlit.evidence_views import FindingRow
from ketlit.synthesis.derived import StandardError, from_interval, from_p
from ketlit.synthesis.effects import (
    LARGEST_MEAN,
    OF_COUNTS,
    RATIOS,
    Counts,
    Effect,
    Excluded,
    Means,
    generic,
    of_counts,
    of_means,
    reversed_direction,
    split_counts,
    split_means,
)
from ketlit.vocabulary import Direction, EffectMeasure, SmdForm

BETTER: Final = "better"
WORSE: Final = "worse"
OPPOSITE: Final = {BETTER: WORSE, WORSE: BETTER, "": ""}
# what the printed name of an estimate stands for; d is g but for a factor near 1
PRINTED: Final = {
    "OR": EffectMeasure.OR,
    "RR": EffectMeasure.RR,
    "RD": EffectMeasure.RD,
    "RD (percentage points)": EffectMeasure.RD,
    "MD": EffectMeasure.MD,
    "SMD": EffectMeasure.SMD,
    "g": EffectMeasure.SMD,
    "d": EffectMeasure.SMD,
}
_P: Final = re.compile(r"=? ?(0?\.\d+)", re.ASCII)
# of an improvement, more is better, whatever the scale says
_IMPROVEMENT: Final = re.compile(r"\b(?:relief|improve\w*|higher is better)\b")
_GOOD_EVENT: Final = re.compile(r"\b(?:respon\w+|remi\w+|no relapse|reli?eved|free of)\b|" + _IMPROVEMENT.pattern)


class Reported(NamedTuple):
    """An effect, the numbers it comes from (None: printed as it is), and which way is good: higher_is."""

    effect: Effect
    raw: Counts | Means | None
    way: str


def reported(
    study: str,
    finding: FindingRow,
    measure: EffectMeasure,
    form: SmdForm = SmdForm.METAFOR,
    *,
    crossover: bool = False,
    arms: int = 1,
) -> Reported | Excluded:
    """The effect of a finding between two groups, group 1 against 2, or why there is none.

    `crossover`: raw numbers are analysed as of two parallel groups, which is conservative, and says so. `arms`: how
    many comparisons share the control group, of which each gets its part.
    """
    try:
        found = _of_numbers(study, finding, measure, form, arms) or _as_printed(study, finding, measure)
    except UsageError as error:
        return Excluded(study, str(error).removeprefix(f"{study}: "))
    if isinstance(found, Reported) and crossover and found.raw is not None:
        said = "a crossover analysed as parallel groups, conservative"
        return found._replace(effect=found.effect._replace(derived=_and(found.effect.derived, said)))
    return found


def turned(found: Reported, measure: EffectMeasure) -> Reported | Excluded:
    """The same result said the other way round, so that all of a pooled set point one way."""
    study, _, _, derived = found.effect
    way = OPPOSITE[found.way]
    if isinstance(found.raw, Counts):
        a, n1, c, n2 = found.raw
        counts = Counts(n1 - a, n1, n2 - c, n2)
        made = of_counts(study, counts, measure)
        if isinstance(made, Excluded):
            return made
        return Reported(made._replace(derived=_and(derived, "those without the event are counted")), counts, way)
    if measure == EffectMeasure.RR:
        return Excluded(study, "its printed RR counts what the others do not, and cannot be turned round")
    effect = reversed_direction(found.effect)
    return found._replace(effect=effect._replace(derived=_and(derived, "its scale read the other way")), way=way)


def shares(finding: FindingRow) -> tuple[float, float] | None:
    """The events of both groups, as printed or from percentages that give whole counts."""
    one = _events(finding.events1, finding.percent1, finding.n1)
    other = _events(finding.events2, finding.percent2, finding.n2)
    return None if one is None or other is None else (one, other)


def _events(events: float | None, percent: float | None, n: float | None) -> float | None:
    if events is not None or percent is None or n is None:
        return events
    if not (0 <= percent <= 100 and 0 < n <= LARGEST_MEAN):
        return None
    count = round(percent * n / 100)
    printed = 0.5 if float(percent).is_integer() else 0.1  # how far rounding to the printed digits can reach
    return float(count) if abs(percent - 100 * count / n) <= printed else None


def _of_numbers(
    study: str, finding: FindingRow, measure: EffectMeasure, form: SmdForm, arms: int
) -> Reported | Excluded | None:
    """From counts or means; None where they are not all there."""
    if finding.n1 is None or finding.n2 is None:
        return None
    if measure in OF_COUNTS:
        events = shares(finding)
        if events is None:
            return None
        if not all(float(count).is_integer() for count in (*events, finding.n1, finding.n2)):
            return Excluded(study, "its events or people are no whole numbers")
        counts = split_counts(Counts(events[0], finding.n1, events[1], finding.n2), arms)
        made = of_counts(study, counts, measure)
        if isinstance(made, Excluded):
            return made
        said = "" if finding.events1 is not None and finding.events2 is not None else "events from percentages"
        return Reported(made._replace(derived=said), counts, _way_of_events(finding, events))
    values = (finding.mean1, finding.sd1, finding.n1, finding.mean2, finding.sd2, finding.n2)
    if None in values:
        return None
    means = split_means(Means(*(float(value) for value in values if value is not None)), arms)
    return Reported(of_means(study, means, measure, form), means, _way_of_scale(finding, means.mean1 - means.mean2))


def _way_of_events(finding: FindingRow, events: tuple[float, float]) -> str:
    """Whether more events are better: by whom the result favours, else by its words, else by the outcome.

    A trial of suicidal thoughts may count those who still have them, or those who are rid of them.
    """
    more = events[0] / (finding.n1 or nan) - events[1] / (finding.n2 or nan)
    return _by_side(finding, more) or _by_words(finding, _GOOD_EVENT) or finding.higher_is


def _way_of_scale(finding: FindingRow, difference: float) -> str:
    """Whether a higher value is better: by its words, else by the scale or outcome, else by whom it favours."""
    return _by_words(finding, _IMPROVEMENT) or finding.higher_is or _by_side(finding, difference)


def _by_words(finding: FindingRow, pattern: re.Pattern[str]) -> str:
    return BETTER if pattern.search(f"{finding.measure} {finding.threshold}".casefold()) else ""


def _by_side(finding: FindingRow, more: float) -> str:
    sides = {Direction.FAVOURS_INTERVENTION: BETTER, Direction.FAVOURS_COMPARATOR: WORSE}
    side = sides.get(Direction(finding.direction), "")
    if not side or not more or more != more:
        return ""
    return side if more > 0 else OPPOSITE[side]


def _as_printed(study: str, finding: FindingRow, measure: EffectMeasure) -> Reported | Excluded:
    """From a printed estimate with its interval or exact p; a difference that is printed as "better by" is turned."""
    if PRINTED.get(finding.effect_measure) != measure or finding.effect is None:
        return Excluded(study, _missing(finding, measure))
    ratio = measure in RATIOS
    value, low, high = finding.effect, finding.ci_low, finding.ci_high
    if ratio and value <= 0:
        return Excluded(study, f"its printed {measure} is {value:g}, and a ratio is above 0")
    if low is not None and high is not None and not low <= value <= high:
        return Excluded(study, f"its interval {low:g} to {high:g} does not hold its {measure}, {value:g}")
    scale = 100.0 if measure == EffectMeasure.RD and ("percent" in finding.effect_measure or abs(value) > 1) else 1.0
    yi = log(value) if ratio else value / scale
    error = _standard_error(yi, scale, finding, ratio)
    if error is None:
        return Excluded(study, f"its {measure} is printed without an interval or an exact p-value")
    effect = generic(study, yi, error.se * error.se, error.derived)
    if ratio or measure == EffectMeasure.RD:
        way = _by_side(finding, yi) or _by_words(finding, _GOOD_EVENT) or finding.higher_is
        return Reported(effect, None, way)
    way = _by_words(finding, _IMPROVEMENT) or finding.higher_is
    side = _by_side(finding, yi)
    if way and side and side != way:
        said = "sign turned: a difference in favour is printed as positive"
        return Reported(effect._replace(yi=-yi, derived=_and(effect.derived, said)), None, way)
    return Reported(effect, None, way or side)


def _standard_error(yi: float, scale: float, finding: FindingRow, ratio: bool) -> StandardError | None:
    if finding.ci_low is not None and finding.ci_high is not None:
        return from_interval(finding.ci_low / scale, finding.ci_high / scale, ratio=ratio)
    exact = _P.fullmatch(finding.p.strip())
    return from_p(yi, float(exact[1])) if exact else None


def _missing(finding: FindingRow, measure: EffectMeasure) -> str:
    """What a finding lacks to be an effect of this measure."""
    needed = ("events1", "events2") if measure in OF_COUNTS else ("mean1", "sd1", "mean2", "sd2")
    given = {name for name in needed if getattr(finding, name) is not None}
    if not given:
        return f"nothing is printed that gives an {measure}"
    lacking = [name for name in (*needed, "n1", "n2") if getattr(finding, name) is None]
    return "not printed: " + ", ".join(WORDS[name] for name in lacking)


WORDS: Final = {
    "n1": "how many people had ketamine",
    "n2": "how many people the control group had",
    "events1": "events with ketamine",
    "events2": "events in the control group",
    "mean1": "the mean with ketamine",
    "mean2": "the mean of the control group",
    "sd1": "the SD with ketamine",
    "sd2": "the SD of the control group",
}


def _and(one: str, other: str) -> str:
    return f"{one}; {other}" if one else other
