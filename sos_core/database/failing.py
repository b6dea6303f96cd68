"""What a failure of the database itself means: most pass, and the same call works later.

A full disk, a lost connection, a server that restarts, a database that is read-only for a while:
none is an error of the program. Each becomes Unavailable, after which nothing was acknowledged.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sos_core.errors import Unavailable

SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOMEM,
    }
)
POSTGRESQL_BUSY = ("40", "53300", "53400", "55P03", "57014")
"""Serialization and deadlock, too many connections, limits, locks, and statements that took too long."""
POSTGRESQL_AWAY = ("08", "53", "57P", "58")
"""Connection, resources, shutdown and start-up, and the operating system's errors."""


def as_unavailable(error: BaseException) -> Unavailable | None:
    """Return what a failure of the database means to a caller; None for a mistake of the program."""
    if isinstance(error, PoolTimeout):
        return _busy()
    if not isinstance(error, DBAPIError):
        return None
    code = sqlite_code(error)
    if code is not None:
        return _of_sqlite(code)
    return _of_postgresql(error, getattr(error.orig, "sqlstate", None) or "")


def sqlite_code(error: DBAPIError) -> int | None:
    """Return SQLite's primary result code, None where the error came from elsewhere."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def _of_sqlite(code: int) -> Unavailable | None:
    if code in SQLITE_BUSY:
        return _busy()
    if code == sqlite3.SQLITE_FULL:
        return _full()
    if code == sqlite3.SQLITE_READONLY:
        return _read_only()
    return _away() if code in SQLITE_AWAY else None


def _of_postgresql(error: DBAPIError, state: str) -> Unavailable | None:
    if state == "53100":
        return _full()
    if state == "25006":
        return _read_only()
    if state.startswith(POSTGRESQL_BUSY):
        return _busy()
    # Without a state no server answered: the connection could not be made, or was cut.
    lost = error.connection_invalidated or (not state and isinstance(error, OperationalError))
    return _away() if lost or state.startswith(POSTGRESQL_AWAY) else None


def _busy() -> Unavailable:
    return Unavailable(
        "The database has too much to do at this moment; nothing was lost.",
        "Try again in a few seconds.",
        code="database_busy",
        retry_after=2,
    )


def _away() -> Unavailable:
    return Unavailable(
        "SOS cannot reach its database at this moment; what you just sent was not confirmed.",
        "Try again in a few seconds.",
        code="database_away",
        retry_after=5,
    )


def _full() -> Unavailable:
    return Unavailable(
        "SOS has no room left to save; what you just sent was not saved.",
        "Try again in some minutes. If it stays so, tell whoever runs SOS: the disk is full.",
        code="database_full",
        retry_after=30,
    )


def _read_only() -> Unavailable:
    return Unavailable(
        "SOS cannot save at this moment; what you just sent was not saved.",
        "Try again in some minutes. If it stays so, tell whoever runs SOS: the database is read-only.",
        code="database_read_only",
        retry_after=30,
    )
