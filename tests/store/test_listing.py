"""Rows of a list: names as PubMed prints them, flags in order, pages beyond one IN list, studies with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ketlit.store.connect import SqliteLibrary
from ketlit.store.listing import PAGE, chunks, display_name, flags, study_rows, url_of
from ketlit.store.terms import Terms
from tests.libraries import Made, sqlite_library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    studies = [Made(f"study{number}", authors=[("Berg", "A"), ("Åkesson", "Ö")]) for number in range(PAGE + 3)]
    studies[1].tags = [("design", "double-blind"), ("design", "crossover")]
    studies[1].columns = {"journal": "Journal of pain", "journal_abbrev": "J Pain", "doi": "10.1/x"}
    studies[2].columns = {"journal": "Journal of pain"}
    blank = dict.fromkeys(("section", "quote", "quote_hash", "rule", "at"), "")
    unknown = {"study_id": 2, "axis": "condition", "term": "nosuch", "origin": "text", "role": "studied"}
    also = [("tag", unknown | blank | {"negated": False, "active": True, "starts": None, "ends": None})]
    with sqlite_library(tmp_path, studies, also) as (opened, _):
        yield opened


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("Berg", "Ann", "A", "Jr", ""), "Berg A Jr"),
        (("Berg", "Ann-Marie K.", "", "", ""), "Berg AMK"),
        (("Berg", "'t", "", "", ""), "Berg"),
        (("", "", "", "", "The Group"), "The Group"),
        (("Berg", "", "", "", ""), "Berg"),
        (("", "", "", "", ""), ""),
    ],
)
def test_an_author_is_shown_as_pubmed_prints_one(parts: tuple[str, str, str, str, str], shown: str) -> None:
    assert display_name(*parts) == shown


def test_a_study_is_read_about_at_pubmed_or_at_its_doi() -> None:
    assert url_of(7, "10.1/x") == "https://pubmed.ncbi.nlm.nih.gov/7/"
    assert url_of(None, "10.1/x") == "https://doi.org/10.1/x"
    assert url_of(None, "") is None


def test_more_than_a_page_comes_in_the_order_asked_for(library: SqliteLibrary) -> None:
    ids = list(range(PAGE + 3, 0, -1))
    rows = study_rows(library, Terms(library), [*ids, 10_000], {5: 1.5})
    assert [row.key for row in rows] == [f"study{number - 1}" for number in ids]
    assert {tuple(row.authors) for row in rows} == {("Berg A", "Åkesson Ö")}
    assert [row.key for row in rows if row.score is not None] == ["study4"]


def test_placeholders_are_cut_into_pages() -> None:
    pages = list(chunks(list(range(PAGE + 1))))
    assert [len(params) for _, params in pages] == [PAGE, 1]
    assert pages[1] == (":i0", {"i0": PAGE})
    assert list(chunks([])) == []


def test_a_study_with_nothing_says_so_by_none_and_empty_lists(library: SqliteLibrary) -> None:
    (row,) = study_rows(library, Terms(library), [1])
    assert (row.pmid, row.doi, row.year, row.n, row.design, row.context, row.trial, row.score, row.url) == (None,) * 9
    assert (row.conditions, row.routes, row.labels, row.design_flags) == ([], [], [], [])
    assert (row.curated, row.excluded) == (False, False)


def test_flags_come_in_the_taxonomys_order_and_unknown_terms_stay(library: SqliteLibrary) -> None:
    first, second = study_rows(library, Terms(library), [2, 3])
    assert first.design_flags == ["crossover", "double-blind"]
    assert (first.conditions, first.design) == (["nosuch"], None)
    assert (first.journal, second.journal) == ("J Pain", "Journal of pain")
    assert flags(Terms(library), ["nosuch", "rct", "double-blind"]) == ["double-blind"]
