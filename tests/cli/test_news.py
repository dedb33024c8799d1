"""`new` as it is typed: on a fresh library, after an import, in every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_exchange import article

Command = Callable[..., tuple[int, str, str]]
KEYS = [
    *("at", "kind", "key", "pmid", "title", "year", "design", "n", "conditions", "routes", "outcomes", "direction"),
    *("status", "fields", "run"),
]
NOTICE = (
    '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>Pain. 2026;1:1</RefSource>'
    '<PMID Version="1">90000009</PMID></CommentsCorrections></CommentsCorrectionsList>'
)


@pytest.fixture
def bring(tmp_path: Path, command: Command) -> Callable[..., None]:
    """Imports these articles."""

    def brought(*articles: str) -> None:
        path = tmp_path / "some.xml"
        text = "<?xml version='1.0'?>\n<PubmedArticleSet>" + "".join(articles) + "</PubmedArticleSet>"
        path.write_text(text, encoding="utf-8")
        code, _, err = command("import", str(path))
        assert code == 0, err

    return brought


def test_of_a_fresh_library_there_is_no_news_and_it_is_said_how_to_see_its_making(
    command: Command, answer: Any
) -> None:
    assert answer("new") == []
    code, out, err = command("new", "--format", "table")
    assert (code, out) == (0, "")
    assert "nothing was synced or imported" in err
    day = err.partition("--since ")[2][:10]
    made = answer("new", "--since", day)
    assert {entry["kind"] for entry in made} >= {"added"}
    assert len(made) > 100


def test_an_import_is_news_with_the_keys_of_the_contract(answer: Any, bring: Callable[..., None]) -> None:
    bring(article(90000001, "Ketamine in burns"), article(90000002, "Else"))
    found = answer("new")
    assert [list(entry)[: len(KEYS)] for entry in found] == [KEYS, KEYS]
    assert {(entry["kind"], entry["pmid"], entry["title"]) for entry in found} == {
        ("added", 90000001, "Ketamine in burns"),
        ("added", 90000002, "Else"),
    }
    assert all(entry["fields"] == [] and entry["arrived"] for entry in found)
    assert [entry["pmid"] for entry in answer("new", "burns")] == [90000001]


def test_a_retraction_comes_first_with_its_notice_and_the_last_import_alone_counts(
    answer: Any, bring: Callable[..., None], command: Command
) -> None:
    first = article(90000001, "Ketamine in burns")
    bring(first)
    day = answer("new")[0]["at"][:10]
    bring(first.replace("</Article>", "</Article>" + NOTICE), article(90000002, "Else"))
    found = answer("new")
    assert (found[0]["kind"], found[0]["pmid"], found[0]["status"]) == ("retracted", 90000001, "retracted")
    assert found[0]["fields"] == [{"field": "status", "old": "current", "new": "retracted"}]
    assert found[0]["notice"].startswith("Pain. 2026;1:1")
    assert "burns" not in [entry["title"] for entry in found if entry["kind"] == "added"]
    assert len(answer("new", "--since", day)) > len(found)
    _, table, _ = command("new", "--format", "table")
    assert "RETRACTED  1 study" in table
    assert "notice: Pain. 2026;1:1" in table
    assert table.index("RETRACTED") < table.index("new  1 study")


def test_flat_formats_name_the_fields(command: Command, bring: Callable[..., None]) -> None:
    bring(article(90000001, "Ketamine in burns"))
    bring(article(90000001, "Ketamine in scalds"))
    for format, mark in (("tsv", "\t"), ("csv", ",")):
        _, out, _ = command("new", "--format", format)
        [row] = list(csv.DictReader(StringIO(out), delimiter=mark))
        assert list(row)[: len(KEYS)] == KEYS
        assert (row["kind"], row["fields"], row["pmid"]) == ("revised", "title", "90000001")
    _, out, _ = command("new", "--format", "jsonl")
    assert json.loads(out)["fields"] == [{"field": "title", "old": "Ketamine in burns", "new": "Ketamine in scalds"}]


def test_pipes_get_all_and_a_limit_says_what_it_left(command: Command, bring: Callable[..., None]) -> None:
    bring(*(article(90000000 + number, f"Number {number}") for number in range(60)))
    _, out, err = command("new")
    assert (len(out.splitlines()), err) == (61, "")
    _, out, err = command("new", "--limit", "2")
    assert len(out.splitlines()) == 3
    assert "2 of 60 shown; --limit 0 shows all" in err
    _, out, _ = command("new", "--format", "table")
    assert len(out.splitlines()) <= 40
    assert "more; --limit 0 shows all" in out
    _, out, _ = command("new", "--format", "table", "--limit", "0")
    assert all(f"Number {number}" in out for number in range(60))


def test_where_nothing_fits_or_nothing_changed_it_is_said_and_done(
    command: Command, bring: Callable[..., None]
) -> None:
    bring(article(90000001, "Ketamine in burns"))
    code, out, err = command("new", "--status", "withdrawn", "--format", "table")
    assert (code, out) == (0, "")
    assert "nothing that fits (status: withdrawn) changed since" in err
    assert err.endswith("of all studies 1 did\n")
    code, out, err = command("new", "--since", "9998", "--format", "json")
    assert (code, out) == (0, "[]\n")
    assert err == "ketlit: nothing changed since 9998-01-01 00:00 UTC\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "lastt"], "'lastt' is no date"),
        (["--until", "2020"], "--until"),
        (["--limit", "-1"], "0 for all"),
        (["-c", "fibromyalga"], "did you mean fibromyalgia"),
    ],
)
def test_a_mistake_in_usage_exits_2(arguments: list[str], said: str, command: Command) -> None:
    code, out, err = command("new", *arguments)
    assert (code, out) == (2, "")
    assert said in err
