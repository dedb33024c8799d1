"""A record as the rows of the tables: pure, and the same each time, so that rows can be compared and digested."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from hashlib import blake2b
from json import JSONEncoder
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ketlit.record import Dose, Facts, Finding, Judgement, Record, Tag

Row = tuple[Any, ...]
Children = dict[str, list[Row]]

# columns of `study` that a source's bibliography fills; each is a field of Record
PLAIN: Final = (
    *("pmid", "doi", "pmc", "pii", "kind", "title", "vernacular_title", "authors_complete", "journal"),
    *("journal_abbrev", "issn", "volume", "issue", "pages", "year", "month", "day", "date_text", "electronic_date"),
    *("version", "revised", "medline_status", "status", "status_note"),
)
_PLAIN: Final = attrgetter(*PLAIN)
# the tables that a bibliography fills, besides `study` and `study_text`; then those of curated facts
BIBLIOGRAPHY: Final = (
    *("section", "author", "publication_type", "mesh", "chemical", "keyword", "registry_id", "relation"),
)
FACTS: Final = ("arm", "dose", "comparator", "link", "finding")

_ENCODE: Final = JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder each time
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_YEAR: Final = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LAST_DAY: Final = "12-31"


class Laid:
    """A record's bibliography as rows: the columns of `study`, the abstract, the rows of the other tables."""

    __slots__ = ("abstract", "children", "columns")

    def __init__(self, record: Record) -> None:
        self.columns = plain(record)
        self.abstract = "\n".join(section.text for section in record.sections)
        self.children = bibliography(record)

    def digest(self) -> str:
        """A fingerprint of the bibliography: the same record, the same digest, on every machine."""
        return _digest((list(self.columns.values()), self.abstract, self.children))


def plain(record: Record) -> dict[str, Any]:
    """The columns of `study` that the bibliography fills. DOIs are lower case: they are compared without case."""
    found: dict[str, Any] = dict(zip(PLAIN, _PLAIN(record), strict=True))
    found["doi"] = record.doi.lower()
    found["kind"] = str(record.kind)
    found["status"] = record.status.value
    found["languages"] = _ENCODE(record.languages) if record.languages else "[]"
    found["published_by"] = published_by(record)
    return found


def bibliography(record: Record) -> Children:
    """The rows, without study and position, of the tables that the bibliography fills."""
    return {
        "section": _sections(record),
        "author": [(a.family, a.given, a.initials, a.suffix, a.collective, a.orcid) for a in record.authors],
        "publication_type": [(kind.ui, kind.name) for kind in record.publication_types],
        "mesh": [(m.ui, m.name, m.major, _qualifiers(m.qualifiers)) for m in record.mesh],
        "chemical": [(chemical.ui, chemical.name, chemical.registry) for chemical in record.chemicals],
        "keyword": [(keyword.text, keyword.major, keyword.owner) for keyword in record.keywords],
        "registry_id": [(number.bank, number.accession) for number in record.registry_ids],
        "relation": [(r.kind.value, r.pmid, r.doi.lower(), r.key, r.text, r.date, r.source) for r in record.relations],
    }


def facts(given: Facts | None) -> Children:
    """The rows of the tables that curated facts fill; findings as `finding` has them after `position`."""
    if given is None:
        return {name: [] for name in FACTS}
    return {
        "arm": [(arm.name, arm.n) for arm in given.arms],
        "dose": _doses(given.doses),
        "comparator": [(comparator.kind, comparator.text) for comparator in given.comparators],
        "link": [(url,) for url in given.sources],
        "finding": [finding(one) for one in given.findings],
    }


def hanging(record: Record) -> Children:
    """The rows that hang on a study besides its bibliography: curated facts, or the doses that its text states."""
    rows = facts(record.facts)
    if record.facts is None:
        rows["dose"] = _doses(record.doses)
    return rows


def _doses(given: Sequence[Dose]) -> list[Row]:
    return [
        (d.drug, d.route, d.value, d.value_high, d.unit, d.duration, d.duration_unit, d.number, d.schedule, d.text)
        for d in given
    ]


def facts_columns(given: Facts) -> dict[str, Any]:
    """The columns of `study` that curated facts fill, but for design and context, which tags decide."""
    return {
        "direction": given.direction.value,
        "n": given.n,
        "n_kind": given.n_kind.value if given.n_kind else "",
        "n_studies": given.n_studies,
        "blinding": given.blinding.value,
        "follow_up_value": given.follow_up_value,
        "follow_up_unit": given.follow_up_unit,
        "pmid_verification": given.pmid_verification.value,
        "doi_verification": given.doi_verification.value,
        "numbers_verification": given.numbers_verification.value,
    }


