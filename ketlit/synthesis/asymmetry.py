"""Whether small studies show other effects than large ones: Egger's regression."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

from ketlit.errors import UsageError
from ketlit.synthesis.distributions import t_p
from ketlit.synthesis.effects import Effect
from ketlit.synthesis.heterogeneity import sample

FEWEST: Final = 10  # below, the test has too little power to mean anything: Cochrane Handbook 13.3.5.4
_NOTHING: Final = 1e-290  # a sum of squares below this has lost its digits


class Egger(NamedTuple):
    """`intercept` is Egger's (the slope on the standard error), 0 under symmetry; `limit`: the effect at SE 0."""

    k: int
    intercept: float
    se: float
    t: float
    df: int
    p: float
    limit: float
    limit_se: float


def egger(effects: Sequence[Effect]) -> Egger:
    """Weighted regression of the effects on their standard errors, residual variance free, k - 2 degrees of freedom.

    Source: Egger et al., BMJ 1997;315:629-634. Raises UsageError below 10 studies, where all standard errors are the
    same, or where the effects lie on a line without any scatter.
    """
    k = len(effects)
    if k < FEWEST:
        raise UsageError(f"Egger's test needs at least {FEWEST} studies, there are {k}")
    studies = sample(effects)
    errors = [sqrt(v) for v in studies.variances]
    weights = [1 / v for v in studies.variances]
    total = sum(weights)
    middle = sum(1 / se for se in errors) / total
    mean = sum(w * y for w, y in zip(weights, studies.distances, strict=True)) / total
    spread = sum(w * (se - middle) * (se - middle) for w, se in zip(weights, errors, strict=True))
    if spread <= 1e-12 * k:  # the sum of w se^2 is k
        raise UsageError("Egger's test needs standard errors that differ")
    rows = list(zip(weights, errors, studies.distances, strict=True))
    slope = sum(w * (se - middle) * (y - mean) for w, se, y in rows) / spread
    limit = mean - slope * middle
    residual = sum(w * (y - limit - slope * se) * (y - limit - slope * se) for w, se, y in rows)
    if residual <= max(_NOTHING, 1e-24 * sum(w * y * y for w, _, y in rows)):
        raise UsageError("Egger's test cannot be made: the effects lie on a line without any scatter")
    scale = residual / (k - 2)
    error = sqrt(scale / spread)
    return Egger(
        k=k,
        intercept=slope,
        se=error,
        t=slope / error,
        df=k - 2,
        p=t_p(slope / error, k - 2),
        limit=studies.origin + limit,
        limit_se=sqrt(scale * (1 / total + middle * middle / spread)),
    )
