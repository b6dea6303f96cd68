"""Stamps of a database: equal while nobody commits, another one after whoever did."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from sos_core.clock import now
from sos_core.database import Database
from sos_core.database.changes import Changes
from sos_core.organizations.commands import create_organization


def add(database: Database, name: str) -> None:
    with database.write(None) as session:
        create_organization(session, name=name, language="en", time_zone="UTC", now=now())


def test_stamps_are_equal_while_nothing_is_committed(database: Database) -> None:
    first = database.changes.stamp()
    assert first is not None
    with database.read(None) as session:
        session.execute(text("SELECT 1"))
    assert database.changes.stamp() == first


def test_a_commit_of_this_process_or_of_another_changes_the_stamp(
    database: Database, database_url: str
) -> None:
    stamps = [database.changes.stamp()]
    add(database, "Here")
    stamps.append(database.changes.stamp())
    other = Database(database_url)
    add(other, "There")
    other.close()
    stamps.append(database.changes.stamp())
    assert None not in stamps
    assert len(set(stamps)) == 3


def test_what_was_rolled_back_was_never_there_to_be_seen(database: Database) -> None:
    class Changed(Exception):
        pass

    first = database.changes.stamp()
    with pytest.raises(Changed), database.write(None) as session:
        create_organization(session, name="No", language="en", time_zone="UTC", now=now())
        session.flush()
        if database.is_sqlite:
            assert database.changes.stamp() == first
        raise Changed


def test_no_stamp_is_had_where_there_is_no_database() -> None:
    engine = create_engine("sqlite:////nowhere/at/all/sos.db")
    changes = Changes(engine)
    assert changes.stamp() is None
    changes.close()
    engine.dispose()


def test_a_new_connection_never_repeats_a_stamp(sqlite_database: Database) -> None:
    first = sqlite_database.changes.stamp()
    sqlite_database.changes.close()
    assert sqlite_database.changes.stamp() not in (None, first)
