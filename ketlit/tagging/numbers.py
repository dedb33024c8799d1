"""How many people a study has: randomised, else enrolled, else analysed."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import IN_TITLE, Document, Sentence, Zone
from ketlit.tagging.groups import ELLIPSIS, SAMPLE, SEPARATE, SEXES, Candidate, added_up, sums_of
from ketlit.tagging.number_words import (
    ANALYSED,
    ENROLLED,
    EQUALS,
    FAR,
    MARKED,
    NUMBER,
    RANDOMISED,
    Count,
    Numbers,
    describes,
    labelled,
    value,
    word_set,
)
from ketlit.tagging.starts import seeker
from ketlit.tagging.whose import Others, of_others
from ketlit.vocabulary import NKind

_MOST: Final = 100  # numbers of people that are weighed in one text
_NEAR: Final = 60  # characters within which a verb says what happened to people that are not named beside it
# people who are not named: "of 60 patients, 48 completed the trial", "435 were screened, 227 randomized"
_BARE: Final = re.compile(
    r"((?: \([^()]{1,40}\))? (?:[\w-]+ ){0,6}?)(?:(?:were|was|had been|will be|have been) (?:\w+ ){0,2}?"
    r"(?:randomi[sz]ed|randomly|enrolled|included|recruited|assigned|allocated|studied|treated|analy[sz]ed|"
    r"evaluated|part)|"
    r"(?:underwent|completed|entered) (?:\w+ ){0,2}?(?:randomi[sz]\w+|included|treat\w+|the|all|both)\b|"
    r"(?:took part|participated|responded|replied|answered|agreed|consented)\b|"
    r"(?:for|in) (?:the )?(?:\w+ )?analys[ie]s\b)",
    re.I,
)
# "patients over 20 were included"
_AGED: Final = re.compile(r"\b(?:over|under|above|below|than|aged?) $", re.I)
_WENT_ON: Final = re.compile(r" and (?:were|was) (?:\w+ )?randomi[sz]ed\b", re.I)
# "48 met the criteria and were randomised"
_MET: Final = re.compile(r" (?:met|fulfilled|satisfied|gave|provided|consented|agreed|qualified)\b[\w -]{0,50} and $")
_ELLIPTIC: Final = re.compile(
    r"((?: \([^()]{1,20}\))? )(?:randomi[sz]ed|enrolled|recruited|allocated)\b"
    r"(?!, (?!and|but|of|with|then)[a-z-]+|-| (?:and|controlled|controls?|trials?|clinical|double|single|stud|"
    r"cross|placebo|open|phase|blind))",
    re.I,
)
_CLAUSE: Final = seeker(r";|, (?:\d|(?:and|but|while|whereas|of whom|with|in)\b)", case=True)
# words before a number, one or two, that make it the whole, what was only meant to be, one of a row, or a year
_TOTAL: Final = word_set(
    "totalling, totaling, total, overall, altogether, comprising, on, total of, total n, total sample, total "
    "number, sample of, size of, size was, in all, in total, consisting of, consisted of, comprised of"
)
_BOUND: Final = word_set(
    "least, up to, between, remaining, another, other, than, every, age of, aged, additional, further"
)
_PLANNED: Final = word_set("planned, intended, target, targeted, anticipated, projected")
_ROW: Final = word_set(
    "trial, trials, study, studies, phase, part, experiment, table, figure, visit, arm, stage, day, days, week, "
    "weeks, month, months, year, years, group, cohort"
)
_DATED: Final = word_set(
    "in, between, and, from, to, since, until, till, early, late, during, year, by, coronavirus, disease"
)
_MONTHS: Final = word_set("jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec")
_SOME_OF: Final = re.compile(
    rf"(?<![\w.,/])({NUMBER})(?: \([^()]{{1,20}}\))? (?:out )?of (?:the |these |a )?(?:\w+ )?$", re.I
)
# what was done with some of those who began: "81 of 133 patients entered the maintenance phase and were randomised"
_LED_ON: Final = re.compile(
    r" (?:[\w-]+ ){0,8}?(?:were|was|underwent|entered) (?:[\w-]+ ){0,2}?(?:randomi[sz]ed|randomi[sz]ation)\b(?! to\b)",
    re.I,
)
# "65 or older", "18 and above"
_AN_AGE: Final = re.compile(
    r" (?:(?:years )?(?:or|and)|to \d+ years (?:or|and)) (?:older|over|above|more|younger|under|below)\b", re.I
)
# who look at the studies or the people in them, where they are two or three
_RATERS: Final = word_set(
    "researchers, experts, clinicians, physicians, psychiatrists, psychologists, therapists, nurses, professionals"
)
_WORK: Final = word_set("trial, study, experiment, investigation")
_OWN: Final = word_set("this, our, present, current, dummy, blind, blinded, controlled, pilot, crossover")
_FIRST: Final = word_set("first, last, initial, next, final")
# what happens to some of those studied
_EVENT: Final = seeker(
    r"\b(?:occurr(?:ed|ing)|noted|noticed|seen|reported|experienced|complained of|developed|appeared|arose|encountered|"
    r"happened|followed|required|needed|necessary|present|absent|observed|detected|admitted|recalled|volunteered|"
    r"vomit\w+|nausea|dizziness|hallucinations|dreams|apno?ea|adverse \w+|side effects?|complications?|"
    r"successful|failed|unsuccessful|abnormal|elevated|stopped|discontinued|achieved|failure|success|death)\b"
    r"[^.;:]{0,50} (?:in|by)(?: only| just| at least| about)? $"
)
# what is told of those who were studied
_DONE: Final = seeker(
    r"\b(?:was|were|received|underwent|had|took|participated|completed|attended|we|studied|compared|given)\b"
)
# what is counted where the people are not
_TIMES: Final = word_set(
    "charts, records, admissions, administrations, anesthetics, anaesthetics, attendances, presentations, "
    "consultations, deliveries, operations, procedures, missions, sedations, transports, intubations, inductions, "
    "anesthesias"
)
# a rate, not those studied; those of whom nobody was given the drug
_RATE: Final = re.compile(r" (?:per|an?|each|every) (?:year|annum|month|week|day|hour)\b", re.I)
_NOBODY: Final = re.compile(r"\b(?:none|neither|nobody) of (?:the |these |our |all )?$", re.I)
_NOT_DONE: Final = re.compile(
    r" (?:(?:received|took|got|(?:was|were) (?:given|treated with)) (?:any |the )?(?:[\w()+-]+ )?\w*ketamin|"
    r"(?:was|were) (?:enrolled|randomi[sz]ed|included|recruited)\b)",
    re.I,
)
# "we gave it to 60"; "500 were screened, 35 received ketamine"
_GIVEN_TO: Final = re.compile(r"\b(?:gave [\w-]+|(?:was|were) (?:given|administered)) to $", re.I)
_TOOK: Final = re.compile(r" (?:received|were given|were treated with) \w+", re.I)
# a study that others should do
_WANTED: Final = seeker(
    r"\b(?:future|further|larger|additional) (?:[\w,-]+ ){0,4}(?:trials?|stud(?:y|ies)|RCTs?|research)\b[^.;:]{0,30}$|"
    r"\bneed(?:s|ed)?(?: for)? (?:an? )?(?:[\w-]+ ){0,3}(?:trials?|stud(?:y|ies)) (?:in|of|with|on) $"
)
_A_STUDY: Final = re.compile(r"\b(?:trials?|stud(?:y|ies)|RCTs?) (?:in|of|with|on) (?:at least |about )?$", re.I)
_NEEDED: Final = re.compile(r" (?:(?:is|are) (?:\w+ )?(?:needed|warranted|required|desirable)|should|must)\b", re.I)
_SPANS: Final = word_set("days, weeks, months, years")
_GROUPED: Final = re.compile(r"\b(?:group|arm)\b")
_PERCENT: Final = re.compile(r"[ (]*\d+(?:\.\d+)? ?%")
# where the number of a study stands; where nothing is labelled, background is a guess
_ZONES: Final = {
    Zone.TITLE: 3.0,
    Zone.BACKGROUND: -5.0,
    Zone.AIM: 1.5,
    Zone.METHODS: 2.0,
    Zone.RESULTS: 1.0,
    Zone.CONCLUSION: -3.0,
}
_GUESSED: Final = {**_ZONES, Zone.BACKGROUND: -1.5}


_FROM: Final = frozenset({"between", "from", "range", "aged"})
_STOOD_FOR: Final = frozenset({"per", "representing", "represents", "represented"})


def participants(document: Document, scan: Scan, *, planned: bool = False) -> Count | None:
    """The number of participants of the whole study, or None where the text does not say it."""
    numbers = Numbers(document, scan)
    if not numbers.sentences:
        return None
    candidates: list[Candidate] = []
    weighing = _Weighing(document, scan, numbers, planned=planned)
    for sentence, places in numbers.sentences:
        candidates += weighing.candidates(sentence, places)
    del candidates[_MOST:]
    derived, sizes = added_up(document, scan, numbers) or (None, [])
    if not candidates:
        return derived
    if any([one.named in _TIMES for one in candidates]):
        people = [one for one in candidates if one.named not in _TIMES]
        if any([one.score > 1.5 for one in people]):
            candidates = people  # what was done is counted only where the people are not
    sums = sums_of(document, scan, candidates)
    best = candidates[0]
    if sums or len(candidates) > 1:
        best = max([*candidates, *sums], key=lambda one: (one.score, -one.start))
    if best.n in sizes or best.score < -2:
        return derived
    kind = NKind.PLANNED if planned else best.kind
    return Count(best.n, kind, best.start, best.end, derived=best in sums)


class _Read(NamedTuple):
    """A number as it stands: its digits, the whole phrase, the people behind it or before it."""

    at: tuple[int, int]
    span: tuple[int, int]
    people: str
    apart: bool
    named: str


class _Weighing:
    """The numbers of people, sentence by sentence, each with how likely it is that of the whole study."""

    def __init__(self, document: Document, scan: Scan, numbers: Numbers, *, planned: bool) -> None:
        self.text, self.scan, self.numbers = document.text, scan, numbers
        self.planned = planned
        self._document = document
        sentences = document.sentences
        self._opening = -1
        if not document.labelled:
            self._opening = next((start for start, _, zone in sentences if zone is not IN_TITLE), -1)
        self._by_zone = _ZONES if document.labelled else _GUESSED
        self._others: Others | None = None  # asked for where a number counts people
        self._outlook = scan.has("outlook")
        self.sentence = document.sentences[0]
        self.found: list[Candidate] = []

    def candidates(self, sentence: Sentence, places: list[tuple[int, int]]) -> list[Candidate]:
        """All of one sentence, in order. Only where a number stands are the expressions tried."""
        self.sentence, self.found = sentence, []
        last, end, _ = sentence
        text, people, verb_after = self.text, self.numbers.people, self.numbers.verb_after
        for place, stop in places:
            if place < last:
                continue
            if stop == place:
                one = self._equals(place, end)
            else:
                at = bisect_left(people, (stop, 0))
                near = at < len(people) and people[at][0] < end and people[at][0] < stop + FAR
                if not near and not text.startswith((" of ", " to "), place - 4) and not verb_after(stop, stop + _NEAR):
                    continue  # most numbers count no people
                one = self._counted(place, stop, end, at if near else -1)
            if one:
                last = one.at[1]
                self._add(one)
                if len(self.found) >= _MOST:
                    break
        return self.found

    def _equals(self, place: int, end: int) -> _Read | None:
        """ "(n = 30)" where it counts all: it follows people, or is a capital N, and is not said of a group."""
        hit = EQUALS.match(self.text, place, end)
        if not hit:
            return None
        text, start, stop = self.text, max(self.sentence.start, place - _NEAR), hit.end()
        people = self.numbers.people_before(place, max(self.sentence.start, place - 2 * _NEAR))
        whole = text[place - 1] == "(" and SAMPLE.search(text, start, place)
        if not whole and hit[1] != "N":
            after = self.numbers.people_after(stop, end)
            follows = people and text[place - 1] == "(" and not SEPARATE.search(text, people[1], place)
            if not follows and not (after and after[0] < stop + 30):
                return None
        apart = bool(people and self.scan.within("n-apart", max(start, people[0] - 30), place))
        named = "sample" if whole else text[people[0] : people[1]].lower() if people else ""
        return tuple.__new__(_Read, (hit.span(2), (place, stop), "", apart, named))

    def _counted(self, place: int, stop: int, end: int, near: int) -> _Read | None:
        """Thirty people, or thirty who "were enrolled". `near`: which people are next behind it; -1: none are near."""
        text = self.text
        if text.startswith((" million", " billion"), stop):
            return None
        if text.startswith((" or ", " and ", " years", " to "), stop) and _AN_AGE.match(text, stop, end):
            return None
        people = self.numbers.people_after(stop, end, near) if near >= 0 else None
        if people:
            words = text[people[0] : people[1]].lower()
            apart = self.scan.within("n-apart", stop, people[1])
            return tuple.__new__(_Read, ((place, stop), (place, people[1]), words, apart, words))
        if text.startswith(" of ", place - 4):
            # "two children of 18"
            whole = self.numbers.people_before(place, self.sentence.start)
            if whole and text[whole[1] : place] in (" of ", " out of "):
                return _Read((place, stop), (place, stop), text[whole[0] : whole[1]].lower(), False, "")
        if self.numbers.verb_after(stop, min(end, stop + _NEAR)):
            told = _BARE.match(text, stop, end) or _ELLIPTIC.match(text, stop, end)
            if told and (describes(told[1]) or _MET.match(told[1])) and not _AGED.search(text, place - 10, place):
                return _Read((place, stop), (place, told.end()), ELLIPSIS, False, "")
            if not told and self.found and self.found[-1].outside and (told := _TOOK.match(text, stop, end)):
                return _Read((place, stop), (place, told.end()), ELLIPSIS, False, "")
        if text[stop] in ".;" and _GIVEN_TO.search(text, max(self.sentence.start, place - 40), place):
            return _Read((place, stop), (place, stop), ELLIPSIS, False, "")
        return None

    def _add(self, read: _Read) -> None:
        text, (low, high) = self.text, read.at
        number = value(text[low:high])
        if not number or (number < 4 and read.named in _RATERS) or (number < 20 and read.named in _TIMES):
            return
        words = text[max(self.sentence.start, read.span[0] - 40) : read.span[0]].lower().replace("(", " ").split()
        before = words[-1].strip(",;:[") if words else ""
        if 1900 <= number <= 2030 and (
            before in _DATED or before[:3] in _MONTHS or (before.isdecimal() and len(before) < 3)
        ):
            return
        if self._is_no_count(read, words, before):
            return
        one = self._weigh(read, number, words, before)
        self.found.append(one)
        if some := self._some_of(one):
            self.found.append(some)

    def _is_no_count(self, read: _Read, words: list[str], before: str) -> bool:
        """Whether it is no number of people: the end of a range, a bound, a rate, "day 14", those who got nothing."""
        text, first, (start, end) = self.text, self.sentence.start, read.span
        earlier = words[-2].strip(",;") if len(words) > 1 else ""
        if before == "than" and earlier in ("fewer", "less", "more"):
            return earlier != "more" or words[-3:-2] in (["no"], ["not"])
        if before in ("to", "or") and value(earlier) is not None:
            return True  # "20 to 30"
        if (before in MARKED or before[:3] in _MONTHS) and labelled(text, start, first):
            return not (before in _SPANS and value(earlier) is not None)
        if text.startswith((" per ", " a ", " an ", " each ", " every "), end) and _RATE.match(text, end):
            return True
        if before in ("the", "these", "our", "of", "all") and _NOBODY.search(text, max(first, start - 30), start):
            return _NOT_DONE.match(text, end, self.sentence.end) is not None
        return False

    def _some_of(self, one: Candidate) -> Candidate | None:
        """ "31 of 322 eligible women took part": who did, where the others were only asked."""
        if not one.outside:
            if one.kind is not RANDOMISED or not _LED_ON.match(self.text, one.end, self.sentence.end):
                return None
        elif not self.numbers.verb_after(one.start, one.end + 40):
            return None
        hit = _SOME_OF.search(self.text, max(self.sentence.start, one.start - 60), one.start)
        number = value(hit[1]) if hit else None
        if hit is None or number is None or not 0 < number < one.n:
            return None
        return one._replace(n=number, start=hit.start(), end=hit.end(), score=one.score + 6, outside=False)

    def _weigh(self, read: _Read, number: int, words: list[str], before: str) -> Candidate:
        """What a number counts: verbs beside it, words before it, where it stands."""
        text, within, (start, end) = self.text, self.scan.within, read.span
        first, last, _ = self.sentence
        after = text[end : end + 110 if end + 110 < last else last]
        divided = _CLAUSE.search(after)  # the verb of the next clause is not this number's
        clause = after[: divided.start()] if divided else after
        low, high = start - 45 if start - 45 > first else first, end + len(clause)
        if self.found and (cut := text.rfind(",", self.found[-1].end, start)) > 0:
            low = max(low, cut)  # what is said of the number before ends there
        kind, score = ANALYSED, self._by_place(start, end) + 1.3 * math.log10(min(number, 5000))
        if within("n-randomised", low, high):
            kind, score = RANDOMISED, score + 6
        elif within("n-enrolled", low, high) or after.startswith(" with "):
            kind, score = ENROLLED, score + 3
        strong = kind is RANDOMISED or not within("n-analysed", low, high)
        score += self._by_words_before(start, words, before, strong=strong)
        meant = before in _PLANNED or (before in ("in", "for", "with") and not _PLANNED.isdisjoint(words[-2:-1]))
        outside = meant and not self.planned
        beside, behind = start - 25 if start - 25 > low else low, end + 40 if len(clause) > 40 else high
        if outside or within("n-outside", beside, behind):
            outside, score = True, score - (8 if meant and before not in _PLANNED else 5)
        elif within("n-eligible", beside, behind):
            outside, score = True, score - 1
        score += self._by_words_after(read, number, after, clause)
        others = self._others
        for one in self.found:
            if (
                one.n > number
                and one.score > 0
                and not one.outside
                and not (others and one.start in others)
                and not (kind is RANDOMISED and _WENT_ON.search(text, start, end))
            ):
                score -= 2.5  # a smaller number after a larger one is a part of it
                break
        if number < 5:
            score -= 1
        # as Candidate(...), without the function a named tuple has between
        said = (number, start, end, kind, score, self.sentence, read.people, read.apart, read.named, outside)
        return tuple.__new__(Candidate, said)

    def _by_place(self, place: int, end: int) -> float:
        """What the place of the sentence says, and whose study it tells of."""
        if self._others is None:
            self._others = of_others(self._document, self.scan)
        start, _, zone = self.sentence
        score = self._by_zone.get(zone, 0.0)
        if score < 0 and start == self._opening and _DONE.search(self.text, start, self.sentence.end):
            score = 1.0  # nothing stands before it that could be the background
        if (self._others and place in self._others) or (self._outlook and self._is_wanted(place, end)):
            return score - 8
        return score

    def _is_wanted(self, place: int, end: int) -> bool:
        """Whether it is told what study should be done: "a future trial with 300 patients is needed"."""
        if not self.scan.within("outlook", self.sentence.start, self.sentence.end):
            return False
        text, first = self.text, max(self.sentence.start, place - 60)
        if _WANTED.search(text, first, place):
            return True
        return _NEEDED.match(text, end) is not None and _A_STUDY.search(text, first, place) is not None

    def _by_words_before(self, start: int, words: list[str], before: str, *, strong: bool) -> float:
        if not before:
            return 0.0
        earlier = words[-2] if len(words) > 1 else ""
        score = 0.0
        if before in ("and", "to") and len(words) > 2 and words[-3] in _FROM and earlier.isdecimal():
            return -10  # the end of a range
        if before in _STOOD_FOR or earlier in ("blocks", "block") or (before == "in" and value(earlier)):
            return -10  # a rate, the people of whom those studied are a sample, the size of a block
        both = f"{earlier} {before}"
        if before in _TOTAL or both in _TOTAL:
            score += 4 if strong else 2
        elif before in _BOUND or both in _BOUND:
            score -= 0 if self.planned and before == "to" else 4
        elif before in ("the", "these", "those"):
            score -= 1  # who were spoken of before
        elif before in _FIRST and earlier == "the":
            score -= 3
        elif before in ("of", "among", "from"):
            score += 0.5 if value(earlier) is None and earlier != "out" else -3  # "12 of 30": of one group
        elif before in ("in", "by") and self._befell(start):
            score -= 2.5
        elif (
            before in _ROW
            and not (before in _SPANS and value(earlier) is not None)
            and self.text[start - 2].isalnum()
            and (before not in _WORK or earlier.rpartition("-")[2] not in _OWN)
        ):
            score -= 10
        return score

    def _befell(self, start: int) -> bool:
        """Whether what stands before "in thirty patients" happened to these, of all who were studied."""
        return _EVENT.search(self.text, max(self.sentence.start, start - 70), start) is not None

    def _by_words_after(self, read: _Read, number: int, after: str, clause: str) -> float:
        text, (start, end) = self.text, read.span
        score = 0.0
        last = self.found[-1] if self.found else None
        if ("%" in after[:16] and _PERCENT.match(after)) or "%" in text[start:end]:
            # a share; of those who were asked, it is who took part
            score -= 0 if last and last.outside and number < last.n else 4
        if after.startswith(" each"):
            score -= 3
        if ("group" in clause[:45] or "arm" in clause[:45]) and _GROUPED.search(clause, 0, 45):
            score -= 3
        if read.people == "completers":
            score -= 4
        elif read.people.startswith(("control", "case")):
            score -= 2 if "control" in read.people or "control" in after else 1
        elif read.people in SEXES and text.rfind("(", max(0, start - 60), start) > text.rfind(
            ")", max(0, start - 60), start
        ):
            score -= 5
        return score
