"""What WORDS and filters mean, said in plain Python over the studies a library was made of: the oracle of the tests.

Nothing of `ketlit.store` that reads queries is used here; the taxonomy is `tests.libraries.TAXONOMY`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple
from unicodedata import combining, normalize

from ketlit.store.search_index import term_token
from ketlit.views import Filters
from tests.libraries import TAXONOMY, Made, ancestors, flag, text_row

SMALL = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with"}
PAIRS = [
    *(("pain", "pains"), ("relief", "reliefs"), ("burn", "burns"), ("cancer", "cancers"), ("nerve", "nerves")),
    *(("mood", "moods"), ("study", "studies"), ("causalgia", "causalgias"), ("infusion", "infusions")),
    *(("ketamine", "ketamines"), ("mouth", "mouths"), ("drip", "drips"), ("placebo", "placebos")),
    *(("depression", "depressions"), ("women", "womens"), ("oral", "orals"), ("naive", "naives")),
    *(("fibromyalgia", "fibromyalgias"), ("dystrophy", "dystrophies")),
    *(("reflex", "reflexes"), ("sympathetic", "sympathetics"), ("etude", "etudes"), ("score", "scores")),
    *(("sorensen", "sorensens"), ("primary", "primaries")),
]
OTHER_NUMBER = {one: other for one, other in PAIRS} | {other: one for one, other in PAIRS} | {"crps": "crp"}


class Piece(NamedTuple):
    """One piece of a query; `kind` is word, phrase or prefix; `joined`: OR stands before it."""

    text: str
    kind: str = "word"
    negated: bool = False
    joined: bool = False


def typed(pieces: list[Piece]) -> str:
    """The pieces as someone types them."""
    return " ".join(
        "OR " * piece.joined
        + "-" * piece.negated
        + {"word": "{}", "phrase": '"{}"', "prefix": "{}*"}[piece.kind].format(piece.text)
        for piece in pieces
    )


def tokens(text: str) -> list[str]:
    """Its words: lower case, without marks, letters and digits only."""
    return list(_tokens(text))


@cache
def _tokens(text: str) -> tuple[str, ...]:
    bare = "".join(character for character in normalize("NFKD", text) if not combining(character)).lower()
    return tuple("".join(character if character.isalnum() else " " for character in bare).split())


class Text:
    """The words of a study, column by column."""

    def __init__(self, made: Made) -> None:
        self.columns = [tokens(column) for column in text_row(0, made)[1:]]

    def says(self, words: list[str], prefix: bool = False) -> bool:
        """The words follow each other in one column; with `prefix` the last of them may go on."""
        return any(
            column[start : start + len(words)] == words
            or (
                prefix
                and column[start : start + len(words) - 1] == words[:-1]
                and start + len(words) <= len(column)
                and column[start + len(words) - 1].startswith(words[-1])
            )
            for column in self.columns
            for start in range(len(column))
        )


def other_number(words: list[str]) -> list[str]:
    """The words with the last one in its other number; [] where it has none."""
    last = OTHER_NUMBER.get(words[-1], "")
    return [*words[:-1], last] if last else []


@cache
def names_of(axis: str, term: str) -> list[list[str]]:
    """What a term is called, without abbreviations that are ambiguous."""
    for on, each, label, _, names in TAXONOMY:
        if (on, each) == (axis, term):
            plain = [term, label.split(">")[0].rstrip("*"), *(name for name in names if not name.startswith("!"))]
            return [tokens(name) for name in plain]
    return []


def called(words: list[str]) -> list[tuple[str, str]]:
    """The (axis, term) that are called so, ambiguous abbreviations included."""
    return list(_CALLED.get(tuple(words), ()))


_CALLED: dict[tuple[str, ...], dict[tuple[str, str], None]] = {}
for _axis, _term, _label, _, _names in TAXONOMY:
    for _name in (_term, _label.partition(">")[0], *_names):
        _CALLED.setdefault(_tokens(_name), {})[_axis, _term] = None


def meant(words: list[str]) -> list[tuple[str, str]]:
    """The terms that words name, in either number; what is left over ("other") is named by no word."""
    other = other_number(words)
    return [(axis, term) for axis, term in called(words) + called(other) if term not in {"other", "any", "none"}]


def fits_word(text: Text, words: list[str], literal: bool) -> bool:
    if text.says(words):
        return True
    if literal:
        return False
    other = other_number(words)
    if other and not (called(words) and words[-1].endswith("s")) and text.says(other):
        return True
    return any(
        text.says([term_token(axis, term)]) or any(text.says(name) for name in names_of(axis, term))
        for axis, term in meant(words)
    )


def grouped(pieces: list[Piece]) -> list[list[Piece]]:
    """Groups of which one will do; OR joins two neighbours, and what is negated stands alone."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if piece.joined and groups and not piece.negated and not groups[-1][0].negated:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def merged(groups: list[list[Piece]]) -> list[list[Piece]]:
    """Runs of single words that name a term as one word, the longest from the left."""
    found: list[list[Piece]] = []
    while groups:
        most = 1
        if not groups[0][0].negated:
            for length in range(2, len(groups) + 1):
                run = groups[:length]
                if any(len(group) > 1 or group[0].kind != "word" or group[0].negated for group in run):
                    break
                if meant(tokens(" ".join(group[0].text for group in run))):
                    most = length
        if most > 1:
            found.append([Piece(" ".join(group[0].text for group in groups[:most]))])
        else:
            found.append(groups[0])
        groups = groups[most:]
    return found


