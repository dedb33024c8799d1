"""`sync`: what is new in PubMed comes into the library."""

import os
import sys
import time
from collections.abc import Collection
from datetime import UTC, date, datetime
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ketlit import settings
from ketlit.cli.opening import for_writing, only_named, place_of, tell
from ketlit.cli.options import Format, chosen_format, example
from ketlit.errors import NotFound, PartlyFailed, UsageError
from ketlit.render import plain
from ketlit.render.safe import safe_text

if TYPE_CHECKING:
    from ketlit.sources.eutils import Eutils
    from ketlit.store.runs import Runs
    from ketlit.sync import Summary
    from ketlit.sync.topics import Asked

NAMED: Final = 10  # unknown, failed and mismatched records that are named one by one; JSON has all
SHORT: Final = 100  # characters of a question; -v has all
FIRST_YEAR: Final = 1700  # PubMed has nothing older
NO_EMAIL: Final = "PubMed asks for an e-mail address: ketlit config set email YOU@EXAMPLE.ORG (or NCBI_EMAIL)"
ASK_EMAIL: Final = """\
PubMed asks whoever fetches from it for an e-mail address, and writes to it before it shuts anyone out.
It is kept in your settings and sent to PubMed alone. Enter alone goes on without.
e-mail: """
COUNTED: Final = (
    *("added", "revised", "retracted", "corrected", "concern", "withdrawn", "deleted", "unchanged", "verified"),
    *("mismatched", "unknown", "failed"),
)


@example("ketlit sync --dry-run")
def sync(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORDS]...", help="Ask for ketamine and these words, instead of your topics."),
    ] = None,
    topic: Annotated[
        str | None, typer.Option("--topic", metavar="NAME", help="Only this topic.", show_default=False)
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar="TERM", help="A query in PubMed's own syntax.", show_default=False)
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="What is new since this day.", show_default=False)
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Ask for everything again, not only what is new.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and store nothing.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Fetch at most so many records; 0 for all.")] = 0,
    batch: Annotated[int, typer.Option("--batch", metavar="N", help="Records a request, at most 200.")] = 200,
    base_url: Annotated[
        str,
        typer.Option("--base-url", metavar="URL", help="A mirror of the E-utilities; also KETLIT_EUTILS_URL."),
    ] = "",
    format: Format = "",
) -> None:
    """Bring the library up to date from PubMed: verify the curated studies, and fetch what is new or changed.

    The first sync fetches all that the topics find, later ones what came or changed since. What you wrote stays. Cut
    short, it goes on the next time. 'ketlit new' then shows what changed.
    """
    from ketlit.store.lock import sole
    from ketlit.sync import Sync
    from ketlit.sync.topics import shipped

    how, verbose = chosen_format(format), bool(ctx.obj.verbose)
    if limit < 0 or not 1 <= batch <= 200:
        raise UsageError(f"--limit {limit} --batch {batch} cannot be", "--limit 0 or more, --batch from 1 to 200")
    day = _day(since) if since is not None else None
    asked = _questions(words, topic, query)
    untold = set() if verbose else {one.name for one in shipped().topics}
    eutils, progress = _pubmed(ctx, base_url)
    started = time.monotonic()
    path = place_of(ctx.obj.db).path
    with for_writing(ctx.obj.db, dry=dry_run) as connection, sole(path, _myself()), progress as shown:
        from ketlit.tagging import taxonomy

        how_much: dict[str, Any] = {"full": full, "since": day, "dry_run": dry_run, "limit": limit, "batch": batch}
        conversation = Sync(connection, taxonomy.load(), eutils, shown, untold=untold, **how_much)
        asked = asked or _topics(conversation.runs, topic)
        try:
            conversation.run(asked, curated=not (words or query or topic))
            ctx.obj.stored = not dry_run
        finally:
            conversation.summary.seconds = round(time.monotonic() - started, 3)
            shown.close()
            _report(conversation.summary, how, untold, dry_run=dry_run, whole=verbose)
            if how == "table" and (told := only_named(conversation.not_ketamine, conversation.summary.added)):
                print(told)
    if conversation.summary.failed:
        count = conversation.summary.failed
        raise PartlyFailed(f"{count} {'record' if count == 1 else 'records'} could not be stored; all else was")


def _questions(words: list[str] | None, topic: str | None, query: str | None) -> "list[Asked]":
    """What was typed to be asked, instead of topics; an option that is empty was typed too. Raises UsageError."""
    from ketlit.sync import topics as questions

    if sum((bool(words), topic is not None, query is not None)) > 1:
        raise UsageError("WORDS, --topic and --query exclude each other", "give one of them")
    if topic is not None and not topic.strip():
        raise UsageError("--topic is empty", "their names: ketlit topic list")
    if words:
        return [questions.of_words(" ".join(words), questions.shipped().drug)]
    return [questions.of_query(query)] if query is not None else []


def _topics(runs: "Runs", named: str | None) -> "list[Asked]":
    """What is asked: the topics that come with ketlit and a person's own, or one of them. Raises NotFound."""
    from ketlit.sync.topics import Asked, shipped

    found = {one.name: one for one in shipped().topics}
    found |= {one.name: Asked(one.name, one.query, True) for one in runs.topics() if one.kept and one.name not in found}
    if not named:
        return list(found.values())
    if named not in found:
        raise NotFound(f"no topic is called {named[:80]!r}", f"there are: {', '.join(found)}")
    return [found[named]]


def _myself() -> str:
    return f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _day(typed: str) -> date:
    try:
        day = date.fromisoformat(typed.strip())
        if day.year >= FIRST_YEAR:
            return day
        raise ValueError("no paper is so old")
    except ValueError:
        raise UsageError(f"--since {typed[:40]} is no day", "give one as 2025-01-31") from None


