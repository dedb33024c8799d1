"""Named times and their windows: as people write them, both ends included."""

from __future__ import annotations

import pytest

from ketlit.errors import UsageError
from ketlit.synthesis.timepoint import in_hours, spoken, window
from ketlit.vocabulary import TIMEPOINTS


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *((name, name) for name in TIMEPOINTS),
        *(("day 1", "24h"), ("1 day", "24h"), ("24 Hours", "24h"), ("72 h", "72h"), ("day 3", "72h"), ("1wk", "7d")),
        *(("week 1", "7d"), ("2 weeks", "14d"), ("4 weeks", "28d"), ("1 month", "28d"), ("3 months", "3mo")),
        *(("90d", "3mo"), ("40 minutes", "40min")),
    ],
)
def test_a_time_is_named_as_people_write_it(typed: str, name: str) -> None:
    assert window(typed).name == name


@pytest.mark.parametrize("typed", ["", "soon", "h", "24", "-24h", "24x", "5 years", "10 min", "٢٤h", "9" * 400 + "h"])
def test_what_is_no_named_time_is_refused_with_those_that_are(typed: str) -> None:
    with pytest.raises(UsageError) as told:
        window(typed)
    assert "24h" in told.value.hint


def test_the_nearest_times_are_offered() -> None:
    with pytest.raises(UsageError) as told:
        window("2 days")
    assert told.value.hint.startswith("the nearest: 24h or 72h")


def test_both_ends_of_a_window_are_in_it_and_no_time_is_not() -> None:
    day = window("24h")
    assert [hours in day for hours in (11.9, 12, 36, 36.1, None)] == [False, True, True, False, False]
    assert 720 in window("28d")
    assert 730 in window("28d")


def test_each_named_time_lies_in_its_own_window() -> None:
    for name, (centre, low, high) in TIMEPOINTS.items():
        assert low < centre < high, name
        assert in_hours(name) == pytest.approx(centre), name


def test_hours_are_spoken_in_the_unit_one_would_say() -> None:
    assert [spoken(hours) for hours in (0, 2 / 3, 2, 36, 168, 240)] == ["0 h", "40 min", "2 h", "36 h", "7 d", "10 d"]
