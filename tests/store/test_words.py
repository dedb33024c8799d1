"""Reading WORDS: the table of the docstring, the twelve odd queries, and ten thousand that nobody would type."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from ketlit.errors import UsageError
from ketlit.store.connect import Rows
from ketlit.store.reader import Reader
from ketlit.store.words import MOST_PHRASES, identify, read
from ketlit.views import Filters
from tests.libraries import Made, library_on

STUDIES = [
    Made(
        "berg1999",
        "Burn pain relief by 0.5 mg/kg of S(+)-ketamine in CRPS-1",
        "Pain fell by 50% in O'Brien's ward; near (the) end: a study AND more. C-reactive protein (CRP) rose.",
        authors=[("Sörensen", "J")],
        tags=[("condition", "crps-1"), ("route", "infusion")],
        columns={"year": 1999, "pmid": 1, "doi": "10.1000/abc-d"},
    ),
    Made("holm2001", "Cancer pain, no relief", "Two infusions.", columns={"year": 2001, "pmid": 2}),
    Made("lund2003", "Persistent low mood", "A drip.", tags=[("condition", "depression")], columns={"year": 2003}),
    Made("dahl2004", "Primary fibromyalgia", "FM radio", tags=[("condition", "fibromyalgia")]),
    Made("moe2005", "Fibrositis", "Algodystrophy and causalgia", columns={"year": 2005}),
    Made("vik2007", "An SSRI in sailors", tags=[("comparator", "antidepressant")]),
    Made("aas2008", "Some pills in sailors", tags=[("comparator", "antidepressant")]),
    Made("crp2006", "CRP in a cohort", "Study 123 of 2,500 women; the drug was given by mouth."),
]

GATHERING = [("library", {"name": "catch_all", "value": "comparator:other-drug comparator:antidepressant"})]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with library_on(request.param, tmp_path_factory.mktemp("words"), STUDIES, GATHERING) as opened:
        yield opened


@pytest.fixture
def reader(library: Rows) -> Reader:
    return Reader(library)


def keys(reader: Reader, words: str, literal: bool = False) -> list[str]:
    return sorted(row.key[:-4] for row in reader.search(Filters(words, literal=literal)).rows)


def test_a_word_for_one_of_many_unlike_things_finds_itself_and_the_filter_all(reader: Reader) -> None:
    assert keys(reader, "ssri") == ["vik"]
    for typed in ("antidepressant", "SSRI"):
        found = reader.search(Filters(comparator=(typed,)))
        assert sorted(row.key for row in found.rows) == ["aas2008", "vik2007"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pain relief", ["berg", "holm"]),
        ("pain AND relief", ["berg", "holm"]),
        ('"pain relief"', ["berg"]),
        ('"pain relief', ["berg"]),
        ('"relief pain"', []),
        ("keta*", ["berg"]),
        ('"pain rel"*', ["berg"]),
        ("fibrositis OR mood", ["dahl", "lund", "moe"]),
        ("burn pain OR mood", ["berg"]),
        ("pain -cancer", ["berg", "dahl"]),
        ("pain NOT cancer", ["berg", "dahl"]),
        ("-pain", ["aas", "crp", "lund", "moe", "vik"]),
        ("--pain", ["aas", "crp", "lund", "moe", "vik"]),
        ('-"pain relief" pain', ["dahl", "holm"]),
        ("pain OR -cancer", ["berg", "dahl"]),
        ("mg/kg", ["berg"]),
        ("kg/mg", []),
        ("burns", ["berg"]),
        ('"burns"', []),
        ("relief of the pain", ["berg", "holm"]),
        ("the", ["berg", "crp"]),
        ("or and", []),
        ("fm", ["dahl", "moe"]),
        ("FIBROMYALGIAS", ["dahl", "moe"]),
        ('"fm"', ["dahl"]),
        ("crps", ["berg", "moe"]),
        ("crp", ["berg", "crp"]),
        ("crps-1", ["berg"]),
        ("algodystrophy", ["berg", "moe"]),
        ("reflex sympathetic dystrophy", ["berg"]),
        ("rsd", ["berg"]),
        ("reflex sympathetic", []),
        ("chronic pain", ["berg", "dahl"]),
        ("persistent", ["lund"]),
        ("causalgia -depression", ["moe"]),
        ("infusion", ["berg", "holm", "lund"]),
        ("iv", ["berg"]),
        ("by mouth", ["crp"]),
        ("sorensen", ["berg"]),
        ("SÖRENSEN", ["berg"]),
        ("Sørensen", []),
        ("pmid:1", ["berg"]),
        ("PMID:１", ["berg"]),
        ("pmid:123", []),
        ("123", ["crp"]),
        ("123 OR pmid:123", ["crp"]),
        ("pmid:123 OR 123", ["crp"]),
        ("https://pubmed.ncbi.nlm.nih.gov/2/", ["holm"]),
        ("doi:10.1000/abc-d", ["berg"]),
        ("https://doi.org/10.1000/ABC-D", ["berg"]),
        ("berg1999", ["berg"]),
        ("2005", ["moe"]),
    ],
)
def test_words_find_what_the_table_says(reader: Reader, typed: str, found: list[str]) -> None:
    # the labels of a term and of what it lies below are text too: berg1999 and dahl2004 say "Chronic pain"
    assert keys(reader, typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fm", ["dahl"]),
        ("crps", ["berg"]),
        ("burns", []),
        ("infusion", ["berg"]),
        ("infusions", ["holm"]),
        ("of", ["berg", "crp"]),
        ("reflex sympathetic dystrophy", []),
    ],
)
def test_literal_words_are_only_themselves(reader: Reader, typed: str, found: list[str]) -> None:
    # the labels of terms are text too: berg1999 says "CRPS type 1" and "Infusion", dahl2004 says "FM radio"
    assert keys(reader, typed, literal=True) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("S(+)-ketamine", ["berg"]),
        ("0.5 mg/kg", ["berg"]),
        ("CRPS-1", ["berg"]),
        ("O'Brien", ["berg"]),
        ("50%", ["berg"]),
        ('"', None),
        ("AND", None),
        ("a OR", ["berg", "crp", "lund"]),
        ("-", None),
        ("*", None),
        ("NEAR(", ["berg"]),
        ("pmid:1", ["berg"]),
    ],
)
def test_odd_queries_find_or_are_refused_with_advice(reader: Reader, typed: str, found: list[str] | None) -> None:
    if found is not None:
        assert [key for key in keys(reader, typed) if key not in {"holm", "dahl", "moe"}] == found
        return
    for literal in (False, True):
        with pytest.raises(UsageError, match="there is no word in") as raised:
            reader.search(Filters(typed, literal=literal))
        assert "for example: fibromyalgia ketamine" in raised.value.hint


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("a*", "a\\* would find nearly everything"),
        ("-x*", "would find nearly everything"),
        ("mg/k*", "would find nearly everything"),
        ("w" * 2_001, "longer than 2,000 characters"),
        ("w " * 65, "more than 64 words"),
        ("\x00\x1b\u200b", "there is no word"),
        ("OR NOT AND", "there is no word"),
    ],
)
def test_what_cannot_be_looked_for_says_why(reader: Reader, typed: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        reader.search(Filters(typed))


NASTY = [
    *(
        '"',
        "'",
        "*",
        "-",
        "--",
        "+",
        "^",
        "(",
        ")",
        "{",
        "}",
        ":",
        "\\",
        "/",
        "%",
        "_",
        "&",
        "|",
        "!",
        "<->",
        ";",
        "--",
    ),
    *("AND", "OR", "NOT", "NEAR", "NEAR(", "NEAR(a b, 3)", "and", "or", "not", "title:", "{title} :", "names : x"),
    *(
        "pain",
        "pa*",
        "a*",
        '"a b"',
        '"a b"*',
        "-pain",
        "fm",
        "crps",
        "infusions",
        "S(+)-ketamine",
        "0.5",
        "mg/kg",
        "of",
    ),
    *(
        "\x00",
        "\x1b[2J",
        "\n",
        "\t",
        "\x7f",
        "\x9f",
        "\ud800",
        "\udfff",
        "\ufffe",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\xa0",
    ),
    *(
        "é",
        "e\u0301",
        "\u0301",
        "ß",
        "İ",
        "ﬁ",
        "½",
        "²",
        "℃",
        "ﷺ",
        "漢字",
        "العربية",
        "\U0001f40e",
        "\U0010ffff",
        "\ue000",
    ),
    *(
        "pmid:1",
        "pmid:",
        "PMID:１２",
        "doi:10.1/x'y",
        "doi:",
        "10.1/",
        "https://doi.org/10.1/%00",
        "' OR 1=1 --",
        "$1",
        ":words",
    ),
    *(
        "1e999",
        "99999999999999999999",
        "-1",
        "0x1",
        "''",
        '""',
        '"""',
        "'a':*A",
        "a:b",
        "a\\:*b",
        "<>",
        "x" * 300,
        "'&'|",
    ),
]


