"""Standard errors out of intervals and p-values, marked as derived."""

from __future__ import annotations

from math import inf, log, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.errors import UsageError
from ketlit.synthesis.derived import from_interval, from_p
from ketlit.synthesis.distributions import normal_limit, normal_p, t_limit, t_p


@given(
    st.floats(-50, 50),
    st.floats(0.01, 50),
    st.sampled_from([0.9, 0.95, 0.99]),
    st.one_of(st.none(), st.integers(1, 90)),
)
def test_the_standard_error_comes_back_from_its_interval(
    estimate: float, se: float, level: float, df: int | None
) -> None:
    half = se * (normal_limit(1 - level) if df is None else t_limit(1 - level, df))
    assert from_interval(estimate - half, estimate + half, level, df).se == pytest.approx(se, rel=1e-9)


@given(st.floats(0.01, 50), st.floats(0.05, 50), st.one_of(st.none(), st.integers(1, 90)))
def test_the_standard_error_comes_back_from_its_p(estimate: float, se: float, df: int | None) -> None:
    p = normal_p(estimate / se) if df is None else t_p(estimate / se, df)
    if 1e-100 <= p < 0.999:
        assert from_p(-estimate, p, df).se == pytest.approx(se, rel=1e-9)


def test_a_ratio_is_taken_by_its_logarithms() -> None:
    assert from_interval(1.2, 5.2, ratio=True).se == pytest.approx((log(5.2) - log(1.2)) / (2 * 1.959963984540054))


def test_it_says_how_it_was_derived() -> None:
    assert from_interval(1, 2).derived == "SE from the 95 % confidence interval"
    assert from_interval(1, 2, 0.9, 22).derived == "SE from the 90 % confidence interval (t, 22 degrees of freedom)"
    assert from_p(1, 0.012).derived == "SE from p = 0.012"


@pytest.mark.parametrize(
    ("low", "high", "level", "ratio"),
    [
        (2, 1, 0.95, False),
        (1, 1, 0.95, False),
        (nan, 1, 0.95, False),
        (1, inf, 0.95, False),
        (1, 2, 95, False),
        (0, 2, 0.95, True),
    ],
)
def test_limits_that_are_none_are_refused(low: float, high: float, level: float, ratio: bool) -> None:
    with pytest.raises(UsageError):
        from_interval(low, high, level, ratio=ratio)


@pytest.mark.parametrize(("estimate", "p"), [(0, 0.5), (nan, 0.5), (1, 1), (1, 0), (1, -0.1), (1, nan), (1, 1.5)])
def test_a_p_that_says_nothing_of_the_error_is_refused(estimate: float, p: float) -> None:
    with pytest.raises(UsageError, match="no standard error follows"):
        from_p(estimate, p)


def test_degrees_of_freedom_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="degrees of freedom"):
        from_p(1, 0.05, 0)
