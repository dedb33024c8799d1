"""A person's own findings: checked, entered, changed, removed. Nobody else ever changes them.

What cannot be is refused; what is unlikely (an SD that looks like a standard error) is kept and pointed out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from ketlit.errors import NotFound, UsageError
from ketlit.intake.apply import now
from ketlit.record import Finding, Group
from ketlit.store import rows
from ketlit.store.assemble import finding_of
from ketlit.store.connect import Rows
from ketlit.store.engine import begin
from ketlit.store.writer import COLUMNS, ChangeOf, Writer
from ketlit.synthesis.effects import RATIOS
from ketlit.synthesis.table import Row, doubtful_sds
from ketlit.vocabulary import TIMEPOINTS, Comparison, Direction, Origin

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST: Final = 2_000  # characters of one text of a finding
LATEST: Final = 876_000.0  # hours, a hundred years
_OF_ONE_GROUP: Final = (Comparison.SINGLE_ARM, Comparison.BEFORE_AFTER)
_UNLIKE: Final = 4.0  # times that one SD is usually not larger than the other
_NAMED: Final = (
    "SELECT f.id, f.study_id, s.key, s.n, f.origin FROM finding f JOIN study s ON s.id = f.study_id WHERE f.id = :id"
)
_ON_OUTCOME: Final = (
    "SELECT id, harm, hours, origin FROM finding WHERE study_id = :study AND outcome = :outcome ORDER BY id"
)
_NUMBERED: Final = 5  # findings that are named


class Kept(NamedTuple):
    """A finding as it is kept, and what should be looked at again."""

    id: int
    key: str
    finding: Finding
    doubts: tuple[str, ...]


def checked(finding: Finding, n: int | None = None) -> tuple[str, ...]:
    """What of a finding is unlikely, in words. `n`: how many people the study has.

    Raises UsageError for what cannot be: more events than people, an interval that does not hold its estimate, a
    comparison without a second group, nothing reported at all.
    """
    texts = (finding.measure, finding.timepoint, finding.effect.p, finding.threshold, finding.text, finding.derived)
    for text in (*texts, finding.effect.measure, finding.where):
        if len(text) > LONGEST or (not text.replace("\n", " ").isprintable() and text):
            raise UsageError(f"{text[:40]!r} cannot be kept", f"text has at most {LONGEST} characters that can be seen")
    if finding.hours is not None and not 0 <= finding.hours <= LATEST:
        raise UsageError(f"{finding.hours:g} h is no time after an infusion")
    check_numbers(finding)
    second = finding.control != Group()
    if second and finding.comparison in _OF_ONE_GROUP:
        raise UsageError(f"{finding.comparison} has one group", "leave out the second one, or --comparison between")
    if _silent(finding):
        raise UsageError("a finding needs a result", "a number of a group, an estimate, or a direction")
    return tuple(_doubts(finding, n))


def check_numbers(finding: Finding) -> None:
    """Raise UsageError where the numbers that are there contradict each other; more may be to come."""
    for place, group in enumerate((finding.intervention, finding.control), 1):
        _check_group(group, place)
    _check_effect(finding)


def _check_group(group: Group, place: int) -> None:
    if group.events is not None and group.n is not None and group.events > group.n:
        raise UsageError(f"events{place}: {group.events:g} of {group.n:g} people (n{place})")
    if group.percent is not None:
        if not 0 <= group.percent <= 100:
            raise UsageError(f"percent{place}: {group.percent:g} is not between 0 and 100")
        if group.events is not None and group.n and abs(100 * group.events / group.n - group.percent) > 1:
            share = 100 * group.events / group.n
            raise UsageError(
                f"percent{place}: {group.events:g} of {group.n:g} is {share:.3g} %, not {group.percent:g} %"
            )
    if group.sd is not None and group.mean is None:
        raise UsageError(f"sd{place} stands without mean{place}")
    if group.sd is not None and group.n is not None and group.n < 2:
        raise UsageError(f"n{place}: one person has no standard deviation")


def _check_effect(finding: Finding) -> None:
    effect = finding.effect
    low, high, value = effect.ci_low, effect.ci_high, effect.value
    if low is not None and high is not None and low > high:
        raise UsageError(f"the interval begins at {low:g} and ends at {high:g}", "give the lower limit first")
    if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        limits = f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}"
        raise UsageError(f"the interval {limits.strip()} does not hold the estimate {value:g}")
    numbers = [each for each in (value, low, high) if each is not None]
    if numbers and not effect.measure:
        raise UsageError("an estimate needs to be called something", "--effect-measure OR, RR, RD, MD, SMD, HR ...")
    if effect.measure in RATIOS and any(each <= 0 for each in numbers):
        raise UsageError(f"{effect.measure} is a ratio: it and its limits are above 0")


def _silent(finding: Finding) -> bool:
    """It says nothing of any result."""
    told = (finding.intervention, finding.control, replace(finding.effect, measure=""))
    nothing = (Group(), Group(), replace(finding.effect, measure="", value=None, ci_low=None, ci_high=None, p=""))
    return told == nothing and finding.direction == Direction.NOT_REPORTED and not finding.text


def _doubts(finding: Finding, n: int | None) -> list[str]:
    one, other = finding.intervention, finding.control
    said = []
    sizes = [group.n for group in (one, other) if group.n is not None]
    if n is not None and sizes and sum(sizes) > n:
        said.append(f"the groups have {sum(sizes):g} people and the study {n}: right only if people were in both")
    if None not in (one.mean, one.sd, one.n, other.mean, other.sd, other.n):
        values = (one.mean, one.sd, one.n, other.mean, other.sd, other.n)
        row = Row("this finding", 0, tuple(float(value) for value in values if value is not None))
        said += doubtful_sds([row])
    if one.sd and other.sd and max(one.sd, other.sd) > _UNLIKE * min(one.sd, other.sd):
        said.append(f"SDs of {one.sd:g} and {other.sd:g} are unlike each other: is one a standard error?")
    return said


def add(connection: Connection, study: int, finding: Finding, at: str = "") -> Kept:
    """Keep a person's finding on a study. Raises UsageError for one that cannot be, NotFound without the study."""
    mine = replace(finding, origin=Origin.USER)
    writer = Writer(connection, at or now())
    with begin(connection):
        found = writer.db.rows("SELECT key, n FROM study WHERE id = :study", {"study": study})
        if not found:
            raise NotFound(f"there is no study {study}")
        doubts = (*checked(mine, found[0][1]), *_already(writer.db, study, mine))
        writer.own_findings(study, [mine])
        writer.remember([(study, ChangeOf("finding", "added", "", mine.outcome))])
        asked = "SELECT MAX(id) FROM finding WHERE study_id = :study AND origin = 'user'"
        number = int(writer.db.rows(asked, {"study": study})[0][0])
    return Kept(number, found[0][0], mine, doubts)


