"""Whom the main result favours, only as the authors' conclusion states it: never from a p-value or a number."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.vocabulary import Axis, Design, Direction

_SILENT: Final = frozenset({Design.PROTOCOL, Design.NARRATIVE_REVIEW, Design.GUIDELINE, Design.EDITORIAL_LETTER})
_SILENT_CONTEXTS: Final = frozenset({"misuse", "psychosis-model", "veterinary"})

_DRUG: Final = (
    r"(?:(?:es|ar)?ketamine|psilocybin|mdma|lsd|ayahuasca|ibogaine|noribogaine|dmt|treatments?|"
    r"therap(?:y|ies)|infusions?|injections?|nasal spray|"
    r"psychotherapy|administration|drug|agent|premedication|combination|adding|addition|doses?|use|it|"
    r"they|spravato|esk|intervention|regimen|protocol|kap|block|sedation|an[a]?esthesia)"
)
_MENDS: Final = (
    r"(?:reduc(?:e|es|ed|ing|tions?)|improv(?:e|es|ed|ing|ements?)|decreas(?:e|es|ed|ing)|"
    r"alleviat(?:e|es|ed|ing|ion)|attenuat(?:e|es|ed|ing|ion)|reliev(?:e|es|ed|ing)|"
    r"ameliorat(?:e|es|ed|ing|ion)|prevent(?:s|ed|ing|ion)?|prolong(?:s|ed|ing)?|lower(?:s|ed|ing)?|"
    r"diminish(?:es|ed)?|resol(?:ves|ved|ution)|enhanc(?:e|es|ed|ing)|shorten(?:s|ed|ing)?|"
    r"suppress(?:es|ed)?|respon(?:ded|se|ders)|remi(?:tted|ssion)|remitters|abat(?:e|es|ed)|"
    r"potentiat(?:ed|es))"
)
_AIL: Final = (
    r"(?:depress\w*|pain|suicid\w*|anxi\w*|symptom\w*|mood|ptsd|scores?|severity|consumption|"
    r"requirements?|analges\w*|delirium|shivering|agitation|cough|craving|drinking|alcohol|relapse|"
    r"incidence|ideation|anhedonia|hyperalgesia|nausea|quality|sleep|satisfaction|seizures?|asthma|"
    r"function\w*|disability|response|remission|rates?|obsess\w*|ocd|headache|migraine|ppd|"
    r"hypotension|stability|propofol|opioids?|morphine|"
    r"stress|distress|burden|well-?being|withdrawal|use|conditions|recovery|discomfort|sensitization|"
    r"myalgia|inflammation)"
)
_NONE: Final = re.compile(
    rf"\b(?:cannot|(?:did|does|do|could|can|was|were|is|are|has|have|had|may|"
    rf"might) not) (?:[\w-]+ ){{0,3}}?(?:{_MENDS}|differ|superior|effective|benefi\w+|affect|confer|"
    rf"provide|show|demonstrate|result|produce|prove|change|influence|increase|alter|support|add|lead|"
    rf"find|appear|seem|better|enhance|better|different|associated|significant\w*)|"
    rf"\b(?:no|without|lack of|lacks?) (?:[\w-]+ ){{0,4}}?(?:differences?|effects?|benefits?|"
    rf"advantages?|improvements?|reductions?|evidence|superiority|efficacy|change)|\bfail(?:ed|s|"
    rf"ure)? to|\bineffective|\bnot superior|\bneither\b|"
    r"\b(?:similar|comparable|equal(?:ly)?|equivalent|same|non-?inferior\w*)\b[^.;]{0,50}\b(?:to|with|"
    r"between|effects?|efficacy|both|effective|as|results?)|\bunlikely to be\b|\bnot (?:a|"
    r"an) (?:useful|effective|viable)",
    re.I,
)
_ADVERSE_ONLY: Final = re.compile(
    r"adverse|side[- ]effect|toler|safe|impair|cognit|hemodynamic|haemodynamic|complication|dissociat|"
    r"psychotomimetic|nausea|toxicity|abuse|reflex|airway|respirat|cardiovasc|intracranial|without (?:increas|"
    r"caus|delay|significant side|major|"
    r"serious|affect)", re.I
)  # fmt: skip
_WORSE: Final = re.compile(
    r"\b(?:better|(?<!not )superior|more effective\w*|greater(?! than)|lower|more efficac\w+|higher|longer|decreased|"
    r"reduced|reduces|preferable|advantages?)\b[^.;]{0,120}?\b(?:than|to|over|comparing with|"
    r"compared (?:with|to)) (?:[\w.()/-]+ ){0,7}?(?:es)?ketamine|"
    r"\bsupport(?:s|ed|ing)? (?:the )?(?:use|superiority|"
    r"choice) of (?:[\w-]+ ){1,4}over (?:[\w-]+ ){0,3}(?:es)?ketamine|"
    r"\b(?:es)?ketamine\b[^.;]{0,80}?\b(?:(?<!non-)(?<!non )inferior|less effective|worse\w*|poorer|(?:increase[sd]?|"
    r"higher|raise[sd]?|elevate[sd]?|enhance[sd]?) (?:[\w-]+ ){0,3}?(?:incidence|risk|delirium|pain)|"
    r"cause harm|harmful|prolonged recovery|not (?:be )?recommended|exacerbat\w+)",
    re.I,
)
_DENIED: Final = re.compile(r"\b(?:without|not|no|nor|limited|outside)\b", re.I)
_KETAMINE_BETTER: Final = re.compile(
    r"(?:\b|es|ar)ketamine\b[^.;]{0,100}?\b(?:better|superior|more effective(?:ly)?|lower|greater|reduced|decreased|"
    r"more efficacious|higher|longer)\b[^.;]{0,120}?\b(?:than|to|compared)",
    re.I,
)
_MIXED: Final = re.compile(
    r"\b(?:mixed|inconsistent|conflicting|inconclusive|contradictory)\b|\bbut (?:[\w-]+ ){0,3}?(?:did|"
    r"does|was|were|had|with increased|at the cost|increase[sd]?|also increase[sd]?)\b(?: not)?|"
    r"\bwith (?:an )?increased (?:risk|incidence)",
    re.I,
)
# a title that states the result: a drug, and what it does in the present tense
_DECLARED: Final = re.compile(
    rf"\b{_DRUG}\b (?:[\w-]+ ){{0,3}}?(?P<verb>(?:rapidly |significantly )?(?:reduces|improves|"
    rf"relieves|prevents|alleviates|attenuates|decreases|eliminates|enhances|ameliorates|prolongs|"
    rf"is effective|does not (?:\w+ )?(?:reduce|prevent|improve|decrease|attenuate|"
    rf"enhance)))[^.;]{{0,80}}?\b{_AIL}\b",
    re.I,
)


# a sentence that takes back a part of what the one before it said
_BUT: Final = re.compile(
    r"(?:However|But|Nevertheless|Nonetheless|Yet|Still|Conversely|In contrast|On the other hand|Although)\b"
)
_BORNE: Final = re.compile(
    r"better (?:\w+ ){0,2}?(?:accept|tolera)|"
    r"effic\w+ (?:and safety )?(?:testing|trials?|studies|data|outcome|measure|remain|is un|was un|conclusion)|"
    r"effectiveness (?:conclusions?|data|studies|trials?|remain)",
    re.I,
)
_LABEL: Final = re.compile(r"[A-Z][A-Za-z ]{2,40}: ")
_AGAINST_CONTROL: Final = re.compile(
    r"compared (?:with|to)|\bplacebo|\bthan\b|\bcontrols?\b|between (?:the )?\w* ?groups", re.I
)
_PERHAPS: Final = re.compile(r"\b(?:may|might|could|potential\w*|further|future)\b")
_TURN: Final = re.compile(r"\b(?:but|although|though|while|whereas|yet)\b", re.I)
# one thing is better, and nothing else
_ELSE_NONE: Final = re.compile(
    r"\b(?:but|although|though|while|whereas|yet)\b[^.;]{0,40}?\b(?:not|no|neither|fail\w*|similar|comparable)\b", re.I
)
_AIL_WORD: Final = re.compile(rf"(?:\b|\banti-?){_AIL}\b", re.I)
# drugs beside ketamine whose praise is not ketamine's
_OTHERS: Final = re.compile(
    r"\b(?:psilocybins?|mdma|lsd|psychedelics?|ayahuasca|ibogaine|dexmedetomidine|remifentanil|fentanyl|"
    r"morphine|tramadol|"
    r"lidocaine|propofol|magnesium|midazolam|nitrous oxide|bupivacaine|ect|electroconvulsive therapy|tms|quetiapine)\b",
    re.I,
)
_KETAMINE: Final = re.compile(r"ket[ao]|\besk|\b(?:combination|both|these agents)\b", re.I)
_APART: Final = {Direction.FAVOURS_INTERVENTION, Direction.NO_DIFFERENCE}


_TREATS: Final = frozenset(
    {
        Design.RCT,
        Design.SINGLE_ARM_TRIAL,
        Design.NON_RANDOMIZED_TRIAL,
        Design.CASE_REPORT,
        Design.CASE_SERIES,
        Design.OBSERVATIONAL,
    }
)
_IMPROVED: Final = re.compile(
    r"\b(?:ketamine|treatment|infusions?|esk\w*|group)\b[^.;]{0,90}\bsignificant(?:ly)? [^.;]{0,50}\b(?:reduc|"
    r"improv|decreas|lower|less|great)|"
    r"\bsignificant(?:ly)? (?:[\w-]+ ){0,3}?(?:reduc|improv|decreas|lower)\w*[^.;]{0,80}\b(?:ketamine|treatment|"
    r"infusions?|baseline)",
    re.I,
)


class Stated(NamedTuple):
    """A direction and the sentence that states it."""

    direction: Direction
    start: int
    end: int


def direction(document: Document, scan: Scan, *, design: str, context: str, ill: bool) -> Stated | None:
    """What the conclusion says of the treatment's effect; None where it says nothing of the kind.

    `ill`: whether people with a condition are studied. A text on predictors or mechanisms concludes on no effect.
    """
    watched = design == Design.OBSERVATIONAL and context == "not-ketamine"  # of a drug that people take by themselves
    if design in _SILENT or context in _SILENT_CONTEXTS or not ill or watched:
        return None
    title = next((one for one in document.sentences if one.zone is Zone.TITLE), None)
    asks_else = title is not None and (
        (context == "mechanistic" and design != Design.PRECLINICAL)
        or scan.within("seeks-else", title.start, title.end)
        or (scan.within("not-effect", title.start, title.end) and not scan.within("of-effect", title.start, title.end))
    )
    stated: Stated | None = None
    drugs = scan.of(Axis.DRUG)
    for sentence in _concluding(document):
        if asks_else and (design != Design.RCT or scan.within("beside", sentence.start, sentence.end)):
            continue
        said = _said(document.text, scan, sentence)
        if said is Direction.FAVOURS_INTERVENTION and drugs and _of_others(document.text, sentence):
            continue
        if said and not stated:
            stated = Stated(said, sentence.start, sentence.end)
        elif said and stated and {said, stated.direction} == _APART and _takes_back(document.text, sentence):
            return Stated(Direction.MIXED, sentence.start, sentence.end)
    if stated:
        return stated
    if not asks_else and design in _TREATS:
        for sentence in document.sentences:
            if sentence.zone is Zone.RESULTS and _IMPROVED.search(document.text, sentence.start, sentence.end):
                said = _said(document.text, scan, sentence)
                if said is Direction.FAVOURS_INTERVENTION:
                    return Stated(said, sentence.start, sentence.end)
    hit = _DECLARED.search(document.text, title.start, title.end) if title and not asks_else else None
    if hit and title:
        found = Direction.NO_DIFFERENCE if "not" in hit["verb"].split() else Direction.FAVOURS_INTERVENTION
        return Stated(found, title.start, title.end)
    return None


def _concluding(document: Document) -> list[Sentence]:
    last = [one for one in document.sentences if one.zone is Zone.CONCLUSION]
    told = [one for one in document.sentences if one.zone not in (Zone.TITLE, Zone.OTHER, Zone.BACKGROUND)]
    return last[:4] if last else told[-2:]


def _of_others(text: str, sentence: Sentence) -> bool:
    """Whether a sentence names other drugs and not ketamine: their praise is not ketamine's."""
    start, end, _ = sentence
    return bool(_OTHERS.search(text, start, end)) and not _KETAMINE.search(text, start, end)


