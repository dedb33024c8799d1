"""Which words an expression can match: written out where they are finite, anchors where they are not."""

from __future__ import annotations

import re

import pytest

from ketlit.tagging.expansion import expand
from ketlit.tagging.patterns import fold
from tests.readings import TAXONOMY


@pytest.mark.parametrize(
    ("regex", "words"),
    [
        ("pains?", {"pain", "pains"}),
        ("(?:sub|supra)scapular", {"subscapular", "suprascapular"}),
        ("(?i)randomi[sz]ed", {"randomised", "randomized"}),
        (r"\bi\. ?v\.", {"i v ", "i  v "}),
        ("wind[ -]{0,3}up", {"windup", "wind up", "wind  up"}),
    ],
)
def test_a_finite_expression_is_written_out(regex: str, words: set[str]) -> None:
    assert expand(regex).words == words


def test_of_an_open_expression_the_longest_closed_run_is_the_anchor() -> None:
    expansion = expand(r"central(?: \w+){0,3} neuralgia")
    assert expansion.words is None
    assert expansion.anchors == {"neuralgia"}


def test_each_branch_needs_an_anchor() -> None:
    assert expand(r"\w+ pain|ache \w+").anchors == {"pain", "ache"}
    assert expand(r"\w+ pain|\d+").anchors is None


def test_a_lookaround_takes_no_room() -> None:
    assert expand("(?<![A-Za-z])crps(?! type)").words == {"crps"}


@pytest.mark.parametrize(("where", "regex"), list(TAXONOMY.expressions()), ids=lambda each: each[:40])
def test_what_an_expression_of_the_taxonomy_matches_holds_one_of_its_words(where: str, regex: str) -> None:
    words, anchors = expand(regex)
    compiled = re.compile(regex, re.IGNORECASE)
    texts = [case["text"] for case in TAXONOMY.tests] + [name for term in TAXONOMY.terms for name in term.synonyms]
    for text in texts:
        folded = " ".join(fold(f" {text} ").decode().split())
        for _ in compiled.finditer(text):
            known = [word for word in (words or anchors or ()) if word.strip()]
            assert not known or any(" ".join(word.split()) in folded for word in known), (where, text)
