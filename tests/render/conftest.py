"""Studies made to be shown, and a terminal of a fixed width that keeps what is printed on it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from ketlit.render.table import Screen
from ketlit.views import StudyRow, Verified

Draw = Callable[[Screen], None]
HOSTILE = "A [/] B [corrected] :smile: \x1b]8;;http://x\x07 \u202egnp.exe \x9b31m end"


def made(key: str = "berg1999", **changes: Any) -> StudyRow:
    """A study of a list; all it needs to be changed in is named."""
    row = StudyRow(
        key=key,
        pmid=10000001,
        doi="10.1000/pain.1",
        title="Low doses of ketamine in widespread pain",
        authors=["Berg A", "Sörensen J"],
        year=1999,
        journal="J Pain",
        design="rct",
        design_flags=["crossover", "double-blind"],
        n=24,
        n_studies=None,
        conditions=["fibromyalgia"],
        routes=["intravenous"],
        outcomes=["pain-intensity", "quality-of-life"],
        harms=["dizziness"],
        drugs=["racemic"],
        comparators=["placebo"],
        populations=["adult"],
        context="therapeutic-pain",
        direction="favours_intervention",
        status="current",
        source="curated",
        curated=True,
        verification=Verified("verified", "verified", "partly"),
        trial=None,
        labels=[],
        excluded=False,
        score=1.5,
        url="https://pubmed.ncbi.nlm.nih.gov/10000001/",
    )
    return row._replace(**changes)


@pytest.fixture
def study() -> Callable[..., StudyRow]:
    return made


@pytest.fixture
def hostile() -> str:
    """A title that tries to be markup, a link, a right-to-left override and a colour."""
    return HOSTILE


@pytest.fixture
def several() -> list[StudyRow]:
    """One study of each sort that looks different."""
    long = "Long-term follow-up of repeated infusions in people whose pain did not respond to any treatment before: "
    return [
        made(),
        made(
            "adams2005", pmid=None, url=None, year=2005, design="meta-analysis", design_flags=[], n=None, n_studies=12
        )._replace(routes=["intravenous", "intranasal", "oral"], direction="no_difference", title=long + "a review"),
        made(
            "cole2008", year=2008, direction="favours_comparator", conditions=["crps", "neuropathic-pain", "ms-pain"]
        )._replace(
            verification=Verified("unverified", "none", "none"), outcomes=["hyperalgesia-allodynia", "remission"]
        ),
        made("dahl2015", year=2015, status="retracted", direction="favours_intervention", title="Results taken back"),
        made("ek2016", year=2016, excluded=True, direction="mixed", design="single-arm-trial", design_flags=[], n=7),
        made(
            "fox2021", year=2021, curated=False, source="imported", direction="not_reported", n=None, outcomes=[]
        )._replace(status="corrected", labels=["to read"], design="case-report", routes=[], title="Ein Fall 痛み"),
        made("nodate_rct", year=None, n=1024, design=None, conditions=[], design_flags=[], title=HOSTILE),
    ]


@pytest.fixture
def drawn() -> Callable[[int, Draw], str]:
    """What is drawn on a terminal of this width without colours, line by line without blanks at the end."""

    def draw(width: int, what: Draw) -> str:
        out = StringIO()
        what(Screen(out, color=False, width=width))
        return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())

    return draw