def _already(db: Rows, study: int, finding: Finding) -> list[str]:
    """The findings that a study has on the same outcome within the same window of time, in words."""
    known = db.rows(_ON_OUTCOME, {"study": study, "outcome": finding.outcome})
    same = [
        f"{number} ({origin})"
        for number, harm, hours, origin in known
        if bool(harm) == finding.harm and _one_window(hours, finding.hours)
    ]
    if not same:
        return []
    numbers = ", ".join(same[:_NUMBERED]) + (" ..." if len(same) > _NUMBERED else "")
    return [f"the study has findings on this outcome within that time already: {numbers}; pool takes yours first"]


def _one_window(hours: float | None, others: float | None) -> bool:
    """Whether two times after an infusion count for one timepoint; not where one of them is not known."""
    if hours is None or others is None:
        return False
    return any(low <= min(hours, others) and max(hours, others) <= high for _, low, high in TIMEPOINTS.values())


def edit(connection: Connection, number: int, changes: Finding, at: str = "") -> Kept:
    """Put `changes` in the place of a person's finding. Raises UsageError, also for a curated one, and NotFound."""
    mine = replace(changes, origin=Origin.USER)
    writer = Writer(connection, at or now())
    with begin(connection):
        place = own(writer.db, number)
        doubts = checked(mine, place.n)
        names = [name for name in COLUMNS["finding"] if name not in ("position", "study_id")]
        sets = ", ".join(f"{name} = ?" for name in names)
        writer.many(f"UPDATE finding SET {sets} WHERE id = ?", [(*rows.finding(mine), number)])
        writer.remember([(place.study, ChangeOf("finding", "edited", str(number), mine.outcome))])
    return Kept(number, place.key, mine, doubts)


def remove(connection: Connection, number: int, at: str = "") -> Kept:
    """Take a person's finding away: as it was. Raises UsageError for a curated one, NotFound."""
    writer = Writer(connection, at or now())
    with begin(connection):
        place = own(writer.db, number)
        was = finding_of(writer.db, number)
        writer.many("DELETE FROM finding WHERE id = ?", [(number,)])
        writer.remember([(place.study, ChangeOf("finding", "removed", was.outcome, ""))])
    return Kept(number, place.key, was, ())


class Own(NamedTuple):
    """A person's finding, and its study: id, key and n."""

    id: int
    study: int
    key: str
    n: int | None


def own(db: Rows, number: int) -> Own:
    """The finding with this number, which a person entered. Raises NotFound, and UsageError for a curated one."""
    found = db.rows(_NAMED, {"id": max(0, min(number, 2**31 - 1))})
    if not found:
        raise NotFound(f"there is no finding {number}", "find its id with: ketlit findings --format tsv")
    *known, origin = found[0]
    if origin != Origin.USER:
        raise UsageError(
            f"finding {number} of {known[2]} is {origin}: only a new release changes it",
            f"enter your own: ketlit finding add {known[2]}",
        )
    return Own(*known)
