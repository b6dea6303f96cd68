"""The stage, set once for this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.hostile import served


@pytest.fixture(scope="package")
def stage(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[served.Stage]:
    """Return everybody before the served application on SQLite."""
    folder = tmp_path_factory.mktemp("stage")
    shutil.copy(sqlite_template, folder / "sos.db")
    with ExitStack() as stack:
        yield served.stage(folder, f"sqlite:///{folder / 'sos.db'}", stack)