def nasty_queries(count: int) -> Iterator[str]:
    dice = random.Random(20260101)
    for _ in range(count):
        pieces = [dice.choice(NASTY) for _ in range(dice.randint(1, 9))]
        if dice.random() < 0.3:
            pieces.append("".join(chr(dice.choice((dice.randrange(0x250), dice.randrange(0x11000)))) for _ in range(4)))
        dice.shuffle(pieces)
        yield "".join(piece + dice.choice((" ", " ", "")) for piece in pieces)


def test_nothing_that_is_typed_ever_fails_otherwise_than_refused(reader: Reader, library: Rows) -> None:
    found = answered = refused = 0
    count = 10_000 if library.dialect == "sqlite" else 400
    for typed in nasty_queries(count):
        try:
            found += reader.search(Filters(typed, literal=len(typed) % 5 == 0), limit=3).total > 0
        except UsageError as error:
            refused += bool(error.hint) and len(str(error)) < 300
            continue
        answered += 1
    assert (answered + refused, min(found, refused) > count // 100) == (count, True)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("burn relief", ["words: burn and relief"]),
        ("burn OR relief keta* -cancer", ["words: (burn or relief) and keta* and not cancer"]),
        ("relief of pain", ["left out: of", "words: relief and pain"]),
        ("fm", ["fm -> condition fibromyalgia (term or synonyms in the text)"]),
        ("-fm ward", ["without fm -> condition fibromyalgia (term or synonyms in the text)", "words: ward"]),
        ("infusions", ["infusions -> route intravenous (term or synonyms in the text)"]),
        ("pain score 50%", ["pain score -> outcome pain-intensity (term or synonyms in the text)", "words: 50%"]),
        ("other", ["words: other"]),
        ("ssri", ["words: ssri"]),
        ("another drug", ["words: another and drug"]),
    ],
)
def test_it_is_told_how_words_are_understood(reader: Reader, typed: str, understood: list[str]) -> None:
    assert reader.understood(Filters(typed)) == understood


