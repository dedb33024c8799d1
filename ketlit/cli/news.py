"""`new`: what changed in the library since the last sync or import, or since a day."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ketlit.cli.explore import screen
from ketlit.cli.opening import reader, tell
from ketlit.cli.options import Format, chosen_format, chosen_limit, example, filtered_but
from ketlit.render import plain
from ketlit.render.safe import safe_text
from ketlit.views import Filters

if TYPE_CHECKING:
    from ketlit.evidence_views import News, NewsEntry

SCREEN: Final = 40  # lines
COLUMNS: Final = (
    *("at", "kind", "key", "pmid", "title", "year", "design", "n", "conditions", "routes", "outcomes", "direction"),
    *("status", "fields", "run", "arrived", "notice", "claims"),
)


@example("ketlit new -c depression --since 2025-06")
@filtered_but("since", "until")
def new(
    ctx: typer.Context,
    filters: Filters,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="last|DATE",
            help="The last sync or import that changed something, or a day, month or year (UTC).",
        ),
    ] = "last",
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="N",
            help="At most so many studies; 0 for all. By default what fits one screen, and all when piped.",
            show_default=False,
        ),
    ] = None,
    format: Format = "",
) -> None:
    """Show what changed in the library, gravest first: retractions and the claims that rest on them, then what is new.

    On a screen a study stands once, under the gravest that happened to it, and revised and verified studies are only
    counted; json, csv and tsv have every change.
    """
    how = chosen_format(format)
    most = None if limit is None else chosen_limit(limit)
    table = how == "table"
    with reader(ctx) as library:
        found = library.news(filters, since, limit=SCREEN if table and most is None else most or 0, listed=table)
    if table and found.studies:
        from ketlit.render import news

        news.show(screen(ctx), found, lines=SCREEN if most is None else 0)
        return
    if not table:
        plain.write_rows(
            (_object(entry, flat=how in ("tsv", "csv")) for entry in found.entries), COLUMNS, how, sys.stdout
        )
        if len(found.entries) < found.total:
            tell(f"{len(found.entries)} of {found.total} shown; --limit 0 shows all")
    if not found.studies:
        for line in _nothing(found):
            tell(line)


def _object(entry: "NewsEntry", *, flat: bool) -> dict[str, Any]:
    """An entry as it goes to programs; `flat`: of its fields and claims only the names."""
    known, study = plain.as_object(entry), plain.as_object(entry.study)
    found = {name: known[name] if name in known else study[name] for name in COLUMNS}
    found["claims"] = [claim for claim, *_ in entry.claims]
    if flat:
        found["fields"] = [one.field for one in entry.fields]
    return found


def _nothing(found: "News") -> list[str]:
    """Why there is no news, and how to ask for more."""
    made = found.made[:10]
    if not found.since:
        asked = f"; ketlit new --since {made} shows what it was made with" if made else ""
        return [f"nothing was synced or imported since the library was made{f' on {made}' if made else ''}{asked}"]
    when = f"{found.since[:10]} {found.since[11:16]} UTC"
    if found.others:
        told = safe_text("; ".join(found.understood))
        return [f"nothing that fits ({told}) changed since {when}; of all studies {found.others} did"]
    return [f"nothing changed since {when}"]
