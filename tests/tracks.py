"""Pooled tracks made to be shown: response by year, as `timeline --measure` has it."""

from __future__ import annotations

from ketlit.evidence_views import Candidate
from ketlit.render.track import Page, laid
from ketlit.synthesis.selection import Question
from ketlit.synthesis.standing import notes, track
from ketlit.synthesis.timepoint import window
from ketlit.vocabulary import EffectMeasure
from tests.findings import a_candidate, a_finding

HEAD = ("outcome: response", "at 24h: 12 h to 36 h after the (last) infusion", "more is better")
QUESTION = Question(EffectMeasure.OR, window("24h"))


def a_track(*studies: Candidate) -> Page:
    """The page of a track of these studies, each out at the end of its year."""
    days = {each.study.key: f"{each.study.year}-12-31" if each.study.year else "" for each in studies}
    found = track(studies, [], QUESTION, days)
    return laid(found, HEAD, notes(found, QUESTION))


def responding(key: str, year: int | None, events: float, control: float = 5.0, **changes: object) -> Candidate:
    """So many of 20 responded to ketamine, and of 20 to the control."""
    direction = "favours_intervention" if events > control else "favours_comparator"
    return a_candidate(key, a_finding(key, events1=events, events2=control, direction=direction), year=year, **changes)


def usual() -> Page:
    """One study, then two at odds, then more at once, one of them replaced; one retracted; one without a date."""
    return a_track(
        responding("berg1999", 1999, 12.0),
        responding("cole2008", 2008, 3.0, 9.0, trial="T1", n=20),
        responding("adams2010", 2010, 15.0),
        responding("a_study_with_a_very_long_name2010", 2010, 16.0, 2.0),
        responding("cole2012", 2012, 9.0, 8.0, trial="T1", n=60),
        responding("dahl2015", 2015, 19.0, 1.0, status="retracted"),
        responding("nodate_rct", None, 12.0),
    )
