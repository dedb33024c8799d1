"""What a file is, told from its first bytes: never from its name."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from ketlit.sources.tables import heading
from ketlit.sources.unpacking import GZIP, Damaged

HEAD: Final = 1 << 16  # bytes to look at; a longer first line of jsonl is told by its first keys
_PUBMED: Final = re.compile(r"<(?:!DOCTYPE\s+)?(?:Pubmed(?:Book)?Article(?:Set)?|DeleteCitation)\b")
_OTHERS: Final = (
    ("nbib", re.compile(r"^PMID- *\d", re.MULTILINE)),
    ("ris", re.compile(r"^TY  ?- ?", re.MULTILINE)),
    ("bibtex", re.compile(r"^\s*@[A-Za-z]+\s*[{(]", re.MULTILINE)),
)
# two of these are enough: a table that has lost the others holds no studies either
_RETRACTION_WATCH: Final = frozenset(
    {"originalpaperdoi", "originalpaperpubmedid", "retractionnature", "retractiondoi", "retractionpubmedid"}
)
# a text and whether it is a key; one that is cut off goes to the end, else many quotes in it take quadratic time
_KEY: Final = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)(?:"(\s*:)?|\\?\Z)', re.DOTALL)
# CSL 1.0.2 requires both of every item; ours have neither
_CSL: Final = frozenset({"id", "type"})
_OURS: Final = frozenset({"key", "pmid", "doi", "title"})
_NOT_UTF_8: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def kind(head: bytes) -> str:
    """What a file that begins so is: "pubmed", "export-jsonl", "export-json", "export-csv", "export-tsv" (of ours, or
    a table that has a column of titles or identifiers), "nbib", "ris", "bibtex", "csl", "retraction-watch", else "".

    `head` is `HEAD` bytes or all there are, gzip or not.
    """
    text = beginning(head)
    if text.startswith("<"):
        return "pubmed" if _PUBMED.search(text) else ""
    if text.startswith(("{", "[")):
        return _json(text)
    names, mark = heading(text)
    if len(names.keys() & _RETRACTION_WATCH) > 1:
        return "retraction-watch"
    if not _OURS.isdisjoint(names):
        return "export-tsv" if mark == "\t" else "export-csv"
    return next((name for name, form in _OTHERS if form.search(text)), "")


def beginning(head: bytes) -> str:
    """The first characters, without what may stand before them."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, HEAD)
        except zlib.error:
            return ""
    return _unix(head.decode(_NOT_UTF_8.get(head[:2], "utf-8"), "replace")).lstrip("\ufeff \t\r\n")


def _unix(text: str) -> str:
    """The text with line feeds for the carriage returns that end its lines, if nothing else does (old Macs, Excel)."""
    return text if "\n" in text else text.replace("\r", "\n")


def begun(unpacked: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first `HEAD` bytes of a text, and all of them, lines that end with a carriage return alone made to end with
    a line feed. Raises Damaged where there are none, or they are UTF-16.
    """
    pieces = iter(unpacked)
    head, held = b"", []
    for piece in pieces:
        held.append(piece)
        head += piece
        if len(head) >= HEAD:
            break
    if not beginning(head[:HEAD]):
        raise Damaged("the file is empty")
    if head[:2] in _NOT_UTF_8:
        raise Damaged("the file is UTF-16; convert it to UTF-8")
    whole = chain(held, pieces)
    if b"\r" in head[:HEAD] and b"\n" not in head[:HEAD]:
        return head[:HEAD], (piece.replace(b"\r", b"\n") for piece in whole)
    return head[:HEAD], whole


def _json(text: str) -> str:
    """Of JSON the kind of its first object; where that is longer than the text, what its keys say."""
    listed = text.startswith("[")
    start = text.lstrip("[ \t\r\n")
    if not start.startswith("{"):
        return ""
    try:
        first: Any = JSONDecoder().raw_decode(start)[0]
    except (JSONDecodeError, RecursionError, ValueError):
        first = {name: None for name, colon in _KEY.findall(start) if colon}
    if first.keys() >= _CSL and "key" not in first:
        return "csl"
    if _OURS.isdisjoint(first):
        return ""
    return "export-json" if listed or _spread(text) else "export-jsonl"


def _spread(text: str) -> bool:
    """Whether an object is printed over several lines, rather than one on each."""
    lines = text.split("\n", 2)
    if lines[0].rstrip().endswith("}") or len(lines) < 2:
        return False
    return lines[0].strip() == "{" or not lines[1].startswith("{")
