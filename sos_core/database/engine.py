"""Engines for SQLite (the embedded default) and PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
STALE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""After these a connection may keep what is over: a file that was opened read-only stays so."""
READ_ONLY = "25006"
PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
"""A server that vanished without a word is noticed within a minute, one that is away in ten seconds."""


def make_database_engine(url: str) -> Engine:
    """Return an engine for ``url`` (``sqlite:///file`` or ``postgresql://...``)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    patience = {name: value for name, value in PATIENCE.items() if name not in parsed.query}
    engine = create_engine(
        parsed, pool_pre_ping=True, pool_size=10, max_overflow=10, connect_args=patience
    )

    @event.listens_for(engine, "handle_error")
    def open_anew(context: ExceptionContext) -> None:
        # After a failover the old connections may lead to a server that will never write again.
        if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
            context.is_disconnect = True

    return engine


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=20)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling would begin late and commit DDL early.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            # A sealed ballot of 1 KiB fits into a page of this size; in smaller ones each would
            # take a page of its own. It is for new files only.
            "page_size=8192",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "handle_error")
    def open_anew(context: ExceptionContext) -> None:
        code = getattr(context.original_exception, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in STALE:
            context.is_disconnect = True

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A writer that begins as a reader may fail at its first write; IMMEDIATE waits instead.
        writes = connection.get_execution_options().get("sos_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
