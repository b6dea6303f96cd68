"""An organization on each database, with a history that names its people everywhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.commands import create_organization
from tests.conftest import AUDIT_KEYS, SERVING, START, as_role, postgres_copy, with_database
from tests.personal_data.growing_old import Age
from tests.personal_data.history import History


class Stage:
    """Gives databases on one engine, copied from a migrated one or from one that was lived in."""

    def __init__(self, engine: str, request: pytest.FixtureRequest) -> None:
        self.is_sqlite = engine == "sqlite"
        self.server = "" if self.is_sqlite else request.getfixturevalue("postgres_server")
        self.empty = request.getfixturevalue(
            "sqlite_template" if self.is_sqlite else "postgres_template"
        )

    def copy(self, template: object, folder: Path, stack: ExitStack) -> tuple[str, Database]:
        """Return what a copy of ``template`` can be copied by, and the open copy; ``stack`` ends it."""
        if self.is_sqlite:
            name = str(shutil.copy(str(template), folder / "sos.db"))
            url = f"sqlite:///{name}"
        else:
            name = stack.enter_context(postgres_copy(self.server, str(template)))
            url = as_role(with_database(self.server, name), SERVING)
        database = Database(url)
        give_audit_keys(database, lambda: AUDIT_KEYS)
        stack.callback(database.close)
        return name, database


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, str, History]]:
    """Return a history that was lived once, and the closed database of it, which tests copy."""
    folder = tmp_path_factory.mktemp("lived")
    with ExitStack() as stack:
        stage = Stage(request.param, request)
        name, database = stage.copy(stage.empty, folder, stack)
        clock = ManualClock(START)
        with database.write(None) as session:
            organization_id = create_organization(
                session, name="Acme", language="en", time_zone="Europe/Stockholm", now=clock()
            )
        made = History.of(database, clock, organization_id, folder)
        made.live(seed=1)
        database.close()
        yield stage, name, made


@pytest.fixture
def history(
    lived: tuple[Stage, str, History], clock: ManualClock, tmp_path: Path
) -> Iterator[History]:
    """Return an organization whose people were imported, renamed, surveyed and written to."""
    stage, name, past = lived
    shutil.copytree(past.folder, tmp_path, dirs_exist_ok=True)
    clock.set(past.world.clock())
    with ExitStack() as stack:
        _, database = stage.copy(name, tmp_path, stack)
        made = History.of(database, clock, past.world.organization_id, tmp_path)
        made.people, made.closed, made.open = deepcopy(past.people), past.closed, past.open
        for told in ("units", "people", "released"):
            setattr(made.world, told, deepcopy(getattr(past.world, told)))
        yield made


@pytest.fixture
def age(database: Database, organization_id: int, clock: ManualClock, tmp_path: Path) -> Age:
    """Return an organization on each database in which tests let things grow old."""
    return Age(database, organization_id, tmp_path, clock())
