"""The number of participants where only their groups are given: "two groups of 30", "(n=12) ... (n=13)"."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.tagging.number_words import EQUALS, NUMBER, WORD, Count, Numbers, describes, value
from ketlit.vocabulary import NKind

_OF_WHOM: Final = re.compile(r"\bof (?:whom|which|these)\b|%|\bsub(?:set|sample|group)s?\b", re.I)
_EACH: Final = re.compile(
    rf"\b({NUMBER}) (?:\w+ ){{0,3}}?(?:groups|arms|cohorts)\b[^.]{{0,60}}?(?:\b(?:of|with|n ?=) ?|"
    rf"\()(?:n ?= ?)?({NUMBER})(?: \w+){{0,2}}? ?(?:each|in each|per group|per arm|/ ?group)",
    re.I,
)
_OF_EACH: Final = re.compile(rf"\b({NUMBER}) (?:\w+ ){{0,2}}?(?:groups|arms)\b(?: \([^()]*\))? of ({NUMBER})\b", re.I)
_PER: Final = re.compile(
    rf"(?:n ?= ?)?\b({NUMBER}) (?:\w+ ){{0,3}}?(?:(?:in|to) each (?:\w+ )?(?:group|arm|of)|"
    rf"per (?:\w+ )?(?:group|arm)|each group|in (?:each|both) groups?|for both groups)", re.I
)  # fmt: skip
_GROUPS: Final = re.compile(rf"\b({WORD}|\d) (?:(?!of\b)[a-z-]+ ){{0,3}}?(?:groups|arms|cohorts)\b", re.I)
_EACH_HAS: Final = re.compile(
    rf"\b[Ee]ach (?:(?:\w+ )?(?:group|arm|cohort) (?:\w+ ){{1,3}}?|(?:of|with|comprising|containing|including|"
    rf"consisting of) )"
    rf"({NUMBER})(?= (?:\w+ )?(?:patients|subjects|participants|women|men|children|people|volunteers|individuals|"
    rf"adults)\b|"
    r"[.,;)](?!\d))",
    re.I,
)
_GROUPS_OF: Final = re.compile(rf"\bgroups of ({NUMBER})\b(?! ?%)", re.I)
_GROUP_LIST: Final = re.compile(
    r"\b((?:[\w-]+(?: \([^()]{1,12}\))?, ){0,4})[\w-]+(?: \([^()]{1,12}\))?,? (?:and|"
    r"or) [\w-]+(?: \([^()]{1,12}\))? (?:groups|arms)\b"
)
_ONE_GROUP: Final = re.compile(
    r"\b(?!each|per|every|same|both|other|the|a|an|one|which|either|study)([\w-]+) (?:group|arm)\b", re.I
)
_GROUP_NAMED: Final = re.compile(r"\b([\w-]+ (?:group|arm)|(?:group|arm) [\w-]+)\b[^.;%]{0,40}$", re.I)
# "(n = 20 ketamine, 18 midazolam)"
_IN_BRACKETS: Final = re.compile(
    rf"(?<=\()n ?= ?{NUMBER} [^,;()%]{{2,40}}(?:[,;] (?:and )?(?:n ?= ?)?{NUMBER} [^,;()%]{{2,40}}){{1,7}}\)", re.I
)
_NUMBERS: Final = re.compile(rf"(?<![\w-]){NUMBER}(?= )", re.I)
# "30 received ketamine and 28 were given saline"; "the ketamine group included 30 patients, and the control group 28"
_PUT: Final = r"(?:randomi[sz]ed|assigned|allocated)"
_GIVEN: Final = r"(?:received|given|administered|treated with|underwent|took|got|had been given)"
_ARM: Final = re.compile(
    rf"(?<![\w.,])({NUMBER}) (?:[\w-]+ ){{0,4}}?(?:were |was )?(?:randomly )?(?:{_PUT} to|{_GIVEN})\b", re.I
)
_NEXT_ARM: Final = re.compile(
    rf"({NUMBER}) (?!of\b)(?:[\w-]+ ){{0,2}}?(?:were |was )?(?:randomly )?(?:{_PUT} )?(?:to|{_GIVEN})\b"
    r"(?! (?:an? |the |at )?(?:rescue|additional|supplement\w*|further|second|another|extra|more|least|"
    r"concomitant|both)\b)",
    re.I,
)
_AND_THEN: Final = re.compile(r"(?:,|;|\band|\bwhile|\bwhereas|\bversus) $")
_MADE_OF: Final = r"(?:group|arm|cohort|sample) (?:included|comprised|consisted of|contained|had|enrolled|was) "
_OF_TWO: Final = re.compile(
    rf"\b{_MADE_OF}({NUMBER}) [^.;]{{3,90}}?\b(?:group|arm|cohort|sample) (?:(?:included|comprised|consisted of|"
    rf"contained|had|"
    rf"enrolled) )?({NUMBER})\b(?! ?[%.]\d)", re.I
)  # fmt: skip
# the same people counted again
_AGAIN: Final = re.compile(
    r"\b(?:at|after|on) (?:the )?(?:days?|weeks?|months?|baseline|follow|\d+[ -](?:day|week|month|year|hour))|"
    r"followed by|"
    r"time ?points?|\blater\b|follow-?up", re.I
)  # fmt: skip
_CONTROLS: Final = re.compile(
    r"control|healthy|placebo|group|received|comparison|matched|"
    r"non-?|users|smokers|volunteers|naive|siblings|relatives|treated|arm\b",
    re.I,
)
# how one group is joined to the next; and what says that a number is a part of the one before
_JOINED: Final = re.compile(
    r"^(?:(?!\b(?:of whom|of which|of these|of them|including|total|each|mean|age|randomi[sz]ed|assigned|"
    r"allocated)\b)[^;%:]){0,90}(?:\band|\bversus|"
    r"\bvs\.?|compar\w+ (?:with|to)|,|\bplus|matched (?:with|to)|\bto|\bwith|\bin|;(?: and)?(?= $))"
    r" (?:in |of |a group of |another |a control group of |also |with )?(?:the )?$",
    re.I,
)
_NEXT_TO: Final = re.compile(r"(?:,? (?:and|plus|versus|vs\.?)|[,;]|[,;] and|/| \+) ", re.I)
_ASIDE: Final = re.compile(r" ?\([^()]*\)")
_EACH_SOON: Final = re.compile(r".{0,8}?\b(?:each|per (?:group|arm)|/group)")
_EACH_AFTER: Final = re.compile(r" (?:\w+ ){0,2}(?:each|per)\b")
_SHARE_AFTER: Final = re.compile(r"[^,;]{0,15}\d ?%")
# two groups told apart in the same words: "18 patients with PTSD and 8 patients with OCD"
_WHO: Final = re.compile(r",? (?:with|without|who|that|whose|from|taking|on|using|having)\b")
_PART_OF: Final = re.compile(
    r"(?:^|[.;:,\n] ?)(?:of|among)(?: the| these)? $|\bOf(?: the| these)? $|\d (?:out )?of(?: the)? $"
)
_TOTAL: Final = re.compile(
    r"(?:totall?ing|total(?: sample| number)?(?: of| [nN] ?=)?|overall,?|altogether,?|sample (?:of|"
    r"size (?:of|was))|in all,?|comprising|consisting of|consisted of|all|on)[ (]{1,2}$",
    re.I,
)
_SEXES: Final = frozenset({"men", "women", "males", "females", "man", "woman", "boys", "girls", "male", "female"})
SEPARATE: Final = re.compile(
    r"[.;:%](?!\d)| (?!(?:19|20)\d\d\b)\d|\b(?:either|assigned|allocated|randomi[sz]ed to|receiv\w*|given)\b"
)
SAMPLE: Final = re.compile(r"\b(?:cohort|sample|population)\b[^.;:%]{0,60}\($", re.I)
# a group that is told of beside people
_BESIDE: Final = re.compile(
    rf"({NUMBER})( [\w'/()+-]+(?: (?!(?:were|was|had|received|of|who|at|on|to)\b)[\w'/()+-]+){{0,7}})?(,? and|"
    rf"[,;]|; and| versus| vs\.?| plus| \+) ",
    re.I,
)
_OF: Final = re.compile(r" of (?:the )?\d")
_ROMAN: Final = {"one": "1", "two": "2", "three": "3", "four": "4", "i": "1", "ii": "2", "iii": "3", "iv": "4"}
# people who are compared with others
_ILL: Final = frozenset(
    {"patient", "user", "abuser", "addict", "alcoholic", "inpatient", "outpatient", "survivor", "case"}
)
_ANYONE: Final = frozenset({"individuals", "participants", "subjects", "adults", "people", "persons", "women", "men"})
_TOLD: Final = (Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.RESULTS)
# what is counted where nobody counts people
UNITS: Final = frozenset({"exposures", "admissions", "responses", "encounters", "deaths", "fatalities"})
ELLIPSIS: Final = "those"  # people who are not named: "17 completed the trial"


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
    """Groups added up, and their sizes: "two groups of 30", "three groups (25 each)", "(n=12) ... (n=13)"."""
    text, labelled = document.text, document.labelled
    equal = scan.has("each", "groups")
    for sentence, places in numbers.sentences:
        start, end, zone = sentence
        if zone is Zone.CONCLUSION or (zone is Zone.BACKGROUND and labelled):
            continue
        found = None
        if equal and (scan.within("each", start, end) or scan.within("groups", start, end)):
            found = _equal_groups(text, sentence, places)
        if not found and len(places) > 1:
            found = _listed_groups(text, scan, sentence, places)
        if found:
            return found
    return None


def _equal_groups(text: str, sentence: Sentence, places: list[int]) -> tuple[Count, list[int]] | None:
    start, end, _ = sentence
    for regex in (_EACH, _OF_EACH):
        hit = _first_match(regex, text, places, end)
        if hit and (number := value(hit[1])) and (each := value(hit[2])) and 1 < number < 9:
            return _times(hit, number, each)
    hit = (
        _first_match(_PER, text, places, end)
        or _EACH_HAS.search(text, start, end)
        or _GROUPS_OF.search(text, start, end)
    )
    each = value(hit[1]) if hit else None
    if hit and each and (number := _groups_told(text, start, end)):
        return _times(hit, number, each)
    return None


def _times(hit: re.Match[str], number: int, each: int) -> tuple[Count, list[int]]:
    return Count(number * each, NKind.RANDOMISED, hit.start(), hit.end(), derived=True), [each]


def _groups_told(text: str, start: int, end: int) -> int | None:
    """How many groups there are: "three groups", "ketamine and saline groups", "a drug group and a control group"."""
    groups = _GROUPS.search(text)
    if groups:
        number = value(groups[1])
    elif listed := _GROUP_LIST.search(text, start, end):
        number = 2 + listed[1].count(", ")
    else:
        number = len({hit[1].lower() for hit in _ONE_GROUP.finditer(text, start, end)})
    return number if number and 1 < number < 9 else None


def _listed_groups(text: str, scan: Scan, sentence: Sentence, places: list[int]) -> tuple[Count, list[int]] | None:
    start, end, _ = sentence
    if len(places) < 2:
        return None
    drawn = scan.within("n-randomised", start, end)
    if scan.within("n-given", start, end) and (told := _arms(text, scan, places, end)):
        return told
    hit = None
    if scan.within("group-has", start, end):
        hit = _OF_TWO.search(text, start, end)
    if hit and (first := value(hit[1])) and (second := value(hit[2])):
        return Count(first + second, NKind.RANDOMISED, hit.start(), hit.end(), derived=True), [first, second]
    marks = [place for place in places if text[place] in "nN"]
    if not marks:
        return None
    if hit := _first_match(_IN_BRACKETS, text, marks, end):
        sizes = [value(one) or 0 for one in _NUMBERS.findall(hit[0])]
        return Count(sum(sizes), NKind.ENROLLED, *hit.span(), derived=True), sizes
    arms = [arm for place in marks[:8] if (arm := EQUALS.match(text, place, end))]
    sizes = [value(arm[2]) or 0 for arm in arms]
    if (
        len(arms) == 1
        and "each" in text[arms[0].end() : arms[0].end() + 12]
        and (number := _groups_told(text, start, end))
    ):
        return _times(arms[0], number, sizes[0])
    if (
        not 2 <= len(arms) <= 6
        or _OF_WHOM.search(text, arms[0].end(), arms[-1].start())
        or any("%" in text[arm.end() : arm.end() + 12] for arm in arms)
    ):
        return None
    if not drawn and _AGAIN.search(text, arms[0].end(), arms[-1].start()):
        most = max(range(len(sizes)), key=sizes.__getitem__)
        return Count(sizes[most], NKind.ANALYSED, *arms[most].span()), sizes
    if len(sizes) > 2 and sizes[0] == sum(sizes[1:]):
        return Count(sizes[0], NKind.ENROLLED, arms[0].start(), arms[0].end()), sizes
    return Count(sum(sizes), NKind.RANDOMISED, arms[0].start(), arms[-1].end(), derived=True), sizes


def _arms(text: str, scan: Scan, places: list[int], end: int) -> tuple[Count, list[int]] | None:
    """ "30 patients received ketamine, 30 received fentanyl, and 28 were assigned to saline"."""
    found: list[re.Match[str]] = []
    for place in places:
        if found and place < found[-1].end():
            continue
        if not found:
            if scan.within("n-given", place, place + 70) and (hit := _ARM.match(text, place, end)):
                found.append(hit)
        elif place - found[-1].end() > 110:
            break
        elif _AND_THEN.search(text, place - 9, place) and (hit := _NEXT_ARM.match(text, place, end)):
            found.append(hit)
    sizes = [value(hit[1]) or 0 for hit in found]
    if len(found) < 2 or min(sizes) < 1 or _OF_WHOM.search(text, found[0].end(), found[-1].start()):
        return None
    if sizes[0] == sum(sizes[1:]):
        return None
    return Count(sum(sizes), NKind.RANDOMISED, found[0].start(), found[-1].end(), derived=True), sizes


def across(numbers: Numbers) -> Count | None:
    """Groups of different sentences: "In the ketamine group (n = 18) ... In the control group (n = 15) ..."."""
    text, named = numbers.text, dict[str, re.Match[str]]()
    for sentence, places in numbers.sentences:
        if sentence.zone in (Zone.BACKGROUND, Zone.CONCLUSION):
            continue
        for place in places:
            hit = EQUALS.match(text, place, sentence.end) if text[place] in "nN" else None
            group = _GROUP_NAMED.search(text, max(sentence.start, place - 60), place) if hit else None
            if hit and group:
                named.setdefault(group[1].lower(), hit)
    sizes = [value(hit[2]) or 0 for hit in named.values()]
    if not 2 <= len(sizes) <= 4:
        return None
    first = next(iter(named.values()))
    return Count(sum(sizes), NKind.ANALYSED, *first.span(), derived=True)


def _first_match(regex: re.Pattern[str], text: str, places: list[int], end: int) -> re.Match[str] | None:
    return next((hit for place in places if (hit := regex.match(text, place, end))), None)


def sums_of(document: Document, scan: Scan, numbers: Numbers, candidates: list[Candidate]) -> list[Candidate]:
    """Wholes that no number says: what its parts add up to."""
    text = document.text
    people = [one for one in _with_those_beside(numbers, candidates) if one.people and one.people not in UNITS]
    sums = _joined(text, people) if len(people) > 1 else []
    if len(candidates) > 1:
        if marks := scan.cue("numbered-part"):
            sums += _samples(document, marks, candidates)
        sums += _compared(scan, text, candidates, sums)
    return sums


def _with_those_beside(numbers: Numbers, candidates: list[Candidate]) -> list[Candidate]:
    """With groups that no word for people names: "24 chronic schizophrenics and 24 controls" are people, both."""
    found, text = list(candidates), numbers.text
    heads: dict[int, Candidate] = {}
    for one in candidates:
        if one.people not in ("", ELLIPSIS):
            heads.setdefault(one.sentence.start, one)
    for sentence, places in numbers.sentences:
        head = heads.get(sentence.start)
        if not head or places[0] >= head.start:
            continue
        first = head
        for place in reversed([place for place in places if place < first.start]):
            hit = _BESIDE.fullmatch(text, place, first.start)
            if not hit or not (number := value(hit[1])) or 1900 <= number <= 2030:
                break
            if first is head and hit[3] == ",":
                break
            if not (describes(hit[2]) if hit[2] else hit[3] in (" and", " +")):
                break
            first = first._replace(n=number, start=place, end=max(hit.end(1), hit.end(2)), people="people")
            found.append(first)
    return found


def _samples(document: Document, marks: list[tuple[int, int]], candidates: list[Candidate]) -> list[Candidate]:
    """ "Study 1 (N = 40) ... study 2 (N = 43)": the best number of each is added to the others'."""
    text, best = document.text, dict[str, Candidate]()
    for one in candidates:
        start, end, zone = one.sentence
        here = [mark for mark in marks if start <= mark[0] < end]
        if (
            not here
            or zone in (Zone.BACKGROUND, Zone.CONCLUSION)
            or one.score < -1
            or one.outside
            or _OF.match(text, one.end)
        ):
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


