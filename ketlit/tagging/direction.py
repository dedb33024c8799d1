"""Whom the main result favours, only as the authors' conclusion states it: never from a p-value or a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ketlit.tagging.axes import DRUGS
from ketlit.tagging.candidates import Scan
from ketlit.tagging.design_evidence import (
    CASE_REPORT,
    CASE_SERIES,
    EDITORIAL_LETTER,
    GUIDELINE,
    META_ANALYSIS,
    NARRATIVE_REVIEW,
    NON_RANDOMIZED_TRIAL,
    OBSERVATIONAL,
    OTHER,
    PRECLINICAL,
    PROTOCOL,
    RCT,
    SECONDARY_ANALYSIS,
    SINGLE_ARM_TRIAL,
    SYSTEMATIC_REVIEW,
)
from ketlit.tagging.direction_words import names_drug
from ketlit.tagging.direction_words import said as _said
from ketlit.tagging.document import (
    ELSEWHERE,
    IN_BACKGROUND,
    IN_CONCLUSION,
    IN_RESULTS,
    IN_TITLE,
    Document,
    Sentence,
    Zone,
)
from ketlit.tagging.judged import claims_effect, rival_ahead, speaks_against
from ketlit.tagging.starts import seeker
from ketlit.tagging.whose_work import Heed
from ketlit.vocabulary import Direction

_SILENT: Final = frozenset({PROTOCOL, GUIDELINE, EDITORIAL_LETTER})
_SILENT_CONTEXTS: Final = frozenset({"misuse", "psychosis-model"})
# where ketamine is given for what it does
_TREATS: Final = frozenset({"anesthesia", "therapeutic-pain", "therapeutic-psychiatric"})
_TREATED: Final = frozenset({RCT, NON_RANDOMIZED_TRIAL, SINGLE_ARM_TRIAL, CASE_SERIES, CASE_REPORT})

# a sentence that takes back a part of what the one before it said
_BUT: Final = re.compile(
    r"(?:However|But|Nevertheless|Nonetheless|Yet|Still|Conversely|In contrast|On the other hand|Although)\b"
)
_BUT_AFTER: Final = re.compile(
    r"[^,.;]{3,60}, (?:on the other hand|by contrast|in contrast|however|though|nevertheless),"
)
# what something else does to the effect of ketamine, or has to do with it
_UPON: Final = re.compile(
    r"(?P<what>.{0,160}?)\b(?:in|on|to|with|and) (?:the )?(?:[\w-]+ ){0,4}?(?:"
    r"(?:effects?|responses?|efficacy|actions?|outcomes?|improvement|remission) (?:of|to|with|after|following|from) "
    r"(?:[\w-]+ ){0,4}?(?:es|ar)?ketamine|"
    r"(?:es|ar)?ketamine(?:['’]s (?:[\w-]+ ){0,2}?|(?: antidepressant| treatment)? )(?:responses?|effects?|efficacy))",
    re.I,
)
_BEARING: Final = seeker(
    r"\b(?:roles?|influences?|effects?|contribut\w+|relevance|involve\w+|associat\w+|relat\w+|interactions?|links?|"
    r"levels?|"
    r"baseline|pre-?treatment|moderat\w+|mediat\w+|differences)\b"
)
# drugs beside ketamine whose praise is not ketamine's
_OTHERS: Final = re.compile(
    r"\b(?:psilocybins?|mdma|lsd|psychedelics?|ayahuasca|ibogaine|(?:dex)?medetomidine|(?:remi|su|al)?fentan[iy]l|"
    r"\w*morphin?e|hydromorphone|oxycodone|methadone|buprenorphine|nalbuphine|pethidine|meperidine|tramadol|tapentadol|"
    r"lidocaine|\w*bupivacaine|ropivacaine|propofol|etomidate|thiopent\w+|methohexit\w+|\w*flurane|magnesium|clonidine|"
    r"midazolam|\w+azepam|remimazolam|haloperidol|droperidol|olanzapine|quetiapine|aripiprazole|risperidone|\w*oxetine|"
    r"\w*citalopram|sertraline|venlafaxine|lithium|lamotrigine|riluzole|naltrexone|gabapentin|pregabalin|paracetamol|"
    r"acetaminophen|nsaids?|ssris?|diclofenac|celecoxib|parecoxib|metamizole|dipyrone|triptans?|corticosteroids?|"
    r"ketorolac|ibuprofen|dexamethasone|nitrous oxide|ect|electroconvulsive therapy|tms|rtms)\b",
    re.I,
)
_INSTEAD: Final = re.compile(r"(?:alternatives?|substitutes?) (?:to|for) (?:es|ar)?ketamine", re.I)
_KETAMINE: Final = seeker(r"ket[ao]|\besk|\b(?:combination|both|these agents)\b")
# what each group had says nothing of which is better
_TOGETHER: Final = seeker(
    r"\b(?:both|each|either|all|two|three) (?:of )?(?:the )?(?:[\w-]+ )?"
    r"(?:group|arm|drug|treatment|agent|regimen|dose|technique)s?\b"
)
_THAN: Final = seeker(r"\bthan\b|\bcompared (?:with|to) (?!(?:the |their )?(?:base|before|pre))|\bversus\b|\bvs\b")
# said after a good, these leave the whole mixed
_NOT_ALL: Final = (Direction.NO_DIFFERENCE, Direction.MIXED)
# studies that are nearly always asked whether the treatment helps, and answer
_ANSWERED: Final = frozenset({RCT, META_ANALYSIS, SINGLE_ARM_TRIAL, CASE_SERIES})
_BEFORE_CONCLUSION: Final = frozenset({Zone.RESULTS, Zone.METHODS, Zone.AIM})
# where no conclusion states an effect, none was asked for
_CONCLUDE: Final = frozenset({NARRATIVE_REVIEW, SECONDARY_ANALYSIS, OTHER})
# a cohort is asked many things: if its conclusion states no effect of ketamine, that was not one of them
_CONCLUDE_OF_KETAMINE: Final = _CONCLUDE | {OBSERVATIONAL}
# studies of their own people
_OWN: Final = frozenset({RCT, NON_RANDOMIZED_TRIAL, SINGLE_ARM_TRIAL, OTHER})
# a title names a treatment of any kind, or what one does
_REMEDY: Final = re.compile(
    r"\b(?:treat(?:ment|ed|ing|s)?|\w*therap(?:y|ies|eutic)|surgery|surgical\w*|\w+(?:desis|pexy)|interventions?|"
    r"\w{3,}(?:ectom|plast|otom|ostom|scop|rhaph)(?:y|ies|ic)|procedures?|program\w*|training|techniques?|blocks?|"
    r"blockade|injections?|stimulation|exercises?|medications?|drugs?|(?:an|)a?esthesia|analgesia|administration|"
    r"infusions?|supplement\w*|extracts?|vaccin\w+|repairs?|fusion|fixation|\w*grafts?|implant\w*|transplant\w*|"
    r"resections?|ablation|stent\w*|reconstruction|replacement|denervation|revasculari[sz]ation|bracing|adjuvants?|"
    r"prophyla\w+|management|managing|rehabilitation|radiation|laws?|polic(?:y|ies)|against|efficacy|effectiveness|"
    r"effects?|"
    r"anti[- ]?\w+|reduc(?:es?|ing)|improv(?:es?|ing)|reliev(?:es?|ing)|mitigat\w+|"
    r"alleviat\w+|attenuat\w+|ameliorat\w+|prevent\w*|rescue[sd]?|reverse[sd]?|suppress\w+|inhibit\w+|promotes?|"
    r"protects?|enhances?|decreases?)\b",
    re.I,
)
# a title asks how people or diseases are, not how a treatment does
_OBSERVES: Final = seeker(
    r"\b(?:prevalence|incidence|risks?|frequency|valid\w*|associat\w+|racial|ethnic|disparit\w+|gender|sex|perce\w+|"
    r"attitudes?|beliefs?|views?|experiences? (?:of|with)|trends?|survey\w*|knowledge|mediat\w+|predict\w*|"
    r"influenc\w+|variation|patterns?|screening|biomarkers?|markers?|polymorphisms?|genes?|diagnos\w+|"
    r"relationships?|correlat\w+|"
    r"determinants?|delay\w*|characteristics|brain|mri|molecular|contribut\w+|factors?|altered|alterations)\b"
)
# a title that asks, or names what is looked at, states nothing
_ASKS: Final = re.compile(
    r"\?|^\W*(?:the )?(?:[\w-]+ )?(?:effects?|impacts?|roles?|influences?|efficacy|effectiveness|"
    r"evaluation|comparisons?|assessment|"
    r"analysis|investigation|study|association|relationship|use)\b",
    re.I | re.M,
)
_HEADINGS: Final = frozenset({"conclusion.", "conclusions.", "interpretation.", "discussion.", "comment."})
# all whom these tell of were treated
_ALL_TREATED: Final = frozenset({SINGLE_ARM_TRIAL, CASE_SERIES})
_SHOWS: Final = re.compile(
    r"\W*(?:\w+: ?)?(?:this|our|the|in this) (?:[\w-]+,? ){0,4}?(?:study|trial),? (?:\w+ )?"
    r"(?:produc|g[ai]v|offer|show|found|finds|provid|demonstrat|reveal|yield|fail|we)",
    re.I,
)
# what a gene does is no treatment
_GENE: Final = re.compile(r"\b(?:knock-?(?:out|down|in)|deletion|overexpress\w+|silenc\w+|mutant\w*)\b|-/-", re.I)
_ASKED_BY_DESIGN: Final = frozenset({RCT, NON_RANDOMIZED_TRIAL, SINGLE_ARM_TRIAL})
# what one of the studies found is not what the review of them finds
_REVIEWS: Final = frozenset({SYSTEMATIC_REVIEW, META_ANALYSIS})
_OF_MANY: Final = _REVIEWS | {NARRATIVE_REVIEW}
_TOLD_OF_MANY: Final = _OF_MANY
# a title of these names what is told
_TOLD_BESIDE: Final = _OF_MANY | {CASE_REPORT}
_SINGLE: Final = seeker(
    r"\b(?:one|two|three|another|an?|single) (?:[\w-]+,? ){0,4}?(?:study|studies|trials?|case reports?|reports)\b"
)
# the authors say what they found
_OWN_WORDS: Final = seeker(
    r"\b(?:overall|taken together|altogether|"
    r"(?:we|our|these|this|the|present|current|existing|available|pooled|initial|preliminary|most|all|several|both) "
    r"(?:[\w-]+ ){0,4}?(?:suggest|indicat|demonstrat|show|conclu|confirm|found|find|reveal|support|evidence|report))"
)
# a result that is told as one
_RESULT: Final = seeker(
    r"\bsignificant|\bassociated with|\b(?:did not differ|no differences?|improv\w+|reduc\w+|decreas\w+|lower|less|"
    r"fewer|better|responded|remitted|remission)\b"
)


class Stated(NamedTuple):
    """A direction and the sentence that states it."""

    direction: Direction
    start: int
    end: int


def direction(document: Document, scan: Scan, *, design: str, context: str, ill: bool) -> Stated | None:
    """What the authors say of the treatment's effect; None where it says nothing of the kind.

    `ill`: whether people with a condition are studied. The conclusion counts first, then where the authors say what
    they found, then the results. A text on predictors or mechanisms concludes on no effect.
    """
    elsewhere = context == "not-ketamine"
    watched = elsewhere and design == OBSERVATIONAL  # of a drug that people take by themselves
    title = document.sentences[0]
    if design in _SILENT or context in _SILENT_CONTEXTS:
        return None
    if elsewhere and not (scan.mentions.get(DRUGS) or "lived-through" in scan.cues):
        return _stated_at_all(document, scan, title, design=design)
    treated = context == "veterinary" or (context in _TREATS and design in _TREATED)
    if watched or not (ill or (_names(scan, title) and (treated or scan.within("ill-thing", *title[:2])))):
        return None
    stated = _of_ketamine(document, scan, title, design=design, context=context)
    if stated is None and design not in _TOLD_OF_MANY:
        stated = _entitled(document, scan, title, design=design)
    if stated and context == "veterinary" and stated.direction is Direction.FAVOURS_INTERVENTION:
        # that animals sleep longer is no praise
        return stated if any(scan.within(cue, *stated[1:]) for cue in ("good", "betters", "ill-thing")) else None
    return stated


def _of_ketamine(document: Document, scan: Scan, title: Sentence, *, design: str, context: str) -> Stated | None:
    concluding = _concluding(document)
    if _asks_else(document.text, scan, title, design=design, context=context):
        if context == "mechanistic" and design in _OWN:
            return _told_too(document, scan)
        return _answered_too(document, scan, concluding) if design == RCT else None
    stated = _outdone(document, scan, concluding, design) or _stated(document, scan, concluding, design=design)
    if not (stated or design in _CONCLUDE_OF_KETAMINE or _asks_beside(scan, title)):
        stated = _stated(document, scan, _found(document, scan, design), design=design)
        if stated is None and design in _ANSWERED:
            told = [one for one in _told(document) if _is_on_ailment(scan, one)]
            stated = _stated(document, scan, [one for one in told if _names(scan, one)], design=design)
            if stated is None and design in _ALL_TREATED:
                stated = _stated(document, scan, told, design=design)
                stated = stated if stated and stated.direction is Direction.FAVOURS_INTERVENTION else None
    if stated and design in _OF_MANY:
        return _disagreement(document, scan) or stated
    return stated


def _outdone(document: Document, scan: Scan, concluding: Iterable[Sentence], design: str) -> Stated | None:
    """Where a conclusion puts another treatment first, or speaks against ketamine."""
    if design == NARRATIVE_REVIEW or "set-words" not in scan.cues:
        return None
    text = document.text
    title = text[: document.sentences[0].end].lower()
    for one in concluding:
        start, end, _ = one
        if not scan.within("set-words", start, end):
            continue
        against = speaks_against(text, start, end) and not _of_others(text, one)
        if against or rival_ahead(text, start, end, title):
            return Stated(Direction.FAVOURS_COMPARATOR, start, end)
    return None


def _entitled(document: Document, scan: Scan, title: Sentence, *, design: str) -> Stated | None:
    """What a title claims: one that asks, or names what is looked at, claims nothing."""
    start, end, _ = title
    if not claims_effect(document.text, start, end):
        return None
    return None if scan.within("seeks-else", start, end) else _stated(document, scan, [title], design=design)


def _stated_at_all(document: Document, scan: Scan, title: Sentence, *, design: str) -> Stated | None:
    """What a text without ketamine says of the treatment that it asks about, whatever that is."""
    start, end, _ = title
    if design in _CONCLUDE or not (design in _ASKED_BY_DESIGN or _REMEDY.search(document.text, start, end)):
        return None
    if design == PRECLINICAL and _GENE.search(document.text, start, end):
        return None
    if design == OBSERVATIONAL and _OBSERVES.search(document.text, start, end):
        return None
    if design in _ASKED_BY_DESIGN and scan.within("seeks-else", start, end):
        return None
    stated = _stated(document, scan, _concluding(document), design=design, unknown=True)
    if stated is None and design in _ANSWERED:
        stated = _stated(document, scan, _told(document), design=design, unknown=True)
    if stated is None and design not in _TOLD_BESIDE and not _ASKS.search(document.text, start, end):
        stated = _stated(document, scan, [title], design=design, unknown=True)
    if stated and design in _OF_MANY:
        return _disagreement(document, scan) or stated
    return stated


def _disagreement(document: Document, scan: Scan) -> Stated | None:
    """Where a review says that its studies disagree on what is treated."""
    of_it = not scan.of(DRUGS) or _names(scan, document.sentences[0])
    for start, _ in scan.cue("disagree"):
        one = document.sentence(start)
        if not (of_it or _names(scan, one)):
            continue  # of one of the other treatments
        if one.zone not in (IN_TITLE, IN_BACKGROUND, ELSEWHERE) and _is_on_ailment(scan, one):
            return Stated(Direction.MIXED, one.start, one.end)
    return None


def _answered_too(document: Document, scan: Scan, concluding: Iterable[Sentence]) -> Stated | None:
    """That a trial's treatment helps, told beside what its title asks (what is alike there is something else)."""
    plain = (one for one in concluding if not scan.within("beside", one.start, one.end))
    stated = _stated(document, scan, plain, design=RCT)
    return stated if stated and stated.direction is Direction.FAVOURS_INTERVENTION else None


