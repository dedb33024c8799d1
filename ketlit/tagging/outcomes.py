"""What was measured: outcomes, by name or by their scales; adverse effects."""

from __future__ import annotations

from typing import Final

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.findings import BACKGROUND, STUDIED, Found, found
from ketlit.vocabulary import Axis

_MEASURED: Final = frozenset({Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.RESULTS, Zone.CONCLUSION})


def outcomes(document: Document, scan: Scan) -> list[Found]:
    """Outcomes, scales and adverse effects: measured where aim, methods or results name them, else background."""
    result: list[Found] = []
    for mention in scan.of(Axis.OUTCOME_MEASURE):
        role = STUDIED if document.zone(mention.start) in _MEASURED else BACKGROUND
        result.append(found(mention, "scale", role))
        if mention.term.outcome:
            result.append(Found(Axis.OUTCOME, mention.term.outcome, mention.start, mention.end, "measured by its scale", role))
        result += [
            Found(axis, term, mention.start, mention.end, "measured by its scale", role)
            for axis, term in mention.term.implies
        ]
    for mention in scan.of(Axis.OUTCOME):
        result.append(found(mention, "outcome named", _role(document, mention)))
    for mention in scan.of(Axis.ADVERSE_EFFECT):
        result.append(found(mention, "adverse effect named", _role(document, mention)))
    return result


def _role(document: Document, mention: Mention) -> str:
    return STUDIED if document.zone(mention.start) in _MEASURED else BACKGROUND
