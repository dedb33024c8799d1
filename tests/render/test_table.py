"""The list of studies on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.cells import cell_len

from ketlit.render import table, wording
from ketlit.render.table import Screen
from ketlit.views import StudyRow

Drawn = Callable[[int, Callable[[Screen], None]], str]


@pytest.mark.parametrize(("width", "name"), [(80, "search_80.txt"), (120, "search_120.txt")])
def test_the_list_of_studies_looks_as_agreed(
    width: int, name: str, several: list[StudyRow], drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    def draw(screen: Screen) -> None:
        table.header(screen, 7, ["fibromyalgia -> condition fibromyalgia", "route: intravenous"])
        table.studies(screen, several)

    golden(name, drawn(width, draw))


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int, several: list[StudyRow], drawn: Drawn) -> None:
    text = drawn(width, lambda screen: table.studies(screen, several))
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_a_hostile_title_prints_literally_and_moves_nothing(
    study: Callable[..., StudyRow], hostile: str, drawn: Drawn
) -> None:
    text = drawn(200, lambda screen: table.studies(screen, [study(title=hostile)]))
    assert "A [/] B [corrected] :smile: \ufffd]8;;http://x\ufffd \ufffdgnp.exe \ufffd31m end" in text
    assert "\x1b" not in text


def test_what_a_reader_must_not_miss_is_said_in_words(several: list[StudyRow], drawn: Drawn) -> None:
    text = drawn(120, lambda screen: table.studies(screen, several))
    for words in ("RETRACTED Results taken back", "excluded", "tagged automatically", "PMID not verified", "corrected"):
        assert words in text


def test_a_retracted_title_is_struck_and_colours_can_be_left_out(study: Callable[..., StudyRow]) -> None:
    looks = []
    for color in (True, False):
        out = StringIO()
        screen = Screen(out, color=color, width=80)
        screen.console._force_terminal = True
        screen.console._color_system = (
            screen.console._color_system
            or table.Console(file=out, force_terminal=True, color_system="standard")._color_system
        )
        table.studies(screen, [study(status="retracted")])
        looks.append(out.getvalue())
    assert "\x1b[9m" in looks[0]
    assert ";31m" in looks[0]
    assert "31m" not in looks[1]


def test_an_old_code_page_gets_symbols_it_has(study: Callable[..., StudyRow]) -> None:
    raw = BytesIO()
    out = TextIOWrapper(raw, encoding="cp1252", errors="strict")
    table.studies(Screen(out, width=80), [study(title="Plain")])
    out.flush()
    assert b"+ better" in raw.getvalue()


@pytest.mark.parametrize(
    ("width", "shown"),
    [(30, "pain-intensity, remission, x"), (20, "pain-intensity +2"), (12, "pain-int… +2")],
)
def test_names_that_do_not_fit_are_counted(width: int, shown: str) -> None:
    assert table.some_of(["pain-intensity", "remission", "x"], width) == shown


def test_text_is_fitted_by_cells_not_by_characters() -> None:
    assert table.fitted("痛み", 5) == "痛み "
    assert cell_len(table.fitted("痛みと抑うつ", 5)) == 5
    assert table.fitted("7", 3, right=True) == "  7"


def test_what_another_treatment_is_favoured_for_is_not_called_ketamine() -> None:
    assert wording.direction("favours_intervention").long == "favours ketamine"
    assert wording.direction("favours_intervention", "not-ketamine").long == "favours treatment"
    assert wording.direction("not_reported", "not-ketamine") == wording.direction("not_reported")


@pytest.mark.parametrize("direction", ["favours_intervention", "favours_comparator", "no_difference", "mixed"])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_study_of_another_drug_has_no_verdict_below_ketamine(
    width: int, direction: str, study: Callable[..., StudyRow], drawn: Callable[..., str]
) -> None:
    row = study(context="not-ketamine", direction=direction, title="Made up")
    lines = drawn(width, lambda screen: table.studies(screen, [row])).splitlines()
    at = lines[0].index("KETAMINE")
    assert lines[1][at:].startswith("· other drug")
    wide = wording.direction(direction, "not-ketamine")
    assert (wide.symbol, wide.style) == ("·", "dim")
