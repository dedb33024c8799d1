"""Why ketamine is in a study: as a treatment, an anaesthetic, a drug of abuse, a model, or not at all."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.axes import CONDITIONS, DESIGNS, DRUGS, POPULATIONS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.design_evidence import reports
from ketlit.tagging.document import (
    IN_AIM,
    IN_BACKGROUND,
    IN_CONCLUSION,
    IN_METHODS,
    IN_RESULTS,
    IN_TITLE,
    Document,
    Sentence,
    Zone,
)
from ketlit.tagging.starts import seeker
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Design

_OWN: Final = frozenset({Zone.TITLE, Zone.AIM, Zone.METHODS})


class Context(NamedTuple):
    """The one context, and the words for it."""

    term: str
    start: int
    end: int
    rule: str


_NO_PEOPLE: Final = frozenset({"animal", "cell"})
_STUDIED: Final = _NO_PEOPLE | {"human", "healthy"}


def is_animal(document: Document, scan: Scan) -> tuple[int, int] | None:
    """Where the animals or cells are named that are studied, where no people are.

    Where no animal is named, what nobody does to people tells: a drug into a ventricle, a tail flick, a homogenate.
    """
    bench = scan.cue("bench")
    named = [one for one in scan.of(POPULATIONS) if one.term.id in _STUDIED]
    if not bench and _NO_PEOPLE.isdisjoint([one.term.id for one in named]):
        return None
    if _reviews(scan):
        return None
    aims = any(one.zone is IN_AIM for one in document.sentences)
    own = [one for one in named if _of_this_study(document, scan, one, aims=aims)]
    animals = [one for one in own if one.term.id in _NO_PEOPLE]
    people = [one for one in own if one.term.id not in _NO_PEOPLE and one.zone is not IN_CONCLUSION]
    if any(one.zone is IN_TITLE for one in people) or scan.has("healthy-people"):
        return None
    if not animals:
        return bench[0] if bench and not people and _at_the_bench(document, scan, bench) else None
    place = (animals[0].start, animals[0].end)
    if document.zone(place[0]) is IN_TITLE:
        return place
    if document.has_abstract and not (bench or scan.has("dose-unit") or reports(document, scan)):
        return None  # a review of what animals taught
    return place if len(animals) > len(people) else None


def _reviews(scan: Scan) -> bool:
    """Whether a text says that it reviews what others did, whoever or whatever they did it to."""
    if scan.has("this-review", "of-literature"):
        return True
    reviews = ("narrative-review", "systematic-review", "meta-analysis")
    return any(one.term.id in reviews and one.zone is IN_TITLE for one in scan.of(DESIGNS))


def _tells_what_is_known(document: Document) -> bool:
    """Whether a text speaks of what is, can or has been, and hardly of what was, as reviews do."""
    known = sum(document.text.count(verb) for verb in (" is ", " are ", " can ", " may ", " has ", " have "))
    return known > 4 * sum(document.text.count(verb) for verb in (" was ", " were ", " We ", " we ")) + 3


def _of_this_study(document: Document, scan: Scan, mention: Mention, *, aims: bool) -> bool:
    """Whether a population is not of the background. A text without an aim (`aims`) begins with what was done."""
    start, end, zone = mention.sentence
    if zone is not IN_BACKGROUND:
        return True
    if document.labelled:
        return False
    done = any(scan.within(cue, start, end) for cue in ("bench", "own-work", "dose-unit"))
    return done or not aims


def _at_the_bench(document: Document, scan: Scan, bench: list[tuple[int, int]]) -> bool:
    """Whether words of the laboratory stand in the title, or two of them in a text that reviews nothing."""
    if scan.of(POPULATIONS) or scan.has("person", "patients", "children", "this-review", "searched"):
        return False
    if document.has_abstract and not document.labelled and _tells_what_is_known(document):
        return False
    if any(one.term.id in ("rct", "crossover", "double-blind") for one in scan.of(DESIGNS)):
        return False
    return document.zone(bench[0][0]) is IN_TITLE or len(bench) > 1


def context(
    document: Document, scan: Scan, taxonomy: Taxonomy, studied: set[str], *, animal: bool, design: str
) -> Context | None:
    """The context by the conditions studied and the cues; None where no text is there."""
    drugs = scan.of(DRUGS)
    if not drugs:
        return Context("not-ketamine", 1, 1, "ketamine is not named")
    told = next((one for one in drugs if one.zone is not IN_BACKGROUND), drugs[0])
    title = document.sentences[0]
    if animal:
        ill = _titled(title, scan, taxonomy, "mental-disorder") and _mechanism(document, scan, title) is None
        return _of_animals(document, scan, drugs, told, ill=ill)
    treats = scan.within("treating-title", title.start, title.end)
    if place := _misused(document, scan, treats=treats or design in _TRIALS):
        return Context("misuse", *place, "ketamine as a drug of abuse")
    if _in_passing(document, scan, drugs, design):
        return Context("not-ketamine", told.start, told.end, "another drug is meant, ketamine only named")
    pain = {one for one in studied if one == "pain" or "pain" in taxonomy.ancestors(CONDITIONS, one)}
    mind = {one for one in studied if "mental-disorder" in taxonomy.ancestors(CONDITIONS, one)}
    if mind == {"substance-use-disorder"} and scan.within("operated", title.start, title.end):
        pain, mind = pain | {"postoperative-pain"}, set()  # those who take opioids, and have surgery
    if scan.within("palliative-title", title.start, title.end):
        asks_else = scan.within("anaesthesia", title.start, title.end) or _titled(
            title, scan, taxonomy, "mental-disorder"
        )
        pain, mind = (pain, mind) if asks_else else (pain | {"cancer-pain"}, set())
    cared = any(scan.within(cue, title.start, title.end) for cue in ("induction-title", "palliative-title"))
    patients = cared and not scan.has("volunteers")
    if not patients and (found := _in_the_healthy(document, scan, studied, mind, told, design=design)):
        return found
    if place := _among_anaesthetics(document, scan, studied, title, drugs):
        return Context("anesthesia", *place, "how people are anaesthetised, whatever their disorder")
    if mind and not _titled(title, scan, taxonomy, "pain") and _sought(document, scan, title, design):
        return Context("mechanistic", told.start, told.end, "a mechanism or marker is looked for")
    place = _own(document, scan, "anaesthesia")
    if (
        pain
        and (mind or scan.within("psychiatric-title", title.start, title.end))
        and not _pain_first(title, scan, taxonomy)
    ):
        pain = set()
    asleep = place if scan.within("anaesthesia", title.start, title.end) else None
    if asleep and pain and pain <= _OF_SURGERY and not _RELIEF.search(document.text, 0, title.end):
        return Context("anesthesia", *asleep, "pain is measured, and the title asks for anaesthesia")
    if pain - {"experimental-pain"}:
        return Context("therapeutic-pain", told.start, told.end, "pain is treated")
    if asleep and mind == {"other-psychiatric"}:
        return Context("anesthesia", *asleep, "people with a disorder who are sedated")
    if mind:
        return Context("therapeutic-psychiatric", told.start, told.end, "a mental disorder is treated")
    relief = scan.within("relief-title", title.start, title.end)
    if place and relief and not _ASLEEP.search(document.text, 0, title.end):
        return Context("therapeutic-pain", told.start, told.end, "pain relief is what the title asks for")
    if place:
        return Context("anesthesia", *place, "anaesthesia or sedation")
    if "agitation" in studied:
        return Context("anesthesia", told.start, told.end, "the agitated are sedated")
    return _without_a_disorder(document, scan, title, told)


# pain that an operation brings
_OF_SURGERY: Final = frozenset({"acute-pain", "postoperative-pain", "pain", "burn-pain", "labor-pain"})
_RELIEF: Final = seeker(r"pain|algesi|opioid|morphine|fentanyl")


_ASLEEP: Final = seeker(r"sedati|sedoan|ana?esthe|induction|intubat")


def _in_passing(document: Document, scan: Scan, drugs: list[Mention], design: str) -> bool:
    """Whether ketamine stands in one sentence only, as an exception or where a text with another title tells little.

    What a study of its own names only among its results it did not study.
    """
    start, end, zone = drugs[0].sentence
    if drugs[-1].start >= end:
        return False
    if scan.within("in-passing", start, drugs[0].start):
        return True
    title = document.sentences[0]
    if zone in _OWN:
        return False
    found = zone is IN_RESULTS and design not in _REVIEWS
    return found or scan.within("other-agents", title.start, title.end)


def _in_the_healthy(
    document: Document, scan: Scan, studied: set[str], mind: set[str], told: Mention, *, design: str
) -> Context | None:
    """Healthy people are given ketamine to model psychosis or to see what it does; no review is about them."""
    models = scan.cue("psychosis")
    healthy = "healthy-volunteers" in studied
    spoken = len(scan.cue("schizophrenia")) > len(scan.cue("depression-word"))
    if healthy and models and (_own(document, scan, "psychosis") or spoken):
        return Context("psychosis-model", *models[0], "psychosis modelled in healthy people")
    if models and mind == {"other-psychiatric"} and document.zone(models[0][0]) is IN_TITLE:
        return Context("psychosis-model", *models[0], "what ketamine and psychosis have in common")
    given = design not in (Design.OBSERVATIONAL, Design.NARRATIVE_REVIEW)
    if healthy and given and not mind - {"other-psychiatric"}:
        return Context("mechanistic", told.start, told.end, "effects in healthy people")
    return None


# what follows the name of a receptor where it names drugs, not a mechanism
_DRUG_CLASS: Final = re.compile(
    r"[ -](?:receptors?[ -])?(?:[\w-]+[ -])?(?:(?:ant)?agonists?|modulators?|blockers?|inhibitors?|drugs|agents)\b",
    re.I,
)
_REVIEWS: Final = frozenset({Design.NARRATIVE_REVIEW, Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS})
_TRIALS: Final = frozenset(
    {
        Design.RCT,
        Design.NON_RANDOMIZED_TRIAL,
        Design.SINGLE_ARM_TRIAL,
        Design.SECONDARY_ANALYSIS,
        Design.PROTOCOL,
    }
)


def _sought(document: Document, scan: Scan, title: Sentence, design: str) -> bool:
    """Whether the title asks for a mechanism or marker, not for what a trial or a review of treatments finds."""
    asked = _mechanism(document, scan, title)
    if asked is None:
        return False
    if design in (Design.RCT, Design.PROTOCOL):
        by_lot = any(one.term.id == "rct" and one.start < title.end for one in scan.of(DESIGNS))
        return not by_lot and not scan.within("of-effect", title.start, title.end)
    if design in _REVIEWS:
        return not any(scan.within(cue, title.start, asked) for cue in ("treating-title", "therapy-title"))
    return True


def _mechanism(document: Document, scan: Scan, title: Sentence) -> int | None:
    """Where the title names a mechanism or marker, not a class of drugs by its receptor."""
    for start, end in scan.cue("mechanism-title"):
        if start >= title.end:
            return None
        if not _DRUG_CLASS.match(document.text, end):
            return start
    return None


# an anaesthetic, not used for something else
_ANAESTHETIC: Final = re.compile(
    r"(?:ana?esth|sedat)\w+\b(?! (?:agents? |drugs? )?(?:for|as) (?:the )?(?:treat|therap|antidepress|relie))", re.I
)


def _among_anaesthetics(
    document: Document, scan: Scan, studied: set[str], title: Sentence, drugs: list[Mention]
) -> tuple[int, int] | None:
    """Anaesthesia in a title that names no ketamine, one of several then; or the agitation that anaesthesia leaves."""
    if "agitation" in studied:
        return _own(document, scan, "anaesthesia")
    if drugs[0].start < title.end:
        return None
    return next(
        (one for one in scan.cue("anaesthesia") if one[0] < title.end and _ANAESTHETIC.match(document.text, one[0])),
        None,
    )


def _without_a_disorder(document: Document, scan: Scan, title: Sentence, told: Mention) -> Context:
    """The context of a text in which nobody's pain or mind is treated, and nobody sedated."""
    if scan.within("assay", title.start, title.end):
        return Context("other", told.start, told.end, "how the drug is found in samples")
    if scan.within("mechanism-title", title.start, title.end) or scan.within("mechanistic", title.start, title.end):
        return Context("mechanistic", told.start, told.end, "a mechanism or marker is looked for")
    if place := _own(document, scan, "surgery"):
        return Context("anesthesia", *place, "patients in surgery")
    if scan.within("psychiatric-title", title.start, title.end):
        return Context("therapeutic-psychiatric", told.start, told.end, "the title speaks of psychiatry")
    if scan.within("induction-title", title.start, title.end):
        return Context("anesthesia", told.start, told.end, "patients of whom the title says that they have surgery")
    if not document.has_abstract and not scan.has("letter", "depression-word", "psychiatric-title"):
        return Context("anesthesia", told.start, told.end, "a title alone: the use that the drug is made for")
    moods = [
        place
        for place in scan.cue("depression-word")
        if not _OF_BODY.search(document.text, max(0, place[0] - 20), place[0])
    ]
    if len(moods) > 1:
        return Context("therapeutic-psychiatric", *moods[0], "the drug's use in depression")
    return Context("other", told.start, told.end, "none of the others")


