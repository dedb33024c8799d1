"""Studies and findings made to be pooled: all that a test needs to say of them is what differs."""

from __future__ import annotations

from typing import Any

from ketlit.evidence_views import Candidate, FindingRow
from ketlit.views import StudyRow, Verified


def a_study(key: str, **changes: Any) -> StudyRow:
    """A randomised trial of ketamine in depression against placebo."""
    row = StudyRow(
        key=key,
        pmid=None,
        doi=None,
        title="Ketamine in depression",
        authors=["Berg A"],
        year=2010,
        journal="J Trials",
        design="rct",
        design_flags=["parallel"],
        n=40,
        n_studies=None,
        conditions=["depression"],
        routes=["intravenous"],
        outcomes=["response"],
        harms=[],
        drugs=["racemic"],
        comparators=["placebo"],
        populations=[],
        context="therapeutic-psychiatric",
        direction="favours_intervention",
        status="current",
        source="curated",
        curated=True,
        verification=Verified("verified", "verified", "verified"),
        trial=None,
        labels=[],
        excluded=False,
        score=None,
        url=None,
    )
    return row._replace(**changes)


def a_finding(key: str, **changes: Any) -> FindingRow:
    """12 of 20 against 5 of 20 responded at 24 h."""
    row = FindingRow(
        id=1,
        key=key,
        year=2010,
        design="rct",
        status="current",
        trial=None,
        drugs=["racemic"],
        routes=["intravenous"],
        outcome="response",
        harm=False,
        measure="MADRS response",
        scale="madrs",
        higher_is="better",
        hours=24.0,
        timepoint="24 h",
        comparison="between",
        comparator="placebo",
        direction="favours_intervention",
        n1=20.0,
        events1=12.0,
        mean1=None,
        sd1=None,
        percent1=None,
        n2=20.0,
        events2=5.0,
        mean2=None,
        sd2=None,
        percent2=None,
        effect_measure="",
        effect=None,
        ci_low=None,
        ci_high=None,
        p="",
        stat_kind="",
        threshold="",
        text="",
        derived="",
        verification="verified",
        origin="curated",
        source="",
        stale=False,
    )
    return row._replace(**changes)


def a_score(key: str, **changes: Any) -> FindingRow:
    """MADRS of 12 (SD 8) against 18 (SD 9), 20 people each, at 24 h."""
    score: dict[str, Any] = {"outcome": "depressive-symptoms", "measure": "MADRS", "higher_is": "worse"}
    score |= {"mean1": 12.0, "sd1": 8.0, "mean2": 18.0, "sd2": 9.0, "events1": None, "events2": None}
    return a_finding(key, **(score | changes))


def a_candidate(key: str, *findings: FindingRow, **changes: Any) -> Candidate:
    """A study with these findings, or with the usual one."""
    return Candidate(a_study(key, **changes), findings or (a_finding(key),))
