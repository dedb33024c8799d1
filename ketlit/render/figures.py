"""The numbers of findings and doses in words, as printed in the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ketlit.vocabulary import Comparison

if TYPE_CHECKING:
    from ketlit.evidence_views import FindingRow
    from ketlit.record import Dose, Effect, Finding, Group


class PrintedGroup(NamedTuple):
    """One group of a finding in a list; `record.Group` is the same with a card, and takes 14 ms to load."""

    n: float | None
    events: float | None
    mean: float | None
    sd: float | None
    percent: float | None


class PrintedEffect(NamedTuple):
    measure: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    p: str


class Printed(NamedTuple):
    """What of a finding in a list its numbers and words are made of."""

    comparison: str
    comparator: str
    intervention: PrintedGroup
    control: PrintedGroup
    effect: PrintedEffect


def as_finding(row: FindingRow) -> Printed:
    """The numbers of a row, as those of a card."""
    return Printed(
        row.comparison,
        row.comparator,
        PrintedGroup(row.n1, row.events1, row.mean1, row.sd1, row.percent1),
        PrintedGroup(row.n2, row.events2, row.mean2, row.sd2, row.percent2),
        PrintedEffect(row.effect_measure, row.effect, row.ci_low, row.ci_high, row.p),
    )


def number(value: float) -> str:
    """A number with the digits it was stored with: 12.0 is 12, 0.35 is 0.35."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def numbers(finding: Finding | Printed) -> str:
    """`8/12 vs 3/12; MD -2.1 (-4 to -0.2); P <0.05`; "" where no number is stored."""
    ours, theirs = group(finding.intervention), group(finding.control)
    parts = [f"{ours} vs {theirs}" if theirs else ours] if ours or theirs else []
    effect = estimate(finding.effect)
    if effect:
        parts.append(effect)
    if finding.effect.p:
        parts.append(f"P {_p(finding.effect.p)}")
    return "; ".join(parts)


def _p(printed: str) -> str:
    return f"= {printed}" if printed[0].isdigit() or printed[0] == "." else printed


def group(found: Group | PrintedGroup) -> str:
    """The numbers of one group: events of n, mean (SD), percent; "" if there are none but n."""
    if found.events is not None:
        of = f"/{number(found.n)}" if found.n is not None else ""
        share = f" ({number(found.percent)} %)" if found.percent is not None else ""
        return f"{number(found.events)}{of}{share}"
    size = f", n {number(found.n)}" if found.n is not None else ""
    if found.mean is not None:
        spread = f"SD {number(found.sd)}" if found.sd is not None else ""
        inside = (spread + size).lstrip(", ")
        return number(found.mean) + (f" ({inside})" if inside else "")
    if found.percent is not None:
        return f"{number(found.percent)} %" + (f" (n {number(found.n)})" if found.n is not None else "")
    return ""


def estimate(effect: Effect | PrintedEffect) -> str:
    """`OR 2.48 (CI 1.1 to 5.4)`, without what is not known."""
    if effect.value is None:
        return ""
    limits = ""
    if effect.ci_low is not None and effect.ci_high is not None:
        limits = f" (CI {number(effect.ci_low)} to {number(effect.ci_high)})"
    return f"{effect.measure} {number(effect.value)}{limits}".strip()


def against(finding: Finding | Printed) -> str:
    """What is compared, where it is not two groups."""
    if finding.comparison == Comparison.BETWEEN:
        return f"vs {finding.comparator}" if finding.comparator else ""
    pooled = f"pooled, vs {finding.comparator}" if finding.comparator else "pooled"
    return {
        Comparison.BEFORE_AFTER: "before and after",
        Comparison.SINGLE_ARM: "one group",
        Comparison.POOLED: pooled,
        Comparison.WITHIN_REVIEW: "as the review says",
    }[Comparison(finding.comparison)]


def dose(given: Dose) -> str:
    """`esketamine, intravenous: 0.5 mg/kg over 40 min`; the printed words where there are some."""
    how = ", ".join(part for part in (given.drug, given.route) if part)
    amount = given.text or _amount(given)
    return f"{how}: {amount}" if how and amount else how or amount


def _amount(given: Dose) -> str:
    if given.value is None and given.value_high is None:
        return given.schedule
    ends = [number(value) for value in (given.value, given.value_high) if value is not None]
    parts = [f"{'-'.join(ends) if given.value is not None else 'up to ' + ends[0]} {given.unit}".strip()]
    if given.duration is not None:
        parts.append(f"over {number(given.duration)} {given.duration_unit}")
    if given.number is not None:
        parts.append(f"{given.number} times" if given.number > 1 else "once")
    return ", ".join([*parts, given.schedule] if given.schedule else parts)
