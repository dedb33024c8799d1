"""What goes into a pooled set, and why the rest does not: rows of findings in, effects and reasons out. Pure.

docs/methods.md, "In a pooled set": one finding a trial, one window of time, one kind of control, one scale (or SMDs of
scales that all point one way); nothing counts twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ketlit.evidence_views import Candidate, FindingRow, Related
from ketlit.synthesis import eligible
from ketlit.synthesis.effects import OF_COUNTS, Effect, Excluded, Means
from ketlit.synthesis.eligible import Allowed
from ketlit.synthesis.nearest import Found, nearest
from ketlit.synthesis.reported import BETTER, OPPOSITE, WORSE, Reported, reported, turned
from ketlit.synthesis.table import Row, doubtful_sds
from ketlit.synthesis.timepoint import Window
from ketlit.views import StudyRow
from ketlit.vocabulary import Comparison, Design, EffectMeasure, Origin, SmdForm, StatKind, Status

# controls without a treatment of their own; all others answer another question
INERT: Final = frozenset({"placebo", "active-placebo", "standard-care", "none", ""})
_SAME_SCALE_RANGE: Final = 10.0  # a VAS or NRS up to here is of 0-10, above of 0-100


class Question(NamedTuple):
    """What is to be pooled. `comparators`: the controls that were named; none: those without a treatment."""

    measure: EffectMeasure
    window: Window
    form: SmdForm = SmdForm.METAFOR
    comparators: frozenset[str] = frozenset()
    allowed: Allowed = Allowed()


class Chosen(NamedTuple):
    """A comparison that goes in: its effect, the finding it comes from, and the finding's study."""

    effect: Effect
    finding: FindingRow
    study: StudyRow
    way: str  # whether more is "better" or "worse"; "" where nobody said


