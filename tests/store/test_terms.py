"""The taxonomy as reading knows it: what lies below what, what a name names, and the other number of a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.errors import UsageError
from ketlit.store.search_index import fold
from ketlit.store.terms import Terms, plurals
from tests.libraries import TAXONOMY, ancestors, sqlite_library


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terms]:
    with sqlite_library(tmp_path_factory.mktemp("terms"), []) as (library, _):
        yield Terms(library)


@pytest.mark.parametrize(("axis", "term"), [(axis, term) for axis, term, *_ in TAXONOMY])
def test_above_and_below_are_two_sides_of_the_same(terms: Terms, axis: str, term: str) -> None:
    assert terms.above(axis, term) == ancestors(axis, term)
    assert terms.below(axis, term) == {
        each for on, each, *_ in TAXONOMY if on == axis and term in ancestors(axis, each)
    }


def test_a_term_that_is_not_there_stands_for_itself(terms: Terms) -> None:
    assert terms.get("condition", "nosuch") is None
    assert terms.label("condition", "nosuch") == terms.printed("condition", "nosuch") == "nosuch"
    assert terms.below("condition", "nosuch") == {"nosuch"}


def test_only_the_most_specific_are_shown_deepest_first(terms: Terms) -> None:
    assert terms.specific("condition", ["chronic-pain", "crps", "crps-1", "depression"]) == ["crps-1", "depression"]
    assert terms.specific("condition", ["fibromyalgia", "crps-2", "crps-1"]) == ["crps-1", "crps-2", "fibromyalgia"]
    assert terms.specific("route", ["infusion", "intravenous"]) == ["intravenous"]
    assert terms.specific("comparator", ["antidepressant", "placebo"]) == ["placebo", "other-drug"]
    assert terms.specific("condition", []) == []


def test_the_tree_holds_each_printed_term_once_below_its_first_parent(terms: Terms) -> None:
    assert terms.tree("condition") == [
        ("chronic-pain", 0),
        ("neuropathic-pain", 1),
        ("crps", 2),
        ("crps-1", 3),
        ("crps-2", 3),
        ("fibromyalgia", 1),
        ("ischaemic-pain", 1),
        ("depression", 0),
    ]
    assert terms.tree("route") == [("intravenous", 0), ("oral", 0)]


@pytest.mark.parametrize(
    ("axis", "typed", "found"),
    [
        ("condition", "crps", ["crps"]),
        ("condition", " CRPS ", ["crps"]),
        ("condition", "CRPS 1", ["crps-1"]),
        ("condition", "CRPS type 1", ["crps-1"]),
        ("condition", "Reflex  Sympathetic-Dystrophy", ["crps-1"]),
        ("condition", "reflex sympathetic dystrophies", ["crps-1"]),
        ("condition", "rsd", ["crps-1"]),
        ("condition", "fm", ["fibromyalgia"]),
        ("condition", "depressive disorders", ["depression"]),
        ("route", "iv", ["intravenous"]),
        ("route", "infusions", ["intravenous"]),
        ("drug", "s-ketamine", ["esketamine"]),
        ("outcome", "other", ["other"]),
        ("comparator", "ssris", ["other-drug"]),
    ],
)
def test_a_name_names_its_term(terms: Terms, axis: str, typed: str, found: list[str]) -> None:
    assert terms.resolve(axis, typed) == found


@pytest.mark.parametrize(("axis", "typed"), [("route", "crps"), ("condition", "iv"), ("nosuch", "crps"), ("drug", "")])
def test_a_name_of_another_axis_names_nothing(terms: Terms, axis: str, typed: str) -> None:
    with pytest.raises(UsageError, match=f"no {axis} is called"):
        terms.resolve(axis, typed)


def test_the_nearest_are_printed_terms_of_the_axis(terms: Terms) -> None:
    assert terms.nearest("fibromialgia", "condition") == ["fibromyalgia"]
    assert terms.nearest("infuson", "route") == ["intravenous"]
    assert "fibromyalgia" in terms.nearest("fibromialgia")
    assert terms.nearest("qqqqqqqq") == []


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("infusion", ["infusions"]),
        ("infusions", ["infusion"]),
        ("study", ["studies"]),
        ("studies", ["study"]),
        ("day", []),
        ("delay", ["delays"]),
        ("branch", ["branches"]),
        ("branches", ["branch"]),
        ("reflex", ["reflexes"]),
        ("reflexes", ["reflex"]),
        ("illness", []),
        ("virus", []),
        ("analysis", []),
        ("fibrositis", []),
        ("prophylaxis", []),
        ("ssris", ["ssri"]),
        ("nerve pain", ["nerve pains"]),
        ("iv", []),
        ("2019", []),
        ("naïve", []),
        ("", []),
    ],
)
def test_a_word_has_one_other_number_or_none(word: str, others: list[str]) -> None:
    assert plurals(word) == others


@given(st.text())
def test_any_text_has_at_most_one_other_number(text: str) -> None:
    assert len(plurals(fold(text))) <= 1
