"""Tables whose rows of one survey are dropped whole, so that deleting leaves no trace.

PostgreSQL keeps a partition a survey: row headers tell the order of writing, so a partition is
written anew in another order, or dropped. SQLite overwrites what it deletes and is compacted.
"""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from sos_core.database.database import Database

PARTITIONED = ("participation", "ballot")
"""The tables with a partition a survey; they are made and dropped with the survey."""


def create_partitions(session: Session, survey_id: int) -> None:
    """Make room for a new survey's rows; repeating it is harmless."""
    if _is_postgresql(session):
        for table in PARTITIONED:
            _of_owner(session, "make_partition", table, survey_id)


def empty_partition(session: Session, table: str, survey_id: int) -> None:
    """Remove every row of a survey from ``table``; repeating it is harmless."""
    if _is_postgresql(session):
        _of_owner(session, "drop_partition", table, survey_id)
        return
    overwrite_deleted(session)
    session.execute(
        text(f"DELETE FROM {table} WHERE survey_id = :survey").bindparams(
            bindparam("survey", survey_id)
        )
    )


def overwrite_deleted(session: Session) -> None:
    """Have SQLite overwrite what is deleted on this connection; nothing on PostgreSQL."""
    if not _is_postgresql(session):
        session.execute(text("PRAGMA secure_delete=ON"))


def has_rows(session: Session, table: str, survey_id: int) -> bool:
    """Return whether ``table`` holds any row of a survey."""
    found = session.execute(
        text(f"SELECT 1 FROM {table} WHERE survey_id = :survey LIMIT 1"), {"survey": survey_id}
    )
    return found.first() is not None


def rewrite_partition(session: Session, table: str, survey_id: int, order_by: str) -> None:
    """Write a survey's rows of ``table`` anew in the order of the column ``order_by``."""
    if _is_postgresql(session):  # on SQLite the compaction after the tally writes every page anew
        _of_owner(session, "rewrite_partition", table, survey_id, order_by)


def compact(database: Database) -> None:
    """Write a SQLite file anew without the remains of deleted rows; nothing on PostgreSQL."""
    if not database.is_sqlite:
        return
    with database.write_gate, database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is None:
            raise RuntimeError("The database connection is closed.")
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _of_owner(session: Session, function: str, *arguments: int | str) -> None:
    """Let the owner of the tables do what the role that serves may not (see the migration)."""
    session.flush()
    session.execute(select(getattr(func, function)(*arguments)))
