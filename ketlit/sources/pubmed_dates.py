"""The dates of PubMed's records, in every shape they are printed in."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
MONTHS: Final = {
    **{name: number for number, name in enumerate(_NAMES, 1)},
    **{name[:3]: number for number, name in enumerate(_NAMES, 1)},
    **{f"{number:02}": number for number in range(1, 13)},
    **{str(number): number for number in range(1, 13)},
    "sept": 9,
}
_YEAR: Final = re.compile(r"(?<![0-9])(?:1[0-9]|2[0-9])[0-9]{2}(?![0-9])")
_NAMED_MONTH: Final = re.compile(
    r"\b(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b(?:\s+([0-9]{1,2})\b)?", re.IGNORECASE
)


class Date(NamedTuple):
    """`text` is the printed date where it is more than year, month and day: a season, a span."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    text: str = ""

    def iso(self) -> str:
        """YYYY-MM-DD of a whole date, else ""."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}" if self.year and self.month and self.day else ""


def of(element: Element) -> Date:
    """The date in PubDate, ArticleDate, DateRevised, ContributionDate ... (DTD elements Year, Month, Day, Season;
    MedlineDate). Of a span the beginning counts; what is no date of the calendar stays as text alone.
    """
    found = {part.tag: part.text.strip() for part in element if part.text}
    get = found.get
    if "MedlineDate" in found:
        return printed(" ".join(found["MedlineDate"].split()))
    year, name, number = _number(get("Year", ""), 4), get("Month", ""), get("Day", "")
    if year and year >= 1000:
        month = MONTHS.get(name.lower()) if name else None
        day = _day(year, month, number) if number else None
        if "Season" not in found and bool(month) == bool(name) and bool(day) == bool(number):
            return Date(year, month, day)
    as_printed = " ".join(" ".join((get("Year", ""), get("Season", ""), name, number)).split())
    return Date(year, month, day, as_printed) if year and year >= 1000 else printed(as_printed)


def printed(text: str) -> Date:
    """A date as printed: "1998 Dec-1999 Jan", "2000 Spring", "1975-1976", "Winter 1998", "2000 Apr 15-30".

    Year, month and day are those of the beginning, where they are stated.
    """
    found = _YEAR.search(text)
    if not found:
        return Date(text=text)
    year = int(found[0])
    named = _NAMED_MONTH.search(text)
    if not named:
        return Date(year, text=text)
    month = MONTHS[named[1].lower()]
    return Date(year, month, _day(year, month, named[2] or ""), text)


def _number(text: str, digits: int) -> int | None:
    """Only ASCII digits are numbers."""
    return int(text) if len(text) <= digits and text.isascii() and text.isdigit() else None


def _day(year: int, month: int | None, text: str) -> int | None:
    day = _number(text, 2)
    return day if month and day and (day < 29 or day <= monthrange(year, month)[1]) else None
