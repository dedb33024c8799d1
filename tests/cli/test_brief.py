"""`brief` on the library as the first command makes it."""

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
READERS = ["clinician", "patient"]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("topic", ["fibromyalgia", "crps", "depression", "suicidality", "me-cfs"])
def test_a_brief_fits_on_one_screen_and_ends_with_the_date_and_a_warning(topic: str, reader: str, seeded: Path) -> None:
    lines = ESCAPE.sub("", on_terminal(seeded, "brief", topic, "--for", reader)).splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert re.fullmatch(r"Library of \d{4}-\d\d-\d\d; not medical advice\.", lines[-1])


@pytest.mark.parametrize("reader", READERS)
def test_every_statement_names_studies_of_the_library(reader: str, answer: Answer) -> None:
    found = answer("brief", "crps", "--for", reader)
    keys = {study["key"] for study in answer("search", "--limit", "0")}
    for each in found["statements"]:
        inside = re.findall(r"\[([^]]+)\]", each["text"])
        named = each["studies"] or [part.split(" +")[0] for some in inside for part in some.split(", ")]
        assert named or each["section"] == "Ask", each
        assert set(named) <= keys


def test_both_readers_are_told_the_same_facts(answer: Answer) -> None:
    patient, clinician = (answer("brief", "depression", "--for", reader) for reader in READERS)
    for name in ("topic", "studies", "people", "left_out", "contexts", "date"):
        assert patient[name] == clinician[name]


def test_a_patient_is_told_of_people_of_harms_and_what_is_not_known(answer: Answer) -> None:
    found = answer("brief", "crps", "--for", "patient")["statements"]
    sections = [each["section"] for each in found]
    assert {"May help", "May harm", "Not known", "Ask"} <= set(sections)
    harms = " ".join(each["text"] for each in found if each["section"] == "May harm")
    assert "76 of 100 people with ketamine, 18 of 100 with a placebo" in harms
    assert "Ask your clinician" in found[-1]["text"]


def test_a_gain_that_is_lost_is_told_beside_the_gain(answer: Answer) -> None:
    for reader in READERS:
        found = answer("brief", "crps", "--for", reader)["statements"]
        told = next(
            each["text"] for each in found if each["studies"] == ["sigtermans2009"] and "week 1" in each["text"]
        )
        assert "week 12" in told


def test_a_clinician_is_told_designs_levels_doses_blinding_and_gaps(answer: Answer) -> None:
    found = {each["section"]: each["text"] for each in answer("brief", "fibromyalgia")["statements"]}
    assert {"Designs", "Levels", "Effect", "Harms", "Doses", "Follow-up", "Blinding", "Gaps"} <= set(found)
    assert "level 2 (randomised trial) 4" in found["Levels"]
    assert "0.1 to 0.3 mg/kg" in found["Doses"]


def test_a_pooled_estimate_is_the_one_that_pool_gives(answer: Answer) -> None:
    statements = answer("brief", "depression")["statements"]
    told = next(each for each in statements if each["see"].startswith("ketlit pool"))
    pooled = answer(*told["see"].split()[1:])
    assert f"{pooled['estimate']:.3g} (95 % CI {pooled['ci_low']:.3g} to {pooled['ci_high']:.3g}" in told["text"]
    assert [study["study"].split(" ")[0] for study in pooled["studies"]] == told["studies"]


def test_a_count_of_few_directions_says_that_it_cannot_be_significant(answer: Answer) -> None:
    found = answer("brief", "fibromyalgia")["statements"]
    assert any("Wilson" in each["text"] and "fewer than 6" in each["text"] for each in found)


def test_retracted_papers_and_protocols_are_told_and_not_counted(answer: Answer) -> None:
    found = answer("brief", "bipolar-depression")
    assert {"reason": "retracted", "k": 1} in found["left_out"]
    counted = [each for each in found["statements"] if "parsaik2015" in each["studies"]]
    assert [each["text"].partition(":")[0] for each in counted] == ["retracted, not counted"]


def test_filters_narrow_a_brief_and_an_outcome_is_told_of_alone(answer: Answer) -> None:
    found = answer("brief", "depression", "-o", "remission", "--since", "2010")
    effects = [each["text"] for each in found["statements"] if each["section"] == "Effect"]
    assert effects
    assert all("remission" in text or text.startswith("against") or ":" in text for text in effects)
    assert found["studies"] < answer("brief", "depression")["studies"]


def test_the_head_says_what_the_brief_is_narrowed_to(answer: Answer) -> None:
    found = answer("brief", "crps", "--as-of", "2010", "-r", "iv")
    assert "published by 2010-12-31" in found["head"]
    assert "route: intravenous" in found["head"]
    years = {study["key"]: study["year"] for study in answer("search", "--limit", "0")}
    assert all(years[key] <= 2010 for each in found["statements"] for key in each["studies"] if key != "winstock2012")


def test_the_numbers_are_there_for_programs_too(answer: Answer) -> None:
    found = answer("brief", "depression")
    pooled, other = found["effects"][0], found["effects"][2]
    assert pooled["pooled"]["k"] == len(pooled["studies"]) > 1
    assert pooled["pooled"]["ci_low"] < pooled["pooled"]["estimate"] < pooled["pooled"]["ci_high"]
    assert (other["pooled"], other["spread"]) == (None, None)
    assert other["vote"]["n"] == 5
    assert {each["level"] for each in found["levels"]} == {2, 3, 4, None}
    assert all(each["key"] for each in found["harms"])


def test_a_topic_goes_by_any_name(answer: Answer) -> None:
    assert answer("brief", "complex", "regional", "pain", "syndrome")["topic"] == "crps"


def test_piped_it_is_markdown_with_all_keys(command: Command) -> None:
    code, out, _ = command("brief", "fibromyalgia")
    assert code == 0
    assert out.startswith("# Ketamine as a treatment for Fibromyalgia")
    assert "## Harms" in out
    assert "henriksson2002" in out
    assert out.rstrip().endswith("not medical advice.*")


def test_a_topic_without_a_study_says_that_this_says_nothing(answer: Answer) -> None:
    found = answer("brief", "ibs", "--for", "patient")
    assert found["studies"] == 0
    assert "says nothing on whether it helps" in found["statements"][0]["text"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fibromalgia"], "did you mean fibromyalgia"),
        ([], "no topic is given"),
        (["crps", "--for", "doctor"], "no reader is called"),
        (["crps", "--format", "pdf"], "no format is called"),
    ],
)
def test_what_cannot_be_told_exits_2(arguments: list[str], said: str, command: Command) -> None:
    code, out, err = command("brief", *arguments)
    assert code == 2
    assert said in err
    assert not out
