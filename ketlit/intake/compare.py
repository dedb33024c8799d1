"""Whether a record with a curated study's identifier is the same paper: title, year and first author. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from ketlit.intake.keys import latin
from ketlit.record import Record
from ketlit.store.search_index import fold
from ketlit.store.writer import Have

# Titles differ by subtitles, spelling and what a publisher corrected. Measured on the curated studies against their
# PubMed records: true pairs lie above 0.9, other papers of the same group below 0.6.
ALIKE: Final = 0.75
APART: Final = 1  # years between the electronic and the printed issue


def differs(have: Have, record: Record) -> str:
    """How a record differs from what the library has under the same identifier; "" if they are the same paper.

    What one of them does not say is no difference. Both versions stand in the answer.
    """
    wrong = []
    if have.title and record.title and not same_title(have.title, record.title):
        wrong.append(f"the title is {record.title[:120]!r}, ours {have.title[:120]!r}")
    if have.year and record.year and abs(have.year - record.year) > APART:
        wrong.append(f"the year is {record.year}, ours {have.year}")
    theirs = next((author.family or author.collective for author in record.authors), "")
    if have.first_author and theirs and not same_name(have.first_author, theirs):
        wrong.append(f"the first author is {theirs[:60]!r}, ours {have.first_author[:60]!r}")
    if not wrong:
        return ""
    return f"not the paper that is curated as {have.key}: {'; '.join(wrong)}"


Look = tuple[str, int | None, str]  # title, year and first author, as they are compared


def nameless(record: Record) -> bool:
    """Whether a record has nothing but its look to be known by."""
    return record.pmid is None and not (record.doi or record.key) and bool(fold(record.title))


def look_of(record: Record) -> Look:
    """What a paper without identifiers is known by."""
    first = next((author.family or author.collective for author in record.authors), "")
    return fold(record.title), record.year, fold(first)


def look_of_ours(have: Have) -> Look:
    """The look of a study that is in the library."""
    return fold(have.title), have.year, fold(have.first_author)


def same_title(one: str, other: str) -> bool:
    """Whether two titles are of one paper: alike, or one the beginning of the other."""
    a, b = fold(one), fold(other)
    short, long = sorted((a, b), key=len)
    if len(short) >= 20 and (long.startswith(short) or short in long):
        return True
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def same_name(one: str, other: str) -> bool:
    """Whether two family names are of one person: "aan het Rot" and "Rot" are."""
    a, b = latin(one), latin(other)
    return not a or not b or a == b or a.endswith(b) or b.endswith(a)
