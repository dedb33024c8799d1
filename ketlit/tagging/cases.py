"""Whether a text tells of one patient or of a few."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.design_evidence import (
    ANYWHERE,
    CASE_REPORT,
    CASE_SERIES,
    OWN,
    THIS,
    Evidence,
    Named,
    named,
)
from ketlit.tagging.document import IN_TITLE, Zone
from ketlit.tagging.number_words import labelled
from ketlit.tagging.starts import seeker

ONE_CASE: Final = "one patient is described"
# people told of, with the number of them
_TOLD: Final = re.compile(
    r"(?<![\w-])(?P<n>a|an|one|two|three|four|five|six|seven|eight|[1-8])(?= )[ -](?:[\w,-]+ ){0,5}\w+$", re.I
)
_ILL: Final = re.compile(r"(?:patients?|cases?|m[ae]n|wom[ae]n|boys?|girls?|infants?|child(?:ren)?|adolescents)$", re.I)
_MANY: Final = re.compile(r"(?:s|men|children)$", re.I)
_SEVERAL: Final = seeker(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|1\d) (?:[\w,-]+ ){0,4}(?:patients|cases|men|women|"
    r"children|adults|adolescents|infants|boys|girls|siblings)\b"
)
# what a report says of more than one case of its own
_THE_CASES: Final = seeker(
    r"\bboth (?:cases|patients)\b|\bsecond (?:case|patient)\b|\b(?:two|three|four) (?:[\w-]+ ){0,2}cases\b"
)
_FEW: Final = re.compile(
    r" (?:(?:on|of|about|with|in) )?(?:(?:a|the|our) )?(?:(?:series|experience|use|course) (?:of|with|in) )?(?:the )?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[2-9]|1[0-2]) (?:[\w-]+ ){0,4}?"
    r"(?:(?:out|in)?patients|cases|m[ae]n|women|children|adults|adolescents|infants|boys|girls|siblings|veterans)\b",
    re.I,
)
_TOLD_IN: Final = OWN | {Zone.RESULTS}
_TELL: Final = seeker(
    r"\b(?:report(?:ed|s)?|describ(?:e|es|ed)|present(?:ed|s)?|observed|encountered|saw|developed|died|presenting|"
    r"admitted|hospitali[sz]ed|was found|suffered|experienced|occurred in|in wh(?:om|ich)|who had|we (?:treated|gave)|"
    r"underwent|(?:was|were) (?:treated|given)|received|required|became|recovered|had)\b"
)
_AUTHORS_TELL: Final = seeker(r"\bwe (?:describe|report|present)\b|\b(?:is|are) (?:described|reported|presented)\b")
# who is told of by age: an age with an article is one person's, whatever the word after it
_A_NUMBER: Final = seeker(r"\b(?:a|an) (?:[\w-]+ )?\d{1,3}(?:\.\d)?[ -]$")
_NOT_A_PERSON: Final = re.compile(
    r",? (?:[\w-]+ ){0,2}(?:study|trial|history|cohort|sample|mouse|rat|dog|cat|horse|data)", re.I
)
_ONE_PERSON: Final = re.compile(
    r",? (?:[\w-]+,? ){0,5}?(?:man|woman|male|female|boy|girl|patient|infant|child|baby|neonate|parturient|"
    r"adolescent)\b(?! (?:patients|participants|volunteers|subjects|adults|children|controls|mice|rats|dogs|cats)\b)",
    re.I,
)
# what only looks like cases
_NO_CASES: Final = re.compile(
    r"(?:control|cross|time|mix|fatality|definition|management|law|load|scenario|volume)\b", re.I
)


def cases(seen: Evidence) -> Named | None:
    if "case-series" in seen.title:
        return named(CASE_SERIES, seen.title["case-series"], "the title says case series")
    if "case-report" in seen.title:
        title = seen.document.sentences[0]
        if several := _SEVERAL.search(seen.document.text, title.start, title.end) or _THE_CASES.search(
            seen.document.text, title.end
        ):
            return named(CASE_SERIES, several.span(), "a report of several cases")
        return named(CASE_REPORT, seen.title["case-report"], "the title says case report")
    treated = "open-label" in seen.title or "single-arm-trial" in seen.title  # cases, but in a trial
    if not treated and (place := _titled(seen, "title-cases")):
        return named(CASE_SERIES, place, "the title speaks of cases")
    if place := _titled(seen, "title-case"):
        return named(CASE_REPORT, place, "the title speaks of one patient")
    if place := seen.cue("one-case", ANYWHERE) or _aged(seen):
        return named(CASE_REPORT, place, ONE_CASE)
    if told := _few(seen):
        return told
    for place in seen.scan.cue("some-cases"):
        itself = THIS.search(seen.document.text, max(0, place[0] - 50), place[0])
        if itself or seen.document.zone(place[0]) in _TOLD_IN:
            return named(CASE_SERIES, place, "some patients are described")
    return _told(seen)


def _few(seen: Evidence) -> Named | None:
    """A few patients who are counted beside a word for telling of them."""
    text = seen.document.text
    for start, end in seen.scan.cue("telling"):
        if hit := _FEW.match(text, end):
            return named(CASE_SERIES, (start, hit.end()), "some patients are described")
    return None


def _aged(seen: Evidence) -> tuple[int, int] | None:
    """One person of a stated age."""
    for place in seen.scan.cue("aged"):
        text = seen.document.text
        if _A_NUMBER.search(text, max(0, place[0] - 24), place[0]) and not _NOT_A_PERSON.match(text, place[1]):
            return place
        if hit := _ONE_PERSON.match(text, place[1]):
            return place[0], hit.end()
    return None


def _titled(seen: Evidence, cue: str) -> tuple[int, int] | None:
    """A cue for cases in the title, not that of a case-control study or a time series."""
    text = seen.document.text
    for place in seen.scan.cues.get(cue, ()):
        if seen.document.sentence(place[0])[2] is not IN_TITLE:
            break
        if not _NO_CASES.match(text, place[1] + 1) and not _NO_CASES.match(text, text.rfind(" ", 0, place[0] - 1) + 1):
            return place
    return None


_COMPARED: Final = ("double-blind", "single-blind", "crossover", "placebo-controlled")


def _told(seen: Evidence) -> Named | None:
    """One or a few people who are told of where people are first named, in a text that counts no others."""
    document, scan = seen.document, seen.scan
    people = scan.cue("people")
    if not people or document.labelled or scan.has("reviewing", "searched", "n", "randomised"):
        return None
    if not seen.anywhere.keys().isdisjoint(_COMPARED):
        return None
    body = document.sentences[0].end
    place = next((one for one in people if one[0] >= body and _ILL.match(document.text, *one)), None)
    if not place:
        return None
    start, end, _ = document.sentence(place[0])
    hit = _TOLD.search(document.text, max(start, place[0] - 60), place[1])
    if not hit or hit.end() != place[1] or labelled(document.text, hit.start(), start):
        return None
    if not (_TELL.search(document.text, start, end) or _AUTHORS_TELL.search(document.text, end)):
        return None
    if hit["n"].lower() in ("a", "an", "one", "1"):
        if _MANY.search(hit[0]):
            return None  # "in a ratio of 2:1 patients"
        return named(CASE_REPORT, hit.span(), ONE_CASE)
    return named(CASE_SERIES, hit.span(), "some patients are described")