def _pubmed(context: typer.Context, base_url: str) -> "tuple[Eutils, Any]":
    """The way to PubMed as options, environment and settings say, and what is shown meanwhile. Raises UsageError."""
    from ketlit.sources.endpoint import Key, base_from
    from ketlit.sources.eutils import Eutils
    from ketlit.sources.pace import shared_pacer

    known = settings.read_settings()
    base = base_from(base_url or os.environ.get("KETLIT_EUTILS_URL") or known.get("eutils_url"))
    key_text = os.environ.get("NCBI_API_KEY") or known.get("api_key")
    key = Key(key_text) if key_text else None
    email = _email(known)
    progress = _progress()
    told = context.obj.verbose

    def wait(seconds: float, why: str) -> None:
        progress.tell(f"PubMed: {why}; waiting {seconds:.0f} s")

    log = progress.tell if told else None
    return Eutils(base, email, key, shared_pacer(key), log=log, on_wait=wait), progress


def _email(known: dict[str, str]) -> str:
    """The e-mail address: from the environment or the settings; asked for once on a terminal."""
    email = os.environ.get("NCBI_EMAIL") or known.get("email") or ""
    if email:
        return email
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        tell(NO_EMAIL)
        return ""
    print(ASK_EMAIL, end="", file=sys.stderr, flush=True)
    typed = sys.stdin.readline().strip()
    if typed:
        settings.write_setting("email", settings.checked_email(typed))
    return typed


class _Quiet:
    """Where stderr is no terminal: only what must be said."""

    def __enter__(self) -> "_Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def expect(self, records: int) -> None:
        pass

    def fetched(self, records: int) -> None:
        pass

    def tell(self, line: str) -> None:
        tell(safe_text(line))

    def close(self) -> None:
        pass


class _Bar(_Quiet):
    """On a terminal: how many records are fetched of those that are to be, the rate, and the time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
        self._bar = Progress(
            TextColumn("fetching", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task: Any = None
        self._total = 0
        self._came = 0
        self._begun = 0.0

    def expect(self, records: int) -> None:
        if not records:
            return
        self._total += records
        if self._task is None:
            self._begun = time.monotonic()  # the rate is that of fetching alone
            self._bar.start()
            self._task = self._bar.add_task("", total=self._total, rate="")
        self._bar.update(self._task, total=self._total)

    def fetched(self, records: int) -> None:
        self._came += records
        rate = self._came / max(time.monotonic() - self._begun, 0.1)
        if self._task is not None:
            self._bar.update(self._task, completed=self._came, rate=f"{rate:,.0f}/s")

    def tell(self, line: str) -> None:
        self._bar.console.print(f"ketlit: {safe_text(line)}", soft_wrap=True)

    def close(self) -> None:
        self._bar.stop()


def _progress() -> _Quiet:
    return _Bar() if sys.stderr.isatty() else _Quiet()


def _report(summary: "Summary", format: str, untold: Collection[str], *, dry_run: bool, whole: bool) -> None:
    """The summary on stdout, but for zeros where nothing came; what needs a person's eye by name on stderr."""
    from dataclasses import asdict

    from ketlit.sync.run import AGAIN

    found = asdict(summary)
    if format in ("json", "jsonl"):
        plain.write_object(found, format, sys.stdout)
    elif summary.status == "failed" and not summary.fetched:
        pass  # the error says it all
    elif format == "table":
        _sentence(summary, untold, dry_run=dry_run, whole=whole)
    else:
        shown = {name: value for name, value in found.items() if not isinstance(value, list)}
        plain.write_object(shown, format, sys.stdout)
    named = [f"PMID {pmid} is unknown to PubMed" for pmid in summary.unknown_pmids]
    named += [f"{one['place']}: {one['reason']}" for one in summary.failures]
    named += [f"{one['key']} (PMID {one['pmid'] or 'not known'}): {one['reason']}" for one in summary.mismatches]
    for line in named[:NAMED]:
        tell(safe_text(line))
    if len(named) > NAMED:
        tell(f"and {len(named) - NAMED:,} more; all of them: --format json")
    if summary.unknown_pmids and not dry_run:
        tell(f"what PubMed does not know is asked for again in {AGAIN.days} days, or with --full")
    if summary.status == "interrupted" and not dry_run:
        tell("what came by now is kept; the next sync goes on from here")


def _sentence(summary: "Summary", untold: Collection[str], *, dry_run: bool, whole: bool) -> None:
    for one in summary.topics:
        name, read = one["name"], one["translation"]
        if not whole:
            name, read = shorten(name, SHORT, placeholder=" …"), shorten(read, 3 * SHORT, placeholder=" …")
        said = "" if one["name"] in untold else f"; PubMed read it as {read}"
        print(safe_text(f"{name}: {one['found']:,} found{said}"))
    words = [f"{getattr(summary, name):,} {name}" for name in COUNTED if getattr(summary, name)]
    asked = f"{summary.requests:,} request{'' if summary.requests == 1 else 's'}, {summary.seconds:.1f} s"
    begins = "would do: " if dry_run else ""
    if summary.status in ("failed", "interrupted"):
        begins += "before it stopped: "
    nothing = "nothing" if begins else "nothing new"
    print(f"{begins}{', '.join(words) or nothing} ({summary.fetched:,} fetched, {asked})")
    if summary.status == "partial" and not dry_run:
        print("there is more to fetch: run it again")
    elif words and not dry_run:
        print("what changed: ketlit new")
