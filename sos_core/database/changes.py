"""Tells cheaply whether anything was committed, so that what was read may be taken for true still."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")


class Changes:
    """Stamps of a database: between two that are equal, nobody committed anything.

    On SQLite a stamp is the ``data_version`` of a connection that never writes, which costs a few
    microseconds; on PostgreSQL it is the set of transactions that are seen, which costs a question.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Any = None
        self._opened = 0
        self.quick = engine.dialect.name == "sqlite"
        """Whether a stamp may be taken on the event loop."""

    def stamp(self) -> str | None:
        """Return the present stamp, None where it cannot be had: then nothing is known."""
        try:
            return self._of_sqlite() if self.quick else self._of_postgresql()
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
            self.close()
            return None

    def close(self) -> None:
        """Let go of the connection; the next stamp opens another, and equals no earlier one."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(self._engine.dialect.loaded_dbapi.Error):
                connection.close()

    def _of_sqlite(self) -> str:
        with self._lock:
            if self._connection is None:
                raw = self._engine.raw_connection()
                # A connection of its own for as long as the process lives has no place in the pool.
                raw.detach()
                self._connection = raw.dbapi_connection
                self._opened += 1
            [version] = self._connection.execute("PRAGMA data_version").fetchone()
            return f"{self._opened}:{version}"

    def _of_postgresql(self) -> str:
        options = {"isolation_level": "AUTOCOMMIT"}
        with self._engine.connect().execution_options(**options) as connection:
            return str(connection.scalar(SNAPSHOT))
