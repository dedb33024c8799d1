"""Which kind of comparator a drug is: a sedative is an active placebo where minds are treated, else another drug."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ketlit.tagging.candidates import Mention
from ketlit.tagging.document import Document, Sentence
from ketlit.tagging.findings import BACKGROUND, Found
from ketlit.tagging.starts import seeker

_PSYCHOACTIVE: Final = seeker(r"\bpsychoactive[- ](?:placebo|control|comparator)|\bactive[- ]placebo")
_ACTIVE: Final = seeker(r"\b(?:psycho)?active(?: \w+-)?[- ](?:placebo|control|comparator|comparison)")
_SAID_ACTIVE: Final = re.compile(rb"active(?: [a-z0-9 ]{1,30} )? (?:placebo|control|compar)")  # of folded words
# drugs that are felt, and do no more
_FELT: Final = frozenset(
    ("midazolam", "lorazepam", "diazepam", "clonazepam", "alprazolam", "diphenhydramine", "ethanol")
)
CONTROLS: Final = frozenset({"active-placebo", "opioid", "other-drug"})  # which of them depends on the context
_MIND: Final = frozenset({"therapeutic-psychiatric", "mechanistic", "psychosis-model"})


# what a review says of the trials that it found
_AS_CONTROL: Final = re.compile(
    r"[- ]controlled\b|(?: [\w./]+){0,3}? (?:as|being|was|were|served as) (?:the |an? )?(?:active |inactive )?"
    r"(?:controls?|comparators?|reference)\b",
    re.I,
)
_CONTROL_IS: Final = re.compile(
    r"\b(?:controls?|comparators?)(?: (?:groups?|conditions?|arms?|drugs?|treatments?|interventions?))? ?"
    r"(?:was|were|included|includes|being|comprised)[\w ,/()-]{0,40}$",
    re.I,
)

# one of these stands where a drug is called the control
_CONTROL_WORDS: Final = (b" comparator", b" as control", b" as the control", b" as a control", b" active control")
_CALLED: Final = (b"control", b"compar", b"referen")  # one of these is in every hit of the expressions before


def calls_control(text: str, mention: Mention, sentence: Sentence) -> bool:
    """Whether a drug is said to be the control in trials that are told of."""
    start, end = mention[:2]
    return bool(
        _AS_CONTROL.match(text, end, min(sentence.end, end + 80))
        or text[start:end].lower().endswith("controlled")
        or _CONTROL_IS.search(text, max(sentence.start, start - 80), start)
    )


def is_called_control(document: Document, mention: Mention, sentence: Sentence) -> bool:
    """Whether a drug is said to be the control, in a text that calls some treatment the control."""
    near = document.folded[max(0, mention.start - 80) : mention.end + 80]
    if not any(map(near.__contains__, _CALLED)) or not calls_control(document.text, mention, sentence):
        return False
    return any(map(document.folded.__contains__, _CONTROL_WORDS))


def says_active(document: Document) -> bool:
    """Whether a text may call a placebo or a control active: folded words for one of the first two expressions."""
    return _SAID_ACTIVE.search(document.folded) is not None


def as_control(document: Document, mention: Mention, context: str, *, active: bool) -> str:
    """The comparator a drug is: what is called a psychoactive control is one, a sedative is where minds are treated.

    Only a text of which `says_active` holds (`active`) calls any drug so.
    """
    term = mention.term.printed
    if term == "active-placebo" and context in _MIND:
        return term
    if not active and term != "active-placebo":
        return term
    near = document.text[max(0, mention.start - 60) : mention.end + 60]
    if active:
        word = document.text[mention.start : mention.end].lower()
        felt = word in _FELT and context != "anesthesia"
        if any(map(_ACTIVE.search, _around(document, word))) if felt else _PSYCHOACTIVE.search(near):
            return "active-placebo"
    if term == "active-placebo":
        return term if "placebo" in near.lower() else "other-drug"
    return term


def _around(document: Document, word: str) -> Iterator[str]:
    """What stands around each mention of a drug."""
    for hit in re.finditer(word, document.text, re.IGNORECASE):
        yield document.text[max(0, hit.start() - 60) : hit.end() + 60]


def unless_design(document: Document, one: Found) -> Found:
    """What "placebo-controlled" is called after is the active placebo, where there is one."""
    is_design = one.term == "placebo" and document.text[one.start : one.end].lower().endswith("controlled")
    return one._replace(role=BACKGROUND) if is_design else one
