"""The number of participants where only their groups are given: "two groups of 30", "(n=12) ... (n=13)"."""

from __future__ import annotations

import re
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import IN_BACKGROUND, IN_CONCLUSION, Document, Sentence, Zone
from ketlit.tagging.number_words import (
    ANALYSED,
    ENROLLED,
    EQUALS,
    NUMBER,
    RANDOMISED,
    WORD,
    Count,
    Numbers,
    describes,
    value,
)
from ketlit.tagging.starts import seeker
from ketlit.vocabulary import NKind

_OF_WHOM: Final = seeker(r"\bof (?:whom|which|these)\b|\bsub(?:set|sample|group)s?\b|% \($")
_GROUPS: Final = re.compile(rf"\b({WORD}|\d) (?:(?!of\b)[a-z-]+ ){{0,3}}?(?:groups|arms|cohorts)\b", re.I)
# "the ketamine group and the control group", "ketamine and saline groups"
_NAMED: Final = re.compile(
    r"\b(?!each|per|every|same|both|other|the|a|an|one|which|either|study)([\w-]+)(?:,? (?:and|or) ([\w-]+))? "
    r"(?:group|arm)s?\b",
    re.I,
)
# the size of each: "20 per group", "35 patients in each group", "(n = 15 each)"; "each of 20 patients", "groups of 30"
_SIZE: Final = re.compile(
    rf"(?:n ?= ?)?\b({NUMBER}) (?:(?!groups|arms|cohorts|\d)\w+ ){{0,3}}?(?:(?:(?:in|to|for) )?each\b|"
    rf"per (?:\w+ )?(?:group|arm)\b|(?:in|for) both groups)",
    re.I,
)
_OF_SIZE: Final = seeker(
    rf"\b(?:each (?:(?:\w+ )?(?:group|arm) (?:\w+ ){{1,3}}?|of |with )|groups of )({NUMBER})"
    r"(?= (?:[\w-]+ ){0,2}(?:patients|subjects|participants|women|men|children|people|volunteers|"
    r"individuals|adults)\b|[.,;)](?!\d))"
)
# "30 received ketamine and 28 were given saline"; "the ketamine group included 30 patients, and the control group 28"
_PUT: Final = r"(?:randomi[sz]ed|assigned|allocated)"
_GIVEN: Final = r"(?:received|given|administered|treated with|underwent(?! (?:\w+ )?randomi)|took|got|had been given)"
_ARM: Final = re.compile(
    rf"(?<![\w.,])({NUMBER}) (?:[\w-]+ ){{0,4}}?(?:\([^()]{{1,40}}\) )?(?:were |was )?(?:randomly )?"
    rf"(?:{_PUT} to|{_GIVEN})\b",
    re.I,
)
_NEXT_ARM: Final = re.compile(
    rf"({NUMBER}) (?!of\b)(?:(?!\d|and\b)[\w-]+ ){{0,2}}?(?:were |was )?(?:randomly )?(?:{_PUT} )?(?:to|{_GIVEN})\b"
    r"(?! (?:an? |the |at )?(?:rescue|additional|supplement\w*|further|second|another|extra|more|least|"
    r"concomitant|both)\b)",
    re.I,
)
_AND_THEN: Final = re.compile(r"(?:,|;|(?<!\d )\band|\bwhile|\bwhereas|\bversus) $")
# the same people counted again
_AGAIN: Final = seeker(
    r"\b(?:at|after|on) (?:the )?(?:days?|weeks?|months?|baseline|follow|\d+[ -](?:day|week|month|year|hour))|"
    r"followed by|"
    r"time ?points?|\blater\b|follow-?up"
)
_CONTROLS: Final = seeker(
    r"control|healthy|placebo|group|cohort|received|comparison|matched|"
    r"non-?|users|smokers|volunteers|naive|siblings|relatives|treated|arm\b"
)
# how one group is joined to the next; and what says that a number is a part of the one before
_JOINED: Final = seeker(
    r"(?:\band|\bversus|"
    r"\bvs\.?|compar\w+ (?:with|to)|,|\bplus|matched (?:with|to)|\bto|\bwith|\bin|;(?: and)?(?= $))"
    r" (?:in |of |a group of |another |a control group of |also |with )?(?:the )?"
    r"(?:(?:[\w-]+ ){0,2}(?:group|arm|cohort) (?:(?:of|had|with|included|comprised|contained|consisted of) )?)?$"
)
_PARTED: Final = seeker(
    r"\b(?:of whom|of which|of these|of them|including|total|each|mean|age|randomi[sz]ed|assigned|"
    r"allocated|screened|recruited|enrolled|completed)\b|[;%:]"
)
_NEXT_TO: Final = re.compile(r"(?:,? (?:and|plus|versus|vs\.?)|[,;]|[,;] and|/| \+) ", re.I)
_ASIDE: Final = re.compile(r" ?\([^()]*\)")
# two groups told apart in the same words: "18 patients with PTSD and 8 patients with OCD"
# what became of some of those studied
_FARED: Final = re.compile(
    r" (?:responded|remitted|improved|relapsed|died|withdrew|achieved|showed|reported|experienced|had)\b"
)
_WHO: Final = re.compile(
    r",? (?:with|without|who|that|whose|from|taking|on|using|having|not|in|at|receiving|treated|undergoing|working|"
    r"aged|diagnosed|suffering|meeting)\b"
)
# what a clause says of people that is no list of them: "which involved 60 patients, 20 patients received"
_DID: Final = re.compile(r" (?:received|were|was|had|underwent|showed|achieved|completed|did|responded)\b")
SEXES: Final = frozenset({"men", "women", "males", "females", "man", "woman", "boys", "girls", "male", "female"})
SEPARATE: Final = re.compile(
    r"[.;:%](?!\d)|(?<!grade)(?<!class)(?<!stage)(?<!score)(?<!level)(?<!least)(?<!above)(?<!than)(?<!aged)(?<!type)"
    r"(?<!ASA) (?!(?:19|20)\d\d\b)\d|\b(?:either|assigned|allocated|randomi[sz]ed to|receiv\w*|given)\b"
)
SAMPLE: Final = seeker(
    r"\b(?:cohort|sample|population)\b[^.;:%]{0,60}\($|"
    r"\b(?:study|trial|survey)(?: (?:of|in|with) (?:[\w-]+ ){1,4}[\w-]+)? \($"
)
_ROMAN: Final = {"one": "1", "two": "2", "three": "3", "four": "4", "i": "1", "ii": "2", "iii": "3", "iv": "4"}
_TOLD: Final = (Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.RESULTS)
ELLIPSIS: Final = "those"  # people who are not named: "17 completed the trial"
_START: Final = attrgetter("start")


