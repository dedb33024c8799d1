"""An evidence map as objects and rows for programs, and the searches that list its cells. Loads no rich."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ketlit.evidence_views import MapRows, MapTerm
from ketlit.render.wording import TAGGED
from ketlit.synthesis.evidence_map import EMPTY, Cell, EvidenceMap
from ketlit.vocabulary import AXIS_FLAG, Axis, Direction

NO_STUDY: Final = "no study in this library"
COLUMNS: Final = (
    "row",
    "col",
    "k",
    "reviews",
    "automatic",
    "n",
    "best_design",
    *(str(way) for way in Direction),
    "studies",
    "search",
)


class Charted(NamedTuple):
    """A map with what it was counted from.

    `typed` are the options that narrow it, as one would type them again; `others` those of them on no axis of the map.
    """

    rows_axis: Axis
    columns_axis: Axis
    counted: MapRows
    map: EvidenceMap
    typed: str
    others: str


def search_of(chart: Charted, row: str, column: str) -> str:
    """The command that lists the studies of a cell; in their context, as they were counted.

    The terms of the cell stand for the filters on its axes: two terms of one axis would find the studies of either.
    """
    axes = ((chart.rows_axis, row), (chart.columns_axis, column))
    parts = [f"{AXIS_FLAG[axis]} {term}" for axis, term in axes if term]
    parts += [f"--context {context}" for context in chart.counted.contexts]
    return " ".join(part for part in ("ketlit search", *parts, chart.others) if part)


def automatic(chart: Charted) -> str:
    """How much of the map no person has read: `12 of 14 tagged automatically`; "" where all is curated."""
    whole = chart.map.whole
    return f"{whole.automatic} of {whole.k} {TAGGED}" if whole.automatic else ""


def as_object(chart: Charted, studies: Mapping[tuple[str, str], Sequence[str]]) -> dict[str, Any]:
    """The map as one JSON object; every cell is there, also those with no study."""
    counted = chart.counted
    return {
        "rows_axis": chart.rows_axis.value,
        "cols_axis": chart.columns_axis.value,
        "rows": [_edge(each, chart.map.rows[each.term]) for each in counted.rows],
        "cols": [_edge(each, chart.map.columns[each.term]) for each in counted.columns],
        "cells": cells(chart, studies),
        "k": chart.map.whole.k,
        "n": chart.map.whole.n,
        "automatic": chart.map.whole.automatic,
        "contexts": counted.contexts,
        "left_out": [{"reason": reason, "k": k} for reason, k in counted.left_out],
        "understood": counted.understood,
        "note": f"an empty cell means: {NO_STUDY}",
    }


def _edge(term: MapTerm, cell: Cell) -> dict[str, Any]:
    return {"term": term.term, "label": term.label, "k": cell.k, "automatic": cell.automatic, "n": cell.n}


def cells(chart: Charted, studies: Mapping[tuple[str, str], Sequence[str]]) -> list[dict[str, Any]]:
    """One object a cell, row by row."""
    found = []
    for row in chart.counted.rows:
        for column in chart.counted.columns:
            place = (row.term, column.term)
            cell = chart.map.cells.get(place, EMPTY)
            found.append(
                {
                    "row": row.term,
                    "col": column.term,
                    "k": cell.k,
                    "reviews": cell.reviews,
                    "automatic": cell.automatic,
                    "n": cell.n,
                    "best_design": cell.best_design,
                    "directions": cell.directions,
                    "studies": list(studies.get(place, ())),
                    "search": search_of(chart, *place) if cell.k else "",
                }
            )
    return found


def flat(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell for tsv and csv: each direction in a column of its own."""
    ways = cell["directions"]
    return {**cell, **{str(way): ways.get(way, 0) for way in Direction}}
