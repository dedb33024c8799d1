"""ketlit timeline: what was pooled when, and the pictures and pages of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Told

Command = Callable[..., Told]
QUESTION = ("-c", "depression", "-o", "response", "--measure", "OR", "--at", "24h")
NUMBERS = ("k", "estimate", "se", "ci_low", "ci_high", "tau2", "i2", "pi_low", "pi_high")


@pytest.mark.parametrize(
    "question",
    [QUESTION, ("-c", "depression", "-o", "depressive-symptoms", "--measure", "SMD", "--at", "24h", "--ci", "wald")],
)
def test_each_year_is_what_pool_says_as_of_its_last_day(question: tuple[str, ...], answer: Any) -> None:
    told = {each["year"]: each for each in answer("timeline", *question)["pooled"]}
    assert len(told) >= 2
    stands = None
    for year in range(min(told) - 1, 2026):
        stands = told.get(year, stands)
        pooled = answer("pool", *question, "--as-of", f"{year}-12-31")
        assert pooled["k"] == (stands["k"] if stands else 0), year
        if stands:
            assert {name: stands[name] for name in NUMBERS} == {name: pooled[name] for name in NUMBERS}
            assert stands["studies"] == [each["study"] for each in pooled["studies"]]


def test_with_a_measure_json_is_an_object_with_the_studies_as_they_were(answer: Any) -> None:
    plain = answer("timeline", "-c", "depression", "-o", "response")
    found = answer("timeline", *QUESTION)
    assert isinstance(plain, list)
    assert found["studies"] == plain
    assert set(found) == {"studies", "question", "pooled", "with_retracted", "undated", "notes"}
    assert found["pooled"][0]["entered"] == ["murrough2013ajp"]
    assert [each["k"] for each in found["pooled"]] == [1, 2, 3, 4]


def test_as_of_ends_the_track(answer: Any) -> None:
    found = answer("timeline", *QUESTION, "--as-of", "2014-12-31")
    assert [each["year"] for each in found["pooled"]] == [2013, 2014]


def test_rows_stay_rows_in_other_formats(command: Command) -> None:
    code, out, err = command("timeline", *QUESTION, "--format", "tsv")
    assert code == 0
    assert out == command("timeline", *QUESTION[:4], "--format", "tsv")[1]
    assert "--format json" in err


def test_a_terminal_is_shown_the_track_below_the_strip(command: Command) -> None:
    code, out, _ = command("timeline", *QUESTION, "--format", "table")
    assert code == 0
    assert "+ lapidus2014" in out
    assert out.index("2025") < out.index("YEAR") < out.index("berman2000")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--at", "24h"), "add --measure"),
        (("--measure", "OR", "-o", "response"), "needs a time"),
        (("--measure", "OR", "--at", "24h"), "--outcome"),
        (("--measure", "XX", "-o", "response", "--at", "24h"), "no measure is called"),
        (("--save", "x.gif"), ".svg, .png, .pdf, .html"),
    ],
)
def test_what_is_missing_is_named(arguments: tuple[str, ...], said: str, command: Command) -> None:
    code, out, err = command("timeline", *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("html", b"<!DOCTYPE html>")])
def test_it_is_saved_and_an_existing_file_only_by_force(
    ending: str, begins: bytes, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / f"timeline.{ending}"
    assert command("timeline", *QUESTION, "--by", "route", "--save", str(path))[0] == 0
    assert path.read_bytes().startswith(begins)
    path.write_text("mine")
    code, _, err = command("timeline", "fibromyalgia", "--save", str(path))
    assert code == 4
    assert path.read_text() == "mine"
    assert "--force" in err
    assert command("timeline", "fibromyalgia", "--save", str(path), "--force")[0] == 0
    assert path.read_bytes().startswith(begins)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("timeline")] == [path.name]


def test_no_study_is_no_picture(command: Command, tmp_path: Path) -> None:
    code, _, err = command("timeline", "zzzz", "--save", str(tmp_path / "none.svg"))
    assert code == 2
    assert "nothing to draw" in err
    assert not (tmp_path / "none.svg").exists()
