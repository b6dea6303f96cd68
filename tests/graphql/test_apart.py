"""Work apart: its writes stand in our queue, its errors are ours, and its end is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sos_core.application import Application
from sos_core.errors import Conflict, Unavailable
from sos_core.organizations.commands import create_organization
from sos_core.organizations.queries import organizations
from sos_core.settings import Settings
from sos_graphql.apart import run_apart
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PARENT = """import sys; from pathlib import Path; from tests.graphql import test_apart as here
application = here.Application(here.Settings(data_dir=Path(sys.argv[1]), workers=0))
here.run_apart(application, here.wait_long, Path(sys.argv[1]))"""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def application(sqlite_template: Path, tmp_path: Path) -> Iterator[Application]:
    """Return an installation whose settings say all that a child needs."""
    (tmp_path / "sos.db").write_bytes(sqlite_template.read_bytes())
    made = Application(Settings(data_dir=tmp_path, workers=0))
    yield made
    made.stop()


def write_until_wanted(application: Application, folder: Path) -> bool:
    """Hold a transaction open until somebody waits for us."""
    with application.database.write(None):
        before = application.database.is_wanted()
        (folder / "inside").touch()
        until(application.database.is_wanted)
    return before


def wait_long(application: Application, folder: Path) -> None:
    """Tell our number, and wait for what never comes."""
    (folder / "number").write_text(str(os.getpid()))
    (folder / "number").rename(folder / "child")
    until((folder / "never").exists)


def write_slowly(application: Application, folder: Path) -> int:
    """Write an organization, and hold the transaction open until we are told to go on."""
    with application.database.write(None) as session:
        made = create_organization(session, name="Apart", language="en", time_zone="UTC", now=NOW)
        (folder / "inside").touch()
        until((folder / "go").exists)
    return made


def refuse(application: Application, code: str) -> None:
    """Fail as expected, inside a transaction."""
    with application.database.write(None):
        raise Conflict("{one} was first.", "Reload.", code=code, values={"one": "Ada"})


def stumble(application: Application) -> None:
    """Fail as nobody expects."""
    raise ZeroDivisionError(application.settings.workers)


def die(application: Application) -> None:
    """End at once, in the middle of a transaction."""
    with application.database.write(None):
        os._exit(1)


def test_a_write_apart_holds_our_gate_and_is_ours(application: Application, tmp_path: Path) -> None:
    def knock() -> None:
        with application.database.write_gate:
            pass

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(run_apart, application, write_slowly, tmp_path)
        until((tmp_path / "inside").exists)
        knocking = threading.Thread(target=knock)
        knocking.start()
        until(application.database.is_wanted)
        held = knocking.is_alive()
        (tmp_path / "go").touch()
        made = work.result(60)
    assert held
    with application.database.read(None) as session:
        assert made in {view.id for view in organizations(session)}
    with application.database.write(None):
        pass


def test_a_refusal_apart_is_ours(application: Application) -> None:
    with pytest.raises(Conflict) as caught:
        run_apart(application, refuse, "test_first")
    error = caught.value
    assert (error.code, error.what, error.values) == (
        "test_first",
        "Ada was first.",
        {"one": "Ada"},
    )


def test_a_mistake_apart_is_told_with_its_place(application: Application) -> None:
    with pytest.raises(RuntimeError, match="in stumble"):
        run_apart(application, stumble)


def test_a_death_apart_leaves_the_gate_open(application: Application) -> None:
    with pytest.raises(Unavailable) as caught:
        run_apart(application, die)
    assert caught.value.code == "process_ended"
    with application.database.write(None) as session:
        create_organization(session, name="After", language="en", time_zone="UTC", now=NOW)


def test_work_apart_sees_who_waits_at_our_gate(application: Application, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(run_apart, application, write_until_wanted, tmp_path)
        until((tmp_path / "inside").exists)
        with application.database.write(None):
            pass
        assert work.result(60) is False
    assert not application.database.is_wanted()


def test_work_apart_ends_with_its_parent(application: Application, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT) as parent:
        until((tmp_path / "child").exists)
        child = Path("/proc") / (tmp_path / "child").read_text() / "stat"
        parent.kill()

    def has_ended() -> bool:
        # Whoever inherits it may never ask for it: then it stays as a zombie.
        return not child.exists() or child.read_text().rpartition(")")[2].split()[0] in "ZX"

    until(has_ended)
    assert has_ended()