class Selection(NamedTuple):
    """The pooled set. `higher_is`: what more means in it; `scales`: the outcome measures in it, by name."""

    chosen: tuple[Chosen, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[str, ...]
    higher_is: str
    scales: tuple[str, ...]

    @property
    def effects(self) -> list[Effect]:
        return [each.effect for each in self.chosen]


class _Made(NamedTuple):
    study: StudyRow
    finding: FindingRow
    found: Reported


def select(candidates: Sequence[Candidate], related: Sequence[Related], question: Question) -> Selection:
    """The set that is pooled, by year, and every candidate that is not in it, with its reason."""
    out: dict[str, str] = {}
    found: dict[str, Found] = {}
    for study, findings in candidates:
        reason = eligible.refusal(study, question.allowed)
        if not reason:
            found[study.key], reason = nearest(findings, question.window, question.measure)
        if reason:
            out[study.key] = reason
    studies = {each.study.key: each.study for each in candidates}
    open_ = {key: found[key] for key in found if key not in out}
    out |= _controls(open_, question.comparators)
    made: dict[str, list[_Made]] = {}
    for key in [key for key in open_ if key not in out]:
        effects = _effects(studies[key], open_[key], question)
        if isinstance(effects, str):
            out[key] = effects
        else:
            made[key] = effects
    twice = eligible.once(
        {key: studies[key] for key in made},
        related,
        lambda key: (abs((made[key][0].finding.hours or 0) - question.window.hours),),
    )
    out |= twice
    kept = [each for key, effects in made.items() if key not in twice for each in effects]
    kept, others, scales = _one_scale(kept, question.measure)
    out |= others
    chosen, opposed, way, warnings = _one_way(kept, question.measure)
    out |= opposed
    chosen.sort(key=lambda each: (each.study.year or 9999, each.effect.study))
    order = {each.study.key: place for place, each in enumerate(candidates)}
    excluded = tuple(Excluded(key, out[key]) for key in sorted(out, key=lambda key: order[key]))
    warnings = [*_doubts(chosen, question.measure), *warnings, *_beside(chosen, found)]
    warnings += _yours({each.study.key: each.findings for each in candidates}, chosen, question.window)
    return Selection(tuple(chosen), excluded, tuple(warnings), way, scales)


def _controls(found: dict[str, Found], asked: frozenset[str]) -> dict[str, str]:
    """Studies whose control answers another question, with the reason.

    Controls that are named are taken; else those without a treatment of their own; where there is none of these, the
    one active control that most studies have.
    """
    of = {key: each.findings[0].comparator for key, each in found.items()}
    if asked:
        return {
            key: f"compared with {name or 'a control that is not named'}"
            for key, name in of.items()
            if name not in asked
        }
    if any(name in INERT for name in of.values()):
        taken = INERT
    else:
        taken = frozenset(name for name, _ in Counter(sorted(of.values())).most_common(1))
    return {
        key: f"compared with {name}, another question; --comparator {name} pools such studies apart"
        for key, name in of.items()
        if name not in taken
    }


def _effects(study: StudyRow, found: Found, question: Question) -> list[_Made] | str:
    """The effects of one study: one, or one an arm where several share a control group; else why there is none."""
    made: list[_Made] = []
    reasons: list[str] = []
    arms = len(found.findings) if found.arms else 1
    for place, finding in enumerate(found.findings):
        name = f"{study.key} ({found.arms[place]})" if found.arms else study.key
        crossover = "crossover" in study.design_flags
        one = reported(name, finding, question.measure, question.form, crossover=crossover, arms=arms)
        if isinstance(one, Excluded):
            reasons.append(one.reason)
            continue
        if arms > 1:
            said = f"the control group is shared by {arms} comparisons and split"
            derived = f"{one.effect.derived}; {said}" if one.effect.derived else said
            one = one._replace(effect=one.effect._replace(derived=derived))
        made.append(_Made(study, finding, one))
        if not found.arms:
            break  # the first of several that can be used, in order of preference
    return made or reasons[0]


def _one_scale(made: list[_Made], measure: EffectMeasure) -> tuple[list[_Made], dict[str, str], tuple[str, ...]]:
    """For MD those on the scale that most studies have; the others, with the reason; the scales that are left."""
    names = {id(each): scale_of(each.finding, each.found) for each in made}
    if measure != EffectMeasure.MD:
        return made, {}, tuple(dict.fromkeys(names[id(each)] for each in made if names[id(each)]))
    counts = Counter(names[id(each)] for each in made)
    if len(counts) < 2:
        return made, {}, tuple(name for name in counts if name)
    usual = max(sorted(counts), key=lambda name: counts[name])
    said = usual or "the scale of the others, which is not named"
    others = {
        each.study.key: f"on {names[id(each)] or 'another scale'}, not on {said}: scales are mixed only as SMD"
        for each in made
        if names[id(each)] != usual
    }
    return [each for each in made if names[id(each)] == usual], others, (usual,)


def scale_of(finding: FindingRow, found: Reported) -> str:
    """The scale of a finding by name; of a VAS or NRS with its range, as far as the means show it.

    What measures improvement on a scale of complaints ("pain relief, VAS") is another scale.
    """
    name = finding.scale or " ".join(finding.measure.partition(",")[0].split()[:3])
    if finding.scale in ("vas", "nrs") and isinstance(found.raw, Means):
        most = max(abs(found.raw.mean1), abs(found.raw.mean2))
        name = f"{name} 0-{10 if most <= _SAME_SCALE_RANGE else 100}"
    return f"{name} (improvement)" if (found.way, finding.higher_is) == (BETTER, WORSE) else name


def _one_way(made: Iterable[_Made], measure: EffectMeasure) -> tuple[list[Chosen], dict[str, str], str, list[str]]:
    """All effects pointing the way of most: those that point the other way are turned, or left out with the reason."""
    listed = list(made)
    ways = Counter(each.found.way for each in listed if each.found.way)
    way = max(sorted(ways, reverse=True), key=lambda one: ways[one]) if ways else ""
    chosen, out, warnings = [], {}, []
    for study, finding, found in listed:
        one: Reported | Excluded = found
        if found.way and found.way == OPPOSITE[way] and measure != EffectMeasure.MD:
            one = turned(found, measure)
        if isinstance(one, Excluded):
            out[study.key] = one.reason
            continue
        if not found.way and way:
            warnings.append(f"{found.effect.study}: whether more is better is not known; taken to be {way}")
        chosen.append(Chosen(one.effect, finding, study, one.way))
    return chosen, out, way, warnings


def _doubts(chosen: Sequence[Chosen], measure: EffectMeasure) -> list[str]:
    """What a reader should know or look at again."""
    said = []
    for each in chosen:
        name, study = each.effect.study, each.study
        if study.status in eligible.GONE:
            said.append(f"{name} is {eligible.GONE[Status(study.status)]}")
        elif study.status == Status.EXPRESSION_OF_CONCERN:
            said.append(f"{name}: its journal expressed concern")
        if study.design == Design.SECONDARY_ANALYSIS:
            said.append(f"{name} is a secondary analysis; the trial's own report is not among the studies")
        if not study.design or study.design == Design.OTHER:
            said.append(f"{name}: its design is not known")
        if not study.context:
            said.append(f"{name}: nothing says that ketamine is a treatment in it")
        if each.finding.stale:
            said.append(f"{name}: the words its numbers were read from have changed")
        if _against(each):
            said.append(f"{name}: its numbers and its direction ({each.finding.direction}) disagree")
    controls = sorted({each.finding.comparator or "not named" for each in chosen})
    if len(controls) > 1:
        said.append(f"controls differ: {', '.join(controls)}")
    if measure in OF_COUNTS:
        return said
    if measure == EffectMeasure.SMD and len({_kind(each.finding) for each in chosen}) > 1:
        said.append("changes and final values are mixed, which SMDs should not do (Handbook 10.5.2)")
    rows = [
        Row(each.effect.study, 0, tuple(float(value) for value in values if value is not None))
        for each in chosen
        if None not in (values := _means(each.finding))
    ]
    return said + doubtful_sds(rows)


def _beside(chosen: Sequence[Chosen], found: dict[str, Found]) -> list[str]:
    """Results of the same time that are not in, where the one that is in may be of one arm or scale only."""
    return [
        f"{each.effect.study} is in with {each.finding.measure!r}, not with {', '.join(map(repr, beside))}"
        for each in chosen
        if (beside := found[each.study.key].beside)
    ]


def _yours(findings: Mapping[str, Sequence[FindingRow]], chosen: Sequence[Chosen], window: Window) -> list[str]:
    """Where a person's finding stands beside one that comes with the library: which of them is in."""
    said = []
    for each in chosen:
        there = [
            one
            for one in findings[each.study.key]
            if one.hours in window
            and one.comparison == Comparison.BETWEEN
            and (one.outcome, one.harm) == (each.finding.outcome, each.finding.harm)
        ]
        yours = [one.id for one in there if one.origin == Origin.USER]
        if not yours or len(yours) == len(there):
            continue
        if each.finding.origin == Origin.USER:
            said.append(f"{each.study.key}: what you entered (finding {each.finding.id}) is in, not the library's own")
        else:
            said.append(f"{each.study.key}: the library's own finding is in, not what you entered (finding {yours[0]})")
    return list(dict.fromkeys(said))


def _against(each: Chosen) -> bool:
    """The effect points one way and the finding's direction the other."""
    sides = {"favours_intervention": BETTER, "favours_comparator": WORSE}
    side = sides.get(each.finding.direction)
    if not side or not each.way or not each.effect.yi:
        return False
    return (each.effect.yi > 0) != (side == each.way)


def _kind(finding: FindingRow) -> str:
    if finding.stat_kind:
        return finding.stat_kind
    return StatKind.CHANGE if "change" in finding.measure.casefold() else StatKind.FINAL


def _means(finding: FindingRow) -> tuple[float | None, ...]:
    return finding.mean1, finding.sd1, finding.n1, finding.mean2, finding.sd2, finding.n2
