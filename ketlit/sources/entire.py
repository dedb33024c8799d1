"""An object of one of our exports as a record, with all that people wrote: each value checked, none trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from math import isfinite
from typing import Any, Final, TypeVar

from ketlit import record as r
from ketlit.sources import identifiers
from ketlit.sources.entries import nearest
from ketlit.sources.items import BadRecord
from ketlit.sources.seed_rules import KINDS
from ketlit.sources.tables import author
from ketlit.vocabulary import (
    JUDGED,
    READ_ALONE,
    Axis,
    Blinding,
    Comparison,
    Design,
    Direction,
    NKind,
    Origin,
    RelationKind,
    Scheme,
    Source,
    Status,
    Verification,
    is_value,
)

_LARGEST: Final = 2**31 - 1  # what a column of whole numbers holds on PostgreSQL
_TRUE: Final = frozenset({"true", "1", "yes", "y"})
_FALSE: Final = frozenset({"false", "0", "no", "n"})
_YEAR: Final = re.compile(r"([12][0-9]{3})(?:\.0|[\s/-].*)?", re.DOTALL)
_TEXTS: Final = (
    *("title", "vernacular_title", "journal", "journal_abbrev", "issn", "volume", "issue", "pages", "date_text"),
    *("electronic_date", "status_note", "revised", "medline_status", "pmc", "pii", "key"),
)
Word = TypeVar("Word", bound=StrEnum)


def record_of(given: Any) -> r.Record:
    """The record that an object stands for. Raises BadRecord, and nothing else.

    Its tags are those read from a text and those that people gave: all others follow from headings and facts.
    """
    if not isinstance(given, Mapping):
        raise BadRecord(f"an object was expected, not {_named(given)}")
    of = _Fields(given)
    record = r.Record(pmid=identifiers.pmid(given.get("pmid")), doi=identifiers.doi(given.get("doi")))
    for name in _TEXTS:
        setattr(record, name, of.text(name))
    if record.pmid is None and not (record.doi or record.title or record.key):
        raise BadRecord("it has no title and no identifier")
    record.kind = of.among("kind", KINDS, "publication")
    record.year = of.year("year")
    record.month, record.day = of.number("month", 1, 12), of.number("day", 1, 31)
    record.version = of.number("version", 0) or 1
    record.authors_complete = of.flag("authors_complete", True)
    record.status = of.word("status", Status, Status.CURRENT)
    _lists(of, record)
    record.tags = [tag for tag in _tags(of) if tag.origin is Origin.TEXT]
    record.facts = _facts(of) if isinstance(given.get("curated_terms"), Mapping) else None
    record.doses = [] if record.facts else [_dose(one) for one in of.each("doses")]
    source = of.word("source", Source, Source.IMPORTED)
    record.source = source.value if "source" in given and (record.facts or source is not Source.CURATED) else ""
    record.annotations = _annotations(of)
    return record


def trial_of(given: Any) -> r.Trial | None:
    """What the object of a record says of its trial; None where it says nothing but the name."""
    of = _Fields(given)
    name, title, numbers = of.text("trial"), of.text("trial_title"), of.texts("trial_registry_ids")
    return r.Trial(name, [r.RegistryId("", one) for one in numbers], title) if name and (title or numbers) else None


def _lists(of: _Fields, record: r.Record) -> None:
    """The lists of the bibliography. Where ours are objects, words alone will do: lists and people write them so."""
    record.authors = [_author(one) for one in of.each("authors", "name")]
    record.languages = of.texts("language")
    kinds = of.each("publication_types", "name")
    record.publication_types = [r.PublicationType(one.text("ui"), one.text("name")) for one in kinds]
    record.sections = [_section(one) for one in of.each("abstract", "text")]
    record.mesh = [_heading(one) for one in of.each("mesh", "name")]
    record.chemicals = [
        r.Chemical(one.text("ui"), one.text("name"), one.text("registry")) for one in of.each("chemicals", "name")
    ]
    record.keywords = [
        r.Keyword(one.text("text"), one.flag("major"), one.text("owner")) for one in of.each("keywords", "text")
    ]
    numbers = of.each("registry_ids", "accession")
    record.registry_ids = [r.RegistryId(one.text("bank"), one.text("accession")) for one in numbers]
    record.relations = [_relation(one) for one in of.each("relations")]


def _author(of: _Fields) -> r.Author:
    if "name" in of.given:
        return r.Author(**author(of.text("name")))
    return r.Author(
        family=of.text("family"),
        given=of.text("given"),
        initials=of.text("initials"),
        suffix=of.text("suffix"),
        collective=of.text("collective"),
        orcid=identifiers.orcid(of.text("orcid")),
    )


def _section(of: _Fields) -> r.Section:
    return r.Section(
        text=of.text("text"),
        label=of.text("label"),
        category=of.text("category"),
        kind=of.text("kind", "abstract"),
        language=of.text("language", "eng"),
    )


def _heading(of: _Fields) -> r.MeshHeading:
    qualifiers = [
        r.Qualifier(one.text("ui"), one.text("name"), one.flag("major")) for one in of.each("qualifiers", "name")
    ]
    return r.MeshHeading(of.text("ui"), of.text("name"), of.flag("major"), qualifiers)


def _relation(of: _Fields) -> r.Relation:
    """A relation; a key that only says which study of another library a PMID or DOI means is not taken."""
    relation = r.Relation(
        kind=of.needed("kind", RelationKind),
        pmid=identifiers.pmid(of.given.get("pmid")),
        doi=of.text("doi"),
        key=of.text("key"),
        text=of.text("text"),
        date=of.text("date"),
        source=of.text("source"),
    )
    if (relation.pmid is not None or relation.doi) and not of.flag("named", True):
        relation.key = ""
    return relation


def _tags(of: _Fields) -> list[r.Tag]:
    found: dict[tuple[str, str, str], r.Tag] = {}
    for one in of.each("tags"):
        tag = r.Tag(
            axis=one.needed("axis", Axis),
            term=one.text("term"),
            origin=one.needed("origin", Origin),
            section=one.text("section"),
            start=one.number("start", 0),
            end=one.number("end", 0),
            quote=one.text("quote"),
            rule=one.text("rule"),
            role=one.text("role", "studied"),
            negated=one.flag("negated"),
            at=one.text("at"),
        )
        if not tag.term:
            raise BadRecord(f"{one.name}: it has no term")
        if tag.axis in READ_ALONE and not is_value(tag.axis, tag.term):
            raise BadRecord(f"{one.name}: {tag.term[:60]!r} is no value of {tag.axis}")
        found.setdefault((tag.axis, tag.term, tag.origin), tag)
    return list(found.values())


def _annotations(of: _Fields) -> r.Annotations | None:
    """What people wrote; None where nobody wrote anything."""
    given = of.given.get("label_times")
    times = given if isinstance(given, Mapping) else {}
    labels = [label for label in dict.fromkeys(of.texts("labels")) if label]
    found = r.Annotations(
        notes=[r.Note(one.text("text"), one.text("at")) for one in of.each("notes")],
        labels=labels,
        tags=[tag for tag in _tags(of) if tag.origin is Origin.USER],
        screenings=[
            r.Screening(one.flag("excluded"), one.text("why"), one.text("at")) for one in of.each("screenings")
        ],
        findings=[one for each in of.each("findings") if (one := _finding(each)).origin == Origin.USER],
        labelled={label: at for label in labels if isinstance(at := times.get(label), str) and at},
        judgements=[_judgement(one) for one in of.each("judgements")],
    )
    return found if found != r.Annotations() else None


def _judgement(of: _Fields) -> r.Judgement:
    scheme = of.needed("scheme", Scheme)
    domain = of.among("domain", tuple(JUDGED[scheme]), "")
    found = r.Judgement(
        scheme=scheme,
        outcome=of.text("outcome"),
        domain=domain,
        judgement=of.among("judgement", JUDGED[scheme][domain], ""),
        why=of.text("why"),
        by=of.text("by"),
        at=of.text("at"),
    )
    if not found.by.strip():
        raise BadRecord(f"{of.name}: it does not say whose judgement it is")
    return found


def _facts(of: _Fields) -> r.Facts:
    terms = _Fields(of.given["curated_terms"], "curated_terms")
    # exports of before people could correct these have them beside the terms
    told = terms if "n" in terms.given and "direction" in terms.given else of
    seen = _Fields(given, "verification") if isinstance(given := of.given.get("verification"), Mapping) else _Fields({})
    return r.Facts(
        design=terms.word("design", Design, Design.OTHER),
        design_flags=terms.texts("design_flags"),
        context=terms.text("context"),
        direction=told.word("direction", Direction, Direction.NOT_REPORTED),
        conditions=terms.texts("conditions"),
        populations=terms.texts("populations"),
        doses=[_dose(one) for one in of.each("doses")],
        comparators=[r.Comparator(one.text("kind"), one.text("text")) for one in of.each("comparator_details")],
        blinding=of.word("blinding", Blinding, Blinding.UNKNOWN),
        n=told.number("n", 0),
        n_kind=of.needed("n_kind", NKind) if of.text("n_kind") else None,
        n_studies=of.number("n_studies", 0),
        arms=[r.Arm(one.text("name"), one.number("n", 0)) for one in of.each("arms")],
        follow_up_value=of.real("follow_up_value"),
        follow_up_unit=of.text("follow_up_unit"),
        findings=[one for each in of.each("findings") if (one := _finding(each)).origin != Origin.USER],
        trial=of.text("trial"),
        summary=of.text("summary"),
        notes=of.text("remarks"),
        sources=of.texts("sources"),
        pmid_verification=seen.word("pmid", Verification, Verification.NONE),
        doi_verification=seen.word("doi", Verification, Verification.NONE),
        numbers_verification=seen.word("numbers", Verification, Verification.NONE),
        where=of.text("where"),
    )


def _dose(of: _Fields) -> r.Dose:
    return r.Dose(
        drug=of.text("drug"),
        route=of.text("route"),
        value=of.real("value"),
        value_high=of.real("value_high"),
        unit=of.text("unit"),
        duration=of.real("duration"),
        duration_unit=of.text("duration_unit"),
        number=of.number("number", 0),
        schedule=of.text("schedule"),
        text=of.text("text"),
    )


def _finding(of: _Fields) -> r.Finding:
    effect = of.inner("effect")
    return r.Finding(
        outcome=of.text("outcome"),
        comparison=of.needed("comparison", Comparison),
        direction=of.word("direction", Direction, Direction.NOT_REPORTED),
        harm=of.flag("harm"),
        measure=of.text("measure"),
        hours=of.real("hours"),
        timepoint=of.text("timepoint"),
        comparator=of.text("comparator"),
        intervention=_group(of.inner("intervention")),
        control=_group(of.inner("control")),
        effect=r.Effect(
            measure=effect.text("measure"),
            value=effect.real("value"),
            ci_low=effect.real("ci_low"),
            ci_high=effect.real("ci_high"),
            p=effect.text("p"),
        ),
        stat_kind=of.text("stat_kind"),
        threshold=of.text("threshold"),
        text=of.text("text"),
        derived=of.text("derived"),
        verification=of.word("verification", Verification, Verification.UNVERIFIED),
        origin=of.word("origin", Origin, Origin.CURATED),
        where=of.text("where"),
        stale=of.flag("stale"),
    )


def _group(of: _Fields) -> r.Group:
    return r.Group(of.real("n"), of.real("events"), of.real("mean"), of.real("sd"), of.real("percent"))


class _Fields:
    """Reads the fields of one object by type; what is absent or null is the default. Raises BadRecord.

    A table has text alone, so text that is a number or yes or no counts as one, and a number as text.
    """

    def __init__(self, given: Mapping[str, Any], name: str = "") -> None:
        self.given = given
        self.name = name

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise self._wrong(name, "text", value)

    def number(self, name: str, lowest: int, highest: int = _LARGEST) -> int | None:
        """A whole number."""
        value = self.real(name)
        if value is None:
            return None
        if value != int(value) or not lowest <= value <= highest:
            raise self._wrong(name, f"a whole number from {lowest} to {highest}", value)
        return int(value)

    def real(self, name: str) -> float | None:
        """A number; one that is whole stays so."""
        value = self.given.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and len(value) < 40:
            with suppress(ValueError):
                value = int(value) if value.strip().lstrip("-").isdigit() else float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, "a number", value)
        if not -1e300 < value < 1e300 or not isfinite(value):
            raise self._wrong(name, "a number", value)
        return value

    def year(self, name: str) -> int | None:
        """A year; of a date its year."""
        value = self.given.get(name)
        found = _YEAR.fullmatch(value.strip()) if isinstance(value, str) else None
        return int(found[1]) if found else self.number(name, 1000, 2999)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.given.get(name)
        if value is None or value == "":
            return default
        word = str(value).lower() if isinstance(value, str | bool | int) else ""
        if word not in _TRUE | _FALSE:
            raise self._wrong(name, "true or false", value)
        return word in _TRUE

    def among(self, name: str, valid: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value not in valid:
            raise BadRecord(f"{self._at(name)}: unknown value {value[:60]!r}{nearest(value[:60], valid)}")
        return value

    def word(self, name: str, words: type[Word], default: Word) -> Word:
        """A word of a closed list."""
        return words(self.among(name, tuple(words), default.value))

    def needed(self, name: str, words: type[Word]) -> Word:
        """A word of a closed list, which must be there."""
        return words(self.among(name, tuple(words), ""))

    def inner(self, name: str) -> _Fields:
        """An object; one that is absent is empty."""
        value = self.given.get(name)
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise self._wrong(name, "an object", value)
        return _Fields(value, self._at(name))

    def each(self, name: str, short: str = "") -> Iterator[_Fields]:
        """The objects of a list; text alone stands for an object that has it as `short`."""
        value = self.given.get(name)
        if value is None or value == "":
            return
        if isinstance(value, str) and short:
            value = [value]
        if not isinstance(value, list):
            raise self._wrong(name, "a list", value)
        for place, one in enumerate(value):
            if isinstance(one, str) and short:
                one = {short: one}
            if not isinstance(one, Mapping):
                raise self._wrong(f"{name}[{place}]", "an object", one)
            yield _Fields(one, self._at(f"{name}[{place}]"))

    def texts(self, name: str) -> list[str]:
        """A list of texts; text alone is a list of one."""
        return [one.text("text") for one in self.each(name, "text")]

    def _at(self, name: str) -> str:
        return f"{self.name}.{name}" if self.name else name

    def _wrong(self, name: str, expected: str, value: Any) -> BadRecord:
        return BadRecord(f"{self._at(name)}: {expected} was expected, not {_named(value)}")


def _named(value: Any) -> str:
    """A value of the wrong kind, in few words."""
    kinds = {list: "a list", dict: "an object", bool: str(value).lower(), type(None): "null"}
    return kinds.get(type(value)) or repr(value)[:60]
