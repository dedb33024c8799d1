"""ketlit pool: of the library and of tables; what is refused; what is drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Told

Command = Callable[..., Told]
RESPONSE = ("pool", "-c", "depression", "-o", "response", "--measure", "OR", "--at", "24h")
KEYS = {
    *("k", "measure", "method", "ci_method", "estimate", "se", "ci_low", "ci_high", "stat", "p", "tau2", "i2"),
    *("q", "q_df", "q_p", "pi_low", "pi_high", "pi_df", "studies", "excluded", "warnings"),
    *("exp_estimate", "exp_ci_low", "exp_ci_high"),
}


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., str]:
    """Writes a table of studies: its path."""

    def written(*lines: str) -> str:
        path = tmp_path / "table.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    return written


COUNTS = ("study,events1,n1,events2,n2", "berman2000,4,8,1,8", "murrough2013,30,47,7,25", "lapidus2014,8,18,1,18")


def test_response_in_depression_at_a_day_is_pooled_of_trials_against_placebo(answer: Any) -> None:
    found = answer(*RESPONSE)
    assert set(found) == KEYS
    assert [each["study"] for each in found["studies"]] == [
        "murrough2013ajp",
        "lapidus2014",
        "grunebaum2017",
        "lii2023",
    ]
    assert found["k"] == 4
    assert found["exp_estimate"] == pytest.approx(3.4827, abs=1e-4)
    assert (found["exp_ci_low"], found["exp_ci_high"]) == pytest.approx((0.8690, 13.9574), abs=1e-4)
    assert sum(each["weight"] for each in found["studies"]) == pytest.approx(100)
    reasons = {each["study"]: each["reason"] for each in found["excluded"]}
    assert "review" in reasons["dean2021bip"]
    assert reasons["berman2000"] == "measured at 72 h, not within 12 h to 36 h"
    assert any("lapidus2014: a crossover analysed as parallel" in each for each in found["warnings"])


def test_what_was_known_by_a_day_is_pooled_of_what_was_out_by_then(answer: Any) -> None:
    found = answer(*RESPONSE, "--as-of", "2014")
    assert (found["k"], [each["study"] for each in found["studies"]]) == (2, ["murrough2013ajp", "lapidus2014"])
    assert any("two studies" in each for each in found["warnings"])


def test_one_study_is_shown_and_not_pooled(answer: Any) -> None:
    found = answer("pool", "-c", "depression", "-o", "suicidal-ideation", "--measure", "or", "--at", "day 1")
    assert (found["k"], found["estimate"]) == (1, None)
    assert found["studies"][0]["yi"] == pytest.approx(log(2.85), abs=0.002)
    assert any("one study is not pooled" in each for each in found["warnings"])


def test_no_study_is_an_empty_answer_with_its_reasons(answer: Any) -> None:
    found = answer("pool", "-c", "crps", "-o", "pain-intensity", "--measure", "SMD", "--at", "3mo")
    assert (found["k"], found["estimate"], found["studies"]) == (0, None, [])
    assert found["excluded"]
    assert "no study is left to pool" in found["warnings"]


def test_a_study_is_left_out_on_demand_and_by_its_screening(command: Command, answer: Any) -> None:
    assert "lii2023" not in [each["study"] for each in answer(*RESPONSE, "--exclude", "LII2023")["studies"]]
    assert command("study", "exclude", "lii2023", "--why", "open label")[0] == 0
    found = answer(*RESPONSE)
    assert found["k"] == 3
    assert {"study": "lii2023", "reason": "excluded by you (ketlit study include takes it back in)"} in found[
        "excluded"
    ]
    assert command(*RESPONSE, "--exclude", "nobody1900")[0] == 3


def test_a_retracted_study_is_in_only_on_demand_and_then_shown_without_too(
    command: Command, answer: Any, library: Path
) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(library)) as opened:
        opened.execute("UPDATE study SET status = 'retracted' WHERE key = 'murrough2013ajp'")
        opened.commit()
    found = answer(*RESPONSE)
    assert (found["k"], {each["study"]: each["reason"] for each in found["excluded"]}["murrough2013ajp"]) == (
        3,
        "retracted",
    )
    both = answer(*RESPONSE, "--with-retracted")
    assert both["k"] == 4
    without = next(each for each in both["warnings"] if each.startswith("without the retracted"))
    assert f"{found['exp_estimate']:.2f}" in without


def test_what_a_person_entered_is_pooled(command: Command, answer: Any) -> None:
    entered = ("-o", "response", "--at", "24h", "--n1", "8", "--events1", "4", "--n2", "8", "--events2", "1")
    assert command("finding", "add", "berman2000", *entered, "--comparator", "placebo")[0] == 0
    assert "berman2000" in [each["study"] for each in answer(*RESPONSE)["studies"]]


def test_what_a_person_entered_in_place_of_a_curated_finding_is_told(command: Command, answer: Any) -> None:
    entered = ("-o", "response", "--at", "24h", "--n1", "47", "--events1", "29", "--n2", "25", "--events2", "7")
    code, _, err = command("finding", "add", "murrough2013ajp", *entered, "--comparator", "placebo")
    assert (code, "on this outcome within that time already" in err) == (0, True)
    warned = [each for each in answer(*RESPONSE)["warnings"] if "what you entered" in each]
    assert len(warned) == 1
    assert warned[0].startswith("murrough2013ajp: what you entered")
    code, _, err = command("finding", "add", "murrough2013ajp", *entered[:2], "--at", "28d", *entered[4:])
    assert (code, "already" in err) == (0, False)


def test_leave_one_out_and_cumulative_come_beside_the_result(answer: Any) -> None:
    found = answer(*RESPONSE, "--leave-one-out", "--cumulative")
    assert [each["study"] for each in found["leave_one_out"]] == [each["study"] for each in found["studies"]]
    assert [each["k"] for each in found["cumulative"]] == [1, 2, 3, 4]
    assert found["cumulative"][-1]["estimate"] == found["estimate"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("pool", "-o", "response", "--at", "24h"), "needs a measure"),
        (("pool", "-o", "response", "--measure", "OR"), "needs a time"),
        (("pool", "--measure", "OR", "--at", "24h"), "one outcome"),
        (("pool", "-o", "response", "-o", "remission", "--measure", "OR", "--at", "24h"), "one outcome"),
        ((*RESPONSE[:-1], "yesterday"), "is no time"),
        ((*RESPONSE[:-1], "2d"), "no timepoint is called"),
        ((*RESPONSE, "--measure", "HR"), "no measure is called"),
        ((*RESPONSE, "--method", "SJ"), "no method is called"),
        ((*RESPONSE, "--ci", "exact"), "no interval is called"),
        ((*RESPONSE, "--save", "plot.gif"), "has no ending"),
        ((*RESPONSE, "--from", "x.csv"), "pooled as it is"),
        (("pool", "--from", "nowhere.csv"), "cannot be read"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(command: Command, arguments: tuple[str, ...], told: str) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_all_that_a_question_lacks_is_told_at_once_with_what_there_is(command: Command) -> None:
    code, out, err = command("pool", "-c", "depression")
    assert (code, out) == (2, "")
    assert "pool needs a measure, a time, one outcome" in err
    offered = [line for line in err.splitlines() if " --outcome " in line and " have " in line]
    assert 3 <= len(offered) <= 8
    counts = [int(line.removeprefix("ketlit: ").split()[0]) for line in offered]
    assert counts == sorted(counts, reverse=True)
    assert any("--outcome response --at 24h" in line for line in offered)


def test_any_table_is_pooled_without_a_library(
    table: Callable[..., str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from ketlit.cli import run

    code = run(
        ["--db", str(tmp_path / "none.db"), "pool", "--from", table(*COUNTS), "--measure", "RR", "--format", "json"]
    )
    found = json.loads(capsys.readouterr().out)
    assert (code, found["k"], found["measure"]) == (0, 3, "RR")
    assert not (tmp_path / "none.db").exists()


def test_effects_need_no_measure_and_one_common_effect_has_no_tau2(table: Callable[..., str], answer: Any) -> None:
    found = answer("pool", "--from", table("study;yi;vi", "a;0.5;0.1", "b;0.7;0.2"), "--method", "ee", "--ci", "wald")
    assert (found["measure"], found["tau2"], found["ci_method"]) == (None, 0, "wald")
    assert found["estimate"] == pytest.approx((0.5 / 0.1 + 0.7 / 0.2) / 15)


def test_a_study_of_a_table_is_left_out_by_its_name(table: Callable[..., str], command: Command, answer: Any) -> None:
    found = answer("pool", "--from", table(*COUNTS), "--measure", "OR", "--exclude", "berman2000")
    assert (found["k"], found["excluded"]) == (2, [{"study": "berman2000", "reason": "left out by --exclude"}])
    assert command("pool", "--from", table(*COUNTS), "--measure", "OR", "--exclude", "x")[0] == 3


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("study,events1,n1,events2,n2", "a,9,8,1,8"), "row 2, column events1: 9 of 8"),
        (("study,events1,n1,events2,n2", "a,4,0,1,8"), "row 2, column n1"),
        (("study,events1,n1,events2,n2", "a,40%,8,1,8"), "row 2, column events1: 40% is a percentage"),
        (("study,events1,n1,events2,n2", "a,four,8,1,8"), "row 2, column events1: 'four' is not a number"),
        (("study;events1;n1;events2;n2", "a;0,5;8;1;8"), "row 2, column events1: 0,5 has a comma"),
        (("study,events1,n1,events2,n2", "a,0,8,0,8", "b,0,9,0,9"), "no study is left to pool"),
        (("study,mean1,sd1,n1,mean2,sd2,n2", "a,1,-2,8,1,2,8"), "row 2, column sd1"),
        (("study,yi,vi,events1", "a,1,2,3"), "mixes columns"),
        (("study,yi,vi",), "no row"),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_row_and_column(
    lines: tuple[str, ...], told: str, table: Callable[..., str], command: Command
) -> None:
    measure = "MD" if "mean1" in lines[0] else "OR"
    code, out, err = command("pool", "--from", table(*lines), "--measure", measure)
    assert (code, out) == (2, "")
    assert told in err


def test_an_sd_like_a_standard_error_is_pointed_out(table: Callable[..., str], answer: Any) -> None:
    rows = ("a,10,5,20,15,5,20", "b,10,0.9,30,15,0.9,30", "c,11,6,20,15,5,20")
    found = answer("pool", "--from", table("study,mean1,sd1,n1,mean2,sd2,n2", *rows), "--measure", "MD")
    assert any("standard errors" in each for each in found["warnings"])


def test_studies_that_all_say_the_same_are_pooled(table: Callable[..., str], answer: Any) -> None:
    found = answer("pool", "--from", table("study,yi,vi", "a,0.5,0.1", "b,0.5,0.1", "c,0.5,0.1"))
    assert (found["estimate"], found["tau2"], found["i2"]) == (pytest.approx(0.5), 0, 0)


def test_tsv_has_a_line_a_study_and_the_pooled_one_last(command: Command) -> None:
    code, out, err = command(*RESPONSE)
    lines = [line.split("\t") for line in out.splitlines()]
    columns = ["study", "yi", "vi", "ci_low", "ci_high", "weight", "effect", "effect_low", "effect_high"]
    assert (code, lines[0]) == (0, columns)
    assert [float(cell) for cell in lines[-1][6:]] == pytest.approx([3.4827, 0.8690, 13.9574], abs=1e-4)
    assert [line[0] for line in lines[1:]] == ["murrough2013ajp", "lapidus2014", "grunebaum2017", "lii2023", "pooled"]
    assert "12 h to 36 h after" in err
    assert "favours ketamine" in err


def test_a_difference_of_risks_is_cut_in_print_alone_and_has_no_ratio(
    command: Command, answer: Any, table: Callable[..., str]
) -> None:
    asked = ("pool", "--from", table(*COUNTS, "e2001,0,9,8,9"), "--measure", "RD")
    found = answer(*asked)
    assert found["pi_low"] < -1
    assert found["pi_high"] > 1
    page = command(*asked, "--format", "table")[1]
    assert "another study is expected within -1.00 to 1.00 (cut at the possible)" in " ".join(page.split())
    assert command(*asked)[1].splitlines()[0] == "study\tyi\tvi\tci_low\tci_high\tweight"


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_picture_is_written_beside_and_never_over_another_file(kind: str, command: Command, tmp_path: Path) -> None:
    path = tmp_path / f"plot.{kind}"
    assert command(*RESPONSE, "--save", str(path))[0] == 0
    first = path.read_bytes()
    assert len(first) > 1000
    assert command(*RESPONSE, "--save", str(path))[0] == 4
    assert path.read_bytes() == first
    assert command(*RESPONSE, "--save", str(path), "--force")[0] == 0
    assert [each.name for each in tmp_path.iterdir() if ".part" in each.name] == []


def test_nothing_is_drawn_where_no_study_is_left(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"
    asked = ("pool", "-c", "crps", "-o", "pain-intensity", "--measure", "SMD", "--at", "3mo", "--save", str(path))
    assert command(*asked)[0] == 2
    assert not path.exists()


def test_a_page_without_a_study_says_why(command: Command) -> None:
    asked = ("pool", "-c", "crps", "-o", "pain-intensity", "--measure", "SMD", "--at", "3mo", "--format", "table")
    code, out, _ = command(*asked)
    assert code == 0
    assert out.startswith("no study\n")
    assert "left out: " in out


@pytest.mark.parametrize(("width", "file"), [("80", "pool_80.txt"), ("120", "pool_120.txt")])
def test_the_page_says_what_was_pooled_and_what_was_not(
    width: str, file: str, command: Command, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    code, out, _ = command(*RESPONSE, "--format", "table", "--leave-one-out", "--cumulative", "--no-color")
    assert code == 0
    golden(file, "".join(line.rstrip() + "\n" for line in out.splitlines()))
