"""`map` on the library as the first command makes it."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Told

Command = Callable[..., Told]
Answer = Callable[..., Any]


def test_the_map_has_objects_of_rows_columns_and_cells(answer: Answer) -> None:
    found = answer("map", "--rows", "condition", "--cols", "route")
    assert {"rows", "cols", "cells", "left_out", "contexts", "k", "n"} <= set(found)
    assert len(found["cells"]) == len(found["rows"]) * len(found["cols"])
    cell = next(each for each in found["cells"] if (each["row"], each["col"]) == ("fibromyalgia", "intravenous"))
    assert {"sorensen1995", "noppers2011"} <= set(cell["studies"])
    assert cell["k"] == sum(cell["directions"].values())
    assert cell["best_design"] == "meta-analysis"
    assert "therapeutic-pain" in found["contexts"]


def test_the_papers_of_one_trial_count_once(answer: Answer) -> None:
    found = answer("map", "--rows", "condition", "--cols", "drug", "--trial", "KADS")
    cell = next(each for each in found["cells"] if len(each["studies"]) > 1)
    assert set(cell["studies"]) == {"loo2023", "martin2024kads"}
    assert (cell["k"], found["k"]) == (1, 1)


def test_an_empty_cell_says_that_there_is_no_study_in_this_library(answer: Answer) -> None:
    found = answer("map")
    empty = next(each for each in found["cells"] if (each["row"], each["col"]) == ("fibromyalgia", "intranasal"))
    assert (empty["k"], empty["studies"], empty["search"]) == (0, [], "")
    assert found["note"] == "an empty cell means: no study in this library"


def test_the_retracted_do_not_count_and_are_told(answer: Answer) -> None:
    found = answer("map", "-c", "bipolar-depression")
    assert all("parsaik2015" not in cell["studies"] for cell in found["cells"])
    assert {"reason": "retracted", "k": 1} in found["left_out"]


def test_a_cell_lists_the_studies_that_it_counts(answer: Answer) -> None:
    cell = next(each for each in answer("map")["cells"] if (each["row"], each["col"]) == ("crps", "intravenous"))
    listed = answer("map", "--cell", "complex regional pain syndrome", "iv")
    assert [study["key"] for study in listed] == cell["studies"]


def test_the_search_of_a_cell_finds_what_it_counts_and_what_is_left_out_and_no_more(answer: Answer) -> None:
    for cell in answer("map", "-c", "chronic-pain", "-r", "iv", "-r", "topical", "--since", "2000")["cells"]:
        if cell["k"]:
            found = answer(*shlex.split(cell["search"])[1:], "--limit", "0")
            without = {"protocol", "registration"}
            counts = {each["key"] for each in found if each["design"] not in without and each["status"] != "retracted"}
            assert set(cell["studies"]) == counts


def test_every_context_counts_when_asked_for(answer: Answer) -> None:
    assert answer("map", "--all-contexts")["k"] > answer("map")["k"]
    assert answer("map", "--all-contexts")["contexts"] == []


def test_tsv_and_csv_have_a_line_a_cell_and_a_column_a_direction(command: Command) -> None:
    code, out, err = command("map", "-c", "crps", "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(StringIO(out)))
    cell = next(row for row in rows if (row["row"], row["col"]) == ("crps", "intravenous"))
    assert int(cell["k"]) == sum(int(cell[way]) for way in cell if way.startswith(("favours", "no_", "mixed", "not_")))
    assert "left out: 1 protocol" in err


@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "csv", "json"])
def test_a_map_is_saved_once_and_again_only_with_force(ending: str, command: Command, tmp_path: Path) -> None:
    path = tmp_path / f"map.{ending}"
    assert command("map", "-c", "crps", "--save", str(path))[0] == 0
    head = path.read_bytes()
    starts = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "csv": b"row,col", "json": b"{"}
    assert head.startswith(starts[ending])
    assert command("map", "-c", "crps", "--save", str(path))[0] == 4
    assert command("map", "-c", "crps", "--save", str(path), "--force")[0] == 0
    assert path.read_bytes() == head


def test_a_picture_says_what_counts_and_what_an_empty_cell_means(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    command("map", "-c", "crps", "--save", str(path))
    drawn = path.read_text(encoding="utf-8")
    for words in ("intravenous", "crps", "no study in this library", "therapeutic-pain", "Left out: 1 protocol"):
        assert words in drawn


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rows", "conditon"], "condition"),
        (["--rows", "route", "--cols", "route"], "both axes are route"),
        (["--rows", "mechanism"], "no axis of a map is called"),
        (["--cell", "crps", "nowhere"], "no route is called"),
        (["-c", "fibromalgia"], "fibromyalgia"),
        (["--save", "map.gif"], "no format of a saved map is called"),
    ],
)
def test_what_cannot_be_mapped_exits_2_with_what_can(arguments: list[str], said: str, command: Command) -> None:
    code, out, err = command("map", *arguments)
    assert code == 2
    assert said in err
    assert not out


def test_nothing_found_is_done(command: Command) -> None:
    code, out, _ = command("map", "-c", "ibs", "--format", "json")
    assert code == 0
    assert json.loads(out)["cells"] == []
