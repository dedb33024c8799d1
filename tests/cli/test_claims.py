"""`claims` on the library as the first command makes it, and on an article of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Told
from tests.cli.test_explore import on_terminal

Command = Callable[..., Told]
Answer = Callable[..., Any]
ESCAPE = re.compile("\x1b\\[[0-9;]*m")
ARTICLE = """\
article: {title: Mine, publisher: Me, date: '2012-01-01', url: 'https://example.org/x'}
claims:
- id: C01
  claim: 95 % respond within a day
  verdict: supported
  studies: [zarate2006, murrough2013ajp]
  checks:
  - {outcome: response, at: 24h, share: 95}
  explanation: none
  confidence: none
- id: C02
  claim: Ketamine is old
  verdict: supported
  unchecked: history
  explanation: none
  confidence: none
"""


@pytest.fixture
def article(tmp_path: Path) -> Callable[..., str]:
    """A file with claims; `changes` are (old, new) in it."""

    def write(*changes: tuple[str, str]) -> str:
        text = ARTICLE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_each_claim_has_its_verdict_studies_and_what_came_since(answer: Answer) -> None:
    found = answer("claims")
    assert [each["id"] for each in found] == [f"C{number:02}" for number in range(1, 29)]
    assert {each["verdict"] for each in found} == {"supported", "partly", "contradicted", "unresolved"}
    by_id = {each["id"]: each for each in found}
    assert by_id["C03"]["studies"] == ["sorensen1995"]
    assert "pickering2020" in by_id["C08"]["since"]
    assert by_id["C08"]["updates"]


def test_one_claim_has_the_numbers_of_its_studies(answer: Answer) -> None:
    found = answer("claims", "c07")
    assert found["id"] == "C07"
    counts = [(each["events1"], each["n1"], each["events2"], each["n2"]) for each in found["findings"]]
    assert (8.0, 12.0, 3.0, 12.0) in counts


def test_a_share_is_recomputed_and_the_controlled_difference_stands_beside(answer: Answer) -> None:
    (found,) = answer("claims", "check", "C16")
    (check,) = found["checks"]
    assert check["check"] == {
        "outcome": "response",
        "at": "24h",
        "share": 70,
        "direction": "",
        "condition": "depression",
    }
    assert check["share_low"] < check["share"] < check["share_high"]
    assert {"zarate2006", "murrough2013ajp"} <= {arm["key"] for arm in check["arms"]}
    assert 0 < check["difference"]["ci_low"] < check["difference"]["estimate"] < 1


def test_every_claim_is_recomputed_or_says_why_not(answer: Answer) -> None:
    for each in answer("claims", "check"):
        assert bool(each["checks"]) != bool(each["unchecked"]), each["id"]
        assert all(check["why"] for check in each["checks"])


def test_what_is_not_computable_says_what_is_missing(answer: Answer) -> None:
    (found,) = answer("claims", "check", "C28")
    assert found["checks"][0]["result"] == "not computable"
    assert "no study of me-cfs" in found["checks"][0]["why"]
    assert found["parted"] is None


def test_the_claims_of_another_article_are_recomputed(article: Callable[..., str], answer: Answer) -> None:
    first, second = answer("claims", "check", "--from", article())
    assert first["parted"] is True
    assert first["checks"][0]["result"] == "differs"
    assert second["unchecked"] == "history"


def test_an_article_of_ones_own_is_listed_too(article: Callable[..., str], answer: Answer) -> None:
    found = answer("claims", "--from", article())
    assert [each["id"] for each in found] == ["C01", "C02"]
    assert found[0]["since"] == ["murrough2013ajp"]


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("murrough2013ajp", "murrough2013a"), 3, "did you mean 'murrough2013ajp'"),
        (("outcome: response", "outcome: respons"), 8, "did you mean 'response'"),
        (("at: 24h", "at: 28days"), 8, "did you mean '28d'"),
        (("verdict: supported\n  studies", "verdict: suported\n  studies"), 5, "did you mean 'supported'"),
        (("share: 95", "share: 195"), 8, "195 is no share"),
        ((", share: 95", ""), 8, "a share or a direction"),
        (("unchecked: history", "unchecked: history\n  checks: [{outcome: response, share: 3}]"), 11, "has checks"),
        (("id: C02", "id: C01"), 11, "stands at line 3 already"),
    ],
)
def test_a_slip_in_a_file_is_told_with_file_line_and_the_nearest(
    change: tuple[str, str], line: int, said: str, article: Callable[..., str], command: Command
) -> None:
    code, out, err = command("claims", "check", "--from", article(change))
    assert code == 2
    assert f"mine.yaml:{line}: " in err
    assert said in err
    assert not out


def test_a_file_that_is_not_there_exits_2(command: Command, tmp_path: Path) -> None:
    code, _, err = command("claims", "--from", str(tmp_path / "none.yaml"))
    assert code == 2
    assert "cannot be read" in err


@pytest.mark.parametrize("arguments", [["C99"], ["check", "C99"]])
def test_a_claim_that_is_not_there_exits_3_and_says_which_are(arguments: list[str], command: Command) -> None:
    code, _, err = command("claims", *arguments)
    assert code == 3
    assert "there are C01 to C28" in err


def test_several_claims_at_once_are_refused(command: Command) -> None:
    assert command("claims", "C01", "C02")[0] == 2


def test_tsv_and_csv_have_a_line_a_check(command: Command) -> None:
    code, out, _ = command("claims", "check", "--format", "tsv")
    assert code == 0
    head, *lines = out.splitlines()
    assert head.split("\t")[:3] == ["claim", "verdict", "parted"]
    assert len({line.split("\t")[0] for line in lines}) == 28


@pytest.mark.parametrize("arguments", [["claims"], ["claims", "C08"], ["claims", "check"]])
@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(arguments: list[str], width: int, seeded: Path) -> None:
    lines = ESCAPE.sub("", on_terminal(seeded, *arguments, width=width)).splitlines()
    assert lines
    assert max(map(len, lines)) <= width


def test_a_verdict_can_be_read_without_colour(seeded: Path) -> None:
    shown = ESCAPE.sub("", on_terminal(seeded, "claims", "check", "C16"))
    assert "± partly" in shown
    assert "beside it, more than with the control" in shown
