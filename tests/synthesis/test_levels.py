"""Where a study starts on the levels of evidence."""

from __future__ import annotations

import pytest

from ketlit.synthesis.levels import LEVELS, starting_level
from ketlit.vocabulary import Design, Status


@pytest.mark.parametrize(
    ("design", "level"),
    [
        (Design.RCT, 2),
        (Design.NON_RANDOMIZED_TRIAL, 3),
        (Design.OBSERVATIONAL, 4),
        (Design.SINGLE_ARM_TRIAL, 4),
        (Design.CASE_SERIES, 4),
        (Design.CASE_REPORT, 4),
        (Design.PRECLINICAL, 5),
    ],
)
def test_a_study_starts_where_its_design_puts_it(design: Design, level: int) -> None:
    assert starting_level(design) == (level, LEVELS[level])


@pytest.mark.parametrize(
    "design",
    [
        *(Design.PROTOCOL, Design.REGISTRATION, Design.SECONDARY_ANALYSIS, Design.NARRATIVE_REVIEW),
        *(Design.GUIDELINE, Design.EDITORIAL_LETTER, Design.OTHER, "", None, "a newer design"),
    ],
)
def test_what_has_no_result_of_its_own_has_no_level_and_a_reason(design: str | None) -> None:
    found = starting_level(design)
    assert found.level is None
    assert found.why


@pytest.mark.parametrize("status", [Status.RETRACTED, Status.WITHDRAWN, Status.DELETED])
@pytest.mark.parametrize("design", [Design.RCT, Design.META_ANALYSIS, Design.PRECLINICAL])
def test_a_retracted_paper_has_no_level_whatever_its_design(design: Design, status: Status) -> None:
    assert starting_level(design, status, confirmed=True, controlled=True).level is None


def test_a_corrected_paper_keeps_its_level() -> None:
    assert starting_level(Design.RCT, Status.CORRECTED).level == 2


@pytest.mark.parametrize("design", [Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW])
def test_a_review_is_level_1_only_once_a_person_has_confirmed_it(design: Design) -> None:
    assert starting_level(design).level is None
    assert starting_level(design, confirmed=True).level == 1


def test_an_observational_study_with_a_comparison_group_starts_at_3() -> None:
    assert starting_level(Design.OBSERVATIONAL, controlled=True).level == 3


def test_every_design_is_decided() -> None:
    for design in Design:
        found = starting_level(design)
        assert (found.level is None) != (found.level in LEVELS)
        assert found.why != "the design is not known" or design is Design.OTHER