class Candidate(NamedTuple):
    """A number of people and how likely it is that of the whole study. `apart`: they are compared with those studied;
    `outside`: they were asked or looked at, not studied."""

    n: int
    start: int
    end: int
    kind: NKind
    score: float
    sentence: Sentence
    people: str
    apart: bool = False
    named: str = ""
    outside: bool = False


def added_up(document: Document, scan: Scan, numbers: Numbers) -> tuple[Count, list[int]] | None:
    """Groups added up, and their sizes: "three groups (25 each)", "(n=12) ... (n=13)", "30 received ..., 28 ..."."""
    text, labelled = document.text, document.labelled
    each, several = scan.has("each"), len(scan.cue("n")) > 1
    if not each and not several and not scan.has("n-given"):
        return None
    for sentence, places in numbers.sentences:
        if not each and len(places) < 2:
            continue
        start, end, zone = sentence
        if zone is IN_CONCLUSION or (zone is IN_BACKGROUND and labelled):
            continue
        found = _equal_groups(text, sentence, places) if each and scan.within("each", start, end) else None
        if not found and len(places) > 1 and (several or scan.within("n-given", start, end)):
            found = _listed_groups(text, scan, sentence, places)
        if found:
            return found
    return None


def _equal_groups(text: str, sentence: Sentence, places: list[tuple[int, int]]) -> tuple[Count, list[int]] | None:
    start, end, _ = sentence
    sizes = (hit for place, _ in places if (hit := _SIZE.match(text, place, end)))
    hit = next(sizes, None) or _OF_SIZE.search(text, start, end)
    each = value(hit[1]) if hit else None
    if not hit or not each:
        return None
    if told := _GROUPS.search(text):
        number = value(told[1]) or 0
    else:
        number = len({name.lower() for each in _NAMED.findall(text, start, end) for name in each if name})
    if 1 < number < 9:
        return Count(number * each, RANDOMISED, *hit.span(), derived=True), [each]
    return None


