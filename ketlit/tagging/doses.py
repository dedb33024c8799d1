"""Doses of ketamine as printed: value, unit, duration, number, interval. A dose belongs to the nearest drug.

"0,5 mg/kg" and middle dots are read; no unit is converted into another.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from ketlit.record import Dose
from ketlit.tagging.axes import COMPARATORS, DRUGS, ROUTES
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import ELSEWHERE, Document, Sentence
from ketlit.tagging.interventions import by_sentence, is_nearer
from ketlit.tagging.number_words import value
from ketlit.tagging.starts import seeker
from ketlit.vocabulary import DoseUnit, TimeUnit

_NUMBER: Final = r"\d{1,5}(?:[.,·]\d{1,4})?|[.·]\d{1,4}"
_PER: Final = r"(?: ?(?:/|·|⋅|\*|per|\.) ?| )"
_DOSE: Final = re.compile(
    r"(?P<low>[\d.·](?<![\w.,/·][\d.·])(?:(?<=\d)\d{0,4}(?:[.,·]\d{1,4})?|(?<=[.·])\d{1,4}))"
    rf"(?: ?(?:-|to|or|and|,) ?(?P<high>{_NUMBER}))?[ -]?(?P<unit>mgs?|"
    rf"milligrams?|[µμu]g|mcg|mic|micrograms?)\b"
    rf"(?P<weight>{_PER}kg(?: ?\(?-1\)?)?\b)?(?P<time>(?:{_PER}|-)(?:h(?:(?:ou)?rs?)?|min(?:utes?)?|"
    rf"d(?:ay)?)(?: ?\(?-1\)?)?\b)?(?! ?/ ?(?:m[lL]|d[lL]|L)\b)",
    re.I,
)
_TIME: Final = (
    r"(?<![\w.-])(?P<count>\d{1,3}(?:\.\d)?|one|two|three|four|five|ten|twenty|thirty|forty|"
    r"sixty)[ -]?(?P<time>min(?:ute)?s?|h(?:(?:ou)?rs?)?|days?)\b"
)
_OVER: Final = seeker(rf"\b(?:over|for|during|in|within)(?: about| approximately| a| a period of)? ?{_TIME}")
_LONG: Final = re.compile(rf"{_TIME}[- ](?:\w+ ){{0,3}}?infusion", re.I)
_TIMES: Final = re.compile(
    r"\b(?P<count>\d{1,2}|two|three|four|five|six|seven|eight|ten|"
    r"twelve) (?:[\w.-]+ ){0,4}?(?:infusions|doses|injections|treatments|administrations|sessions)\b",
    re.I,
)
_SCHEDULE: Final = seeker(
    r"\b(?:(?:once|twice|thrice|two times|three times|four times|2x|3x)[ -](?:a |per )?(?:daily|"
    r"weekly|day|week|month)|(?:once|every|each) (?:other )?(?:day|week|\d+ (?:hours?|h|days?|weeks?|"
    r"min(?:utes)?))|daily|weekly|single[- ]dose|single infusion)\b"
)
_UNITS: Final = {
    ("mg", True, ""): DoseUnit.MG_KG,
    ("mg", True, "h"): DoseUnit.MG_KG_H,
    ("mg", False, ""): DoseUnit.MG,
    ("mg", False, "h"): DoseUnit.MG_H,
    ("mg", False, "d"): DoseUnit.MG_DAY,
    ("ug", True, "m"): DoseUnit.UG_KG_MIN,
}
_TIMES_OF: Final = {"m": TimeUnit.MIN, "h": TimeUnit.H, "d": TimeUnit.D}
_NO_LETTERS: Final = " /·⋅*.-"  # what may stand before a unit of time
_NO_DOSE: Final = ("placebo", "antidepressant")
_MOST: Final = 12  # doses of one text


def doses(document: Document, scan: Scan) -> list[Dose]:
    """The doses of ketamine, each once, in the order of the text. A unit that is not ours keeps its printed form."""
    ours = [one for one in scan.of(DRUGS) if one.term.id != "metabolites"] if "dose-unit" in scan.cues else []
    if not ours:
        return []
    others = by_sentence([one for one in scan.of(COMPARATORS) if one.term.id not in _NO_DOSE])
    found: dict[str, Dose] = {}  # by its words
    for mine in by_sentence(ours).values():
        start, end, zone = sentence = mine[0].sentence
        if zone is ELSEWHERE or not scan.within("dose-unit", start, end):
            continue
        theirs = others.get(start, [])
        for hit in islice(_DOSE.finditer(document.text, start, end), 200):
            if theirs:
                place = Mention(hit.start(), hit.end(), ours[0].term, "dose")
                if not is_nearer(document.text, place, mine, theirs):
                    continue
            over = _over(document.text, sentence, hit)
            last = over.end() if over and over.start() >= hit.end() else hit.end()
            quote = document.place(hit.start(), last).quote
            if quote in found:
                continue
            drug = _nearest(mine, hit.start()).term.printed
            found[quote] = _dose(document, scan, sentence, hit, over, drug, quote)
            if len(found) == _MOST:
                return list(found.values())
    return list(found.values())


def _nearest(drugs: list[Mention], place: int) -> Mention:
    return drugs[0] if len(drugs) == 1 else min(drugs, key=lambda one: abs(one.start - place))


def _over(text: str, sentence: Sentence, hit: re.Match[str]) -> re.Match[str] | None:
    """The time over which a dose is given."""
    low, high = hit.span()
    over = _OVER.search(text, high, min(sentence.end, high + 60))
    if over or "infusion" not in text[low - 60 : high + 60]:
        return over
    return _LONG.search(text, max(sentence.start, low - 60), min(sentence.end, high + 60))


def _dose(
    document: Document,
    scan: Scan,
    sentence: Sentence,
    hit: re.Match[str],
    over: re.Match[str] | None,
    drug: str,
    quote: str,
) -> Dose:
    text, (start, end, _) = document.text, sentence
    unit = "mg" if hit["unit"].lower().startswith(("mg", "milli")) else "ug"
    time = hit["time"].lower().replace("per", "").lstrip(_NO_LETTERS)[:1] if hit["time"] else ""
    named = _UNITS.get((unit, bool(hit["weight"]), time))
    low, high = max(start, hit.start() - 90), min(end, hit.end() + 90)
    times = _TIMES.search(text, low, high) if scan.within("dose-count", low, high) else None
    schedule = _SCHEDULE.search(text, low, high) if scan.within("schedule", low, high) else None
    route = next((one.term.printed for one in scan.of(ROUTES) if start <= one.start < end), "")
    return Dose(
        drug=drug,
        route=route,
        value=_amount(hit["low"]),
        value_high=_amount(hit["high"]) if hit["high"] else None,
        unit=named.value if named else document.place(hit.start("unit"), hit.end()).quote,
        duration=_count(over["count"]) if over else None,
        duration_unit=_TIMES_OF[over["time"][0].lower()].value if over else "",
        number=value(times["count"]) if times else None,
        schedule=schedule[0] if schedule else "",
        text=quote,
    )


def _count(printed: str) -> float:
    return float(printed) if printed[0].isdigit() else float(value(printed) or 0)


def _amount(printed: str) -> float:
    """A number as printed: a comma or middle dot before one to four digits is a decimal point."""
    return float(printed.replace(",", ".").replace("·", "."))