def _compared(scan: Scan, text: str, candidates: list[Candidate], sums: list[Candidate]) -> list[Candidate]:
    """Patients told of in one sentence and those they were compared with in another. Controls may be an arm where
    people were randomised, healthy ones are none."""
    counted = [
        one
        for one in candidates
        if one.score > 0 and not one.outside and one.kind is not NKind.RANDOMISED and one.sentence.zone in _TOLD
    ]
    drawn = scan.has("n-randomised")
    apart = [one for one in counted if one.apart and not (drawn and one.named in ("controls", "control"))]
    studied = [
        one
        for one in counted
        if not one.apart
        and (one.named.rstrip("s") in _ILL or (one.named in _ANYONE and text.startswith(" with ", one.end)))
    ]
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
    found: list[Candidate] = []
    group: list[Candidate] = []
    people = sorted(candidates, key=lambda one: one.start)
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
        if len(group) > 1 and not _part_of(text, group[0]) and not whole_first:
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
    if not _JOINED.match(between) or _TOTAL.search(text, max(0, before.start - 25), before.start):
        return False
    if _EACH_AFTER.match(text, one.end, one.end + 30) or _SHARE_AFTER.match(text, one.end, one.end + 30):
        return False
    if one.people == ELLIPSIS:
        verbs = text[one.start : one.end]
        return before.people != ELLIPSIS and between in (" and ", " plus ", " versus ") and "complet" not in verbs
    if _NEXT_TO.fullmatch(between) and "respectively" not in text[one.end : one.end + 60]:
        return one.people not in _SEXES or before.people in _SEXES
    if one.people in _SEXES:
        return False
    if _CONTROLS.search(text[one.start : one.end + 40] + between):
        return True
    return bool(_WHO.match(text, before.end) and _WHO.match(text, one.end))


def _part_of(text: str, one: Candidate) -> bool:
    """Whether a number is the whole of which the next is a part: "Of 324 patients, 231 had ..."."""
    return bool(_PART_OF.search(text, max(0, one.start - 14), one.start))
