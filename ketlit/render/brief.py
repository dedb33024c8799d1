"""The statements of a brief, in the words of its reader; each carries the keys of the studies it rests on.

Nothing is said that was not counted. Loads no rich.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp
from typing import Any, Final, NamedTuple

from ketlit.evidence_views import FindingRow
from ketlit.render.figures import number
from ketlit.render.plain import as_object
from ketlit.synthesis.briefing import Facts
from ketlit.synthesis.weighing import Amount
from ketlit.vocabulary import Direction, EffectMeasure, Origin, Verification

NOT_ADVICE: Final = "not medical advice"
READERS: Final = ("clinician", "patient")
RATIOS: Final = (EffectMeasure.OR, EffectMeasure.RR)
_WITHIN: Final = {" (yours)": "numbers of yours", " (not verified)": "numbers not verified"}
# `_` within a word, `<` before a space or a digit, `>` and `#` within a line are text to Markdown
_MARKUP: Final = re.compile(r"[\\`*|]|^[>#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<(?![\s\d.=])")
INERT: Final = "placebo or no treatment"


class Statement(NamedTuple):
    """A sentence under the name of its section, the studies it rests on, and the command that shows all of them.

    `rank`: of what must give way on one screen, the highest first; 0 always stays.
    """

    section: str
    text: str
    keys: tuple[str, ...]
    see: str = ""
    rank: int = 0


class Brief(NamedTuple):
    """A brief as it is told: `head` on top, statements by section, `foot` at the end."""

    topic: str
    reader: str
    head: str
    statements: list[Statement]
    commands: list[str]
    foot: str


def cited(statement: Statement, most: int) -> str:
    """The sentence with at most `most` keys in brackets, and how many more there are."""
    keys = statement.keys[:most]
    more = f" +{len(statement.keys) - len(keys)}" if len(statement.keys) > len(keys) else ""
    return f"{statement.text} [{', '.join(keys)}{more}]" if statement.keys else statement.text


def brief_object(brief: Brief, facts: Facts) -> dict[str, Any]:
    """The brief as one JSON object."""
    rows = facts.rows
    return {
        "topic": brief.topic,
        "for": brief.reader,
        "head": brief.head,
        "statements": [
            {"section": each.section, "text": each.text, "studies": list(each.keys), "see": each.see}
            for each in brief.statements
        ],
        "commands": brief.commands,
        "effects": [_effect(amount) for amount in facts.amounts],
        "harms": [as_object(share) for share in facts.harms],
        "levels": [{"level": level, "studies": keys} for level, keys in facts.levels.items()],
        "studies": len(rows.studies),
        "people": facts.people,
        "contexts": rows.contexts,
        "understood": rows.understood,
        "left_out": [{"reason": reason, "k": k} for reason, k in rows.left_out],
        "date": rows.date,
        "note": NOT_ADVICE,
    }


def _effect(amount: Amount) -> dict[str, Any]:
    """What an outcome amounts to: pooled as `ketlit pool` has it, else a range, and the count of directions."""
    pooled = amount.pooled
    numbers = pooled._asdict() if pooled else {}
    without = ("studies", "excluded", "warnings")  # `ketlit pool` has them
    return {
        **{name: getattr(amount, name) for name in ("outcome", "trials", "measure", "timepoint", "higher_is")},
        "pooled": {name: value for name, value in numbers.items() if name not in without} or None,
        "spread": as_object(amount.spread) if amount.spread else None,
        "vote": as_object(amount.vote),
        "directions": amount.directions,
        "studies": list(amount.keys),
    }


def markdown(brief: Brief) -> str:
    """The brief with all its keys."""
    lines = [f"# {_plain(brief.head)}"]
    section = ""
    for each in brief.statements:
        if each.section != section:
            section = each.section
            lines += ["", f"## {section}", ""]
        lines.append(f"- {_plain(cited(each, len(each.keys)))}")
    lines += ["", *(f"    {command}" for command in brief.commands), "", f"*{_plain(brief.foot)}*"]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text in which Markdown sees no markup; where it would see none anyway, as in a key, nothing is escaped."""
    from ketlit.render.safe import safe_text

    return _MARKUP.sub(r"\\\g<0>", safe_text(text))


def nothing(facts: Facts) -> Statement:
    """What both readers are told where no study counts."""
    told = "no study of this in this library counts; that says nothing on whether it helps or harms."
    return Statement("Not known", told, tuple(facts.rows.waiting))


# numbers and names that both readers' words are made of


