"""`import` and `export`: studies from files, and studies to files."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

import typer

from ketlit.cli.opening import for_writing, only_named, reader, tell
from ketlit.cli.options import Format, chosen, chosen_format, example, filtered
from ketlit.errors import PartlyFailed, UsageError
from ketlit.export import FORMATS
from ketlit.render import plain
from ketlit.render.safe import safe_text
from ketlit.views import Filters

if TYPE_CHECKING:
    from ketlit.intake.apply import Intake, Summary
    from ketlit.intake.topic import Topic

STDIN: Final = "-"
NAMED: Final = 20  # failed records that are named one by one; JSON has all
# what `detect.kind` tells apart and cannot be read yet, by the name people know
NOT_READ: Final = {
    "nbib": "a MEDLINE (nbib) file",
    "ris": "a RIS file",
    "bibtex": "a BibTeX file",
    "csl": "CSL-JSON",
}
MANY: Final = 2_000  # studies whose export takes long enough to be watched
TELL_EVERY: Final = 0.1  # seconds between two looks at how far a file is read

Progress = Callable[[int, int | None, int], None]  # bytes read, of how many, studies taken


@example("ketlit import pubmed26n0001.xml.gz --only ketamine")
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="PubMed XML, ketlit's jsonl, json, csv or tsv, the Retraction Watch CSV; also .gz; - is stdin.",
        ),
    ],
    only: Annotated[
        str,
        typer.Option(
            "--only", metavar="TERM", help="Only what is about this term, or says these words.", show_default=False
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    format: Format = "",
) -> None:
    """Add studies from files: PubMed XML of any size, or ketlit's own exports.

    A study that the library has is brought up to date where the file's record is newer; what you wrote, and what
    curators found, stays. Records that cannot be read are named and left out; then the exit code is 6.

    Of the Retraction Watch CSV each row goes to the study that it is about, by PMID or DOI: retractions, corrections,
    expressions of concern and reinstatements. It adds no studies.
    """
    from ketlit.intake.apply import Intake
    from ketlit.intake.topic import Topic
    from ketlit.tagging import taxonomy

    how = chosen_format(format)
    terms = taxonomy.load()
    topic = Topic(only, terms) if only else None
    if topic:
        tell(f"only {safe_text(topic.understood)}")
    started = time.monotonic()
    with for_writing(ctx.obj.db, dry=dry_run) as connection:
        intake = Intake(connection, terms, dry_run=dry_run)
        for name in files:
            _take(intake, name, topic)
            intake.summary.files += 1
        summary = intake.finish()
    ctx.obj.stored = not dry_run
    summary.seconds = round(time.monotonic() - started, 3)
    _report(summary, intake.not_ketamine, how, dry_run=dry_run)
    if summary.failed:
        count = len(summary.failed)
        raise PartlyFailed(
            f"{count} of what was given could not be taken; all else was",
            "all of them with their reasons: --format json" if count > NAMED and how not in ("json", "jsonl") else "",
        )


def _take(intake: "Intake", name: str, topic: "Topic | None") -> None:
    """Take one file in; one that cannot be opened or is of no kind we read is noted as failed."""
    from ketlit.intake import notices
    from ketlit.sources import detect, exports, pubmed, retraction_watch
    from ketlit.sources.unpacking import Begun

    shown = "stdin" if name == STDIN else safe_text(name)
    try:
        with _opened(name) as stream:
            source = Begun(stream, detect.HEAD)
            kind = detect.kind(source.head)
            if kind == "pubmed":
                reading: Any = pubmed.read(source, topic.may_be if topic else None)
            elif kind.startswith("export-"):
                reading = exports.read(source)
            elif kind == "retraction-watch":
                reading = retraction_watch.read(source)
            else:
                intake.fail(shown, "", _unread(kind, source.head))
                return
            size = os.fstat(stream.fileno()).st_size or None if name != STDIN else None  # a pipe has none
            with _progress(shown) as told:
                items = _watched(reading, size, told, intake)
                if kind == "retraction-watch":
                    notices.take(intake, items, shown, topic)
                else:
                    intake.take_items(items, shown, own=kind != "pubmed", only=topic)
            intake.summary.skipped += getattr(reading, "skipped", 0)
            intake.trials(getattr(reading, "trials", {}).values())
    except OSError as error:
        if name != STDIN and error.filename not in (os.path.expanduser(name), None):
            raise
        intake.fail(shown, "", f"cannot be read: {error.strerror or error}")


@contextmanager
def _opened(name: str) -> "Iterator[BinaryIO | Any]":
    if name == STDIN:
        yield sys.stdin.buffer
        return
    try:
        with open(os.path.expanduser(name), "rb", buffering=1 << 16) as stream:
            yield stream
    except ValueError as error:  # a NUL in the name
        raise UsageError(f"{name!r} is no file name: {error}", "check the name") from error


def _unread(kind: str, head: bytes) -> str:
    if kind in NOT_READ:
        return f"{NOT_READ[kind]} cannot be read yet; PubMed XML, ketlit's own exports and the Retraction Watch CSV can"
    if not head:
        return "the file is empty"
    if head.lstrip()[:1] == b"<":
        return "XML or HTML, but no PubMed records in it; on pubmed.ncbi.nlm.nih.gov save as PubMed, or fetch as XML"
    return "neither PubMed XML nor an export of ketlit's"


def _watched(reading: Any, size: int | None, told: Progress, intake: "Intake") -> Iterator[Any]:
    """The items of a file; now and then how far it is."""
    last = 0.0
    for count, item in enumerate(reading, 1):
        yield item
        if count % 100 == 0 and time.monotonic() - last > TELL_EVERY:
            last = time.monotonic()
            done = intake.summary
            told(reading.consumed, size, done.added + done.revised + done.unchanged)


@contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """A bar on stderr where that is a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda read, size, studies: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        DownloadColumn(binary_units=False),
        TextColumn("{task.fields[studies]:,} studies", markup=False),
        TimeRemainingColumn(),
    )
    console = Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(safe_text(os.path.basename(name))[:30], total=None, studies=0)
        yield lambda read, size, studies: bar.update(task, completed=read, total=size, studies=studies)


