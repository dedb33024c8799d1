"""What changed: since when, which studies, in which order, and what rests on them; on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ketlit.errors import UsageError
from ketlit.evidence_views import FieldChange, News, Spread
from ketlit.store import news as asking
from ketlit.store.reader import Reader
from ketlit.views import Count, Filters
from ketlit.vocabulary import ChangeKind, Status
from tests.libraries import Made, library_on

MADE, SYNC, AGAIN, FILE = (f"2026-01-{day:02}T08:00:00Z" for day in (1, 2, 3, 5))
CRPS, RCT = ("condition", "crps"), ("design", "rct")


def study(key: str, *tags: tuple[str, str], **columns: Any) -> Made:
    return Made(key, f"The title of {key}", tags=list(tags), columns=columns)


STUDIES = [
    study("seeded", CRPS, RCT, year=2001, n=20, curated=True, source="curated", status="retracted"),
    study("doubted", CRPS, year=2002, curated=True, source="curated"),
    study("revised", ("condition", "depression"), year=2003, status="corrected", status_note="J Pain. 2026;1:1"),
    study("small", CRPS, ("condition", "chronic-pain"), RCT, year=2020, n=10),
    study("big", CRPS, RCT, year=2021, n=300),
    study("large", ("condition", "depression"), year=2021, n=5000, design="observational"),
    study("review", CRPS, year=2019, n_studies=9, design="meta-analysis"),
    study("letter", year=2025, design="editorial-letter"),
    study("restored", CRPS, year=2010),
    study("gone", CRPS, RCT, year=2022, n=50, status="retracted"),
]
NUMBER = {made.key: number for number, made in enumerate(STUDIES, 1)}


def changed(key: str, at: str, run: int | None, kind: str, *field: str) -> tuple[str, dict[str, Any]]:
    name, old, new = field or ("", "", "")
    row = {"at": at, "kind": kind, "field": name, "old": old, "new": new, "study_id": NUMBER[key], "run_id": run}
    return "change", row


def run(number: int, kind: str, at: str, topic: str = "", query: str = "") -> tuple[str, dict[str, Any]]:
    row = {"id": number, "kind": kind, "started_at": at, "opened": "", "finished_at": at, "status": "done"}
    return "sync_run", row | {"topic": topic, "query": query, "summary": "{}"}


def becomes(key: str, at: str, run: int, status: str, old: str = "current") -> tuple[str, dict[str, Any]]:
    return changed(key, at, run, status, "status", old, "current" if status == "reinstated" else status)


RETRACTION = {"doi": "", "other_key": "", "date": "", "source": "pubmed", "position": 0}
ALSO = [
    run(1, "seed", MADE),
    run(2, "sync", SYNC, "curated"),
    run(3, "sync", SYNC, "pain", "ketamine AND pain"),
    run(4, "sync", AGAIN, "pain", "ketamine AND pain"),
    run(5, "import", FILE),
    run(6, "sync", "2026-01-06T08:00:00Z", "pain", "ketamine AND pain"),  # brought nothing
    *(changed(key, MADE, 1, "added", "", "", "curated") for key in ("seeded", "doubted", "restored")),
    becomes("restored", SYNC, 2, "retracted"),
    changed("seeded", SYNC, 2, "verified", "pmid_verification", "unverified", "verified"),
    changed("doubted", SYNC, 2, "mismatch", "pmid", "7 as curated", "PubMed has another title"),
    *(changed(key, SYNC, 3, "added", "", "", "synced") for key in ("small", "big", "large", "letter", "gone")),
    becomes("gone", SYNC, 3, "retracted"),
    becomes("seeded", AGAIN, 4, "retracted"),
    changed("revised", AGAIN, 4, "revised", "title", "Old", "New"),
    changed("revised", AGAIN, 4, "revised", "abstract", "old", "new"),
    changed("small", AGAIN, 4, "revised", "title", "Old", "New"),
    becomes("revised", AGAIN, 4, "corrected"),
    becomes("restored", AGAIN, 4, "reinstated", "retracted"),
    changed("review", FILE, 5, "added", "", "", "imported"),
    changed("small", "2026-01-07T08:00:00Z", None, "revised", "title", "New", "Newer"),
    ("relation", {"study_id": 1, "kind": "retracted_by", "pmid": 77, "text": "Pain. 2026;2:2", **RETRACTION}),
    (
        "claim",
        {"id": "c1", "position": 1, "text": "It helps.", "verdict": "supported", "explanation": "", "updates": "[]"}
        | {"confidence": "", "source": ""},
    ),
    ("claim_study", {"claim_id": "c1", "study_id": 1, "position": 0}),
    ("library", {"name": "created_at", "value": MADE}),
]
Given = Callable[..., Reader]


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """A reader of the studies and what happened to them, on a database; PostgreSQL skips where there is none."""
    with ExitStack() as stack:

        def give(database: str, also: list[tuple[str, dict[str, Any]]] = ALSO) -> Reader:
            folder = tmp_path_factory.mktemp("news")
            return Reader(stack.enter_context(library_on(database, folder, STUDIES, also)))

        yield give


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def reader(request: pytest.FixtureRequest, on: Given) -> Reader:
    return on(request.param)


def told(news: News) -> list[tuple[str, str]]:
    return [(entry.kind, entry.study.key) for entry in news.entries]


def test_the_last_is_the_newest_run_that_changed_something_and_what_came_after(reader: Reader) -> None:
    found = reader.news(Filters())
    assert found.since == FILE
    assert told(found) == [("added", "review"), ("revised", "small")]
    assert [(one.kind, one.at) for one in found.runs] == [("import", FILE)]
    assert [one.id for one in reader.news(Filters(), "2026-01-03").runs] == [4, 5, 6]


def test_all_runs_of_one_sync_count_as_one(on: Given) -> None:
    found = on("sqlite", [row for row in ALSO if row[0] != "change" or row[1]["at"] <= SYNC]).news(Filters())
    assert found.since == SYNC
    assert {entry.run for entry in found.entries} == {2, 3}
    assert [(one.topic, one.query) for one in found.runs] == [("curated", ""), ("pain", "ketamine AND pain")]
    assert ("verified", "seeded") in told(found)
    assert ("added", "doubted") not in told(found)


def test_a_run_that_went_on_later_is_told_by_when_it_went_on(on: Given) -> None:
    later = "2026-01-09T08:00:00Z"
    also = [*ALSO, run(7, "sync", later, "mood"), changed("large", later, 7, "revised", "title", "Old", "New")]
    also.append(changed("big", later, 3, "revised", "title", "Old", "New"))
    found = on("sqlite", also).news(Filters())
    assert told(found) == [("revised", "large"), ("revised", "big")]
    assert [one.id for one in found.runs] == [3, 7]


def test_the_making_is_no_news_even_within_the_same_second_unless_its_day_is_asked_for(on: Given) -> None:
    also = [run(1, "seed", MADE), run(2, "import", MADE), changed("seeded", MADE, 1, "added", "", "", "curated")]
    also.append(changed("big", MADE, 2, "added", "", "", "imported"))
    asked = on("sqlite", also)
    assert told(asked.news(Filters())) == [("added", "big")]
    assert {key for _, key in told(asked.news(Filters(), "2026-01-01"))} == {"seeded", "big"}


@pytest.mark.parametrize("kind", ["import", "sync"])
def test_a_command_within_the_same_second_as_another_is_told_apart(on: Given, kind: str) -> None:
    topic = "pain" if kind == "sync" else ""
    also = [run(number, kind, SYNC, topic) for number in (1, 2, 3)]  # the third brought nothing
    also += [
        changed("big", SYNC, 1, "added", "", "", "imported"),
        changed("big", SYNC, 2, "revised", "title", "a", "b"),
    ]
    asked = on("sqlite", also)
    assert told(asked.news(Filters())) == [("revised", "big")]
    assert asked.news(Filters()).runs[0].id == 2
    assert len(asked.news(Filters(), "2026").entries) == 2


def test_without_any_sync_or_import_there_is_no_news(on: Given) -> None:
    found = on("sqlite", [row for row in ALSO if row[0] == "library" or row[1].get("run_id") == 1 or row == ALSO[0]])
    assert found.news(Filters()) == News("", [], [], 0, 0, [], [], [], [], 0, MADE)
    assert found.news(Filters(), "2026").studies == 3


@pytest.mark.parametrize(
    ("typed", "moment"),
    [("2026", "2026-01-01T00:00:00Z"), ("2026-02", "2026-02-01T00:00:00Z"), (" 2026-02-03 ", "2026-02-03T00:00:00Z")],
)
def test_a_date_means_from_its_first_moment_on(reader: Reader, typed: str, moment: str) -> None:
    assert reader.news(Filters(), typed).since == moment


@pytest.mark.parametrize("typed", ["", "yesterday", "2026-13", "2026-1-1", "' OR 1=1", "٢٠٢٦"])
def test_what_is_no_date_is_refused(reader: Reader, typed: str) -> None:
    with pytest.raises(UsageError, match="is no date"):
        reader.news(Filters(), typed)


def test_the_gravest_comes_first_and_fields_of_one_change_stand_together(reader: Reader) -> None:
    found = reader.news(Filters(), "2026-01-03")
    assert told(found) == [
        *[("retracted", "seeded"), ("corrected", "revised"), ("reinstated", "restored"), ("added", "review")],
        *[("revised", "small"), ("revised", "small"), ("revised", "revised")],
    ]
    assert found.entries[-1].fields == [FieldChange("title", "Old", "New"), FieldChange("abstract", "old", "new")]
    assert found.entries[3].fields == []
    assert found.revised == [Count("title", 2), Count("abstract", 1)]


def test_a_list_names_each_study_once_under_what_holds(reader: Reader) -> None:
    found = reader.news(Filters(), "2026", listed=True)
    assert told(found) == [
        *[("retracted", "seeded"), ("retracted", "gone"), ("mismatch", "doubted"), ("corrected", "revised")],
        *[("reinstated", "restored"), ("added", "big"), ("added", "review"), ("added", "large"), ("added", "small")],
        ("added", "letter"),
    ]
    assert (found.total, found.studies) == (10, 10)
    assert {count.name: count.k for count in found.counts} == {
        **{"retracted": 2, "mismatch": 1, "corrected": 1, "reinstated": 1, "added": 9, "revised": 2, "verified": 1},
    }
    assert [count.name for count in found.counts] == sorted(
        (count.name for count in found.counts), key=list(ChangeKind).index
    )


def test_trials_reviews_and_large_studies_come_by_turns_and_then_the_rest(reader: Reader) -> None:
    added = [key for kind, key in told(reader.news(Filters(), "2026-01-02", listed=True)) if kind == "added"]
    assert added == ["big", "review", "large", "small", "letter"]


def test_a_study_that_came_retracted_is_marked_and_stands_after_those_that_were_here(reader: Reader) -> None:
    retracted = [each for each in reader.news(Filters(), "2026-01-02").entries if each.kind == "retracted"]
    assert [(each.study.key, each.arrived) for each in retracted] == [
        ("seeded", False),
        ("restored", False),
        ("gone", True),
    ]


def test_where_it_is_told_and_what_rests_on_it_come_with_it(reader: Reader) -> None:
    entries = {(each.kind, each.study.key): each for each in reader.news(Filters(), "2026").entries}
    assert entries["retracted", "seeded"].notice == "Pain. 2026;2:2 (PMID 77)"
    assert entries["retracted", "seeded"].claims == [("c1", "supported", "It helps.")]
    assert entries["corrected", "revised"].notice == "J Pain. 2026;1:1"
    assert entries["mismatch", "doubted"].notice == "PubMed has another title"
    assert entries["retracted", "gone"].notice == ""


def test_new_studies_are_counted_by_their_most_specific_conditions_and_design(reader: Reader) -> None:
    found = reader.news(Filters(), "2026-01-02")
    assert found.added == [
        Spread("crps", 4, [Count("rct", 3), Count("meta-analysis", 1)]),
        Spread("depression", 1, [Count("observational", 1)]),
        Spread("", 1, [Count("editorial-letter", 1)]),
    ]


def test_filters_narrow_the_news_as_they_do_a_search(reader: Reader) -> None:
    for filters in (Filters(condition=("crps",)), Filters("title", design=("rct",)), Filters("-letter", min_n=100)):
        fits = {row.key for row in reader.search(filters).rows}
        everything = {key for _, key in told(reader.news(Filters(), "2026"))}
        assert {key for _, key in told(reader.news(filters, "2026"))} == fits & everything
        assert fits & everything


def test_where_nothing_fits_it_is_said_how_much_else_there_is(reader: Reader) -> None:
    found = reader.news(Filters(status=("withdrawn",)), "2026")
    assert (found.studies, found.entries, found.others) == (0, [], 10)
    assert reader.news(Filters(status=("withdrawn",)), "2027").others == 0


def test_a_limit_keeps_the_first_and_the_counts(reader: Reader) -> None:
    whole, some = reader.news(Filters(), "2026"), reader.news(Filters(), "2026", limit=2)
    assert some.entries == whole.entries[:2]
    assert some._replace(entries=[]) == whole._replace(entries=[])


def test_each_status_has_a_kind_of_change() -> None:
    assert set(ChangeKind) >= asking.STATUSES
    assert {status.value for status in Status} - asking.STATUSES == {"current"}


def test_changes_are_found_by_their_time(reader: Reader) -> None:
    db, plans = reader.db, {}
    if db.dialect == "postgresql":  # over a handful of rows a scan is always cheapest
        db.rows("SELECT set_config('enable_seqscan', 'off', false)")
    explain = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
    for name, sql, params in (
        ("newest", asking.NEWEST, {}),
        ("changes", asking.CHANGES.format(asking.ITS_OWN, ""), {"from": SYNC, "first": 2}),
        ("count", asking.COUNT.format(asking.ITS_OWN), {"from": SYNC, "first": 2}),
    ):
        plans[name] = "\n".join(str(row) for row in db.rows(explain + sql, params))
    assert all("ix_change_at" in plan for plan in plans.values()), plans
    assert not [plan for plan in plans.values() if re.search(r"TEMP B-TREE FOR ORDER BY|Seq Scan", plan)]
