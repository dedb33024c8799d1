"""Dates in every shape that PubMed prints them in."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import XML

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.sources.pubmed_dates import MONTHS, Date, of, printed


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("", Date()),
        ("<Year>2001</Year>", Date(2001)),
        ("<Year>2001</Year><Month>Mar</Month>", Date(2001, 3)),
        ("<Year>2001</Year><Month>03</Month><Day>04</Day>", Date(2001, 3, 4)),
        ("<Year>2001</Year><Month>Sept</Month><Day>4</Day>", Date(2001, 9, 4)),
        ("<Year>2000</Year><Month>02</Month><Day>29</Day>", Date(2000, 2, 29)),
        ("<Year>2001</Year><Month>02</Month><Day>29</Day>", Date(2001, 2, None, "2001 02 29")),
        ("<Year>2001</Year><Month>13</Month>", Date(2001, None, None, "2001 13")),
        ("<Year>2001</Year><Day>4</Day>", Date(2001, None, None, "2001 4")),
        ("<Year>1998</Year><Season>Winter</Season>", Date(1998, None, None, "1998 Winter")),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", Date(1998, 12, None, "1998 Dec-1999 Jan")),
        ("<MedlineDate>2000 Spring</MedlineDate>", Date(2000, None, None, "2000 Spring")),
        ("<MedlineDate>2000\n  Spring</MedlineDate>", Date(2000, None, None, "2000 Spring")),
        ("<MedlineDate>1975-1976</MedlineDate>", Date(1975, None, None, "1975-1976")),
        ("<MedlineDate>2000 Apr 15-30</MedlineDate>", Date(2000, 4, 15, "2000 Apr 15-30")),
        ("<MedlineDate>no date</MedlineDate>", Date(None, None, None, "no date")),
        ("<Year>1998-1999</Year>", Date(1998, None, None, "1998-1999")),
        ("<Year>２００１</Year>", Date(None, None, None, "２００１")),
        ("<Year>0001</Year>", Date(None, None, None, "0001")),
        ("<Year/>", Date()),
    ],
)
def test_a_date_is_read_as_it_is_printed(inside: str, expected: Date) -> None:
    assert of(XML(f"<PubDate>{inside}</PubDate>")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Winter 1998", (1998, None, None)),
        ("1998 Nov-Dec", (1998, 11, None)),
        ("1976-1977 Winter", (1976, None, None)),
        ("1999 Dec 31-2000 Jan 6", (1999, 12, 31)),
        ("1999 Feb 31", (1999, 2, None)),
        ("12345", (None, None, None)),
        ("Marginal 2001", (2001, 3, None)),
        ("", (None, None, None)),
    ],
)
def test_of_a_span_the_beginning_counts(text: str, expected: tuple[int | None, int | None, int | None]) -> None:
    assert printed(text) == (*expected, text)


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["{:02}", "{}"]))
def test_every_day_of_the_calendar_comes_back(day: date, shape: str) -> None:
    parts = "".join(f"<{n}>{shape.format(getattr(day, n.lower()))}</{n}>" for n in ("Year", "Month", "Day"))
    assert of(XML(f"<PubDate>{parts}</PubDate>")).iso() == str(day)


@given(st.text(), st.text(), st.text(), st.text())
def test_any_words_for_a_date_are_kept_and_never_raise(year: str, month: str, day: str, season: str) -> None:
    element = XML("<PubDate><Year/><Month/><Day/><Season/></PubDate>")
    for part, text in zip(element, (year, month, day, season), strict=True):
        part.text = text
    found = of(element)
    assert found.month is None or found.year is not None
    words = " ".join((year, season, month, day)).split()
    assert found.text in ("", " ".join(words))
    assert found.text or not words or (found.year and (found.month or not month.strip()))


def test_the_months_have_names_and_numbers() -> None:
    assert MONTHS["september"] == MONTHS["sep"] == MONTHS["sept"] == MONTHS["09"] == MONTHS["9"] == 9
