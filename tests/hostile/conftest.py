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
    """Return everybody before the served application on SQLite; tests leave it as it was."""
    with ExitStack() as stack:
        yield set_up(sqlite_template, tmp_path_factory.mktemp("stage"), stack)


@pytest.fixture(scope="package")
def playground(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[served.Stage]:
    """Return a stage where tests may do what they like, and find what others have left."""
    with ExitStack() as stack:
        yield set_up(sqlite_template, tmp_path_factory.mktemp("playground"), stack)


def set_up(template: Path, folder: Path, stack: ExitStack) -> served.Stage:
    """Return a stage on a copy of a migrated file."""
    shutil.copy(template, folder / "sos.db")
    return served.stage(folder, f"sqlite:///{folder / 'sos.db'}", stack)
