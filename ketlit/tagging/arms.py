"""The arms of a study: what each group is given, and where ketamine is set against itself.

"Group A received ketamine, group B propofol": each group's words run to the next group or the end of the sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from ketlit.tagging.axes import COMPARATORS, DRUGS, ROUTES
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import ELSEWHERE, IN_BACKGROUND, IN_METHODS, Document, Zone
from ketlit.tagging.findings import STUDIED, Found
from ketlit.tagging.interventions import by_sentence, is_nearer, zone
from ketlit.tagging.starts import seeker

_MOST: Final = 60  # groups that are looked at
INERT: Final = frozenset({"placebo", "standard-care", "dose-comparison"})
VERSUS: Final = seeker(
    r"\b(?:versus|vs\.?|compar\w+|relative to|than|inferior\w*|superior\w*|head-to-head|differen\w+ between|"
    r"contrasted with|against|equivalen\w+|opposed to)\b"
)
_TOLD: Final = frozenset({Zone.TITLE, Zone.AIM, Zone.METHODS})
_DONE: Final = (Zone.AIM, Zone.METHODS)
_ASIDE: Final = re.compile(r" ?\([^()]{0,40}\)")
# a group's name is followed by what it is given: "group A (n = 20) received", "the control group: "
_GIVEN: Final = re.compile(
    r"(?: ?[\w+-]{1,12}){0,3}(?: ?\([^()]{1,40}\))?,?(?: (?:patients|participants|subjects|children|women|animals|rats|"
    r"mice|who|which|was|were|will|be|only|also)){0,4} ?(?:receiv\w+|given|administered|got|treated|injected|:|=|\()",
    re.I,
)
_NOT_WORDS: Final = ("without", "no", "non", "not", "minus", "instead of", "omitting", "receive", "any")
_NOT: Final = seeker(r"\b(?:without|no|non|not|minus|instead of|omitting|receive)[ -](?:any )?$")


# the letter or number of a group
_LETTER: Final = re.compile(r"[ -]((?!in\b|of\b|was\b|who\b|and\b|or\b|had\b|got\b)[\w+-]{1,6})\b", re.I)
# between two drugs that are given together, and between two that are not
_BOTH: Final = re.compile(r"^[-/+]$|\+|\b(?:and|plus|with)\b", re.I)
_BOTH_WORDS: Final = ("and", "plus", "with", "+")  # one of them, or what joins a pair, is in every hit
_PAIR: Final = frozenset({"-", "+", "/", "plus", "combined with"})
_APART: Final = re.compile(
    r"^,|;|: |\b(?:or|versus|vs|compared|than|while|whereas|groups?|arm|followed|before|after)\b", re.I
)
_JOIN: Final = re.compile(r"[,;]|\b(?:and|or|versus|vs|while|whereas)\b")
_AND: Final = re.compile(r"(?:\band|\bplus|\bwith|\+) ?$")


class Arms(NamedTuple):
    """The words of drugs by what groups they are in, lower case. `alike`: where two groups differ in ketamine only."""

    against: frozenset[str] = frozenset()  # in a group without ketamine, or in one of two with it
    beside: frozenset[str] = frozenset()  # given with ketamine, or to all
    alike: tuple[int, int] | None = None


class _Arm(NamedTuple):
    ketamine: Mention | None
    others: list[str]
    inert: bool
    name: tuple[str, str]  # what kind of name, and the name: "group" A, "" low-dose


def arms(document: Document, scan: Scan) -> Arms:
    """What the groups are given, read from title, aim and methods."""
    base = _base(document, scan)
    found = _groups(document, scan)
    ours = [one for one in found if one.ketamine]
    if len(found) < 2 or not ours:
        return Arms(beside=base)
    rest = [one for one in found if not one.ketamine]
    every = frozenset.intersection(*[frozenset(one.others) for one in found])
    against = frozenset(word for one in (rest or found) for word in one.others) - every
    if rest and not against and not any(one.inert for one in found):
        against = frozenset(rest[0].others[:1])  # the drug that all are given, alone in a group
    beside = (frozenset(word for one in ours for word in one.others) | every) - against
    return Arms(against - base, beside | base, _alike(document.text, ours))


def _base(document: Document, scan: Scan) -> frozenset[str]:
    """The drugs that some have with ketamine, others with something else: "X and ketamine or X and saline"."""
    text, others = document.text, [one for one in scan.of(COMPARATORS) if one[4][2] in _DONE]
    words = {one[0]: text[one[0] : one[1]].lower() for one in others if not _is_inert(one)} if len(others) > 1 else {}
    every = list(words.values())
    if len(set(every)) == len(every):
        return frozenset()  # no drug is named twice
    ours = [one for one in scan.of(DRUGS) if one.sentence.zone in _DONE]
    if not ours:
        return frozenset()
    twice = {place for place, word in words.items() if every.count(word) > 1}
    with_ketamine, with_another = set(), set()
    for one, later in pairwise(sorted((*others, *ours), key=itemgetter(0))):
        low, high = one[1], later[0]
        if not 0 < high - low < 60 or (high not in twice and one[0] not in twice):
            continue
        between = text[low:high]
        if "(" in between:
            between = _ASIDE.sub("", between)
        if not any(map(between.lower().__contains__, _BOTH_WORDS)) and between not in _PAIR:
            continue
        if not _BOTH.search(between) or _APART.search(between):
            continue
        for drug, beside in ((one, later), (later, one)):
            word = text[drug.start : drug.end].lower()
            if beside.term.axis is DRUGS:
                with_ketamine.add(word)
            elif beside.term.printed == "placebo" or between.strip() in _PAIR:
                with_another.add(word)
    return frozenset(with_ketamine & with_another)


def _alike(text: str, ours: list[_Arm]) -> tuple[int, int] | None:
    """Two groups that are given ketamine and the same drugs with it."""
    plain = [one for one in ours if one.ketamine and not _AND.search(text, one.ketamine.start - 8, one.ketamine.start)]
    for number, later in enumerate(plain):
        for one in plain[:number]:
            kinds = one.name[0] == later.name[0] and one.name[1] != later.name[1]
            if kinds and later.ketamine and set(one.others) == set(later.others):
                return later.ketamine.start, later.ketamine.end
    return None


def _groups(document: Document, scan: Scan) -> list[_Arm]:
    text = document.text
    found: list[_Arm] = []
    if len(scan.cue("arm")) < 2:
        return found
    every = [*scan.of(DRUGS), *scan.of(COMPARATORS)]
    told = {one[4][0] for one in every}
    heads = [
        (start, end, hit.end())
        for start, end in scan.cue("arm")[:_MOST]
        if (sentence := document.sentence(start)).start in told
        and zone(document, scan, sentence) in _TOLD
        and (hit := _GIVEN.match(text, end, end + 110))
    ]
    if len(heads) < 2:
        return found
    for number, (start, named, given) in enumerate(heads):
        end = document.sentence(start).end
        if number + 1 < len(heads) and heads[number + 1][0] < end:
            end = _before_name(text, given, *heads[number + 1][:2])
        inside = [
            one
            for one in every
            if given <= one[0] < end or (0 < start - one[1] < 14 and not _JOIN.search(text, one[1], start))
        ]  # also in the name of a group: "the ketamine high group"
        ours = [one for one in inside if one.term.axis is DRUGS and not is_denied(text, one)]
        others = [one for one in inside if one.term.axis is COMPARATORS]
        if ours or others:
            words = [text[one.start : one.end].lower() for one in others if not _is_inert(one)]
            inert = len(words) < len(others)
            found.append(_Arm(ours[0] if ours else None, words, inert, _name(text, start, named)))
    return found


def _before_name(text: str, low: int, start: int, end: int) -> int:
    """Where the name of a group begins, whose last word is "group": after a comma, "and", "or"."""
    if _name(text, start, end)[0]:
        return start
    joins = [hit.start() for hit in _JOIN.finditer(text, max(low, start - 45), start)]
    return joins[-1] if joins else start


def _name(text: str, start: int, end: int) -> tuple[str, str]:
    later = _LETTER.match(text, end, end + 12)
    if later:
        return "group", later[1].lower()
    return "", text[max(0, start - 24) : start].rstrip().rpartition(" ")[2].lower()


def _is_inert(mention: Mention) -> bool:
    return mention.term.printed in INERT


def is_denied(text: str, mention: Mention) -> bool:
    """Whether ketamine is named as what a group is not given."""
    low = max(0, mention.start - 16)
    before = text[low : mention.start].lower().rstrip(" -")
    return before.endswith(_NOT_WORDS) and bool(_NOT.search(text, low, mention.start))


_EXACT: Final = frozenset({"racemic", "esketamine", "arketamine"})
_MASS: Final = r"(?:mg|mcg|microg(?:ram)?s?|milligrams?|[uμµ]g)"
_PER_KG: Final = r"(?: ?(?:/|·|\.| per )? ?kg)?"
_UNIT: Final = rf"({_MASS}{_PER_KG}(?: ?(?:/|·|\.| per )? ?(?:min|h)\b)?)"
# two amounts side by side: "0.2 or 0.5 mg/kg", "0.2 mg/kg (low) and 0.5 mg/kg"
_DOSE: Final = re.compile(
    rf"(\d(?<![\d.]\d)(?<!group \d)(?<!arm \d)(?<!day \d)(?<![A-Za-z]-\d)\d*(?:\.\d+)?)"
    rf"(?: ?{_MASS}{_PER_KG}(?: ?(?:-1|\(-1\)))?)?(?:/(?:min|h))?(?: ?\([^()]{{1,40}}\))?"
    rf"(?:/d(?:ay)?| daily)?"
    rf" ?(?:,|,? ?or|,? ?and|versus|vs\.?) (?:either )?(\d+(?:\.\d+)?) ?{_MASS}\b{_PER_KG}",
    re.I,
)
_SECOND: Final = re.compile(r"\d(?<=[,.rdsRDS] \d)")  # a number behind a comma, "or", "and", "versus", "either"
_DOSE_OF: Final = re.compile(
    rf"(\d+(?:\.\d+)?) ?{_UNIT}(?: of)? (?:\w+ )?(?:S?\(?\+?\)?-?|es)ketamine|"
    rf"ketamine(?: \w+){{0,2}} \(?(?:of )?(\d+(?:\.\d+)?) ?{_UNIT}",
    re.I,
)
_ASSIGNED: Final = seeker(r"random|\bassigned|\ballocated|\bdivided|\bor (?:its |the )?vehicle|\bvehicle,? or\b")
# one dose, set for each patient
_FLEXIBLE: Final = seeker(r"\b(?:flexib\w+|titrat\w+|adjust\w+|rang(?:e|ed|ing)|followed by)\b")
# two ways to give it that exclude each other
_KINDS: Final = re.compile(
    r"\b(?:(?P<low>low(?:er)?)(?=[- ](?:\w+[- ]){0,2}(?:dos|esketamine|ketamine|group|high))|"
    r"(?P<high>high(?:er)?)(?=[- ](?:\w+[- ]){0,2}(?:dos|esketamine|ketamine|group|low))|"
    r"(?P<once>single|one)(?=[- ]{1,2}(?:\w+[- ]){0,2}(?:dos|infusion|injection|bolus|ketamine|esketamine|and|or|"
    r"v))|(?P<often>repeated|multiple|serial|repeat|continuous(?:ly)?)|(?P<bolus>bolus))",
    re.I,
)
_OPPOSED: Final = (("low", "high"), ("once", "often"), ("bolus", "often"))
_COUNTED: Final = re.compile(r"\([nN] ?= ?\d")


def own_comparison(
    document: Document, scan: Scan, given: list[Found], groups: Arms, ours: dict[int, list[Mention]], *, review: bool
) -> Found | None:
    """Where ketamine is compared with ketamine: two exact forms, routes, doses or courses, or two groups with it."""
    forms = [one for one in given if one.axis is DRUGS and one.role == STUDIED and one.term in _EXACT]
    if len(forms) > 1:
        named = [one for one in scan.of(DRUGS) if one.term.printed in _EXACT]
        if place := _set_against(document, scan, named):
            return _found(place, "two forms of ketamine compared")
    if any(one.axis is DRUGS and one.role == STUDIED and one.term == "metabolites" for one in given) and not review:
        for inside in by_sentence(scan.of(DRUGS)).values():
            if inside[0].zone is not IN_BACKGROUND and _listed(document.text, inside):
                return _found(inside[-1][:2], "ketamine and what it becomes compared")
    studied = {one.term for one in given if one.axis is ROUTES and one.role == STUDIED}
    if len(studied) > 1:
        routes = [one for one in scan.of(ROUTES) if one.term.printed in studied]
        place = _set_against(document, scan, routes) or _in_title(document, routes)
        if place and (not review or document.zone(place[0]) in _TOLD):
            return _found(place, "routes of ketamine compared")
    if place := groups.alike or (_doses(document, scan, ours) if "dose-unit" in scan.cues else None):
        return _found(place, "doses of ketamine compared")
    if len(scan.cue("course")) > 1 and (place := _courses(document, scan, ours)):
        return _found(place, "two ways to give ketamine compared")
    return None


def _found(place: tuple[int, int], rule: str) -> Found:
    return Found(COMPARATORS, "dose-comparison", *place, rule, "comparator")


def _set_against(document: Document, scan: Scan, places: list[Mention]) -> tuple[int, int] | None:
    """Two of these in one sentence that compares, or that counts the people given each."""
    for inside in by_sentence(places).values():
        if len(inside) < 2 or len({one.term.printed for one in inside}) < 2:
            continue
        start, end, _ = sentence = inside[0].sentence
        if zone(document, scan, sentence) in (IN_BACKGROUND, ELSEWHERE):
            continue
        counted = len(_COUNTED.findall(document.text, inside[0].start, end)) > 1
        if counted or VERSUS.search(document.text, start, end) or _listed(document.text, inside):
            return inside[1][:2]
    return None


# from one to the next in a list of what is given: "(R)-ketamine 10 mg/kg, (S)-ketamine 10 mg/kg or saline"
_NEXT: Final = re.compile(
    r"[ )]*\(?\d+(?:\.\d+)? ?\w{1,8}(?:/\w{1,4}){0,2}[^;.(),]{0,25}\)?,? ?(?:or |,)(?:either )?[ (]*"
)


def _listed(text: str, places: list[Mention]) -> bool:
    """Whether two are next to each other in a list of which each is given one."""
    return any(
        one.term.printed != later.term.printed and _NEXT.fullmatch(text, one.end, later.start)
        for one, later in pairwise(places)
    )


def _in_title(document: Document, routes: list[Mention]) -> tuple[int, int] | None:
    """Two routes that a title names: who studies both tells which is better."""
    last = document.sentences[0].end
    title = [one for one in routes if one.start < last]
    if (
        len(title) < 2
        or len({one.term.printed for one in title}) < 2
        or "/" in document.text[title[0].end : title[-1].start]
    ):
        return None
    return title[-1][:2]


def _doses(document: Document, scan: Scan, ours: dict[int, list[Mention]]) -> tuple[int, int] | None:
    """Two doses of ketamine side by side in title, aim or methods."""
    others, places = scan.of(COMPARATORS), [place for place, _ in scan.cue("dose-unit")]
    for near in ours.values():
        sentence = near[0].sentence
        low, high, given = sentence
        if given is not IN_BACKGROUND and given not in _TOLD:
            continue
        first, after = bisect_left(places, low), bisect_left(places, high)
        if first == after or zone(document, scan, sentence) not in _TOLD:
            continue
        start, end = max(low, places[first] - 80), min(high, places[after - 1] + 40)
        grouped: bool | None = None  # asked once of a sentence, and only where it matters
        for hit in _DOSE.finditer(document.text, start, end) if _SECOND.search(document.text, start, end) else ():
            if " or " in hit[0] and given is IN_METHODS:  # a choice, among those who are all given it
                grouped = _by_group(document, scan, low, high) if grouped is None else grouped
                if not grouped:
                    continue
            if hit[1] == hit[2] or _FLEXIBLE.search(document.text, max(start, hit.start() - 60), hit.start()):
                continue
            place = Mention(_list_start(document.text, start, hit.start()), hit.end(), near[0].term, "")
            beside = [one for one in others if low <= one.start < high and one.term.printed != "placebo"]
            if not beside or is_nearer(document.text, place, near, beside):
                return hit.span()
        if document.folded.count(b"ketamine", start, end) < 2 or not _by_group(document, scan, low, high):
            continue
        amounts: dict[str, str] = {}
        for hit in _DOSE_OF.finditer(document.text, start, end):
            amount, unit = (hit[1], hit[2]) if hit[1] else (hit[3], hit[4])
            if amounts.setdefault(unit.lower().replace(" ", ""), amount) != amount:
                return hit.span()
    return None


def _by_group(document: Document, scan: Scan, low: int, high: int) -> bool:
    """Whether a sentence tells of groups, or how people came into them."""
    return scan.within("other-group", low, high) or _ASSIGNED.search(document.text, low, high) is not None


# more amounts of a list, before its last two: "0.1, 0.2, 0.5 or 1 mg/kg"
_LISTED: Final = re.compile(r"(?:\d{1,5}(?:\.\d{1,4})? ?(?:mg|mcg|[uμµ]g)?(?:/kg)?, ?){1,6}$")


def _list_start(text: str, low: int, start: int) -> int:
    """Where the list of amounts begins of which the last two stand at `start`."""
    before = _LISTED.search(text, max(low, start - 60), start)
    return before.start() if before else start


def _courses(document: Document, scan: Scan, ours: dict[int, list[Mention]]) -> tuple[int, int] | None:
    """Two opposed ways in one sentence that compares: "single versus repeated doses", "a high and a low dose"."""
    places = [place for place, _ in scan.cue("course")]
    for near in ours.values():
        sentence = near[0].sentence
        start, end, given = sentence
        if given is not IN_BACKGROUND and given not in _TOLD:
            continue
        if bisect_left(places, end) - bisect_left(places, start) < 2 or zone(document, scan, sentence) not in _TOLD:
            continue
        if not VERSUS.search(document.text, start, end):
            continue
        kinds = {hit.lastgroup: hit.span() for hit in _KINDS.finditer(document.text, start, end)}
        for one, other in _OPPOSED:
            if one not in kinds or other not in kinds or abs(kinds[one][0] - kinds[other][0]) > 70:
                continue
            (_, low), (high, last) = sorted((kinds[one], kinds[other]))
            others = any(start <= one.start < end for one in scan.of(COMPARATORS))
            if not others or VERSUS.search(document.text, low, high):
                return high, last
    return None