def judgement(one: Judgement) -> Row:
    """A row of `judgement`, without its study."""
    return one.scheme.value, one.outcome, one.domain, one.judgement, one.why, one.by, one.at


def finding(one: Finding) -> Row:
    """A row of `finding` after its position, without its study."""
    a, b, effect = one.intervention, one.control, one.effect
    return (
        *(one.harm, one.outcome, one.measure, one.hours, one.timepoint, one.comparison.value, one.comparator),
        *(one.direction.value, a.n, a.events, a.mean, a.sd, a.percent, b.n, b.events, b.mean, b.sd, b.percent),
        *(effect.measure, effect.value, effect.ci_low, effect.ci_high, effect.p, one.stat_kind, one.threshold),
        *(one.text, one.derived, one.verification.value, one.origin.value, one.where, one.stale),
    )


def tag(one: Tag, active: bool) -> Row:
    """A row of `tag` after its study: axis, term, origin, and what the tag rests on."""
    return (
        *(one.axis.value, one.term, one.origin.value, one.section, one.start, one.end, one.quote),
        # only words in a text can change under a tag
        *(hash_of(one.quote) if one.start is not None else "", one.rule, one.role, one.negated, active, one.at),
    )


def hash_of(words: str) -> str:
    """A short fingerprint of the words that a fact or tag rests on."""
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _digest(rows: object) -> str:
    return blake2b(repr(rows).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def facts_digest(record: Record) -> str:
    """A fingerprint of a curated entry: its bibliography and all its facts, with the lines they stand on."""
    given = record.facts
    alone = (
        (
            *(given.design.value, given.design_flags, given.context, given.direction.value, given.conditions),
            *(given.populations, given.blinding.value, given.n, given.n_kind and given.n_kind.value, given.n_studies),
            *(given.follow_up_value, given.follow_up_unit, given.trial, given.summary, given.notes),
            *(given.pmid_verification.value, given.doi_verification.value, given.numbers_verification.value),
            given.where,
        )
        if given
        else ()
    )
    laid = Laid(record)
    return _digest((record.key, list(laid.columns.values()), laid.abstract, laid.children, alone, facts(given)))


def names(record: Record) -> str:
    """What a study can be called by, for the index: key, identifiers, year, registry numbers, journal, authors.

    Each author is family name and initials, as cited, then the given names.
    """
    parts = [record.key, *(str(number) for number in (record.pmid, record.year) if number is not None)]
    parts += [record.doi.lower(), record.pmc, *(number.accession for number in record.registry_ids)]
    parts += [record.journal, record.journal_abbrev if record.journal_abbrev != record.journal else ""]
    for author in record.authors:
        parts += [author.family, author.initials, author.suffix, author.collective]
        if author.given != author.initials and len(author.given) > 2:
            parts.append(author.given)
    return " ".join(part for part in parts if part)


def published_by(record: Record) -> str:
    """The latest ISO day that a record's date allows, "" where it has none: 1995 -> 1995-12-31.

    Of print and electronic date the earlier one counts, if the electronic one is whole: by then it could be read.
    """
    printed = _printed_by(record)
    electronic = record.electronic_date if _ISO.fullmatch(record.electronic_date) else ""
    return min(filter(None, (printed, electronic)), default="")


def _printed_by(record: Record) -> str:
    year = record.year
    if year is None:
        return ""
    if record.month and record.day and not record.date_text:
        return f"{year:04}-{record.month:02}-{record.day:02}"
    years = [int(found) for found in _YEAR.findall(record.date_text)]
    if years and max(years) in (year, year + 1):  # "1998 Dec-1999 Jan", "1978 Mar-Apr", "2019 Winter"
        year = max(years)
        tail = record.date_text[record.date_text.rindex(str(year)) :].lower()
        named = [number for name, number in _MONTHS.items() if name in tail]
        return _end_of(year, max(named)) if named else f"{year:04}-{_LAST_DAY}"
    return _end_of(year, record.month) if record.month else f"{year:04}-{_LAST_DAY}"


def _end_of(year: int, month: int) -> str:
    return f"{year:04}-{month:02}-{monthrange(year, month)[1]:02}"


def _sections(record: Record) -> list[Row]:
    rows = []
    start = 0
    for section in record.sections:
        end = start + len(section.text)
        rows.append((section.label, section.category, section.kind, section.language, start, end))
        start = end + 1
    return rows


def _qualifiers(given: Sequence[Any]) -> str:
    if not given:
        return "[]"
    return _ENCODE([{"ui": one.ui, "name": one.name, "major": one.major} for one in given])
