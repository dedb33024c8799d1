"""What became of a claim when it was recomputed, in words and as objects. Loads no rich."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Any, Final

from ketlit.evidence_views import ClaimRows
from ketlit.render.plain import as_object
from ketlit.synthesis.claim_checks import DIFFERS, FITS, NOTHING, UNCLEAR, Recomputed, limits, parted
from ketlit.synthesis.effects import RATIOS
from ketlit.synthesis.pooling import Pooled
from ketlit.views import ClaimRow

RESULTS: Final = {
    FITS: "the findings fit",
    DIFFERS: "the findings differ",
    UNCLEAR: "the findings do not tell",
    NOTHING: "not computable",
}
CHECK_COLUMNS: Final = (
    "claim",
    "verdict",
    "parted",
    "stated",
    "result",
    "why",
    "share",
    "share_low",
    "share_high",
    "k",
)
KEYS: Final = 8


def stated(found: Recomputed) -> str:
    """What the claim states: `response, 24h: 70 % (all on depression)`."""
    check = found.check
    what = f"{check.share:g} %" if check.share is not None else check.direction.replace("_", " ")
    where = f"all on {check.condition}" if check.condition else "its studies"
    return f"{check.outcome}{f', {check.at}' if check.at else ''}: {what} ({where})"


def numbers_of(found: Recomputed) -> str:
    """What was computed, with the keys of the studies."""
    told = f"{stated(found)}. {found.why}"
    if found.share is not None:
        groups = ", ".join(f"{arm.key} {arm.events:.3g}/{arm.n:g}" for arm in found.arms[:KEYS])
        more = f" +{len(found.arms) - KEYS}" if len(found.arms) > KEYS else ""
        pooled = f"pooled over {len(found.arms)} groups" if len(found.arms) > 1 else "of one group"
        return f"{told}: {found.share:.0f} % {pooled} given ketamine [{groups}{more}]"
    keys = [key for way in found.directions.values() for key in way]
    effect = f"; {effect_of(found.effect)}" if found.effect is not None and limits(found.effect) else ""
    cited = f" [{', '.join(keys[:KEYS])}{f' +{len(keys) - KEYS}' if len(keys) > KEYS else ''}]" if keys else ""
    return f"{told}{effect}{cited}"


def control_of(found: Recomputed) -> str:
    """The difference from a control group that stands beside a share; "" where no share was computed."""
    if found.share is None:
        return ""
    ends = limits(found.difference) if found.difference is not None else None
    if found.difference is None or ends is None:
        return "beside it: no difference from a control group can be computed; a share alone shows no effect"
    # two trials give t limits with one degree of freedom, which can lie beyond what a difference can be
    middle, low, high = (100 * min(1.0, max(-1.0, value)) for value in ends)
    keys = ", ".join(study.study for study in found.difference.studies[:KEYS])
    return (
        f"beside it, more than with the control: {middle:.0f} points of 100 (95 % CI {low:.0f} to {high:.0f}) [{keys}]"
    )


def effect_of(effect: Pooled) -> str:
    """`MD -5.05 (-7.57 to -2.52)`."""
    ends = limits(effect)
    if ends is None:
        return ""
    middle, low, high = (exp(value) for value in ends) if effect.measure in RATIOS else ends
    size = "1 trial" if effect.k == 1 else f"{effect.k} comparisons"
    return f"{effect.measure} {middle:.3g} ({low:.3g} to {high:.3g}), {size}"


def parting(verdict: str, found: Sequence[Recomputed]) -> tuple[str, bool]:
    """Whether verdict and data part, in words."""
    apart = parted(verdict, found)
    if apart is None:
        return f"the verdict ({verdict}) rests on what cannot be recomputed here", False
    if apart:
        return f"verdict and data part: the verdict is {verdict}", True
    if {each.result for each in found} <= {UNCLEAR, NOTHING}:
        return f"the findings alone neither bear out nor refute the verdict ({verdict})", False
    return f"the verdict ({verdict}) and the data do not part", False


def claim_object(rows: ClaimRows, found: Sequence[Recomputed]) -> dict[str, Any]:
    """A claim with its studies, numbers and what was recomputed."""
    claim = rows.claim
    return {
        **{name: getattr(claim, name) for name in ("id", "text", "verdict", "explanation", "confidence", "studies")},
        "updates": claim.updates,
        "since": rows.since,
        "source": claim.source,
        "findings": [as_object(each) for each in rows.findings],
        **check_object(claim, found),
    }


def check_object(claim: ClaimRow, found: Sequence[Recomputed]) -> dict[str, Any]:
    """What became of its checks."""
    return {
        "parted": parted(claim.verdict, found),
        "checks": [_recomputed(each) for each in found],
        "unchecked": "" if found else claim.unchecked or "it states nothing that findings measure",
    }


def _recomputed(found: Recomputed) -> dict[str, Any]:
    return {
        "check": as_object(found.check),
        "stated": stated(found),
        "result": found.result,
        "why": found.why,
        "arms": [as_object(arm) for arm in found.arms],
        **{name: getattr(found, name) for name in ("share", "share_low", "share_high")},
        "difference": _estimate(found.difference),
        "effect": _estimate(found.effect),
        "directions": dict(found.directions),
        "vote": as_object(found.vote) if found.vote else None,
    }


def _estimate(effect: Pooled | None) -> dict[str, Any] | None:
    """An effect with its limits, OR and RR on the log scale."""
    ends = limits(effect) if effect is not None else None
    if effect is None or ends is None:
        return None
    names = ("estimate", "ci_low", "ci_high")
    studies = [study.study for study in effect.studies]
    return {"measure": effect.measure, "k": effect.k, **dict(zip(names, ends, strict=True)), "studies": studies}


def check_lines(claim: ClaimRow, found: Sequence[Recomputed]) -> list[dict[str, Any]]:
    """One row a check for tsv and csv; one that says why there is none."""
    head = {"claim": claim.id, "verdict": claim.verdict, "parted": parted(claim.verdict, found)}
    if not found:
        return [{**head, "result": NOTHING, "why": claim.unchecked or "it states nothing that findings measure"}]
    return [
        {**head, "stated": stated(each), "k": len(each.arms) or sum(map(len, each.directions.values()))}
        | {name: getattr(each, name) for name in ("result", "why", "share", "share_low", "share_high")}
        for each in found
    ]
