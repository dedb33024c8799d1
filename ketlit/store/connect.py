"""Opening a library: connections as the rules have them, one `rows` method for SQLite and PostgreSQL.

Rules (docs/methods.md, "Storage"): autocommit connections with BEGIN IMMEDIATE for writers, foreign keys on,
busy_timeout 10 s, trusted_schema off, WAL, synchronous FULL, mode=rw so that a typo creates no file.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from urllib.parse import quote

from ketlit.errors import (
    CorruptLibrary,
    DiskFull,
    KetlitError,
    LibraryBusy,
    LibraryError,
    NewerLibrary,
    NoLibrary,
    NotALibrary,
    ReadOnlyLibrary,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

APPLICATION_ID: Final = 0x6B65746C  # "ketl"
SCHEMA: Final = 1  # the newest revision in migrations/versions, as a number
MAGIC: Final = b"SQLite format 3\x00"
BUSY_MS: Final = 10_000
SIDECARS: Final = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file, by the file's name (fileformat2, 1.3)


class Rows(Protocol):
    """What a reader needs of a library: parametrised SQL with `:name` in, tuples out."""

    dialect: str  # "sqlite" or "postgresql"

    def rows(self, sql: str, params: Mapping[str, Any] = ...) -> list[tuple[Any, ...]]: ...


class SqliteLibrary:
    """A library in one file, open for reading or for writing."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.connection = connection
        self.path = path

    def rows(self, sql: str, params: Mapping[str, Any] = {}) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def close(self) -> None:
        self.connection.close()


class PostgresLibrary:
    """The same questions over a SQLAlchemy connection."""

    dialect = "postgresql"

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.path = connection.engine.url.render_as_string(hide_password=True)

    def rows(self, sql: str, params: Mapping[str, Any] = {}) -> list[tuple[Any, ...]]:
        from sqlalchemy import text

        return [tuple(row) for row in self.connection.execute(text(sql), dict(params))]

    def close(self) -> None:
        self.connection.close()


class State(NamedTuple):
    """What lies at a path: `kind` is missing, empty, library, foreign or older; `schema` its number."""

    kind: str
    schema: int = 0