def name_of(facts: Facts, outcome: str, *, harm: bool = False) -> str:
    """A term's label without what stands behind a comma or in brackets, and small: `physical function`."""
    label = facts.rows.names.get(f"{'adverse-effect' if harm else 'outcome'}:{outcome}", outcome)
    label = label.partition(", ")[0].partition(" (")[0]
    label = label.removesuffix(" as adverse event") if harm else label.partition(" / ")[0]
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def mark(origin: str, verification: str) -> str:
    """What a reader must know of who stands behind a number; "" where a curator saw it in the paper."""
    if origin == Origin.USER:
        return " (yours)"
    return " (not verified)" if verification == Verification.UNVERIFIED else ""


def marks(findings: Iterable[FindingRow]) -> str:
    """The same of a number made of several findings: `, with yours and numbers not verified`."""
    found = {mark(each.origin, each.verification) for each in findings}
    said = [words for sign, words in _WITHIN.items() if sign in found]
    return f", with {listed(said)}" if said else ""


def sequence(told: Sequence[tuple[float | None, str]]) -> str:
    """Results with their hours: `a; then b` of two times, `mixed: a; also b` of one time that do not agree."""
    parts = [told[0][1]]
    for (before, _), (hours, words) in pairwise(told):
        parts.append(f"{'also' if hours == before else 'then'} {words}")
    mixed = "mixed: " if any(part.startswith("also ") for part in parts) else ""
    return mixed + "; ".join(parts)


def counted(number_of: int, one: str, many: str = "") -> str:
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"


def digits(value: float) -> str:
    """Three digits: -5.05, 0.361, 12.4."""
    return f"{value:.3g}"


def pooled_limits(amount: Amount) -> tuple[float, float, float]:
    """Estimate and limits on their own scale, ratios as ratios."""
    pooled = amount.pooled
    assert pooled is not None
    values = (pooled.estimate or 0.0, pooled.ci_low or 0.0, pooled.ci_high or 0.0)
    if amount.measure in RATIOS:
        low, middle, high = exp(values[1]), exp(values[0]), exp(values[2])
        return middle, low, high
    return values


def unlogged(amount: Amount, value: float) -> float:
    return exp(value) if amount.measure in RATIOS else value


def unread(facts: Facts, asked: str) -> Iterator[Statement]:
    """The trials that nobody read, and how to see them."""
    k = len(facts.unread)
    if k:
        sources = " ".join(f"--source {each}" for each in sorted({study.source for study in facts.unread}))
        see = f"ketlit search {asked} --design rct {sources}"
        one = "is tagged automatically; its results have" if k == 1 else "are tagged automatically; their results have"
        told = f"{counted(k, 'randomised trial')} here {one} not been read in: {see}"
        yield Statement("Not read in", told, (), see)  # keys behind a command would be pasted with it


def no_rate(facts: Facts) -> str:
    """What is said where no harm has a rate: of studies that nobody read it is not known."""
    if facts.unread:
        others = counted(len(facts.unread), "other trial")
        return f"no study read in so far gives a rate of any harm; what {others} here found is not known"
    return "no study here gives a rate of any harm"


def silent(facts: Facts) -> str:
    k = len(facts.silent)
    return f"of {counted(k, 'study', 'studies')} no harms are recorded here."


def all_keys(groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for keys in groups.values() for key in keys))


def listed(parts: Iterable[str], last: str = "and") -> str:
    """`one, two and three`."""
    given = list(parts)
    return given[0] if len(given) == 1 else f"{', '.join(given[:-1])} {last} {given[-1]}" if given else ""


def span(days: float) -> str:
    """Days as one would say them."""
    for unit, length, up_to in (("hour", 1 / 24, 2), ("day", 1, 21), ("week", 7, 70), ("month", 30.4, 720)):
        if days < up_to:
            return counted(round(days / length), unit)
    return counted(round(days / 365.25), "year")


def ways_of(groups: Mapping[str, Sequence[str]], words: Mapping[str, str]) -> str:
    """`2 better, 1 no difference` of trials by direction."""
    return ", ".join(f"{len(groups[way])} {words[way]}" for way in Direction if groups.get(way))


def rate(percent: float) -> str:
    """Percent without decimals, but what is rare is not none: 45, 0.09, 0."""
    return f"{percent:.0f}" if percent >= 1 or percent == 0 else f"{percent:.1g}"


def dose_range(low: float, high: float, unit: str) -> str:
    return f"{number(low)} {unit}" if low == high else f"{number(low)} to {number(high)} {unit}"


def minutes(value: float) -> str:
    if value < 120:
        return f"{value:.0f} min"
    return f"{value / 60:.3g} h" if value < 2880 else f"{value / 1440:.3g} days"
