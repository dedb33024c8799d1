"""What changed between two states of a study, as rows of its history. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Final

from ketlit.record import Facts, Record
from ketlit.store.listing import display_name
from ketlit.store.writer import ChangeOf
from ketlit.vocabulary import Status

_SIMPLE: Final = (
    *("key", "pmid", "doi", "pmc", "kind", "title", "vernacular_title", "journal", "journal_abbrev", "issn", "volume"),
    *("issue", "pages", "year", "month", "day", "date_text", "electronic_date", "status_note"),
)


def _authors(record: Record) -> str:
    return ", ".join(display_name(a.family, a.given, a.initials, a.suffix, a.collective) for a in record.authors)


def _relations(record: Record) -> str:
    return "; ".join(f"{r.kind} {r.pmid or r.doi or r.key or r.text}" for r in record.relations)


# lists, as they are shown
_LISTS: Final[dict[str, Callable[[Record], str]]] = {
    "authors": _authors,
    "abstract": lambda record: "\n".join(f"{one.label}: {one.text}".lstrip(": ") for one in record.sections),
    "publication_types": lambda record: ", ".join(one.name for one in record.publication_types),
    "mesh": lambda record: ", ".join(one.name for one in record.mesh),
    "keywords": lambda record: ", ".join(one.text for one in record.keywords),
    "registry_ids": lambda record: ", ".join(one.accession for one in record.registry_ids),
    "languages": lambda record: ", ".join(record.languages),
    "relations": _relations,
}


def between(old: Record, new: Record, kind: str = "revised") -> list[ChangeOf]:
    """The changes of the bibliography, of status and of verification; a status change is a row of its own kind."""
    found = [
        ChangeOf(kind, name, _said(getattr(old, name)), _said(getattr(new, name)))
        for name in _SIMPLE
        if getattr(old, name) != getattr(new, name)
    ]
    found += [ChangeOf(kind, name, said(old), said(new)) for name, said in _LISTS.items() if said(old) != said(new)]
    if old.status != new.status:
        found.append(status(old.status, new.status))
    if old.facts and new.facts and old.facts.pmid_verification != new.facts.pmid_verification:
        seen = new.facts.pmid_verification.value
        found.append(ChangeOf(seen, "pmid_verification", old.facts.pmid_verification.value, seen))
    return found + _facts(old.facts, new.facts)


def _facts(old: Facts | None, new: Facts | None) -> list[ChangeOf]:
    """What a release changed of the curated facts; of lists how many there were and are."""
    if new is None:
        return []
    if old is None:
        return [ChangeOf("curated", "facts", "", "curated")]
    before, after = _comparable(old), _comparable(new)
    return [
        ChangeOf("curated", name, _brief(before[name]), _brief(value))
        for name, value in after.items()
        if before[name] != value and name not in ("pmid_verification", "doi_verification")
    ]


def _comparable(facts: Facts) -> dict[str, Any]:
    """Facts without the lines they stand on, which every release shifts."""
    findings = [replace(finding, where="") for finding in facts.findings]
    values = {one.name: getattr(facts, one.name) for one in fields(facts) if one.name != "where"}
    return values | {"findings": findings}


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) if all(isinstance(one, str) for one in value) else f"{len(value)} of them"
    return _said(value)


def status(old: Status, new: Status) -> ChangeOf:
    """A change of status; its kind is the new status, or "reinstated"."""
    kind = "reinstated" if new == Status.CURRENT else new.value
    return ChangeOf(kind, "status", old.value, new.value)


def _said(value: Any) -> str:
    return "" if value is None else str(value)