def _told_too(document: Document, scan: Scan) -> Stated | None:
    """What a study of mechanisms tells of the effect of ketamine on what is treated, beside what it asks."""
    for one in document.sentences:
        told = one.zone in (IN_RESULTS, IN_CONCLUSION) and _names(scan, one)
        if told and scan.within("ill-thing", one.start, one.end) and not scan.within("beside", one.start, one.end):
            said = _said(document.text, scan, one.start, one.end)
            if said in (Direction.FAVOURS_INTERVENTION, Direction.MIXED):
                return Stated(said, one.start, one.end)
    return None


def _asks_else(text: str, scan: Scan, title: Sentence, *, design: str, context: str) -> bool:
    """Whether a title asks for something that no effect answers: a mechanism, a predictor, a cost."""
    start, end, _ = title
    if context == "mechanistic" and design != PRECLINICAL:
        return True
    if scan.within("seeks-else", start, end):
        return True
    if "ketamine" not in text[start:end].lower() or not _BEARING.search(text, start, end):  # dear to look for upon what
        return False
    upon = _UPON.match(text, start, end)
    return bool(upon and _BEARING.search(upon["what"]) and "ketamine" not in upon["what"].lower())


def _asks_beside(scan: Scan, title: Sentence) -> bool:
    """Whether a title asks for harms, the brain or who is treated: an effect is stated in the conclusion or nowhere."""
    start, end, _ = title
    return scan.within("not-effect", start, end) and not scan.within("of-effect", start, end)


