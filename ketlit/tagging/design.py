"""What kind of study a text reports: one design, and what it is besides."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.axes import CONDITIONS, DESIGNS, DRUGS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.cases import cases
from ketlit.tagging.design_evidence import (
    EDITORIAL_LETTER,
    GUIDELINE,
    META_ANALYSIS,
    NARRATIVE_REVIEW,
    NON_RANDOMIZED_TRIAL,
    OTHER,
    OWN,
    PRECLINICAL,
    PROTOCOL,
    RCT,
    SECONDARY_ANALYSIS,
    SINGLE_ARM_TRIAL,
    SYSTEMATIC_REVIEW,
    THIS,
    TITLE_ALONE,
    Evidence,
    Named,
    is_outlook,
    named,
)
from ketlit.tagging.document import (
    ELSEWHERE,
    IN_AIM,
    IN_BACKGROUND,
    IN_CONCLUSION,
    IN_METHODS,
    IN_RESULTS,
    IN_TITLE,
    Document,
    Sentence,
)
from ketlit.tagging.findings import Found, found
from ketlit.tagging.number_words import NUMBER
from ketlit.tagging.observed import WATCHED, observational
from ketlit.tagging.reviews import discursive, letter, narrative, review, review_of_trials
from ketlit.tagging.starts import seeker
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.tagging.treated import before_after, by_what_was_done, uncontrolled
from ketlit.vocabulary import DesignFlag

NO_N: Final = frozenset(
    {
        META_ANALYSIS,
        SYSTEMATIC_REVIEW,
        GUIDELINE,
        NARRATIVE_REVIEW,
        PRECLINICAL,
        EDITORIAL_LETTER,
    }
)


COUNTS_NOBODY: Final = "costs or publications are studied, not people"
FURTHER: Final = "a further analysis of a trial"


def design(document: Document, scan: Scan, *, animal: tuple[int, int] | None) -> Named | None:
    """The design that the words say; None where they say none. The order is from what cannot be another to what can."""
    seen = Evidence(document, scan)
    told = (
        _protocol(seen)
        or letter(seen)
        or review(seen)
        or _in_words(seen)
        or _secondary(seen)
        or _economic(seen)
        or _of_earlier_trial(seen)
        or (_of_animals(seen, animal) if animal else None)
        or review_of_trials(seen)
        or _trial(seen)
        or _by_rule(seen)
        or cases(seen)
        or before_after(seen)
        or observational(seen)
        or narrative(seen)
        or _blinded(seen)
        or uncontrolled(seen)
        or discursive(seen)
        or by_what_was_done(seen)
    )
    return _asked_of_it(seen, told) or told


def design_of_people(document: Document, scan: Scan) -> Named | None:
    """The design of a text that counts people, where what its words call it cannot be."""
    seen = Evidence(document, scan)
    return _blinded(seen) or uncontrolled(seen) or by_what_was_done(seen)


def _of_animals(seen: Evidence, animal: tuple[int, int]) -> Named | None:
    """Animals or cells; in what is a trial as its title says they would stand there too."""
    trial = "rct" in seen.title or "placebo-controlled" in seen.title
    end = seen.document.sentences[0].end
    if trial and animal[0] >= end and "preclinical" not in seen.document.text[:end].lower():
        return None
    return named(PRECLINICAL, animal, "animals or cells were studied")


_REGISTRY: Final = re.compile(r"\b(?:PRIMARY OUTCOME|INCLUSION CRITERIA|CONDITION):")


_GOES_ON: Final = seeker(
    r"\b(?:is|are) (?:then |being ){0,2}(?:randomi[sz]ed|assigned|allocated|followed|given|treated|enrolled|"
    r"recruited)\b|"
    r"\b(?:patients|participants|subjects) (?:then )?receive\b"
)


def _goes_on(seen: Evidence) -> bool:
    """Whether methods with a label say what is done, and no results follow."""
    zones = {one.zone for one in seen.document.sentences}
    return (
        seen.document.labelled
        and IN_RESULTS not in zones
        and any(
            one.zone is IN_METHODS and _GOES_ON.search(seen.document.text, one.start, one.end)
            for one in seen.document.sentences
        )
    )


# what a text says that it does with its protocol
_TOLD_AS: Final = seeker(r"\b(?:describ|outlin|present|report|detail)\w* (?:[\w-]+ ){0,4}$")


_ENDS: Final = seeker(r": (?:a |the )?(?:(?:study|trial|research|review|clinical|randomi[sz]ed) ){0,3}protocol\.?\s*$")


def _protocol(seen: Evidence) -> Named | None:
    end = seen.document.sentences[0].end
    if seen.document.folded.find(b"protocol", 0, end) > 0 and (hit := _ENDS.search(seen.document.text, 0, end)):
        return named(PROTOCOL, hit.span(), "the title says protocol")
    if "protocol" in seen.title:
        return named(PROTOCOL, seen.title["protocol"], "the title says protocol")
    text = seen.document.text
    if "INTERVENTION:" in text and (hit := _REGISTRY.search(text)):
        return named(PROTOCOL, hit.span(), "the headings of an entry in a registry")
    designed = seen.scan.cue("designed")
    if designed and (place := seen.cue("designed", TITLE_ALONE)):
        return named(PROTOCOL, place, "the title says how a trial is designed")
    for place in designed:
        if _TOLD_AS.search(text, max(0, place[0] - 50), place[0]):
            return named(PROTOCOL, place, "it describes how a trial is designed")
    if (stated := seen.own.get("protocol")) and _TOLD_AS.search(text, max(0, stated.start - 50), stated.start):
        return named(PROTOCOL, stated, "it describes a protocol")
    if "rct" in seen.title and not seen.scan.has("found") and _goes_on(seen):
        return named(PROTOCOL, seen.title["rct"], "a trial that goes on, without results")
    will = seen.scan.cue("will")
    if not will:
        return None
    future = [
        place for place in will if not seen.document.labelled or seen.document.zone(place[0]) is not IN_CONCLUSION
    ]
    if (
        (seen.scan.has("reviewing", "this-review") or "narrative-review" in seen.title)
        and "protocol" not in seen.anywhere
        and not seen.scan.has("searched")
    ):
        future = []  # what a review will go through
    past = len(seen.scan.cue("found"))
    if len(future) > 1 + 2 * past or (future and "protocol" in seen.own and not past):
        return named(PROTOCOL, future[0], "what will be done, and nothing that was found")
    return None


# of what: a trial, whatever it is called before that
_TRIAL: Final = re.compile(
    r" (?:a|an|the|our|one|two|three|four|five|six|several|multiple|previous\w*|prior|published|completed|larger?|"
    r"parent|\d+)?[ -]?(?:[\w/,().-]+ ){0,9}?(?:trials?|RCTs?|open[- ]label (?:\w+ )?stud(?:y|ies)|"
    r"(?:controlled|crossover|cross-over|blind|phase (?:\d\w?|I+\w?)) stud(?:y|ies))\b|"
    r" (?:the )?(?-i:[A-Z]{4,})-\d\b",  # the name of one of a programme of trials
    re.I,
)
# joined so that the trial cannot be this study itself
_EARLIER: Final = seeker(
    r"(?:within|data|samples?|subset|subsample|subgroup|patients|participants|subjects|individuals|adults|depression|disorder|"
    r"derived|drawn|collected|obtained|nested|embedded|re-?analys[ei]s|retrospective)\b.{0,14}$"
)


def _secondary(seen: Evidence) -> Named | None:
    if mention := seen.title.get("secondary-analysis"):
        return named(SECONDARY_ANALYSIS, mention, FURTHER)
    if (further := seen.cue("further", TITLE_ALONE)) and (
        "rct" in seen.title or seen.document.text.find("trial", further[1], seen.document.sentences[0].end) > 0
    ):
        return named(SECONDARY_ANALYSIS, further, FURTHER)
    if place := seen.cue("pooled-data"):
        return named(SECONDARY_ANALYSIS, place, "data of several trials together")
    mention = seen.own.get("secondary-analysis")
    if mention and _of_observed(seen, mention):
        return None
    if mention and ("rct" not in seen.title or THIS.search(seen.document.text, 0, mention.start)):
        return named(SECONDARY_ANALYSIS, mention, FURTHER)
    return None


_TRIALS: Final = frozenset({RCT, NON_RANDOMIZED_TRIAL, SINGLE_ARM_TRIAL})


def _asked_of_it(seen: Evidence, told: Named | None) -> Named | None:
    """A trial whose title asks what its effect depends on, and does not say that it is one: it was reported before."""
    if not told or told.design not in _TRIALS or seen.title or _healthy(seen):
        return None
    place = seen.cue("depends-on", TITLE_ALONE)
    return named(SECONDARY_ANALYSIS, place, FURTHER) if place else None


def _of_observed(seen: Evidence, mention: Mention) -> bool:
    """Whether it is said to be an analysis of an observational study."""
    return seen.scan.within("observed", mention.end, min(mention.sentence.end, mention.end + 60))


# what is done with data that one has
_USED: Final = seeker(r"\b(?:were|was) (?:\w+ ){0,2}?(?:used|analy[sz]ed|examined|pooled|combined|reanaly[sz]ed)\b")


def _of_earlier_trial(seen: Evidence) -> Named | None:
    """People or data of a trial that was done before. Who only took part in it, if the title asks for what predicts."""
    places = seen.scan.cue("from-trial")
    if not places or "rct" in seen.title or seen.scan.has("reviewing", "searched"):
        return None
    title = seen.document.sentences[0]
    asks = seen.scan.within("seeks-else", title.start, title.end)
    for place in places:
        sentence = seen.document.sentence(place[0])
        used = (
            sentence.zone is IN_BACKGROUND
            and not (seen.document.labelled or seen.scan.has("pooled"))
            and _USED.search(seen.document.text, place[1], min(sentence.end, place[1] + 300))
        )
        if not used and sentence.zone not in (IN_AIM, IN_METHODS, ELSEWHERE, IN_RESULTS):
            continue
        if not asks and not _EARLIER.search(seen.document.text, place[0], place[1]):
            continue
        if _TRIAL.match(seen.document.text, place[1], min(sentence.end, place[1] + 160)):
            return named(SECONDARY_ANALYSIS, place, "people or data of an earlier trial")
    return None


_IN_WORDS: Final = ("qualitative", "instrument", "instrument-title")


def _in_words(seen: Evidence) -> Named | None:
    """What people say in their own words, or how good a questionnaire is."""
    for cue in _IN_WORDS:
        if cue in seen.scan.cues and (place := seen.cue(cue, TITLE_ALONE)):
            return named(OTHER, place, "the title asks for views, or for the worth of a scale")
    return None


def _economic(seen: Evidence) -> Named | None:
    """A model of costs, or a count of publications, studies no people; costs in a trial are asked for besides."""
    if place := seen.cue("economic"):
        if "rct" in seen.title:
            return named(SECONDARY_ANALYSIS, place, FURTHER)
        return named(OTHER, place, COUNTS_NOBODY)
    return None


# "randomised" that is not said of this study
_NOTTHIS: Final = seeker(
    r"(?:\bnon|\bnot|\bnot been|\bno|\bquasi|mendelian|\bun|without(?!,| and)|lack of|need for|needed|needs?|future|"
    r"further|larger?|previous(?:ly)?|prior|recent|several|few|first|earlier|existing|other|published|most|"
    r"evidence from|results? of|well-designed|additional)"
    r",?[ -](?:[\w,-]+ ){0,3}$"
)


_THIS_BY_LOT: Final = seeker(r"\b(?:this|our|the present|the current) (?:(?!non|not|un|quasi)[\w/-]+,? ){0,4}$")
# people, words or animals drawn by lot are not assigned to groups by lot, nor is data; trials in the plural are others'
_SAMPLED: Final = re.compile(
    r" (?:selected|sampled|chosen|surveyed|recruited|intercepted|presented|drawn|split|forests?|effects?|"
    r"(?:divided |partitioned |assigned )?(?:in)?to (?:an? )?(?:training|derivation|discovery|development)|"
    r"(?:[\w,-]+ ){0,5}(?:trials|studies|RCTs))\b",
    re.I,
)


def _trial(seen: Evidence) -> Named | None:
    document, scan = seen.document, seen.scan
    mention = seen.title.get("rct")
    if mention and mention.term.id == "rct":
        return named(RCT, mention, "the title says randomised")
    if scan.has("reviewing") and not scan.has("zone-methods", "number"):
        return None  # a review of trials
    for place in scan.cue("randomised")[:50]:
        sentence = document.sentence(place[0])
        if scan.within("to-do", sentence.start, place[0]) or seen.of_others(place[0]):
            continue
        if is_outlook(document.text, scan, *place, sentence):
            continue
        by_name = document.folded.startswith(b"random", place[0])  # nobody tells of the coins of others
        if (by_name and not _said_of_this(seen, sentence, place[0])) or _SAMPLED.match(document.text, place[1]):
            continue
        if _THIS_BY_LOT.search(document.text, max(sentence.start, place[0] - 60), place[0]) or not _NOTTHIS.search(
            document.text, max(sentence.start, place[0] - 40), place[0]
        ):
            return named(RCT, place, "randomised")
    if not scan.has("allocated") or scan.has("quasi") or not scan.of(DRUGS) or scan.has("observed", "healthy-people"):
        return None
    treated = scan.has("patients", "children") and seen.own.keys().isdisjoint(WATCHED)
    if treated and (given := seen.cue("allocated")):
        return named(RCT, given, "patients were allocated to treatments")
    return None


# what is told of those who were studied
_HAD: Final = seeker(
    r"\b(?:each\b|"
    r"(?:were|was) (?:\w+ )?(?:given|infused|injected|treated|dosed|studied|tested|premedicated|administered|"
    r"an(?:a)?estheti[sz]ed)\b|(?:received|gargled|took part|attended|participated|underwent|inhaled|swallowed)\b)"
)


_SO_MANY: Final = re.compile(
    rf"\b{NUMBER} (?:[\w-]+ ){{0,3}}(?:patients|subjects|participants|volunteers|children|adults|men|women)\b", re.I
)


def _said_of_this(seen: Evidence, sentence: Sentence, start: int) -> bool:
    """Whether a sentence that speaks of drawing lots may speak of this study."""
    if THIS.search(seen.document.text, max(sentence.start, start - 50), start):
        return True
    if sentence.zone is IN_CONCLUSION or (sentence.zone in (IN_BACKGROUND, ELSEWHERE) and seen.document.labelled):
        return False
    if sentence.zone is not IN_BACKGROUND or seen.scan.within("this-study", sentence.start, sentence.end):
        return True
    text, first, last = seen.document.text, max(sentence.start, start - 300), min(sentence.end, start + 300)
    return _HAD.search(text, first, last) is not None or _SO_MANY.search(text, first, last) is not None


# people who are ill, not called patients
_WITH: Final = seeker(
    r"\b(?:(?:individuals|persons|people|adults|adolescents|veterans|volunteers|subjects|participants|men|women) "
    r"(?:with|suffering|diagnosed)\b|dependent (?:[\w-]+ ){0,2}(?:volunteers|individuals|persons|people|subjects|"
    r"adults|participants|men|women)\b)"
)


def _by_rule(seen: Evidence) -> Named | None:
    """Patients who got one treatment or the other by turns, or by a number they had."""
    places = seen.scan.cue("quasi")
    if not places or not seen.scan.has("people") or seen.scan.has("searched") or "retrospective" in seen.own:
        return None
    return named(NON_RANDOMIZED_TRIAL, places[0], "assigned by a rule, not by lot")


def _blinded(seen: Evidence) -> Named | None:
    """A comparison that is blinded or crossed over is a trial, though nothing says that it was by lot."""
    if not seen.own:
        return None
    blinded = seen.own.get("double-blind") or seen.own.get("single-blind")
    crossed, placebo = seen.own.get("crossover"), seen.own.get("placebo-controlled")
    mention = crossed or placebo or (blinded if seen.scan.has("other-group") else None)
    if not mention or not seen.scan.has("people") or seen.scan.has("observed", "drug-users"):
        return None
    treated = seen.scan.of(DRUGS) and not _healthy(seen)
    if treated and (seen.scan.has("patients", "children") or _WITH.search(seen.document.text)):
        return named(RCT, mention, "a blinded comparison of patients")
    if any(seen.document.folded.find(b"random", *place) > 0 for place in seen.scan.cue("allocated")):
        return named(RCT, mention, "treatments in an order that was drawn")
    return named(NON_RANDOMIZED_TRIAL, mention, "a comparison, not said to be by lot")


def _healthy(seen: Evidence) -> bool:
    """Whether healthy people are told of: what a drug does to them is no treatment."""
    return any([mention.term.id == "healthy-volunteers" for mention in seen.scan.of(CONDITIONS)])


_FLAGS: Final = frozenset(one.value for one in DesignFlag)


def flags(document: Document, scan: Scan, taxonomy: Taxonomy) -> list[Found]:
    """What the design is besides, where title, aim or methods say it."""
    result = []
    for mention in scan.of(DESIGNS):
        term = mention.term
        if term.flag and term.id in _FLAGS and (zone := mention.sentence.zone) in OWN:
            if zone is not IN_TITLE and is_outlook(document.text, scan, mention.start, mention.end, mention.sentence):
                continue
            result.append(found(mention, "said of the design"))
    return result
