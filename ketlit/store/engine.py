"""The writing side's connections: SQLAlchemy over SQLite or PostgreSQL, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ketlit.errors import LibraryBusy, LibraryError
from ketlit.store.connect import explain, open_writer

if TYPE_CHECKING:
    from sqlalchemy import Connection


@contextmanager
def writing(place: str, *, wait_ms: int | None = None) -> Iterator[Connection]:
    """A connection to write with, in autocommit until `begin`; `place` is a path or a postgresql URL.

    On SQLite it is the one connection of `connect.open_writer`: nothing is pooled, nothing stays open.
    `wait_ms` as there.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    if place.startswith("postgresql"):
        engine = create_engine(place, poolclass=NullPool)
    else:
        engine = create_engine(
            "sqlite://", creator=lambda: open_writer(place, wait_ms=wait_ms).connection, poolclass=NullPool
        )
        # the driver is left in autocommit (isolation_level None); a deferred transaction that reads and then
        # writes fails at once with SQLITE_BUSY_SNAPSHOT, so each one begins IMMEDIATE
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        connection = engine.connect()
    except Exception as error:  # whatever the driver raises: told as one of ours, or raised again as it is
        engine.dispose()
        raise tell(error, place) from error
    try:
        yield connection
    finally:
        connection.close()
        engine.dispose()


@contextmanager
def begin(connection: Connection) -> Iterator[Connection]:
    """One transaction: committed whole at the end, or rolled back; database errors come out as ours."""
    from sqlalchemy.exc import DBAPIError

    place = where(connection)
    try:
        with connection.begin():
            yield connection
    except (DBAPIError, sqlite3.Error) as error:  # the latter from what is said to the driver itself
        raise tell(error, place) from error


def where(connection: Connection) -> str:
    """The path of the SQLite library behind a connection, or the URL without its password."""
    if connection.dialect.name == "sqlite":
        # asked of the driver: through SQLAlchemy even a question begins a transaction
        asked = "SELECT CAST(file AS BLOB) FROM pragma_database_list WHERE name = 'main'"  # it need not be UTF-8
        return os.fsdecode(raw(connection).execute(asked).fetchone()[0])
    return connection.engine.url.render_as_string(hide_password=True)


def raw(connection: Connection) -> Any:
    """The driver's own connection, for bulk statements inside a `begin`."""
    return connection.connection.driver_connection


def empty_log(connection: Connection) -> None:
    """Write what is in the log of a SQLite library into its file, so that the file alone is whole.

    Raises DiskFull, LibraryBusy where another reads what is in the log.
    """
    try:
        # said to the driver: through SQLAlchemy a transaction would begin, and inside one this is refused
        busy = raw(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise tell(error, where(connection)) from error
    if busy:
        raise LibraryBusy(f"another program is reading {where(connection)}", "wait for it to finish, then run again")


def tell(error: BaseException, place: str) -> BaseException:
    """The error of ours for what a driver raised; anything that no driver raised comes back as it is."""
    from sqlalchemy.exc import DBAPIError

    cause: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return explain(cause, place)
    if isinstance(error, DBAPIError):
        lost = getattr(cause, "sqlstate", None)
        if lost in {"55P03", "40001", "40P01"}:
            return LibraryBusy("another program is writing to this library", "wait for it to finish, run again")
        said = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
        return LibraryError(f"the library cannot be used: {said}", "check the database server")
    return error
