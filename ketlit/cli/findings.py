"""findings: what studies found, one row a result, with all numbers."""

import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from ketlit.cli.opening import reader, tell
from ketlit.cli.options import Format, chosen_format, chosen_limit, example, filtered
from ketlit.errors import UsageError
from ketlit.render import plain
from ketlit.views import Filters, FindingRow

ENDINGS: Final = ("csv", "tsv", "json", "jsonl")


@example("ketlit findings -c crps -o pain-intensity")
@filtered
def findings(
    ctx: typer.Context,
    filters: Filters,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="At most so many findings; 0 for all.")] = 0,
    save: Annotated[
        str, typer.Option("--save", metavar="FILE", help="Write them: .csv, .tsv, .json or .jsonl.", show_default=False)
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    format: Format = "",
) -> None:
    """List what the studies that fit found: one row a result, by year, with its numbers as printed.

    --outcome and --harm choose among the findings; all other filters among their studies. Group 1 is ketamine.
    """
    from ketlit.store import evidence

    how, most = chosen_format(format), chosen_limit(limit)
    ending = saved_as(save)
    with reader(ctx) as library:
        found, understood = evidence.findings(library.db, library.terms_known, filters)
    shown = found[:most] if most else found
    if save:
        _save(shown, save, ending, force=force)
        tell(f"wrote {len(shown)} findings to {save}")
    elif how == "table":
        from ketlit.render import results
        from ketlit.render.table import Screen

        results.show(Screen(sys.stdout, color=ctx.obj.color), shown, len(found), understood)
    else:
        plain.write_rows(map(plain.as_object, shown), FindingRow._fields, how, sys.stdout)
    if len(shown) < len(found):
        tell(f"{len(shown)} of {len(found)} shown; --limit 0 shows all")


def saved_as(path: str, endings: Sequence[str] = ENDINGS) -> str:
    """The format of a file by the ending of its name. Raises UsageError for another one."""
    ending = path.rpartition(".")[2].lower() if "." in path else ""
    if path and ending not in endings:
        raise UsageError(f"{path[:80]} has no ending that tells what to write", f"end it in .{', .'.join(endings)}")
    return ending


def _save(rows: Sequence[FindingRow], path: str, ending: str, *, force: bool) -> None:
    from ketlit.store.placing import written_beside

    with written_beside(path, force=force) as beside, open(beside, "w", encoding="utf-8", newline="") as out:
        plain.write_rows(map(plain.as_object, rows), FindingRow._fields, ending, out)
