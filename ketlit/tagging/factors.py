"""Studies that cross two drugs: some are given ketamine, some the other drug, some both."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from ketlit.tagging.arms import INERT
from ketlit.tagging.candidates import Mention
from ketlit.tagging.document import Sentence

_ITEMS: Final = re.compile(r"[,;:]| or | and (?!their combination)|\bversus\b|\bvs\b")
_COMBINED: Final = re.compile(
    r"\s*(?:or |and |in |to )?(?:an?|the|their|with)? ?(?:both|combin(?:ation|ed)|two together|two combined|mixture)\b"
    r"(?: of (?:the two|both|these|them)\b)?(?: (?:drugs?|agents?|compounds?|treatments?|substances?|together|combined|"
    r"in combination|combination))*\s*(?:$|[.(])",
    re.I,
)
_BOTH_WORDS: Final = (b" both", b"combin", b"mixture", b"together")  # one is in every hit of the expression before
_WORDS: Final = (b" both ", b"combin", b"mixture", b"together", b" alone ")


def may_cross(words: bytes, ours: list[Mention]) -> bool:
    """Whether folded words may tell of both drugs: one item says so, or ketamine is named alone and with another."""
    if len(ours) < 2 and not any(map(words.__contains__, _BOTH_WORDS)):
        return False
    return any(map(words.__contains__, _WORDS))


def crossed(text: str, sentence: Sentence, ours: list[Mention], others: list[Mention]) -> frozenset[str]:
    """The drugs of a list of groups in which one has ketamine, one the drug, and one both."""
    start, end, _ = sentence
    edges = [start, *[hit.end() for hit in _ITEMS.finditer(text, start, end)], end]
    alone: set[str] = set()
    together: set[str] = set()
    every = plain = False
    for low, high in pairwise(edges):
        words = {text[one.start : one.end].lower() for one in others if low <= one.start < high and not _is_inert(one)}
        mine = any(low <= one.start < high for one in ours)
        if mine and words:
            together |= words
        elif mine:
            plain = True
        elif len(words) == 1:
            alone |= words
        elif not words and _COMBINED.match(text[low:high].rstrip(",;: ").removesuffix(" or").removesuffix(" and")):
            every = True
    return frozenset(alone if every else alone & together) if plain else frozenset()


def _is_inert(mention: Mention) -> bool:
    return mention.term.printed in INERT
