"""A study whole, as the JSON object of `show`: the keys of `search`, then all that its source and people told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ketlit.render import judged, wording
from ketlit.render.plain import as_object

if TYPE_CHECKING:
    from ketlit.record import Record
    from ketlit.views import ChangeRow, RelatedStudy, StudyRow, TagRow

# fields of a record under their own names, and of the curated facts
_RECORD: Final = (
    *("pmc", "pii", "kind", "vernacular_title", "authors", "authors_complete", "journal", "journal_abbrev", "issn"),
    *("volume", "issue", "pages", "month", "day", "date_text", "electronic_date", "publication_types", "mesh"),
    *("chemicals", "keywords", "registry_ids", "status_note", "version", "revised", "medline_status"),
)
_FACTS: Final = (
    *("doses", "arms", "blinding", "n_kind", "follow_up_value", "follow_up_unit", "findings", "summary", "sources"),
    "where",
)
_ABSENT: Final[dict[str, Any]] = {
    "doses": [],
    "arms": [],
    "findings": [],
    "sources": [],
    "follow_up_value": None,
    "n_kind": None,
}


def study(
    row: StudyRow,
    record: Record,
    tags: Sequence[TagRow],
    relations: Sequence[RelatedStudy],
    history: Sequence[ChangeRow],
    claims: Sequence[str],
) -> dict[str, Any]:
    """Everything: `authors` are objects here, `abstract` a list of sections ([] where there is none)."""
    found = as_object(row)
    for name in _RECORD:
        found[name] = _plain(getattr(record, name))
    found["language"] = record.languages
    found["abstract"] = [_plain(section) for section in record.sections]
    facts = record.facts
    for name in _FACTS:
        found[name] = _plain(getattr(facts, name) if facts else _ABSENT.get(name, ""))
    if facts and row.n != facts.n:
        found["n_kind"] = None  # it is the curator's number that was of this kind
    if facts is None:
        found["doses"] = _plain(record.doses)
        found["n_kind"] = wording.counted_as(tags, row.n)
    found["comparator_details"] = _plain(facts.comparators) if facts else []
    found["remarks"] = facts.notes if facts else ""
    found["tags"] = [as_object(tag) for tag in tags]
    found["relations"] = [as_object(relation) for relation in relations]
    mine = record.annotations
    found["findings"] += _plain(mine.findings) if mine else []
    found["notes"] = _plain(mine.notes) if mine else []
    found["screenings"] = _plain(mine.screenings) if mine else []
    found["judgements"], found["rob2_overall"] = judged.objects(mine.judgements if mine else [])
    found["claims"] = list(claims)
    found["history"] = [as_object(change) for change in history]
    return found


def brief(found: dict[str, Any], *, why: bool = False) -> dict[str, Any]:
    """The same for tsv and csv: what is a list of objects there is in few words here.

    `why`: all tags, those that do not count too, with the words they rest on, apart by ";", as words have commas.
    """
    short = dict(found)
    short["authors"] = [_name(author) for author in found["authors"]]
    short["abstract"] = " ".join(
        f"{part['label']}: {part['text']}" if part["label"] else part["text"] for part in found["abstract"]
    )
    short["keywords"] = [each["text"] for each in found["keywords"]]
    short["tags"] = "; ".join(map(_tag, found["tags"])) if why else _tags(found["tags"])
    for name in ("publication_types", "mesh", "chemicals"):
        short[name] = [each["name"] for each in found[name]]
    short["registry_ids"] = [each["accession"] for each in found["registry_ids"]]
    for name in ("findings", "doses", "arms", "relations", "comparator_details", "notes", "judgements", "history"):
        short[name] = "; ".join(_told(each) for each in found[name])
    return short


def _tags(found: Sequence[dict[str, Any]]) -> list[str]:
    """The tags that count, each once with all who gave it, and those that a person took off."""
    origins: dict[str, dict[str, None]] = {}
    for tag in found:
        if tag["active"]:
            origins.setdefault(f"{tag['axis']}:{tag['term']}", {})[tag["origin"]] = None
    told = [f"{name} ({', '.join(given)})" for name, given in origins.items()]
    return told + [wording.removed(tag["axis"], tag["term"]) for tag in found if tag["negated"]]


def _tag(tag: dict[str, Any]) -> str:
    """A tag with who gave it, where, and by which words: `condition:trd (text, title: "...")`."""
    if tag["negated"]:
        return wording.removed(tag["axis"], tag["term"])
    marks = [tag["origin"], *([] if tag["active"] else [wording.NOT_COUNTED])]
    if tag["role"] not in ("", "studied"):
        marks.append(tag["role"])
    if tag["section"] and tag["section"] not in ("seed", "user"):
        marks.append(tag["section"])
    words = f': "{tag["quote"]}"' if tag["quote"] else ""
    return f"{tag['axis']}:{tag['term']} ({', '.join(marks)}{words})"


def _name(author: dict[str, str]) -> str:
    return author["collective"] or " ".join(part for part in (author["family"], author["initials"]) if part)


def _told(found: dict[str, Any]) -> str:
    """What is known of an object, as `name value`."""
    known = {name: value for name, value in found.items() if value not in (None, "", [], False)}
    parts = {name: _told(value) if isinstance(value, dict) else str(value) for name, value in known.items()}
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def _plain(value: Any) -> Any:
    """Dataclasses as objects, words of closed lists as text."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value