def _names(scan: Scan, sentence: Sentence) -> bool:
    return names_drug(scan, sentence.start, sentence.end)


def _stated(
    document: Document, scan: Scan, sentences: Iterable[Sentence], *, design: str, unknown: bool = False
) -> Stated | None:
    """What these sentences state: the study's own findings first, then what is said to be shown."""
    if design in _OF_MANY or not scan.has("not-found-here"):
        return _first(document, scan, sentences, Heed.ALL, design=design, unknown=unknown)
    told = list(sentences)
    own = _first(document, scan, told, Heed.OWN, design=design, unknown=unknown)
    return own or _first(document, scan, told, Heed.SHOWN, design=design, unknown=unknown)


def _first(
    document: Document, scan: Scan, sentences: Iterable[Sentence], heed: Heed, *, design: str, unknown: bool
) -> Stated | None:
    """The first of these sentences that states a direction; mixed where the next takes it back."""
    stated: Stated | None = None
    together: Stated | None = None
    drugs = scan.of(DRUGS)
    for sentence in sentences:
        taken = bool(stated) and _takes_back(document.text, sentence)
        if stated and not taken:
            continue  # what it says changes nothing
        if design == NARRATIVE_REVIEW and not _names(scan, sentence):
            continue
        implied = (design in _ALL_TREATED and sentence.zone in (IN_CONCLUSION, IN_RESULTS)) or (
            sentence.zone is IN_CONCLUSION and bool(_SHOWS.match(document.text, *sentence[:2]))
        )
        said = _said(
            document.text, scan, sentence.start, sentence.end, named=taken or implied, unknown=unknown, heed=heed
        )
        if said is Direction.FAVOURS_INTERVENTION and drugs and not unknown and _of_others(document.text, sentence):
            continue
        if said is Direction.FAVOURS_INTERVENTION and not stated and _is_together(document.text, sentence):
            together = together or Stated(said, sentence.start, sentence.end)
        elif said and not stated:
            stated = Stated(said, sentence.start, sentence.end)
        elif stated and said is Direction.FAVOURS_INTERVENTION and stated.direction is Direction.NO_DIFFERENCE:
            return Stated(Direction.MIXED, *sentence[:2]) if _is_on_title(document, scan, sentence) else stated
        elif stated and taken and said in _NOT_ALL:
            return stated if stated.direction is Direction.NO_DIFFERENCE else Stated(Direction.MIXED, *sentence[:2])
    return stated or together


