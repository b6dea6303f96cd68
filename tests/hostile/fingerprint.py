"""A digest of everything in the database, table by table, so that a change shows and says where."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import Table, select

from sos_core.database import Database
from sos_core.database.base import Base

PASSING: Mapping[str, frozenset[str]] = {
    "access_token": frozenset({"used_at"}),
    "api_key": frozenset({"used_on"}),
    "attempt_count": frozenset({"key_hash", "times", "expires_at"}),
}
"""What requests may change: when a session and a key were last used, and how often somebody tried."""

Fingerprint = Mapping[str, str]


def fingerprint(database: Database, whose: int | None = None) -> Fingerprint:
    """Return the SHA-256 of each table's rows; ``whose``: of one organization's rows alone."""
    found = {}
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if whose is not None and "organization_id" not in table.c:
                continue
            columns = _lasting(table)
            if not columns:
                continue
            asked = select(*columns).order_by(*columns)
            if whose is not None:
                asked = asked.where(table.c.organization_id == whose)
            digest = hashlib.sha256()
            for row in connection.execute(asked):
                digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
            found[table.name] = digest.hexdigest()
    return found


def changed(before: Fingerprint, after: Fingerprint) -> list[str]:
    """Return the names of the tables that are not as they were."""
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


def _lasting(table: Table) -> list[object]:
    return [column for column in table.columns if column.name not in PASSING.get(table.name, ())]
