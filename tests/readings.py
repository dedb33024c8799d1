"""One reader for all tests, for it takes long to make, and what it finds in texts of our own."""

from __future__ import annotations

from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader, Reading
from ketlit.tagging.tagger import is_of_study
from ketlit.tagging.taxonomy import load
from ketlit.vocabulary import Axis

TAXONOMY = load()
READER = Reader(TAXONOMY)


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
