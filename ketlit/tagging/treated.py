"""What was done with the people of a study that no word names: one group or two, treated or only watched."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.axes import DRUGS
from ketlit.tagging.design_evidence import (
    NON_RANDOMIZED_TRIAL,
    OBSERVATIONAL,
    SINGLE_ARM_TRIAL,
    TITLE_ALONE,
    Evidence,
    Named,
    named,
    tells_of_giving,
)
from ketlit.tagging.document import ELSEWHERE, IN_BACKGROUND, IN_CONCLUSION
from ketlit.tagging.starts import seeker

_CONTROLS: Final = seeker(r"\b(?:controls|(?:control|comparison) group)\b")


def before_after(seen: Evidence) -> Named | None:
    """One group before and after what was done with them, or two of which one had it."""
    place = seen.cue("before-after")
    if not place or "retrospective" in seen.own or seen.scan.has("reviewing", "searched"):
        return None
    if _CONTROLS.search(seen.document.text):
        return named(NON_RANDOMIZED_TRIAL, place, "two groups before and after, not said to be by lot")
    return named(SINGLE_ARM_TRIAL, place, "one group before and after")


def uncontrolled(seen: Evidence) -> Named | None:
    mention = seen.own.get("single-arm-trial") or seen.own.get("open-label") or seen.anywhere.get("open-label")
    if mention and mention.zone not in (IN_BACKGROUND, IN_CONCLUSION, ELSEWHERE):
        return named(SINGLE_ARM_TRIAL, mention, "one group, openly treated")
    mention = seen.own.get("non-randomized-trial")
    if mention and not seen.document.text.endswith("s", mention.start, mention.end):  # trials are others'
        if not _two_groups(seen):
            return named(SINGLE_ARM_TRIAL, mention, "a trial of one group")
        return named(NON_RANDOMIZED_TRIAL, mention, "a clinical trial, not said to be randomised")
    return None


# what stands before and behind words for a group that is not there, or for what was before a drug was given
_NONE_SUCH: Final = seeker(
    r"\b(?:no|without|lack|lacks|lacked|lacking|absence|absent|missing|neither|"
    r"no [\w-]+(?: groups?| arms?)? (?:or|and))(?: of)?(?: an?| any| the)? "
    r"(?:(?!differ|signif|change)\w+ )?$|"
    r"\b(?:return\w*|back) to (?:the )?$"
)
_NOT_USED: Final = re.compile(
    r"(?: (?:group|arm|control))? (?:was|were) (?:not|never) (?:used|given|administered|included|"
    r"available|recruited|studied)\b",
    re.I,
)
_BASELINE: Final = re.compile(
    r" (?:(?:values?|levels?|readings?|measurements?|periods?|recordings?|pressures?|rates?|state|conditions?|"
    r"was impossible)\b|"
    r"(?:the )?(?:baseline|pre-?\w+|before|control values?|control levels?|awake|resting|initial)\b)",
    re.I,
)


def _two_groups(seen: Evidence) -> bool:
    """Whether some are compared with others, not only with what they were before."""
    text, ill = seen.document.text, seen.scan.has("patients", "children")
    for start, end in seen.scan.cue("other-group"):
        if not ill and text[start] in "hH":
            continue  # all are healthy
        none = _NONE_SUCH.search(text, max(0, start - 40), start) or _NOT_USED.match(text, end)
        if not (none or _BASELINE.match(text, end)):
            return True
    return False


def _undeclared(seen: Evidence) -> Named | None:
    """People were studied and no word names the design: by whether they were given something, and others not."""
    scan = seen.scan
    if not scan.of(DRUGS) or not seen.document.has_abstract or scan.has("assay", "bench", "qualitative"):
        return None
    people = scan.cue("patients") or scan.cue("person") or scan.cue("people")
    place = next((one for one in people if not seen.of_others(one[0])), None)
    if not place or not seen.reports:
        return None
    if not (scan.has("vein") or tells_of_giving(seen.document, seen.document.sentences[0].end)):
        return None
    if _two_groups(seen):
        return named(NON_RANDOMIZED_TRIAL, place, "groups were treated, not said to be by lot")
    return named(SINGLE_ARM_TRIAL, place, "patients were treated, no other group is named")


def _watched(seen: Evidence) -> Named | None:
    """People were studied, something was found, and those who write gave them nothing."""
    scan, title = seen.scan, seen.document.sentences[0]
    ill = scan.cue("patients") or scan.cue("children")
    places = ill or scan.cue("people")
    if not places or not seen.document.has_abstract or scan.has("qualitative", "instrument") or not seen.reports:
        return None
    place = places[0]
    if not ill and (scan.has("assay", "bench") or (scan.has("laboratory") and tells_of_giving(seen.document, 0))):
        return None  # an experiment on healthy people, or on what they left
    if not scan.within("misuse-of-ketamine", title.start, title.end) and _may_be_given(seen):
        return None
    if ill and _fared_better(seen):
        return named(SINGLE_ARM_TRIAL, place, "patients before and after a treatment")
    return named(OBSERVATIONAL, place, "people were studied, and given nothing")


# a title's words for a treatment that does something
_EFFECT: Final = seeker(
    r"\b(?:efficacy|effective(?:ness)?|safety|feasibility|tolerability|treatment|therapy|improv\w+|reduc\w+|"
    r"relie(?:ves?|f)|effects? of|impact of|injections?|intervention|rehabilitation|training|exercise|"
    r"program(?:me)?)\b"
)
# how people were before and after what was done to them
_BEFORE: Final = seeker(
    r"\b(?:before (?:and|treatment|the|surgery)|at baseline(?:,| and)|from baseline|"
    r"pre-?(?:operative|treatment)\w*,? and|pre- and)\b"
)


def _fared_better(seen: Evidence) -> bool:
    """Whether a title names a treatment and its effect, and the same people are compared before and after it."""
    text, title = seen.document.text, seen.document.sentences[0]
    if not _EFFECT.search(text, 0, title.end) or seen.cue("depends-on", TITLE_ALONE):
        return False
    return not (seen.scan.has("other-group") and _CONTROLS.search(text)) and _BEFORE.search(text, title.end) is not None


def _may_be_given(seen: Evidence) -> bool:
    """Whether a text is about a drug: its title says so, or it tells of drugs and of giving."""
    scan, title = seen.scan, seen.document.sentences[0]
    drugs = scan.of(DRUGS)
    if not drugs:
        return scan.within("other-agents", title.start, title.end)
    if drugs[0].start < title.end or scan.within("other-agents", title.start, title.end):
        return True
    return (
        scan.has("vein", "drug-users") or "placebo" in seen.document.text or tells_of_giving(seen.document, title.end)
    )


def by_what_was_done(seen: Evidence) -> Named | None:
    return _undeclared(seen) or _watched(seen)
