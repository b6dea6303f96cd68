"""A database that is full, read-only, busy or away is told in words, and works again by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.database import SMALLEST_WRITE
from sos_core.database.failing import as_unavailable
from sos_core.errors import Unavailable
from sos_core.organizations.commands import create_organization
from sos_core.organizations.queries import organizations
from tests.conftest import SUPERUSER, as_role

WRITING = "-c default_transaction_read_only=off"
ADD = "INSERT INTO signal (organization_id, topic, count) VALUES (:organization, :topic, 1)"


def found(database: Database, clock: ManualClock, name: str = "Acme") -> int:
    with database.write(None) as session:
        return create_organization(session, name=name, language="en", time_zone="UTC", now=clock())


def names(database: Database) -> list[str]:
    with database.read(None) as session:
        return [view.name for view in organizations(session)]


def refused(database: Database, clock: ManualClock) -> Unavailable:
    with pytest.raises(Unavailable) as told:
        found(database, clock, "Refused")
    assert isinstance(told.value.__cause__, DBAPIError)
    known = database.refuses_writes()
    assert known is not None
    assert known.code == told.value.code
    return told.value


def test_a_full_database_refuses_and_goes_on_when_there_is_room(
    sqlite_database: Database, clock: ManualClock
) -> None:
    organization_id = found(sqlite_database, clock)
    big = "x" * 90

    def fill() -> None:
        with sqlite_database.write(None) as session:
            pages = session.scalar(text("PRAGMA page_count"))
            session.execute(text(f"PRAGMA max_page_count={pages}"))
            for number in range(3000):
                values = {"organization": organization_id, "topic": f"{big}{number}"}
                session.execute(text(ADD), values)

    with pytest.raises(Unavailable) as told:
        fill()
    assert (told.value.code, told.value.retry_after) == ("database_full", 30)
    assert names(sqlite_database) == ["Acme"]
    with sqlite_database.read(None) as session:
        assert session.scalar(text("SELECT count(*) FROM signal")) == 0
        session.execute(text("PRAGMA max_page_count=1073741823"))
    assert sqlite_database.refuses_writes() is None
    found(sqlite_database, clock, "Later")
    assert names(sqlite_database) == ["Acme", "Later"]


def test_a_busy_sqlite_file_is_told_as_busy(
    sqlite_database: Database, sqlite_url: str, clock: ManualClock
) -> None:
    def be_impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=1")

    event.listen(sqlite_database.engine, "connect", be_impatient)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert refused(sqlite_database, clock).code == "database_busy"
    other.execute("ROLLBACK")
    other.close()
    found(sqlite_database, clock)
    assert sqlite_database.refuses_writes() is None


def test_a_sqlite_file_that_was_read_only_is_opened_anew(
    sqlite_url: str, clock: ManualClock
) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    opened: list[object] = []
    event.listen(database.engine, "connect", lambda connection, _record: opened.append(connection))
    assert names(database) == []
    assert refused(database, clock).code == "database_read_only"
    before = len(opened)
    assert names(database) == []
    assert len(opened) == before + 1
    database.close()


def test_a_read_only_postgresql_is_told_and_works_again(
    postgres_url: str, clock: ManualClock
) -> None:
    database = Database(postgres_url)
    found(database, clock)
    with admin(postgres_url) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        cut(connection)
        assert refused(database, clock).code == "database_read_only"
        assert names(database) == ["Acme"]
        connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    # A connection that began when it was read-only stays so; the first refusal does away with all.
    assert database.refuses_writes() is not None
    assert database.refuses_writes() is None
    found(database, clock, "Later")
    assert names(database) == ["Acme", "Later"]
    database.close()


def test_a_lost_connection_is_told_and_the_next_call_works(
    postgres_url: str, clock: ManualClock
) -> None:
    database = Database(postgres_url)
    found(database, clock)

    def lose(statement: str) -> None:
        with database.write(None) as session:
            session.execute(text(SMALLEST_WRITE))
            with admin(postgres_url) as connection:
                cut(connection)
            session.execute(text(statement))

    for statement in ("SELECT 1", "SELECT name FROM organization"):
        with pytest.raises(Unavailable) as told:
            lose(statement)
        assert (told.value.code, told.value.retry_after) == ("database_away", 5)
        assert names(database) == ["Acme"]
    database.close()


def test_a_server_that_is_not_there_is_told() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable) as told:
        names(database)
    assert told.value.code == "database_away"
    database.close()


def test_a_pool_without_a_free_connection_is_busy(postgres_url: str) -> None:
    database = Database(postgres_url)
    database.engine.pool._timeout = 0.01
    taken = [database.engine.connect() for _ in range(20)]
    with pytest.raises(Unavailable) as told:
        names(database)
    assert told.value.code == "database_busy"
    for connection in taken:
        connection.close()
    database.close()


def test_a_mistake_of_the_program_stays_one(database: Database, clock: ManualClock) -> None:
    organization_id = found(database, clock)
    values = {"organization": organization_id, "topic": "twice"}

    def write_twice() -> None:
        with database.write(None) as session:
            session.execute(text(ADD), values)
            session.execute(text(ADD), values)

    with pytest.raises(IntegrityError):
        write_twice()
    with pytest.raises(DBAPIError), database.read(None) as session:
        session.execute(text("SELECT no_such_column FROM organization"))
    assert database.refuses_writes() is None


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("53100", "database_full"),
        ("53300", "database_busy"),
        ("40P01", "database_busy"),
        ("25006", "database_read_only"),
        ("57P03", "database_away"),
        ("08006", "database_away"),
        ("23505", None),
        ("42P01", None),
    ],
)
def test_states_of_postgresql(state: str, code: str | None) -> None:
    cause = Exception("from the driver")
    cause.sqlstate = state  # type: ignore[attr-defined]
    told = as_unavailable(OperationalError("SELECT", {}, cause))
    assert (told and told.code) == code


@contextmanager
def admin(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(as_role(url, SUPERUSER), autocommit=True, options=WRITING) as connection:
        yield connection


def cut(connection: psycopg.Connection) -> None:
    """End every other connection to the database, as a restart would."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