def test_a_small_or_is_told_to_be_no_operator(reader: Reader) -> None:
    assert reader.search(Filters("burn or relief")).hints == ["OR is an operator only in capitals"]
    assert reader.search(Filters("burn OR relief")).hints == []


def test_a_query_asks_for_a_bounded_number_of_phrases(reader: Reader) -> None:
    names = ["crps", "fm", "chronic pain", "depression", "iv", "oral", "placebo", "women", "rct", "misuse"]
    said = read(" ".join(names * 5), reader.terms_known).expression
    assert 60 < sum(map(len, said.groups)) <= MOST_PHRASES + 2 * 64


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("7477101", "pmid", "7477101"),
        (" PMID: 7477101 ", "pmid", "7477101"),
        ("pmid=007477101", "pmid", "7477101"),
        ("７４７７１０１", "pmid", "7477101"),
        ("https://pubmed.ncbi.nlm.nih.gov/7477101/", "pmid", "7477101"),
        ("10.1000/ABC", "doi", "10.1000/abc"),
        ("DOI: 10.1000/ABC", "doi", "10.1000/abc"),
        ("https://dx.doi.org/10.1000/Abc", "doi", "10.1000/abc"),
        ("doi.org/10.1000/abc", "doi", "10.1000/abc"),
        ("Berg1999", "key", "berg1999"),
        ("", "key", ""),
    ],
)
def test_an_identifier_is_known_in_any_usual_form(typed: str, kind: str, value: str) -> None:
    assert identify(typed) == (kind, value)