def _takes_back(text: str, sentence: Sentence) -> bool:
    """Whether a sentence takes back a part of what was said before, and not only as a possibility."""
    start, end, _ = sentence
    label = _LABEL.match(text, start, end)
    return bool(_BUT.match(text, label.end() if label else start)) and not _PERHAPS.search(text, start, end)


def _said(text: str, scan: Scan, sentence: Sentence) -> Direction | None:
    start, end, _ = sentence
    aside = next(iter(scan.places("beside", start, end)), None)
    praise = _praise(text, scan, start, end)
    good = praise[0] if praise else None
    if good is not None and aside is None and (_MIXED.search(text, good, end) or _ELSE_NONE.search(text, good, end)):
        turn = _TURN.search(text, good, end)
        harm = turn and _ADVERSE_ONLY.search(text, turn.end(), end) and not _AIL_WORD.search(text, turn.end(), end)
        if harm and not _MIXED.search(text, good, end):
            return Direction.FAVOURS_INTERVENTION
        other = turn is not None and not _AIL_WORD.search(text, good, turn.start())
        return Direction.NO_DIFFERENCE if other else Direction.MIXED
    if aside is None and scan.within("comparison", start, end) and _is_worse(text, start, end):
        return Direction.FAVOURS_COMPARATOR
    none = _NONE.search(text, start, end) if scan.within("negation", start, end) else None
    if good is not None and not none and (aside is None or aside > good):
        return Direction.FAVOURS_INTERVENTION
    if not none or (aside is not None and not _AGAINST_CONTROL.search(text, none.start(), max(aside, none.start()))):
        return None
    harmless = _ADVERSE_ONLY.search(text, none.start(), min(end, none.end() + 60))
    if good is not None and (good < none.start() or (harmless and praise[-1] > harmless.end())):
        return Direction.FAVOURS_INTERVENTION
    return None if harmless else Direction.NO_DIFFERENCE


def _is_worse(text: str, start: int, end: int) -> bool:
    """Whether something is said to be better than ketamine, or ketamine to do harm."""
    worse = _WORSE.search(text, start, end)
    if worse is None or _DENIED.search(text, start, worse.end()):
        return False
    return not _KETAMINE_BETTER.search(text, start, worse.end())


def _praise(text: str, scan: Scan, start: int, end: int) -> list[int]:
    """Where a sentence says that a treatment is good, or that it mends an ailment."""
    good = scan.places("good", start, end) if scan.within("drug-word", start, end) else []
    named = scan.within("drug-word", start, end)
    mends = scan.places("mends", start, end) if named and scan.within("ail", start, end) else []
    return sorted(place for place in (*good, *mends) if not _BORNE.match(text, place))
