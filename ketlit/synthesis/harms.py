"""The harms of a brief: the rate of each, those told of without one, and those looked for and not found. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ketlit.evidence_views import FindingRow
from ketlit.synthesis.selection import INERT
from ketlit.vocabulary import Comparison, Direction

# at the head of a finding's words: "no significant tachycardia", "none had hallucinations"
_NONE: Final = re.compile(r"[^.;,:]*?\b(no|none|nobody|neither|without|never)\b", re.IGNORECASE)
# "no difference in nausea", "no test", "no rate given" say nothing of whether it was absent
_NOT_ABSENT: Final = re.compile(r"\bno\b[^.;,:]*\b(differ\w*|test|rate|number|figure|count)s?\b", re.IGNORECASE)


class Share(NamedTuple):
    """Percentages of people, with ketamine and with a control (None: there was no comparison group)."""

    term: str
    key: str
    ours: float
    theirs: float | None
    comparator: str
    timepoint: str
    text: str  # events and n as printed, where they are: "8/12 vs 3/12"
    n: float
    origin: str
    verification: str


def percent_of(events: float | None, n: float | None, percent: float | None) -> float | None:
    """Percent of a group with the event: none of any number is 0; None where nothing is printed."""
    if events == 0:
        return 0.0
    return 100 * events / n if events is not None and n else percent


def share_of(finding: FindingRow) -> Share | None:
    """The percentages of a finding; None where it states none with ketamine, or compares and states none without."""
    between = finding.comparison == Comparison.BETWEEN
    theirs = percent_of(finding.events2, finding.n2, finding.percent2) if between else None
    return None if between and theirs is None else _share(finding, theirs)


def harm_shares(findings: Iterable[FindingRow]) -> list[Share]:
    """One share a harm: of those that occurred a controlled one before others, of most people.

    Controlled harms come first, then the frequent. Against another treatment only the rate with ketamine is taken.
    """
    best: dict[str, Share] = {}
    for finding in findings:
        made = _harm_share(finding)
        if made is not None:
            kept = best.get(finding.outcome)
            if kept is None or _says(made) > _says(kept):
                best[finding.outcome] = made
    return sorted(best.values(), key=lambda one: (one.theirs is None, -one.ours, one.term))


def absent(finding: FindingRow) -> bool:
    """A harm that was looked for and not found."""
    if percent_of(finding.events1, 1, finding.percent1) == 0:
        return True
    if finding.direction not in (Direction.NO_DIFFERENCE, Direction.NOT_REPORTED) or finding.events1:
        return False
    return bool(_NONE.match(finding.text)) and not _NOT_ABSENT.search(finding.text)


def _says(share: Share) -> tuple[bool, bool, float]:
    return share.ours > 0, share.theirs is not None, share.n


def _harm_share(finding: FindingRow) -> Share | None:
    if finding.comparison in (Comparison.BEFORE_AFTER, Comparison.POOLED):
        return None
    controlled = share_of(finding) if finding.comparator in INERT else None
    return controlled or _share(finding, None)


def _share(finding: FindingRow, theirs: float | None) -> Share | None:
    ours = percent_of(finding.events1, finding.n1, finding.percent1)
    if ours is None:
        return None
    groups = [(finding.events1, finding.n1), (finding.events2, finding.n2)]
    counts = [f"{events:g}/{n:g}" for events, n in groups if events is not None and n]
    whole = len(counts) == (1 if theirs is None else 2)
    return Share(
        finding.measure if finding.outcome == "other" and finding.measure else finding.outcome,
        finding.key,
        ours,
        theirs,
        finding.comparator,
        finding.timepoint,
        " vs ".join(counts) if whole else "",
        finding.n1 or 0,
        finding.origin,
        finding.verification,
    )
