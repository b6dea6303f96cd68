"""The cast, assembled once for each database."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.access_policy.cast import Cast, assemble
from tests.conftest import OWNER, SERVING, as_role, with_database


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def cast(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cast]:
    """Return the cast before an application on each engine in turn."""
    folder: Path = tmp_path_factory.mktemp("cast")
    with ExitStack() as stack:
        if request.param == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / "sos.db")
            url = f"sqlite:///{folder / 'sos.db'}"
        else:
            url = fresh_postgres(request, stack)
        yield assemble(folder, url, stack)


def fresh_postgres(request: pytest.FixtureRequest, stack: ExitStack) -> str:
    """Return the address of a migrated PostgreSQL database, as the role that serves."""
    server = str(request.getfixturevalue("postgres_server"))
    template, name = request.getfixturevalue("postgres_template"), f"test_{uuid.uuid4().hex}"
    connection = stack.enter_context(psycopg.connect(server, autocommit=True))
    connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
    stack.callback(connection.execute, f"DROP DATABASE {name} WITH (FORCE)")
    return as_role(with_database(server, name), SERVING)
