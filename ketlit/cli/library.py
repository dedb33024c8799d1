"""`ketlit db`: make, look after and back up a library."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from ketlit.cli.opening import for_writing, make, open_to_look, place_of, refresh, tell
from ketlit.errors import CorruptLibrary, LibraryError, NoLibrary
from ketlit.store.connect import look

db = typer.Typer(no_args_is_help=True, help="Make, look after and back up a library.", add_completion=False)

FormatOption = Annotated[str, typer.Option("--format", help="table, tsv, csv, json or jsonl.", show_default=False)]


@db.command(epilog="Example: ketlit db create study-group.db")
def create(
    context: typer.Context,
    path: Annotated[str | None, typer.Argument(help="Where; the default library if not given.")] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Without the curated studies.")] = False,
) -> None:
    """Make a library with the curated studies in it."""
    wanted = place_of(path if path is not None else context.obj.db).path
    if look(wanted).kind != "missing":
        raise LibraryError(f"{wanted} exists already", f"use it with --db {wanted}, or choose another path")
    make(wanted, seed=not empty)


@db.command("path", epilog='Example: cp "$(ketlit db path)" elsewhere  (better: ketlit db backup FILE)')
def show_path(context: typer.Context) -> None:
    """Print where the library is."""
    print(place_of(context.obj.db).path)


@db.command(epilog="Example: ketlit db info --format json")
def info(context: typer.Context, format: FormatOption = "") -> None:
    """Say what the library is: place, size, schema, release of the curated data, what is in it."""
    from ketlit.store.upkeep import describe

    path = _existing(context)
    with open_to_look(path) as library:
        _print_pairs(describe(library), format)


@db.command(epilog="Example: ketlit db check --repair")
def check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Make the full-text index again where it is stale.")] = False,
) -> None:
    """Check pages, references, the full-text index, tables and counts. Exits 4 where something is wrong."""
    from ketlit.store.upkeep import check as look_over
    from ketlit.store.upkeep import reindex

    path = _existing(context)
    found = look_over(path)
    mended = repair and any(item.problem and item.repairable for item in found)
    if mended:
        reindex(path)
        found = look_over(path)
    for item in found:
        print(f"{item.name:<16} {item.problem or 'ok'}")
    if mended:
        tell("made the full-text index again")
    wrong = [item for item in found if item.problem]
    if wrong:
        way = "run 'ketlit db check --repair'" if all(item.repairable for item in wrong) else "restore a backup"
        raise CorruptLibrary(f"{path}: {', '.join(item.name for item in wrong)} not in order", way)


@db.command(epilog="Example: ketlit db backup ~/ketlit-2026-01.db")
def backup(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="The copy to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Copy the library whole to FILE, also while it is in use, and check the copy."""
    from ketlit.store.upkeep import backup as copy_to

    file = os.path.expanduser(file)
    copy_to(_existing(context), file, force=force)
    tell(f"backed up to {file}")


@db.command(epilog="Example: ketlit db upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the library up to this release: its tables (after a backup) and the curated studies."""
    path = _existing(context)
    with for_writing(context.obj.db):
        pass  # opening it did the work
    refresh(path, must=True)
    tell(f"{path} is up to date")


@db.command(epilog="Example: ketlit db reindex")
def reindex(context: typer.Context) -> None:
    """Make the full-text index again from the texts."""
    from ketlit.store.upkeep import reindex as again

    path = _existing(context)
    with for_writing(context.obj.db):
        pass  # upgraded first, where it was older
    again(path)
    tell("made the full-text index again")


@db.command(epilog="Example: ketlit db retag --format json")
def retag(context: typer.Context, format: FormatOption = "") -> None:
    """Make all automatic tags again, and say what moved: after a change of the taxonomy or its cues."""
    from ketlit.cli.options import chosen_format
    from ketlit.intake.apply import Intake
    from ketlit.intake.retag import tag_again
    from ketlit.tagging import taxonomy

    how = chosen_format(format)
    _existing(context)
    with for_writing(context.obj.db) as connection:
        moved = tag_again(Intake(connection, taxonomy.load(), kind="retag"), _watched)
    both = moved.gained + moved.lost
    terms = sorted(both, key=lambda term: (term[0], -both[term], term))
    if how == "table":
        for axis, term in terms:
            print(f"{axis:<16} {term:<36} {moved.gained[axis, term]:>+6} {-moved.lost[axis, term]:>+6}")
        print(f"{moved.studies:,} studies read again, {moved.changed:,} changed")
    else:
        from ketlit.render.plain import write_rows

        rows = [{"axis": one[0], "term": one[1], "gained": moved.gained[one], "lost": moved.lost[one]} for one in terms]
        write_rows(rows, ("axis", "term", "gained", "lost"), how, sys.stdout)
        tell(f"{moved.studies:,} studies read again, {moved.changed:,} changed")


def _watched(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} of {of:,}", end="\n" if done >= of else "", file=sys.stderr, flush=True)


def _existing(context: typer.Context) -> str:
    path = place_of(context.obj.db).path
    kind = look(path).kind
    if kind in {"missing", "empty"}:
        what = "there is no library at" if kind == "missing" else "there is an empty file, no library, at"
        raise NoLibrary(f"{what} {path}", f"make one with 'ketlit db create {path}'")
    return path


def _print_pairs(pairs: dict[str, Any], format: str) -> None:
    """One object in the format asked for: aligned lines for eyes, else as scripts want it."""
    from ketlit.cli.options import chosen_format

    chosen = chosen_format(format)
    if chosen in {"json", "jsonl"}:
        import json

        print(json.dumps(pairs, ensure_ascii=False, indent=2 if chosen == "json" else None))
    elif chosen in {"tsv", "csv"}:
        import csv

        writer = csv.writer(sys.stdout, delimiter="\t" if chosen == "tsv" else ",", lineterminator="\n")
        writer.writerows(pairs.items())
    else:
        for name, value in pairs.items():
            print(f"{name:<16} {value}")
