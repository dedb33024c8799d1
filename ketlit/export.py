"""Studies whole, for programs and for other libraries: JSON objects that hold everything, as jsonl, json, csv or tsv.

An object has the keys of `search`, then all that the study's source, its curators and people told, named as in `show`;
relations are the study's own. `sources.exports` reads all four formats back: nothing is lost in any.
csv and tsv have a column a key. A list or object stands as JSON in its cell (an empty cell is an empty one); lists of
terms are joined by ", ": they follow from the tags and are not read back. csv puts a "'" before text that a
spreadsheet would take for a formula; tsv writes backslash, tab and line breaks as \\\\, \\t, \\n, \\r, and a quotation
mark at the start of a cell as \\" (see `cells`). All carry the exact text and are not for looking at on a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from json import JSONEncoder
from operator import attrgetter
from typing import Any, Final, TextIO

from ketlit import record as r
from ketlit.cells import escaped, guarded, quoted
from ketlit.store import assemble
from ketlit.store.connect import Rows
from ketlit.store.listing import study_rows
from ketlit.store.terms import Terms
from ketlit.views import StudyRow

FORMATS: Final = ("jsonl", "json", "csv", "tsv")
# as `search` gives them, then the rest in the order of a card
COLUMNS: Final = (
    *("key", "pmid", "doi", "title", "authors", "year", "journal", "design", "n", "conditions", "routes", "outcomes"),
    *("harms", "drugs", "comparators", "context", "direction", "status", "source", "curated", "verification", "score"),
    *("url", "design_flags", "n_studies", "populations", "trial", "labels", "excluded", "abstract", "volume", "issue"),
    *("pages", "month", "day", "date_text", "electronic_date", "language", "publication_types", "mesh", "chemicals"),
    *("keywords", "registry_ids", "pmc", "pii", "kind", "vernacular_title", "authors_complete", "journal_abbrev"),
    *("issn", "status_note", "version", "revised", "medline_status", "doses", "arms", "comparator_details", "blinding"),
    *("n_kind", "follow_up_value", "follow_up_unit", "findings", "curated_terms", "summary", "remarks", "sources"),
    *("where", "trial_title", "trial_registry_ids", "tags", "relations", "notes", "screenings", "label_times"),
    "judgements",
)
# lists of terms, which have no comma; all other lists stand as JSON in their cell
JOINED: Final = frozenset(
    {"conditions", "routes", "outcomes", "harms", "drugs", "comparators", "populations", "design_flags"}
)
# fields of a record, and of the curated facts, that keep their names
_RECORD: Final = (
    *("journal", "volume", "issue", "pages", "month", "day", "date_text", "electronic_date", "pmc", "pii", "kind"),
    *("vernacular_title", "authors_complete", "journal_abbrev", "issn", "status_note", "version", "revised"),
    "medline_status",
)
_FACTS: Final = ("blinding", "follow_up_value", "follow_up_unit", "summary", "sources", "where")
_FACTLESS: Final[Mapping[str, Any]] = {
    "blinding": "",
    "follow_up_value": None,
    "follow_up_unit": "",
    "summary": "",
    "sources": [],
    "where": "",
}

_ENCODE: Final = JSONEncoder(ensure_ascii=False).encode


def _shape(kind: type) -> Callable[[Any], dict[str, Any]]:
    """How objects of a dataclass become dictionaries: `dataclasses.asdict` takes ten times as long."""
    names = [one.name for one in fields(kind)]
    values = attrgetter(*names)
    return lambda one: dict(zip(names, values(one), strict=True))


_AUTHOR, _SECTION, _TYPE, _CHEMICAL = map(_shape, (r.Author, r.Section, r.PublicationType, r.Chemical))
_MESH, _QUALIFIER, _KEYWORD, _NUMBER = map(_shape, (r.MeshHeading, r.Qualifier, r.Keyword, r.RegistryId))
_DOSE, _ARM, _COMPARATOR, _FINDING = map(_shape, (r.Dose, r.Arm, r.Comparator, r.Finding))
_GROUP, _EFFECT, _TAG, _RELATION = map(_shape, (r.Group, r.Effect, r.Tag, r.Relation))
_NOTE, _SCREENING, _JUDGEMENT = map(_shape, (r.Note, r.Screening, r.Judgement))


def studies(db: Rows, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The studies with these ids as objects, in this order, a batch in memory at a time; the keys are `COLUMNS`.

    `key` of a relation is that of the study in the library which it names; `named` says whether it names it by key.
    Ids that are not there are left out.
    """
    terms = Terms(db)
    for start in range(0, len(ids), assemble.BATCH):
        batch = ids[start : start + assemble.BATCH]
        rows = {row.key: row for row in study_rows(db, terms, batch)}
        records = [one for one in assemble.records(db, batch) if one.key in rows]
        trials = assemble.trials(db, batch)
        keys = assemble.keys_of(db, (relation for one in records for relation in one.relations))
        for record in records:
            yield _object(rows[record.key], record, trials, keys)


