"""What the words of a text name: the taxonomy's own tests, and each rule by itself."""

from __future__ import annotations

from typing import Any

import pytest

from ketlit.tagging.abbreviations import definitions
from ketlit.tagging.matcher import Match, Matcher, Part
from ketlit.tagging.patterns import LONGEST
from ketlit.vocabulary import Axis
from tests.readings import TAXONOMY


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(TAXONOMY)


def named(matcher: Matcher, text: str) -> set[str]:
    return {f"{match.axis}:{match.term}" for match in matcher.match(text)}


def test_the_taxonomy_carries_ninety_tests() -> None:
    assert len(TAXONOMY.tests) >= 90


@pytest.mark.parametrize("case", TAXONOMY.tests, ids=lambda case: case["text"][:50])
def test_a_text_of_the_taxonomy_gives_what_it_must(matcher: Matcher, case: dict[str, Any]) -> None:
    found = named(matcher, case["text"])
    assert not set(case.get("expect", [])) - found
    assert not set(case.get("reject", [])) & found


def test_a_match_says_where_it_stands_in_the_text_as_it_came(matcher: Matcher) -> None:
    text = "Ketamine  for complex \u2010 regional\npain syndrome"
    [found] = [match for match in matcher.match(text) if match.term == "crps"]
    assert text[found.start : found.end] == "complex \u2010 regional\npain syndrome"


def test_a_definition_in_one_part_holds_in_all(matcher: Matcher) -> None:
    parts = [Part("title", "Relief of RND by ketamine"), Part("abstract", "Reflex neurovascular dystrophy (RND).")]
    assert "crps-1" not in {match.term for match in matcher.read(parts)}  # its long form is no name of a term
    parts = [Part("title", "PFS and ketamine"), Part("abstract", "Primary fibromyalgia syndrome (PFS) hurts.")]
    assert Match(Axis.CONDITION, "fibromyalgia", 0, 3, 0) in matcher.read(parts)


def test_a_design_that_is_told_by_the_title_only_is_not_read_from_the_abstract(matcher: Matcher) -> None:
    text = "We report a case of CRPS"
    assert "case-report" in {match.term for match in matcher.match(text)}
    assert "case-report" not in {match.term for match in matcher.match(text, "abstract")}


def test_headache_is_a_harm_only_where_the_sentence_speaks_of_harms(matcher: Matcher) -> None:
    assert "adverse-effect:headache" in named(matcher, "Adverse events were nausea and headache.")
    assert "adverse-effect:headache" not in named(matcher, "Headache was treated. Adverse events were rare.")


def test_an_abbreviation_counts_in_no_capital_title(matcher: Matcher) -> None:
    assert "route:intranasal" not in named(matcher, "1 MG/KG IN CHILDREN")


def test_what_a_term_implies_is_given_with_it(matcher: Matcher) -> None:
    assert {"route:animal-route", "population:animal"} <= named(matcher, "ketamine 10 mg/kg i.p.")


def test_an_empty_text_names_nothing(matcher: Matcher) -> None:
    assert matcher.match("") == []
    assert matcher.read([]) == []


@pytest.mark.parametrize("piece", ["a", " ", "ketamine ", "I, ", "0", "("])
def test_a_text_without_end_is_read_only_so_far(matcher: Matcher, piece: str) -> None:
    found = matcher.match(piece * 400)  # the whole cap is measured, not asserted
    assert all(match.end <= min(LONGEST, 400 * len(piece)) for match in found)


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("patients with complex regional pain syndrome (CRPS) improved", "CRPS", ["complex regional pain syndrome"]),
        ("chronic post-surgical pain (CPSP; primary outcome)", "CPSP", ["chronic post-surgical pain"]),
        ("TRD (treatment-resistant depression)", "TRD", ["treatment-resistant depression"]),
        ("thirty patients (FM)", "FM", []),
        ("one in five (12)", "12", []),
    ],
)
def test_a_short_form_is_defined_by_the_words_before_or_in_the_bracket(text: str, short: str, long: list[str]) -> None:
    assert definitions(text).get(short, []) == long
