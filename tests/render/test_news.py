"""What changed, on one screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from ketlit.evidence_views import FieldChange, News, NewsEntry, Run, Spread
from ketlit.render import news as showing
from ketlit.render.table import Screen
from ketlit.views import Count, StudyRow
from ketlit.vocabulary import ChangeKind

Drawn = Callable[[int, Callable[[Screen], None]], str]
Study = Callable[..., StudyRow]
AT = "2026-01-02T08:00:00Z"
QUERY = "ketamine[MeSH Terms] OR ketamine[Title/Abstract] OR esketamine[Title/Abstract] OR arketamine[tiab]"
CLAIMS = [
    ("C03", "contradicted", "One infusion is said to take away all pain for good in every person who has it"),
    ("C04", "supported", "It works for hours"),
]


def entry(kind: str, row: StudyRow, *, arrived: bool = False, notice: str = "", claims: int = 0) -> NewsEntry:
    return NewsEntry(AT, kind, row, [FieldChange("status", "current", kind)], 3, arrived, notice, CLAIMS[:claims])


def news(entries: list[NewsEntry], **changes: object) -> News:
    """News of these, each study of them once, from a sync of the curated studies and one topic."""
    kinds = [entry.kind for entry in entries]
    counts = [Count(kind.value, kinds.count(kind)) for kind in ChangeKind if kind in kinds]
    runs = [Run(2, "sync", AT, "curated", ""), Run(3, "sync", AT, "pain", QUERY)]
    found = News(AT, runs, [], len(entries), len(entries), entries, counts, [], [], 0, "2026-01-01T08:00:00Z")
    return found._replace(**changes)  # type: ignore[arg-type]


@pytest.fixture
def mixed(study: Study, several: list[StudyRow], hostile: str) -> News:
    """One of each kind, in which every sort of study that looks different is new."""
    grave = [
        entry("retracted", study("dahl2015", status="retracted"), notice="J Pain. 2026;1:1-2", claims=2),
        entry("retracted", study("arrived2020", status="retracted", title=hostile), arrived=True, notice=hostile),
        entry("expression_of_concern", study("doubt2001", status="expression_of_concern"), claims=1),
        entry("deleted", study("gone2002", status="deleted", labels=["to read"])),
        entry("mismatch", study("other2003"), notice="PubMed has a paper on rats in a maze of 1987 by another author"),
        entry("corrected", study("cole2008", status="corrected"), notice="Erratum in J Pain"),
        entry("reinstated", study("back2009", n=None)),
    ]
    found = news([*grave, *(entry("added", row, arrived=True) for row in several if row.status == "current")])
    counts = [*found.counts, Count("revised", 12), Count("verified", 30), Count("partly", 1)]
    revised = [
        Count(name, 12 - k) for k, name in enumerate(("abstract", "mesh", "publication_types", "title", "issue"))
    ]
    added = [Spread("fibromyalgia", 4, [Count("rct", 3), Count("meta-analysis", 1)]), Spread("", 2, [Count("", 2)])]
    return found._replace(counts=counts, revised=revised, added=added, understood=["condition: fibromyalgia"])


@pytest.fixture
def many(study: Study) -> News:
    """A retraction, and more new studies than there are lines, of many conditions."""
    rows = [study(f"new{number}", title=f"The title of number {number}") for number in range(30)]
    added = [Spread(f"condition-{number}", 30 - number, [Count("rct", 30 - number)]) for number in range(9)]
    grave = entry("retracted", study("dahl2015", status="retracted"), claims=2)
    found = news([grave, *(entry("added", row, arrived=True) for row in rows)], total=901, studies=901)
    return found._replace(added=added, counts=[Count("retracted", 1), Count("added", 900)])


@pytest.mark.parametrize(("width", "name"), [(80, "news_80.txt"), (120, "news_120.txt")])
def test_news_looks_as_agreed(
    width: int, name: str, mixed: News, drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(name, drawn(width, lambda screen: showing.show(screen, mixed)))


@pytest.mark.parametrize(("width", "name"), [(80, "news_screen_80.txt"), (120, "news_screen_120.txt")])
def test_one_screen_of_news_looks_as_agreed(
    width: int, name: str, many: News, drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(name, drawn(width, lambda screen: showing.show(screen, many, lines=40)))


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("lines", [0, 40])
def test_no_line_is_wider_than_the_terminal(width: int, lines: int, mixed: News, many: News, drawn: Drawn) -> None:
    for found in (mixed, many):
        text = drawn(width, lambda screen, found=found: showing.show(screen, found, lines=lines))  # type: ignore[misc]
        assert max(cell_len(line) for line in text.splitlines()) <= width


def test_one_screen_holds_what_was_asked_for_and_says_what_is_left(mixed: News, many: News, drawn: Drawn) -> None:
    for found in (mixed, many):
        text = drawn(80, lambda screen, found=found: showing.show(screen, found, lines=40))  # type: ignore[misc]
        assert len(text.splitlines()) <= 40
    assert "... and 8" in text
    assert "--limit 0 shows all" in text


def test_many_retractions_leave_some_lines_to_what_is_new(study: Study, drawn: Drawn) -> None:
    gone = [entry("retracted", study(f"gone{number}", status="retracted"), claims=2) for number in range(40)]
    new = [entry("added", study(f"new{number}"), arrived=True) for number in range(9)]
    lines = drawn(80, lambda screen: showing.show(screen, news([*gone, *new]), lines=40)).splitlines()
    assert len(lines) <= 40
    assert sum(line.startswith("  new") for line in lines) == showing.NEW
    assert sum(line.startswith("  gone") for line in lines) > 5


def test_what_is_grave_is_told_whole_where_there_is_room(study: Study, drawn: Drawn) -> None:
    one = news([entry("retracted", study("dahl2015", status="retracted"), notice="J Pain. 2026;1:1", claims=2)])
    text = drawn(80, lambda screen: showing.show(screen, one, lines=40))
    assert text == drawn(80, lambda screen: showing.show(screen, one))
    assert "notice: J Pain. 2026;1:1" in text
    assert "claim C03 rests on it, ✗ contradicted: One infusion" in text


def test_new_studies_say_whether_anyone_read_them(study: Study, drawn: Drawn) -> None:
    synced, curated = (entry("added", study(source=name, curated=name == "curated")) for name in ("synced", "curated"))
    for entries, said in (
        ([synced], "tagged automatically\n"),
        ([synced, curated], "tagged automatically, but for curated ones\n"),
        ([curated], "new  1 study\n"),
    ):
        assert said in drawn(80, lambda screen, some=entries: showing.show(screen, news(some)))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([Run(5, "import", AT, "", "")], "UTC · import (run 5)\n"),
        ([Run(2, "sync", AT, "burns", "burns")], "sync (run 2) · burns\n"),
        ([Run(k, "sync", AT, f"topic{k}", "x") for k in range(4)], "sync · topics topic0, topic1, topic2, topic3\n"),
        ([Run(k, "sync", f"{k}", "pain", "x") for k in range(2)], "2 syncs · pain: x\n"),
        ([], "UTC\n"),
    ],
)
def test_the_first_line_says_by_which_runs(runs: list[Run], said: str, study: Study, drawn: Drawn) -> None:
    text = drawn(120, lambda screen: showing.show(screen, news([entry("added", study())], runs=runs)))
    assert text.startswith("1 study  since 2026-01-02 08:00 UTC")
    assert (
        text.partition("\n")[0] + "\n" == text[: text.index("UTC")] + said[said.find("UTC") :]
        if "UTC" in said
        else (said in text)
    )


def test_a_few_new_studies_need_no_table_of_counts(study: Study, drawn: Drawn) -> None:
    found = news([entry("added", study())], added=[Spread("fibromyalgia", 1, [Count("rct", 1)])])
    assert "RCT 1" not in drawn(80, lambda screen: showing.show(screen, found))


def test_hostile_text_is_shown_and_does_nothing(mixed: News, drawn: Drawn) -> None:
    text = drawn(120, lambda screen: showing.show(screen, mixed))
    assert "[/] B [corrected] :smile:" in text
    assert not [char for char in text if char in "\x1b\x07\u202e\x9b"]
