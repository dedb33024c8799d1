"""The commands that read: search, show, terms, trials, stats."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ketlit.cli.opening import reader, tell
from ketlit.cli.options import (
    DEFAULT_LIMIT,
    Format,
    Limit,
    chosen,
    chosen_axis,
    chosen_format,
    chosen_limit,
    completed_from,
    example,
    filtered,
)
from ketlit.render import plain
from ketlit.render.safe import safe_text
from ketlit.views import Filters
from ketlit.vocabulary import SearchSort

if TYPE_CHECKING:
    from ketlit.render.table import Screen


def screen(context: typer.Context) -> "Screen":
    """The terminal, which is where rich is loaded."""
    from ketlit.render.table import Screen

    return Screen(sys.stdout, color=context.obj.color)


@example("ketlit search fibromyalgia -r iv --since 2000")
@filtered
def search(
    ctx: typer.Context,
    filters: Filters,
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="ORDER",
            help="relevance, year, n or added.",
            autocompletion=completed_from("sort"),
        ),
    ] = SearchSort.RELEVANCE.value,
    limit: Limit = DEFAULT_LIMIT,
    format: Format = "",
) -> None:
    """Find studies by words and filters, best first.

    Words are found in titles, terms, abstracts, summaries and names; a title says more than an abstract.
    """
    how, order, most = chosen_format(format), chosen(sort, tuple(SearchSort), "order"), chosen_limit(limit)
    on: dict[str, str] = {}
    with reader(ctx) as library:
        found = library.search(filters, order, most)
        if how == "table" and filters.outcome:
            on = library.directions_on(found.rows, filters.outcome)
    if how == "table":
        from ketlit.render import table

        terminal = screen(ctx)
        told = ["the result shown is that on this outcome"] if filters.outcome else []
        table.header(terminal, found.total, [*found.understood, *told])
        table.studies(terminal, found.rows, on if filters.outcome else None)
    else:
        plain.write_rows(map(plain.as_object, found.rows), plain.STUDY_COLUMNS, how, sys.stdout)
        explain(ctx, found.total, found.understood)
    for hint in found.hints:
        tell(safe_text(hint))
    if len(found.rows) < found.total:
        tell(f"{len(found.rows)} of {found.total} shown; --limit 0 shows all")
    if how == "table" and found.rows and sys.stderr.isatty():
        tell(f"all of one study: ketlit show {found.rows[0].key}")


def explain(context: typer.Context, total: int, understood: Sequence[str]) -> None:
    """With -v, what the header of a table says; pipes carry only data."""
    if context.obj.verbose:
        tell(f"{total} fit; understood: {'; '.join(understood) or 'the whole library'}")


@example("ketlit show sorensen1995 --why")
def show(
    ctx: typer.Context,
    study: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A key, PMID or DOI, in any usual form.", autocompletion=completed_from("key")
        ),
    ],
    why: Annotated[bool, typer.Option("--why", help="With the words that each tag rests on.")] = False,
    format: Format = "",
) -> None:
    """Show all that is known of one study: the whole card."""
    from ketlit.store import assemble

    how = chosen_format(format)
    with reader(ctx) as library:
        number = library.named(study)
        row = library.rows([number])[0]
        record = next(iter(assemble.records(library.db, [number])))
        tags = assemble.tags(library.db, number)
        relations = assemble.relations(library.db, number)
        history = assemble.history(library.db, number)
        claims = [claim for claim in library.claims() if row.key in claim.studies]
    if how == "table":
        from ketlit.render import card

        bearing = [(claim.id, claim.verdict, claim.text) for claim in claims]
        card.show(screen(ctx), card.Card(row, record, tags, relations, history, bearing), why=why)
        return
    from ketlit.render import whole

    found = whole.study(row, record, tags, relations, history, [claim.id for claim in claims])
    plain.write_object(whole.brief(found, why=why) if how in ("tsv", "csv") else found, how, sys.stdout)


@example("ketlit terms condition")
def terms(
    ctx: typer.Context,
    axis: Annotated[
        str,
        typer.Argument(
            metavar="[AXIS]",
            help="condition, route, outcome, harm, design ...; all of them if not given.",
            show_default=False,
            autocompletion=completed_from("axis"),
        ),
    ] = "",
    unused: Annotated[bool, typer.Option("--unused", help="Only terms that no study has.")] = False,
    ambiguous: Annotated[bool, typer.Option("--ambiguous", help="Only names that mean other things too.")] = False,
    format: Format = "",
) -> None:
    """List the terms that filters take, as a tree, with their studies and other names.

    The first count is of studies with the term or one below it, the second of those with this very term. A name that
    means other things too counts in a text that defines it, or says what it is about.
    """
    how, on = chosen_format(format), chosen_axis(axis) if axis.strip() else None
    with reader(ctx) as library:
        found = library.terms(on)
        shared = library.shared_names() if ambiguous else {}
    if unused:
        found = [row for row in found if not row.k_with_children]
    if ambiguous:
        found = [
            row._replace(synonyms=list(shared[row.axis, row.term])) for row in found if (row.axis, row.term) in shared
        ]
    if how == "table":
        from ketlit.render import lists

        if ambiguous:
            lists.ambiguous(screen(ctx), found, shared)
        elif unused:
            lists.unused(screen(ctx), found)
        else:
            lists.terms(screen(ctx), found)
        return
    columns = ("axis", "term", "label", "parents", "synonyms", "k", "k_with_children", "depth")
    if not ambiguous:
        plain.write_rows(map(plain.as_object, found), columns, how, sys.stdout)
        return
    rows = (plain.as_object(row) | {"also": _also(shared[row.axis, row.term])} for row in found)
    plain.write_rows(rows, (*columns, "also"), how, sys.stdout)


def _also(names: Mapping[str, Sequence[str]]) -> list[str]:
    """What else each name may mean, as `FM = frequency modulation / frontal midline`."""
    return [f"{name} = {' / '.join(others)}" for name, others in names.items() if others]


@example("ketlit trials -c depression")
@filtered
def trials(ctx: typer.Context, filters: Filters, format: Format = "") -> None:
    """List trials that have a name or a registry number, with the studies that report them.

    Not every trial has one: all studies of this design are found by 'search --design rct'. A trial counts once,
    however many papers report it.
    """
    how = chosen_format(format)
    with reader(ctx) as library:
        found = library.trials(filters)
    if how == "table":
        from ketlit.render import lists

        lists.trials(screen(ctx), found)
        tell("only trials that have a name or a registry number; all: ketlit search --design rct")
    else:
        columns = ("name", "title", "registry_ids", "studies", "years", "n", "conditions")
        plain.write_rows(map(plain.as_object, found), columns, how, sys.stdout)


@example("ketlit stats --format json")
@filtered
def stats(ctx: typer.Context, filters: Filters, format: Format = "") -> None:
    """Say what is in the library, how far it is verified, and how old it is; with words or filters, what fits them."""
    how = chosen_format(format)
    with reader(ctx) as library:
        found = library.stats(library.db.path, filters)  # type: ignore[attr-defined]
        understood = library.understood(filters)
    if how == "table":
        from ketlit.render import lists

        lists.stats(screen(ctx), found, understood)
        return
    explain(ctx, found.studies, understood)
    whole = plain.as_object(found)
    if how in ("tsv", "csv"):
        whole = plain.flat_counts(whole)
    plain.write_object(whole, how, sys.stdout)