# what is depressed and is no mood
_OF_BODY: Final = seeker(r"(?:respiratory|ventilatory|cardiac|myocardial|cardiovascular|CNS|nervous system) $")


def _titled(title: Sentence, scan: Scan, taxonomy: Taxonomy, kind: str) -> bool:
    """Whether the title names a condition of this kind, not only a test of animals for it."""
    for one in scan.of(CONDITIONS):
        if one.start >= title.end:
            break
        term = one.term.id
        if (kind == term or kind in taxonomy.ancestors(CONDITIONS, term)) and not scan.within(
            "bench", one.start, one.end
        ):
            return True
    return False


def _pain_first(title: Sentence, scan: Scan, taxonomy: Taxonomy) -> bool:
    """Whether the title names pain, and no disorder of the mind before it."""
    for one in scan.of(CONDITIONS):
        if one.start >= title.end:
            break
        above = {one.term.id, *taxonomy.ancestors(CONDITIONS, one.term.id)}
        if "pain" in above:
            return True
        if "mental-disorder" in above:
            return False
    return False


def _misused(document: Document, scan: Scan, *, treats: bool) -> tuple[int, int] | None:
    """Where ketamine is spoken of as a drug of abuse: in title or aim, or more than once in what was done.

    Who is treated, or given it in a trial, does not misuse it, whatever else is said of drugs.
    """
    title = document.sentences[0]
    if treats and scan.within("depression-word", title.start, title.end):
        return None  # what treatment may lead to
    own = [place for place in scan.cue("misuse-of-ketamine") if document.zone(place[0]) in _OWN]
    first = next((place for place in own if document.zone(place[0]) is not IN_METHODS), None)
    return first or (own[0] if len(own) > 1 else None) or (None if treats else _own(document, scan, "misuse"))


