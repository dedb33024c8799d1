"""Judgements as they are typed, asked for, shown and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., tuple[int, str, str]]
ANA = ("--by", "Ana Berg")
LOW = ("--d1", "low", "--d2", "some-concerns", "--d3", "low", "--d4", "Some Concerns", "--d5", "low")


def judgements(answer: Any, *key: str) -> list[tuple[str, ...]]:
    return [tuple(one[name] for name in ("domain", "judgement", "by")) for one in answer("judge", "list", *key)]


@pytest.mark.parametrize("words", [("noppers2011", "rob2"), ("rob2", "noppers2011")], ids=" ".join)
def test_a_trial_is_judged_under_a_name_and_shown(command: Command, answer: Any, words: tuple[str, str]) -> None:
    code, out, err = command("judge", *words, *ANA, *LOW, "--why", "active placebo")
    assert (code, out) == (0, "")
    assert err.splitlines()[0] == "ketlit: kept 5 of noppers2011 by Ana Berg: d1, d2, d3, d4, d5"
    assert "overall: some concerns (follows from the domains" in err
    found = answer("show", "noppers2011")
    assert [one["judgement"] for one in found["judgements"]] == ["low", "some concerns", "low", "some concerns", "low"]
    assert {(one["by"], one["why"], one["holds"]) for one in found["judgements"]} == {
        ("Ana Berg", "active placebo", True)
    }
    assert all(one["at"] for one in found["judgements"])
    assert found["rob2_overall"] == [
        {"by": "Ana Berg", "outcome": "", "overall": "some concerns", "computed": True},
    ]
    assert "Ana Berg" in command("show", "noppers2011", "--format", "tsv")[1]


def test_a_person_may_say_the_overall_themselves(command: Command, answer: Any) -> None:
    command("judge", "noppers2011", "rob2", *ANA, *LOW)
    code, _, err = command("judge", "noppers2011", "rob2", *ANA, *LOW, "--overall", "high", "--why", "")
    assert code == 0
    assert "as judged before: d1, d2, d3, d4, d5" in err
    assert "follows" not in err
    assert answer("show", "noppers2011")["rob2_overall"][0] == {
        **{"by": "Ana Berg", "outcome": "", "overall": "high", "computed": False},
    }


def test_several_people_judge_and_the_last_word_of_each_holds(command: Command, answer: Any) -> None:
    command("judge", "noppers2011", "rob2", *ANA, "--d1", "high")
    command("judge", "noppers2011", "rob2", "--by", "Bo Li", "--d1", "high")
    command("judge", "noppers2011", "rob2", *ANA, "--d1", "low", "--why", "asked the authors")
    assert judgements(answer, "noppers2011") == [
        ("d1", "high", "Ana Berg"),
        ("d1", "high", "Bo Li"),
        ("d1", "low", "Ana Berg"),
    ]
    assert [one["holds"] for one in answer("show", "noppers2011")["judgements"]] == [False, True, True]
    code, _, err = command("judge", "remove", "3")
    assert (code, err) == (
        0,
        "ketlit: removed judgement 3 on noppers2011 by Ana Berg: RoB 2 D1 randomisation: low: asked the authors\n",
    )
    assert [one["holds"] for one in answer("show", "noppers2011")["judgements"]] == [True, True]
    assert command("judge", "remove", "3")[0] == 3


def test_certainty_is_judged_on_an_outcome_or_a_harm_by_any_name(command: Command, answer: Any) -> None:
    typed = ("--by", "Bo Li", "--certainty", "very low", "--risk-of-bias", "serious", "--why", "one small trial")
    assert command("judge", "noppers2011", "grade", "-o", "pain-intensity", *typed)[0] == 0
    assert command("judge", "noppers2011", "grade", "-o", "dissociation", *typed)[0] == 0
    found = answer("judge", "list", "noppers2011")
    assert [(one["outcome"], one["domain"], one["judgement"]) for one in found] == [
        ("pain-intensity", "certainty", "very low"),
        ("pain-intensity", "risk-of-bias", "serious"),
        ("dissociation", "certainty", "very low"),
        ("dissociation", "risk-of-bias", "serious"),
    ]
    assert answer("show", "noppers2011")["rob2_overall"] == []


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["noppers2011", "rob2", "--d1", "low"], 2, "--by NAME"),
        (["noppers2011", "rob2", *ANA], 2, "--d1, --d2, --d3, --d4, --d5, --overall"),
        (["noppers2011", "rob2", *ANA, "--d1", "lo"], 2, "did you mean low? one of: low, some concerns, high"),
        (["noppers2011", "rob2", *ANA, "--d1", "serious"], 2, "one of: low, some concerns, high"),
        (["noppers2011", "grade", *ANA, "--certainty", "low", "--why", "x"], 2, "--outcome TERM"),
        (["noppers2011", "grade", *ANA, "-o", "remission", "--certainty", "low"], 2, "--why TEXT"),
        (["noppers2011", "grade", *ANA, "-o", "remision", "--certainty", "low", "--why", "x"], 2, "remission"),
        (["noppers2011", "grade", *ANA, "-o", "remission", "--imprecision", "serius"], 2, "did you mean serious"),
        (["noppers201", "rob2", *ANA, "--d1", "low"], 3, "did you mean noppers2011"),
        (["list", "noppers201"], 3, "did you mean noppers2011"),
        (["noppers2011", "rob"], 2, "has no command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_judged_is_refused_with_what_can(
    command: Command, answer: Any, typed: list[str], code: int, said: str
) -> None:
    found, out, err = command("judge", *typed)
    assert (found, out) == (code, "")
    assert said in err
    assert judgements(answer) == []


def test_rob2_of_what_is_no_randomised_trial_is_kept_and_pointed_out(command: Command, answer: Any) -> None:
    code, _, err = command("judge", "shirani2008", "rob2", *ANA, "--d1", "high")
    assert code == 0
    assert "look again: RoB 2 is for randomised trials" in err
    assert judgements(answer) == [("d1", "high", "Ana Berg")]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """A person at a terminal who answers with these lines, and then ends; gives what was asked."""

    def answering(*lines: str) -> list[str]:
        asked: list[str] = []
        replies: Iterator[str] = iter(lines)

        def reply(question: str) -> str:
            asked.append(question)
            line = next(replies, None)
            if line is None:
                raise EOFError
            return line

        monkeypatch.setattr("builtins.input", reply)
        monkeypatch.setattr("ketlit.cli.judge.terminal", lambda: True)
        return asked

    return answering


def test_on_a_terminal_each_domain_is_asked_for_and_none_filled_in(
    command: Command, answer: Any, said: Callable[..., list[str]]
) -> None:
    asked = said("low", "concealed", "", "medium", "high", "half dropped out", "", "low", "", "")
    code, _, err = command("judge", "noppers2011", "rob2", *ANA)
    assert code == 0, err
    assert [(one["domain"], one["judgement"], one["why"]) for one in answer("judge", "list")] == [
        ("d1", "low", "concealed"),
        ("d3", "high", "half dropped out"),
        ("d5", "low", ""),
    ]
    assert asked.count("D3 missing outcome data (low, some concerns, high): ") == 2
    assert "no judgement of d3 is called 'medium'" in err
    reminders = [line for line in err.splitlines() if "dissociation" in line]
    assert len(reminders) == 2
    assert "unblind" in reminders[1]


def test_one_reason_given_by_option_is_not_asked_for_again(
    command: Command, answer: Any, said: Callable[..., list[str]]
) -> None:
    asked = said("low", "", "", "serious", "", "")
    assert command("judge", "noppers2011", "grade", *ANA, "-o", "remission", "--why", "one trial")[0] == 0
    assert not any("why" in question for question in asked)
    assert {(one["domain"], one["why"]) for one in answer("judge", "list")} == {
        ("certainty", "one trial"),
        ("indirectness", "one trial"),
    }


def test_the_end_of_the_input_and_a_study_that_is_not_there_keep_nothing(
    command: Command, answer: Any, said: Callable[..., list[str]]
) -> None:
    asked = said("low")
    assert command("judge", "noppers2011", "rob2", *ANA)[0] == 130
    del asked[:]
    assert command("judge", "noppers201", "rob2", *ANA)[0] == 3
    assert asked == []
    assert judgements(answer) == []


def test_a_clinician_is_told_in_one_line_who_judged_what_and_a_patient_is_not(command: Command, answer: Any) -> None:
    def told(whom: str) -> list[dict[str, Any]]:
        found = answer("brief", "fibromyalgia", "--for", whom)["statements"]
        return [one for one in found if "Ana Berg" in one["text"] or one["section"] == "Judged"]

    assert told("clinician") == []
    command("judge", "noppers2011", "rob2", *ANA, "--d4", "high")
    command("judge", "sorensen1995", "rob2", *ANA, "--d1", "low")
    command(
        "judge", "noppers2011", "grade", "--by", "Bo Li", "-o", "pain-intensity", "--certainty", "low", "--why", "x"
    )
    (line,) = told("clinician")
    assert line["text"].startswith("RoB 2 by Ana Berg (20")
    assert "): high 1, not judged overall 1; GRADE by Bo Li (20" in line["text"]
    assert line["text"].endswith("): pain-intensity low 1.")
    assert line["studies"] == ["noppers2011", "sorensen1995"]
    assert told("patient") == []


def test_judgements_stay_across_an_upgrade_and_another_tagging(
    command: Command, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("judge", "noppers2011", "rob2", *ANA, *LOW)
    before = answer("judge", "list")
    assert len(before) == 5
    assert command("db", "retag")[0] == 0
    monkeypatch.setattr("ketlit.resources.stamp", lambda: "another release")
    monkeypatch.setattr("ketlit.resources.digest", lambda: "another release")
    assert command("db", "upgrade")[0] == 0
    assert answer("judge", "list") == before


def test_an_export_takes_judgements_to_another_library(command: Command, answer: Any, tmp_path: Path) -> None:
    command("judge", "noppers2011", "rob2", *ANA, *LOW)
    path = tmp_path / "mine.jsonl"
    assert command("export", "--format", "jsonl", "--output", str(path))[0] == 0
    before = answer("show", "noppers2011")["judgements"]
    for number in range(1, 6):
        assert command("judge", "remove", str(number))[0] == 0
    assert answer("show", "noppers2011")["judgements"] == []
    assert command("import", str(path))[0] == 0
    assert answer("show", "noppers2011")["judgements"] == before != []