def _report(summary: "Summary", not_ketamine: int, format: str, *, dry_run: bool) -> None:
    """The summary on stdout; how many only mention ketamine on stderr, and failed records unless stdout has them."""
    found: dict[str, Any] = {
        **{name: getattr(summary, name) for name in ("files", "added", "revised", "unchanged", "deleted", "skipped")},
        "failed": [one._asdict() for one in summary.failed],
        "seconds": summary.seconds,
    }
    if format in ("json", "jsonl"):
        plain.write_object(found, format, sys.stdout)
        return
    found["failed"] = len(summary.failed)
    if format == "table":
        would = "would be " if dry_run else ""
        words = [f"{found[name]:,} {would}{name}" for name in ("added", "revised", "deleted") if found[name]]
        words += [f"{found[name]:,} {name}" for name in ("unchanged", "skipped", "failed") if found[name]]
        files = f"{summary.files} file{'' if summary.files == 1 else 's'}"
        print(f"{files}: {', '.join(words) or 'nothing in it'} ({summary.seconds:.1f} s)")
    else:
        plain.write_object(found, format, sys.stdout)
    if told := only_named(not_ketamine, summary.added):
        tell(told)
    if summary.skipped and format == "table":
        tell("skipped: older than here, not about what --only asks for, or withdrawn and not here")
    for one in summary.failed[:NAMED]:
        tell(safe_text(": ".join(part for part in one if part)))
    if len(summary.failed) > NAMED:
        tell(f"and {len(summary.failed) - NAMED:,} more")


@example("ketlit export -c crps -r iv --format csv --output crps.csv")
@filtered
def export(
    ctx: typer.Context,
    filters: Filters,
    format: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", help="jsonl, json, csv or tsv.", show_default=False),
    ] = "",
    output: Annotated[
        str, typer.Option("--output", metavar="FILE", help="Write to this file, not to stdout.", show_default=False)
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="csv: leave text that a spreadsheet takes for a formula.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="At most so many studies; 0 for all.")] = 0,
) -> None:
    """Write studies out with everything that is known of them; 'import' reads it back.

    Your notes, labels, tags and decisions go along. Without --format the name of the file says it, else jsonl.
    """
    from ketlit import export as whole

    how = chosen(format, FORMATS, "format") if format else _format_of(output)
    if limit < 0:
        raise UsageError(f"--limit {limit} is no number of studies", "give 1 or more, or 0 for all")
    with reader(ctx) as library:
        ids, hints = library.matching(filters, limit)
        found = _counted(whole.studies(library.db, ids), len(ids), quiet=not output)
        if output:
            from ketlit.store.placing import written_beside

            path = os.path.expanduser(output)
            with written_beside(path, force=force) as beside, open(beside, "w", encoding="utf-8", newline="") as file:
                whole.write(found, how, file, raw=raw)
            tell(f"wrote {len(ids):,} {'study' if len(ids) == 1 else 'studies'} to {path}")
        else:
            whole.write(found, how, sys.stdout, raw=raw)
    for hint in hints:
        tell(safe_text(hint))


def _format_of(output: str) -> str:
    """The format that a file's name says, jsonl where it says none. Raises UsageError for one that is not written."""
    ending = os.path.splitext(output)[1].lower().lstrip(".")
    if ending and ending not in FORMATS:
        raise UsageError(f"no format is called {ending[:20]!r}", f"add --format, one of: {', '.join(FORMATS)}")
    return ending or FORMATS[0]


def _counted(studies: Iterator[dict[str, Any]], total: int, *, quiet: bool) -> Iterator[dict[str, Any]]:
    """The same, with a bar on a terminal where they are many and stdout is free."""
    if quiet or total < MANY or not sys.stderr.isatty():
        yield from studies
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
    yield from track(studies, total=total, description="writing", console=console, transient=True)