def _own(document: Document, scan: Scan, cue: str) -> tuple[int, int] | None:
    return next(
        (
            place
            for place in scan.cue(cue)
            if document.zone(place[0]) in _OWN and not document.text.startswith(("sub-", "Sub-"), place[0] - 4)
        ),
        None,
    )


# what is only akin to the drug
_KIN: Final = re.compile(r"[ -](?:analog(?:ue)?s?|derivatives?|like|related|congeners?)\b", re.I)


def _of_animals(document: Document, scan: Scan, drugs: list[Mention], told: Mention, *, ill: bool) -> Context:
    title = document.sentences[0]
    sleep = scan.within("anaesthesia", title.start, title.end)
    entitled = [one for one in drugs if one.zone is IN_TITLE]
    laboratory = scan.has("laboratory-animal")
    asleep = scan.cue("asleep-by")
    meant = [
        one
        for one in drugs
        if not any(start <= one.start < end for start, end in asleep) and not _KIN.match(document.text, one.end)
    ]
    if not entitled and asleep and len(meant) < 2:
        return Context("not-ketamine", told.start, told.end, "ketamine only makes the animals sleep")
    if place := next((one for one in scan.cue("misuse-of-ketamine") if document.zone(one[0]) is IN_TITLE), None):
        return Context("misuse", *place, "animals that take ketamine themselves, or depend on it")
    if entitled and scan.has("schizophrenia") and not scan.has("depression-word") and not sleep:
        return Context("psychosis-model", *scan.cue("schizophrenia")[0], "psychosis modelled in animals")
    if (
        not laboratory
        and not scan.within("brain-title", title.start, title.end)
        and (entitled or len(meant) > 1)
        and (sleep or (entitled and scan.within("restraint", title.start, title.end)))
    ):
        return Context("veterinary", told.start, told.end, "animals put to sleep or held")
    named = sleep or any(one.zone in (IN_TITLE, IN_AIM, IN_CONCLUSION) for one in meant)
    if named and (place := _cared_for(document, scan, laboratory=laboratory)):
        return Context("veterinary", *place, "animals as patients")
    if entitled and ill:
        return Context("therapeutic-psychiatric", told.start, told.end, "the title names a disorder, and no mechanism")
    if named:
        return Context("mechanistic", told.start, told.end, "effects in animals or cells")
    return Context("not-ketamine", told.start, told.end, "ketamine only named, or only to make animals sleep")


def _cared_for(document: Document, scan: Scan, *, laboratory: bool) -> tuple[int, int] | None:
    """Where animals are named as patients: by a veterinarian's words or, of no laboratory animal, by species or use."""
    places = scan.cue("veterinary")
    if laboratory:
        return next((one for one in places if document.text[one[0] : one[1]].lower().startswith("veterinar")), None)
    return places[0] if places else None