def _listed_groups(
    text: str, scan: Scan, sentence: Sentence, places: list[tuple[int, int]]
) -> tuple[Count, list[int]] | None:
    start, end, _ = sentence
    if scan.within("n-given", start, end) and (told := _arms(text, scan, places, end)):
        return told
    equals = [place for place, stop in places if place == stop]
    if len(equals) < 2:
        return None
    arms = [arm for place in equals if (arm := EQUALS.match(text, place, end))]
    sizes = [value(arm[2]) or 0 for arm in arms[:7]]
    if (
        not 2 <= len(sizes) <= 6
        or _OF_WHOM.search(text, arms[0].end(), arms[-1].start())
        or any(["%" in text[arm.end() : arm.end() + 12] for arm in arms])
    ):
        return None
    if _AGAIN.search(text, arms[0].end(), arms[-1].start()) and not scan.within("n-randomised", start, end):
        most = max(range(len(sizes)), key=sizes.__getitem__)
        return Count(sizes[most], ANALYSED, *arms[most].span()), sizes
    if len(sizes) > 2 and sizes[0] == sum(sizes[1:]):
        return Count(sizes[0], ENROLLED, arms[0].start(), arms[0].end()), sizes
    return Count(sum(sizes), RANDOMISED, arms[0].start(), arms[-1].end(), derived=True), sizes


def _arms(text: str, scan: Scan, places: list[tuple[int, int]], end: int) -> tuple[Count, list[int]] | None:
    """ "30 patients received ketamine, 30 received fentanyl, and 28 were assigned to saline"."""
    found: list[re.Match[str]] = []
    for place, stop in places:
        if found and place < found[-1].end():
            continue
        if not found:
            if scan.within("n-given", stop, place + 70) and (hit := _ARM.match(text, place, end)):
                found.append(hit)
        elif place - found[-1].end() > 110:
            break
        elif _AND_THEN.search(text, place - 9, place) and (hit := _NEXT_ARM.match(text, place, end)):
            found.append(hit)
    if len(found) < 2:
        return None
    sizes = [value(hit[1]) or 0 for hit in found]
    alike = len(found) == 2 and found[0][0].split()[-1] == found[1][0].split()[-1]  # "20 received ... and 20 received"
    if min(sizes) < 1 or (sizes[0] == sum(sizes[1:]) and not alike):
        return None
    return Count(sum(sizes), RANDOMISED, found[0].start(), found[-1].end(), derived=True), sizes


def sums_of(document: Document, scan: Scan, candidates: list[Candidate]) -> list[Candidate]:
    """Wholes that no number says: what its parts add up to."""
    people = [one for one in candidates if one.people]
    sums = _joined(document.text, people) if len(people) > 1 else []
    sums += _halves(document.text, people)
    if len(candidates) < 2:
        return sums
    if marks := scan.cue("numbered-part"):
        sums += _samples(document, marks, candidates)
    return sums + _compared(scan, candidates, sums)


# "29 ketamine and 31 placebo patients": of the first, the people are named with the second
_FIRST_HALF: Final = re.compile(rf"(?<![\w.,/])({NUMBER})( [a-z-]+ (?:[a-z-]+ )?)(?:and|versus|vs\.?) $", re.I)

_AND: Final = ("and ", "versus ", "vs ", "vs. ")


def _halves(text: str, people: list[Candidate]) -> list[Candidate]:
    found = []
    for one in people:
        if text.count(" ", one.start, one.end) < 2 or one.outside:
            continue
        if not text[one.start - 7 : one.start].lower().endswith(_AND):
            continue
        hit = _FIRST_HALF.search(text, max(one.sentence.start, one.start - 50), one.start)
        if hit and describes(hit[2]) and (first := value(hit[1])) and 3 * first > one.n:
            found.append(one._replace(n=first + one.n, start=hit.start(), score=one.score + 1.5, people=""))
    return found


def _samples(document: Document, marks: list[tuple[int, int]], candidates: list[Candidate]) -> list[Candidate]:
    """ "Study 1 (N = 40) ... study 2 (N = 43)": the best number of each is added to the others'."""
    text, best = document.text, dict[str, Candidate]()
    for one in candidates:
        start, end, zone = one.sentence
        here = [mark for mark in marks if start <= mark[0] < end]
        if not here or zone in (IN_BACKGROUND, IN_CONCLUSION) or one.score < -1 or one.outside:
            continue
        first = min(each.start for each in candidates if each.sentence is one.sentence)
        leads = here[0][0] < first
        sides = [mark for mark in here if (mark[0] < one.start) == leads]
        if sides:
            low, high = sides[-1] if leads else sides[0]
            words = text[low:high].lower().split()
            name = _ROMAN.get(words[-1], words[-1] if len(words[-1]) == 1 else words[0])
            if name not in best or best[name].score < one.score:
                best[name] = one
    return _sum(list(best.values())) if len({id(one) for one in best.values()}) > 1 else []


