"""How words of the taxonomy become regular expressions, and how a text is made ready for them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BEFORE: Final = "(?<![A-Za-z0-9])"
AFTER: Final = "(?![A-Za-z0-9])"
BLANK: Final = "[ -]{1,3}"
HYPHEN: Final = "[ -]{0,3}"
# no field is read further: the longest abstract of PubMed's 2020 and 2021 files has 11,000 characters
LONGEST: Final = 50_000

# spellings that differ between Britain and America; each right side matches both
_SPELLINGS: Final = tuple(
    (re.compile(found, re.IGNORECASE), becomes)
    for found, becomes in (
        (r"ana?esth", "ana?esth"),
        (r"ischa?em", "ischa?em"),
        (r"^ha?emo", "ha?emo"),
        (r"^pa?ediatric", "pa?ediatric"),
        (r"apno?ea", "apno?ea"),
        (r"tumou?r", "tumou?r"),
        (r"behaviou?r", "behaviou?r"),
        (r"analog(?:ue)?$", "analog(?:ue)?"),
        (r"i[sz](e[drs]?|ers|ing|ations?)(,?)$", r"i[sz]\1\2"),
        (r"s[ei]s$", "s[ie]s"),
        (r"'", "'?"),
    )
)
_SWAPS: Final = (("anesth", "anaesth"), ("ischem", "ischaem"), ("pediatr", "paediatr"), ("tumor", "tumour"))
_SWAPPED_ENDINGS: Final = tuple((f"{one}z{end}", f"{one}s{end}") for one in "i" for end in ("e", "ing", "ation"))

_DASHES: Final = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
_QUOTES: Final = dict.fromkeys([0x2018, 0x2019, 0x201A, 0x201B], "'") | dict.fromkeys(range(0x201C, 0x2020), '"')
_INVISIBLE: Final = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0xAD], ""
)
_TABLE: Final = _DASHES | _QUOTES | _INVISIBLE


def derive(words: str) -> str:
    """The regular expression of plain words: whole words, either spelling, singular or plural.

    A blank matches blanks or hyphens, a hyphen also nothing at all ("post-herpetic", "post herpetic",
    "postherpetic"). Every repetition is bounded. To be compiled ignoring case, for text made by `normalise`.
    """
    pieces = []
    for piece in re.split(r"( +|-)", words):
        if piece == "-":
            pieces.append(HYPHEN)
        elif piece.strip():
            escaped = re.escape(piece)
            for found, becomes in _SPELLINGS:
                escaped = found.sub(becomes, escaped)
            pieces.append(escaped)
        elif piece:
            pieces.append(BLANK)
    whole = "".join(pieces)
    if re.search("[^aeiou]y$", whole):
        whole = whole[:-1] + "(?:y|ies)"
    elif whole[-1].isalpha() and whole[-1] not in "sS":
        whole += "s?"
    return BEFORE + whole + AFTER


def spellings(words: str) -> list[str]:
    """The words as written, and their other English spelling where there is one."""
    other = words
    for american, british in (*_SWAPS, *_SWAPPED_ENDINGS):
        if american in other:
            other = other.replace(american, british)
        elif british in other:
            other = other.replace(british, american)
    return [words] if other == words else [words, other]


def normalise(text: str) -> tuple[str, list[int]]:
    """The text as the patterns want it, and for each of its characters the offset it came from (one more at the end).

    NFKC; all dashes are "-", curly quotes straight; invisible and direction characters gone; a run of white space is
    one blank. Case stays. At most the first 50,000 characters are read.
    """
    text = text[:LONGEST]
    out: list[str] = []
    origin: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        cluster = text[start:end]
        plain = cluster if cluster.isascii() else unicodedata.normalize("NFKC", cluster.translate(_TABLE))
        for char in plain if cluster.isascii() else plain.translate(_TABLE):
            if not char.isspace():
                out.append(char)
                origin.append(start)
            elif not out or out[-1] != " ":
                out.append(" ")
                origin.append(start)
        start = end
    origin.append(len(text))
    return "".join(out), origin
