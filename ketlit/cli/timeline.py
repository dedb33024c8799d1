"""`timeline`: studies by year, the pooled estimate as it stood each year, and both as a picture or a page."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ketlit.cli import question
from ketlit.cli.explore import explain, screen
from ketlit.cli.findings import saved_as
from ketlit.cli.opening import reader, tell
from ketlit.cli.options import Format, chosen, chosen_format, completed_from, example, filtered
from ketlit.cli.question import At, Ci, Measure, Method, Smd
from ketlit.errors import UsageError
from ketlit.render import plain
from ketlit.render.safe import safe_text
from ketlit.views import Filters, TimelineEntry
from ketlit.vocabulary import AXIS_KEY, Axis

if TYPE_CHECKING:
    from ketlit.render.track import Page
    from ketlit.store.reader import Reader

GROUPINGS: Final = ("condition", "route", "outcome")
PICTURES: Final = ("svg", "png", "pdf", "html")


@example("ketlit timeline -c depression -o response --measure OR --at 24h")
@filtered
def timeline(
    ctx: typer.Context,
    filters: Filters,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="AXIS",
            help="A timeline for each condition, route or outcome.",
            show_default=False,
            autocompletion=completed_from("by"),
        ),
    ] = "",
    measure: Measure = "",
    at: At = "",
    method: Method = question.METHOD,
    ci: Ci = question.CI,
    smd: Smd = question.SMD,
    save: Annotated[
        str,
        typer.Option("--save", metavar="FILE", help="Write .svg, .png, .pdf, or a page .html.", show_default=False),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    format: Format = "",
) -> None:
    """Show studies by year, with gaps, claims and retractions marked.

    A strip of the years to scale, then a line a study; below a study the claims of the article that rest on it. With
    --outcome, --measure and --at also what 'pool' said at the end of each year; in JSON then an object with the
    studies and, beside them, 'pooled', a list of years.
    """
    how, ending = chosen_format(format), saved_as(save, PICTURES)
    axis = chosen(by, GROUPINGS, "grouping") if by else ""
    asked = question.typed(measure, at, method, ci, smd)
    if at and not measure:
        raise UsageError("--at is the time of a pooled estimate", "add --measure and --outcome, or leave it out")
    with reader(ctx) as library:
        entries = library.timeline(filters)
        understood = library.understood(filters)
        beside = _pooled(library, filters, asked) if measure else None
    if save:
        _save(entries, axis, understood, beside, save, ending, force=force)
        return
    if how == "table":
        from ketlit.render import table, timeline

        terminal = screen(ctx)
        table.header(terminal, len(entries), understood)
        timeline.show(terminal, timeline.grouped(entries, axis) if axis else {"": entries}, beside)
        return
    explain(ctx, len(entries), understood)
    _write(entries, axis, beside, how)


def _pooled(library: "Reader", filters: Filters, how: question.Typed) -> "Page":
    """The estimate at the end of each year. Raises UsageError where the question lacks an outcome or a time."""
    from ketlit.render.track import laid
    from ketlit.store.evidence import published
    from ketlit.synthesis.standing import notes, track

    asked = question.ask(library, filters, how)
    days = published(library.db, library.terms_known, filters)
    found = track(asked.candidates, asked.related, asked.question, days, how.method, how.interval)
    return laid(found, question.head(found.last, asked), notes(found, asked.question))


def _write(entries: Sequence[TimelineEntry], axis: str, beside: "Page | None", how: str) -> None:
    groups = plain.by_term(entries, AXIS_KEY[Axis(axis)]) if axis else [("", entry) for entry in entries]
    rows = [plain.timeline_object(entry, group if axis else None) for group, entry in groups]
    if beside and how == "json":
        plain.write_object({"studies": rows, **_as_object(beside)}, how, sys.stdout)
        return
    columns = (*(("group",) if axis else ()), *plain.TIMELINE_COLUMNS)
    plain.write_rows(rows, columns, how, sys.stdout)
    if beside:
        tell("the pooled estimates are in --format json and table, and in --save")


def _as_object(beside: "Page") -> dict[str, Any]:
    """The pooled years as `pool --cumulative` tells of each study, and what the question was."""
    from ketlit.cli.pool import short
    from ketlit.render.track import as_objects

    found = beside.track
    gone = found.retracted
    return {
        "question": list(beside.head),
        "pooled": as_objects(found, {each.year: short(each.pooled) for each in found.years}),
        "with_retracted": {"retracted": list(gone.studies), **short(gone.pooled)} if gone else None,
        "undated": list(found.undated),
        "notes": list(beside.notes),
    }


def _save(
    entries: Sequence[TimelineEntry],
    axis: str,
    understood: Sequence[str],
    beside: "Page | None",
    save: str,
    ending: str,
    *,
    force: bool,
) -> None:
    from ketlit.render.years import chart
    from ketlit.store.placing import written_beside

    groups = plain.by_term(entries, AXIS_KEY[Axis(axis)]) if axis else [("", entry) for entry in entries]
    drawn = chart(groups, axis, understood, beside)
    path = os.path.expanduser(save)
    with written_beside(path, force=force) as beside_it:
        if ending == "html":
            from ketlit.render.timeline_page import page

            with open(beside_it, "w", encoding="utf-8", newline="\n") as file:
                file.write(page(drawn))
        else:
            from ketlit.render.timeline_picture import draw

            draw(drawn, beside_it, ending)
    tell(f"wrote the timeline to {safe_text(path)}")
