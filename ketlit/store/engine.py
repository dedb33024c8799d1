"""The writing side's connections: SQLAlchemy over SQLite or PostgreSQL, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ketlit.errors import LibraryBusy, LibraryError
from ketlit.store.connect import explain, open_writer

if TYPE_CHECKING:
    from sqlalchemy import Connection


@contextmanager
def writing(place: str) -> Iterator[Connection]:
    """A connection to write with, in autocommit until `begin`; `place` is a path or a postgresql URL.

    On SQLite it is the one connection of `connect.open_writer`: nothing is pooled, nothing stays open.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    if place.startswith("postgresql"):
        engine = create_engine(place, poolclass=NullPool)
    else:
        engine = create_engine("sqlite://", creator=lambda: open_writer(place).connection, poolclass=NullPool)
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
    except DBAPIError as error:
        raise tell(error, place) from error


def where(connection: Connection) -> str:
    """The path of the SQLite library behind a connection, or the URL without its password."""
    if connection.dialect.name == "sqlite":
        # asked of the driver: through SQLAlchemy even a question begins a transaction
        return str(raw(connection).execute("PRAGMA database_list").fetchone()[2])
    return connection.engine.url.render_as_string(hide_password=True)


def raw(connection: Connection) -> Any:
    """The driver's own connection, for bulk statements inside a `begin`."""
    return connection.connection.driver_connection


def tell(error: BaseException, place: str) -> BaseException:
    """The error of ours for what a driver raised; anything that no driver raised comes back as it is."""
    import sqlite3

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
