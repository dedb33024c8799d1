"""`map`: what there is, and what there is not, in the cells of two axes."""

import os
import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ketlit.cli.explore import screen
from ketlit.cli.opening import reader, tell
from ketlit.cli.options import Format, chosen, chosen_axis, chosen_format, completed_from, example, filtered
from ketlit.errors import UsageError
from ketlit.render import plain
from ketlit.render.charted import COLUMNS, NO_STUDY, Charted, as_object, cells, flat
from ketlit.render.safe import safe_text
from ketlit.store.mapping import map_rows
from ketlit.store.query import TERM_FILTERS
from ketlit.synthesis.evidence_map import chart, in_cell
from ketlit.views import Filters
from ketlit.vocabulary import FILTER_AXES, Axis

if TYPE_CHECKING:
    from ketlit.store.reader import Reader

SAVED_AS: Final = ("svg", "png", "pdf", "csv", "json")
_NO_FILTER: Final = ("words", "literal")


def _axis_option(flag: str, help: str) -> Any:
    return typer.Option(flag, metavar="AXIS", help=help, autocompletion=completed_from("axis"))


@example("ketlit map --rows condition --cols route --save map.svg")
@filtered
def map_(
    ctx: typer.Context,
    filters: Filters,
    rows: Annotated[str, _axis_option("--rows", "The axis down the side: condition, outcome ...")] = "condition",
    cols: Annotated[str, _axis_option("--cols", "The axis along the top: route, design ...")] = "route",
    all_contexts: Annotated[
        bool, typer.Option("--all-contexts", help="Count every context, not only ketamine as a treatment.")
    ] = False,
    cell: Annotated[
        tuple[str, str] | None,
        typer.Option("--cell", metavar="ROW COL", help="List the studies of one cell.", show_default=False),
    ] = None,
    save: Annotated[
        str,
        typer.Option("--save", metavar="FILE", help="Write .svg, .png, .pdf, .csv or .json.", show_default=False),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    format: Format = "",
) -> None:
    """Count trials, people, designs and results in the cells of two axes: where there is evidence, and where none.

    A trial counts once. Retracted papers, protocols, registrations and studies you excluded do not count, and ketamine
    counts only as a treatment unless you say otherwise. An empty cell means: no study in this library.
    """
    how = chosen_format(format)
    on_rows, on_columns = _axes(rows, cols)
    ending = _ending(save)
    with reader(ctx) as library:
        counted = map_rows(library.db, library.terms_known, filters, on_rows, on_columns, all_contexts=all_contexts)
        if cell:
            _list_cell(ctx, library, counted.studies, _place(library, (on_rows, on_columns), cell), how)
            return
    found = Charted(
        on_rows, on_columns, counted, chart(counted.studies), typed(filters), _others(filters, on_rows, on_columns)
    )
    if save:
        _save(found, save, ending, force=force)
        return
    if how == "table":
        from ketlit.render import evidence_map

        evidence_map.show(screen(ctx), found)
        return
    _write(found, how, sys.stdout)


def _axes(rows: str, cols: str) -> tuple[Axis, Axis]:
    """The two axes; both among those that filters take, and not the same."""
    found = []
    for typed_axis in (rows, cols):
        axis = chosen_axis(typed_axis)
        if axis not in FILTER_AXES:
            chosen(typed_axis, tuple(FILTER_AXES), "axis of a map")
        found.append(axis)
    if found[0] is found[1]:
        raise UsageError(f"both axes are {found[0]}", "choose another for --rows or --cols")
    return found[0], found[1]


def _place(library: "Reader", axes: tuple[Axis, Axis], cell: tuple[str, str]) -> tuple[str, str]:
    """The terms that name a cell, by any name. Raises UsageError."""
    row, column = (library.terms_known.resolve(axis, name)[0] for axis, name in zip(axes, cell, strict=True))
    return row, column


def _list_cell(ctx: typer.Context, library: "Reader", studies: Any, place: tuple[str, str], how: str) -> None:
    keys = in_cell(studies, *place)
    rows = library.rows([library.named(key) for key in keys])
    if how != "table":
        plain.write_rows((plain.as_object(row) for row in rows), plain.STUDY_COLUMNS, how, sys.stdout)
        return
    from ketlit.render import table

    terminal = screen(ctx)
    table.header(terminal, len(rows), [" by ".join(place)])
    table.studies(terminal, rows) if rows else terminal.line(NO_STUDY)


def typed(filters: Filters) -> str:
    """The filters as one would type them again."""
    parts: list[str] = []
    for name, value in zip(Filters._fields, filters, strict=True):
        if name in _NO_FILTER or value in ((), None, ""):
            continue
        flag = "--" + name.replace("_", "-")
        for each in value if isinstance(value, tuple) else (value,):
            parts += [flag, shlex.quote(str(each))]
    if filters.literal:
        parts.append("--literal")
    if filters.words:
        parts += ["--", *(shlex.quote(word) for word in filters.words.split())]
    return " ".join(parts)


def _others(filters: Filters, *axes: Axis) -> str:
    """The filters that are on neither axis, as one would type them again."""
    without: dict[str, Any] = {field: () for field, axis in TERM_FILTERS.items() if axis in axes}
    return typed(filters._replace(**without))


def _studies(found: Charted) -> dict[tuple[str, str], list[str]]:
    return {place: in_cell(found.counted.studies, *place) for place in found.map.cells}


def _write(found: Charted, how: str, out: Any) -> None:
    if how == "json":
        plain.write_object(as_object(found, _studies(found)), how, out)
        return
    every = cells(found, _studies(found))
    plain.write_rows(map(flat, every) if how != "jsonl" else every, COLUMNS, how, out)
    if how != "jsonl":
        for reason, k in found.counted.left_out:
            tell(f"left out: {k} {safe_text(reason)}")


def _ending(save: str) -> str:
    return chosen(save.rpartition(".")[2], SAVED_AS, "format of a saved map") if save else ""


def _save(found: Charted, save: str, ending: str, *, force: bool) -> None:
    from ketlit.store.placing import written_beside

    path = os.path.expanduser(save)
    with written_beside(path, force=force) as beside:
        if ending in ("csv", "json"):
            with open(beside, "w", encoding="utf-8", newline="") as file:
                _write(found, ending, file)
        else:
            from ketlit.render.map_picture import draw

            draw(found, beside, ending)
    tell(f"wrote the map to {safe_text(path)}")
