"""The bracketed search: to the last digits, for well and badly behaved functions alike."""

from __future__ import annotations

from math import copysign, exp, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.synthesis.roots import crossing


@given(st.floats(1e-12, 1e12))
def test_a_square_root_is_found_to_the_last_digits(x: float) -> None:
    assert crossing(lambda root: root * root - x, 0.0, max(1.0, x)) == pytest.approx(sqrt(x), rel=1e-14)


@pytest.mark.parametrize("root", [0.0, 1e-200, 0.3, 7.0])
def test_a_step_and_a_flat_stretch_still_end(root: float) -> None:
    assert crossing(lambda x: copysign(1.0, x - root), -1.0, 8.0) == pytest.approx(root, abs=1e-14)
    assert crossing(lambda x: (x - root) ** 3, -1.0, 8.0) == pytest.approx(root, abs=1e-4)


def test_a_root_at_an_end_is_that_end() -> None:
    assert crossing(lambda x: x, 0.0, 1.0) == 0.0
    assert crossing(lambda x: x - 1, 0.0, 1.0) == 1.0


def test_few_steps_are_enough_for_a_smooth_function() -> None:
    asked = []
    crossing(lambda x: asked.append(x) or exp(x) - 2, 0.0, 10.0)
    assert len(asked) < 20


def test_ends_of_one_sign_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no change of sign"):
        crossing(lambda x: x * x + 1, -1.0, 1.0)
