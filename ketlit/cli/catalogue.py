"""Every command by name; a group that imports and builds only the one that was named."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from ketlit.cli.options import EVERYWHERE, Command, everywhere


class Entry(NamedTuple):
    """Where a command is: `module` and `name` in it (a function, or a Typer for a group), its help in one line."""

    module: str
    name: str
    help: str


CATALOGUE: Final[dict[str, dict[str, Entry]]] = {
    "Read": {
        "search": Entry("ketlit.cli.explore", "search", "Find studies by words and filters, best first."),
        "show": Entry("ketlit.cli.explore", "show", "Show all that is known of one study."),
        "timeline": Entry("ketlit.cli.timeline", "timeline", "Show studies by year, and what was pooled when."),
        "terms": Entry("ketlit.cli.explore", "terms", "List the terms that filters take, with their studies."),
        "trials": Entry("ketlit.cli.explore", "trials", "List clinical trials with the studies that report them."),
        "new": Entry("ketlit.cli.news", "new", "Show what changed in the library, gravest first."),
        "stats": Entry("ketlit.cli.explore", "stats", "Say what is in the library and how old it is."),
    },
    "Weigh": {
        "findings": Entry("ketlit.cli.findings", "findings", "List what studies found, with all numbers."),
        "pool": Entry("ketlit.cli.pool", "pool", "Pool an outcome: a forest plot, and what was left out and why."),
        "map": Entry("ketlit.cli.map", "map_", "Count trials, people and results in the cells of two axes."),
        "claims": Entry("ketlit.cli.claims", "claims", "Hold what an article claims against the findings."),
        "brief": Entry("ketlit.cli.brief", "brief", "Tell on one screen what is known, and what is not."),
    },
    "Exchange": {
        "import": Entry("ketlit.cli.exchange", "import_", "Add studies from files: PubMed XML, ketlit's own exports."),
        "export": Entry("ketlit.cli.exchange", "export", "Write studies out, with everything that is known of them."),
    },
    "Annotate": {
        "note": Entry("ketlit.cli.annotate", "note", "Keep notes on studies."),
        "label": Entry("ketlit.cli.annotate", "label", "Put your own labels on studies."),
        "tag": Entry("ketlit.cli.annotate", "tag", "Give a study a term, or take one away."),
        "finding": Entry("ketlit.cli.finding", "finding", "Enter results that you read in a study."),
        "judge": Entry("ketlit.cli.judge", "judge", "Judge a study under your name: RoB 2 or GRADE."),
        "study": Entry("ketlit.cli.annotate", "study", "Leave a study out, or take it back in."),
    },
    "Update": {
        "sync": Entry("ketlit.cli.update", "sync", "Bring the library up to date from PubMed."),
        "topic": Entry("ketlit.cli.topics", "topic", "Keep your own questions to PubMed."),
    },
    "Library": {
        "db": Entry("ketlit.cli.library", "db", "Make, look after and back up a library."),
        "config": Entry("ketlit.cli.config", "config", "Set your e-mail address, key and library."),
    },
}
KEY_FIRST: Final = frozenset({"judge"})
ENTRIES: Final = {name: entry for group in CATALOGUE.values() for name, entry in group.items()}


def command_names() -> list[str]:
    """The commands in the order of the help."""
    return list(ENTRIES)


def load(name: str) -> TyperCommand | TyperGroup:
    """Import and build one command, with the options that every command takes."""
    from importlib import import_module

    entry = ENTRIES[name]
    found: Any = getattr(import_module(entry.module), entry.name)
    if isinstance(found, typer.Typer):
        found.info.cls = Group
        for info in found.registered_commands:
            info.cls = Command
        group = typer.main.get_group(found)
        group.name, group.help = name, group.help or entry.help
        for each in (group, *group.commands.values()):
            each.rich_markup_mode = None  # type: ignore[attr-defined]
            each.params += everywhere()
        group.epilog = group.epilog or f"More on one of them: ketlit {name} COMMAND --help"
        return group
    made = typer.Typer(add_completion=False, rich_markup_mode=None)
    made.command(name, cls=Command, epilog=getattr(found, "example", None))(found)
    command = typer.main.get_command(made)
    command.params += everywhere()
    return command  # type: ignore[return-value]


class Group(TyperGroup):
    """A group of commands (`ketlit db ...`) whose help shows the first paragraph of each whole."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """In `KEY_FIRST` the study may stand before what is done with it: `judge KEY rob2` is `judge rob2 KEY`."""
        if self.name in KEY_FIRST and args and args[0] not in self.commands:
            place = next((place for place, each in enumerate(args) if each in self.commands), 0)
            args = [args[place], *args[:place], *args[place + 1 :]]
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: typer.Context, incomplete: str) -> list[Any]:  # type: ignore[override]
        found: list[Any] = super().shell_complete(ctx, incomplete)
        if self.name in KEY_FIRST and not found and not incomplete.startswith("-"):
            from ketlit.cli.completion import complete, item

            found = [item(key, title) for key, title in complete("key", ctx, incomplete)]
        return found

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, (command.help or "").partition("\n\n")[0]) for name, command in self.commands.items()]
            )


class Catalogue(TyperGroup):
    """The program itself: knows all names, builds one."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return command_names()

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        return load(cmd_name) if cmd_name in ENTRIES else None

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """All commands in groups, from the table: nothing is imported for it."""
        for group, entries in CATALOGUE.items():
            with formatter.section(group):
                formatter.write_dl([(name, entry.help) for name, entry in entries.items()])

    def shell_complete(self, ctx: typer.Context, incomplete: str) -> list[Any]:  # type: ignore[override]
        from ketlit.cli.completion import item

        names = [item(name, entry.help) for name, entry in ENTRIES.items() if name.startswith(incomplete)]
        if incomplete.startswith("-"):
            names += [item(name, help) for name, help in EVERYWHERE.items() if name.startswith(incomplete)]
        return names
