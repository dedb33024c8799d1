"""An effect and its variance from what one study reports: counts, means, paired means, a share, or itself.

Group 1 is the intervention, group 2 the comparator; an effect is 1 against 2. OR, RR and shares are on the log scale.
Formulas: Cochrane Handbook 6.4-6.5 and 10.3-10.4; metafor's `escalc` (Viechtbauer, J Stat Softw 2010;36:3) where named.
"""

from __future__ import annotations

from math import exp, isfinite, log, sqrt
from typing import Final, NamedTuple

from ketlit.errors import UsageError
from ketlit.synthesis.distributions import log_gamma_half_step
from ketlit.vocabulary import EffectMeasure, SmdForm

# beyond these an effect or a variance is a slip of the pen, and its square would leave what a float can hold
LARGEST: Final = 1e50
SMALLEST: Final = 1e-50
# and these for means and SDs, which are squared before
LARGEST_MEAN: Final = 1e24
SMALLEST_SD: Final = 1e-24

RATIOS: Final = (EffectMeasure.OR, EffectMeasure.RR)
OF_COUNTS: Final = (EffectMeasure.OR, EffectMeasure.RR, EffectMeasure.RD)
OF_MEANS: Final = (EffectMeasure.MD, EffectMeasure.SMD)
CORRECTION: Final = 0.5  # added to all four cells of a study that has an empty one


class Effect(NamedTuple):
    """One study's effect `yi` with its variance `vi`; `derived` says how, where the paper did not print them so."""

    study: str
    yi: float
    vi: float
    derived: str = ""


class Excluded(NamedTuple):
    """A study that is left out of a pooled set, and why."""

    study: str
    reason: str


class Counts(NamedTuple):
    """Events among n people in each group; halves and other parts arise where a shared control group is split."""

    events1: float
    n1: float
    events2: float
    n2: float


class Means(NamedTuple):
    """Mean and standard deviation among n people in each group."""

    mean1: float
    sd1: float
    n1: float
    mean2: float
    sd2: float
    n2: float


def generic(study: str, yi: float, vi: float, derived: str = "") -> Effect:
    """An effect as it is given. Raises UsageError unless both are numbers that can be pooled, vi above 0."""
    _within(study, "effect", yi, -LARGEST, LARGEST)
    _within(study, "variance", vi, SMALLEST, LARGEST)
    return Effect(study, float(yi), float(vi), derived)


def reversed_direction(effect: Effect) -> Effect:
    """The same effect of a scale read the other way, so that all scales of a pooled set point one way."""
    return effect._replace(yi=-effect.yi)


def of_counts(study: str, counts: Counts, measure: EffectMeasure) -> Effect | Excluded:
    """OR and RR (log scale) or RD of two groups.

    Where a cell is empty, 0.5 is added to all four cells of this study, for all three measures (Handbook 10.4.4). For
    OR and RR a study without events, or without anything else, in both groups says nothing and is left out.
    Raises UsageError where events and n cannot be counts.
    """
    if measure not in OF_COUNTS:
        raise UsageError(f"{study}: {measure} cannot be computed from events", _choose(OF_COUNTS))
    for group, events, n in ((1, counts.events1, counts.n1), (2, counts.events2, counts.n2)):
        _within(study, f"n{group}", n, SMALLEST_SD, LARGEST_MEAN)
        _within(study, f"events{group}", events, 0, LARGEST_MEAN)
        if events > n:
            raise UsageError(f"{study}: events{group} is {events:g}, more than n{group} {n:g}")
    a, c = counts.events1, counts.events2
    b, d = counts.n1 - a, counts.n2 - c
    if measure in RATIOS and a == c == 0:
        return Excluded(study, f"no events in either group: says nothing about the {measure}")
    if measure in RATIOS and b == d == 0:
        return Excluded(study, f"events in everyone of both groups: says nothing about the {measure}")
    if 0 in (a, b, c, d):
        a, b, c, d = a + CORRECTION, b + CORRECTION, c + CORRECTION, d + CORRECTION
    n1, n2 = a + b, c + d
    if measure == EffectMeasure.OR:
        return generic(study, log(a / b) - log(c / d), 1 / a + 1 / b + 1 / c + 1 / d)
    if measure == EffectMeasure.RR:
        return generic(study, log(a / n1) - log(c / n2), b / (a * n1) + d / (c * n2))
    return generic(study, a / n1 - c / n2, (a / n1) * (b / n1) / n1 + (c / n2) * (d / n2) / n2)


def split_counts(counts: Counts, arms: int) -> Counts:
    """The part of a shared control group that each of `arms` comparisons gets; nobody counts twice (Handbook 23.3)."""
    return counts._replace(events2=counts.events2 / arms, n2=counts.n2 / arms)


def split_means(means: Means, arms: int) -> Means:
    """As `split_counts`: mean and SD of the control group stay, its n is shared out."""
    return means._replace(n2=means.n2 / arms)


