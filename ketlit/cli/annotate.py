"""What a person writes on studies: note, label, tag, study exclude and include. Kept for ever."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ketlit.cli.opening import for_writing, reader, tell
from ketlit.cli.options import Format, chosen_axis, chosen_format, completed_from
from ketlit.errors import NotFound, UsageError
from ketlit.render import plain
from ketlit.render.safe import safe_text
from ketlit.store.reader import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ketlit.vocabulary import Axis

note = typer.Typer(no_args_is_help=True, add_completion=False)
label = typer.Typer(no_args_is_help=True, add_completion=False)
tag = typer.Typer(no_args_is_help=True, add_completion=False)
study = typer.Typer(no_args_is_help=True, add_completion=False)

Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY", help="A study: its key, PMID or DOI.", autocompletion=completed_from("key"), show_default=False
    ),
]
MaybeKey = Annotated[
    str,
    typer.Argument(
        metavar="[KEY]",
        help="Of one study; of all if not given.",
        autocompletion=completed_from("key"),
        show_default=False,
    ),
]
LabelText = Annotated[
    str, typer.Argument(metavar="LABEL", help="A word or a few.", autocompletion=completed_from("label"))
]
TermText = Annotated[
    str,
    typer.Argument(metavar="AXIS:TERM", help="Such as condition:crps, route:iv, direction:mixed or participants:120."),
]


@contextmanager
def writing_on(context: typer.Context, key: str) -> "Iterator[tuple[Connection, Reader, int, str]]":
    """A connection to write with, questions to the same library, and the id and key of the study that is meant."""
    from ketlit.store.writer import rows_of

    with for_writing(context.obj.db) as connection:
        library = Reader(rows_of(connection))
        number = library.named(key)
        yield connection, library, number, library.rows([number])[0].key


@note.command("add", epilog="Example: ketlit note add sorensen1995 'ask for the raw data'")
def note_add(
    context: typer.Context,
    key: Key,
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="The note; - reads it from stdin.")],
) -> None:
    """Keep a note on a study."""
    from ketlit.intake import people

    said = sys.stdin.read() if text == ["-"] else " ".join(text)
    with writing_on(context, key) as (connection, _, number, name):
        kept = people.add_note(connection, number, said)
    tell(f"kept note {kept.id} on {name}")


@note.command("list", epilog="Example: ketlit note list sorensen1995")
def note_list(context: typer.Context, key: MaybeKey = "", format: Format = "") -> None:
    """List notes, oldest first."""
    how = chosen_format(format)
    with reader(context) as library:
        found = library.notes(library.named(key) if key else None)
    if how == "table":
        from ketlit.render import lists
        from ketlit.render.table import Screen

        lists.notes(Screen(sys.stdout, color=context.obj.color), found)
    else:
        plain.write_rows(map(plain.as_object, found), ("id", "key", "text", "at"), how, sys.stdout)


@note.command("remove", epilog="Example: ketlit note remove 3")
def note_remove(
    context: typer.Context, number: Annotated[int, typer.Argument(metavar="ID", help="Its number in the list.")]
) -> None:
    """Remove a note; its text is printed once more, on stderr."""
    from ketlit.intake import people

    with for_writing(context.obj.db) as connection:
        gone = people.remove_note(connection, number)
    tell(f"removed note {gone.id} on {gone.key}: {safe_text(gone.text)}")


@label.command("add", epilog="Example: ketlit label add noppers2011 'to read'")
def label_add(context: typer.Context, key: Key, text: LabelText) -> None:
    """Put a label on a study; 'search --label' then finds it."""
    from ketlit.intake import people

    with writing_on(context, key) as (connection, _, number, name):
        new = people.add_label(connection, number, text)
    tell(f"{name} {'has' if new else 'had already'} the label {safe_text(text)}")


@label.command("remove", epilog="Example: ketlit label remove noppers2011 'to read'")
def label_remove(context: typer.Context, key: Key, text: LabelText) -> None:
    """Take a label off a study."""
    from ketlit.intake import people

    with writing_on(context, key) as (connection, library, number, name):
        if not people.remove_label(connection, number, text):
            there = ", ".join(safe_text(one.name) for one in library.labels(number))
            raise NotFound(f"{name} has no label {text[:80]!r}", f"it has: {there}" if there else "it has none")
    tell(f"{name} has no label {safe_text(text)} any more")


@label.command("list", epilog="Example: ketlit label list")
def label_list(context: typer.Context, key: MaybeKey = "", format: Format = "") -> None:
    """List your labels, with how many studies have each."""
    how = chosen_format(format)
    with reader(context) as library:
        found = library.labels(library.named(key) if key else None)
    if how == "table":
        from ketlit.render import lists
        from ketlit.render.table import Screen

        lists.labels(Screen(sys.stdout, color=context.obj.color), found)
    else:
        rows = [{"label": one.name, "k": one.k} for one in found]
        plain.write_rows(rows, ("label", "k"), how, sys.stdout)


@tag.command("add", epilog="Example: ketlit tag add noppers2011 direction:no_difference")
def tag_add(context: typer.Context, key: Key, term: TermText) -> None:
    """Say that a term applies to a study: also its design, context, direction or number of participants.

    What you say holds over what curators, MeSH and the text say, which --why of 'show' still shows. A direction is
    favours_intervention (or better), favours_comparator (or worse), no_difference, mixed or not_reported.
    """
    _set_tag(context, key, term, applies=True)


@tag.command("remove", epilog="Example: ketlit tag remove noppers2011 condition:crps")
def tag_remove(context: typer.Context, key: Key, term: TermText) -> None:
    """Say that a term does not apply to a study, whoever gave it.

    Of a direction or number that only you gave, yours is taken back, and what others found counts again. What others
    gave is denied: without its direction a study says nothing of its result, without its number it has none.
    """
    _set_tag(context, key, term, applies=False)


def _set_tag(context: typer.Context, key: str, typed: str, *, applies: bool) -> None:
    from ketlit.intake import people
    from ketlit.tagging import taxonomy

    with writing_on(context, key) as (connection, library, number, name):
        axis, term = _term(library, typed)
        did = people.set_tag(connection, taxonomy.load(), number, axis, term, applies=applies)
    if not did:
        tell(f"{name} {'had' if applies else 'does not have'} {axis}:{term} {'already' if applies else 'anyway'}")
    else:
        tell(f"{name} {'has' if applies else 'does not have'} {axis}:{term}; what others said is still shown by --why")


def _term(library: Reader, typed: str) -> "tuple[Axis, str]":
    """The one term that `axis:term` names, by id or any other name, or the value of its axis. Raises UsageError."""
    from ketlit.intake.people import read_alone
    from ketlit.vocabulary import READ_ALONE

    on, colon, named = typed.partition(":")
    if not colon or not named.strip():
        raise UsageError(f"{typed[:80]!r} is not axis:term", "such as condition:crps; all terms: ketlit terms")
    axis = chosen_axis(on)
    if axis in READ_ALONE:
        return axis, read_alone(axis, named)
    found = library.terms_known.resolve(axis, named)
    if len(found) > 1:
        raise UsageError(f"{named[:80]!r} names several terms", f"one of: {', '.join(found)}")
    return axis, found[0]


@study.command("exclude", epilog="Example: ketlit study exclude shirani2008 --why 'one case'")
def study_exclude(
    context: typer.Context,
    key: Key,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.", show_default=False)] = "",
) -> None:
    """Leave a study out: it stays, greyed, and is never pooled."""
    _screen(context, key, excluded=True, why=why)


@study.command("include", epilog="Example: ketlit study include shirani2008")
def study_include(
    context: typer.Context,
    key: Key,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.", show_default=False)] = "",
) -> None:
    """Take a study back in that was left out; both decisions are kept."""
    _screen(context, key, excluded=False, why=why)


def _screen(context: typer.Context, key: str, *, excluded: bool, why: str) -> None:
    from ketlit.intake import people

    with writing_on(context, key) as (connection, _, number, name):
        did = people.set_screening(connection, number, excluded=excluded, why=why)
    tell(f"{name} is {'' if did else 'already '}{'excluded' if excluded else 'included'}")
