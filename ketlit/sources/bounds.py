"""How long what stands on one line of a record may be: a title, a name, a heading; not the abstract."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from ketlit import record as r
from ketlit.sources.items import BadRecord

# Characters. The longest titles of PubMed have 2,000; the names of large study groups are as long.
LONGEST: Final = 20_000
_LISTS: Final = (
    *("authors", "languages", "sections", "mesh", "chemicals", "keywords", "publication_types", "registry_ids"),
    *("relations",),
)
_KINDS: Final = (
    *(r.Record, r.Author, r.Section, r.MeshHeading, r.Chemical, r.Keyword, r.PublicationType, r.RegistryId),
    *(r.Relation,),
)
# the fields that hold one line of text; that of a section or a notice may have many
_LONG: Final = {r.Section: "text", r.Relation: "text"}
_TEXTS: Final[dict[type, tuple[str, ...]]] = {
    kind: tuple(one.name for one in fields(kind) if one.type == "str" and one.name != _LONG.get(kind))
    for kind in _KINDS
}


def check(record: r.Record) -> None:
    """Raise BadRecord where a text that is no abstract is too long to be one of a paper."""
    _look(record, "")
    for name in _LISTS:
        for one in getattr(record, name):
            if isinstance(one, str):
                _bound(one, name)
            else:
                _look(one, f"{name}: ")


def _look(thing: object, where: str) -> None:
    for name in _TEXTS[type(thing)]:
        _bound(getattr(thing, name), where + name)


def _bound(text: str, name: str) -> None:
    if len(text) > LONGEST:
        raise BadRecord(f"{name}: it has {len(text):,} characters; more than {LONGEST:,} are no part of a record")
