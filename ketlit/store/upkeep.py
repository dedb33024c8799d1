"""Looking after a library file: back it up, check it, repair what can be made again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from ketlit.errors import CorruptLibrary, LibraryError, ReadOnlyLibrary
from ketlit.store.connect import SCHEMA, SqliteLibrary, explain, look, open_reader, open_writer, state
from ketlit.store.placing import written_beside, written_through

NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ncpfs"})


class Check(NamedTuple):
    """What was looked at, what was found ("" is: nothing wrong), and whether `--repair` can mend it."""

    name: str
    problem: str
    repairable: bool = False


def backup(path: str, to: str, *, force: bool = False) -> None:
    """Copy the library at `path` whole to `to`, also while it is in use, and check the copy.

    VACUUM INTO, because a plain copy of a WAL library misses what is still in its log. Raises CorruptLibrary
    where the copy is not sound; then there is no copy. Raises LibraryError where `to` is the library itself or no
    file, LibraryBusy where it is a library that is in use.
    """
    kind = look(path).kind
    if kind in {"missing", "empty"}:
        raise LibraryError(f"there is no library at {path}", "make one with 'ketlit db create'")
    if os.path.exists(to) and os.path.samefile(path, to):
        raise LibraryError(f"{to} is the library itself", "give another name for the copy")
    if written_through(to):
        raise LibraryError(f"{to} is a device or a pipe", "give the path of a file")
    with written_beside(to, force=force, over_library=True) as beside:
        with closing(_to_copy(path)) as library, _told(path):
            os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            # where the library is open for reading alone, the copy is written over that connection all the same
            library.connection.execute("PRAGMA query_only=OFF")
            # a path that is not UTF-8 cannot be a text parameter
            library.connection.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(beside),))
        with closing(open_reader(beside)) as copy, _told(path):
            said = _integrity(copy.connection)
        if said:
            raise CorruptLibrary(f"the copy of {path} is damaged: {said}", "run 'ketlit db check'")
    with closing(open_reader(to)) as copy:
        state(copy)


def check(path: str) -> list[Check]:
    """Look a library over: pages, foreign keys, the full-text index, its tables, where it lies."""
    found = []
    with closing(_to_check(path)) as library, _told(path):
        connection = library.connection
        found.append(Check("pages", _integrity(connection)))
        if found[0].problem:
            return found
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        found.append(Check("references", f"{len(orphans)} rows point to rows that are not there" if orphans else ""))
        found.append(Check("full-text index", _index_problem(connection), True))
        found.append(Check("tables", _tables_problem(connection)))
        studies, texts = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("study", "study_text")
        )
        found.append(Check("counts", "" if studies == texts else f"{studies} studies but {texts} texts"))
        schema = connection.execute("PRAGMA user_version").fetchone()[0]
        found.append(Check("schema", "" if schema == SCHEMA else f"schema {schema}, not {SCHEMA}: run 'db upgrade'"))
    system = network_file_system(path)
    found.append(Check("place", f"on a network file system ({system}), where locks are not reliable" if system else ""))
    return found


def reindex(path: str) -> None:
    """Make the full-text index again from the texts."""
    library = open_writer(path)
    with closing(library), _told(path):
        # an open transaction is rolled back when the connection closes
        library.connection.execute("BEGIN IMMEDIATE")
        library.connection.execute("INSERT INTO study_fts(study_fts) VALUES('rebuild')")
        library.connection.execute("COMMIT")


def network_file_system(path: str) -> str:
    """The kind of network file system that `path` lies on, "" where it is none or cannot be told."""
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as file:
            mounts = [line.split()[1:3] for line in file if len(line.split()) > 2]
    except OSError:
        return ""
    real = os.path.realpath(path)
    under = [(len(point), kind) for point, kind in mounts if real == point or real.startswith(point.rstrip("/") + "/")]
    kind = max(under, default=(0, ""))[1]
    return kind if kind in NETWORK_FILE_SYSTEMS else ""


@contextmanager
def _told(path: str) -> Iterator[None]:
    """SQLite's errors come out as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _to_copy(path: str) -> SqliteLibrary:
    """The library, to write where that can be: a reader that is the last to close leaves an empty log behind."""
    try:
        return open_writer(path)
    except ReadOnlyLibrary:
        return open_reader(path)


def _to_check(path: str) -> SqliteLibrary:
    """The library, or a copy for the while where it cannot be written: to check the index is to write to it."""
    try:
        return open_writer(path)
    except ReadOnlyLibrary:
        with closing(open_reader(path)) as library, _told(path):
            copy = sqlite3.connect("", isolation_level=None)  # a file without a name, gone when it is closed
            library.connection.backup(copy)
        return SqliteLibrary(copy, path)


def _integrity(connection: sqlite3.Connection) -> str:
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as error:
        return str(error)
    return "" if said == ["ok"] else "; ".join(said)[:300]


def _index_problem(connection: sqlite3.Connection) -> str:
    """Only this form of the check compares the index with the texts; the plain one says ok to a stale index."""
    try:
        connection.execute("INSERT INTO study_fts(study_fts, rank) VALUES('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return f"does not fit the texts ({error})"
    return ""


def _tables_problem(connection: sqlite3.Connection) -> str:
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    from ketlit.model import TABLES

    missing = sorted(TABLES - there)
    return f"missing: {', '.join(missing)}" if missing else ""


def describe(library: SqliteLibrary) -> dict[str, Any]:
    """What a library is: path, bytes, schema, when it was made and by which release, and how much is in it."""
    known = dict(library.rows("SELECT name, value FROM library ORDER BY name"))
    tables = ("study", "finding", "trial", "claim", "note", "label")
    counts = {table: library.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    curated, with_abstract = library.rows(
        "SELECT (SELECT count(*) FROM study WHERE curated), (SELECT count(*) FROM study_text WHERE abstract <> '')"
    )[0]
    return {
        "path": library.path,
        "bytes": os.path.getsize(library.path),
        "schema": library.rows("PRAGMA user_version")[0][0],
        "sqlite": sqlite3.sqlite_version,
        "made": known.get("created_at", ""),
        "release": known.get("seed_version", ""),
        "studies": counts["study"],
        "curated": curated,
        "abstracts": with_abstract,
        "findings": counts["finding"],
        "trials": counts["trial"],
        "claims": counts["claim"],
        "notes": counts["note"],
        "labels": counts["label"],
    }
