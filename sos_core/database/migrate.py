"""Brings a database to a revision of its schema, and tells at which one it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sos_core.database.database import Database

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every migration up to ``revision``; does nothing when the database is there already."""
    from alembic import command

    with database.write_gate, _write_connection(database) as connection:
        command.upgrade(_config(connection), revision)


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


def _write_connection(database: Database) -> Connection:
    return database.engine.execution_options(sos_write=True).begin()  # type: ignore[return-value]


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
