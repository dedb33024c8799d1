"""Claims on a terminal, and what became of them in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from rich.cells import cell_len

from ketlit.evidence_views import CheckRows, ClaimRows
from ketlit.render import claims
from ketlit.render.claimed import check_lines, control_of, effect_of, parting, stated
from ketlit.render.table import Screen
from ketlit.synthesis.claim_checks import Recomputed, recompute
from ketlit.synthesis.effects import Effect
from ketlit.synthesis.pooling import pool
from ketlit.views import ClaimCheck, ClaimRow
from ketlit.vocabulary import EffectMeasure
from tests.findings import a_finding, a_study

Drawn = Callable[[int, Callable[[Screen], None]], str]
SHARE = ClaimCheck("response", "24h", share=90.0, condition="depression")
KEYS = ["berg1999", "cole2008", "dahl2015"]


def a_claim(name: str = "C01", **changes: Any) -> ClaimRow:
    made = ClaimRow(
        id=name,
        text="Ninety of a hundred respond within a day",
        verdict="supported",
        explanation="As two trials say.",
        confidence="verified",
        studies=KEYS,
        updates=["Another trial has come out."],
        source="An article (A magazine, 2005-01-01) https://example.org/a",
        checks=(SHARE,),
    )
    return made._replace(**changes)


def rows(claim: ClaimRow) -> ClaimRows:
    studies = [a_study(key) for key in claim.studies]
    findings = [a_finding(key) for key in claim.studies]
    checks = [CheckRows(check, studies, findings, []) for check in claim.checks]
    return ClaimRows(claim, studies, findings, checks, KEYS[1:])


def recomputed(claim: ClaimRow) -> list[Recomputed]:
    return [recompute(each) for each in rows(claim).checks]


def pairs() -> list[tuple[ClaimRow, Sequence[Recomputed]]]:
    quotation = a_claim("C02", verdict="unresolved", text="A quotation", checks=(), unchecked="a quotation", studies=[])
    silent = a_claim("C03", text="Nothing is said of why", checks=())
    return [(a_claim(), recomputed(a_claim())), (quotation, []), (silent, [])]


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (80, ("claims_80.txt", "claim_80.txt", "claims_checked_80.txt")),
        (120, ("claims_120.txt", "claim_120.txt", "claims_checked_120.txt")),
    ],
)
def test_claims_look_as_agreed(
    width: int, names: tuple[str, str, str], drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    found = rows(a_claim())
    golden(
        names[0], drawn(width, lambda screen: claims.listed(screen, [found, rows(a_claim("C02", verdict="partly"))]))
    )
    golden(names[1], drawn(width, lambda screen: claims.one(screen, found, recomputed(a_claim()))))
    golden(names[2], drawn(width, lambda screen: claims.checked(screen, pairs())))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, drawn: Drawn, hostile: str) -> None:
    claim = a_claim(text=hostile, explanation=hostile, updates=[hostile])
    shown = drawn(width, lambda screen: claims.one(screen, rows(claim), recomputed(claim)))
    assert max(map(cell_len, shown.splitlines())) <= width
    assert "\x1b" not in shown


def test_a_library_without_claims_says_so(drawn: Drawn) -> None:
    assert drawn(80, lambda screen: claims.listed(screen, [])) == "there are no claims in this library\n"


def test_what_a_claim_states_is_said_with_whose_studies_it_speaks_of() -> None:
    assert stated(Recomputed(SHARE, "fits", "")) == "response, 24h: 90 % (all on depression)"
    own = ClaimCheck("remission", direction="no_difference")
    assert stated(Recomputed(own, "fits", "")) == "remission: no difference (its studies)"


def test_a_share_alone_is_told_to_show_no_effect() -> None:
    assert "a share alone shows no effect" in control_of(Recomputed(SHARE, "fits", "", share=50.0))
    assert control_of(Recomputed(SHARE, "fits", "")) == ""


def test_a_difference_is_never_told_beyond_what_it_can_be() -> None:
    wide = pool([Effect("a", 0.9, 0.4), Effect("b", -0.2, 0.4)], EffectMeasure.RD)
    assert "(95 % CI -100 to 100)" in control_of(Recomputed(SHARE, "fits", "", share=50.0, difference=wide))


def test_ratios_are_told_as_ratios() -> None:
    assert effect_of(pool([Effect("a", 0.0, 0.01)], EffectMeasure.RR)) == "RR 1 (0.822 to 1.22), 1 trial"


@pytest.mark.parametrize(
    ("verdict", "result", "said", "apart"),
    [
        ("supported", "differs", "verdict and data part", True),
        ("supported", "fits", "do not part", False),
        ("supported", "unclear", "neither bear out nor refute", False),
        ("supported", "not computable", "rests on what cannot be recomputed", False),
    ],
)
def test_whether_verdict_and_data_part_is_said_in_words(verdict: str, result: str, said: str, apart: bool) -> None:
    words, parts = parting(verdict, [Recomputed(SHARE, result, "")])
    assert said in words
    assert parts is apart


def test_a_claim_without_checks_has_a_line_that_says_why() -> None:
    (line,) = check_lines(a_claim(checks=(), unchecked="a quotation"), [])
    assert (line["result"], line["why"]) == ("not computable", "a quotation")
