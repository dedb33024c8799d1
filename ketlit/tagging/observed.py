"""Whether people were only observed: by what a study calls itself, or because they took a drug on their own."""

from __future__ import annotations

from typing import Final

from ketlit.tagging.design_evidence import (
    OBSERVATIONAL,
    OWN,
    TITLE_ALONE,
    Evidence,
    Named,
    named,
    seek,
)
from ketlit.tagging.document import IN_AIM, IN_BACKGROUND, Zone
from ketlit.tagging.starts import seeker
from ketlit.tagging.whose import THEIR_FILES

WATCHED: Final = ("observational", "retrospective", "cohort", "case-control", "cross-sectional")
_CEREMONY: Final = OWN | {Zone.RESULTS}


def _reviews(seen: Evidence) -> bool:
    """Whether it reviews what others wrote: records of patients are gone through by those who observe."""
    text = seen.document.text
    return any(
        seen.document.zone(place) in OWN and not THEIR_FILES.match(text, stop)
        for place, stop in seen.scan.cue("reviewing")
    )


def observational(seen: Evidence) -> Named | None:
    own = seen.own  # what the title says is in it too
    if own:
        for term in WATCHED:
            if term in own:
                return named(OBSERVATIONAL, seen.title.get(term) or own[term], "observed, not assigned")
    if seen.scan.has("observed") and not ("single-arm-trial" in own or "open-label" in own):
        reviewed = _reviews(seen) and not seen.scan.has("n", "zone-methods", "own-work")  # by others
        if not reviewed and (place := seen.cue("observed") or _begins_with(seen, "observed")):
            return named(OBSERVATIONAL, place, "observed, not assigned")
    return _users(seen) if seen.scan.has("drug-users", "drug-use", "ceremony") else None


_DONE: Final = seeker(r"\b(?:were|was|we|came|had|received)\b")


def _begins_with(seen: Evidence, cue: str) -> tuple[int, int] | None:
    """A cue in what is done at the very beginning, where a text has no labels and never turns to an aim."""
    document = seen.document
    if document.labelled or any(one.zone is IN_AIM for one in document.sentences):
        return None
    for place in seen.scan.cue(cue)[:3]:
        start, end, zone = document.sentence(place[0])
        if zone is IN_BACKGROUND and not seen.of_others(start) and _DONE.search(document.text, start, end):
            return place
    return None


# what people tell who are asked
_ASKED: Final = seeker(
    r"\b(?:questionnaires?|self[ -](?:report\w*|rat\w+|assess\w+)|interview\w*|survey\w*|inventor(?:y|ies)|"
    r"(?:were|was) asked|asked (?:about|to)|online|internet|respondents|telephone|diar(?:y|ies)|"
    r"reported (?:using|having))\b"
)
# what stands in all that it finds
# fmt: off
_ASKED_PARTS: Final = (
    b"questionn", b"self ", b"interview", b"survey", b"inventor", b"asked", b"online", b"internet", b"respondents",
    b"telephone", b"diar", b"reported using", b"reported having",
)
# fmt: on


def _users(seen: Evidence) -> Named | None:
    """People who take a drug on their own: what they tell of it, or how they fare. Not what is measured in them."""
    scan, text = seen.scan, seen.document.text
    users, use = seen.cue("drug-users", TITLE_ALONE), seen.cue("drug-use", TITLE_ALONE)
    if not (users or use or scan.has("ceremony")) or scan.has("imaging") or seen.cue("laboratory", TITLE_ALONE):
        return None
    if "placebo" in text or "double-blind" in seen.anywhere:
        return None
    if users and not scan.has("laboratory"):
        return named(OBSERVATIONAL, users, "what users of a drug tell")
    if (place := users or use) and seek(seen.document, _ASKED, _ASKED_PARTS, 0, len(text), before=5):
        return named(OBSERVATIONAL, place, "what users of a drug tell")
    if (place := seen.cue("ceremony", _CEREMONY)) and seen.reports and scan.has("people"):
        return named(OBSERVATIONAL, place, "people who took a drug on their own")
    return None
