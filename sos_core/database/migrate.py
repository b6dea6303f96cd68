"""Brings a database to a revision of its schema, and tells at which one it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import ProgrammingError

from sos_core.database.database import Database
from sos_core.database.row_security import protect_tables
from sos_core.errors import NotAllowed

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

FORBIDDEN = "42501"
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every migration up to ``revision``; does nothing when the database is there already."""
    from alembic import command

    with database.write_gate, _write_connection(database) as connection:
        try:
            command.upgrade(_config(connection), revision)
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) == FORBIDDEN:
                raise _not_the_owner() from None  # its own words say less
            raise
        if revision == "head":
            protect_tables(connection)


def downgrade(database: Database, revision: str) -> None:
    """Undo migrations down to ``revision`` (``base``: all of them)."""
    from alembic import command

    with database.write_gate, _write_connection(database) as connection:
        command.downgrade(_config(connection), revision)


def current_revision(database: Database) -> str | None:
    """Return the revision of the database, None for an empty one."""
    from alembic.runtime.migration import MigrationContext

    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str | None:
    """Return the newest revision that this program knows."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _not_the_owner() -> NotAllowed:
    return NotAllowed(
        "This role may not change the database, and the database is not up to date.",
        "Run `sos database upgrade` as the role that owns the tables, then start again.",
        code="not_the_owner",
    )


def _write_connection(database: Database) -> Connection:
    return database.engine.execution_options(sos_write=True).begin()  # type: ignore[return-value]


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
