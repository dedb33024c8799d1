"""Cuts PubMed's records out of a stream of bytes, so that each is parsed alone: constant memory, and no DOCTYPE,
and so no entity of a file's own, ever reaches a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ketlit.sources.unpacking import Damaged

# A record with 3,000 authors or an abstract of 5 MB is below; so many bytes are held at most.
LARGEST: Final = 12 << 20
# So many bytes may pass before the file is given up: between records, and in one (that is too large) or a comment.
_LONGEST_GAP: Final = 4 << 20
_PATIENCE: Final = 2 * LARGEST
_TOKEN: Final = re.compile(
    rb"<(PubmedArticle|PubmedBookArticle|DeleteCitation)(?:\s[^<>]*?)?(/?)>"
    rb"|<(/?)Pubmed(?:Book)?ArticleSet(?:\s[^<>]*?)?(/?)>"
    rb"|<(!--)|<(!DOCTYPE)[^<>\[]*([>\[])"
)
_LONGEST_TOKEN: Final = 4096
_UNPARSED: Final = re.compile(rb"<!--|<!\[CDATA\[")
_END_OF_TAG: Final = re.compile(rb"[ \t\r\n]*(>?)")
_SUBSET_END: Final = re.compile(rb"\]\s*>")
_TAG: Final = re.compile(rb"<[^<>]*>")
_ENCODING: Final = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"'>]*)")
_READ_AS_UTF8: Final = (b"UTF-8", b"UTF8", b"US-ASCII", b"ASCII")
_SHOWN: Final = 200


class Trouble(NamedTuple):
    """What stands between records, or instead of one, and cannot be read."""

    reason: str
    record: bool = False  # it is a record, and counts as one


def cut(pieces: Iterable[bytes]) -> Iterator[bytes | Trouble]:
    """Each PubmedArticle, PubmedBookArticle and DeleteCitation with its tags, in order; between them what is odd.

    Raises Damaged after the last whole one if the bytes end inside a record or without the end tag of a set that was
    opened, are in another encoding than UTF-8, or hold nothing of PubMed's.
    """
    cutter = _Cutter()
    for piece in pieces:
        yield from cutter.take(piece)
    yield from cutter.finish()


class _Cutter:
    def __init__(self) -> None:
        self._held = b""
        self._at = 0  # what is before was dealt with
        self._seen = 0  # up to here the end was looked for in vain
        self._clear = 0  # here no comment or CDATA section of the record is open
        self._looking_for = b""  # the name whose end tag comes next, "!--", "!DOCTYPE"; "" between records
        self._skipping = False  # inside a record that is too large
        self._passed = 0  # bytes since the last record
        self._between = b""  # the first of what stands between records
        self._open_sets = 0
        self._begun = False  # anything of PubMed's was there
        self._started = False

    def take(self, piece: bytes) -> Iterator[bytes | Trouble]:
        """Cut what is whole with this piece."""
        self._held = self._held[self._at :] + piece if self._at < len(self._held) else piece
        self._seen -= self._at
        self._clear = max(self._clear - self._at, 0)
        self._at = 0
        if not self._started:
            if len(self._held) < 4:
                return
            self._started = True
            self._check_encoding()
        self._passed += len(piece)
        while True:
            if self._looking_for:
                found = self._end()
                if found is None:
                    break
                if found:
                    yield found
            else:
                token = _TOKEN.search(self._held, self._at)
                if token is None:
                    break
                yield from self._meet(token)
        if self._looking_for:
            yield from self._bounded()
        else:
            self._let_go()
        patience = _PATIENCE if self._looking_for else _LONGEST_GAP
        if self._passed > patience:
            raise Damaged(f"no whole record in {patience >> 20} MB")

    def finish(self) -> Iterator[Trouble]:
        """Look at how it ended."""
        if self._looking_for:
            what = {b"!--": "a comment", b"!DOCTYPE": "the DOCTYPE"}.get(self._looking_for, "a record")
            raise Damaged(f"the file ends inside {what}")
        rest = self._held[self._at :]
        self._note(rest)
        if not self._begun:
            start = self._between.strip()[:60].decode("utf-8", "replace")
            raise Damaged(f"no PubMed records in it; it begins with {start!r}" if start else "the file is empty")
        if rest.rfind(b"<") > rest.rfind(b">"):
            raise Damaged("the file ends inside a tag")
        if self._open_sets > 0:
            raise Damaged("the file ends without the end tag of its set: it is cut short")
        yield from self._stray()

    def _check_encoding(self) -> None:
        """PubMed's files are UTF-8. Others are refused, not guessed."""
        start = self._held[:4]
        if start[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:2] in (b"\x00<", b"<\x00"):
            raise Damaged("the file is UTF-16; convert it to UTF-8")
        if start[:3] == b"\xef\xbb\xbf":
            self._at = 3

    def _meet(self, token: re.Match[bytes]) -> Iterator[bytes | Trouble]:
        """A tag, comment or DOCTYPE begins."""
        self._note(self._held[self._at : token.start()])
        name = token[1] or token[5] or token[6]
        self._at = token.start() if token[1] else token.end()
        if not name:
            self._begun = True
            self._open_sets += -1 if token[3] else 0 if token[4] else 1
        elif name == b"!DOCTYPE":
            self._looking_for = name if token[7] == b"[" else b""
        else:
            if token[1]:
                self._begun = True
                yield from self._stray()
            if token[2]:
                self._at, self._passed = token.end(), 0
                yield token[0]
            else:
                self._looking_for = name
        self._seen = self._clear = token.end()

    def _end(self) -> bytes | None:
        """The record up to its end tag; b"" if it was a comment or was to be skipped; None if more bytes are needed."""
        name, held = self._looking_for, self._held
        end = self._end_of_markup(name) if name.startswith(b"!") else self._end_tag(b"</" + name)
        if end < 0:
            return None
        start, self._at, self._looking_for = self._at, end, b""
        if name.startswith(b"!"):
            return b""
        self._passed = len(held) - end
        skipped, self._skipping = self._skipping, False
        return b"" if skipped else held[start:end]

    def _end_of_markup(self, name: bytes) -> int:
        if name == b"!--":
            end = self._held.find(b"-->", self._seen)
            end = end + 3 if end >= 0 else -1
        else:
            found = _SUBSET_END.search(self._held, self._seen)
            end = found.end() if found else -1
        if end < 0:
            self._at = self._seen = max(self._at, len(self._held) - 64)
        return end

    def _end_tag(self, tag: bytes) -> int:
        """Where the record's end tag ends, -1 if it is not here yet. Those in comments and CDATA do not count."""
        held = self._held
        while True:
            found = held.find(tag, self._seen)
            if found < 0:
                self._seen = max(self._seen, len(held) - len(tag))
                return -1
            if not self._is_clear(found):
                if self._clear < found:
                    return -1
                continue
            end = _END_OF_TAG.match(held, found + len(tag))
            if end and end[1]:
                return end.end()
            if end and end.end() == len(held):
                self._seen = found
                return -1
            self._seen = found + len(tag)  # a longer name

    def _is_clear(self, place: int) -> bool:
        """Whether no comment or CDATA section is open there. If one is, go on behind its end, where that is here."""
        held = self._held
        while held.find(b"!", self._clear, place) >= 0:  # one byte is found 10 times as fast as two
            begun = _UNPARSED.search(held, self._clear, place)
            if begun is None:
                break
            end = held.find(b"-->" if begun[0] == b"<!--" else b"]]>", begun.end())
            if end < 0:
                self._clear, self._seen = begun.start(), place
                return False
            self._clear = end + 3
            if self._clear > place:
                self._seen = self._clear
                return False
        self._clear = place
        return True

    def _bounded(self) -> Iterator[Trouble]:
        """Keep no more than the largest record: drop a larger one, and go on behind its end."""
        if not self._skipping and len(self._held) - self._at > LARGEST:
            self._skipping = True
            yield Trouble(f"larger than {LARGEST >> 20} MB", record=True)
        if self._skipping:
            self._at = max(self._at, min(self._seen, len(self._held) - 64))

    def _let_go(self) -> None:
        """Between records nothing is kept but what may be the beginning of a tag."""
        begun = self._held.rfind(b"<", max(self._at, len(self._held) - _LONGEST_TOKEN))
        keep = begun if begun >= 0 else len(self._held)
        self._note(self._held[self._at : keep])
        self._at = keep

    def _note(self, gap: bytes) -> None:
        """Keep the beginning of what stands between records."""
        if len(self._between) < _LONGEST_TOKEN:
            gap = gap if self._between else gap.lstrip()
            self._between += gap[: _LONGEST_TOKEN - len(self._between)]

    def _stray(self) -> Iterator[Trouble]:
        """Text between records: an error message in the middle of a reply, or what is left of a broken record."""
        gap, self._between = self._between, b""
        if not gap:
            return
        named = _ENCODING.search(gap)
        if named and named[1].upper() not in _READ_AS_UTF8:
            raise Damaged(f"its encoding is {named[1].decode('ascii', 'replace')}; convert it to UTF-8")
        text = b" ".join(_TAG.sub(b" ", gap).split())
        if text:
            yield Trouble(f"text between records: {text[:_SHOWN].decode('utf-8', 'replace')!r}")
