"""Numbers of findings and doses in words."""

from __future__ import annotations

import pytest

from ketlit.record import Dose, Effect, Finding, Group
from ketlit.render import figures
from ketlit.vocabulary import Comparison, Direction


def finding(**changes: object) -> Finding:
    return Finding("response", Comparison.BETWEEN, Direction.MIXED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "printed"), [(12.0, "12"), (0.35, "0.35"), (-0.81, "-0.81"), (7, "7"), (1e-7, "1e-07")]
)
def test_a_number_keeps_its_digits(value: float, printed: str) -> None:
    assert figures.number(value) == printed


@pytest.mark.parametrize(
    ("made", "printed"),
    [
        (finding(), ""),
        (finding(intervention=Group(12, 8), control=Group(12, 3), effect=Effect(p="<0.05")), "8/12 vs 3/12; P <0.05"),
        (finding(intervention=Group(30, 12, percent=40)), "12/30 (40 %)"),
        (finding(intervention=Group(9, mean=3.5, sd=1.25), control=Group(mean=5)), "3.5 (SD 1.25, n 9) vs 5"),
        (finding(intervention=Group(percent=53), control=Group(percent=24)), "53 % vs 24 %"),
        (finding(intervention=Group(40), control=Group(41)), ""),
        (finding(effect=Effect("MD", -2.1, -4, -0.2, ".03")), "MD -2.1 (CI -4 to -0.2); P = .03"),
        (finding(effect=Effect("d", 0.7, p="ns")), "d 0.7; P ns"),
    ],
)
def test_numbers_are_told_as_far_as_they_are_known(made: Finding, printed: str) -> None:
    assert figures.numbers(made) == printed


@pytest.mark.parametrize(
    ("dose", "printed"),
    [
        (Dose(), ""),
        (Dose("racemic", "oral"), "racemic, oral"),
        (
            Dose("racemic", "intravenous", 0.5, text="0.5 mg/kg over 40 min"),
            "racemic, intravenous: 0.5 mg/kg over 40 min",
        ),
        (Dose("", "oral", 50, 100, "mg", number=3), "oral: 50-100 mg, 3 times"),
        (Dose("", "", None, 0.35, "mg/kg/h", 4, "h", 1, "weekly"), "up to 0.35 mg/kg/h, over 4 h, once, weekly"),
        (Dose("", "", schedule="titrated"), "titrated"),
    ],
)
def test_a_dose_is_told_as_printed_or_put_together(dose: Dose, printed: str) -> None:
    assert figures.dose(dose) == printed


def test_what_is_compared_is_told() -> None:
    assert figures.against(finding(comparator="placebo")) == "vs placebo"
    assert figures.against(finding()) == ""
    told = {each: figures.against(Finding("x", each, Direction.MIXED, comparator="opioid")) for each in Comparison}
    assert all(told.values())
    assert told[Comparison.POOLED] == "pooled, vs opioid"
