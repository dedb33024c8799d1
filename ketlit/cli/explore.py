"""The commands that read: search, show, timeline, terms, trials, stats."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ketlit.cli.opening import for_reading, tell
from ketlit.cli.options import (
    DEFAULT_LIMIT,
    Format,
    Limit,
    chosen_format,
    chosen_limit,
    example,
    filtered,
)
from ketlit.render import plain
from ketlit.store.reader import Reader
from ketlit.views import Filters
from ketlit.vocabulary import SearchSort


@contextmanager
def reader(context: typer.Context) -> Iterator[Reader]:
    """Questions to the library that was asked for."""
    library = for_reading(context.obj.db)
    try:
        yield Reader(library)
    finally:
        library.close()


@example("ketlit search fibromyalgia -r iv --since 2000")
@filtered
def search(
    ctx: typer.Context,
    filters: Filters,
    sort: Annotated[
        str, typer.Option("--sort", metavar="ORDER", help="relevance, year, n or added.")
    ] = SearchSort.RELEVANCE.value,
    limit: Limit = DEFAULT_LIMIT,
    format: Format = "",
) -> None:
    """Find studies by words and filters, best first."""
    chosen, most = chosen_format(format), chosen_limit(limit)
    with reader(ctx) as library:
        found = library.search(filters, sort, most)
    for hint in found.hints:
        tell(hint)
    rows = [plain.as_object(row) for row in found.rows]
    plain.write_rows(rows, plain.STUDY_COLUMNS, "tsv" if chosen == "table" else chosen, sys.stdout)
