"""Studies along the years."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from ketlit.render import timeline
from ketlit.render.table import Screen
from ketlit.views import StudyRow, TimelineEntry

Drawn = Callable[[int, Callable[[Screen], None]], str]
CLAIM = ("C03", "contradicted", "One infusion is said to take away all pain for good in every person who has it")


@pytest.fixture
def entries(several: list[StudyRow]) -> list[TimelineEntry]:
    made = [TimelineEntry(row, [], []) for row in several]
    made[1] = made[1]._replace(landmarks=[CLAIM])
    made[3] = made[3]._replace(landmarks=[CLAIM, ("C04", "supported", "It works for hours")])
    return made


@pytest.mark.parametrize(("width", "name"), [(80, "timeline_80.txt"), (120, "timeline_120.txt")])
def test_the_timeline_looks_as_agreed(
    width: int, name: str, entries: list[TimelineEntry], drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(name, drawn(width, lambda screen: timeline.show(screen, {"": entries})))


def test_groups_stand_one_below_the_other(
    entries: list[TimelineEntry], drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    groups = timeline.grouped(entries, "condition")
    assert list(groups)[-1] == "no condition stated"
    golden("timeline_by_condition_80.txt", drawn(80, lambda screen: timeline.show(screen, groups)))


def test_empty_years_are_told_and_studies_without_a_year_come_last(entries: list[TimelineEntry], drawn: Drawn) -> None:
    lines = drawn(80, lambda screen: timeline.show(screen, {"": entries})).splitlines()
    assert "  ⋮   5 years without a study" in lines
    assert lines[-2] == "without a year"
    assert "nodate_rct" in lines[-1]


def test_what_no_person_has_read_is_marked_and_counted(study: Callable[..., StudyRow], drawn: Drawn) -> None:
    rows = [study("berg1999"), study("cole2008", curated=False, source="imported", year=2008)]
    groups = {"iv": [TimelineEntry(row, [], []) for row in rows], "im": [TimelineEntry(rows[1], [], [])]}
    for width in (40, 80, 120):
        lines = drawn(width, lambda screen: timeline.show(screen, groups)).splitlines()
        assert lines[0] == "° tagged automatically: 1 of 2 studies"
        assert max(map(cell_len, lines)) <= width
        assert [line[:16] for line in lines if "°" in line[5:]] == ["2008 │°cole2008 "] * 2
    curated = drawn(80, lambda screen: timeline.show(screen, {"": groups["iv"][:1]}))
    assert "°" not in curated
    assert "automatically" not in curated


def test_another_treatment_is_not_called_ketamine(study: Callable[..., StudyRow], drawn: Drawn) -> None:
    row = study(curated=False, context="not-ketamine")
    told = drawn(120, lambda screen: timeline.show(screen, {"": [TimelineEntry(row, [], [])]}))
    assert "· favours treatment" in told
    assert "favours ketamine" not in told
    for width in (60, 80, 100):
        told = drawn(width, lambda screen: timeline.show(screen, {"": [TimelineEntry(row, [], [])]}))
        assert "· other drug" in told
        assert "better" not in told


def test_the_strip_has_a_cell_for_each_year(entries: list[TimelineEntry], drawn: Drawn) -> None:
    strip = drawn(80, lambda screen: timeline.show(screen, {"": entries})).splitlines()[0]
    first, cells, last = strip.split()
    assert (first, last) == ("1999", "2021")
    assert len(cells) == 23
    assert cells[0] != "·"
    assert cells[1] == "·"


def test_more_years_than_cells_share_them(study: Callable[..., StudyRow], drawn: Drawn) -> None:
    many = [TimelineEntry(study(str(year), year=year), [], []) for year in (1850, 1900, 2020)]
    strip = drawn(80, lambda screen: timeline.show(screen, {"": many})).splitlines()[0]
    assert strip.endswith("a cell is 3 years")


def test_a_retracted_study_is_marked_in_words(entries: list[TimelineEntry], drawn: Drawn) -> None:
    [line] = [
        line for line in drawn(80, lambda screen: timeline.show(screen, {"": entries})).splitlines() if "dahl" in line
    ]
    assert "RETRACTED" in line


def test_no_study_makes_an_empty_timeline(drawn: Drawn) -> None:
    assert drawn(80, lambda screen: timeline.show(screen, {"": []})) == ""


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, entries: list[TimelineEntry], drawn: Drawn) -> None:
    text = drawn(width, lambda screen: timeline.show(screen, timeline.grouped(entries, "outcome")))
    assert max(cell_len(line) for line in text.splitlines()) <= width
