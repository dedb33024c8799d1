"""Egger's regression, and when it is not made."""

from __future__ import annotations

import pytest

from ketlit.errors import UsageError
from ketlit.synthesis.asymmetry import egger
from ketlit.synthesis.effects import Effect


def effects(k: int, yi: float = 0.0, slope: float = 0.0, scatter: float = 0.1, step: float = 0.05) -> list[Effect]:
    """k effects whose standard errors rise by `step`, and with them the effects by `slope`."""
    made = []
    for place in range(k):
        se = 0.1 + step * place
        made.append(Effect(f"study {place}", yi + slope * se + scatter * (-1) ** place * se, se * se))
    return made


def test_a_slope_on_the_standard_error_is_found_and_the_effect_without_it() -> None:
    found = egger(effects(12, yi=-0.5, slope=2.0, scatter=0.01))
    assert found.intercept == pytest.approx(2.0, abs=0.05)
    assert found.limit == pytest.approx(-0.5, abs=0.02)
    assert (found.k, found.df) == (12, 10)
    assert found.p < 1e-6


def test_fewer_than_ten_studies_are_refused() -> None:
    egger(effects(10))
    with pytest.raises(UsageError, match="at least 10 studies, there are 9"):
        egger(effects(9))


def test_standard_errors_that_are_all_the_same_are_refused() -> None:
    with pytest.raises(UsageError, match="errors that differ"):
        egger(effects(10, step=0.0))


def test_effects_on_a_line_are_refused() -> None:
    with pytest.raises(UsageError, match="without any scatter"):
        egger(effects(10, yi=1.0, slope=2.0, scatter=0.0))
    with pytest.raises(UsageError, match="without any scatter"):
        egger(effects(10, scatter=0.0))
    with pytest.raises(UsageError, match="without any scatter"):
        egger([*effects(10, scatter=0.0), Effect("almost", 1e-153, 1e16)])
