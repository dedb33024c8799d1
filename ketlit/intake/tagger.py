"""The tags of a study, and what they make of it: its design, context, number of people and direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ketlit.record import Dose, Facts, Record, Tag
from ketlit.store.writer import Study
from ketlit.tagging.tagger import STRENGTH, facts_tags, merge_tags, mesh_tags
from ketlit.tagging.taxonomy import Headings, Taxonomy
from ketlit.vocabulary import READ_ALONE, Axis, Direction, Origin

if TYPE_CHECKING:
    from ketlit.tagging.reading import Reader

_SEED: Final = "seed"


class Tagger:
    """Gives studies their tags, and decides by them what a study is."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._headings: Headings = taxonomy.by_heading()
        self._reader: Reader | None = None

    def of_headings(self, record: Record) -> list[Tag]:
        """The tags that MeSH headings and publication types give."""
        return mesh_tags(record, self._taxonomy, self._headings)

    def of_text(self, record: Record) -> tuple[list[Tag], list[Dose]]:
        """The tags and doses that title and abstract give. A curated study without an abstract has nothing to add."""
        if record.facts is not None and not record.sections:
            return [], []
        # the rules take 0.3 s to load and 0.5 s to make ready, which a note or a label does not need
        from ketlit.tagging.reading import Reader, as_tags

        if self._reader is None:
            self._reader = Reader(self._taxonomy)
        reading = self._reader.read(record)
        return as_tags(reading), reading.doses

    def study(self, record: Record, source: str, headings: Sequence[Tag] | None = None, *, read: bool = True) -> Study:
        """The study that a record makes: all its tags, whether each is active, and what they make of it.

        `read`: read its text; else what was read of it before, or what one of our exports says, stays.
        """
        if read:
            tags, doses = self.of_text(record)
            record = replace(record, doses=doses if record.facts is None else [])
        else:
            tags = [tag for tag in record.tags if tag.origin == Origin.TEXT]
        tags += self.of_headings(record) if headings is None else headings
        tags += facts_tags(record.facts, self._taxonomy) if record.facts else []
        tags += curated_values(record.facts) if record.facts else []
        tags += record.annotations.tags if record.annotations else []
        merged = one_value(merge_tags(tags, self._taxonomy), curated=record.facts is not None)
        study = Study(record=record, tags=merged, design="", context="", source=source)
        for tag, active in merged:
            if not active:
                continue
            if tag.axis == Axis.CONTEXT:
                study.context = study.context or tag.term
            elif tag.axis == Axis.DESIGN:
                term = self._taxonomy.get(tag.axis, tag.term)
                study.design = study.design or (tag.term if not (term and term.flag) else "")
            elif tag.axis == Axis.PARTICIPANTS and study.n is None:
                study.n, study.n_kind = int(tag.term), tag.rule
            elif tag.axis == Axis.DIRECTION:
                study.direction = tag.term
        return study


def curated_values(facts: Facts) -> list[Tag]:
    """How many took part and whom the result favours, as a curator read it: beside what a person says of it."""
    found = []
    if facts.n is not None:
        kind = facts.n_kind.value if facts.n_kind else ""
        found.append(Tag(Axis.PARTICIPANTS, str(facts.n), Origin.CURATED, section=_SEED, rule=kind))
    if facts.direction != Direction.NOT_REPORTED:
        found.append(Tag(Axis.DIRECTION, facts.direction.value, Origin.CURATED, section=_SEED, rule="direction"))
    return found


def _last(tag: Tag) -> tuple[str, int, str]:
    """What was said last; of what was said at once, the larger number."""
    return tag.at, len(tag.term) if tag.term.isdigit() else 0, tag.term


def one_value(merged: Sequence[tuple[Tag, bool]], *, curated: bool) -> list[tuple[Tag, bool]]:
    """Of several numbers of people, or directions, the one that counts: a person's last, else the strongest origin's.

    Who gives the same value is active too. What the text says does not count where a curator read the paper.
    """
    said = [
        (tag, active and not (curated and tag.axis in READ_ALONE and tag.origin == Origin.TEXT))
        for tag, active in merged
    ]
    counting: dict[Axis, str] = {}
    for axis in READ_ALONE:
        among = [tag for tag, active in said if active and tag.axis == axis]
        if among:
            strongest = min(STRENGTH[tag.origin] for tag in among)
            # only a person's tags have a time, and of theirs the last holds
            mine = [tag for tag in among if STRENGTH[tag.origin] == strongest]
            counting[axis] = max(mine, key=_last).term
    return [(tag, active and counting.get(tag.axis, tag.term) == tag.term) for tag, active in said]