def fits_words(made: Made, pieces: list[Piece], literal: bool) -> bool:
    groups = grouped(pieces)
    if not literal:
        groups = merged(groups)
        kept = [group for group in groups if not _small(group)]
        groups = kept or groups
    text = Text(made)

    def fits(piece: Piece) -> bool:
        if piece.kind == "word":
            return fits_word(text, tokens(piece.text), literal)
        return text.says(tokens(piece.text), piece.kind == "prefix")

    return all(any(map(fits, group)) != group[0].negated for group in groups)


def _small(group: list[Piece]) -> bool:
    piece = group[0]
    words = tokens(piece.text)
    return (
        len(group) == 1 and piece.kind == "word" and not piece.negated and len(words) == 1 and words[0] in SMALL
    ) and not meant(words)


def _has(made: Made, axis: str, asked: str) -> bool:
    """The study has the term that is asked for, or one below it."""
    words = tokens(asked)
    wanted = set()
    for on, term in called(words) + called(other_number(words)):
        if on == axis:
            label = next(each[2] for each in TAXONOMY if each[:2] == (on, term))
            wanted.add(label.partition(">")[2] or term)
    mine = {term for on, term in made.tags if on == axis}
    if axis == "design":
        mine = {term for term in mine if flag(term)} | {effective(made, axis)}
    if axis == "context":
        mine = {effective(made, axis)}
    return any(wanted & ancestors(axis, term) for term in mine)


def effective(made: Made, axis: str) -> str:
    """The one design or context of a study."""
    first = next((term for on, term in made.tags if on == axis and not flag(term)), "")
    return str(made.columns.get(axis) or first)


AXES = {
    "condition": "condition",
    "drug": "drug",
    "route": "route",
    "outcome": "outcome",
    "harm": "adverse-effect",
    "design": "design",
    "comparator": "comparator",
    "population": "population",
    "context": "context",
}


def fits(made: Made, filters: Filters, pieces: list[Piece]) -> bool:
    """The study is what was asked for; `pieces` are the words of `filters`."""
    year = made.columns.get("year")
    by = made.columns.get("published_by") or (f"{year}-12-31" if year else "")
    n = made.columns.get("n")
    closed = {"direction": "not_reported", "status": "current", "source": "imported"}
    return (
        (not pieces or fits_words(made, pieces, filters.literal))
        and all(
            any(_has(made, axis, asked) for asked in getattr(filters, field))
            for field, axis in AXES.items()
            if getattr(filters, field)
        )
        and (filters.since is None or (year is not None and year >= filters.since))
        and (filters.until is None or (year is not None and year <= filters.until))
        and (not filters.as_of or "" < by <= _end(filters.as_of))
        and (filters.min_n is None or (n is not None and n >= filters.min_n))
        and all(
            made.columns.get(field, usual) in getattr(filters, field)
            for field, usual in closed.items()
            if getattr(filters, field)
        )
        and (
            not filters.label or any(label.lower() == asked.lower() for label in made.labels for asked in filters.label)
        )
        and (
            not filters.trial
            or any(made.trial.lower() == asked.lower() or asked.upper() in made.registry for asked in filters.trial)
        )
    )


def _end(day: str) -> str:
    return {4: f"{day}-12-31", 7: f"{day}-31"}.get(len(day), day)
