"""What findings on an outcome amount to: a pooled estimate, else a range of effects, else a count of directions. Pure.

The order is that of the Cochrane Handbook, chapter 12: what comes first says more. Trials count once; only randomised
trials against a control without a treatment of its own are weighed, as the rules of pooled sets have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ketlit.evidence_views import Candidate, FindingRow, Related
from ketlit.synthesis.direction import Spread, Vote, count_directions, spread
from ketlit.synthesis.eligible import Allowed, once, refusal
from ketlit.synthesis.evidence_map import direction_of
from ketlit.synthesis.pooling import Pooled, pool
from ketlit.synthesis.selection import INERT, Question, Selection, select
from ketlit.synthesis.timepoint import window
from ketlit.views import StudyRow
from ketlit.vocabulary import TIMEPOINTS, Comparison, Direction, EffectMeasure

# counts say most to a reader; a difference on one scale more than one in standard deviations
MEASURES: Final = (EffectMeasure.RR, EffectMeasure.MD, EffectMeasure.SMD)
# what tells nothing of whether people got better
ASIDE: Final = frozenset({"other", "biomarker", "participant-disposition", "pharmacokinetic-outcome"})


class Amount(NamedTuple):
    """What is known of an outcome. Of `pooled`, `spread` and `vote` the first that is not None is to be told.

    `selection` is what was pooled; `keys` the trials told of. `higher_is`: what more of the effect means.
    """

    outcome: str
    trials: int
    measure: EffectMeasure | None
    timepoint: str
    pooled: Pooled | None
    spread: Spread | None
    vote: Vote
    directions: dict[str, list[str]]
    keys: tuple[str, ...]
    higher_is: str
    scales: tuple[str, ...]
    selection: Selection | None


def outcomes_of(candidates: Iterable[tuple[StudyRow, Sequence[FindingRow]]], most: int) -> list[str]:
    """The outcomes that most randomised trials compare with a control without a treatment, at most `most`."""
    found: Counter[str] = Counter()
    for study, findings in candidates:
        if not refusal(study, Allowed()):
            found.update({each.outcome for each in findings if _compared(each) and each.outcome not in ASIDE})
    return sorted(found, key=lambda outcome: (-found[outcome], outcome))[:most]


def weigh(
    outcome: str, studies: Sequence[StudyRow], findings: Mapping[str, Sequence[FindingRow]], related: Sequence[Related]
) -> Amount:
    """What the findings on one outcome amount to; `findings` by the key of their study."""
    candidates = [
        Candidate(study, mine)
        for study in studies
        if (mine := tuple(each for each in findings.get(study.key, ()) if not each.harm and each.outcome == outcome))
    ]
    directions = _directions(candidates, related)
    vote = count_directions(Direction(way) for way, keys in directions.items() for _ in keys)
    every = tuple(key for keys in directions.values() for key in keys)
    none = Amount(outcome, len(every), None, "", None, None, vote, directions, every, "", (), None)
    best = _most(candidates, related)
    if best is not None:
        measure, name, chosen = best
        return none._replace(
            measure=measure,
            timepoint=name,
            pooled=pool(chosen.effects, measure, excluded=chosen.excluded, warnings=chosen.warnings),
            keys=tuple(dict.fromkeys(each.study.key for each in chosen.chosen)),
            higher_is=chosen.higher_is,
            scales=chosen.scales,
            selection=chosen,
        )
    return _range(candidates, related, none)


def _compared(finding: FindingRow) -> bool:
    """It compares ketamine with a control without a treatment of its own."""
    return finding.comparison == Comparison.BETWEEN and finding.comparator in INERT and not finding.harm


def _directions(candidates: Sequence[Candidate], related: Sequence[Related]) -> dict[str, list[str]]:
    """The trials by the direction of their comparisons; a trial whose comparisons do not agree is mixed."""
    there = {
        each.study.key: [finding for finding in each.findings if _compared(finding)]
        for each in candidates
        if not refusal(each.study, Allowed())
    }
    there = {key: mine for key, mine in there.items() if mine}
    rows = {each.study.key: each.study for each in candidates if each.study.key in there}
    twice = once(rows, related, lambda key: ())
    found: dict[str, list[str]] = {}
    for key, mine in there.items():
        if key not in twice:
            found.setdefault(direction_of(each.direction for each in mine), []).append(key)
    return {str(way): found[way] for way in Direction if way in found}


def _sets(
    candidates: Sequence[Candidate], related: Sequence[Related]
) -> Iterable[tuple[EffectMeasure, str, Selection]]:
    """Every set that could be pooled, of the measures that its findings can give."""
    for measure in MEASURES:
        for name in TIMEPOINTS:
            at = window(name)
            timely = [each for each in candidates if any(finding.hours in at for finding in each.findings)]
            if timely:
                yield measure, name, select(timely, related, Question(measure, at))


def _most(candidates: Sequence[Candidate], related: Sequence[Related]) -> tuple[EffectMeasure, str, Selection] | None:
    """The set of most trials, from two on; of equal ones the first measure, then the later time."""
    found: tuple[EffectMeasure, str, Selection] | None = None
    most = 1
    for measure, name, chosen in _sets(candidates, related):
        trials = len({each.study.key for each in chosen.chosen})
        if trials > most or (found and trials == most and measure is found[0]):
            found, most = (measure, name, chosen), trials
    return found


def _range(candidates: Sequence[Candidate], related: Sequence[Related], none: Amount) -> Amount:
    """With median and range of the effects of two trials or more on one measure, each at its last time."""
    for measure in MEASURES:
        last = {
            each.study.key: (each, name, chosen)
            for on, name, chosen in _sets(candidates, related)
            if on is measure
            for each in chosen.chosen
        }
        ways = {each.way for each, _, _ in last.values()}
        scales = {scale for _, _, chosen in last.values() for scale in chosen.scales}
        if len(last) < 2 or len(ways) > 1 or (measure is EffectMeasure.MD and len(scales) > 1):
            continue
        return none._replace(
            measure=measure,
            timepoint=", ".join(dict.fromkeys(name for _, name, _ in last.values())),
            spread=spread([each.effect for each, _, _ in last.values()]),
            keys=tuple(last),
            higher_is=ways.pop(),
            scales=tuple(scales),
        )
    return none
