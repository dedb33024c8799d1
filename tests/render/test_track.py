"""The pooled estimate as it stood each year, on a terminal: aligned, read without colour, in ASCII where need be."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import pytest
from rich.cells import cell_len

from ketlit.render import timeline, track
from ketlit.render.table import Screen
from ketlit.views import StudyRow, TimelineEntry
from tests.tracks import a_track, responding, usual

Drawn = Callable[[int, Callable[[Screen], None]], str]
Golden = Callable[[str, str], None]


@pytest.mark.parametrize(("width", "name"), [(80, "track_80.txt"), (120, "track_120.txt")])
def test_the_track_stands_below_the_strip(
    width: int, name: str, several: list[StudyRow], drawn: Drawn, golden: Golden
) -> None:
    entries = [TimelineEntry(row, [], []) for row in several]
    golden(name, drawn(width, lambda screen: timeline.show(screen, {"": entries}, usual())))


def test_a_terminal_of_ascii_alone_gets_ascii_alone(golden: Golden) -> None:
    out = BytesIO()
    screen = Screen(TextIOWrapper(out, encoding="ascii", write_through=True), color=False, width=80)
    track.show(screen, usual())
    golden("track_ascii_80.txt", "".join(line.rstrip() + "\n" for line in out.getvalue().decode("ascii").splitlines()))


def test_of_groups_the_track_comes_once_and_first(several: list[StudyRow], drawn: Drawn) -> None:
    groups = timeline.grouped([TimelineEntry(row, [], []) for row in several], "condition")
    told = drawn(80, lambda screen: timeline.show(screen, groups, usual()))
    assert told.startswith(track.NAME)
    assert told.count(track.NAME) == 1


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int, drawn: Drawn) -> None:
    told = drawn(width, lambda screen: track.show(screen, usual()))
    assert max(map(cell_len, told.splitlines())) <= width


def test_one_study_is_said_to_stand_alone(drawn: Drawn) -> None:
    told = drawn(80, lambda screen: track.show(screen, a_track(responding("alone", 2001, 12.0))))
    assert track.ALONE in told
    assert "◆" not in told


def test_a_track_without_a_year_says_that_nothing_could_be_pooled(drawn: Drawn) -> None:
    told = drawn(80, lambda screen: track.show(screen, a_track()))
    assert told.startswith(track.NONE)
    assert "YEAR" not in told


def test_with_and_without_the_retracted_is_one_line() -> None:
    [line] = [note for note in usual().notes if "retracted" in note]
    assert line.startswith("with dahl2015, which counted until retracted: k = 5, OR ")
    assert "; without: k = 4, OR " in line


def test_names_from_outside_are_made_safe(drawn: Drawn, hostile: str) -> None:
    told = drawn(80, lambda screen: track.show(screen, a_track(responding(hostile, 2001, 12.0))))
    assert "\x1b" not in told
    assert "\u202e" not in told
