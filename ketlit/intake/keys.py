"""Citation keys for studies that come without one: "pereira2022", stable once given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from unicodedata import combining, normalize

from ketlit.record import Record

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LONGEST: Final = 40
# letters that Unicode does not take apart into a Latin letter and a mark
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"}
)


def stem(record: Record) -> str:
    """What a record's key begins as: the first author's family name and the year.

    Without an author the first word of the title, with neither "study". It never looks like a PMID.
    """
    first = record.authors[0] if record.authors else None
    names = [first.family if first else "", *(first.collective.split() if first else ()), *record.title.split()]
    for name in names:
        word = latin(name)
        if word and not word[0].isdigit():
            return f"{word[:_LONGEST]}{record.year or ''}"
    return f"study{record.year or ''}"


def latin(text: str) -> str:
    """Lower-case a-z and digits only: "Sörensen" -> "sorensen", "van der Berg" -> "vanderberg"."""
    lowered = text.lower().translate(_LETTERS)
    plain = "".join(each for each in normalize("NFKD", lowered) if not combining(each))
    return re.sub(r"[^a-z0-9]", "", plain)


def give(records: Sequence[Record], taken: Callable[[Iterable[str]], set[str]]) -> None:
    """Give each record a key that no other study has; one it brings (seed, our own exports) stays, if it is free.

    `taken` says which of some keys a study in the library has. A key that is taken gets the PMID ("-123"), else a
    number ("-2").
    """
    stems = [record.key if KEY.fullmatch(record.key) else stem(record) for record in records]
    usual = [f"{one}-{record.pmid}" for one, record in zip(stems, records, strict=True) if record.pmid is not None]
    used = taken([*stems, *usual])
    for one, record in zip(stems, records, strict=True):
        record.key = next(key for key in _choices(one, record.pmid) if key not in used and not _late(key, taken, used))
        used.add(record.key)


def _choices(one: str, pmid: int | None) -> Iterable[str]:
    yield one
    if pmid is not None:
        yield f"{one}-{pmid}"
    number = 2
    while True:
        yield f"{one}-{number}"
        number += 1


def _late(key: str, taken: Callable[[Iterable[str]], set[str]], used: set[str]) -> bool:
    """Whether a numbered key, which was not asked for with the others, is taken."""
    if not re.search(r"-\d{1,6}$", key):
        return False
    found = taken([key])
    used.update(found)
    return bool(found)
