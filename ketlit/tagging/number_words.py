"""How numbers of people are written: digits, number words, "n = 30", the people they count."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import ELSEWHERE, Document, Sentence
from ketlit.vocabulary import NKind

_UNITS: Final = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES: Final = (
    {word: number for number, word in enumerate(_UNITS)}
    | {word: 20 + 10 * number for number, word in enumerate(_TENS)}
    | {"fourty": 40, "dozen": 12}
)
_ALONE: Final = _VALUES | {"hundred": 100, "thousand": 1000}
WORD: Final = "(?:" + "|".join(sorted([*_VALUES, "hundred", "thousand"], key=len, reverse=True)) + ")"
# words that go on with a number, and end it: "two score patients", "a dozen and a half"
_MORE: Final = (
    rf"{WORD}(?:(?:[ -]|[ -]and[ -]){WORD}){{0,7}}(?:(?<=dozen) and a half|"
    r" score(?= (?:[a-z-]+ )?(?:patients|people|persons|subjects|participants|volunteers|adults|children|men|"
    r"women)\b))?"
)
NUMBER: Final = rf"(?:\d{{1,3}}(?:[, ]\d{{3}})+(?![\d])|\d{{1,7}}|{_MORE})"
_LONGEST: Final = 8  # digits of a number of people: no study has a thousand million
_TRIED: Final = 500  # numbers of one sentence that are tried: no sentence that people write has as many
FAR: Final = 120  # characters from a number within which the people it counts are named
# digits that may count people: no decimal, share, range, statistic or measure
_DIGITS: Final = re.compile(
    r"[0-9](?<![\w.,/<>=≥≤±·+-][0-9])(?<![<>=≥≤±] [0-9])(?<![0-9]:[0-9])(?:[0-9]{0,2}(?:[, ][0-9]{3})+|[0-9]{0,6})"
    r"(?![0-9]|[.,·][0-9]| ?[%°±/:]|-[0-9]| - ?[0-9]|[- ](?:years?|yrs?|weeks?|months?|days?|hours?|hrs?|min|"
    r"mins|minutes?|"
    r"seconds?|sec|items?|points?|mg|mcg|ug|[µμ]g|g|kg|ml|mL|mm|cm|ng|Hz|ms|h|percent|per cent|arm|dose|fold)\b)"
)


def word_set(words: str) -> frozenset[str]:
    """Words and phrases that are separated by commas."""
    return frozenset(words.split(", "))


# what begins another phrase between a number and people; and other things that are counted, after which nobody is
_LINKS: Final = word_set(
    "of, the, in, on, at, to, for, from, were, was, had, received, who, that, which, between, per, because, including"
)
_THINGS: Final = word_set(
    "january, february, march, april, may, june, july, august, september, october, november, december, year, "
    "years, yr, yrs, week, weeks, month, months, day, days, hour, hours, h, min, minute, minutes, mg, kg, ml, "
    "point, points, mm, cm, hz, ng, ms, milliseconds, seconds, sec, pg, db, fold, groups, trial, trials, study, "
    "studies, center, centers, centre, centres, site, sites, hospital, hospitals, dose, doses, infusion, "
    "infusions, session, sessions, cycle, cycles, experiment, experiments, independent, times, arm, arms, "
    "article, articles, report, reports, cohort, cohorts, case, daily, country, countries, database, databases, "
    "departments, institutions, clinics, wards, units, cities, regions, provinces, states, universities, schools, "
    "practices, facilities, nations, settings, occasions, instances, attacks, episodes, seizures, visits, tests, "
    "scales, questionnaires, measurements, tablets, capsules, drugs, treatments, networks, registries, theatres, "
    "periods, phases, stages, sprays, injections, samples, specimens, images, sequences, items, questions"
)
_OTHERWISE: Final = _LINKS | _THINGS | _VALUES.keys()
_SORTS: Final = word_set("type, grade, class, level, bipolar")  # "fifteen type 2 diabetes patients"
_ASIDE: Final = re.compile(r" \([^()]{1,40}\)(?=[ ,])")
_CLASSED: Final = (" ASA ", " American Society of An")
# what "patient" or "person" stands before
_MEASURED: Final = re.compile(
    r" (?:years?|days?|weeks?|months?|hours?|groups?|subgroups?|populations?|factors?|variables?|characteristics|"
    r"outcomes?|subtypes?|clusters?|profiles?|classes)\b"
)
_BREAKS: Final = re.compile(r"[();:\[\]]")
EQUALS: Final = re.compile(rf"(?<![\w/])([nN])s? ?= ?({NUMBER})(?!\d| ?[%/]|[eE]\d| ?- ?\d)")
_WORDS: Final = re.compile(_MORE, re.I)
# how the next word begins where one word of a number is not all of it
_GOING_ON: Final = frozenset(word[:3] for word in [*_VALUES, "hundred", "thousand", "and", "score"])
# digits, and what no number begins after: to find where one begins in bytes is much quicker than in an expression
_BEGUN: Final = bytes(
    ord("0" if chr(one) in "0123456789" else "x" if re.match(r"[\w.,/<>=+-]", chr(one), re.A) else " ")
    for one in range(256)
)
# by plain names: a member of an enumeration is dear to look up
RANDOMISED: Final = NKind.RANDOMISED
ENROLLED: Final = NKind.ENROLLED
ANALYSED: Final = NKind.ANALYSED
# words that a number behind them belongs to: "day 14", "ASA 1 and 2", "HAM-D 17", "on May 3", "with a BMI of 35"
# in small letters; after "of", "and", "or", "to" it depends on more words
MARKED: Final = word_set(
    "day, days, week, weeks, month, months, visit, visits, class, classes, grade, grades, level, levels, type, types, "
    "version, versions, room, rooms, stage, stages, phase, phases, step, steps, tier, tiers, category, categories, "
    "schedule, bipolar, asa, nyha, hama, hamd, ham-d, ham-a, hdrs, hrsd, madrs, bdi, phq, gad, qids, status, "
    "of, and, or, to, i-, ii-"
)
_LABEL: Final = re.compile(
    r"(?:\b(?:days?|weeks?|months?|visits?|class(?:es)?|grades?|levels?|types?|versions?|rooms?|stages?|phases?|steps?|"
    r"tiers?|category|categories|schedule|bipolar|(?-i:ASA|NYHA|HAM-?[DA]|HDRS|HAMD|HRSD|MADRS|BDI|PHQ|GAD|QIDS)|"
    r"physical status)(?: (?:\d+|I{1,3}V?) (?:and|or|to)| [Ii]{1,3}-)*|"
    r"\bon (?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*|"
    r"\bwith an? (?:[\w-]+ )?(?:BMI|index|score|weight|value|level|dose|ratio) of) $",
    re.I,
)


class Count(NamedTuple):
    """A number of people: what it counts, and where it stands. `derived`: added up from its groups."""

    n: int
    kind: NKind
    start: int
    end: int
    derived: bool = False


def value(text: str) -> int | None:
    """The number that digits or English words say: "1,234", "10 576", "Two hundred and one"; None if none.

    None also for more people than any study has.
    """
    if text.isalpha():
        return _ALONE.get(text.lower())
    digits = text.replace(",", "").replace(" ", "")
    if digits.isdecimal():
        return int(digits) if len(digits) <= _LONGEST else None
    total = current = 0
    words = [word for word in text.lower().replace("-", " ").split(" ") if word and word != "and"]
    half = words[-3:] == ["dozen", "a", "half"]
    for word in words[:-2] if half else words:
        if word == "hundred":
            current = max(current, 1) * 100
        elif word == "dozen":
            current = max(current, 1) * 12
        elif word == "score" and current:
            current *= 20
        elif word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif word in _VALUES:
            current += _VALUES[word]
        else:
            return None
    return total + current + 6 * half if words else None


class Numbers:
    """Where people may be counted in a document: numbers in sentences that name people, "n =", or who was enrolled."""

    def __init__(self, document: Document, scan: Scan) -> None:
        self.text, cue = document.text, scan.cues.get
        self.people, equals = cue("people", []), cue("n", [])
        if more := cue("more-people"):
            self.people = sorted({*self.people, *more})
        self.verbs = [*cue("n-randomised", ()), *cue("n-enrolled", ()), *cue("n-analysed", ())]
        self.verbs.sort()
        self.sentences: list[tuple[Sentence, list[tuple[int, int]]]] = []
        if self.people or equals or self.verbs:
            self._add_sentences(document, equals, sorted([*equals, *cue("number", ())]))

    def _add_sentences(self, document: Document, equals: list[tuple[int, int]], marks: list[tuple[int, int]]) -> None:
        """The numbers of each sentence that may tell of people, in order."""
        text, match, told = self.text, _DIGITS.match, self.people
        find = (text.encode("ascii", "replace").translate(_BEGUN) + b" 0").find
        at, mark = find(b" 0"), 0  # where the next digits may begin, and the next of the marks
        marks.append((len(text), 0))
        if equals or self.verbs:
            told = sorted([*told, *self.verbs, *equals])
        for sentence in document.sentences:
            start, end, zone = sentence
            if at < start - 1:
                at = find(b" 0", start - 1)
            while marks[mark][0] < start:
                mark += 1
            if (at >= end - 1 and marks[mark][0] >= end) or zone is ELSEWHERE:
                continue
            here = bisect_left(told, (start, 0))
            if here == len(told) or told[here][0] >= end:
                continue
            places = []
            while at < end - 1:
                at += 1
                if hit := match(text, at, end):
                    places.append(hit.span())
                    at = hit.end() - 1
                at = find(b" 0", at)
            if marks[mark][0] < end:
                self._add_marks(places, marks, mark, end)
            if places:
                self.sentences.append((sentence, places[:_TRIED]))

    def _add_marks(self, places: list[tuple[int, int]], marks: list[tuple[int, int]], first: int, end: int) -> None:
        """The numbers in words of a sentence among those in digits; and where "n =" may stand: these have no length."""
        text, last, digits = self.text, 0, len(places)
        for place, stop in marks[first:]:
            if place >= end:
                break
            if place >= last and text[place - 1] not in "-/":
                last = place if stop == place + 1 else stop
                if text[stop + 1 : stop + 4].lower() in _GOING_ON and (hit := _WORDS.match(text, place)):
                    last = hit.end()
                places.append((place, last))
        if digits and len(places) > digits:
            places.sort()

    def verb_after(self, place: int, end: int) -> bool:
        """Whether what is done to those studied is said between two characters."""
        at = bisect_left(self.verbs, (place, 0))
        return at < len(self.verbs) and self.verbs[at][0] < end

    def people_after(self, place: int, end: int, first: int = -1) -> tuple[int, int] | None:
        """The people whom a number that ends at `place` counts: they follow, with words that describe them between.

        `first`: which of all people are the first after it, where that is known.
        """
        people, text = self.people, self.text
        if end > place + FAR:
            end = place + FAR
        for at in range(first if first >= 0 else bisect_left(people, (place, 0)), len(people)):
            start, stop = people[at]
            if start >= end:
                break
            after = text[stop]
            if after == "-" and (text[stop + 1].isalpha() or text[stop + 1] == ","):
                continue  # "patient-years"
            if start > place + 1 or text[place] == "(":
                opened = text.rfind("(", place, start)
                if opened >= 0 and opened > text.rfind(")", place, start):
                    continue  # "sixty (32 men) patients"
            if after == " " and _MEASURED.match(text, stop):
                return None
            return people[at] if start == place + 1 or describes(text[place:start]) else None
        return None

    def people_before(self, place: int, start: int) -> tuple[int, int] | None:
        """The last people that are named before a place, in a sentence that begins at `start`."""
        at = bisect_left(self.people, (place, 0)) - 1
        return self.people[at] if at >= 0 and self.people[at][0] >= start else None


def labelled(text: str, place: int, first: int = 0) -> bool:
    """Whether a number that begins at `place` belongs to the word before it. No word before `first` is looked at."""
    low = max(first, place - 40)
    # the commonest words need more before them: "a BMI of 35", "days 1 and 2"
    if text.endswith(" of ", low, place):
        if "ith a" not in text[low:place].lower():
            return False
    elif text.endswith((" and ", " or ", " to "), low, place):
        before = text[text.rfind(" ", low, place - 1) - 1]
        if not before.isdecimal() and before not in "iIvVıİ":
            return False
    return _LABEL.search(text, low, place) is not None


def describes(between: str) -> bool:
    """Whether words between a number and people describe these: up to nine, none of which begins another phrase."""
    if between[0] not in " -":
        return False
    words = between.lower().split()
    if len(words) < 10 and "".join(words).isalpha() and not between.startswith(_CLASSED):
        return _OTHERWISE.isdisjoint(words)  # nearly always
    if "(" in between:
        between = _ASIDE.sub("", between)
        words = between.lower().split()
    if _BREAKS.search(between):
        return False
    if between.startswith(_CLASSED):
        return len(words) < 14
    if len(words) > 9:
        return False
    before = ""
    for word in words:
        bare = word.strip(".,'\"").lstrip("-")
        if bare in _OTHERWISE or bare.partition("-")[0] in _THINGS:
            return False
        if bare.isdecimal() and before not in _SORTS:
            return False
        before = bare
    return True
