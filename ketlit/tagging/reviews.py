"""Whether a text reports no study of its own: reviews, and letters."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.axes import CONDITIONS, DRUGS
from ketlit.tagging.design_evidence import (
    ANYWHERE,
    EDITORIAL_LETTER,
    GUIDELINE,
    META_ANALYSIS,
    NARRATIVE_REVIEW,
    SYSTEMATIC_REVIEW,
    TITLE_ALONE,
    TOLD,
    Evidence,
    Named,
    named,
)
from ketlit.tagging.document import IN_AIM, IN_BACKGROUND, Zone
from ketlit.tagging.number_words import NUMBER
from ketlit.tagging.starts import seeker
from ketlit.tagging.whose import reviews_others

LOOSE: Final = "literature is reviewed"


def review(seen: Evidence) -> Named | None:
    if "guideline" in seen.title:
        return named(GUIDELINE, seen.title["guideline"], "the title says guideline")
    systematic = seen.title.get("meta-analysis") or seen.title.get("systematic-review")
    if not systematic and (place := seen.cue("narrative", ANYWHERE)):
        return named(NARRATIVE_REVIEW, place, "it calls itself a narrative review")
    pooled = seen.title.get("meta-analysis") or seen.own.get("meta-analysis")
    searched = seen.cue("searched", TOLD)
    if not pooled and not searched and "systematic-review" not in seen.own:  # what the title says is there too
        return None
    if pooled and "meta-analysis" not in seen.title and "systematic-review" in seen.title and not _was_pooled(seen):
        pooled = None  # a systematic review that names meta-analyses
    if "meta-analysis" in seen.title or (
        pooled and (searched or seen.times["meta-analysis"] > 1 or "systematic-review" in seen.own)
    ):
        assert pooled
        return named(META_ANALYSIS, pooled, "a meta-analysis was done")
    if "systematic-review" in seen.title:
        return named(SYSTEMATIC_REVIEW, seen.title["systematic-review"], "the title says systematic review")
    if searched and _was_pooled(seen, _ESTIMATED if seen.document.labelled else _ESTIMATED | {IN_BACKGROUND, IN_AIM}):
        return named(META_ANALYSIS, searched, "what was found in studies was added up")
    if searched and (seen.scan.has("databases") or "systematic-review" in seen.own or seen.cue("reviewing")):
        return named(SYSTEMATIC_REVIEW, searched, "databases were searched")
    if "systematic-review" in seen.own:
        return named(SYSTEMATIC_REVIEW, seen.own["systematic-review"], "a systematic review was done")
    return None


_ESTIMATED: Final = frozenset({Zone.METHODS, Zone.RESULTS})


def _was_pooled(seen: Evidence, zones: frozenset[Zone] = ANYWHERE) -> bool:
    """Whether numbers were added up, not only meant to be."""
    for place, _ in seen.scan.cue("pooled"):
        start, end, zone = seen.document.sentence(place)
        if zone in zones and not seen.scan.within("planned", start, end):
            return True
    return False


# a count of people as the subject of a sentence of its own study: "Forty patients were randomly assigned"
_BEGINS: Final = seeker(
    rf"(?:(?:a total of|in all|overall,?|then,?) )?{NUMBER} (?:[\w-]+ ){{0,8}}?(?:were|was|had been) "
)


def review_of_trials(seen: Evidence) -> Named | None:
    """A text that discusses trials of others, and says of no study that it is its own."""
    document, scan = seen.document, seen.scan
    if not scan.has("discussing", "telling-of") or document.labelled or scan.has("own-study"):
        return None
    if not document.has_abstract or "rct" in seen.title or "case-report" in seen.title:
        return None
    if scan.has("one-case", "some-cases", "aged", "searched") or not (seen.others or scan.has("randomised")):
        return None
    place = reviews_others(document, scan, others=bool(seen.others))
    if not place or any(
        _BEGINS.match(document.text, start, end) and not seen.of_others(start) for start, end, _ in document.sentences
    ):
        return None
    return named(NARRATIVE_REVIEW, place, "it discusses what others studied")


_REVIEWING: Final = ("this-review", "reviewing", "of-literature", "review-title")


def narrative(seen: Evidence) -> Named | None:
    if "narrative-review" in seen.title:
        return named(NARRATIVE_REVIEW, seen.title["narrative-review"], "the title says review")
    if not seen.scan.has(*_REVIEWING):
        return None
    if place := seen.cue("this-review", ANYWHERE):
        return named(NARRATIVE_REVIEW, place, "it calls itself a review")
    if place := seen.cue("reviewing", ANYWHERE) or seen.cue("of-literature", ANYWHERE):
        return named(NARRATIVE_REVIEW, place, LOOSE)
    if (place := seen.cue("review-title", TITLE_ALONE)) and not seen.scan.has("n", "own-study"):
        return named(NARRATIVE_REVIEW, place, "the title says that it tells what is known")
    return None


# what a study has found, with those in whom: "it helped in 30 patients"
_FARED: Final = seeker(
    rf"\b(?:[a-z]+ed|was|were|gave|rose|fell|had) (?:[\w,-]+ ){{0,8}}(?:(?:in|to|after|with) )?{NUMBER} "
    r"(?:[\w-]+ ){0,3}(?:patients|subjects|participants|people|adults|children|volunteers|m[ae]n|wom[ae]n)\b"
)


def discursive(seen: Evidence) -> Named | None:
    """A text that counts nobody, does nothing and finds nothing: it discusses what others found."""
    scan = seen.scan
    if (
        seen.document.has_abstract
        and (scan.of(DRUGS) or scan.of(CONDITIONS) or scan.has("patients", "person", "children"))
        and not (scan.has("searched", "assay", "bench") or seen.reports)
    ):
        start, end, _ = seen.document.sentences[0]
        told = scan.has("found", "enrol") or (scan.has("people") and _FARED.search(seen.document.text, end))
        rule = LOOSE if told else "no methods and no results of its own"
        return named(NARRATIVE_REVIEW, (start, end), rule)
    return None


_NOTICE: Final = re.compile(r"(?:correction|corrigendum|erratum|retraction|expression of concern)(?:[.:]| to\b)", re.I)


def letter(seen: Evidence) -> Named | None:
    if seen.title and ("case-series" in seen.title or "case-report" in seen.title):
        return None  # cases that are told in a letter
    text = seen.document.text
    if text[1] in "cCeErR" and (hit := _NOTICE.match(text, 1)):
        return named(EDITORIAL_LETTER, hit.span(), "a notice about another text")
    if place := seen.cue("letter", TITLE_ALONE):
        return named(EDITORIAL_LETTER, place, "the title says so")
    if told := seen.scan.cue("letter-text"):
        opening = seen.document.sentences[: 2 if seen.document.labelled else 3]
        if told[0][0] < opening[-1].end:
            return named(EDITORIAL_LETTER, told[0], "it calls itself a letter or comment")
    if "editorial-letter" in seen.title:
        return named(EDITORIAL_LETTER, seen.title["editorial-letter"], "the title says so")
    return None
