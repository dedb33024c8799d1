"""--as-of: every command that reads tells of what was out by a day, and of nothing later."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Told

DAY = ("--as-of", "2011-12-31")


@pytest.fixture
def later(answer: Any) -> set[str]:
    """The keys of studies that came out later, or nobody knows when."""
    every = {row["key"] for row in answer("search", "--limit", "0")}
    known = {row["key"] for row in answer("search", "--limit", "0", *DAY)}
    assert known < every
    return every - known


def keys_in(value: Any, among: set[str]) -> set[str]:
    """Those of the keys that stand anywhere as a value."""
    if isinstance(value, dict):
        return set().union(*(keys_in(each, among) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(keys_in(each, among) for each in value))
    return {value} & among if isinstance(value, str) else set()


@pytest.mark.parametrize(
    "asked",
    [
        ("search", "--limit", "0"),
        ("timeline",),
        ("timeline", "-o", "response", "--measure", "OR", "--at", "24h"),
        ("map",),
        ("map", "--cell", "fibromyalgia", "intravenous"),
        ("findings",),
        ("pool", "-o", "pain-response", "--measure", "OR", "--at", "4h"),
        ("brief", "depression"),
        ("trials",),
        ("claims",),
        ("claims", "C16"),
        ("claims", "check"),
    ],
    ids=" ".join,
)
def test_no_study_of_a_later_day_is_told_of(asked: tuple[str, ...], answer: Any, later: set[str]) -> None:
    assert keys_in(answer(*asked, *DAY), later) == set()


def test_without_a_day_later_studies_are_there(answer: Any, later: set[str]) -> None:
    """The test above can fail: each of these tells of later studies when not asked for a day."""
    for command in (("timeline",), ("map",), ("findings",), ("brief", "depression"), ("claims",), ("trials",)):
        assert keys_in(answer(*command), later), command


def test_an_export_holds_what_was_out(command: Callable[..., Told], later: set[str]) -> None:
    code, out, _ = command("export", *DAY, "--format", "jsonl")
    assert code == 0
    found = {json.loads(line)["key"] for line in out.splitlines()}
    assert found
    assert not found & later


def test_counts_are_those_of_the_studies_out(answer: Any) -> None:
    found, every = answer("stats", *DAY), answer("stats")
    studies = answer("search", "--limit", "0", *DAY)
    assert found["studies"] == len(studies) < every["studies"]
    assert found["last_year"] == 2011
    assert found["findings"] == len([row for row in answer("findings", *DAY) if not row["harm"]])
    assert sum(each["k"] for each in found["by_status"]) == found["studies"]
    designs = {each["name"]: each["k"] for each in found["by_design"]}
    assert designs["rct"] == len([row for row in studies if row["design"] == "rct"])
    conditions = {each["name"]: each["k"] for each in found["by_condition"]}
    assert conditions["fibromyalgia"] == len(answer("search", "-c", "fibromyalgia", "--limit", "0", *DAY))
    assert set(found) == set(every)


def test_counts_take_every_other_filter_too(answer: Any) -> None:
    found = answer("stats", "fibromyalgia", "--design", "rct")
    assert found["studies"] == len(answer("search", "fibromyalgia", "--design", "rct", "--limit", "0"))
    assert [each["name"] for each in found["by_design"]] == ["rct"]


def test_people_who_took_no_ketamine_are_not_added_up_with_the_rest(command: Any, answer: Any) -> None:
    before = answer("stats", "fibromyalgia")
    assert command("tag", "add", "noppers2011", "context:not-ketamine")[0] == 0
    found = answer("stats", "fibromyalgia")
    n = answer("show", "noppers2011")["n"]
    assert n > 0
    assert found["participants"] == before["participants"] - n
    assert (found["not_ketamine"], found["studies"]) == (before["not_ketamine"] + 1, before["studies"])
    asked = answer("stats", "fibromyalgia", "--context", "not-ketamine")
    assert (asked["participants"], asked["not_ketamine"], asked["studies"]) == (n, 0, 1)


def test_a_claim_has_the_studies_out_by_then_and_says_that_its_verdict_is_of_today(
    command: Callable[..., Told], answer: Any
) -> None:
    claim = answer("claims", "C13", *DAY)
    assert claim["studies"] == ["zarate2006", "diazgranados2010"]
    assert (claim["since"], claim["updates"]) == ([], [])
    assert "the verdicts are those of today" in command("claims", "C13", *DAY)[2]


def test_a_date_that_is_none_is_refused_everywhere(command: Callable[..., Told]) -> None:
    for asked in (("search",), ("stats",), ("claims",), ("timeline",), ("export",)):
        code, _, err = command(*asked, "--as-of", "2011-02-30")
        assert code == 2, asked
        assert "2011-02-30" in err
