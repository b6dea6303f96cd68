"""The migration of jobs goes down and up again with rows in its tables."""

from __future__ import annotations

from sqlalchemy import inspect

from sos_core.database import Database
from sos_core.database.migrate import downgrade, upgrade
from sos_core.jobs import enqueue, once, send_signal
from sos_core.jobs.outbox import ENQUEUED
from sos_core.jobs.signals import SIGNALS


def test_down_and_up_with_rows(
    database: Database, owner_database: Database, organization_id: int
) -> None:
    fill(database, organization_id)
    downgrade(owner_database, "0001")
    assert not {"job", "effect", "signal"} & set(inspect(database.engine).get_table_names())
    upgrade(owner_database)
    fill(database, organization_id)


def fill(database: Database, organization_id: int) -> None:
    with database.write(organization_id) as session:
        enqueue(session, "room.act", organization_id)
        assert once(session, "effect")
        send_signal(session, "rate")
        session.flush()
        assert session.info[ENQUEUED]
        assert (SIGNALS in session.info) == database.is_sqlite
