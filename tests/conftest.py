"""Fixtures that every room uses: a clock, a migrated database on both engines, and a browser."""

from __future__ import annotations

import asyncio
import gc
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.migrate import upgrade
from sos_core.database.roles import grant
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.commands import create_organization
from sos_core.organizations.key_ring import KeyRing
from sos_graphql import context, limits
from tests import postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUPERUSER, OWNER, SERVING = "postgres", "sos_owner", "sos_serving"
HASTY: dict[str, Any] = {
    "requests_per_minute": 1_000_000,
    "requests_per_minute_shared": 1_000_000,
}
"""Settings for tests that ask more in a minute than anybody may."""
AUDIT_KEYS = KeyRing((b"audit" * 6 + b"..",))


def pytest_collection_finish() -> None:
    """Let the garbage collector look no more at what lasts until the end: modules and tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Give queries a minute instead of five seconds: a test may wait for others on its machine.

    What becomes of a query that takes too long is tested where the limits are.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in (context, limits):
            assert module.SECONDS == 5.0, "what docs/security.md promises"
            patch.setattr(module, "SECONDS", 60.0)
        yield


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands at a Monday morning."""
    return ManualClock(START)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real PostgreSQL from its wheel and return the address of its maintenance database."""
    server = postgres.start(tmp_path_factory.mktemp("postgres") / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Its commits at any time are commits of somebody else, which tests count.
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Return the name of a migrated PostgreSQL database that tests copy."""
    name = "sos_template"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {OWNER} LOGIN")
        connection.execute(f"CREATE ROLE {SERVING} LOGIN")
        connection.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    database = Database(as_role(with_database(postgres_server, name), OWNER))
    upgrade(database)
    grant(database, SERVING)
    database.close()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the address of a fresh migrated SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "sos.db")
    return f"sqlite:///{tmp_path / 'sos.db'}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """Return the address of a fresh migrated PostgreSQL database, as the role that serves.

    Row-level security holds that role, and so every test that uses it.
    """
    with postgres_copy(postgres_server, postgres_template) as name:
        yield as_role(with_database(postgres_server, name), SERVING)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a fresh database, on each engine in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return a fresh migrated database, on each engine in turn."""
    database = Database(database_url)
    give_audit_keys(database, lambda: AUDIT_KEYS)
    yield database
    database.close()


@pytest.fixture
def owner_database(database_url: str) -> Iterator[Database]:
    """Return the same database as the role that owns the tables and migrates them."""
    database = Database(as_role(database_url, OWNER))
    yield database
    database.close()


@pytest.fixture
def whole_database(database_url: str) -> Iterator[Database]:
    """Return the same database as a superuser, whom no row security holds."""
    database = Database(as_role(database_url, SUPERUSER))
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """Return a fresh migrated SQLite database, for tests that the engine cannot matter to."""
    database = Database(sqlite_url)
    give_audit_keys(database, lambda: AUDIT_KEYS)
    yield database
    database.close()


@pytest.fixture
def organization_id(database: Database, clock: ManualClock) -> int:
    """Return a new organization in ``database``."""
    with database.write(None) as session:
        return create_organization(
            session, name="Acme", language="en", time_zone="Europe/Stockholm", now=clock()
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests of this process; Playwright cannot be started twice."""
    from playwright.sync_api import expect, sync_playwright

    from tests.embed.browser import ARGUMENTS, environment_of, find_chromium

    # As long as its actions wait: on a busy machine a page may be slow without being wrong.
    expect.set_options(timeout=30_000)
    chromium = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.path,
            headless=True,
            args=list(ARGUMENTS),
            env=environment_of(chromium),
        )
        yield started
        started.close()


@pytest.fixture(autouse=True)
def loop_of_its_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let tests without a browser run a loop: Playwright's is suspended, but counts as running."""
    suspended = asyncio._get_running_loop()
    if suspended is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(suspended)


@contextmanager
def postgres_copy(server: str, template: str) -> Iterator[str]:
    """Give the name of a copy of a PostgreSQL database, which goes at the end."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
    yield name
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def with_database(uri: str, name: str) -> str:
    """Return ``uri`` of a PostgreSQL server with another database name."""
    head, _, tail = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")


def as_role(url: str, role: str) -> str:
    """Return the address of a database for another role; SQLite has none."""
    return re.sub(r"(?<=^postgresql://)\w+(?=:)", role, url)
