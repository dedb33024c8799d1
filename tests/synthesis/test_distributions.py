"""Tails and quantiles against values computed with 60 digits: 1e-12 relative, far out too."""

from __future__ import annotations

from math import comb, lgamma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.synthesis.distributions import (
    chi2_limit,
    chi2_p,
    coin_p,
    log_gamma_half_step,
    normal_limit,
    normal_p,
    stirling_rest,
    t_limit,
    t_p,
    wilson,
)

PRECISE = 1e-12

T = [
    (0.001, 1, 0.99936338043983888),
    (0.5, 2, 0.66666666666666667),
    (1.96, 1, 0.30034289177603315),
    (12.7, 1, 0.05002432768934416),
    (2.5, 3, 0.087706647008065547),
    (4, 12, 0.0017616962443950274),
    (15, 4, 0.00011508708432922164),
    (40, 10, 2.2808577430857546e-12),
    (8, 25, 2.3497506157188557e-8),
    (1.96, 100, 0.052778901366229666),
    (30, 500, 7.2142888884280189e-114),
    (10000.0, 5, 1.8980332457517613e-19),
    (2.5, 9999, 0.012435221140020171),
]
CHI2 = [
    (1e-06, 1, 0.99920211557217787),
    (0.001, 2, 0.99950012497916927),
    (0.5, 7, 0.99944648139042497),
    (3.841, 1, 0.050013683763956699),
    (11.5, 12, 0.48662260322825609),
    (13.5, 12, 0.33376898370805478),
    (163.1649, 12, 1.1887810684141105e-28),
    (276.47, 12, 4.0280084687117712e-52),
    (1400, 10, 9.9203914798001453e-295),
    (39, 39, 0.46987819777120642),
    (500, 39, 2.3913835314237071e-81),
    (480, 500, 0.7323499301459842),
    (1000, 500, 1.2085183611329767e-35),
    (9900, 10000, 0.7595200856839793),
    (13000, 10000, 3.5325534385425752e-84),
]
NORMAL = [
    (0.001, 0.99920211557217787),
    (0.5, 0.61707507745197379),
    (1.959963984540054, 0.050000000000000022),
    (5.0, 5.7330314375838782e-7),
    (12.0, 3.552964224155358e-33),
    (30.0, 9.8134278542963741e-198),
    (21.0, 6.5585560379580719e-98),
]
T_LIMITS = [
    (0.05, 1, 12.706204736174704),
    (0.05, 2, 4.3026527297494637),
    (0.05, 12, 2.1788128296672288),
    (0.05, 39, 2.0226909200367611),
    (0.012, 37, 2.6422449803422878),
    (0.5, 3, 0.76489232840434528),
    (1e-06, 4, 49.458636756934635),
    (1e-12, 25, 13.14133282598242),
    (0.05, 5000, 1.9604385517065079),
]
CHI2_LIMITS = [
    (0.025, 1, 0.00098206911717525602),
    (0.975, 1, 5.0238861873148874),
    (0.025, 12, 4.4037885069817017),
    (0.975, 12, 23.336664158645336),
    (0.025, 39, 23.654324557593022),
    (0.975, 39, 58.120059734686264),
    (0.5, 2, 1.3862943611198906),
    (1e-08, 1, 1.5707963267948968e-16),
    (0.001, 500, 407.94696074599921),
    (0.999, 500, 603.4460057951776),
]


@pytest.mark.parametrize(("t", "df", "p"), T)
def test_the_tail_of_t(t: float, df: float, p: float) -> None:
    assert t_p(t, df) == pytest.approx(p, rel=PRECISE)
    assert t_p(-t, df) == t_p(t, df)


@pytest.mark.parametrize(("x", "df", "p"), CHI2)
def test_the_tail_of_chi_square(x: float, df: float, p: float) -> None:
    assert chi2_p(x, df) == pytest.approx(p, rel=PRECISE)


@pytest.mark.parametrize(("z", "p"), NORMAL)
def test_the_tail_of_the_normal_distribution(z: float, p: float) -> None:
    assert normal_p(z) == pytest.approx(p, rel=PRECISE)
    assert normal_limit(p) == pytest.approx(z, rel=PRECISE)


@pytest.mark.parametrize(("p", "df", "t"), T_LIMITS)
def test_the_limits_of_t(p: float, df: float, t: float) -> None:
    assert t_limit(p, df) == pytest.approx(t, rel=PRECISE)


@pytest.mark.parametrize(("below", "df", "x"), CHI2_LIMITS)
def test_the_limits_of_chi_square(below: float, df: float, x: float) -> None:
    assert chi2_limit(below, df) == pytest.approx(x, rel=PRECISE)


@given(st.floats(1e-90, 0.999), st.integers(1, 5000))
def test_the_limit_of_t_has_the_tail_it_was_asked_for(p: float, df: int) -> None:
    assert t_p(t_limit(p, df), df) == pytest.approx(p, rel=1e-10)


@given(st.floats(1e-9, 1 - 1e-9), st.integers(1, 2000))
def test_the_limit_of_chi_square_has_the_tail_it_was_asked_for(below: float, df: int) -> None:
    assert chi2_p(chi2_limit(below, df), df) == pytest.approx(1 - below, rel=1e-7)


@given(st.floats(0, 1e100), st.floats(0, 1e100), st.floats(1, 1e6))
def test_tails_fall_and_stay_between_0_and_1(one: float, other: float, df: float) -> None:
    near, far = sorted((one, other))
    assert 1 >= t_p(near, df) >= t_p(far, df) * (1 - 1e-11) >= 0
    assert 1 >= chi2_p(near, df) >= chi2_p(far, df) * (1 - 1e-11) >= 0


@pytest.mark.parametrize("a", [0.5, 3.0, 14.99, 15.0, 15.01, 40.0])
def test_stirlings_series_meets_the_gamma_function(a: float) -> None:
    assert log_gamma_half_step(a) == pytest.approx(lgamma(a + 0.5) - lgamma(a), rel=1e-12)
    assert stirling_rest(a) == pytest.approx(1 / (12 * a), rel=0.25)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_coins_p_is_the_sum_of_what_is_at_least_as_far_out(throws: tuple[int, int]) -> None:
    x, n = throws
    as_far = [heads for heads in range(n + 1) if abs(2 * heads - n) >= abs(2 * x - n)]
    assert coin_p(x, n) == pytest.approx(sum(comb(n, heads) for heads in as_far) / 2**n, rel=1e-14)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_limits_hold_the_share(count: tuple[int, int]) -> None:
    x, n = count
    low, high = wilson(x, n)
    assert 0 <= low <= x / n <= high <= 1
    assert wilson(n - x, n) == pytest.approx((1 - high, 1 - low))
