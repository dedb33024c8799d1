"""A brief for a clinician: counts of designs, estimates with intervals, doses, follow-up, blinding, harms, gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from ketlit.evidence_views import FindingRow
from ketlit.render import wording
from ketlit.render.brief import (
    Statement,
    all_keys,
    counted,
    digits,
    dose_range,
    listed,
    mark,
    marks,
    minutes,
    name_of,
    no_rate,
    pooled_limits,
    rate,
    sequence,
    silent,
    span,
    unlogged,
    unread,
    ways_of,
)
from ketlit.render.figures import as_finding, number, numbers
from ketlit.render.judged import SCHEMES
from ketlit.synthesis.briefing import Facts, middle
from ketlit.synthesis.direction import FEWEST
from ketlit.synthesis.harms import Share
from ketlit.synthesis.judged import Opinion, opinions
from ketlit.synthesis.levels import LEVELS
from ketlit.synthesis.weighing import Amount
from ketlit.vocabulary import Direction, EffectMeasure

WAYS: Final[dict[str, str]] = {
    Direction.FAVOURS_INTERVENTION: "for ketamine",
    Direction.FAVOURS_COMPARATOR: "for the control",
    Direction.NO_DIFFERENCE: "no difference",
    Direction.MIXED: "mixed",
    Direction.NOT_REPORTED: "not reported",
}
HARMS: Final = 5  # with a number, at most
DOSES: Final = 4
KEPT: Final = 2  # trials whose own numbers stay on one screen
TRIALS: Final = 3  # whose own numbers are told, of an outcome that is not pooled


def statements(facts: Facts, asked: str) -> Iterator[Statement]:
    """What a clinician is told; `asked` are the options that choose the studies."""
    yield from _designs(facts, f"ketlit search {asked}")
    yield from unread(facts, asked)
    room = KEPT
    for place, amount in enumerate(facts.amounts):
        yield from _effect(facts, amount, asked, first=not place, room=room)
        room -= len(facts.numbers.get(amount.outcome, ()))
    yield from _others(facts, asked)
    yield from _uncontrolled(facts)
    yield from _reviews(facts)
    yield from _harms(facts, asked)
    yield from _doses(facts, asked)
    yield from _follow_up(facts)
    yield from _blinding(facts)
    yield from _judged(facts)
    yield from _gaps(facts)


def _designs(facts: Facts, search: str) -> Iterator[Statement]:
    told = [f"{len(keys)} {_design(name, len(keys))}" for name, keys in facts.designs.items()]
    by_level = [f"level {level} ({LEVELS[level]}) {len(keys)}" for level, keys in facts.levels.items() if level]
    none = len(facts.levels.get(None, ()))
    people = f"{facts.people:,} people" if facts.people else "none with people of its own"
    if none:
        by_level.append(f"none {none}")
    yield Statement("Designs", f"{', '.join(told)}; {people}.", _best_first(facts), search)
    yield Statement(
        "Levels",
        f"CEBM 2011, starting: {'; '.join(by_level)} (a review is level 1 only once a person confirms it).",
        tuple(facts.levels.get(2, ())) or _best_first(facts),
        f"{search} --design rct",
    )


def _design(name: str, k: int) -> str:
    long = wording.DESIGNS_LONG.get(name, name.replace("-", " ") or "of unknown design")
    if k == 1 or not name or long in ("case series", "observational"):
        return long
    return long[:-2] + "es" if long.endswith("analysis") else long + "s"


def _best_first(facts: Facts) -> tuple[str, ...]:
    return all_keys({str(level): keys for level, keys in facts.levels.items()})


def _effect(facts: Facts, amount: Amount, asked: str, *, first: bool, room: int) -> Iterator[Statement]:
    """A pooled estimate, else a range, else a count of directions; with the directions of all trials beside it.

    The `first` outcome is the one that most trials compare; of `room` trials the numbers stay where there is little.
    """
    outcome = name_of(facts, amount.outcome)
    see = f"ketlit findings {asked} -o {amount.outcome}"
    votes = f"of {amount.trials} RCTs against {_inert(facts)} {ways_of(amount.directions, WAYS)}"
    if amount.trials == 1:
        votes = f"one RCT against {_inert(facts)}, {WAYS[next(iter(amount.directions))]}"
    if amount.pooled is not None:
        see = f"ketlit pool {asked} -o {amount.outcome} --measure {amount.measure} --at {amount.timepoint}"
        yield Statement("Effect", f"{outcome}, {amount.timepoint}: {_pooled(amount)}.", amount.keys, see)
        yield Statement("Effect", f"{outcome}, at any time: {votes}.", all_keys(amount.directions), see, 2)
        return
    if amount.spread is not None:
        low, mid, high = (unlogged(amount, v) for v in (amount.spread.low, amount.spread.median, amount.spread.high))
        told = f"median {amount.measure} {digits(mid)}, range {digits(low)} to {digits(high)}, not pooled"
        yield Statement("Effect", f"{outcome}, {amount.timepoint}: {told}.", amount.keys, see)
    yield Statement(
        "Effect", f"{outcome}: {votes}{_vote(amount)}.", all_keys(amount.directions), see, 0 if first else 1
    )
    for place, ends in enumerate(facts.numbers.get(amount.outcome, ())[:TRIALS]):
        told = f"{sequence([(each.hours, _result(each)) for each in ends])} (against {ends[0].comparator})."
        yield Statement("Effect", told, (ends[0].key,), f"ketlit show {ends[0].key}", 0 if place < room else 2)


def _result(finding: FindingRow) -> str:
    """`NRS 0-10, end of week 1: 2.68 vs 5.45`; in words where no number is printed."""
    measure = ", ".join(part for part in (finding.measure, finding.threshold) if part)
    said = numbers(as_finding(finding)) or wording.direction(finding.direction).long
    at = f", {finding.timepoint}" if finding.timepoint else ""
    return f"{measure or finding.outcome}{at}: {said}{mark(finding.origin, finding.verification)}"


def _pooled(amount: Amount) -> str:
    pooled = amount.pooled
    assert pooled is not None
    middle_, low, high = pooled_limits(amount)
    scale = f" on {amount.scales[0].upper()}" if amount.measure is EffectMeasure.MD and amount.scales else ""
    told = f"{amount.measure}{scale} {digits(middle_)} (95 % CI {digits(low)} to {digits(high)}, HKSJ"
    if pooled.pi_low is not None and pooled.pi_high is not None:
        told += f"; prediction {digits(unlogged(amount, pooled.pi_low))} to {digits(unlogged(amount, pooled.pi_high))}"
    told += f"; I2 {pooled.i2:.0f} %), {counted(pooled.k, 'comparison')}" if pooled.i2 is not None else ")"
    more = {"better": "more is better", "worse": "less is better"}.get(amount.higher_is, "")
    told = f"{told}; {more}" if more else told
    return told + (marks(each.finding for each in amount.selection.chosen) if amount.selection else "")


def _vote(amount: Amount) -> str:
    """`; 4/5 with a side` and what chance would do; nothing of one trial, or of one that has a side."""
    vote = amount.vote
    if amount.trials == 1 or vote.n == 1:
        return ""
    if vote.p is None or vote.ci_low is None or vote.ci_high is None:
        return "; none points either way"
    told = f"; {vote.favours}/{vote.n} with a side"
    told += f", Wilson {100 * vote.ci_low:.0f} to {100 * vote.ci_high:.0f} %, p {vote.p:.2g}"
    return told + (" (fewer than 6 cannot reach 0.05)" if vote.n < FEWEST else "")


def _inert(facts: Facts) -> str:
    return listed(name.replace("-", " ") for name in facts.inert) or "an inert control"


def _others(facts: Facts, asked: str) -> Iterator[Statement]:
    for comparator, against in facts.others.items():
        name = comparator.upper() if comparator == "ect" else comparator.replace("-", " ")
        words = WAYS | {Direction.FAVOURS_COMPARATOR: f"for {name}"}
        groups = (("RCT", against.trials), ("review", against.reviews), ("not randomised", against.beside))
        told = "; ".join(f"{kind}: {ways_of(ways, words)}" for kind, ways in groups if ways)
        tested = against.non_inferiority
        how = f" ({listed(tested)} tested non-inferiority)" if tested else ""
        told += f"; on a wider topic: {ways_of(against.wider, words)}" if against.wider else ""
        every = [*(ways for _, ways in groups), against.wider]
        keys = tuple(dict.fromkeys(key for ways in every for key in all_keys(ways)))
        yield Statement(
            "Effect", f"against {name}, {told}{how}.", keys, f"ketlit search {asked} --comparator {comparator}", 2
        )


def _uncontrolled(facts: Facts) -> Iterator[Statement]:
    better = [study.key for study in facts.uncontrolled if study.direction == Direction.FAVOURS_INTERVENTION]
    if facts.uncontrolled:
        k = len(facts.uncontrolled)
        told = f"{len(better)} of {k} studies without random allocation report improvement"
        if k == 1:
            told = f"one study without random allocation, which reports {'' if better else 'no '}improvement"
        keys = tuple(study.key for study in facts.uncontrolled)
        yield Statement("Uncontrolled", f"{told}; not evidence of an effect.", keys)


def _reviews(facts: Facts) -> Iterator[Statement]:
    conditions = {study.key: study.conditions for study in facts.rows.studies}
    for place, finding in enumerate(facts.reviews[:2]):
        of = conditions.get(finding.key, [])
        about = [name_of(facts, finding.outcome), finding.timepoint]
        about += [f"on {', '.join(of[:3])}"] if of and of != [facts.rows.topic] else []
        told = f"{', '.join(part for part in about if part)}: {_estimate(finding)}, as published."
        yield Statement("Reviews", told, (finding.key,), f"ketlit show {finding.key}", 2 * place)


def _estimate(finding: FindingRow) -> str:
    low, high = finding.ci_low, finding.ci_high
    limits = f" ({number(low)} to {number(high)})" if low is not None and high is not None else ""
    told = f"{finding.effect_measure} {number(finding.effect or 0)}{limits}"
    return told + mark(finding.origin, finding.verification)


def _harms(facts: Facts, asked: str) -> Iterator[Statement]:
    for finding in facts.pooled_harms[:1]:
        told = f"{name_of(facts, finding.outcome, harm=True)}: {_estimate(finding)}, as a review pooled it."
        yield Statement("Harms", told, (finding.key,), f"ketlit show {finding.key}")
    shares = [share for share in facts.harms if share.ours]
    see = f"ketlit findings {asked} --harm any"
    if not shares:
        yield Statement("Harms", f"{no_rate(facts)}.", tuple(s.key for s in facts.trials))
    for some, rank in ((shares[:HARMS], 0), (shares[HARMS:], 2)):
        told = "; ".join(f"{name_of(facts, share.term, harm=True)} {_share(share)} [{share.key}]" for share in some)
        if some:
            yield Statement("Harms", f"{told}.", (), see, rank)
    rated = {share.term for share in facts.harms}
    for said, groups, rank in (
        ("reported, without a rate", facts.named_harms, 0),
        ("looked for, not found", facts.absent_harms, 2),
    ):
        bare = {term: keys for term, keys in groups.items() if term not in rated or groups is facts.absent_harms}
        told = ", ".join(f"{name_of(facts, term, harm=True)} ({len(keys)})" for term, keys in list(bare.items())[:5])
        if bare:
            yield Statement("Harms", f"{said} (studies): {told}.", all_keys(bare), see, rank)
    if facts.silent:
        yield Statement("Harms", silent(facts), tuple(facts.silent), rank=1)
    if facts.elsewhere:
        told = ", ".join(
            f"{name_of(facts, share.term, harm=True)} {rate(share.ours)} %" for share in facts.elsewhere[:3]
        )
        keys = tuple(dict.fromkeys(share.key for share in facts.elsewhere[:3]))
        yield Statement("Harms", f"in non-medical use, not counted above: {told}.", keys, rank=1)


def _share(share: Share) -> str:
    if share.theirs is None:
        return f"{rate(share.ours)} % (no control){mark(share.origin, share.verification)}"
    return f"{rate(share.ours)} vs {rate(share.theirs)} %{mark(share.origin, share.verification)}"


def _doses(facts: Facts, asked: str) -> Iterator[Statement]:
    parts = []
    for group in facts.doses[:DOSES]:
        took = ""
        if group.shortest is not None and group.longest is not None:
            ends = dict.fromkeys((minutes(group.shortest), minutes(group.longest)))
            took = f" over {' to '.join(ends)}"
        route = wording.ROUTES.get(group.route, group.route)
        drug = "ketamine, form not stated" if group.drug == "ketamine" else group.drug
        keys = f"{group.keys[0]}{f' +{len(group.keys) - 1}' if len(group.keys) > 1 else ''}"
        parts.append(f"{drug} {route} {dose_range(group.low, group.high, group.unit)}{took} [{keys}]")
    if parts:
        more = len(facts.doses) - len(parts)
        told = "; ".join(parts) + (f"; {counted(more, 'other way', 'other ways')} of dosing" if more > 0 else "")
        yield Statement("Doses", f"{told}.", (), f"ketlit search {asked}")
    else:
        yield Statement("Doses", "no dose is stated in this library for these studies.", ())


def _follow_up(facts: Facts) -> Iterator[Statement]:
    trials = {study.key for study in facts.trials}
    among = [each for each in facts.followed if each.key in trials]
    mid = middle(among)
    if mid is None:
        yield Statement("Follow-up", "not stated for any randomised trial here.", tuple(sorted(trials)))
        return
    longest = max(among, key=lambda each: each.days)
    told = f"RCTs: median {span(mid)}, longest {longest.text} ({len(among)} of {len(trials)} state it)."
    first = [longest.key, *(each.key for each in among if each.key != longest.key)]
    yield Statement("Follow-up", told, tuple(first))


def _blinding(facts: Facts) -> Iterator[Statement]:
    if not facts.inert:
        return
    kinds = listed(f"{len(keys)} {name.replace('-', ' ')}" for name, keys in facts.inert.items())
    asked = ""
    if facts.guesses:
        asked = " Guesses of allocation: " + "; ".join(f"{each.text} [{each.key}]" for each in facts.guesses[:1]) + "."
    told = f"controls in RCTs: {kinds}; dissociation can unblind people and raters (RoB 2 domains 2 and 4)."
    yield Statement("Blinding", told, all_keys(facts.inert))
    if asked:
        yield Statement("Blinding", asked.strip(), (), rank=2)


def _judged(facts: Facts) -> Iterator[Statement]:
    """Who judged what: people's own words, and never a word of ours where nobody judged."""
    people: dict[tuple[str, str], list[tuple[str, Opinion]]] = {}
    for key in dict.fromkeys(row.key for row in facts.rows.judgements):
        for each in opinions(row for row in facts.rows.judgements if row.key == key):
            people.setdefault((each.scheme, each.by.casefold()), []).append((key, each))
    told = []
    for (scheme, _), given in people.items():
        by = given[-1][1].by
        counts = Counter(_overall(each) for _, each in given)
        said = ", ".join(f"{overall} {k}" for overall, k in counts.items())
        told.append(f"{SCHEMES[scheme]} by {by} ({max(each.at for _, each in given)[:10]}): {said}")
    if told:
        keys = tuple(dict.fromkeys(key for given in people.values() for key, _ in given))
        yield Statement("Judged", f"{'; '.join(told)}.", keys, "ketlit judge list")


def _overall(opinion: Opinion) -> str:
    """`low`; of GRADE `pain-intensity low`."""
    return " ".join(part for part in (opinion.outcome, opinion.overall or "not judged overall") if part)


def _gaps(facts: Facts) -> Iterator[Statement]:
    trials = tuple(study.key for study in facts.trials)
    if not trials:
        yield Statement("Gaps", "no randomised trial of this in this library.", ())
    else:
        read = [study for study in facts.trials if study not in facts.unread]
        largest = max(read, key=lambda study: study.n or 0, default=None)
        if largest is not None and largest.n:
            yield Statement("Gaps", f"the largest RCT has {largest.n} people.", (largest.key,), rank=1)
        if facts.unmeasured:
            names = listed((name_of(facts, life).partition(" / ")[0] for life in facts.unmeasured), "or")
            yield Statement("Gaps", f"no RCT here reports {names}.", trials, rank=1)
    if facts.rows.waiting:
        yield Statement("Gaps", f"under way or planned: {len(facts.rows.waiting)}.", tuple(facts.rows.waiting))
    if facts.rows.retracted:
        yield Statement("Gaps", f"retracted, not counted: {len(facts.rows.retracted)}.", tuple(facts.rows.retracted))
