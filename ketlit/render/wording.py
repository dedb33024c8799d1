"""The words and symbols that stand for designs, routes, directions, statuses and verifications on a screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from ketlit.vocabulary import (
    NOT_KETAMINE,
    Axis,
    Design,
    Direction,
    NKind,
    Origin,
    RelationKind,
    Status,
    Verdict,
    Verification,
)

if TYPE_CHECKING:
    from ketlit.views import TagRow

# beside what no person has read: unicode, ASCII, and what lists call it
AUTOMATIC: Final = ("°", "*")
TAGGED: Final = "tagged automatically"
# of a tag, and why it is so
NOT_COUNTED: Final = "does not count"
IDLE: Final = "only mentioned, or a person, a curator or a more exact term says otherwise; filters pass it over"


class Face(NamedTuple):
    """How a value looks: a symbol, the same in ASCII, few words, more words, a style."""

    symbol: str
    ascii: str
    short: str
    long: str
    style: str

    def text(self, *, wide: bool, unicode: bool) -> str:
        return f"{self.symbol if unicode else self.ascii} {self.long if wide else self.short}"


# symbol and word together, so that nothing hangs on colour
DIRECTIONS: Final[dict[str, Face]] = {
    Direction.FAVOURS_INTERVENTION: Face("▲", "+", "better", "favours ketamine", "green"),
    Direction.FAVOURS_COMPARATOR: Face("▼", "-", "worse", "favours comparator", "red"),
    Direction.NO_DIFFERENCE: Face("=", "=", "no diff.", "no difference", ""),
    Direction.MIXED: Face("±", "~", "mixed", "mixed", "magenta"),
    Direction.NOT_REPORTED: Face("·", ".", "not said", "not reported", "dim"),
}
ELSEWHERE: Final = "other drug"  # in place of what a study found of another treatment
DESIGNS: Final[dict[str, str]] = {
    Design.META_ANALYSIS: "meta-anal.",
    Design.SYSTEMATIC_REVIEW: "syst. rev.",
    Design.GUIDELINE: "guideline",
    Design.RCT: "RCT",
    Design.NON_RANDOMIZED_TRIAL: "non-random",
    Design.SINGLE_ARM_TRIAL: "single-arm",
    Design.OBSERVATIONAL: "observat.",
    Design.CASE_SERIES: "cases",
    Design.CASE_REPORT: "case",
    Design.NARRATIVE_REVIEW: "review",
    Design.PROTOCOL: "protocol",
    Design.SECONDARY_ANALYSIS: "secondary",
    Design.PRECLINICAL: "preclin.",
    Design.EDITORIAL_LETTER: "letter",
    Design.REGISTRATION: "registered",
    Design.OTHER: "other",
}
DESIGNS_LONG: Final[dict[str, str]] = {
    Design.META_ANALYSIS: "meta-analysis",
    Design.RCT: "RCT",
    Design.NON_RANDOMIZED_TRIAL: "non-randomized trial",
    Design.SINGLE_ARM_TRIAL: "single-arm trial",
    Design.REGISTRATION: "registered trial",
}
ROUTES: Final = {
    "intravenous": "IV",
    "intramuscular": "IM",
    "subcutaneous": "SC",
    "intranasal": "IN",
    "oral": "oral",
    "sublingual": "SL",
    "rectal": "rect",
    "topical": "top",
    "epidural": "epid",
    "intrathecal": "IT",
    "intra-articular": "IA",
    "inhaled": "inh",
    "intraosseous": "IO",
    "local-infiltration": "infil",
    "animal-route": "anim",
}
STATUSES: Final[dict[str, str]] = {
    Status.RETRACTED: "RETRACTED",
    Status.WITHDRAWN: "WITHDRAWN",
    Status.EXPRESSION_OF_CONCERN: "EXPRESSION OF CONCERN",
    Status.CORRECTED: "corrected",
    Status.DELETED: "deleted from PubMed",
}
GONE: Final[frozenset[str]] = frozenset({Status.RETRACTED, Status.WITHDRAWN, Status.DELETED})  # shown struck
VERDICTS: Final[dict[str, Face]] = {
    Verdict.SUPPORTED: Face("✓", "+", "supported", "supported", "green"),
    Verdict.PARTLY: Face("±", "~", "partly", "partly supported", "magenta"),
    Verdict.CONTRADICTED: Face("✗", "x", "contradicted", "contradicted", "red"),
    Verdict.UNRESOLVED: Face("?", "?", "unresolved", "unresolved", ""),
}
VERIFIED: Final[dict[str, str]] = {
    Verification.VERIFIED: "verified",
    Verification.PARTLY: "partly verified",
    Verification.UNVERIFIED: "not verified",
    Verification.NONE: "not checked",
}
RELATIONS: Final[dict[str, str]] = {
    RelationKind.RETRACTED_BY: "retracted by",
    RelationKind.RETRACTION_OF: "retraction of",
    RelationKind.CORRECTED_BY: "corrected by",
    RelationKind.CORRECTION_OF: "correction of",
    RelationKind.CONCERN_IN: "concern expressed in",
    RelationKind.CONCERN_ABOUT: "expresses concern about",
    RelationKind.COMMENT_IN: "commented on in",
    RelationKind.COMMENT_ON: "comment on",
    RelationKind.UPDATED_BY: "updated by",
    RelationKind.UPDATE_OF: "update of",
    RelationKind.REPUBLISHED_IN: "republished in",
    RelationKind.REPUBLISHED_FROM: "republished from",
    RelationKind.REINSTATED_BY: "reinstated by",
    RelationKind.SUMMARY_IN: "summary in",
    RelationKind.ORIGINAL_REPORT_IN: "original report in",
    RelationKind.CITES: "cites",
    RelationKind.SAME_TRIAL: "same trial as",
    RelationKind.INCLUDES: "includes",
    RelationKind.INCLUDED_IN: "included in",
    RelationKind.PROTOCOL_OF: "protocol of",
    RelationKind.PROTOCOL_IN: "protocol in",
    RelationKind.ASSOCIATED: "associated with",
}


def direction(name: str, context: str | None = None) -> Face:
    """How a direction looks; one that is not known (a newer library's) looks like none.

    What a study of another treatment found looks like no result of ketamine: no symbol, no colour, no verdict in short.
    """
    face = DIRECTIONS.get(name, DIRECTIONS[Direction.NOT_REPORTED])
    if context != NOT_KETAMINE or face is DIRECTIONS[Direction.NOT_REPORTED]:
        return face
    long = "favours treatment" if name == Direction.FAVOURS_INTERVENTION else face.long
    return DIRECTIONS[Direction.NOT_REPORTED]._replace(short=ELSEWHERE, long=long)


def counted_as(tags: Iterable[TagRow], n: int | None) -> str | None:
    """Of which kind a number of people is that was read from the text: randomised, enrolled ...; None if not read."""
    for tag in tags:
        if (tag.axis, tag.origin, tag.term) == (Axis.PARTICIPANTS, Origin.TEXT, str(n)) and tag.rule in set(NKind):
            return tag.rule
    return None


def removed(axis: str, term: str) -> str:
    """That a person took a term off a study which others gave it."""
    return f"(you removed: {axis}:{term})"


def design(name: str | None, flags: list[str], *, wide: bool) -> str:
    """A study's design in few words; where there is room, whether it crossed over too."""
    if not name:
        return "–"
    if not wide:
        return DESIGNS.get(name, name)
    long = DESIGNS_LONG.get(name, name.replace("-", " "))
    return f"{long} crossover" if name == Design.RCT and "crossover" in flags else long


def routes(names: list[str], *, wide: bool) -> list[str]:
    return names if wide else [ROUTES.get(name, name) for name in names]
