"""How many people a study has: randomised, else enrolled, else analysed."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.tagging.groups import ELLIPSIS, SAMPLE, SEPARATE, UNITS, Candidate, across, added_up, sums_of
from ketlit.tagging.number_words import EQUALS, NUMBER, Count, Numbers, describes, value, word_set
from ketlit.vocabulary import NKind

_MOST: Final = 100  # numbers of people that are weighed in one text
_NEAR: Final = 60  # characters within which a verb says what happened to people that are not named beside it
# people who are not named: "of 60 patients, 48 completed the trial", "435 were screened, 227 randomized"
_BARE: Final = re.compile(
    r"((?: \([^()]{1,40}\))? (?:[\w-]+ ){0,6}?)(?:(?:were|was|had been|will be|have been) (?:\w+ ){0,2}?"
    r"(?:randomi[sz]ed|randomly|enrolled|included|recruited|assigned|allocated|studied|treated|analy[sz]ed|evaluated|"
    r"part|the)|(?:underwent|completed|entered) (?:\w+ ){0,2}?(?:randomi[sz]\w+|included|treat\w+|the|all|both)\b|"
    r"(?:took part|participated|responded|replied|answered|agreed|consented)\b|"
    r"(?:for|in|available for|entered) (?:the )?(?:\w+ )?analys[ie]s\b)",
    re.I,
)
_ELLIPTIC: Final = re.compile(
    r"((?: \([^()]{1,20}\))? )(?:randomi[sz]ed|enrolled|recruited|allocated)\b"
    r"(?!, (?!and|but|of|with|then)[a-z-]+|-| (?:and|controlled|controls?|trials?|clinical|double|single|stud|"
    r"cross|placebo|open|phase|blind))",
    re.I,
)
_CLAUSE: Final = re.compile(r";|, (?:\d|(?:and|but|while|whereas|of whom|with|in)\b)")
# words before a number, one or two, that make it the whole, a part, one of a row, or a year
_TOTAL: Final = word_set(
    "totalling, totaling, total, overall, altogether, comprising, on, total of, total n, total sample, total "
    "number, sample of, size of, size was, in all, in total, consisting of, consisted of, comprised of"
)
_SUBSET: Final = word_set(
    "only, another, other, remaining, additional, further, first, next, than, subset, subsample, subgroup, "
    "subsample of, subset of, subgroup of, at least, up to, age of, aged, every, per, between, but, except, "
    "exceeding, planned, or"
)
_PLAN: Final = word_set("up to, maximum of, additional, first, approximately, planned")
_PLANNED: Final = word_set("planned, intended, target, targeted, anticipated, projected")
_ROW: Final = word_set(
    "trial, trials, study, studies, phase, part, experiment, type, table, figure, level, version, class, asa, "
    "step, visit, arm, grade, stage, day, days, week, weeks, month, months, year, years, group, cohort, dsm, "
    "chapter, item, question"
)
_DATED: Final = word_set(
    "in, between, and, from, to, since, until, till, early, late, during, of, year, by, jan, january, feb, "
    "february, march, apr, april, may, june, july, aug, august, sep, sept, september, oct, october, nov, "
    "november, dec, december"
)
_MEANT: Final = frozenset({"the", "these", "those", "remaining"})
_OUT_OF: Final = frozenset({"of", "from", "among"})
_GROUP: Final = frozenset({"group", "groups", "arm", "arms"})
_ROUND: Final = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100, 1000, 10000, 100000})  # "1 in 10 women"
_SOME_OF: Final = re.compile(
    rf"(?<![\w.,/])({NUMBER})(?: \([^()]{{1,20}}\))? (?:out )?of (?:the |these |a )?(?:\w+ )?$", re.I
)
_SHARING: Final = frozenset({"in", "of", "every"})
_SHARE: Final = re.compile(r"\b(?:\d+|one|two|three|four|five) (?:in|out of)(?: every)? $", re.I)
_GROUPED: Final = re.compile(r"\b(?:group|arm)\b")
_EACH: Final = re.compile(r"[^.]{0,30}\b(?:each|per group|per arm|in each)\b")
_PERCENT: Final = re.compile(r"[ (]*\d+(?:\.\d+)? ?%")
# what is worked out before a study begins
_NEEDED: Final = re.compile(
    r"(?:need(?:ed)?|required?|necessary|sufficient|had) to (?:be |have |detect|show|\w+ (?:a|an) )|"
    r"sample size (?:of|was|calc)|"
    r"power (?:of|to)|to detect|would (?:be|provide|give|allow)", re.I
)  # fmt: skip
_PARTS: Final = ("Of these", "Of them", "Of those", "Of whom", "Among these", "Among them", "Among those")
_NOT_OF_ALL: Final = re.compile(
    r"group|\barms?\b|received|placebo|%|of (?:whom|which|these)|subs(?:et|ample)|subgroup|complet(?:ed|ers)|"
    r"respond(?:ers|ed)|remi(?:tters|ssion)\b|\bsome\b|others|dropouts?", re.I
)  # fmt: skip
# a few who did not take part, told of behind the number
_LEFT: Final = re.compile(r"\b(?:were|was) (?:\w+ )?(?:excluded|withdrawn|lost)\b|\bdid not receive\b", re.I)
_SEXES: Final = frozenset({"men", "women", "males", "females", "man", "woman", "boys", "girls", "male", "female"})
_OTHER_SEX: Final = re.compile(
    r"(?:[ ,]*\([^()]{0,40}\))?[,;]? (?:(?:and|or|vs\.?|versus) )?(?:\w+ )?(?:\d+|[a-z-]+) (?:fe)?(?:males?|men|"
    r"women|boys|"
    r"girls)\b", re.I
)  # fmt: skip
_ONE_SEX: Final = re.compile(
    r"\b(?:fe)?(?:males?|men|women|boys|girls)(?: \([^()]{0,40}\))?(?:,? and|,|;|/| vs\.?) $", re.I
)
# where the number of a study stands; the zones of an abstract without labels are guesses
_LABELLED: Final = {
    Zone.TITLE: 3.0,
    Zone.BACKGROUND: -5.0,
    Zone.AIM: 1.5,
    Zone.METHODS: 2.0,
    Zone.RESULTS: 1.0,
    Zone.CONCLUSION: -3.0,
}
_GUESSED: Final = {
    Zone.TITLE: 3.0,
    Zone.BACKGROUND: -1.5,
    Zone.AIM: 1.5,
    Zone.METHODS: 2.0,
    Zone.RESULTS: 1.0,
    Zone.CONCLUSION: -1.0,
}


def participants(document: Document, scan: Scan, *, planned: bool = False) -> Count | None:
    """The number of participants of the whole study, or None where the text does not say it."""
    numbers = Numbers(document, scan)
    candidates: list[Candidate] = []
    for sentence, places in numbers.sentences:
        weighing = _Weighing(document, scan, numbers, sentence, planned=planned)
        candidates += weighing.candidates(places)[: _MOST - len(candidates)]
    derived, sizes = added_up(document, scan, numbers) or (None, [])
    if not candidates:
        return derived or across(numbers)
    sums = sums_of(document, scan, numbers, candidates)
    best = max([*candidates, *sums], key=lambda one: (one.score, -one.start))
    if derived and (best.n in sizes or (best.n < max(sizes) and best.score < 9)):
        return derived
    if best.score < -2:
        return derived or across(numbers)
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
    """The numbers of people in one sentence, each with how likely it is that of the whole study."""

    def __init__(self, document: Document, scan: Scan, numbers: Numbers, sentence: Sentence, *, planned: bool) -> None:
        self.text, self.scan, self.numbers, self.sentence = document.text, scan, numbers, sentence
        self.planned = planned
        self.zones = _LABELLED if document.labelled else _GUESSED
        # "Of these, 20 ..." tells of parts alone
        self.of_parts = document.text.startswith(_PARTS, sentence.start)
        self.found: list[Candidate] = []

    def candidates(self, places: list[int]) -> list[Candidate]:
        """All of them, in order. Only where a number stands are the expressions tried."""
        start, end, _ = self.sentence
        last, found = start, self.found
        for place in places:
            if place < last:
                continue
            if len(found) >= _MOST:
                break
            one = self._equals(place, end) if self.text[place] in "nN" else None
            if one is None:
                one = self._counted(place, end)
            if one:
                last = one.at[1]
                self._add(one)
        return found

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
        if _NOT_OF_ALL.search(text, start, place):
            return None
        apart = bool(people and self.scan.within("n-apart", max(start, people[0] - 30), place))
        named = "sample" if whole else text[people[0] : people[1]].lower() if people else ""
        return _Read(hit.span(2), (place, stop), "", apart, named)

    def _counted(self, place: int, end: int) -> _Read | None:
        """Thirty people, or thirty who "were enrolled"."""
        near = self.numbers.names_people(place, end)
        of_them = self.text.startswith(" of ", place - 4)
        if not near and not of_them and not self.scan.within("n-verb", place, place + 2 * _NEAR):
            return None
        hit = self.numbers.at(place, end)
        if not hit:
            return None
        text, stop = self.text, hit.end()
        people = self.numbers.people_after(stop, end) if near else None
        if people:
            words = text[people[0] : people[1]].lower()
            return _Read(hit.span(), (place, people[1]), words, self.scan.within("n-apart", stop, people[1]), words)
        if of_them:
            # "two children of 18"
            told = self.numbers.people_before(place, self.sentence.start)
            if told and text[told[1] : place] in (" of ", " out of "):
                return _Read(hit.span(), (place, stop), text[told[0] : told[1]].lower(), False, "")
        if self.scan.within("n-verb", stop, stop + _NEAR):
            verb = _BARE.match(text, stop, end) or _ELLIPTIC.match(text, stop, end)
            if verb and describes(verb[1]):
                return _Read(hit.span(), (place, verb.end()), ELLIPSIS, False, "")
        return None

    def _add(self, read: _Read) -> None:
        text, (low, high) = self.text, read.at
        number = value(text[low:high])
        if number is None or number < 1:
            return
        words = text[max(self.sentence.start, read.span[0] - 40) : read.span[0]].lower().replace("(", " ").split()
        before = words[-1].strip(",;:[") if words else ""
        if 1900 <= number <= 2030 and (before in _DATED or (before.isdecimal() and len(before) < 3)):
            return
        one = self._weigh(read, number, words, before)
        last = self.found[-1] if self.found else None
        if last and number < last.n and not last.outside and self._meets(last, one):
            self.found[-1] = last._replace(outside=True, score=last.score - 3)
            one = one._replace(score=one.score + 2.5 * (last.score > 0))
        self.found.append(one)
        if some := self._some_of(one):
            self.found.append(some)

    def _some_of(self, one: Candidate) -> Candidate | None:
        """ "31 of 322 eligible women took part": who did, where the others were only asked."""
        within, end = self.scan.within, one.end
        took = within("n-chosen", end, end + 70) or (
            one.outside and (within("n-verb", one.start, end + 40) or within("n-met", end, end + 40))
        )
        hit = _SOME_OF.search(self.text, max(self.sentence.start, one.start - 60), one.start) if took else None
        number = value(hit[1]) if hit else None
        if hit is None or number is None or not 0 < number < one.n:
            return None
        return one._replace(n=number, start=hit.start(), end=hit.end(), score=one.score + 6, outside=False)

    def _meets(self, last: Candidate, one: Candidate) -> bool:
        """ "Of 132 charts reviewed, 60 cases met the criteria": those who were looked at, and those who were taken."""
        within = self.scan.within
        return within("n-met", one.start, one.end + 40) and within("n-looked-at", last.start - 40, last.end + 30)

    def _weigh(self, read: _Read, number: int, words: list[str], before: str) -> Candidate:
        """What a number counts: verbs beside it, words before it, where it stands."""
        text, within, (start, end) = self.text, self.scan.within, read.span
        after = text[end : min(self.sentence.end, end + 110)]
        divided = _CLAUSE.search(after)  # the verb of the next clause is not this number's
        clause = after[: divided.start()] if divided else after
        low, high = max(self.sentence.start, start - 45), end + len(clause)
        if self.found and (cut := text.rfind(",", self.found[-1].end, start)) > 0:
            low = max(low, cut)  # what is said of the number before ends there
        kind, score = NKind.ANALYSED, 0.0
        analysed = within("n-analysed", low, high)
        if within("n-randomised", low, high):
            kind, score = NKind.RANDOMISED, 6.0
        elif within("n-enrolled", low, high):
            kind, score = NKind.ENROLLED, 3.0
        elif analysed:
            score = 0.5
        score += self._by_words_before(
            words,
            before,
            strong=kind is NKind.RANDOMISED or not analysed,
            in_row=text[start - 2 : start].isspace() or text[start - 2].isalnum(),
        )
        if before in _SHARING and number in _ROUND and _SHARE.search(text, max(low, start - 25), start):
            score -= 10
        near = (max(low, start - 25), end + min(40, len(clause)))
        outside = within("n-outside", *near)
        if outside or (number < 30 and within("n-outside", end, high + 110) and _LEFT.search(after)):
            score -= 5
        elif before in _PLANNED and not self.planned:
            outside, score = True, score - 5
        elif within("n-eligible", *near):
            outside, score = True, score - 1
        if read.people in ("eyes", "knees"):
            outside, score = True, score - 4
        if not self.planned and within("n-needed", low, high) and _NEEDED.search(text, low, high):
            score -= 4
        score += self._by_words_after(read, number, after, clause)
        if any(one.n > number and one.score > 0 and not one.outside for one in self.found):
            score -= 2.5  # a smaller number after a larger one is a part of it
        if within("n-event", max(low, start - 30), end + min(30, len(clause))):
            score -= 2  # to whom something happened
        if self.of_parts:
            score -= 2.5
        score += self.zones.get(self.sentence.zone, 0) + 1.3 * math.log10(min(number, 5000))
        if number < 5:
            score -= 1
        return Candidate(number, start, end, kind, score, self.sentence, read.people, read.apart, read.named, outside)

    def _by_words_before(self, words: list[str], before: str, *, strong: bool, in_row: bool) -> float:
        if not before:
            return 0
        earlier = words[-2] if len(words) > 1 else ""
        two = f"{earlier} {before}"
        score = 0.0
        if before in _TOTAL or two in _TOTAL:
            score += 4 if strong else 2
        elif before == "all":
            score += 1.5
        elif self.planned and (before in _PLAN or two in _PLAN):
            pass
        elif before in _SUBSET or two in _SUBSET:
            score -= 4
        if before in _ROW and in_row:
            score -= 10
        elif before in _GROUP:
            score -= 3
        if before in _MEANT and earlier == "of" and len(words) == 2 and before == words[-1]:
            score += 2  # "Of the 31 patients, ..." begins with the whole
        elif before in _MEANT:
            # people who were spoken of before: a part, or the whole that was named already
            score -= 1.5 if earlier in _OUT_OF else 2
        elif before in _OUT_OF and earlier != "total":
            score += 0.5
        if before == "of" and (earlier == "out" or earlier.isdecimal()):
            score -= 2
        if "each" in words[-7:]:
            score -= 5
        return score

    def _by_words_after(self, read: _Read, number: int, after: str, clause: str) -> float:
        text, (start, end) = self.text, read.span
        score = 0.0
        last = self.found[-1] if self.found else None
        if ("%" in after[:16] and _PERCENT.match(after)) or "%" in text[start:end]:
            # a share; of those who were asked, it is who took part
            score -= 0 if last and last.outside and number < last.n else 4
        if "group" in clause[:45] or "arm" in clause[:45]:
            score -= 3 if _GROUPED.search(clause, 0, 45) else 0
        if text.startswith((" also ", " of them", " of whom", " of these"), read.at[1]):
            score -= 3
        if (
            self.sentence.zone is Zone.RESULTS
            and after.startswith((" who ", " that ", " whose "))
            and not self.scan.within("n-met", end, end + 25)
        ):
            score -= 2  # those to whom something happened
        if "previously " in text[read.at[1] : end]:
            score -= 1.5
        if ("each" in after or " per " in after) and _EACH.match(after):
            score -= 4
        if read.named == "sample":
            score += 2
        if read.people in UNITS:
            score -= 2 if number > 20 else 6
        if read.people.startswith(("control", "case")):
            score -= 2 if "control" in read.people or "control" in after else 1
        elif read.people in _SEXES and (
            _OTHER_SEX.match(text, end, end + 70)
            or _ONE_SEX.search(text, max(0, start - 60), start)
            or text.rfind("(", start - 60, start) > text.rfind(")", start - 60, start)
        ):
            score -= 5
        return score
