"""Judgements: kept as a named person gave them, beside those before, and taken back only by their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ketlit.errors import NotFound, UsageError
from ketlit.intake import judging
from ketlit.intake.seed import load_seed
from ketlit.record import Author, Record
from ketlit.vocabulary import Scheme

EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
ALL = 'SELECT domain, judgement, why, "by", at FROM judgement ORDER BY id'
ANA = {"by": "Ana Berg", "at": EARLIER}


@pytest.fixture
def study(desk: Any, record: Callable[..., Record]) -> Any:
    desk.take(record())
    return desk


def test_each_new_judgement_is_kept_beside_those_before(study: Any) -> None:
    with study.open() as connection:
        judging.judge(connection, 1, Scheme.ROB2, {"d1": ("high", "no  concealment\n")}, by=" Ana   Berg ", at=EARLIER)
        kept = judging.judge(connection, 1, Scheme.ROB2, {"d1": ("low", "asked")}, by="Ana Berg", at=LATER)
        judging.judge(connection, 1, Scheme.ROB2, {"d1": ("high", "")}, by="Bo Li", at=LATER)
    assert [one.judgement for one in kept.judgements] == ["high", "low"]
    assert study.rows(ALL) == [
        ("d1", "high", "no concealment", "Ana Berg", EARLIER),
        ("d1", "low", "asked", "Ana Berg", LATER),
        ("d1", "high", "", "Bo Li", LATER),
    ]


def test_what_holds_already_for_the_same_reason_is_not_kept_twice(study: Any) -> None:
    with study.open() as connection:
        judging.judge(connection, 1, Scheme.ROB2, {"d1": ("low", "")}, **ANA)
        again = {"d1": ("low", ""), "d2": ("low", "")}
        assert judging.judge(connection, 1, Scheme.ROB2, again, by="ana berg", at=LATER).already == ["d1"]
        other = judging.judge(connection, 1, Scheme.ROB2, {"d1": ("low", "")}, **ANA, outcome="remission")
        assert other.already == []
        assert judging.judge(connection, 1, Scheme.ROB2, {"d1": ("low", "seen")}, **ANA).already == []
    assert study.one("SELECT count(*) FROM judgement") == 4


def test_a_judgement_is_taken_back_by_its_number_and_remembered(study: Any) -> None:
    with study.open() as connection:
        judging.judge(connection, 1, Scheme.ROB2, {"d1": ("high", "typo")}, **ANA)
        gone = judging.remove(connection, 1)
        assert (gone.key, gone.judgement, gone.by) == ("pereira2022", "high", "Ana Berg")
        for number in (1, -1, 2**70):
            with pytest.raises(NotFound):
                judging.remove(connection, number)
    assert study.rows(ALL) == []
    told = study.one("SELECT old FROM change WHERE kind = 'judgement' AND field = 'removed'")
    assert told == "rob2 d1: high (typo), by Ana Berg on 2026-01-01"


GRADE = {"scheme": Scheme.GRADE, "outcome": "remission"}


@pytest.mark.parametrize(
    ("given", "changes", "said"),
    [
        ({"d1": ("low", "")}, {"by": " \n"}, "a named person's"),
        ({"d1": ("low", "")}, {"by": "Ana\x1b[31m"}, "is no name"),
        ({"d1": ("low", "")}, {"by": "x" * 101}, "is no name"),
        ({"d1": ("low", "")}, {"by": "pain \udcff"}, "not UTF-8"),
        ({"d1": ("low", "x" * 3_000)}, {}, "at most"),
        ({"d1": ("low", "\udcff")}, {}, "not UTF-8"),
        ({}, {}, "nothing is judged"),
        ({"d6": ("low", "")}, {}, "does not judge 'd6'"),
        ({"d1": ("serious", "")}, {}, "never judged 'serious'"),
        ({"certainty": ("low", "")}, GRADE, "for a reason"),
        ({"certainty": ("low", "x")}, {**GRADE, "outcome": ""}, "on an outcome"),
        ({"imprecision": ("low", "x")}, GRADE, "never judged 'low'"),
    ],
)
def test_what_is_no_judgement_is_refused_and_nothing_kept(
    study: Any, given: dict[str, tuple[str, str]], changes: dict[str, Any], said: str
) -> None:
    options = {"scheme": Scheme.ROB2, **ANA, **changes}
    with study.open() as connection, pytest.raises(UsageError, match=said):
        judging.judge(connection, 1, given=given, **options)
    assert study.rows(ALL) == []


def test_a_judgement_needs_a_study(study: Any) -> None:
    with study.open() as connection, pytest.raises(NotFound):
        judging.judge(connection, 7, Scheme.ROB2, {"d1": ("low", "")}, **ANA)


def test_judgements_outlive_revisions_and_releases(seeded_desk: Any, record: Callable[..., Record]) -> None:
    authors = [Author("Qvist", initials="A")]
    seeded_desk.take(record(authors=authors))
    with seeded_desk.open() as connection:
        for key in ("noppers2011", "qvist2022"):
            number = seeded_desk.one("SELECT id FROM study WHERE key = ?", key)
            judging.judge(connection, number, Scheme.ROB2, {"d1": ("low", ""), "d4": ("high", "asked")}, **ANA)
    before = seeded_desk.rows("SELECT * FROM judgement")
    assert len(before) == 4
    seeded_desk.take(record(title="A new title.", authors=authors, revised="2030-01-01"))
    seeded_desk.rows("UPDATE library SET value = '' WHERE name = 'seed_digest'")
    seeded_desk.rows("UPDATE study SET seed_digest = 'older', title = 'old' WHERE curated")
    with seeded_desk.open() as connection:
        load_seed(connection)
    assert seeded_desk.one("SELECT title FROM study WHERE key = 'noppers2011'") != "old"
    assert seeded_desk.rows("SELECT * FROM judgement") == before
