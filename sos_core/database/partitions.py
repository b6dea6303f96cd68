"""Tables whose rows of one survey are dropped whole, so that deleting leaves no trace.

PostgreSQL keeps a partition a survey: row headers tell the order of writing, so a partition is
written anew in another order, or dropped. SQLite overwrites what it deletes and is compacted.
"""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from sos_core.database.database import Database

PARTITIONED = ("participation", "ballot")
"""The tables with a partition a survey; they are made and dropped with the survey."""


def create_partitions(session: Session, survey_id: int) -> None:
    """Make room for a new survey's rows; repeating it is harmless."""
    if not _is_postgresql(session):
        return
    for table in PARTITIONED:
        session.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS {_name(table, survey_id)} "
                f"PARTITION OF {table} FOR VALUES IN ({int(survey_id)})"
            )
        )


def empty_partition(session: Session, table: str, survey_id: int) -> None:
    """Remove every row of a survey from ``table``; repeating it is harmless."""
    if _is_postgresql(session):
        session.execute(text(f"DROP TABLE IF EXISTS {_name(table, survey_id)}"))
        return
    session.execute(text("PRAGMA secure_delete=ON"))
    session.execute(
        text(f"DELETE FROM {table} WHERE survey_id = :survey").bindparams(
            bindparam("survey", survey_id)
        )
    )


def rewrite_partition(session: Session, table: str, survey_id: int, order_by: str) -> None:
    """Write a survey's rows of ``table`` anew in the order of the column ``order_by``."""
    if not _is_postgresql(session):
        return  # the compaction after the tally writes every page anew
    old, new = _name(table, survey_id), f"{_name(table, survey_id)}_new"
    for statement in (
        f"CREATE TABLE {new} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        f"INSERT INTO {new} SELECT * FROM {old} ORDER BY {order_by}",
        f"DROP TABLE {old}",
        f"ALTER TABLE {new} RENAME TO {old}",
        f"ALTER TABLE {table} ATTACH PARTITION {old} FOR VALUES IN ({int(survey_id)})",
    ):
        session.execute(text(statement))


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


def _name(table: str, survey_id: int) -> str:
    return f"{table}_survey_{int(survey_id)}"
