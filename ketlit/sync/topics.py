"""What PubMed is asked: the topics that ship with ketlit, those of a person, and the window of what is new."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from ketlit import resources
from ketlit.errors import SeedError, UsageError

DEFAULT: Final = "ketamine"
CURATED: Final = "curated"  # the curated studies are asked for by identifier
OVERLAP: Final = timedelta(days=2)
LONGEST: Final = 20_000  # characters of a query
_OTHER: Final = {")": "(", "]": "["}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


class Asked(NamedTuple):
    """A topic as it is asked in this sync. What is asked once has a name that none can have which is kept."""

    name: str
    query: str
    kept: bool = False


class Shipped(NamedTuple):
    """The queries of data/topics.yaml: `drug` alone, and the topics that every sync asks."""

    drug: str
    topics: list[Asked]


def shipped() -> Shipped:
    """The queries that come with ketlit. Raises SeedError."""
    import yaml

    path = resources.TOPICS
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        topics = [Asked(str(each["name"]), _one_line(each["query"]), True) for each in found["topics"]]
        return Shipped(_one_line(found["drug"]), topics)
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise SeedError(f"{path.name} cannot be used: {' '.join(str(error).split())[:200]}") from error


def of_words(words: str, drug: str) -> Asked:
    """The topic that words on the command line ask for: they go to PubMed as they are, together with the drug."""
    said = checked_query(words)
    return Asked(f"words: {said}", f"({drug}) AND ({said})")


def of_query(query: str) -> Asked:
    """The topic that a query in PubMed's syntax is. Raises UsageError."""
    said = checked_query(query)
    return Asked(f"query: {said}", said)


def checked_query(query: str) -> str:
    """A query on one line.

    Raises UsageError for an empty one, a monstrous one, one with control characters, and one with a bracket or
    quotation mark that has no other: PubMed guesses what such a query means, and may find far more.
    """
    said = _one_line(query)
    if not said or len(said) > LONGEST or not said.isprintable():
        reason = "is empty" if not said else "is too long" if len(said) > LONGEST else "has characters that are no text"
        raise UsageError(f"the query {reason}", "give words, or a query as pubmed.ncbi.nlm.nih.gov takes it")
    if alone := _alone(said):
        raise UsageError(f"the query has a {alone} that has no other", "see what was typed; nothing was asked")
    return said


def _alone(query: str) -> str:
    """The first bracket or double quotation mark without its other, or ""; brackets in quotations are text."""
    opened: list[str] = []
    for mark in query:
        if mark == '"':
            if opened[-1:] == [mark]:
                opened.pop()
            else:
                opened.append(mark)
        elif opened[-1:] == ['"']:
            continue
        elif mark in _OTHER.values():
            opened.append(mark)
        elif mark in _OTHER and (not opened or opened.pop() != _OTHER[mark]):
            return mark
    return opened[0] if opened else ""


def checked_name(name: str) -> str:
    """A topic's name as it is kept. Raises UsageError."""
    wanted = name.strip().lower()
    if not _NAME.fullmatch(wanted) or wanted == CURATED:
        raise UsageError(f"{name[:80]!r} is no name for a topic", "lower-case letters, digits, - and _")
    return wanted


def with_records(query: str, pmids: Sequence[int]) -> str:
    """A query that also finds these records, whatever they are about."""
    return f"({query}) OR ({' OR '.join(f'{pmid}[UID]' for pmid in pmids)})" if pmids else query


def window(query: str, since: date) -> str:
    """What of a query came to PubMed or changed there since a day.

    LR (last revision) brings back what got a retraction, an erratum or new headings; CRDT (when the record was made)
    brings the late arrivals that the entry date hides.
    """
    first = f"{since:%Y/%m/%d}"
    return f'({query}) AND (("{first}"[LR] : "3000"[LR]) OR ("{first}"[CRDT] : "3000"[CRDT]))'


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