def look(path: str) -> State:
    """What lies at `path`, from its header alone; raises NotALibrary, NewerLibrary, CorruptLibrary, LibraryError.

    The header's fields: sqlite.org/fileformat2.html, offsets 60 (user_version) and 68 (application_id). What is
    still in the log, opening tells.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise NotALibrary(f"{path} is a directory, not a ketlit library", "give the path of a file")
        if not stat.S_ISREG(mode):  # to open a pipe would wait for whoever writes into it
            raise NotALibrary(f"{path} is a device or a pipe, not a ketlit library", "choose another path with --db")
        with open(path, "rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return State("missing")
    except (OSError, ValueError) as error:
        raise LibraryError(f"{path} cannot be opened: {_reason(error)}", "check the path given with --db") from None
    if not head:
        return State("empty")
    if not head.startswith(MAGIC):
        what = "a web page" if head.lstrip()[:1] == b"<" else "no SQLite database"
        raise NotALibrary(f"{path} is not a ketlit library: it is {what}", "choose another path with --db")
    if len(head) < 100:
        raise CorruptLibrary(f"{path} is cut short", "restore a backup made with 'ketlit db backup'")
    return _judged(path, int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big"))


def _judged(path: str, application: int, schema: int) -> State:
    """A library of this schema or an older one; raises NotALibrary, NewerLibrary."""
    if application != APPLICATION_ID:
        raise NotALibrary(f"{path} is the database of another program, not a ketlit library", "choose another path")
    if schema > SCHEMA:
        raise NewerLibrary(
            f"{path} was written by a newer ketlit (schema {schema}, this one knows {SCHEMA})",
            "update ketlit: pip install --upgrade ketlit",
        )
    return State("library" if schema == SCHEMA else "older", schema)


def state(library: SqliteLibrary) -> State:
    """What an open library is, its log included; raises NotALibrary, NewerLibrary."""
    application, schema = (library.rows(f"PRAGMA {name}")[0][0] for name in ("application_id", "user_version"))
    return _judged(library.path, application, schema)


def open_reader(path: str) -> SqliteLibrary:
    """Open an existing library to read. Works on read-only media too. The caller has had a `look`.

    Raises NotALibrary and NewerLibrary for what only the log says, ReadOnlyLibrary where a log cannot be read.
    """
    for options in ("mode=ro", "mode=ro&immutable=1"):
        connection = _connect(path, options)
        try:
            connection.execute("PRAGMA query_only=ON")
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            if "unable to open" in str(error) and options == "mode=ro":
                # a WAL library on a read-only medium has no -shm; with nothing in its log the file itself is whole
                if not _log(path):
                    continue
                raise ReadOnlyLibrary(
                    f"{path} cannot be read where it is: its last changes are in {path}-wal, and SQLite reads "
                    "those only in a folder that it can write",
                    "copy both files into such a folder, and use the copy with --db",
                ) from error
            raise explain(error, path) from error
        except sqlite3.Error as error:
            connection.close()
            raise explain(error, path) from error
        return _checked(SqliteLibrary(connection, path))
    raise NoLibrary(f"{path} cannot be opened", "check that its folder can be read")


def open_writer(path: str, *, wait_ms: int | None = None) -> SqliteLibrary:
    """Open an existing library to write: WAL, full sync; the writer begins its transactions IMMEDIATE.

    `wait_ms`: how long it waits for another writer, BUSY_MS if not said. Raises NotALibrary and NewerLibrary for
    what only the log says, before anything is written.
    """
    library = _checked(SqliteLibrary(_connect(path, "mode=rw", wait_ms), path))
    connection = library.connection
    try:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    return library


def _checked(library: SqliteLibrary) -> SqliteLibrary:
    """The same, when it is ours; closed otherwise."""
    try:
        state(library)
    except KetlitError:
        library.close()
        raise
    return library


def _log(path: str) -> int:
    """Bytes of the library's log; SQLite keeps it beside the file itself, not beside a link to it."""
    try:
        return os.path.getsize(os.path.realpath(path) + "-wal")
    except OSError:
        return 0


def _connect(path: str, options: str, wait_ms: int | None = None) -> sqlite3.Connection:
    # as bytes: a path need not be UTF-8
    uri = "file:" + quote(os.fsencode(os.path.abspath(path))) + "?" + options
    wait = (BUSY_MS if wait_ms is None else wait_ms) / 1000
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=wait)
    except (sqlite3.Error, ValueError) as error:
        raise explain(error, path) from error
    try:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    return connection


def explain(error: BaseException, path: str) -> KetlitError:
    """The error of ours that says what SQLite's means for the library at `path`."""
    exact = getattr(error, "sqlite_errorcode", 0)
    code = exact & 0xFF
    said = str(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusy(f"another program is writing to {path}", "wait for it to finish, then run this again")
    # what is shared between processes lies in a file too (-shm), and no room for it has a code of its own
    if code == sqlite3.SQLITE_FULL or exact == sqlite3.SQLITE_IOERR_SHMSIZE:
        return DiskFull(
            f"no room left while writing {path}; nothing of this step was kept", "free some space, run again"
        )
    if code == sqlite3.SQLITE_READONLY:
        return ReadOnlyLibrary(f"{path} cannot be written", "check its permissions, or choose another with --db")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return CorruptLibrary(f"{path} is damaged: {said}", "try 'ketlit db check --repair', or restore a backup")
    if code == sqlite3.SQLITE_CANTOPEN:
        return ReadOnlyLibrary(f"{path} cannot be opened: {said}", "check that its folder exists and can be written")
    if code == sqlite3.SQLITE_IOERR:
        return LibraryError(f"{path} cannot be read or written: {said}", "check the disk")
    if "no such table" in said or "no such column" in said:
        return CorruptLibrary(f"{path} is not complete: {said}", "try 'ketlit db upgrade', or restore a backup")
    return LibraryError(f"{path}: {said}", "run 'ketlit db check'")


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)


def plain_rows(found: Iterable[tuple[Any, ...]]) -> list[Any]:
    """The first column of each row."""
    return [row[0] for row in found]
