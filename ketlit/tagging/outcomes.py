"""What was measured: outcomes, by name or by their scales; adverse effects."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.findings import BACKGROUND, STUDIED, Found, found
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis

_MEASURED: Final = frozenset({Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.RESULTS, Zone.CONCLUSION})


# what a study of these conditions measures where methods or results name the condition again
_OF_CONDITION: Final = {"depression": "depressive-symptoms", "pain": "pain-intensity", "ptsd": "ptsd-symptoms"}
# contexts in which a symptom is the effect looked for, and harm only where the text says harm
_SOUGHT: Final = frozenset({"psychosis-model", "mechanistic", "misuse"})
# what people have who are studied, which is not what is measured in them
_HAD: Final = re.compile(
    r"\b(?:patients?|individuals|participants|adults|people|persons|subjects|those|women|adolescents|children|veterans|"
    r"inpatients|outpatients|attempters|sample)\b (?:\w+ ){0,4}?(?:with|experiencing|having|reporting|presenting|"
    r"suffering|including)\b[^.;:]{0,60}$|\b(?:history of|active|current|currently|lifetime|strong|comorbid|"
    r"diagnos\w+ (?:of|with)|"
    r"episode with|baseline) (?:\w+ )?$",
    re.I,
)
# contexts in which sedation is what is wanted
_ASLEEP: Final = frozenset({"anesthesia", "veterinary"})
_OF_THE_ILL: Final = frozenset({"response", "remission"})
_DONE: Final = frozenset({Zone.METHODS, Zone.RESULTS})


def outcomes(
    document: Document, scan: Scan, taxonomy: Taxonomy, studied: set[str], *, context: str, review: bool
) -> list[Found]:
    """Outcomes, scales and adverse effects: measured where aim, methods or results name them, else background."""
    result: list[Found] = []
    for mention in scan.of(Axis.OUTCOME_MEASURE):
        role = STUDIED if document.zone(mention.start) in _MEASURED else BACKGROUND
        result.append(found(mention, "scale", role))
        if mention.term.outcome:
            result.append(
                Found(Axis.OUTCOME, mention.term.outcome, mention.start, mention.end, "measured by its scale", role)
            )
        result += [
            Found(axis, term, mention.start, mention.end, "measured by its scale", role)
            for axis, term in mention.term.implies
        ]
    for mention in scan.of(Axis.OUTCOME):
        role = BACKGROUND if _is_had(document, scan, mention) else _role(document, mention)
        result.append(found(mention, "outcome named", role))
    harms = [found(one, "adverse effect named", _role(document, one)) for one in scan.of(Axis.ADVERSE_EFFECT)]
    if context in _SOUGHT and not any(one.term == "any" and one.role == STUDIED for one in harms):
        harms = [one._replace(role=BACKGROUND) for one in harms]
    if context in _ASLEEP:
        harms = [one._replace(role=BACKGROUND) if one.term == "sedation" else one for one in harms]
    result += harms
    if not studied:
        result = [one._replace(role=BACKGROUND) if one.term in _OF_THE_ILL else one for one in result]
    if review or context == "misuse":
        result = [one if _asked(document, one) else one._replace(role=BACKGROUND) for one in result]
    return result + ([] if review or context in _SOUGHT else _of_conditions(document, scan, taxonomy, studied))


def _of_conditions(document: Document, scan: Scan, taxonomy: Taxonomy, studied: set[str]) -> list[Found]:
    """Symptoms of the condition studied, where methods or results name it again."""
    result = []
    entitled = any(document.zone(one.start) is Zone.TITLE for one in scan.of(Axis.OUTCOME))
    for mention in scan.of(Axis.CONDITION):
        if document.zone(mention.start) not in _DONE or (entitled and _is_had(document, scan, mention)):
            continue
        family = {mention.term.id, *taxonomy.ancestors(Axis.CONDITION, mention.term.id)}
        for condition, outcome in _OF_CONDITION.items():
            about = any(condition in {one, *taxonomy.ancestors(Axis.CONDITION, one)} for one in studied)
            if condition in family and about:
                result.append(
                    Found(Axis.OUTCOME, outcome, mention.start, mention.end, "symptom of the condition studied")
                )
    return result


def _is_had(document: Document, scan: Scan, mention: Mention) -> bool:
    start, _, zone = document.sentence(mention.start)
    low = max(start, mention.start - 90)
    if zone is Zone.CONCLUSION or not (
        scan.within("people", low, mention.start) or scan.within("had", low, mention.start)
    ):
        return False
    return bool(_HAD.search(document.text, low, mention.start))


def _asked(document: Document, one: Found) -> bool:
    """Whether title or aim names it: a review tells of many outcomes, and scores describe people who misuse drugs."""
    return document.zone(one.start) in (Zone.TITLE, Zone.AIM)


def _role(document: Document, mention: Mention) -> str:
    return STUDIED if document.zone(mention.start) in _MEASURED else BACKGROUND
