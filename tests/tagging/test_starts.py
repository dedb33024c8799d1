"""Expressions that skip to where they may begin find what `re` finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.tagging.patterns import AFTER, BEFORE
from ketlit.tagging.starts import seeker
from ketlit.tagging.taxonomy import load

SKIPPING = [
    r"\b(?:two|ten|few)\b",
    r"\b(?:two|ten|few) (?:of )?(?:doses?|days)$",
    rf"{BEFORE}(?:ten|\d{{1,2}})[ -]{{1,3}}(?:\w+ ){{0,2}}doses?{AFTER}",
    r"(?:better|(?<!not )superior|more \w+)\b",
    r"\d+ ?mg|[dt]oses?\b",
    r"(?:in)?effect(?:ive)?|s?he\b",
    r"[%≥]|\b(?:rates?|[2-4] of|1\d)\b",
    r"; |, (?:but|yet)\b",
    r"(?:not |un)better(?P<than> than)?",
    r"(?:\.|\+) ",
]
PLAIN = [
    r"\w*doses?",
    r" (?:of|in)\b",
    r"(?:not)*better",
    r"^ten|two",
    r"(?!ten)t\w+",
    r"\b%",
    r"",
    r"(?P<n>two|ten) doses",
    r"[^.]{0,3}few",
    r"t?",
    r"(?:not )?better(?P<than> than)?",
    r"(?:two|) of",
]
WORDS = [
    *("two", "ten", "few", "Few", "of", "doses", "dose", "days", "not", "superior", "better", "more", "effective"),
    *("ineffective", "she", "he", "rates", "3 of", "12", "1", "10 mg", "%", "≥", ";", ", but", ", yet", ".", "+", " "),
    *("than", "often", "antwo", "x", "-", "\n", "é", "mg", "tdoses"),
]
TEXTS = st.lists(st.sampled_from(WORDS)).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda between: between.join(words))
)


def spans(expression: re.Pattern[str], text: str) -> list[tuple[tuple[int, int], dict[str, str], tuple[str, ...]]]:
    return [(hit.span(), hit.groupdict(), hit.groups()) for hit in expression.finditer(text)]


@pytest.mark.parametrize("regex", SKIPPING + PLAIN)
@given(text=TEXTS)
def test_the_same_is_found(regex: str, text: str) -> None:
    assert spans(seeker(regex), text) == spans(re.compile(regex, re.IGNORECASE), text)
    assert spans(seeker(regex, case=True), text) == spans(re.compile(regex), text)


@pytest.mark.parametrize("regex", SKIPPING)
def test_what_begins_with_known_characters_is_skipped_to(regex: str) -> None:
    assert seeker(regex).pattern.startswith("[")


@pytest.mark.parametrize("regex", PLAIN)
def test_what_may_begin_with_anything_stays_as_it_is(regex: str) -> None:
    assert seeker(regex).pattern == regex


def test_a_search_that_begins_in_a_word_knows_the_edge_of_it() -> None:
    assert seeker(r"\bten\b").search("often ten", 2) is not None
    assert seeker(r"\bten\b").search("often", 2) is None
    assert seeker(r"\bten\b").match("often", 2) is None


def test_each_expression_of_the_taxonomy_finds_the_same() -> None:
    text = "Ten days of unipolar depression; IV ketamine, two infusions. " * 2
    for term in load().terms:
        for pattern in term.patterns:
            regex = pattern.regex if pattern.bare else f"{BEFORE}(?:{pattern.regex}){AFTER}"
            probe = text + " ".join(pattern.words) + " " + term.label
            plain = re.compile(regex, 0 if pattern.case else re.IGNORECASE)
            assert spans(seeker(regex, case=pattern.case), probe) == spans(plain, probe)
