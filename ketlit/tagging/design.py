"""What kind of study a text reports: one design, and what it is besides."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.findings import Found, found
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis, Design, DesignFlag

_OWN: Final = frozenset({Zone.TITLE, Zone.AIM, Zone.METHODS})
NO_N: Final = frozenset(
    {
        Design.META_ANALYSIS,
        Design.SYSTEMATIC_REVIEW,
        Design.GUIDELINE,
        Design.NARRATIVE_REVIEW,
        Design.PRECLINICAL,
        Design.EDITORIAL_LETTER,
    }
)


COUNTS_NOBODY: Final = "costs or publications are studied, not people"
ONE_CASE: Final = "one patient is described"
LOOSE: Final = "literature is reviewed"


class Named(NamedTuple):
    """The one design, why, and where the words stand."""

    design: Design
    start: int
    end: int
    rule: str


class _Evidence:
    """The designs and cues that a document names, by zone."""

    def __init__(self, document: Document, scan: Scan) -> None:
        self.document, self.scan = document, scan
        self.title: dict[str, Mention] = {}
        self.own: dict[str, Mention] = {}
        self.anywhere: dict[str, Mention] = {}
        self.times: dict[str, int] = {}
        for mention in scan.of(Axis.DESIGN):
            zone = document.zone(mention.start)
            for term in (mention.term.id, *(one for axis, one in mention.term.implies if axis == Axis.DESIGN)):
                self.anywhere.setdefault(term, mention)
                if zone in _OWN or (zone is Zone.BACKGROUND and self._of_itself(mention)):
                    self.own.setdefault(term, mention)
                    self.times[term] = self.times.get(term, 0) + 1
                if zone is Zone.TITLE:
                    self.title.setdefault(term, mention)

    def _of_itself(self, mention: Mention) -> bool:
        """Whether a sentence of the background speaks of this study, as some do that end with the aim."""
        start, end, _ = self.document.sentence(mention.start)
        return self.scan.within("zone-aim", start, end)

    def cue(self, name: str, zones: frozenset[Zone] = _OWN) -> tuple[int, int] | None:
        """The first place of a cue in these zones."""
        return next((place for place in self.scan.cue(name) if self.document.zone(place[0]) in zones), None)


def design(document: Document, scan: Scan, *, animal: bool) -> Named | None:
    """The design that the words say; None where they say none. The order is from what cannot be another to what can."""
    seen = _Evidence(document, scan)
    return (
        _protocol(seen)
        or _letter(seen)
        or _review(seen)
        or _secondary(seen)
        or _economic(seen)
        or _preclinical(seen, animal)
        or _trial(seen)
        or _cases(seen)
        or _observational(seen)
        or _narrative(seen)
        or _uncontrolled(seen)
        or _discursive(seen)
        or _treated(seen)
    )


def _named(design: Design, mention: Mention | tuple[int, int], rule: str) -> Named:
    start, end = (mention.start, mention.end) if isinstance(mention, Mention) else mention
    return Named(design, start, end, rule)


_REGISTRY: Final = re.compile(r"\b(?:PRIMARY OUTCOME|INCLUSION CRITERIA|CONDITION):")


def _protocol(seen: _Evidence) -> Named | None:
    if "protocol" in seen.title:
        return _named(Design.PROTOCOL, seen.title["protocol"], "the title says protocol")
    text = seen.document.text
    if "INTERVENTION:" in text and (hit := _REGISTRY.search(text)):
        return _named(Design.PROTOCOL, hit.span(), "the headings of an entry in a registry")
    future = [
        place
        for place in seen.scan.cue("will")
        if seen.document.zone(place[0]) is not Zone.CONCLUSION or not seen.document.labelled
    ]
    past = len(seen.scan.cue("found"))
    if len(future) > 1 + 2 * past or (future and "protocol" in seen.own and not past):
        return _named(Design.PROTOCOL, future[0], "what will be done, and nothing that was found")
    plans = seen.scan.cue("plan")
    if plans and not past and not seen.document.labelled and not seen.scan.has("reviewing", "found-out", "searched"):
        return _named(Design.PROTOCOL, plans[0], "what a study aims at, and nothing that was found")
    return None


def _review(seen: _Evidence) -> Named | None:
    if "guideline" in seen.title:
        return _named(Design.GUIDELINE, seen.title["guideline"], "the title says guideline")
    if place := seen.cue("narrative", frozenset(Zone)):
        return _named(Design.NARRATIVE_REVIEW, place, "it calls itself a narrative review")
    pooled = seen.title.get("meta-analysis") or seen.own.get("meta-analysis")
    searched = seen.cue("searched")
    if (
        pooled
        and "meta-analysis" not in seen.title
        and "systematic-review" in seen.title
        and not seen.scan.has("pooled")
    ):
        pooled = None  # a systematic review that names meta-analyses
    if "meta-analysis" in seen.title or (
        pooled and (searched or seen.times["meta-analysis"] > 1 or "systematic-review" in seen.own)
    ):
        assert pooled
        return _named(Design.META_ANALYSIS, pooled, "a meta-analysis was done")
    if "systematic-review" in seen.title:
        return _named(Design.SYSTEMATIC_REVIEW, seen.title["systematic-review"], "the title says systematic review")
    if searched and (seen.cue("databases") or "systematic-review" in seen.own or seen.cue("reviewing")):
        return _named(Design.SYSTEMATIC_REVIEW, searched, "databases were searched")
    if "systematic-review" in seen.own:
        return _named(Design.SYSTEMATIC_REVIEW, seen.own["systematic-review"], "a systematic review was done")
    return None


# kinds of analysis that a study may make of its own data
_PART: Final = re.compile(r"mediation|subgroup|exploratory|additional|sub-?analysis", re.I)


def _secondary(seen: _Evidence) -> Named | None:
    if mention := seen.title.get("secondary-analysis"):
        return _named(Design.SECONDARY_ANALYSIS, mention, "a further analysis of a trial")
    if place := seen.cue("pooled-data"):
        return _named(Design.SECONDARY_ANALYSIS, place, "data of several trials together")
    mention = seen.own.get("secondary-analysis")
    if mention and _PART.match(seen.document.text, mention.start) and seen.cue("observed"):
        return None  # one of the analyses of an observational study
    if mention and "rct" not in seen.title:
        return _named(Design.SECONDARY_ANALYSIS, mention, "a further analysis of a trial")
    return None


def _economic(seen: _Evidence) -> Named | None:
    """A model of costs, or a count of publications, studies no people."""
    if place := seen.cue("economic", frozenset({Zone.TITLE, Zone.METHODS, Zone.AIM})):
        return None if "rct" in seen.title else _named(Design.OTHER, place, COUNTS_NOBODY)
    return None


def _preclinical(seen: _Evidence, animal: bool) -> Named | None:
    if animal:
        mention = next((one for one in seen.scan.of(Axis.POPULATION) if one.term.id in ("animal", "cell")), None)
        return _named(Design.PRECLINICAL, mention or (0, 0), "animals or cells were studied")
    if "preclinical" in seen.title:
        return _named(Design.PRECLINICAL, seen.title["preclinical"], "the title says so")
    return None


# "randomised" that is not said of this study
_NOT_THIS: Final = re.compile(
    r"(?:\bnon|\bnot|\bnot been|\bno|\bquasi|mendelian|\bun|lack of|need for|needed|needs?|future|further|"
    r"larger?|previous(?:ly)?|prior|recent|several|few|first|earlier|existing|other|published|most|"
    r"evidence from|results? of|well-designed|additional)"
    r",?[ -](?:[\w,-]+ ){0,3}$",
    re.I,
)


# people, words or animals drawn by lot are not assigned to groups by lot
_SAMPLED: Final = re.compile(r" (?:selected|sampled|chosen|surveyed|recruited|intercepted|presented|drawn)\b", re.I)


def _trial(seen: _Evidence) -> Named | None:
    document = seen.document
    mention = seen.title.get("rct")
    if mention and mention.term.id == "rct":
        return _named(Design.RCT, mention, "the title says randomised")
    if seen.scan.has("reviewing") and not seen.scan.has("zone-methods", "number"):
        return None  # a review of trials
    watched = any(term in seen.own for term in ("observational", "retrospective", "cohort"))
    for cue in ("randomised", "allocated"):
        if cue == "allocated" and watched:
            continue  # put into groups by what they had, not by lot
        for place in seen.scan.cue(cue):
            sentence = document.sentence(place[0])
            if sentence.zone in (Zone.BACKGROUND, Zone.CONCLUSION, Zone.OTHER) and document.labelled:
                continue
            if sentence.zone is Zone.BACKGROUND and not seen.scan.within("this-study", sentence.start, sentence.end):
                continue
            if _SAMPLED.match(document.text, place[1]):
                continue
            if not _NOT_THIS.search(document.text, max(sentence.start, place[0] - 40), place[0]):
                return _named(Design.RCT, place, "randomised")
    return None


def _cases(seen: _Evidence) -> Named | None:
    if "case-series" in seen.title:
        return _named(Design.CASE_SERIES, seen.title["case-series"], "the title says case series")
    if "case-report" in seen.title:
        return _named(Design.CASE_REPORT, seen.title["case-report"], "the title says case report")
    if place := seen.cue("title-cases", frozenset({Zone.TITLE})):
        return _named(Design.CASE_SERIES, place, "the title speaks of cases")
    if place := seen.cue("title-case", frozenset({Zone.TITLE})):
        return _named(Design.CASE_REPORT, place, "the title speaks of one patient")
    if place := seen.cue("one-case", frozenset(Zone)):
        return _named(Design.CASE_REPORT, place, ONE_CASE)
    if place := seen.cue("some-cases", _OWN | {Zone.RESULTS}):
        return _named(Design.CASE_SERIES, place, "some patients are described")
    return None


def _observational(seen: _Evidence) -> Named | None:
    for term in ("observational", "retrospective", "cohort", "case-control", "cross-sectional"):
        if mention := seen.title.get(term) or seen.own.get(term):
            return _named(Design.OBSERVATIONAL, mention, "observed, not assigned")
    if place := seen.cue("observed"):
        return _named(Design.OBSERVATIONAL, place, "observed, not assigned")
    if (place := seen.cue("drug-users", frozenset({Zone.TITLE}))) and not seen.scan.has("imaging", "laboratory"):
        return _named(Design.OBSERVATIONAL, place, "what users of a drug tell")
    return None


def _narrative(seen: _Evidence) -> Named | None:
    if "narrative-review" in seen.title:
        return _named(Design.NARRATIVE_REVIEW, seen.title["narrative-review"], "the title says review")
    if place := seen.cue("this-review", frozenset(Zone)):
        return _named(Design.NARRATIVE_REVIEW, place, "it calls itself a review")
    if place := seen.cue("reviewing", frozenset(Zone)):
        return _named(Design.NARRATIVE_REVIEW, place, LOOSE)
    return None


def _uncontrolled(seen: _Evidence) -> Named | None:
    if mention := seen.own.get("single-arm-trial") or seen.own.get("open-label"):
        return _named(Design.SINGLE_ARM_TRIAL, mention, "one group, openly treated")
    if mention := seen.own.get("non-randomized-trial"):
        return _named(Design.NON_RANDOMIZED_TRIAL, mention, "a clinical trial, not said to be randomised")
    return None


def _treated(seen: _Evidence) -> Named | None:
    """Patients who were treated, where no other group is named."""
    place = seen.cue("zone-methods")
    if place and seen.scan.of(Axis.DRUG) and seen.cue("patients") and not seen.scan.has("other-group"):
        return _named(Design.SINGLE_ARM_TRIAL, place, "patients were treated, no other group is named")
    return None


def _discursive(seen: _Evidence) -> Named | None:
    """A text that counts nobody, does nothing and finds nothing: it discusses what others found."""
    scan = seen.scan
    done = scan.has("n", "zone-methods", "searched", "own-work", "assay") or seen.document.labelled
    if seen.document.has_abstract and scan.of(Axis.DRUG) and not done:
        start, end, _ = seen.document.sentences[0]
        rule = LOOSE if scan.has("found", "enrol") else "no methods and no results of its own"
        return _named(Design.NARRATIVE_REVIEW, (start, end), rule)
    return None


def _letter(seen: _Evidence) -> Named | None:
    if "case-series" in seen.title or "case-report" in seen.title:
        return None  # cases that are told in a letter
    if place := seen.cue("letter", frozenset({Zone.TITLE})):
        return _named(Design.EDITORIAL_LETTER, place, "the title says so")
    opening = seen.document.sentences[: 2 if seen.document.labelled else 3]
    for place in seen.scan.cue("letter-text"):
        if place[0] < opening[-1].end:
            return _named(Design.EDITORIAL_LETTER, place, "it calls itself a letter or comment")
    if "editorial-letter" in seen.title:
        return _named(Design.EDITORIAL_LETTER, seen.title["editorial-letter"], "the title says so")
    return None


def flags(document: Document, scan: Scan, taxonomy: Taxonomy) -> list[Found]:
    """What the design is besides, where title, aim or methods say it."""
    result = []
    for mention in scan.of(Axis.DESIGN):
        if mention.term.flag and mention.term.id in [*DesignFlag] and document.zone(mention.start) in _OWN:
            result.append(found(mention, "said of the design"))
    return result
