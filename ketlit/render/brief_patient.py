"""A brief for a patient: plain words, numbers of people, harms as prominent as benefits, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ketlit.evidence_views import FindingRow
from ketlit.render.brief import (
    RATIOS,
    Statement,
    all_keys,
    counted,
    digits,
    listed,
    mark,
    marks,
    name_of,
    no_rate,
    pooled_limits,
    rate,
    sequence,
    silent,
    span,
    unread,
    ways_of,
)
from ketlit.render.figures import number
from ketlit.synthesis.briefing import Facts, control_share, middle
from ketlit.synthesis.harms import Share, share_of
from ketlit.synthesis.weighing import Amount
from ketlit.vocabulary import Direction, EffectMeasure

WAYS: Final[dict[str, str]] = {
    Direction.FAVOURS_INTERVENTION: "found ketamine better",
    Direction.FAVOURS_COMPARATOR: "found it worse",
    Direction.NO_DIFFERENCE: "found no clear difference",
    Direction.MIXED: "had mixed results",
    Direction.NOT_REPORTED: "did not say",
}
RESULT: Final[dict[str, str]] = {
    Direction.FAVOURS_INTERVENTION: "better with ketamine",
    Direction.FAVOURS_COMPARATOR: "worse with ketamine",
    Direction.NO_DIFFERENCE: "no clear difference",
    Direction.MIXED: "mixed results",
    Direction.NOT_REPORTED: "no result told",
}
# outcomes and harms as people say them
PLAIN: Final[dict[str, str]] = {
    "pain-intensity": "how strong the pain is",
    "pain-response": "clearly less pain",
    "physical-function": "what people can do",
    "quality-of-life": "quality of life",
    "social-role": "work and social life",
    "hyperalgesia-allodynia": "pain from touch or pressure",
    "depressive-symptoms": "how severe the depression is",
    "response": "symptoms at least halved",
    "remission": "symptoms nearly gone",
    "suicidal-ideation": "suicidal thoughts",
    "relapse": "symptoms coming back",
    "ptsd-symptoms": "symptoms of post-traumatic stress",
}
HARMS: Final[dict[str, str]] = {
    "any": "any side effect",
    "psychotomimetic": "seeing or feeling unreal things",
    "dissociation": "feeling detached from oneself",
    "sedation": "drowsiness",
    "dizziness": "dizziness",
    "vision": "blurred vision",
    "nausea-vomiting": "feeling sick",
    "hypertension": "raised blood pressure",
    "tachycardia": "fast heartbeat",
    "hepatotoxicity": "liver trouble",
    "urotoxicity": "bladder trouble",
    "abuse-liability": "becoming dependent",
    "cognitive-impairment": "confusion",
    "withdrawals-ae": "stopping because of side effects",
    "headache": "headache",
    "mania": "mania",
    "suicidality-harm": "suicidal thoughts or acts",
}
TIMES: Final = {
    "40min": "during or just after the dose",
    "4h": "after 4 hours",
    "24h": "after a day",
    "72h": "after 3 days",
    "7d": "after a week",
    "14d": "after 2 weeks",
    "28d": "after 4 weeks",
    "3mo": "after 3 months",
}
CONTROLS: Final = {"placebo": "a placebo", "active-placebo": "a drug that feels similar", "standard-care": "usual care"}
COMPARED: Final = {
    "ect": "electroconvulsive therapy",
    "other-drug": "another drug",
    "opioid": "an opioid",
    "antidepressant": "an antidepressant",
}
TOLD_HARMS: Final = 6
TRIALS: Final = 3  # whose own numbers are told, of an outcome that is not pooled


def statements(facts: Facts, asked: str) -> Iterator[Statement]:
    """What a patient is told; `asked` are the options that choose the studies."""
    yield from _studied(facts, asked)
    yield from unread(facts, asked)
    for amount in facts.amounts:
        yield from _effect(facts, amount, asked)
    yield from _review(facts)
    yield from _others(facts)
    yield from _uncontrolled(facts)
    yield from _harms(facts, asked)
    yield from _unknown(facts)
    yield Statement(
        "Ask",
        "Ask your clinician: what could I gain and for how long, what could it harm, who watches me during and after, "
        "is it approved for this, and what else is there?",
        (),
    )


def _studied(facts: Facts, asked: str) -> Iterator[Statement]:
    trials = tuple(study.key for study in facts.trials)
    people = f"{facts.people:,} people" if facts.people else "none with people of its own"
    told = f"{counted(len(facts.rows.studies), 'study', 'studies')}, {people}."
    first = trials or tuple(study.key for study in facts.rows.studies)
    yield Statement("Studied", told, first, f"ketlit search {asked}")
    if trials:
        told = f"In {len(trials)} of them chance decided who got what (randomised): the fairest kind of test."
        yield Statement("Studied", told, trials, f"ketlit search {asked} --design rct")
    else:
        yield Statement("Studied", "In none of them did chance decide who got what, the fairest kind of test.", first)


def _plain(facts: Facts, outcome: str) -> str:
    return PLAIN.get(outcome, name_of(facts, outcome))


def _harm(facts: Facts, harm: str) -> str:
    return HARMS.get(harm, name_of(facts, harm, harm=True))


def _effect(facts: Facts, amount: Amount, asked: str) -> Iterator[Statement]:
    outcome = _plain(facts, amount.outcome)
    see = f"ketlit findings {asked} -o {amount.outcome}"
    if amount.pooled is not None:
        see = f"ketlit pool {asked} -o {amount.outcome} --measure {amount.measure} --at {amount.timepoint}"
        told = _absolute(facts, amount) or _difference(amount)
        mixed = marks(each.finding for each in amount.selection.chosen) if amount.selection else ""
        told += f" (Made{mixed[1:]}.)" if mixed else ""
        yield Statement("May help", f"{outcome}, {TIMES[amount.timepoint]}: {told}", amount.keys, see)
    controls = listed(CONTROLS.get(name, name) for name in facts.inert) or "a placebo"
    told = f"{outcome}: {_of(f'trial against {controls}', f'trials against {controls}', amount.directions)}."
    if amount.pooled is None and amount.vote.n < 6:
        told += " Too few to rule out chance."
    yield Statement("May help", told, all_keys(amount.directions), see, 3 if amount.pooled else 0)
    for ends in facts.numbers.get(amount.outcome, ())[:TRIALS]:
        if any(_numbers(each) for each in ends):
            said = sequence([(each.hours, _told(each)) for each in ends])
            yield Statement("May help", f"{outcome}: {said}.", (ends[0].key,), f"ketlit show {ends[0].key}", 1)


def _told(finding: FindingRow) -> str:
    """`after 24 h, 12 of 20 with ketamine, 5 of 20 with a placebo`; in words where no number is printed."""
    said = (_numbers(finding) or RESULT[finding.direction]) + mark(finding.origin, finding.verification)
    return f"{finding.timepoint}, {said}" if finding.timepoint else said


def _review(facts: Facts) -> Iterator[Statement]:
    """What the newest review with an estimate found; ratios of odds and standard deviations stay out of it."""
    for finding in facts.reviews[:1]:
        at = f" ({finding.timepoint})" if finding.timepoint else ""
        sign = mark(finding.origin, finding.verification)
        outcome = _plain(facts, finding.outcome)
        told = f"{outcome}{at}, in a review that put trials together: {_sure(finding)}{sign}."
        yield Statement("May help", told, (finding.key,), f"ketlit show {finding.key}")


def _sure(finding: FindingRow) -> str:
    """The result in words, and whether it could be chance alone."""
    assert finding.ci_low is not None  # a review is told of with limits only
    assert finding.ci_high is not None
    middle_ = 1.0 if finding.effect_measure in RATIOS else 0.0
    if finding.ci_low <= middle_ <= finding.ci_high:
        return "no clear difference; it could be better or worse with ketamine"
    if finding.direction in (Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR):
        return f"{RESULT[finding.direction]}, which is unlikely to be chance alone"
    return RESULT[finding.direction]


def _numbers(finding: FindingRow) -> str:
    """The people of both groups, or the means of both; "" where a trial prints neither."""
    against = CONTROLS.get(finding.comparator, finding.comparator)
    share = share_of(finding)
    if share is not None and " vs " in share.text:
        ours, theirs = (counts.replace("/", " of ") for counts in share.text.split(" vs "))
        return f"{ours} with ketamine, {theirs} with {against}"
    if share is not None and share.theirs is not None:
        return f"{share.ours:.0f} of 100 with ketamine, {share.theirs:.0f} of 100 with {against}"
    if finding.mean1 is not None and finding.mean2 is not None:
        scale = f" ({finding.measure})" if finding.measure else ""
        return f"on average {number(finding.mean1)} with ketamine, {number(finding.mean2)} with {against}{scale}"
    return ""


def _absolute(facts: Facts, amount: Amount) -> str:
    """People of 100, from the pooled ratio and the middle one of the control groups; "" where it cannot be told."""
    base = control_share(amount)
    if amount.measure is not EffectMeasure.RR or base is None:
        return ""
    middle_, low, high = (min(100.0, 100 * base * value) for value in pooled_limits(amount))
    sure = "" if low <= 100 * base <= high else " This is unlikely to be chance alone."
    chance = " It could also be no better, or worse." if low <= 100 * base <= high else sure
    return (
        f"about {middle_:.0f} of 100 people with ketamine, {100 * base:.0f} of 100 without; "
        f"the true number with ketamine may lie from {low:.0f} to {high:.0f}.{chance}"
    )


def _difference(amount: Amount) -> str:
    """The mean difference in points of a scale, and how far off it may be."""
    middle_, low, high = pooled_limits(amount)
    scale = (
        f" points on the {amount.scales[0].upper()} scale"
        if amount.measure is EffectMeasure.MD and amount.scales
        else " (SMD)"
    )
    side = "lower" if middle_ < 0 else "higher"
    near, far = sorted((abs(low), abs(high)))
    if low <= 0 <= high:
        return f"on average {digits(abs(middle_))}{scale} {side} with ketamine, but it may be no difference at all."
    away = f"(from {digits(near)} to {digits(far)})"
    return f"on average {digits(abs(middle_))}{scale} {side} with ketamine than without {away}."


def _others(facts: Facts) -> Iterator[Statement]:
    for comparator, against in facts.others.items():
        name = COMPARED.get(comparator, comparator.replace("-", " "))
        groups = (
            ("trial", "trials", " in which chance decided who got what", against.trials),
            ("review", "reviews", "", against.reviews),
            ("study", "studies", " in which chance did not decide", against.beside),
        )
        told = "; ".join(_of(f"{one}{what}", f"{many}{what}", ways) for one, many, what, ways in groups if ways)
        tested = against.non_inferiority
        how = f" ({listed(tested)} asked only whether ketamine is not much worse.)" if tested else ""
        told += f"; on a wider topic, {ways_of(against.wider, WAYS)}" if against.wider else ""
        every = [*(ways for *_, ways in groups), against.wider]
        keys = tuple(dict.fromkeys(key for ways in every for key in all_keys(ways)))
        yield Statement("May help", f"Against {name}: {told}.{how}", keys, rank=2)


def _of(one: str, many: str, ways: Mapping[str, Sequence[str]]) -> str:
    """`of 3 trials, 2 found ketamine better ...`; of one what it found."""
    k = sum(map(len, ways.values()))
    return f"the only {one} {WAYS[next(iter(ways))]}" if k == 1 else f"of {k} {many}, {ways_of(ways, WAYS)}"


def _uncontrolled(facts: Facts) -> Iterator[Statement]:
    if not facts.uncontrolled:
        return
    better = [study for study in facts.uncontrolled if study.direction == Direction.FAVOURS_INTERVENTION]
    k = len(facts.uncontrolled)
    which = f"In {len(better)} of {k} studies" if k > 1 else "In the only study"
    told = f"{which} without a fair comparison people got better; they might have without ketamine too."
    if not better:
        told = f"Of {counted(k, 'study', 'studies')} without a fair comparison none tells that people got better."
    yield Statement("May help", told, tuple(study.key for study in facts.uncontrolled), rank=1)


def _harms(facts: Facts, asked: str) -> Iterator[Statement]:
    shares = [share for share in facts.harms if share.ours]
    for place, share in enumerate(shares):
        if share.theirs is not None:
            against = CONTROLS.get(share.comparator, "the other treatment")
            people = f"{rate(share.ours)} of 100 people with ketamine, {rate(share.theirs)} of 100 with {against}"
            told = f"{_harm(facts, share.term)}: {people}{mark(share.origin, share.verification)}."
            yield Statement("May harm", told, (share.key,), f"ketlit show {share.key}", 2 * (place >= TOLD_HARMS))
    alone = [share for share in shares if share.theirs is None]
    if alone:
        each = listed(_alone(facts, share) for share in alone)
        keys = tuple(dict.fromkeys(share.key for share in alone))
        told = f"Of 100 people with ketamine, with nobody to compare with: {each}."
        yield Statement("May harm", told, keys, f"ketlit findings {asked}")
    for finding in [] if shares else facts.pooled_harms[:1]:
        told = f"{_harm(facts, finding.outcome)}: more with ketamine in a review of studies."
        if finding.direction == Direction.FAVOURS_COMPARATOR:
            yield Statement("May harm", told, (finding.key,), f"ketlit show {finding.key}")
    if not shares:
        told = no_rate(facts)
        yield Statement("May harm", f"{told[:1].upper()}{told[1:]}; that does not mean it is safe.", ())
    yield from _bare(facts, asked)
    if facts.elsewhere:
        times = " or ".join(dict.fromkeys(share.timepoint for share in facts.elsewhere[:2] if share.timepoint))
        when = f" ({times})" if times else ""
        told = ", ".join(f"{_harm(facts, share.term)} {rate(share.ours)} of 100" for share in facts.elsewhere[:2])
        keys = tuple(dict.fromkeys(share.key for share in facts.elsewhere[:2]))
        yield Statement("May harm", f"In people who used it without a doctor{when}: {told}.", keys, rank=1)
    if facts.silent:
        told = silent(facts)
        yield Statement("May harm", f"{told[:1].upper()}{told[1:]}", tuple(facts.silent), rank=1)


def _alone(facts: Facts, share: Share) -> str:
    return f"{_harm(facts, share.term)} {rate(share.ours)}{mark(share.origin, share.verification)}"


def _bare(facts: Facts, asked: str) -> Iterator[Statement]:
    """Harms that no study gives a rate of, then those that were looked for and not found."""
    rated = {share.term for share in facts.harms}
    named = {term: keys for term, keys in facts.named_harms.items() if term not in rated}
    for said, groups, rank in (
        ("Reported, without a rate", named, 1),
        ("Looked for, not found", facts.absent_harms, 2),
    ):
        if groups:
            names = listed(_harm(facts, term) for term in list(groups)[:6])
            yield Statement("May harm", f"{said}: {names}.", all_keys(groups), f"ketlit findings {asked}", rank)


def _unknown(facts: Facts) -> Iterator[Statement]:
    trials = tuple(study.key for study in facts.trials)
    among = [each for each in facts.followed if each.key in trials]
    days = middle(among)
    if days is not None:
        longest = max(among, key=lambda each: each.days)
        first = (longest.key, *(each.key for each in among if each.key != longest.key))
        half, most = span(days), span(longest.days)
        told = (
            f"What happens later: no trial watched people for longer than {most}."
            if half == most
            else f"What happens later: half of the trials watched people for {half} or less, the longest for {most}."
        )
        yield Statement("Not known", told, first)
    elif trials:
        yield Statement("Not known", "How long it lasts: no trial here says how long people were watched.", trials)
    if trials and facts.unmeasured:
        names = listed((PLAIN.get(life, name_of(facts, life)) for life in facts.unmeasured), "or")
        yield Statement("Not known", f"No trial here tells of {names}.", trials, rank=1)
    if facts.inert:
        told = "People often feel which drug they got, which can make a drug look better than it is."
        yield Statement("Not known", told, all_keys(facts.inert), rank=1)
    if facts.rows.waiting:
        told = f"{counted(len(facts.rows.waiting), 'study is', 'studies are')} planned or under way."
        yield Statement("Not known", told, tuple(facts.rows.waiting), rank=2)
