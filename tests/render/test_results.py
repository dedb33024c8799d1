"""The list of findings on a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ketlit.evidence_views import FindingRow
from ketlit.render import results
from ketlit.render.table import Screen
from tests.findings import a_finding, a_score

Drawn = Callable[[int, Callable[[Screen], None]], str]


def rows(hostile: str = "") -> list[FindingRow]:
    return [
        a_finding("berg1999", year=1999, p="<0.05"),
        a_score("adams2005", year=2005, direction="no_difference", hours=168.0, derived="sd = se * sqrt(n)"),
        a_finding("cole2008", status="retracted", comparison="single-arm", comparator="", n2=None, events2=None),
        a_finding("dissociation_study_x", harm=True, outcome="dissociation", hours=None, timepoint="during infusion"),
        a_finding(
            "mine2020", id=702, origin="user", year=None, events1=None, events2=None, n1=None, n2=None, measure=hostile
        ),
    ]


@pytest.mark.parametrize(("width", "file"), [(80, "findings_80.txt"), (120, "findings_120.txt")])
def test_findings_are_read_at_both_widths(
    width: int, file: str, drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(
        file,
        drawn(width, lambda screen: results.show(screen, rows("my scale"), 5, ["condition: depression"])),
    )


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_markup(width: int, drawn: Drawn, hostile: str) -> None:
    told = drawn(width, lambda screen: results.show(screen, rows(hostile), 5, [hostile]))
    assert max(map(len, told.splitlines())) <= width
    assert "\x1b" not in told
    assert "[/]" in told


def test_nothing_found_is_said(drawn: Drawn) -> None:
    assert drawn(80, lambda screen: results.show(screen, [], 0, [])).startswith("no finding  the whole library")
