"""Making a library's tables and bringing an older library up to date, with a backup first."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from ketlit.errors import CorruptLibrary, LibraryError, NotALibrary, ReadOnlyLibrary
from ketlit.resources import MIGRATIONS
from ketlit.store import search_index
from ketlit.store.connect import (
    APPLICATION_ID,
    SCHEMA,
    _connect,
    explain,
    look,
    open_reader,
    open_writer,
    state,
)
from ketlit.store.engine import begin, raw, tell, writing
from ketlit.store.placing import remove
from ketlit.store.upkeep import backup

if TYPE_CHECKING:
    from sqlalchemy import Connection


def new_file(path: str) -> None:
    """An empty library file at `path`, which must not exist: mode 0600, our application_id, WAL.

    Raises LibraryError where the file exists, ReadOnlyLibrary where its folder cannot be made or written.
    """
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise LibraryError(f"{path} exists already", "choose another path, or use it with --db") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise ReadOnlyLibrary(f"{path} cannot be made: {said}", "choose another path with --db") from error
    try:
        with closing(_connect(path, "mode=rw")) as connection:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        remove(path)
        raise explain(error, path) from error


def to_newest(connection: Connection) -> None:
    """Run the migrations that a library lacks, and make its full-text index, in one transaction.

    On SQLite foreign keys are off meanwhile (a batch ALTER with them on deletes children silently), and are
    checked before the commit. Raises CorruptLibrary where rows would be left without their parents.
    """
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # said to the driver: through SQLAlchemy a transaction would begin, and inside one the pragma does nothing
        raw(connection).execute("PRAGMA foreign_keys=OFF")
    try:
        with begin(connection):
            before = _counts(connection)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if sqlite:
                connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
                orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if orphans:
                    raise CorruptLibrary(f"the upgrade would leave {len(orphans)} rows without their parents")
            _keep_all_rows(before, _counts(connection))
            search_index.create(connection)
    finally:
        if sqlite:
            raw(connection).execute("PRAGMA foreign_keys=ON")


def upgrade(path: str) -> tuple[int, int, str]:
    """Bring the older library at `path` up to date: (old schema, new schema, path of the backup made first).

    Where it was up to date already, that path is "". Raises ReadOnlyLibrary where it, or the backup beside it,
    cannot be written.
    """
    if look(path).kind in {"missing", "empty"}:
        raise NotALibrary(f"{path} is not a library", "make one with 'ketlit db create'")
    old = _schema_to_leave(path)
    if old == SCHEMA:
        return SCHEMA, SCHEMA, ""
    copy = f"{path}.schema{old}.backup"
    number = 1
    while os.path.lexists(copy):
        number += 1
        copy = f"{path}.schema{old}.backup{number}"
    try:
        backup(path, copy)
    except ReadOnlyLibrary as error:
        raise _cannot_upgrade(path, old) from error
    with writing(path) as connection:
        try:
            to_newest(connection)
        except Exception as error:  # alembic lets everything through; ours go out as they are
            raise tell(error, path) from error
    return old, SCHEMA, copy


def _schema_to_leave(path: str) -> int:
    """The schema of the library at `path`, its log included. Raises ReadOnlyLibrary where it cannot be upgraded."""
    with closing(open_reader(path)) as library:
        old = state(library).schema
    if old < SCHEMA:
        try:
            with closing(open_writer(path)) as writer:
                # a file that may only be read opens all the same; what tells is the lock
                writer.rows("BEGIN IMMEDIATE")
                writer.rows("ROLLBACK")
        except ReadOnlyLibrary as error:
            raise _cannot_upgrade(path, old) from error
    return old


def _cannot_upgrade(path: str, old: int) -> ReadOnlyLibrary:
    return ReadOnlyLibrary(
        f"{path} is of an older schema ({old}, now {SCHEMA}) and cannot be upgraded where it is: "
        "it, or its folder, cannot be written",
        "copy it to where it can be written, and use the copy with --db",
    )


def _counts(connection: Connection) -> dict[str, int]:
    """Rows of the tables that people and curators fill."""
    from sqlalchemy import inspect

    there = set(inspect(connection).get_table_names())
    kept = [name for name in ("study", "note", "label", "screening", "judgement", "finding", "tag") if name in there]
    return {name: int(_one(connection, f"SELECT count(*) FROM {name}")) for name in kept}


def _keep_all_rows(before: dict[str, int], after: dict[str, int]) -> None:
    for name, rows in before.items():
        if after.get(name, 0) < rows:
            raise CorruptLibrary(
                f"the upgrade would lose {rows - after.get(name, 0)} rows of {name}; nothing was changed"
            )


def _one(connection: Connection, sql: str) -> Any:
    return connection.execute(text(sql)).scalar_one()
