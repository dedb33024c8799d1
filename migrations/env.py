"""alembic's way in: the program hands over a connection; a developer's `alembic check` makes its own."""

from __future__ import annotations

import os
from typing import Any

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import ketlit.model  # noqa: F401  (fills the metadata)


def include_name(name: str | None, type_: str, parents: Any) -> bool:
    """The full-text index belongs to ketlit.store.search_index, not to the schema."""
    return not (type_ == "table" and (name or "").startswith("study_fts"))


def run(connection: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_name=include_name,
        transactional_ddl=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    engine = create_engine("sqlite:///" + os.environ["KETLIT_SCHEMA_DB"])
    with engine.connect() as connection:
        run(connection)
        connection.commit()
