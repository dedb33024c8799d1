"""What `import --only` asks for: a term with all its names and narrower terms, or words; told from bytes, then surely.

A search in the bytes of a record is done before it is parsed (it passes 20,000 records a second, parsing 4,000); it
may let through too many, never too few. What came through is then looked at whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

from ketlit.errors import UsageError
from ketlit.record import Record, Tag
from ketlit.store.search_index import fold
from ketlit.tagging.taxonomy import Taxonomy, Term

# what may stand inside a word: inline markup and character references
_INSIDE_WORDS: Final = (b"<i>", b"<b>", b"<u>", b"<su", b"&#")
_MARKUP: Final = re.compile(rb"</?(?:i|b|u|sub|sup)>")
# UTF-8 of signs that no Latin letter or digit hides in: plus-minus, times, Greek, dashes, quotes, arrows, relations
_NO_LETTERS: Final = re.compile(
    rb"\xc2[\x80-\xa9\xab-\xb1\xb4-\xb8\xbb]|\xc3[\x97\xb7]|[\xce\xcf][\x80-\xbf]|\xe2[\x80\x86-\x89][\x80-\xbf]"
)
_WORD: Final = re.compile(r"[a-z0-9]{3,}", re.ASCII)
_BETWEEN: Final = rb"(?:[^a-z0-9]|&[a-z]+;)+"


class Topic:
    """Says which records are about something. `understood`: how the words were read, for a person."""

    def __init__(self, asked: str, taxonomy: Taxonomy) -> None:
        folded = fold(asked)
        if not folded:
            raise UsageError(f"--only {asked[:40]!r} has no words", "give a term or words, such as ketamine")
        named = [term for term in taxonomy.terms if _means(folded, term, taxonomy)]
        self._terms = {(term.axis, below.printed) for term in named for below in _and_below(term, taxonomy)}
        phrases = {folded}
        headings: set[str] = set()
        for term in named:
            for below in _and_below(term, taxonomy):
                # the ids and labels of narrower terms are ours, and mean little by themselves ("extended-release")
                own = below is term
                names = [name for name in taxonomy.names(below) if own or name.kind not in ("id", "label")]
                phrases |= {fold(name.text) for name in names if not name.ambiguous}
                headings |= {part for mesh in below.mesh for part in (mesh.ui, mesh.name) if part}
        self._phrases = [f" {phrase} " for phrase in sorted(phrases - {""})]
        self.understood = " or ".join(sorted({f"{term.axis}:{term.id}" for term in named})) or f'"{folded}"'
        self._needles = _needles([*phrases, *(fold(heading) for heading in headings)])

    def may_be(self, data: bytes) -> bool:
        """Whether a record's bytes may be about it; never False for one that is."""
        if self._needles is None:
            return True
        data = _looked_at(data)
        if self._among(data.lower()):
            return True
        if any(mark in data for mark in _INSIDE_WORDS):
            data = _MARKUP.sub(b"", data)
            if b"&#" in data or self._among(data.lower()):
                return True
        if data.isascii() or _NO_LETTERS.sub(b"", data).isascii():
            return False
        plain = normalize("NFKD", data.decode("utf-8", "replace")).encode("ascii", "ignore")
        return self._among(plain.lower())

    def _among(self, lowered: bytes) -> bool:
        if self._needles is None:
            return True
        return any(word in lowered and (whole is None or whole.search(lowered)) for word, whole in self._needles)

    def is_in(self, record: Record, tags: Iterable[Tag]) -> bool:
        """Whether a record is about it: a phrase in its texts and headings, or a tag of these terms."""
        if any((tag.axis, tag.term) in self._terms for tag in tags):
            return True
        texts = [record.title, record.vernacular_title, *(section.text for section in record.sections)]
        texts += [*(heading.name for heading in record.mesh), *(chemical.name for chemical in record.chemicals)]
        texts += [keyword.text for keyword in record.keywords]
        whole = f" {fold(' | '.join(texts))} "
        return any(phrase in whole for phrase in self._phrases)


def _means(folded: str, term: Term, taxonomy: Taxonomy) -> bool:
    """Whether a term is called this; one that gathers unlike things is meant by its id and label alone."""
    names = [name for name in taxonomy.names(term) if not term.catch_all or name.kind in ("id", "label")]
    return folded in (fold(name.text) for name in names)


def _and_below(term: Term, taxonomy: Taxonomy) -> list[Term]:
    """A term and all that lie below it."""
    return [
        one
        for one in taxonomy.terms
        if one is term or (one.axis == term.axis and term.id in taxonomy.ancestors(one.axis, one.id))
    ]


def _looked_at(data: bytes) -> bytes:
    """The bytes of a record that hold its words: without its authors, and without what follows the citation."""
    end = data.find(b"</MedlineCitation>")
    data = data[:end] if end >= 0 else data
    start = data.find(b"<AuthorList")
    end = data.rfind(b"</AuthorList>", start) if start >= 0 else -1
    return data[:start] + data[end:] if end >= 0 else data


def _needles(phrases: Iterable[str]) -> list[tuple[bytes, re.Pattern[bytes] | None]] | None:
    """Words of which each phrase has one: three plain letters or more, or a word of a script without two cases. With a
    number, which says little, goes the whole phrase as a pattern ("r 107").

    None, which lets all through, where a phrase has nothing of these. Of a phrase's words the one that most phrases
    share: "ketamine" stands for thirty. Plain substrings: thirty cost less than an alternation.
    """
    listed = sorted(set(phrases))
    shared = Counter(word for phrase in listed for word in set(_WORD.findall(phrase)))
    words = set()
    numbers: dict[str, list[bytes]] = {}
    for phrase in listed:
        runs = _WORD.findall(phrase) or [run for run in phrase.split() if not run.isascii() and not _changes(run)]
        if not runs:
            return None
        best = max(runs, key=lambda word: (not word.isdigit(), shared[word], len(word)))
        if best.isdigit():
            numbers.setdefault(best, []).append(_BETWEEN.join(re.escape(word.encode()) for word in phrase.split()))
        else:
            words.add(best)
    few = [word for word in sorted(words) if not any(other != word and other in word for other in words)]
    found: list[tuple[bytes, re.Pattern[bytes] | None]] = [(word.encode(), None) for word in few]
    return found + [(number.encode(), re.compile(b"|".join(whole))) for number, whole in numbers.items()]


def _changes(word: str) -> bool:
    """Whether folding or case could write it otherwise."""
    return word.upper() != word.lower() or any(normalize("NFKD", each) != each for each in word)
