"""The card of a study on a terminal: everything that is known of it, and how far it was verified."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from ketlit.record import text_at
from ketlit.render import figures, judged, wording
from ketlit.render.safe import safe_text
from ketlit.render.table import GAP, Screen, fitted, joined
from ketlit.vocabulary import YOURS, Axis, Blinding, Direction, Origin, Status, Verification

if TYPE_CHECKING:
    from ketlit.record import Finding, Record
    from ketlit.views import ChangeRow, RelatedStudy, StudyRow, TagRow

NAME: Final = 14  # cells of the names on the left
NEAR: Final = 160  # characters of a sentence that are shown on either side of a tag's words
MOST_AUTHORS: Final = 12
MOST_CHANGES: Final = 12


_STOP: Final = re.compile(r"[.!?](?=\s+[A-Z0-9(])")


class Card(NamedTuple):
    """A study with all that hangs on it; `claims` are (id, verdict, text)."""

    row: StudyRow
    record: Record
    tags: Sequence[TagRow]
    relations: Sequence[RelatedStudy]
    history: Sequence[ChangeRow]
    claims: Sequence[tuple[str, str, str]] = ()


def show(screen: Screen, card: Card, *, why: bool = False) -> None:
    """Print the card; `why`: with the words that each tag rests on."""
    _head(screen, card)
    _facts(screen, card)
    _findings(screen, "Findings", [each for each in _all_findings(card) if not each.harm], card.row.context)
    _findings(screen, "Harms", [each for each in _all_findings(card) if each.harm], card.row.context)
    _abstract(screen, card.record)
    _tags(screen, card.tags, card.record if why else None)
    _claims(screen, card.claims)
    _relations(screen, card)
    _people(screen, card)
    _sources(screen, card)
    _history(screen, card.history)


def _all_findings(card: Card) -> list[Finding]:
    facts, people = card.record.facts, card.record.annotations
    return [*(facts.findings if facts else ()), *(people.findings if people else ())]


def _head(screen: Screen, card: Card) -> None:
    row, record = card.row, card.record
    told = [row.source if not row.curated else "curated", f"status: {wording.STATUSES.get(row.status, 'current')}"]
    key = (row.key, "bold strike" if row.status in wording.GONE else "bold")
    screen.line(key, (screen.separator + screen.separator.join(told), "dim"))
    if row.status in wording.STATUSES and row.status != Status.CORRECTED:
        notice = record.status_note or "the notice is not in this library"
        said = wording.STATUSES[row.status]
        if notice.lower().startswith(said.lower() + ":"):
            notice = notice[len(said) + 1 :].strip()
        screen.wrapped(joined((f"{said}: ", "bold red"), notice))
    elif record.status_note:
        screen.wrapped(joined(("corrected: ", "bold"), record.status_note))
    if row.excluded:
        screen.wrapped(joined(("excluded", "bold"), " from pooling; why: ", _last_why(record)))
    screen.wrapped(joined((row.title or "(no title)", "bold strike" if row.status in wording.GONE else "bold")))
    if record.vernacular_title:
        screen.wrapped(joined(record.vernacular_title))
    screen.wrapped(joined(citation(row, record)))
    for line in identifiers(row, record):
        screen.wrapped(joined(line))
    facts = record.facts
    if facts and facts.summary:
        screen.line("")
        screen.wrapped(joined(facts.summary))


def _last_why(record: Record) -> str:
    decisions = record.annotations.screenings if record.annotations else []
    return decisions[-1].why if decisions else "not said"


def citation(row: StudyRow, record: Record) -> str:
    """Authors. Journal year;volume(issue):pages. As far as each is known."""
    names = row.authors[:MOST_AUTHORS]
    more = len(row.authors) - len(names)
    others = f", and {more} more" if more else "" if record.authors_complete or not names else ", et al"
    who = ", ".join(names) + others
    where = " ".join(part for part in (row.journal, str(row.year or "")) if part)
    issue = f"({record.issue})" if record.issue else ""
    place = record.volume + issue + (f":{record.pages}" if record.pages else "")
    where += f";{place}" if place else ""
    return ". ".join(part for part in (who, where) if part) + "."


def identifiers(row: StudyRow, record: Record) -> list[str]:
    """PMID, DOI and the rest, each with whether it was verified, in words."""
    seen = row.verification
    lines = []
    if row.pmid is not None:
        lines.append(f"PMID {row.pmid}{_seen(seen.pmid)}  {row.url}")
    if row.doi:
        lines.append(f"DOI {row.doi}{_seen(seen.doi)}")
    if record.pmc:
        lines.append(f"PMC {record.pmc}")
    if row.pmid is None and not row.doi:
        lines.append("without a PMID and a DOI")
    if seen.numbers != Verification.NONE:
        lines.append(f"numbers {wording.VERIFIED[seen.numbers]} in the sources below")
    return lines


def _seen(verification: str) -> str:
    said = wording.VERIFIED.get(verification)
    return f" ({said})" if said and verification != Verification.NONE else ""


def _pairs(screen: Screen, pairs: Iterable[tuple[str, str | Text]]) -> None:
    told = [(name, value) for name, value in pairs if value]
    if told:
        screen.line("")
    for name, value in told:
        screen.wrapped(joined(value), indent=NAME, first=name)


def _facts(screen: Screen, card: Card) -> None:
    row, facts = card.row, card.record.facts
    pairs: list[tuple[str, str | Text]] = []
    design = wording.design(row.design, [], wide=True) if row.design else ""
    design = ": ".join(part for part in (design, ", ".join(row.design_flags)) if part)
    pairs.append(("design", _with_yours(card, Axis.DESIGN, design)))
    pairs.append(("participants", _with_removed(card, Axis.PARTICIPANTS, _participants(card))))
    pairs.append(("studies", f"{row.n_studies} studies included" if row.n_studies is not None else ""))
    for name, axis, values in (
        ("condition", Axis.CONDITION, row.conditions),
        ("who", Axis.POPULATION, row.populations),
        ("drug", Axis.DRUG, row.drugs),
        ("route", Axis.ROUTE, row.routes),
    ):
        pairs.append((name, _with_removed(card, axis, ", ".join(values))))
    doses = facts.doses if facts else card.record.doses
    pairs += [("dose" if not place else "", figures.dose(dose)) for place, dose in enumerate(doses)]
    compared = ", ".join(row.comparators)
    if facts and facts.comparators:
        compared = "; ".join(f"{each.kind}: {each.text}" if each.text else each.kind for each in facts.comparators)
    pairs.append(("compared with", _with_removed(card, Axis.COMPARATOR, compared)))
    findings = facts.findings if facts else []
    for name, axis, values, harm in (
        ("outcomes", Axis.OUTCOME, row.outcomes, False),
        ("harms", Axis.ADVERSE_EFFECT, row.harms, True),
    ):
        if all(each.harm != harm for each in findings):  # those of findings stand in their lists
            pairs.append((name, _with_removed(card, axis, ", ".join(values))))
    if facts and facts.blinding != Blinding.UNKNOWN:
        pairs.append(("blinding", facts.blinding.value))
    if facts and facts.follow_up_value is not None:
        pairs.append(("follow-up", f"{figures.number(facts.follow_up_value)} {facts.follow_up_unit}"))
    pairs.append(("context", _with_yours(card, Axis.CONTEXT, row.context or "")))
    numbers = [each.accession for each in card.record.registry_ids]
    pairs.append(("trial", "; ".join(dict.fromkeys(part for part in (row.trial or "", *numbers) if part))))
    face = wording.direction(row.direction, row.context)
    result = face.text(wide=True, unicode=screen.unicode)
    pairs.append(("result", joined((result, face.style), _with_yours(card, Axis.DIRECTION, result)[len(result) :])))
    _pairs(screen, pairs)


def _participants(card: Card) -> str:
    """How many took part; where a person corrected what a curator read, both."""
    row, facts = card.row, card.record.facts
    curated = ""
    if facts and facts.n is not None:
        kind = f" {facts.n_kind}" if facts.n_kind else ""
        arms = [f"{arm.name} {arm.n}" if arm.n is not None else arm.name for arm in facts.arms]
        curated = f"{facts.n}{kind}" + (f": {', '.join(arms)}" if arms else "")
        if facts.n == row.n:
            return curated
    if row.n is None:
        return ""
    marks = ["yours"] * _is_yours(card, Axis.PARTICIPANTS) + [f"curated: {curated}"] * bool(curated)
    read_as = wording.counted_as(card.tags, row.n) if facts is None else None
    number = f"{row.n} {read_as}" if read_as else str(row.n)
    return f"{number} ({'; '.join(marks)})" if marks else number


def _is_yours(card: Card, axis: Axis) -> bool:
    """Whether a person said the value that an axis has, of which a study has one."""
    value = {Axis.DESIGN: card.row.design, Axis.CONTEXT: card.row.context, Axis.DIRECTION: card.row.direction}
    term = value.get(axis, str(card.row.n))
    mine = [tag for tag in card.tags if tag.origin == Origin.USER and tag.active]
    return any((tag.axis, tag.term) == (axis, term) for tag in mine)


def _with_yours(card: Card, axis: Axis, told: str) -> str:
    return _with_removed(card, axis, f"{told} (yours)" if _is_yours(card, axis) else told)


def _with_removed(card: Card, axis: Axis, told: str) -> str:
    """What a study has on an axis, then what it would have but for a person."""
    gone = ", ".join(tag.term for tag in card.tags if tag.axis == axis and tag.negated)
    return " ".join(part for part in (told, f"(you removed: {gone})" if gone else "") if part)


def _findings(screen: Screen, name: str, findings: Sequence[Finding], context: str | None) -> None:
    """Result, outcome, time and numbers in columns; below each the words, and what was derived or not verified."""
    if not findings:
        return
    screen.line("")
    screen.line((f"{name} ({len(findings)})", "bold"))
    faces = [wording.direction(each.direction, context) for each in findings]
    # of harms a direction is rarely told; where none is, the column would say nothing
    quiet = all(each.direction == Direction.NOT_REPORTED for each in findings)
    results = ["" if quiet else face.text(wide=False, unicode=screen.unicode) for face in faces]
    outcomes = [safe_text(each.outcome) for each in findings]
    times = [safe_text(each.timepoint) for each in findings]
    long = 24 if screen.wide else 16
    wide = [max(map(cell_len, results)), min(22, max(map(cell_len, outcomes))), min(long, max(map(cell_len, times)))]
    for finding, face, result, outcome, time in zip(findings, faces, results, outcomes, times, strict=True):
        line = Text("  ")
        if not quiet:
            line.append(fitted(result, wide[0]), face.style).append(" " * GAP)
        line.append(fitted(outcome, wide[1])).append(" " * GAP)
        if wide[2]:
            line.append(fitted(time, wide[2])).append(" " * GAP)
        indent = cell_len(line.plain)
        numbers = safe_text(figures.numbers(finding)) or "–"
        screen.wrapped(line.append(numbers)) if indent + cell_len(numbers) <= screen.width else _hung(
            screen, line, numbers, indent
        )
        screen.wrapped(joined((_told(finding, time, wide[2]), "dim")), indent=4 + wide[0] if not quiet else 4)


def _hung(screen: Screen, line: Text, numbers: str, indent: int) -> None:
    """Numbers that do not fit stand on lines of their own, right of the outcome."""
    room = screen.width - indent
    if room >= 30:
        parts = Text(numbers).wrap(screen.console, room)
        screen.line(line.append_text(parts[0]))
        for part in parts[1:]:
            screen.line(part, indent=indent)
    else:
        line.rstrip()
        screen.line(line)
        screen.wrapped(Text(numbers), indent=6)


def _told(finding: Finding, time: str, room: int) -> str:
    measure = ", ".join(part for part in (finding.measure, finding.threshold) if part)
    parts = [measure, finding.text, figures.against(finding)]
    if cell_len(time) > room:
        parts.append(f"when: {finding.timepoint}")
    if finding.derived:
        parts.append(f"derived: {finding.derived}")
    if finding.stale:
        parts.append("stale: the words it rests on have changed")
    if finding.origin == Origin.USER:
        parts.append("yours")
    elif finding.verification != Verification.VERIFIED:
        parts.append(wording.VERIFIED[finding.verification])
    return "; ".join(part for part in parts if part)


def _abstract(screen: Screen, record: Record) -> None:
    if not record.sections:
        return
    screen.line("")
    screen.line(("Abstract", "bold"))
    for section in record.sections:
        if section.kind == "abstract":
            label = (f"{section.label}: ", "bold") if section.label else ""
            screen.wrapped(joined(label, section.text), indent=2)
        else:
            screen.wrapped(joined((f"{section.kind} ({section.language}): ", "bold"), section.text), indent=2)


def _tags(screen: Screen, tags: Sequence[TagRow], why: Record | None) -> None:
    """Terms by axis with who gave them; those that do not count are marked. `why`: the record with their words."""
    if not tags:
        return
    screen.line("")
    screen.line(("Tags", "bold"), ("" if why else "  the words they rest on: --why", "dim"))
    axes = list(dict.fromkeys(tag.axis for tag in tags))
    if not all(tag.active or tag.negated for tag in tags):
        screen.wrapped(joined((f"{wording.NOT_COUNTED}: {wording.IDLE}", "dim")), indent=2)
    for axis in sorted(axes, key=lambda axis: list(Axis).index(Axis(axis)) if axis in set(Axis) else 99):
        mine = [tag for tag in tags if tag.axis == axis]
        if why is None:
            screen.wrapped(joined(", ".join(_once(mine))), indent=NAME + 4, first=f"  {axis}")
            continue
        for place, tag in enumerate(mine):
            told = joined(_tag(tag), _why(screen, tag, why))
            screen.wrapped(told, indent=NAME + 4, first=f"  {axis}" if not place else "")


def _once(tags: Sequence[TagRow]) -> list[str]:
    """Each term once, with all who gave it; once more where it counts from one and not from another."""
    givers: dict[TagRow, dict[str, None]] = {}
    for tag in tags:
        alike = tag._replace(origin="", section="", start=None, end=None, quote="", rule="")
        givers.setdefault(alike, {})[tag.origin] = None
    return [_tag(tag._replace(origin=", ".join(origins))) for tag, origins in givers.items()]


def _tag(tag: TagRow) -> str:
    if tag.negated:
        return wording.removed(tag.axis, tag.term)
    marks = [tag.origin]
    if not tag.active:
        marks.append(wording.NOT_COUNTED)
    if tag.role not in ("", "studied"):
        marks.append(tag.role)
    return f"{tag.term} ({', '.join(marks)})"


def _why(screen: Screen, tag: TagRow, record: Record) -> Text:
    """Where a tag's words stand, in their sentence and set apart, and the rule that read them."""
    place = f" in {tag.section}" if tag.section and tag.section not in ("seed", "user") else ""
    rule = (f" [{tag.rule}]" if tag.rule else "", "dim")
    said = text_at(record, tag.section)
    if tag.start is None or tag.end is None or said[tag.start : tag.end] != tag.quote:
        return joined((f'{place}: "{tag.quote}"' if tag.quote else place, "dim"), rule)
    first, last = _sentence(said, tag.start, tag.end)
    opened, closed = screen.symbol("»", ">"), screen.symbol("«", "<")
    before, after = said[first : tag.start], said[tag.end : last]
    before = ("…" if first and not _STOP.match(said, first - 2) else "") + before.lstrip()
    after += "…" if last < len(said) and said[last - 1] not in ".!?" else ""
    return joined((f"{place}: {before}", "dim"), (f"{opened}{tag.quote}{closed}", "bold"), (after, "dim"), rule)


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around these characters begins and ends; of a very long one what is near."""
    first = max((found.end() for found in _STOP.finditer(text, 0, start)), default=0)
    stop = _STOP.search(text, end)
    last = stop.start() + 1 if stop else len(text)
    return max(first, start - NEAR), min(last, end + NEAR)


def _claims(screen: Screen, claims: Sequence[tuple[str, str, str]]) -> None:
    if not claims:
        return
    screen.line("")
    screen.line(("Claims that rest on it", "bold"))
    for claim, verdict, text in claims:
        face = wording.VERDICTS.get(verdict)
        told = face.text(wide=True, unicode=screen.unicode) if face else verdict
        screen.wrapped(joined((f"{claim} {told}: ", face.style if face else ""), text), indent=2)


def _relations(screen: Screen, card: Card) -> None:
    if not card.relations:
        return
    screen.line("")
    screen.line(("Relations", "bold"))
    for each in card.relations:
        other = [part for part in (each.key, f"PMID {each.pmid}" if each.pmid else "", each.doi) if part]
        told = ", ".join([*other[:2], *([each.text] if each.text else [])]) or "not named"
        kind = wording.RELATIONS.get(each.kind, each.kind)
        screen.wrapped(joined(told), indent=NAME + 10, first=f"  {kind}")


def _people(screen: Screen, card: Card) -> None:
    """What people wrote: notes, labels, decisions, judgements."""
    mine = card.record.annotations
    if not mine:
        return
    if mine.labels:
        _pairs(screen, [("labels", ", ".join(mine.labels))])
    if mine.notes:
        screen.line("")
        screen.line(("Your notes", "bold"))
        for note in mine.notes:
            screen.wrapped(joined((note.at[:10] + "  ", "dim"), note.text), indent=2)
    for each in mine.screenings:
        said = "left out" if each.excluded else "taken back in"
        screen.wrapped(joined((each.at[:10] + "  ", "dim"), f"{said}: {each.why}"), indent=2)
    if mine.judgements:
        screen.line("")
        screen.line(("Judgements", "bold"))
        for line in judged.lines(mine.judgements):
            told = joined((line.text, "dim" if line.faint else ""))
            screen.wrapped(told, indent=16 if line.day else 2, first=f"    {line.day}" if line.day else "")


def _sources(screen: Screen, card: Card) -> None:
    facts = card.record.facts
    if not facts:
        return
    if facts.notes:
        screen.line("")
        screen.line(("Remarks of the editors", "bold"))
        screen.wrapped(joined(facts.notes), indent=2)
    if facts.sources:
        screen.line("")
        screen.line(("Sources", "bold"))
        for url in facts.sources:
            screen.line(url, indent=2)


def _history(screen: Screen, history: Sequence[ChangeRow]) -> None:
    if not history:
        return
    screen.line("")
    screen.line(("History", "bold"))
    for change in history[-MOST_CHANGES:]:
        what = " ".join(part for part in (change.kind, change.field) if part)
        moved = f": {change.old} -> {change.new}" if change.old else f": {change.new}" if change.new else ""
        if change.kind == YOURS:
            what, moved = "you:", f" {change.field} {change.new}" if change.new else f" not {change.field} {change.old}"
        screen.wrapped(joined((change.at[:10] + "  ", "dim"), what + moved), indent=2)
