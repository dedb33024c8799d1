"""`topic`: the questions that sync asks PubMed."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ketlit.cli.opening import for_reading, for_writing, tell
from ketlit.cli.options import Format, chosen_format
from ketlit.errors import NotFound, UsageError
from ketlit.render import plain
from ketlit.render.safe import safe_text

if TYPE_CHECKING:
    from ketlit.store.runs import Runs

SHORT: Final = 100  # characters of a query on a line; the other formats have all

topic = typer.Typer(no_args_is_help=True, add_completion=False)


@contextmanager
def _remembered(context: typer.Context) -> "Iterator[tuple[Any, Runs]]":
    from ketlit.intake.apply import now
    from ketlit.store.runs import Runs
    from ketlit.store.writer import Writer

    with for_writing(context.obj.db) as connection:
        yield connection, Runs(Writer(connection, now()))


@topic.command("add", epilog='Example: ketlit topic add itch "pruritus[tiab] AND ketamine[tiab]"')
def topic_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What you will call it.")],
    query: Annotated[list[str], typer.Argument(metavar="QUERY...", help="As PubMed takes it.")],
    force: Annotated[bool, typer.Option("--force", help="Ask this instead of what is kept under the name.")] = False,
) -> None:
    """Keep a question to PubMed: every sync asks it from now on."""
    from ketlit.store.engine import begin
    from ketlit.store.runs import Topic
    from ketlit.sync import topics as questions

    wanted, said = questions.checked_name(name), questions.checked_query(" ".join(query))
    if wanted in {one.name for one in questions.shipped().topics}:
        raise UsageError(f"topic {wanted!r} comes with ketlit", "choose another name")
    with _remembered(context) as (connection, runs), begin(connection):
        known = runs.topic(wanted)
        if known and known.query == said:
            tell(f"topic {wanted} is kept already")
            return
        if known and known.kept and not force:
            raise UsageError(
                f"topic {wanted} is kept and asks: {shorten(known.query, SHORT, placeholder=' …')}",
                "choose another name, or --force to ask this instead",
            )
        runs.put_topic(Topic(wanted, said, True))
    tell(f"topic {wanted} {'now asks this' if known else 'is kept'}; fetch it with: ketlit sync --topic {wanted}")


@topic.command("list", epilog="Example: ketlit topic list")
def topic_list(context: typer.Context, format: Format = "") -> None:
    """List what every sync asks, and how far the answer is here."""
    from ketlit.store.runs import topics
    from ketlit.sync import topics as questions

    how = chosen_format(format)
    with closing(for_reading(context.obj.db)) as library:
        known = {one.name: one for one in topics(library)}
    shipped = {one.name: one.query for one in questions.shipped().topics}
    rows: list[dict[str, Any]] = []
    for name in sorted(
        dict.fromkeys([*shipped, *known]), key=lambda name: name not in shipped and not known[name].kept
    ):
        query = shipped.get(name, "")
        one = known.get(name)
        rows.append(
            {
                "name": name,
                "kept": bool(query or (one and one.kept)),
                "complete_to": one.cursor if one else "",
                "records": one.hits if one else None,
                "query": query or (one.query if one else ""),
            }
        )
    if how != "table":
        plain.write_rows(rows, ("name", "kept", "complete_to", "records", "query"), how, sys.stdout)
        return
    _listed([row for row in rows if row["kept"]])
    if once := [row for row in rows if not row["kept"]]:
        print("\nasked once:")
        _listed(once)


def _listed(rows: Sequence[Mapping[str, Any]]) -> None:
    """Two lines for each topic, or one where its name is what was asked."""
    for row in rows:
        done = row["complete_to"]
        state = f"{row['records'] or 0:,} records, complete to {done}" if done else "never synced whole"
        print(safe_text(f"{shorten(row['name'], SHORT, placeholder=' …')}  {state}"))
        if row["kept"]:
            print(safe_text(f"  {shorten(row['query'], SHORT, placeholder=' …')}"))


@topic.command("remove", epilog="Example: ketlit topic remove itch")
def topic_remove(context: typer.Context, name: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Stop asking a question; the studies that it brought stay."""
    from ketlit.store.engine import begin
    from ketlit.sync import topics as questions

    if name in {one.name for one in questions.shipped().topics}:
        raise UsageError(f"topic {name!r} comes with ketlit", "ask others alone with: ketlit sync --topic NAME")
    with _remembered(context) as (connection, runs), begin(connection):
        if runs.topic(name) is None:
            there = ", ".join(one.name for one in runs.topics()) or "none"
            raise NotFound(f"no topic is called {name[:80]!r}", f"there are: {there}")
        runs.remove_topic(name)
        runs.drop_pending(name)
    tell(f"topic {name} is not asked any more; its studies stay")
