"""What holds of judgements, and what of RoB 2 follows from them."""

from __future__ import annotations

from itertools import product

import pytest

from ketlit.record import Judgement
from ketlit.synthesis.judged import FIVE, opinions, rob2_overall
from ketlit.vocabulary import Rob2Judgement, Scheme

LOW, SOME, HIGH = Rob2Judgement


def a_judgement(domain: str, judgement: str, at: str = "2026-01-01T00:00:00Z", **changes: str) -> Judgement:
    given = {"outcome": "", "why": "", "by": "Ana Berg", **changes}
    scheme = Scheme.GRADE if given["outcome"] else Scheme.ROB2
    return Judgement(scheme, given["outcome"], domain, judgement, given["why"], given["by"], at)


def five(**changes: str) -> list[Judgement]:
    return [a_judgement(domain, changes.get(domain, LOW)) for domain in FIVE]


def test_the_overall_is_the_worst_of_the_five_domains() -> None:
    worst = [LOW, SOME, HIGH]
    for judgements in product(worst, repeat=5):
        given = dict(zip(FIVE, judgements, strict=True))
        assert rob2_overall(given) == max(judgements, key=worst.index)


@pytest.mark.parametrize(
    ("given", "overall"),
    [({}, ""), ({"d1": LOW, "d2": SOME}, ""), ({"d4": HIGH}, HIGH), ({"overall": HIGH}, "")],
    ids=str,
)
def test_without_all_five_only_a_high_decides(given: dict[str, str], overall: str) -> None:
    assert rob2_overall(given) == overall


def test_concerns_in_several_domains_are_left_to_the_person() -> None:
    (one,) = opinions(five(d2=SOME))
    assert (one.overall, one.computed, one.unsettled) == (SOME, True, False)
    (several,) = opinions(five(d2=SOME, d4=SOME))
    assert (several.overall, several.computed, several.unsettled) == (SOME, True, True)
    (own,) = opinions([*five(d2=SOME, d4=SOME), a_judgement("overall", HIGH)])
    assert (own.overall, own.computed, own.unsettled) == (HIGH, False, False)


def test_the_last_judgement_of_a_person_on_a_domain_holds() -> None:
    first, second = a_judgement("d1", HIGH), a_judgement("d1", LOW, "2026-02-01T00:00:00Z", by="ANA BERG")
    (found,) = opinions([first, second])
    assert found.last == {"d1": second}
    assert found.earlier == [first]
    assert (found.by, found.at) == ("ANA BERG", "2026-02-01T00:00:00Z")


def test_persons_outcomes_and_schemes_stand_side_by_side() -> None:
    given = [
        a_judgement("certainty", "low", outcome="remission"),
        a_judgement("imprecision", "serious", outcome="response"),
        a_judgement("d1", LOW),
        a_judgement("d1", HIGH, by="Bo Li"),
    ]
    assert [(one.scheme, one.by, one.outcome, one.overall, one.computed) for one in opinions(given)] == [
        ("rob2", "Ana Berg", "", "", False),
        ("rob2", "Bo Li", "", HIGH, True),
        ("grade", "Ana Berg", "remission", "low", False),
        ("grade", "Ana Berg", "response", "", False),
    ]


def test_domains_are_told_in_the_order_of_the_scheme() -> None:
    (found,) = opinions(reversed(five()))
    assert list(found.last) == list(FIVE)
