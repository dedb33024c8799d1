"""The full-text index, as both databases keep it: what is a word, what is forgotten, what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from ketlit.store import search_index
from ketlit.store.connect import Rows
from ketlit.store.engine import begin, writing
from ketlit.store.reader import Reader
from ketlit.store.search_index import Expression, Phrase, Row, document, fold, term_token
from ketlit.views import Filters
from tests.libraries import Made, postgres_library, sqlite_library, text_row

BURN = Made("berg1999", "Burn", "pain and relief", authors=[("Sörensen", "J")], columns={"pmid": 7})
MOOD = Made("holm2001", "Low mood", "nothing of the kind")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("S(+)-Ketamine", "s ketamine"),
        ("Sörensen  ÉTUDE", "sorensen etude"),
        ("e\u0301tude", "etude"),
        ("Sørensen", "sørensen"),
        ("mg/kg_0.5", "mg kg 0 5"),
        ("İstanbul", "istanbul"),
        ("漢字", "漢字"),
        ("\U0001f40e \u200b\x00", ""),
    ],
)
def test_folding_leaves_letters_and_digits(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_is_folding_once(typed: str) -> None:
    assert fold(fold(typed)) == fold(typed)


def test_a_terms_token_is_one_word() -> None:
    assert term_token("condition", "crps-1") == "zqconditioncrps1"
    assert term_token("adverse-effect", "other") == "zqadverseeffectother"


def test_columns_lie_apart_in_a_document() -> None:
    said = document((1, "Burn", "", "pain burn", "", "x"))
    assert said == "'burn':3A,9D 'pain':8D 'x':14B"


class Writable:
    """A library that is open for writing to the index, and a reader of it."""

    def __init__(self, library: Rows, connection: Connection) -> None:
        self.reader = Reader(library)
        self.connection = connection

    def finds(self, words: str) -> list[str]:
        return [row.key for row in self.reader.search(Filters(words, literal=True), "year").rows]

    def replace(self, old: Row | None, new: Row | None) -> None:
        """What a writer does when a text changes."""
        self.connection.rollback()
        with begin(self.connection):
            search_index.remove(self.connection, [old] if old else [])
            if new:
                names = ("study_id", "title", "terms", "abstract", "summary", "names")
                sql = "UPDATE study_text SET title = :title, abstract = :abstract WHERE study_id = :study_id"
                self.connection.execute(text(sql), dict(zip(names, new, strict=True)))
                search_index.add(self.connection, [new])

    def check(self) -> list[str]:
        self.connection.rollback()
        with begin(self.connection):
            return search_index.check(self.connection)

    def rebuild(self) -> None:
        self.connection.rollback()
        with begin(self.connection):
            search_index.rebuild(self.connection)


@pytest.fixture(params=["sqlite", "postgresql"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Writable]:
    if request.param == "sqlite":
        with sqlite_library(tmp_path, [BURN, MOOD]) as (library, _), writing(library.path) as connection:
            yield Writable(library, connection)
        return
    with postgres_library([BURN, MOOD]) as (posted, _):
        yield Writable(posted, posted.connection)


def test_a_phrase_does_not_run_from_one_column_into_the_next(index: Writable) -> None:
    assert index.finds("burn pain") == ["berg1999"]
    assert index.finds('"burn pain"') == []
    assert index.finds('"pain and relief"') == ["berg1999"]


def test_names_and_numbers_are_indexed(index: Writable) -> None:
    for words in ("sorensen", "SÖRENSEN", "berg1999", "7", "pmid:7", '"sorensen j"'):
        assert index.finds(words) == ["berg1999"]


def test_what_was_taken_out_is_forgotten_and_what_was_put_in_is_found(index: Writable) -> None:
    old = text_row(1, BURN)
    new = (1, "Scald", *old[2:])
    index.replace(old, new)
    assert (index.finds("scald"), index.finds("burn"), index.finds("relief")) == (["berg1999"], [], ["berg1999"])
    assert index.check() == []


def test_an_index_that_does_not_fit_is_told_of_and_made_again(index: Writable) -> None:
    assert index.check() == []
    stray = (2, "zebra", "", "", "", "")
    if index.connection.dialect.name == "sqlite":
        with begin(index.connection):
            search_index.add(index.connection, [stray])
    else:
        index.replace(text_row(2, MOOD), None)
        with begin(index.connection):
            search_index.add(index.connection, [stray])
    assert index.finds("zebra") == ["holm2001"]
    (problem,) = index.check()
    assert "the full-text index does not fit the texts" in problem
    index.rebuild()
    assert index.check() == []
    assert (index.finds("zebra"), index.finds("mood")) == ([], ["holm2001"])


def test_texts_of_any_size_are_indexed(index: Writable) -> None:
    long = "word " * 300_000 + "x" * 100_000 + " " + " ".join(f"w{number}" for number in range(100_000))
    index.replace(text_row(2, MOOD), (2, "Zebra", "", long, "", "end" * 10_000))
    assert index.finds("zebra word") == ["holm2001"]
    assert index.finds('"word word"') == ["holm2001"]


def test_nothing_of_a_phrase_is_more_than_text() -> None:
    assert Phrase('a" OR b').fts5() == '"a  OR b"'
    assert Phrase("a'b:*!", prefix=True).tsquery("") == "('a' <-> 'b':*)"
    assert Phrase("10.1/x", name=True).fts5() == '{names} : "10.1/x"'
    assert Phrase("10.1/x", name=True).tsquery("") == "('10':B <-> '1':B <-> 'x':B)"


def test_what_must_not_be_there_holds_for_every_tier() -> None:
    asked = Expression([[Phrase("burn")]], [Phrase("mood")])
    for dialect, negation in (("sqlite", 'NOT ("mood")'), ("postgresql", "& !(('mood'))")):
        bindings = asked.bindings(dialect)
        assert list(bindings) == ["words", "in_title", "in_terms"]
        assert all(said.endswith(negation) for said in bindings.values())
    assert Expression([], [Phrase("mood")]).bindings("sqlite") == {"words": '"mood"'}
