"""How many people a study has: randomised, else enrolled, else analysed."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.tagging.groups import added_up
from ketlit.tagging.number_words import BETWEEN, EQUALS, NUMBER, PEOPLE_WORD, Count, Numbers, value
from ketlit.vocabulary import NKind

# a number, up to nine describing words, people; a word that begins another phrase ends it
_FAR: Final = 120  # characters from a number within which the people it counts are named
_MOST: Final = 100  # numbers of people that are weighed in one text
_COUNT: Final = re.compile(
    rf"(?<![\w.,/:<>=±+-])(?<![<>=≥≤±] )(?<!\d[./ ])({NUMBER})(?![\d.]\d|[,]\d|-(?:year|week|day|"
    rf"month|item|point|min|h\b|hour|mg|arm|dose)| ?[%°±/]| ?mg| ?- ?\d)"
    rf"(?:[ -](?:ASA|American Society of An[a]?esthesiologists)\b[^.;:]{{0,60}}?)?"
    rf"((?:[ -](?:\([^()]{{1,40}}\)[ ])?{BETWEEN}[\w'/.,±+-]+(?: \([^()]{{1,30}}\))?){{0,9}}?)"
    rf"[ -]({PEOPLE_WORD})(?![\w-]*[a-z])",
    re.I,
)
_BARE: Final = re.compile(
    rf"(?<![\w.,/:<>=±-])({NUMBER})(?![\d.]\d|"
    rf" ?%)(?: \([^()]{{1,40}}\))? (?:{BETWEEN}[\w-]+ ){{0,6}}?(?:were|was|had been|underwent|"
    rf"completed|took part|participated|entered) "
    r"(?:\w+ ){0,2}?(?:randomi[sz]ed|randomly|enrolled|included|recruited|assigned|allocated|studied|"
    r"treated|analy[sz]ed|evaluated|part|the)",
    re.I,
)
# "435 patients were screened, 227 randomized"
_ELLIPTIC: Final = re.compile(
    rf"(?<![\w.,/:<>=±-])({NUMBER}) (?:randomi[sz]ed|enrolled|recruited|allocated)\b"
    r"(?! (?:controlled|controls?|trials?|clinical|double|stud|cross|placebo))",
    re.I,
)
_CLAUSE: Final = re.compile(r";|, (?:\d|(?:and|but|while|whereas|of whom|with|in)\b)")
_TOTAL: Final = re.compile(
    r"(?:totall?ing|total(?: sample| number)?(?: of| [nN] ?=)?|overall,?|altogether,?|sample (?:of|"
    r"size (?:of|was))|in all,?|comprising|consisting of|consisted of|all|on)[ (]{1,2}$",
    re.I,
)
_NOT_IN: Final = re.compile(
    r"screen|assessed for eligib|approach|invit|exclud|withdr|dropp|discontinu|refus|declin|lost to|"
    r"ineligible|were contacted",
    re.I,
)
# a few who did not take part, told of behind the number
_LEFT: Final = re.compile(r"\b(?:were|was) (?:\w+ )?(?:excluded|withdrawn|lost)\b|\bdid not receive\b", re.I)
_SUBSET_BEFORE: Final = re.compile(
    r"(?:\b(?:only|another|other|remaining|additional|further|first|next|subsample of|subset of|least|"
    r"than|up to|age of|aged|every|per|grade|stage|day|week|months?)[ (]{1,2})$",
    re.I,
)
# "1 in 10 women" is a share, "Trial 2" one of a row
_ORDINAL: Final = re.compile(
    r"\b(?:\d+|one|two|three|four) (?:in|out of)(?: every)? $|"
    r"\b(?:trials?|study|studies|phase|part|experiment|type|table|figure|level|version|class|ASA|step|visit|"
    r"arm)[ (]{1,2}$",
    re.I,
)
_YEAR: Final = re.compile(
    r"\b(?:in|between|and|from|to|since|until|till|early|late|during|of|year|by|Jan(?:uary)?|Feb(?:ruary)?|March|"
    r"Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|\d),? $",
    re.I,
)
_CONTROLS: Final = re.compile(
    r"control|healthy|placebo|group|received|comparison|matched|"
    r"non-?|users|smokers|volunteers|naive|siblings|relatives|treated|arm\b",
    re.I,
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
# how one group is joined to the next; and what says that a number is a part of the one before
_JOINED: Final = re.compile(
    r"^(?:(?!\b(?:of whom|of which|including|total|each|mean|age)\b)[^;%:]){0,90}(?:\band|\bversus|"
    r"\bvs\.?|compar\w+ (?:with|to)|,|\bplus|matched (?:with|to)|\bto|\bwith|\bin)"
    r" (?:in |of |a group of |another |a control group of |also |with )?(?:the )?$",
    re.I,
)
_PART_OF: Final = re.compile(
    r"(?:^|[.;:,\n] ?)(?:of|among)(?: the| these)? $|\bOf(?: the| these)? $|\d (?:out )?of(?: the)? $"
)
_SEXES: Final = frozenset({"men", "women", "males", "females", "man", "woman", "boys", "girls", "male", "female"})


_OTHER_SEX: Final = re.compile(r"(?: \([^()]{0,30}\))?,? (?:and|;) (?:\w+ )?\d* ?(?:fe)?(?:males|men|women)", re.I)


class _Candidate(NamedTuple):
    n: int
    start: int
    end: int
    kind: NKind
    score: float
    sentence: Sentence
    people: str


_COUNTED_BY: Final = ("people", "n", "enrol")


def participants(document: Document, scan: Scan, *, planned: bool = False) -> Count | None:
    """The number of participants of the whole study, or None where the text does not say it."""
    candidates: list[_Candidate] = []
    numbers = Numbers(document.text, scan)
    for sentence in document.sentences:
        places = numbers.inside(sentence)
        if not places or sentence.zone is Zone.OTHER:
            continue
        if any(scan.within(cue, sentence.start, sentence.end) for cue in _COUNTED_BY):
            candidates += _in_sentence(document, scan, sentence, places)[: _MOST - len(candidates)]
    derived, sizes = added_up(document, scan, numbers) or (None, [])
    if not candidates:
        return derived
    sums = _joined(document.text, candidates)
    best = max([*candidates, *sums], key=lambda one: (one.score, -one.start))
    if derived and (best.n in sizes or (best.n < max(sizes) and best.score < 9)):
        return derived
    if best.score < -2:
        return derived
    kind = NKind.PLANNED if planned else best.kind
    return Count(best.n, kind, best.start, best.end, derived=best in sums)


def _in_sentence(document: Document, scan: Scan, sentence: Sentence, places: list[int]) -> list[_Candidate]:
    """Numbers of people in a sentence. Only where a number stands are the expressions tried."""
    text, (start, end, _) = document.text, sentence
    found: list[_Candidate] = []
    last = start
    for place in places:
        if place < last:
            continue
        if len(found) >= _MOST:
            break
        hit = EQUALS.match(text, place, end)
        if hit:
            if not _whole(text, hit, start):
                continue
            at, people = hit.span(2), ""
        else:
            hit = _COUNT.match(text, place, end) if scan.within("people", place, place + _FAR) else None
            if not hit and scan.within("enrol", place, place + _FAR):
                hit = _BARE.match(text, place, end) or _ELLIPTIC.match(text, place, end)
            if not hit:
                continue
            at, people = hit.span(1), (hit[3].lower() if hit.re is _COUNT else "")
        last = at[1]
        number = value(text[at[0] : at[1]])
        if (
            number is None
            or number < 1
            or (1900 <= number <= 2030 and _YEAR.search(text, max(start, at[0] - 12), at[0]))
        ):
            continue
        kind, score = _weigh(document, scan, sentence, at[0], hit.end(), number, people)
        if any(one.n > number and one.score > 0 for one in found):
            score -= 2.5  # a smaller number after a larger one is a part of it
        found.append(_Candidate(number, at[0], hit.end(), kind, score, sentence, people))
    return found


def _whole(text: str, hit: re.Match[str], start: int) -> bool:
    """Whether "(n = 30)" counts all: it follows people, or is a capital N, and is not said of a group."""
    before = text[max(start, hit.start() - 60) : hit.start()]
    if re.search(r"group|arm\b|received|placebo|%|of (?:whom|which|these)", before, re.I):
        return False
    if hit[1] == "N" or re.match(rf" (?:[\w-]+ ){{0,2}}{PEOPLE_WORD}\b", text[hit.end() : hit.end() + 40], re.I):
        return True
    return bool(re.search(rf"\b(?:{PEOPLE_WORD}|cohort|sample|population)\b[^.;:%]{{0,60}}\($", before, re.I))


def _weigh(
    document: Document, scan: Scan, sentence: Sentence, start: int, end: int, number: int, people: str
) -> tuple[NKind, float]:
    """What a number counts and how likely it is the whole: verbs beside it, words before it, where it stands."""
    text, labelled = document.text, document.labelled
    before, after = text[max(sentence.start, start - 60) : start], text[end : min(sentence.end, end + 110)]
    divided = _CLAUSE.search(after)  # the verb of the next clause is not this number's
    clause = after[: divided.start()] if divided else after
    low, high = max(sentence.start, start - 45), end + len(clause)
    kind, score = NKind.ANALYSED, 0.0
    if scan.within("n-randomised", low, high):
        kind, score = NKind.RANDOMISED, 6.0
    elif scan.within("n-enrolled", low, high):
        kind, score = NKind.ENROLLED, 3.0
    elif scan.within("n-analysed", low, high):
        score = 1.0
    if _TOTAL.search(before):
        score += 4 if kind is NKind.RANDOMISED or not scan.within("n-analysed", low, high) else 2
    elif _SUBSET_BEFORE.search(before):
        score -= 4
    if _ORDINAL.search(before):
        score -= 10
    if re.search(r"\b(?:of|from|among) (?:the |these )?$", before, re.I) and not re.search("total of $", before, re.I):
        score += 0.5
    if _NOT_IN.search(before[-25:] + clause[:40]) or (number < 30 and _LEFT.search(after)):
        score -= 5
    elif re.search("eligib", before[-25:] + clause[:40], re.I):
        score -= 1
    if re.match(r" ?\(?\d+(?:\.\d+)? ?%", after.lstrip(" (")) or "%" in text[start:end]:
        score -= 4
    if re.search(r"(?:out )?of $", before, re.I) and re.search(r"\d+ (?:out )?of $", before):
        score -= 2
    if re.search(r"\b(?:group|arm)\b", clause[:45]) or re.search(r"(?:group|arm)\W*$", before):
        score -= 3
    if re.match(r"[^.]{0,30}\b(?:each|per group|in each)", after):
        score -= 4
    if people.rstrip("s") in ("control", "case") or (people in _SEXES and _OTHER_SEX.match(text, end, end + 60)):
        score -= 2
    zones = _LABELLED if labelled else _GUESSED
    score += zones.get(sentence.zone, 0) + 1.3 * math.log10(min(number, 5000))
    if number < 5:
        score -= 1
    if re.search(r"\b(?:the|these|those|remaining) $", before, re.I):
        score -= 2  # people who were spoken of before: a part, or the whole that was named already
    if re.search(r"\beach (?:\w+ ){0,6}$", before, re.I):
        score -= 5
    return kind, score


def _joined(text: str, candidates: list[_Candidate]) -> list[_Candidate]:
    """ "20 patients and 18 healthy controls": groups named one after the other, added up, as candidates too."""
    found: list[_Candidate] = []
    group: list[_Candidate] = []
    for one in [*sorted((one for one in candidates if one.people), key=lambda one: one.start), None]:
        if one and group and one.sentence is group[0].sentence and _goes_on(text, group[-1], one):
            group.append(one)
            continue
        whole_first = len(group) > 2 and group[0].n == sum(each.n for each in group[1:])
        if len(group) > 1 and not _part_of(text, group[0]) and not whole_first:
            score = max(each.score for each in group) + 1.5
            total = sum(each.n for each in group)
            kind = max(group, key=lambda each: each.score).kind
            found.append(_Candidate(total, group[0].start, group[-1].end, kind, score, group[0].sentence, ""))
        group = [one] if one else []
    return found


def _goes_on(text: str, before: _Candidate, one: _Candidate) -> bool:
    between = text[before.end : one.start]
    if text[one.start - 1] == "(" and text[before.start - 1] == "(" and text[one.end : one.end + 1] in (")", ";", ","):
        return len(between) < 110 and "%" not in between and ". " not in between
    return (
        bool(_JOINED.match(between))
        and not _TOTAL.search(text, max(0, before.start - 25), before.start)
        and not re.match(r" (?:\w+ ){0,2}(?:each|per)\b", text[one.end : one.end + 30])
        and one.people not in _SEXES
        and bool(_CONTROLS.search(text[one.start : one.end + 40] + between))
        and not re.match(r"[^,;]{0,15}\d ?%", text[one.end : one.end + 30])
    )


def _part_of(text: str, one: _Candidate) -> bool:
    """Whether a number is the whole of which the next is a part: "Of 324 patients, 231 had ..."."""
    return bool(_PART_OF.search(text, max(0, one.start - 14), one.start))
