"""Locks on whole tables; SQLite has one writer and needs none."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, text

from sos_core.database.base import Base
from sos_core.database.session import OrganizationSession


def hold_table(session: OrganizationSession, mapped: type[Base]) -> None:
    """Let nobody else write to a table, or hold it, until the commit; reading goes on."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        name = connection.dialect.identifier_preparer.quote(cast("Table", mapped.__table__).name)
        connection.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))
