"""Whom the main result favours, only as the authors' conclusion states it: never from a p-value or a number."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.vocabulary import Design, Direction

_SILENT: Final = frozenset(
    {Design.PROTOCOL, Design.NARRATIVE_REVIEW, Design.GUIDELINE, Design.EDITORIAL_LETTER, Design.PRECLINICAL}
)
_SILENT_CONTEXTS: Final = frozenset({"misuse", "psychosis-model", "mechanistic", "veterinary"})

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
    rf"\b(?:did|does|do|could|was|were|is|are|has|have|had|may|"
    rf"might) not (?:[\w-]+ ){{0,3}}?(?:{_MENDS}|differ|superior|effective|benefi\w+|affect|confer|"
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
    r"psychotomimetic|nausea|toxicity|abuse|without (?:increas|caus|delay|significant side|major|"
    r"serious|affect)", re.I
)  # fmt: skip
_WORSE: Final = re.compile(
    r"\b(?:better|(?<!not )superior|more effective\w*|greater(?! than)|lower|more efficac\w+|higher|longer|decreased|"
    r"reduced|reduces|preferable|advantages?)\b[^.;]{0,120}?\b(?:than|to|over|comparing with|"
    r"compared (?:with|to)) (?:[\w.()/-]+ ){0,7}?(?:es)?ketamine|"
    r"\b(?:es)?ketamine\b[^.;]{0,80}?\b(?:(?<!non-)(?<!non )inferior|less effective|worse\w*|poorer|(?:increase[sd]?|"
    r"higher|raise[sd]?|elevate[sd]?|enhance[sd]?) (?:[\w-]+ ){0,3}?(?:incidence|risk|delirium|pain)|"
    r"cause harm|harmful|prolonged recovery|not (?:be )?recommended|exacerbat\w+)",
    re.I,
)
_DENIED: Final = re.compile(r"\b(?:without|not|no|nor|limited|outside)\b", re.I)
_KETAMINE_BETTER: Final = re.compile(
    r"\bketamine\b[^.;]{0,100}?\b(?:better|superior|more effective|lower|greater|reduced|decreased|"
    r"more efficacious|higher|longer)\b[^.;]{0,60}?\b(?:than|to|compared)",
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
    asks_else = (
        title is not None
        and scan.within("not-effect", title.start, title.end)
        and not scan.within("of-effect", title.start, title.end)
    )
    for sentence in _concluding(document):
        if asks_else and (design != Design.RCT or scan.within("beside", sentence.start, sentence.end)):
            continue
        said = _said(document.text, scan, sentence)
        if said:
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


def _said(text: str, scan: Scan, sentence: Sentence) -> Direction | None:
    start, end, _ = sentence
    aside = next(iter(scan.places("beside", start, end)), None)
    praise = _praise(scan, start, end)
    good = praise[0] if praise else None
    if good is not None and aside is None and _MIXED.search(text, good, end):
        return Direction.MIXED
    if aside is None and scan.within("comparison", start, end) and _is_worse(text, start, end):
        return Direction.FAVOURS_COMPARATOR
    none = _NONE.search(text, start, end) if scan.within("negation", start, end) else None
    if good is not None and not none and (aside is None or aside > good):
        return Direction.FAVOURS_INTERVENTION
    if not none or aside is not None:
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


def _praise(scan: Scan, start: int, end: int) -> list[int]:
    """Where a sentence says that a treatment is good, or that it mends an ailment."""
    good = scan.places("good", start, end) if scan.within("drug-word", start, end) else []
    mends = scan.places("mends", start, end) if scan.within("ail", start, end) else []
    return sorted([*good, *mends])
