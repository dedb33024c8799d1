"""A pooled estimate as it stood at the end of each year: what was known when. Pure.

Each year is selected and pooled anew of what was out by its 31 December, as `pool --as-of` does: a later report may
take the place of an earlier one, so that pooling one study after another would tell of sets that nobody could have had.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ketlit.evidence_views import Candidate, Related
from ketlit.synthesis.eligible import GONE
from ketlit.synthesis.pooling import Pooled, pool
from ketlit.synthesis.selection import Question, Selection, select
from ketlit.vocabulary import EffectMeasure, IntervalMethod, Tau2Method


class Standing(NamedTuple):
    """What was pooled at the end of a year: `entered` and `left` are studies since the year before in the list.

    `higher_is` and `scales` are those of this year's set, which may not be those of a later one.
    """

    year: int
    pooled: Pooled
    entered: tuple[str, ...]
    left: tuple[str, ...]
    higher_is: str
    scales: tuple[str, ...]


class Retracted(NamedTuple):
    """What the last estimate would be with the retracted studies that were part of it until then."""

    studies: tuple[str, ...]
    pooled: Pooled


class Track(NamedTuple):
    """The years in which the set changed, oldest first; `last` is the set as it stands at the end of them.

    `undated` are candidates without a date, which no year can count.
    """

    years: tuple[Standing, ...]
    last: Selection
    undated: tuple[str, ...]
    retracted: Retracted | None


def track(
    candidates: Sequence[Candidate],
    related: Sequence[Related],
    question: Question,
    published: Mapping[str, str],
    method: Tau2Method = Tau2Method.REML,
    interval: IntervalMethod = IntervalMethod.HKSJ,
) -> Track:
    """The estimate at the end of each year in which its set changed.

    `published`: by key, the ISO day by which a study was out; "" or absent where nobody knows.
    """
    dated = {each.study.key: int(published[each.study.key][:4]) for each in candidates if published.get(each.study.key)}
    years: list[Standing] = []
    before: tuple[str, ...] = ()
    for year in sorted(set(dated.values())):
        selected = _by(year, candidates, related, question, dated)
        now = tuple(each.effect.study for each in selected.chosen)
        if set(now) != set(before):
            pooled = _pooled(selected, question, method, interval)
            entered, left = _missing(now, before), _missing(before, now)
            years.append(Standing(year, pooled, entered, left, selected.higher_is, selected.scales))
        before = now
    last = _by(max(dated.values(), default=0), candidates, related, question, dated)
    undated = tuple(each.study.key for each in candidates if each.study.key not in dated)
    known = [each for each in candidates if each.study.key in dated]
    return Track(tuple(years), last, undated, _retracted(known, related, question, method, interval))


def notes(found: Track, question: Question) -> list[str]:
    """What a reader of the years must know besides the numbers."""
    said = []
    for each in found.years:
        if each.higher_is != found.last.higher_is and each.higher_is and found.last.higher_is:
            said.append(f"{each.year}: more was {each.higher_is} in that set, unlike in the last")
        if question.measure == EffectMeasure.MD and each.pooled.k and each.scales != found.last.scales:
            said.append(f"{each.year}: scales of that year: {', '.join(each.scales) or 'not named'}")
    if found.undated:
        said.append(f"without a date, in no year: {', '.join(found.undated)}")
    return said


def _by(
    year: int, candidates: Sequence[Candidate], related: Sequence[Related], question: Question, dated: Mapping[str, int]
) -> Selection:
    """The set of what was out by the end of a year."""
    known = [each for each in candidates if dated.get(each.study.key, year + 1) <= year]
    return select(known, related, question)


def _pooled(selected: Selection, question: Question, method: Tau2Method, interval: IntervalMethod) -> Pooled:
    if not selected.chosen:  # all that stood there has given way
        return Pooled(k=0, measure=str(question.measure), method=str(method), ci_method=str(interval))
    return pool(selected.effects, question.measure, method, interval, selected.excluded, selected.warnings)


def _missing(names: Iterable[str], among: Iterable[str]) -> tuple[str, ...]:
    there = set(among)
    return tuple(name for name in names if name not in there)


def _retracted(
    known: Sequence[Candidate],
    related: Sequence[Related],
    question: Question,
    method: Tau2Method,
    interval: IntervalMethod,
) -> Retracted | None:
    """The set with retracted studies, where there are some that would be in it."""
    if question.allowed.retracted or not any(each.study.status in GONE for each in known):
        return None
    whole = select(known, related, question._replace(allowed=question.allowed._replace(retracted=True)))
    gone = tuple(each.effect.study for each in whole.chosen if each.study.status in GONE)
    return Retracted(gone, _pooled(whole, question, method, interval)) if gone else None
