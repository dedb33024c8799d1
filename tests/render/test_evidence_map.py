"""The evidence map on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import pytest
from rich.cells import cell_len

from ketlit.evidence_views import LeftOut, MapRows, MapStudy, MapTerm
from ketlit.render import evidence_map
from ketlit.render.charted import Charted, as_object, search_of
from ketlit.render.table import Screen
from ketlit.synthesis.evidence_map import chart
from ketlit.vocabulary import Axis

Drawn = Callable[[int, Callable[[Screen], None]], str]
ROUTES = ("intravenous", "intranasal", "oral", "subcutaneous", "topical", "local-infiltration")


def a_map(*, hostile: str = "crps-1", routes: tuple[str, ...] = ROUTES) -> Charted:
    studies = [
        MapStudy(
            key=f"study{number}",
            unit=number,
            n=number * 7,
            design=("rct", "meta-analysis", "case-report")[number % 3],
            direction=("favours_intervention", "no_difference", "mixed", "not_reported")[number % 4],
            rows=("crps", hostile) if number % 5 == 0 else ("crps",) if number % 2 else ("depression",),
            columns=(routes[(number * number + number // 7) % len(routes)],),
            curated=number % 4 == 0,
        )
        for number in range(60)
    ]
    rows = [MapTerm("crps", "CRPS", 0), MapTerm(hostile, "CRPS type 1", 1), MapTerm("depression", "Depression", 0)]
    columns = [MapTerm(route, route, 0) for route in routes if any(route in study.columns for study in studies)]
    left = [LeftOut("another context than treatment", 7), LeftOut("retracted", 1)]
    counted = MapRows(
        studies, rows, columns, left, ["therapeutic-pain", "therapeutic-psychiatric"], ["year: 1990 or later"]
    )
    return Charted(Axis.CONDITION, Axis.ROUTE, counted, chart(studies), "-c crps --since 1990", "--since 1990")


def empty() -> Charted:
    return Charted(Axis.CONDITION, Axis.ROUTE, MapRows([], [], [], [], [], []), chart([]), "", "")


@pytest.mark.parametrize(("width", "name"), [(80, "map_80.txt"), (120, "map_120.txt")])
def test_the_map_looks_as_agreed(width: int, name: str, drawn: Drawn, golden: Callable[[str, str], None]) -> None:
    golden(name, drawn(width, lambda screen: evidence_map.show(screen, a_map())))


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_of_the_table_is_wider_than_the_terminal(width: int, drawn: Drawn) -> None:
    lines = drawn(width, lambda screen: evidence_map.show(screen, a_map())).splitlines()
    assert max(map(cell_len, lines)) <= width


def test_columns_without_room_are_named_with_their_studies(drawn: Drawn) -> None:
    routes = tuple(f"route-{letter}" for letter in "abcdefgh")
    narrow = drawn(60, lambda screen: evidence_map.show(screen, a_map(routes=routes)))
    assert "no room for the columns of fewest studies:" in narrow
    wide = drawn(200, lambda screen: evidence_map.show(screen, a_map(routes=routes)))
    assert "no room" not in wide


def test_an_empty_cell_is_explained(drawn: Drawn) -> None:
    shown = drawn(80, lambda screen: evidence_map.show(screen, a_map()))
    assert "– means: no study in this library" in shown


def test_a_map_of_nothing_says_so(drawn: Drawn) -> None:
    assert "no study in this library fits" in drawn(80, lambda screen: evidence_map.show(screen, empty()))


def test_names_cannot_paint_the_terminal(drawn: Drawn, hostile: str) -> None:
    shown = drawn(120, lambda screen: evidence_map.show(screen, a_map(hostile=hostile)))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_where_there_is_only_ascii_symbols_are_ascii() -> None:
    out = BytesIO()
    screen = Screen(TextIOWrapper(out, encoding="ascii", errors="strict", write_through=True), color=False, width=80)
    evidence_map.show(screen, a_map())
    assert b"#" in out.getvalue()


def test_the_search_of_a_cell_repeats_what_was_asked_for() -> None:
    assert search_of(a_map(), "crps", "oral") == (
        "ketlit search --condition crps --route oral --context therapeutic-pain "
        "--context therapeutic-psychiatric --since 1990"
    )


def test_the_object_has_every_cell_with_its_studies_and_its_search() -> None:
    made = a_map()
    found = as_object(made, {("crps", "oral"): ["study2"]})
    assert len(found["cells"]) == len(found["rows"]) * len(found["cols"])
    assert [cell["studies"] for cell in found["cells"] if cell["studies"]] == [["study2"]]
    assert all(bool(cell["search"]) == bool(cell["k"]) for cell in found["cells"])
