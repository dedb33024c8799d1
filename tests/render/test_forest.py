"""A forest plot on a terminal: aligned, read without colour, in ASCII where there is no more."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from math import log

import pytest

from ketlit.render import forest
from ketlit.render.forest import Forest, layout
from ketlit.render.table import Screen
from ketlit.synthesis.effects import Effect, Excluded
from ketlit.synthesis.pooling import Pooled, pool
from ketlit.vocabulary import EffectMeasure
from tests.findings import a_finding, a_score

Drawn = Callable[[int, Callable[[Screen], None]], str]
RATIOS = [
    Effect("berg1999", log(4.5), 0.29),
    Effect("adams2005", log(13.6), 1.28),
    Effect("a_study_with_a_very_long_name (0.5 mg/kg)", log(3.2), 1.8),
    Effect("cole2008", log(0.7), 0.41),
]


def ratios(*, effects: list[Effect] = RATIOS) -> tuple[Pooled, Forest]:
    result = pool(effects, EffectMeasure.OR, excluded=[Excluded("gone", "retracted")])
    details = {"berg1999": a_finding("berg1999"), "cole2008": a_finding("cole2008", events1=3.0)}
    return result, layout(result, details, ["cole2008"], "better")


def differences() -> Forest:
    effects = [Effect("low", -6.0, 7.25), Effect("lower", -9.5, 3.0), Effect("higher", 1.25, 900.0)]
    return layout(pool(effects, EffectMeasure.MD), {"low": a_score("low")}, (), "worse")


@pytest.mark.parametrize(("width", "file"), [(80, "forest_ratios_80.txt"), (120, "forest_ratios_120.txt")])
def test_ratios_are_drawn_on_a_log_axis(
    width: int, file: str, drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(file, drawn(width, lambda screen: forest.show(screen, ratios()[1])))


@pytest.mark.parametrize(("width", "file"), [(80, "forest_differences_80.txt"), (120, "forest_differences_120.txt")])
def test_differences_are_drawn_on_a_linear_axis(
    width: int, file: str, drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(file, drawn(width, lambda screen: forest.show(screen, differences())))


def test_a_terminal_of_ascii_alone_gets_ascii_alone(golden: Callable[[str, str], None]) -> None:
    out = BytesIO()
    screen = Screen(TextIOWrapper(out, encoding="ascii", write_through=True), color=False, width=80)
    forest.show(screen, ratios()[1])
    golden("forest_ascii_80.txt", "".join(line.rstrip() + "\n" for line in out.getvalue().decode("ascii").splitlines()))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int, drawn: Drawn) -> None:
    for plot in (ratios()[1], differences()):
        told = drawn(max(width, 60), lambda screen, plot=plot: forest.show(screen, plot))  # type: ignore[misc]
        assert max(map(len, told.splitlines())) <= max(width, 60)


def test_one_study_is_drawn_alone_and_without_a_weight(drawn: Drawn) -> None:
    told = drawn(80, lambda screen: forest.show(screen, layout(pool(RATIOS[:1], EffectMeasure.OR))))
    assert "pooled" not in told
    assert "%" not in told.splitlines()[1]
    assert "4.50 [1.57, 12.9]" in told


def test_studies_that_all_say_the_same_are_drawn_too(drawn: Drawn) -> None:
    same = [Effect(name, 0.0, 1e-12) for name in "abc"]
    told = drawn(80, lambda screen: forest.show(screen, layout(pool(same, EffectMeasure.MD))))
    assert "0 [-0.00, 0.00]" in told or "0 [" in told


def test_no_study_at_all_has_a_layout() -> None:
    nothing = layout(Pooled(k=0, measure="OR", method="REML", ci_method="hksj"))
    assert nothing.lines == ()
    assert nothing.low < 0 < nothing.high


def test_a_name_that_is_hostile_is_drawn_as_text(drawn: Drawn, hostile: str) -> None:
    result = pool([Effect(hostile, 0.1, 0.2), Effect("b", 0.2, 0.2)], EffectMeasure.OR)
    told = drawn(120, lambda screen: forest.show(screen, layout(result)))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[/]" in told


def test_the_sides_say_whom_they_favour() -> None:
    assert forest.sides("better") == ("favours control", "favours ketamine")
    assert forest.sides("worse") == ("favours ketamine", "favours control")
    assert "ketamine" not in forest.sides("")[0]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        *((0, "0"), (13.957, "14.0"), (0.869, "0.87"), (-5.05, "-5.05"), (125.2, "125"), (1234.5, "1234")),
        *((0.00004, "4e-05"), (1e12, "1e+12"), (float("inf"), "inf"), (100.0, "100")),
    ],
)
def test_numbers_have_three_digits(value: float, told: str) -> None:
    assert forest.three(value) == told


def test_limits_that_leave_the_plot_end_in_arrows(drawn: Drawn) -> None:
    effects = [Effect("narrow", 0.5, 0.01), Effect("narrower", 0.6, 0.01), Effect("wide", 0.5, 400.0)]
    told = drawn(80, lambda screen: forest.show(screen, layout(pool(effects, EffectMeasure.MD))))
    line = next(line for line in told.splitlines() if line.startswith("wide"))
    assert "◄" in line
    assert "►" in line


@pytest.mark.parametrize("way", [1, -1])
def test_absurd_ratios_are_told_by_their_bound_and_end_in_an_arrow(way: int, drawn: Drawn) -> None:
    far = [Effect("near", 0.4 * way, 0.2), Effect("far", 9.0 * way, 0.04), Effect("further", 12.0 * way, 900.0)]
    for effects in (far, [Effect(each.study, 30.0 * way, 0.01) for each in far]):
        plot = layout(pool(effects, EffectMeasure.OR))
        assert -log(1000) <= plot.low < plot.high <= log(1000)
        said = drawn(100, lambda screen, plot=plot: forest.show(screen, plot))  # type: ignore[misc]
        assert (">1000" if way > 0 else "<0.001") in said
        assert ("►" if way > 0 else "◄") in said


def test_a_difference_of_risks_is_plotted_between_its_bounds() -> None:
    plot = layout(pool([Effect("a", 0.9, 0.09), Effect("b", -0.2, 0.04), Effect("c", 0.95, 0.1)], EffectMeasure.RD))
    assert (plot.low >= -1, plot.high, plot.shown(1.7)) == (True, 1.0, "1.00")
