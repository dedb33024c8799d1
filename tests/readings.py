"""What takes long to make, once for all tests: the taxonomy and its reader; and what it finds in texts of our own."""

from __future__ import annotations

from pathlib import Path

from ketlit import resources
from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader, Reading
from ketlit.tagging.tagger import is_of_study
from ketlit.tagging.taxonomy import Taxonomy, Term, load
from ketlit.vocabulary import Axis

_LOADED: dict[bytes, Taxonomy] = {}
_MADE: dict[tuple[Term, ...], Reader] = {}


def taxonomy_of(path: Path | None = None) -> Taxonomy:
    """The taxonomy of a file: the same for the same text."""
    path = path or resources.TAXONOMY
    text = path.read_bytes() if path.is_file() else b""
    if text not in _LOADED:
        _LOADED[text] = load(path)
    return _LOADED[text]


def reader_of(taxonomy: Taxonomy) -> Reader:
    """The reader of a taxonomy: the same for the same terms."""
    terms = tuple(taxonomy.terms)
    if terms not in _MADE:
        _MADE[terms] = Reader(taxonomy)
    return _MADE[terms]


TAXONOMY = taxonomy_of()
READER = reader_of(TAXONOMY)


def read(title: str = "", *texts: str, **sections: str) -> Reading:
    """A reading of texts without a label, unless empty, and of sections named by their labels in lower case."""
    made = [Section(text) for text in texts if text]
    made += [Section(text, label.upper()) for label, text in sections.items()]
    return READER.read(Record(title=title, sections=made))


def studied(reading: Reading, *axes: Axis) -> set[str]:
    """The terms of these axes that the study is about."""
    return {tag.term for tag in reading.tags if tag.axis in axes and is_of_study(tag)}


def background(reading: Reading, axis: Axis) -> set[str]:
    return {tag.term for tag in reading.tags if tag.axis == axis and tag.role == "background"}
