"""Looking after a library file: back it up, check it, repair what can be made again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from ketlit.errors import CorruptLibrary, DiskFull, LibraryError, ReadOnlyLibrary
from ketlit.store.connect import SCHEMA, SqliteLibrary, _connect, explain, look, open_writer

NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ncpfs"})


class Check(NamedTuple):
    """What was looked at, what was found ("" is: nothing wrong), and whether `--repair` can mend it."""

    name: str
    problem: str
    repairable: bool = False


@contextmanager
def written_beside(path: str, *, force: bool = False) -> Iterator[str]:
    """A temporary name in the folder of `path`, moved to it (fsynced) when the block ends well, else removed.

    Raises LibraryError where `path` exists and `force` is not given, ReadOnlyLibrary where the folder cannot
    be written.
    """
    if os.path.isdir(path):
        raise LibraryError(f"{path} is a directory", "give the path of a file")
    if not force and os.path.lexists(path):
        raise LibraryError(f"{path} exists already", "choose another name, or add --force")
    beside = f"{path}.part{os.getpid()}"
    try:
        yield beside
        with open(beside, "rb") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        if error.errno == 28:
            raise DiskFull(f"no room left for {path}", "free some space, run again") from error
        raise ReadOnlyLibrary(f"{path} cannot be written: {error.strerror}", "choose another path") from error
    finally:
        if os.path.lexists(beside):
            os.unlink(beside)


def backup(path: str, to: str, *, force: bool = False) -> None:
    """Copy the library at `path` whole to `to`, also while it is in use, and check the copy.

    VACUUM INTO, because a plain copy of a WAL library misses what is still in its log. Raises CorruptLibrary
    where the copy is not sound; then there is no copy.
    """
    state = look(path)
    if state.kind in {"missing", "empty"}:
        raise LibraryError(f"there is no library at {path}", "make one with 'ketlit db create'")
    with written_beside(to, force=force) as beside:
        try:
            with closing(_connect(path, "mode=rw")) as connection:
                os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                connection.execute("VACUUM INTO ?", (beside,))
            with closing(_connect(beside, "mode=rw")) as copy:
                said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.Error as error:
            raise explain(error, path) from error
        if said != "ok":
            raise CorruptLibrary(f"the copy of {path} is damaged: {said}", "run 'ketlit db check'")


def check(path: str) -> list[Check]:
    """Look a library over: pages, foreign keys, the full-text index, its tables, where it lies."""
    found = []
    library = open_writer(path)
    with closing(library), _told(path):
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
