"""Output for pipes and programs: tsv, csv, json, jsonl. Loads no rich; the JSON keys are the contract.

tsv and csv begin with a line of column names, which are the JSON keys, in their order. In tsv lists are joined
by ", " and all text is safe to look at; json and jsonl carry the exact text; csv does too, but for a "'" before
text that a spreadsheet would take for a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TextIO

from ketlit.cells import guarded, quoted
from ketlit.render.safe import safe_text
from ketlit.views import TimelineEntry

# of a study, as specified for `search`; then what else a row knows
STUDY_COLUMNS: Final = (
    *("key", "pmid", "doi", "title", "authors", "year", "journal", "design", "n", "conditions", "routes", "outcomes"),
    *("harms", "drugs", "comparators", "context", "direction", "status", "source", "curated", "verification", "score"),
    *("url", "design_flags", "n_studies", "populations", "trial", "labels", "excluded"),
)
TIMELINE_COLUMNS: Final = (*STUDY_COLUMNS, "outcome_directions", "landmarks")


def as_object(view: Any) -> dict[str, Any]:
    """A view as its JSON object; views inside it too."""
    return {name: _plain(value) for name, value in zip(view._fields, view, strict=True)}


def timeline_object(entry: TimelineEntry, group: str | None = None) -> dict[str, Any]:
    """A study as in `search`, with the directions of its outcomes and the claims that rest on it."""
    found: dict[str, Any] = {"group": group} if group is not None else {}
    found |= as_object(entry.study)
    found["outcome_directions"] = [{"outcome": one, "direction": other} for one, other in entry.outcome_directions]
    found["landmarks"] = [dict(zip(("claim", "verdict", "text"), each, strict=True)) for each in entry.landmarks]
    return found


def by_term(entries: Iterable[TimelineEntry], key: str) -> list[tuple[str, TimelineEntry]]:
    """Each entry under each of its terms, those of most studies first; "" where none is stated, last."""
    groups: dict[str, list[TimelineEntry]] = {}
    for entry in entries:
        for term in getattr(entry.study, key) or [""]:
            groups.setdefault(term, []).append(entry)
    order = sorted(groups, key=lambda term: (not term, -len(groups[term]), term))
    return [(term, entry) for term in order for entry in groups[term]]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return as_object(value) if hasattr(value, "_fields") else [_plain(each) for each in value]
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def write_rows(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], format: str, out: TextIO, *, raw: bool = False
) -> None:
    """Objects in tsv, csv, json (one array, an object a line) or jsonl; `raw` leaves formulas in csv as they are."""
    if format == "tsv":
        lines = ["\t".join(columns), *("\t".join(eyes(row.get(name)) for name in columns) for row in rows)]
        out.write("\n".join(lines) + "\n")
    elif format == "csv":
        lines = [",".join(columns)]
        lines += [",".join(quoted(_printed(cell(row.get(name), raw=raw))) for name in columns) for row in rows]
        out.write("\n".join(lines) + "\n")
    else:
        encode = encoder()
        lines = [encode(row) for row in rows]
        if format == "json":
            out.write("[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n")
        else:
            out.write("".join(line + "\n" for line in lines))


def flat_counts(found: Mapping[str, Any]) -> dict[str, Any]:
    """Lists of counts as pairs of their own: `by_design` becomes `by_design.rct` and so on."""
    pairs: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, list):
            pairs.update({f"{name}.{count['name']}": count["k"] for count in value})
        else:
            pairs[name] = value
    return pairs


def write_object(found: Mapping[str, Any], format: str, out: TextIO) -> None:
    """One object: json over several lines, jsonl on one, tsv and csv as two columns."""
    if format == "json":
        import json

        out.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    elif format == "jsonl":
        out.write(encoder()(found) + "\n")
    else:
        pairs = [{"name": name, "value": value} for name, value in found.items()]
        write_rows(pairs, ("name", "value"), format, out)


def encoder() -> Any:
    """Text as it is, one line an object."""
    import json

    return json.JSONEncoder(ensure_ascii=False).encode


def eyes(value: Any) -> str:
    """A value in one tsv field."""
    if isinstance(value, str):
        return safe_text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(eyes(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {eyes(each)}" for name, each in value.items())
    return str(value)


def cell(value: Any, *, raw: bool = False) -> Any:
    """A value in one csv cell: numbers as numbers, text with a "'" before what would start a formula."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return guarded(value if isinstance(value, str) else _joined(value), raw=raw)


def _printed(value: Any) -> str:
    return "" if value is None else str(value)


def _joined(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_joined(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_joined(each)}" for name, each in value.items())
    return value if isinstance(value, str) else eyes(value)