def write(found: Iterable[Mapping[str, Any]], format: str, out: TextIO, *, raw: bool = False) -> int:
    """Write objects, one at a time, in one of `FORMATS`: how many there were.

    `out` is open with newline="" and encoding="utf-8": lines end in LF, and cells of csv keep their own line breaks.
    `raw` leaves in csv what spreadsheets take for formulas as it is.
    """
    if format == "json":
        return _json(found, out)
    if format == "jsonl":
        lines = (_ENCODE(one) for one in found)
    else:
        mark = "\t" if format == "tsv" else ","
        cell = escaped if format == "tsv" else lambda text: quoted(guarded(text, raw=raw))
        out.write(mark.join(COLUMNS) + "\n")
        lines = (mark.join([_cell(name, one.get(name), cell) for name in COLUMNS]) for one in found)
    count = 0
    for line in lines:
        out.write(line + "\n")
        count += 1
    return count


def _json(found: Iterable[Mapping[str, Any]], out: TextIO) -> int:
    """One array, an object a line."""
    count = 0
    for one in found:
        out.write(("[\n" if not count else ",\n") + _ENCODE(one))
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def _object(row: StudyRow, record: r.Record, trials: Mapping[str, r.Trial], keys: Mapping[int | str, str]) -> Any:
    found = row._asdict()
    found["verification"] = row.verification._asdict()
    found["authors"] = [_AUTHOR(one) for one in record.authors]
    found["abstract"] = [_SECTION(one) for one in record.sections]
    for name in _RECORD:
        found[name] = getattr(record, name)
    found["language"] = record.languages
    found["publication_types"] = [_TYPE(one) for one in record.publication_types]
    found["mesh"] = [_MESH(one) | {"qualifiers": [_QUALIFIER(each) for each in one.qualifiers]} for one in record.mesh]
    found["chemicals"] = [_CHEMICAL(one) for one in record.chemicals]
    found["keywords"] = [_KEYWORD(one) for one in record.keywords]
    found["registry_ids"] = [_NUMBER(one) for one in record.registry_ids]
    found |= _facts(record.facts)
    if record.facts is None:
        found["doses"] = [_DOSE(one) for one in record.doses]
    trial = trials.get(row.trial or "")
    found["trial_title"] = trial.title if trial else ""
    found["trial_registry_ids"] = [one.accession for one in trial.registry_ids] if trial else []
    mine = record.annotations or r.Annotations()
    found["findings"] += [_found(one) for one in mine.findings]
    found["tags"] = [_TAG(one) for one in (*record.tags, *mine.tags)]
    found["relations"] = [_related(one, keys) for one in record.relations]
    found["notes"] = [_NOTE(one) for one in mine.notes]
    found["screenings"] = [_SCREENING(one) for one in mine.screenings]
    found["label_times"] = mine.labelled
    found["judgements"] = [_JUDGEMENT(one) for one in mine.judgements]
    return found


def _facts(facts: r.Facts | None) -> dict[str, Any]:
    """What a curator read out of the study. `curated_terms`: as the curator has them, whoever else says otherwise."""
    given = facts or r.Facts()
    found: dict[str, Any] = {name: getattr(given, name) for name in _FACTS} if facts else dict(_FACTLESS)
    found["doses"] = [_DOSE(one) for one in given.doses]
    found["arms"] = [_ARM(one) for one in given.arms]
    found["comparator_details"] = [_COMPARATOR(one) for one in given.comparators]
    found["n_kind"] = given.n_kind
    found["findings"] = [_found(one) for one in given.findings]
    found["remarks"] = given.notes
    found["curated_terms"] = facts and {
        "design": facts.design,
        "design_flags": facts.design_flags,
        "context": facts.context,
        "direction": facts.direction,
        "n": facts.n,
        "conditions": facts.conditions,
        "populations": facts.populations,
    }
    return found


def _found(finding: r.Finding) -> dict[str, Any]:
    found = _FINDING(finding)
    found["intervention"], found["control"] = _GROUP(finding.intervention), _GROUP(finding.control)
    found["effect"] = _EFFECT(finding.effect)
    return found


def _related(relation: r.Relation, keys: Mapping[int | str, str]) -> dict[str, Any]:
    found = _RELATION(relation)
    found["named"] = bool(relation.key)
    if not relation.key:
        by_pmid = keys.get(relation.pmid, "") if relation.pmid is not None else ""
        found["key"] = by_pmid or keys.get(relation.doi, "")
    return found


def _cell(name: str, value: Any, cell: Callable[[str], str]) -> str:
    """A value in one cell: numbers as numbers, nothing for what is not known, lists and objects as JSON."""
    if isinstance(value, str):
        return cell(value) if value else ""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return cell(", ".join(value) if name in JOINED else _ENCODE(value))