def _compared(scan: Scan, candidates: list[Candidate], sums: list[Candidate]) -> list[Candidate]:
    """Patients told of in one sentence and those they were compared with in another. Controls may be an arm where
    people were randomised, healthy ones are none."""
    if not any([one.apart for one in candidates]):
        return []
    counted = [
        one
        for one in candidates
        if one.score > 0 and not one.outside and one.kind is not RANDOMISED and one.sentence.zone in _TOLD
    ]
    drawn = scan.has("n-randomised")
    apart = [one for one in counted if one.apart and not (drawn and one.named in ("controls", "control"))]
    studied = [one for one in counted if not one.apart and one.named in ("patients", "patient", "cases", "case")]
    if not apart or not studied:
        return []
    ill, other = (max(part, key=lambda one: (one.score, -one.start)) for part in (studied, apart))
    best = max([*candidates, *sums], key=lambda one: one.score)
    together = {one.sentence for one in studied} & {one.sentence for one in apart}
    return [] if together or best not in (ill, other) else _sum([ill, other])


def _sum(parts: list[Candidate]) -> list[Candidate]:
    """Parts as one candidate, a little likelier than the likeliest of them."""
    parts = sorted(parts, key=lambda one: one.start)
    best = max(parts, key=lambda one: one.score)
    total = sum(one.n for one in parts)
    return [Candidate(total, best.start, best.end, best.kind, best.score + 1.5, best.sentence, "")]


def _joined(text: str, candidates: list[Candidate]) -> list[Candidate]:
    """ "20 patients and 18 healthy controls": groups named one after the other, added up, as candidates too."""
    people = [one for one in candidates if not one.outside]
    if not any([one.sentence is after.sentence for one, after in pairwise(people)]):
        return []  # no two in one sentence: they are in order
    found: list[Candidate] = []
    group: list[Candidate] = []
    people.sort(key=_START)
    bracketed = [one for one in people if text[one.start - 1] == "("]
    if bracketed:
        people = [one for one in people if text[one.start - 1] != "("]
    for one in [*people, None, *bracketed, None]:
        if one and group and one.sentence is group[0].sentence:
            between = text[group[-1].end : one.start]
            if "(" in between and between.count("(") > between.count(")") and text[one.start - 1] != "(":
                continue  # in brackets: a part of the group before
            if _goes_on(text, group[-1], one):
                group.append(one)
                continue
        whole_first = len(group) > 2 and group[0].n == sum(each.n for each in group[1:])
        if len(group) > 1 and not whole_first:
            total, best = sum(each.n for each in group), max(group, key=lambda each: each.score)
            score = best.score + (2.5 if any(each.apart for each in group) else 0.5)
            found.append(Candidate(total, group[0].start, group[-1].end, best.kind, score, group[0].sentence, ""))
        group = [one] if one else []
    return found


def _goes_on(text: str, before: Candidate, one: Candidate) -> bool:
    """Whether a number counts the group that is named next to the one before."""
    between = text[before.end : one.start]
    if text[one.start - 1] == "(" and text[before.start - 1] == "(" and text[one.end : one.end + 1] in (")", ";", ","):
        return len(between) < 110 and "%" not in between and ". " not in between
    if "(" in between:
        between = _ASIDE.sub("", between)
    if not _is_joined(between) or (";" in between and _FARED.match(text, one.end)):
        return False
    if between.endswith(", ") and one.people != ELLIPSIS and _DID.match(text, one.end):
        return False
    if one.people == ELLIPSIS:
        verbs = text[one.start : one.end]
        return before.people != ELLIPSIS and between in (" and ", " plus ", " versus ") and "complet" not in verbs
    if _NEXT_TO.fullmatch(between) and "respectively" not in text[one.end : one.end + 60]:
        return one.people not in SEXES or before.people in SEXES
    if one.people in SEXES and one.people != before.people:
        return False
    if _CONTROLS.search(text[one.start : one.end + 40] + between):
        return True
    return bool(_WHO.match(text, before.end) and _WHO.match(text, one.end))


def _is_joined(between: str) -> bool:
    """Whether words between two groups join them: what they end with, before which nothing tells of a part."""
    joined = _JOINED.search(between) if between.endswith(" ") else None
    if not joined or joined.start() > 90:
        return False
    parted = _PARTED.search(between)
    return parted is None or parted.start() >= joined.start()
