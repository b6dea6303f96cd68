"""One foreman for every test of this room: what processes need is imported once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import SUPERUSER, as_role
from tests.crash.foreman import Foreman


@pytest.fixture(scope="session")
def foreman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreman]:
    """Start the foreman that forks servers and workers for the tests to kill."""
    foreman = Foreman(tmp_path_factory.mktemp("foreman") / "log")
    yield foreman
    foreman.close()


@pytest.fixture
def database_url(database_url: str) -> str:
    """Return the database as one who may also copy it, cut its connections, and make it read-only."""
    return as_role(database_url, SUPERUSER)
