"""Where a study starts on the levels of evidence: Oxford CEBM 2011, treatment benefits, by its design alone.

Source: OCEBM Levels of Evidence Working Group, "The Oxford 2011 Levels of Evidence". A person may move a level up or
down; nothing here does. There is no level for what has no result of its own to weigh.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ketlit.vocabulary import Design, Status

LEVELS: Final = {
    1: "review of randomised trials",
    2: "randomised trial",
    3: "controlled, not randomised",
    4: "without a control group",
    5: "mechanism",
}
_BY_DESIGN: Final[dict[str, int]] = {
    Design.RCT: 2,
    Design.NON_RANDOMIZED_TRIAL: 3,
    Design.SINGLE_ARM_TRIAL: 4,
    Design.CASE_SERIES: 4,
    Design.CASE_REPORT: 4,
    Design.PRECLINICAL: 5,
}
_NONE: Final[dict[str, str]] = {
    Design.PROTOCOL: "a protocol has no result",
    Design.REGISTRATION: "a registration has no result",
    Design.SECONDARY_ANALYSIS: "a secondary analysis is weighed with its trial",
    Design.NARRATIVE_REVIEW: "a narrative review is no study of a treatment",
    Design.GUIDELINE: "a guideline is no study of a treatment",
    Design.EDITORIAL_LETTER: "an opinion is no study of a treatment",
}
REVIEWS: Final = (Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW)
_GONE: Final = (Status.RETRACTED, Status.WITHDRAWN, Status.DELETED)


class Level(NamedTuple):
    """A starting level, 1 (highest) to 5; None where there is none, and why in either case."""

    level: int | None
    why: str


def starting_level(
    design: str | None, status: str = Status.CURRENT, *, controlled: bool = False, confirmed: bool = False
) -> Level:
    """The level at which a study of this design starts.

    `controlled`: an observational study has a comparison group. `confirmed`: a person has seen that a review is one
    of randomised trials; without that no review is level 1.
    """
    if status in _GONE:
        return Level(None, f"{status}: nothing to weigh")
    if not design or design == Design.OTHER:
        return Level(None, "the design is not known")
    if design in _NONE:
        return Level(None, _NONE[design])
    if design in REVIEWS:
        return (
            Level(1, LEVELS[1]) if confirmed else Level(None, "nobody has confirmed that it reviews randomised trials")
        )
    if design == Design.OBSERVATIONAL:
        level = 3 if controlled else 4
        return Level(level, LEVELS[level])
    if design not in _BY_DESIGN:
        return Level(None, "the design is not known")
    level = _BY_DESIGN[design]
    return Level(level, LEVELS[level])