def _is_together(text: str, sentence: Sentence) -> bool:
    """Whether treatments are praised together: which of them is better, another sentence tells."""
    start, end, _ = sentence
    return bool(_TOGETHER.search(text, start, end)) and not _THAN.search(text, start, end)


def _found(document: Document, scan: Scan, design: str) -> Iterator[Sentence]:
    """Sentences before the conclusion that tell what was found: the authors' own words first, then the results."""
    if not scan.has("ill-thing", "good-thing"):
        return  # none of them is on an ailment
    told = [one for one in document.sentences if one.zone in _BEFORE_CONCLUSION]
    late = [
        one
        for one in told[len(told) // 2 :]
        if _is_on_ailment(scan, one) and _OWN_WORDS.search(document.text, one.start, one.end)
    ]
    if not document.labelled:
        late += [one for one in told[-2:] if one not in late and _names(scan, one)]
    own = {one.start for one in late}
    results = [one for one in told if one.zone is IN_RESULTS and one.start not in own]
    for one in (*late, *results):
        if not _is_on_ailment(scan, one) or (design in _REVIEWS and _SINGLE.search(document.text, one.start, one.end)):
            continue
        if one.start in own or _RESULT.search(document.text, one.start, one.end):
            yield one


def _is_on_ailment(scan: Scan, sentence: Sentence) -> bool:
    start, end, _ = sentence
    return bool(scan.within("ill-thing", start, end) or scan.within("good-thing", start, end))


def _told(document: Document) -> list[Sentence]:
    """The results, or where no heading marks them the later half of what was done."""
    told = [one for one in document.sentences if one.zone in _BEFORE_CONCLUSION]
    return [one for one in told if one.zone is IN_RESULTS] if document.labelled else told[len(told) // 2 :]


def _concluding(document: Document) -> list[Sentence]:
    last = [one for one in document.sentences if one.zone is IN_CONCLUSION]
    if not document.labelled:
        last = _under_heading(document) or last
    if last:
        return last[:4]
    told = [one for one in document.sentences if one.zone not in (IN_TITLE, ELSEWHERE)]
    return [one for one in told if one.zone is not IN_BACKGROUND][-2:] or (told[-2:] if len(told) > 2 else [])


def _under_heading(document: Document) -> list[Sentence]:
    """What stands after a heading that is written as a sentence: "Conclusions. The drug ..." """
    for at in range(len(document.sentences) - 2, max(0, len(document.sentences) - 6), -1):
        start, end, _ = document.sentences[at]
        if end - start < 16 and document.text[start:end].strip().lower() in _HEADINGS:
            return list(document.sentences[at + 1 :])
    return []


def _of_others(text: str, sentence: Sentence) -> bool:
    """Whether a sentence names other drugs and not ketamine: their praise is not ketamine's."""
    start, end, _ = sentence
    left = text[start:end].lower()
    if "alternative" in left or "substitute" in left:
        left = _INSTEAD.sub("", left)
    return not ("keta" in left or _KETAMINE.search(left)) and bool(_OTHERS.search(text, start, end))


def _takes_back(text: str, sentence: Sentence) -> bool:
    """Whether a sentence takes back a part of what was said before."""
    return bool(_BUT.match(text, sentence.start) or _BUT_AFTER.match(text, *sentence[:2]))


def _is_on_title(document: Document, scan: Scan, sentence: Sentence) -> bool:
    """Whether the first ailment or good that a sentence names is one of the title; true where it names none."""
    spans = [scan.cue(name) for name in ("ill-thing", "good-thing")]
    named = [
        min(places, default=None)
        for some in spans
        if (places := [one for one in some if sentence.start <= one[0] < sentence.end])
    ]
    at = min((one for one in named if one), default=None)
    text = document.text
    return at is None or text[at[0] : min(at[1], at[0] + 6)].lower() in text[: document.sentences[0].end].lower()
