"""One foreman for every test of this room: what processes need is imported once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.foreman import Foreman


@pytest.fixture(scope="session")
def foreman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreman]:
    """Start the foreman that forks servers and workers for the tests to kill."""
    foreman = Foreman(tmp_path_factory.mktemp("foreman") / "log")
    yield foreman
    foreman.close()
