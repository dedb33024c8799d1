"""How a command gets its library: found, made, brought up to date, or refused with the way out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ketlit import resources
from ketlit.cli.wrapping import wrapped
from ketlit.errors import KetlitError, LibraryError, NoLibrary, NotALibrary
from ketlit.settings import Place, library_place
from ketlit.store.connect import SqliteLibrary, look, open_reader
from ketlit.store.reader import Reader
from ketlit.vocabulary import NOT_KETAMINE

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from typer import Context

READER_WAITS_MS: Final = 200


def only_named(k: int, added: int) -> str:
    """One line on studies that came in and are of something else; "" where none is."""
    if not k:
        return ""
    told = f"{k:,} of the {added:,} added only {'mention' if k > 1 else 'mentions'} ketamine, or not even that"
    return f"{told}: ketlit search --context {NOT_KETAMINE}"


def tell(line: str) -> None:
    """One line of news on stderr."""
    print(wrapped(f"ketlit: {line}"), file=sys.stderr)


def place_of(db: str | None) -> Place:
    """The library that `--db`, the environment, the settings or the default name; a file, for now."""
    place = library_place(db)
    if "://" in place.path:
        scheme = place.path.partition("://")[0]
        raise LibraryError(f"a library at {scheme}:// cannot be used from here yet", "give the path of a file")
    return place


def for_reading(db: str | None) -> SqliteLibrary:
    """The library, open for reading. The default one is made if need be; one named by hand is not.

    An older library is backed up and upgraded; a newer release's curated data are merged in. Where the
    library cannot be written, it is read as it is.
    """
    path, by_hand = place_of(db)
    state = look(path)
    if state.kind == "missing":
        if by_hand:
            raise NoLibrary(f"there is no library at {path}", f"make one with 'ketlit db create {path}'")
        make(path)
    _ready(path, look(path).kind)
    library = open_reader(path)
    if _stamp(library) == resources.stamp():
        return library
    library.close()
    refresh(path)
    return open_reader(path)


@contextmanager
def reader(context: Context) -> Iterator[Reader]:
    """Questions to the library that a command was given."""
    library = for_reading(context.obj.db)
    if context.obj.verbose:
        tell(f"reading {library.path}")
    try:
        yield Reader(library)
    finally:
        library.close()


@contextmanager
def for_writing(db: str | None, *, dry: bool = False) -> Iterator[Connection]:
    """A connection to write with; the library is made if need be, and up to date. `dry`: nothing will be written."""
    from ketlit.store.engine import writing

    path, by_hand = place_of(db)
    if look(path).kind == "missing":
        if dry and by_hand:
            raise NoLibrary(f"there is no library at {path}", f"make one with 'ketlit db create {path}'")
        make(path)
    _ready(path, look(path).kind)
    with open_to_look(path) as library:
        current = _stamp(library) == resources.stamp()
    if not current:
        refresh(path, must=True)
    with writing(path) as connection:
        yield connection


@contextmanager
def open_to_look(path: str) -> Iterator[SqliteLibrary]:
    """The library at `path` as it is, for reading."""
    library = open_reader(path)
    try:
        yield library
    finally:
        library.close()


def make(path: str, *, seed: bool = True) -> None:
    """Make a library at `path`, whole or not at all: built beside, then linked into place.

    Where another process was faster, its library is kept. What a lost library of that name left in its log is set
    aside: SQLite would read it into the new one.
    """
    from ketlit.store.lock import placing
    from ketlit.store.placing import part_name, remove, set_aside, sweep
    from ketlit.store.upkeep import network_file_system

    target = os.path.realpath(path)  # a link to nothing yet is kept: the file it names is made
    sweep(target)
    beside = part_name(target)
    try:
        told = _build(beside, seed=seed)
        with placing(target):
            if os.path.lexists(target):
                return
            aside = set_aside(target)
            _into_place(beside, target)
    except FileExistsError:
        return
    except LibraryError as error:  # the name that it is built under says nothing to a person
        raise type(error)(str(error).replace(beside, path), error.hint) from error
    finally:
        remove(beside)
    for name in aside:
        tell(f"there was the log of a lost library; it is kept as {name}")
    tell(f"made the library {path}" + (f" ({told})" if told else " (empty)"))
    system = network_file_system(path)
    if system:
        tell(f"the library lies on a network file system ({system}), where two writers may harm it")


def _build(path: str, *, seed: bool) -> str:
    """A whole library at `path`, all in the one file: what was put in, in words."""
    from ketlit.intake import load_seed
    from ketlit.store.engine import empty_log, writing
    from ketlit.store.migrate import new_file, to_newest

    new_file(path)
    with writing(path) as connection:
        to_newest(connection)
        told = load_seed(connection) if seed else load_seed(connection, studies=False)
        empty_log(connection)
    return told


def refresh(path: str, *, must: bool = False) -> None:
    """Merge this release's curated data into the library; what people wrote stays.

    Where the library cannot be written, or another is writing to it, it is left as it is, unless it `must` be current.
    """
    from ketlit.intake import load_seed
    from ketlit.store.engine import writing

    try:
        # who only reads does not wait for a writer: the next command tries again
        with writing(path, wait_ms=None if must else READER_WAITS_MS) as connection:
            told = load_seed(connection)
    except KetlitError:
        if must:
            raise
        return
    if told:
        tell(f"brought the curated studies up to date ({told})")


def _ready(path: str, kind: str) -> None:
    if kind == "empty":
        raise NotALibrary(f"{path} is empty, not a ketlit library", "remove it, or choose another with --db")
    if kind == "older":
        from ketlit.store.migrate import upgrade

        old, new, copy = upgrade(path)
        if not copy:  # only the log knew that it is up to date
            return
        tell(f"upgraded {path} from schema {old} to {new}; a backup is {copy}")


def _stamp(library: SqliteLibrary) -> str:
    found = library.rows("SELECT value FROM library WHERE name = 'seed_stamp'")
    return str(found[0][0]) if found else ""


def _into_place(beside: str, path: str) -> None:
    """Move a finished file to `path`; FileExistsError where there is one by now."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.rename(beside, path)