def of_means(study: str, means: Means, measure: EffectMeasure, form: SmdForm = SmdForm.METAFOR) -> Effect:
    """MD, or SMD as Hedges' g, of two groups.

    `metafor`: g = J d with the exact J, v = 1/n1 + 1/n2 + g^2/(2 (n1 + n2)). `revman` reproduces Cochrane reviews:
    J = 1 - 3/(4 N - 9), v = N/(n1 n2) + g^2/(2 (N - 3.94)), N = n1 + n2. Raises UsageError where no such study can be.
    """
    if measure not in OF_MEANS:
        raise UsageError(f"{study}: {measure} cannot be computed from means", _choose(OF_MEANS))
    mean1, sd1, n1, mean2, sd2, n2 = means
    for group, mean, sd, n in ((1, mean1, sd1, n1), (2, mean2, sd2, n2)):
        _arm(study, str(group), mean, sd)
        _within(study, f"n{group}", n, 2, LARGEST_MEAN)  # one person has no standard deviation
    if measure == EffectMeasure.MD:
        return generic(study, mean1 - mean2, sd1 * sd1 / n1 + sd2 * sd2 / n2)
    total = n1 + n2
    d = (mean1 - mean2) / pooled_sd(means)
    if form == SmdForm.REVMAN:
        g = d * (1 - 3 / (4 * total - 9))
        return generic(study, g, 1 / n1 + 1 / n2 + g * g / (2 * (total - 3.94)))
    g = d * small_sample_factor(total - 2)
    return generic(study, g, 1 / n1 + 1 / n2 + g * g / (2 * total))


def pooled_sd(means: Means) -> float:
    """sqrt(((n1 - 1) sd1^2 + (n2 - 1) sd2^2) / (n1 + n2 - 2))."""
    _, sd1, n1, _, sd2, n2 = means
    return sqrt(((n1 - 1) * sd1 * sd1 + (n2 - 1) * sd2 * sd2) / (n1 + n2 - 2))


def small_sample_factor(m: float) -> float:
    """Hedges' exact J = Gamma(m/2) / (sqrt(m/2) Gamma((m - 1)/2)) for m > 1 degrees of freedom."""
    return exp(log_gamma_half_step((m - 1) / 2) - log(m / 2) / 2)


def of_paired_means(
    study: str, mean1: float, sd1: float, mean2: float, sd2: float, n: float, r: float, measure: EffectMeasure
) -> Effect:
    """MD (metafor's MC) or SMD (SMCC) of a crossover trial whose n people had both, with the correlation r stated.

    MC: v = (sd1^2 + sd2^2 - 2 r sd1 sd2)/n. SMCC: g = J(n - 1) (mean1 - mean2)/sd of the differences,
    v = 1/n + g^2/(2 n). Raises UsageError where no such study can be.
    """
    if measure not in OF_MEANS:
        raise UsageError(f"{study}: {measure} cannot be computed from means", _choose(OF_MEANS))
    _arm(study, "1", mean1, sd1)
    _arm(study, "2", mean2, sd2)
    _within(study, "n", n, 2, LARGEST_MEAN)
    _within(study, "correlation", r, -1, 1)
    spread = (sd1 - sd2) * (sd1 - sd2) + 2 * (1 - r) * sd1 * sd2
    if measure == EffectMeasure.MD:
        return generic(study, mean1 - mean2, spread / n)
    if spread == 0 or n < 3:
        raise UsageError(f"{study}: a paired SMD needs at least 3 people whose differences differ")
    g = small_sample_factor(n - 1) * (mean1 - mean2) / sqrt(spread)
    return generic(study, g, 1 / n + g * g / (2 * n))


def of_share(study: str, events: float, n: float) -> Effect:
    """The log odds of one group's share, metafor's PLO: log(x/(n - x)), v = 1/x + 1/(n - x).

    At x = 0 or n, 0.5 is added to both x and n - x. The Freeman-Tukey transformation is left out on purpose: a pooled
    value has no unique way back (Schwarzer et al., Res Synth Methods 2019;10:476-483). Raises UsageError where events
    and n cannot be counts.
    """
    _within(study, "n", n, SMALLEST_SD, LARGEST_MEAN)
    _within(study, "events", events, 0, LARGEST_MEAN)
    if events > n:
        raise UsageError(f"{study}: events is {events:g}, more than n {n:g}")
    rest = n - events
    if 0 in (events, rest):
        events, rest = events + CORRECTION, rest + CORRECTION
    return generic(study, log(events / rest), 1 / events + 1 / rest)


def share(log_odds: float) -> float:
    """The share, 0 to 1, whose log odds these are: the way back from `of_share`."""
    if log_odds < 0:
        odds = exp(log_odds)
        return odds / (1 + odds)
    return 1 / (1 + exp(-log_odds))


def _arm(study: str, group: str, mean: float, sd: float) -> None:
    _within(study, f"mean{group}", mean, -LARGEST_MEAN, LARGEST_MEAN)
    _within(study, f"sd{group}", sd, SMALLEST_SD, LARGEST_MEAN)


def _within(study: str, name: str, value: float, least: float, most: float) -> None:
    if not isfinite(value):
        raise UsageError(f"{study}: {name} is not a number")
    if not least <= value <= most:
        wanted = f"at least {least:g}" if value < least else f"at most {most:g}"
        raise UsageError(f"{study}: {name} is {value:g}; it must be {wanted}")


def _choose(measures: tuple[EffectMeasure, ...]) -> str:
    return "choose one of " + ", ".join(measures)
