"""Which studies may stand in a pooled set at all, and which of those that tell of the same people does. Pure.

docs/methods.md, "In a pooled set". Each that does not is named with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ketlit.evidence_views import Related
from ketlit.views import StudyRow
from ketlit.vocabulary import Design, RelationKind, Status

GONE: Final = {
    Status.RETRACTED: "retracted",
    Status.WITHDRAWN: "withdrawn",
    Status.DELETED: "deleted from PubMed",
}
# what is no study of its own people with results
_NO_TRIAL: Final = {
    Design.META_ANALYSIS: "a review: the studies in it count, not it",
    Design.SYSTEMATIC_REVIEW: "a review: the studies in it count, not it",
    Design.NARRATIVE_REVIEW: "a review: the studies in it count, not it",
    Design.GUIDELINE: "a guideline: the studies in it count, not it",
    Design.PROTOCOL: "a protocol: it has no results",
    Design.REGISTRATION: "a registration: it has no results",
    Design.PRECLINICAL: "preclinical",
    Design.EDITORIAL_LETTER: "an editorial or letter",
}
RANDOMISED: Final = frozenset({Design.RCT, Design.SECONDARY_ANALYSIS})
_NOT_RANDOMISED: Final = frozenset(
    {
        *(Design.NON_RANDOMIZED_TRIAL, Design.SINGLE_ARM_TRIAL, Design.OBSERVATIONAL, Design.CASE_SERIES),
        Design.CASE_REPORT,
    }
)
# those of them that compare two groups
_APART: Final[dict[str, str]] = {
    design: f"; --design {design} pools such studies apart"
    for design in (Design.NON_RANDOMIZED_TRIAL, Design.OBSERVATIONAL)
}
THERAPEUTIC: Final = frozenset({"therapeutic-pain", "therapeutic-psychiatric"})


class Allowed(NamedTuple):
    """What a person asked to be let in, or left out by key."""

    retracted: bool = False
    any_context: bool = False  # contexts were named
    any_design: bool = False  # designs were named
    without: frozenset[str] = frozenset()


def refusal(study: StudyRow, allowed: Allowed) -> str:
    """Why this study is never pooled; "" where it may be."""
    if study.key in allowed.without:
        return "left out by --exclude"
    if study.excluded:
        return "excluded by you (ketlit study include takes it back in)"
    if study.status in GONE and not allowed.retracted:
        return GONE[Status(study.status)]
    if study.design in _NO_TRIAL:
        return _NO_TRIAL[Design(study.design)]
    if study.context and study.context not in THERAPEUTIC and not allowed.any_context:
        return f"ketamine is no treatment in it (context {study.context})"
    if study.design in _NOT_RANDOMISED and not allowed.any_design:
        return f"not randomised ({study.design})" + _APART.get(study.design or "", "")
    return ""


def same_people(studies: Mapping[str, StudyRow], related: Iterable[Related]) -> list[list[str]]:
    """The keys in groups of those that report one trial, or people of one another. Union of all that is known."""
    first: dict[str, str] = {key: key for key in studies}

    def root(key: str) -> str:
        while first[key] != key:
            key = first[key]
        return key

    trials: dict[str, str] = {}
    pairs = [(each.key, each.other) for each in related if each.key in studies and each.other in studies]
    pairs += [(key, trials.setdefault(row.trial, key)) for key, row in studies.items() if row.trial]
    for one, other in pairs:
        first[root(one)] = root(other)
    groups: dict[str, list[str]] = {}
    for key in studies:
        groups.setdefault(root(key), []).append(key)
    return list(groups.values())


def once(
    studies: Mapping[str, StudyRow], related: Sequence[Related], rank: Callable[[str], tuple[float, ...]]
) -> dict[str, str]:
    """Of each group of `same_people` the one that counts stays; the others, each with its reason.

    First comes a report of the trial itself, then one that includes others, then the least `rank` (how far from the
    time asked for), then the most people, then the oldest. A pooled analysis of trials that are here gives way to them.
    """
    part_of = {(each.key, each.other) for each in related if each.kind == RelationKind.INCLUDED_IN}
    part_of |= {(each.other, each.key) for each in related if each.kind == RelationKind.INCLUDES}
    left_out: dict[str, str] = {}
    for whole in studies:
        parts = [part for part, of in part_of if of == whole and part in studies]
        if parts and studies[whole].design == Design.SECONDARY_ANALYSIS:
            left_out[whole] = f"an analysis of trials that are in themselves: {', '.join(sorted(parts))}"
    rest = {key: row for key, row in studies.items() if key not in left_out}
    linked = [each for each in related if each.key in rest and each.other in rest]

    def order(key: str) -> tuple[object, ...]:
        row = rest[key]
        inner = any((key, other) in part_of for other in rest)
        return (
            *(row.design == Design.SECONDARY_ANALYSIS, inner, *rank(key)),
            *(-(row.n or 0), row.year or 9999, key),
        )

    for group in same_people(rest, linked):
        kept, *others = sorted(group, key=order)
        for key in others:
            left_out[key] = _why(rest[key], rest[kept], (key, kept) in part_of)
        row = rest[kept]
        if row.design == Design.SECONDARY_ANALYSIS and not row.trial and len(group) == 1:
            left_out[kept] = "a secondary analysis, and its trial is not known"
    return left_out


def _why(row: StudyRow, kept: StudyRow, part: bool) -> str:
    if part:
        return f"its people are among those of {kept.key}, which is in"
    if row.design == Design.SECONDARY_ANALYSIS:
        return f"a secondary analysis of a trial that is in with {kept.key}"
    trial = f" {row.trial}" if row.trial and row.trial == kept.trial else ""
    return f"reports the same trial{trial} as {kept.key}, which is in"
