"""Counting directions: what counts, what does not, and that few studies cannot reach significance."""

from __future__ import annotations

import pytest

from ketlit.errors import UsageError
from ketlit.synthesis.direction import FEWEST, count_directions, spread, vote
from ketlit.synthesis.effects import generic
from ketlit.vocabulary import Direction

FOR, AGAINST = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR


@pytest.mark.parametrize("n", range(1, 12))
def test_fewer_than_six_can_never_reach_five_percent_and_it_says_so(n: int) -> None:
    found = vote(n, n)
    assert found.p is not None
    assert (found.p < 0.05) == (n >= FEWEST)
    assert ("cannot reach p < 0.05" in found.says) == (n < FEWEST)


def test_it_says_in_words_what_was_counted() -> None:
    assert vote(6, 6).says == (
        "6 of 6 favour the intervention (exact two-sided p = 0.0312, 95 % interval of the share 61 to 100 %)"
    )


def test_studies_without_a_side_are_left_out_and_told() -> None:
    directions = [FOR, FOR, AGAINST, Direction.NO_DIFFERENCE, Direction.MIXED, Direction.MIXED]
    found = count_directions(directions)
    assert (found.favours, found.n) == (2, 3)
    assert found.left_out == {"no_difference": 1, "mixed": 2}
    assert "1 no difference, not counted; 2 mixed, not counted" in found.says


def test_no_study_with_a_side_gives_no_number() -> None:
    found = count_directions([Direction.NOT_REPORTED])
    assert (found.n, found.p, found.ci_low, found.ci_high) == (0, None, None, None)
    assert found.says == "no study points either way; 1 not reported, not counted"


@pytest.mark.parametrize(("favours", "n"), [(3, 2), (-1, 4), (0, -1)])
def test_more_than_all_cannot_favour(favours: int, n: int) -> None:
    with pytest.raises(UsageError, match="no count of directions"):
        vote(favours, n)


def test_the_range_of_effects_has_its_median() -> None:
    effects = [generic(str(yi), yi, 1) for yi in (3.0, -1.0, 2.0)]
    assert spread(effects) == (3, 2.0, -1.0, 3.0)
    assert spread(effects[:2]) == (2, 1.0, -1.0, 3.0)
    with pytest.raises(UsageError, match="no effect"):
        spread([])
