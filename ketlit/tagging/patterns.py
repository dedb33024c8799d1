"""How words of the taxonomy become regular expressions, and how a text is made ready for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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


# the same differences as _SPELLINGS, as finite choices: a stretch of letters and what may stand in its place
_CHOICES: Final = (
    ("anaesth", ("anesth", "anaesth")),
    ("anesth", ("anesth", "anaesth")),
    ("ischaem", ("ischem", "ischaem")),
    ("ischem", ("ischem", "ischaem")),
    ("paediatric", ("pediatric", "paediatric")),
    ("pediatric", ("pediatric", "paediatric")),
    ("apnoea", ("apnea", "apnoea")),
    ("apnea", ("apnea", "apnoea")),
    ("tumour", ("tumor", "tumour")),
    ("tumor", ("tumor", "tumour")),
    ("behaviour", ("behavior", "behaviour")),
    ("behavior", ("behavior", "behaviour")),
)
_IZE: Final = re.compile(r"i[sz](e|ed|er|es|ers|ing|ation|ations)(?=,?$)")
# every character that is neither a letter nor a digit is a blank, capitals are small: the length stays
_FOLD: Final = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() and code < 128 else 32 for code in range(256)
)  # fmt: skip
_ACCENTS: Final = {
    code: base[0]
    for code in range(0xC0, 0x180)
    if (base := unicodedata.normalize("NFKD", chr(code)))[0].isascii() and base[0].isalpha()
}
_ONE_FOR_ONE: Final = (
    _DASHES
    | {code: "'" for code in (0x2018, 0x2019, 0x201A, 0x201B, 0x2032, 0xB4)}
    | {code: '"' for code in range(0x201C, 0x2020)}
    | dict.fromkeys([*range(9, 14), *range(28, 32), 0x85, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
    | {0xFF01 + code: chr(0x21 + code) for code in range(94)}
    | {code: unicodedata.normalize("NFKC", chr(code)) for code in (0xB2, 0xB3, 0xB5, 0xB9, *range(0x2074, 0x207A))}
    | {0xB0: "°", 0x2070: "0", 0x207B: "-", 0x2265: "≥", 0x2264: "≤", 0x2A7E: "≥", 0x2A7D: "≤"}
)  # fmt: skip
# what cannot be read character by character: invisible and combining characters, ligatures
_UNEVEN: Final = frozenset(
    map(
        chr,
        [
            *(0xAD, *range(0x300, 0x370), *range(0x200B, 0x2010), *range(0x202A, 0x202F)),
            *(*range(0x2060, 0x206A), *range(0xFB00, 0xFB07), 0xFEFF),
        ],
    )
)
# a text has few characters of other kinds: to find which, and to replace each everywhere, is the quickest
_PRINTABLE: Final = bytes(range(32, 127))
_PLAIN: Final = {chr(code): plain for code, plain in _ONE_FOR_ONE.items()}
_BASES: Final = {chr(code): base for code, base in _ACCENTS.items()}


# raised digits behind a digit are a mark of a reference or a power, not a part of the number
_RAISED: Final = frozenset("²³¹⁰⁴⁵⁶⁷⁸⁹")
_REFERENCE: Final = re.compile(r"(?<=[0-9])[²³¹⁰⁴-⁹]+")


def _odd(text: str) -> set[str]:
    """Its characters that are not printable ASCII. What is left of its bytes without those: no loop over characters."""
    return set(text.encode("utf-8", "surrogatepass").translate(None, _PRINTABLE).decode("utf-8", "surrogatepass"))


def _replaced(text: str, odd: set[str], by: dict[str, str]) -> str:
    for char in odd:
        if char in by:
            text = text.replace(char, by[char])
    return text


def plain(text: str) -> tuple[str, list[int] | None]:
    """The text as the rules read it, character for character; where that cannot be, the offsets it came from too.

    As `normalise`, but runs of blanks stay, so that nearly all texts keep their offsets and no list of them is made.
    """
    text = text[:LONGEST]
    odd = _odd(text)
    if not odd:
        return text, None
    if odd & _RAISED:
        text = _REFERENCE.sub(lambda hit: " " * len(hit[0]), text)
    if odd & _UNEVEN:
        text, origin = normalise(text)
        return _replaced(text, _odd(text), _PLAIN), origin
    return _replaced(text, odd, _PLAIN), None


def fold(text: str) -> bytes:
    """A plain text for exact search: small letters without accents, digits, and a blank for all else. Same length."""
    if not text.isascii():
        text = _replaced(text, _odd(text), _BASES)
    return text.encode("ascii", "replace").translate(_FOLD)


_ANY_WORDS: Final = re.compile(r"\(\?i:((?:[a-z]{2}(?:[a-z .\\?]|\(\?:[a-z]+\))*(?:\||(?=\))))+)\)")


def quick(regex: str) -> re.Pattern[str]:
    """Compiled; words in any case at its beginning by their first letters, for `re` tries each word at each place."""
    found = _ANY_WORDS.match(regex)
    if not found or "|" not in found[1]:
        return re.compile(regex)
    by_letter: dict[str, list[str]] = {}
    for word in found[1].split("|"):
        by_letter.setdefault(word[0], []).append(word[1:])
    words = "|".join(f"[{one}{one.upper()}](?i:{'|'.join(rest)})" for one, rest in by_letter.items())
    return re.compile(f"(?:{words}){regex[found.end() :]}")


def phrases(words: str) -> list[str]:
    """What `derive` matches, written out as folded phrases: either spelling, hyphen or none, singular and plural."""
    found = [""]
    for piece in re.split(r"( +|-)", words.lower()):
        if piece == "-":
            found = [each + joint for each in found for joint in (" ", "")]
        elif piece.strip():
            found = [each + spelt for each in found for spelt in _spelt(piece)]
        elif piece:
            found = [f"{each} " for each in found]
    return list(dict.fromkeys(fold(form).decode() for each in found for form in (each, *_plurals(each))))


def _spelt(word: str) -> list[str]:
    found = [word]
    for one, choices in _CHOICES:
        if one in word:
            found = [each.replace(one, choice) for each in found for choice in choices]
    if word.startswith(("hemo", "haemo")):
        found += ["hemo" + word.split("mo", 1)[1], "haemo" + word.split("mo", 1)[1]]
    found += [_IZE.sub(lambda hit, letter=letter: f"i{letter}{hit[1]}", each) for each in found for letter in "sz"]  # type: ignore[misc]
    if word.endswith(("analog", "analogue")):
        found += [word.removesuffix("ue"), word.removesuffix("ue") + "ue"]
    if word.endswith(("sis", "ses")):
        found += [word[:-3] + "sis", word[:-3] + "ses"]
    found += [each.replace("'", "") for each in found if "'" in each]
    return list(dict.fromkeys(found))


def _plurals(words: str) -> list[str]:
    if re.search("[^aeiou]y$", words):
        return [words[:-1] + "ies"]
    return [words + "s"] if words[-1:].isalpha() and words[-1] != "s" else []


def standing(word: str, text: str) -> Iterator[int]:
    """Where a word stands by itself in a text that has a blank at each end."""
    place = text.find(word)
    while place >= 0:
        if not (text[place - 1].isalnum() or text[place + len(word)].isalnum()):
            yield place
        place = text.find(word, place + 1)
