"""A full disk, a read-only database, a lost connection: refused in words, and no restart afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import SUPERUSER, as_role
from tests.crash import cramped
from tests.crash.faults import (
    CutConnections,
    Fault,
    FullDisk,
    ReadOnlyFile,
    ReadOnlyServer,
    StoppedServer,
)
from tests.crash.foreman import Foreman
from tests.crash.ordeal import run


@pytest.mark.parametrize("kind", [FullDisk, ReadOnlyFile])
def test_sqlite(foreman: Foreman, sqlite_url: str, tmp_path: Path, kind: type) -> None:
    fault = FullDisk() if kind is FullDisk else ReadOnlyFile(tmp_path / "sos.db")
    judge(foreman, tmp_path, sqlite_url, fault)


def test_a_disk_that_really_has_no_room_left() -> None:
    report = cramped.run(ballots=40, times=1, seed=5)
    if not report.tried:
        pytest.skip(str(report))
    assert report.clean, report


@pytest.mark.parametrize("kind", [ReadOnlyServer, CutConnections])
def test_postgresql(foreman: Foreman, postgres_url: str, tmp_path: Path, kind: type) -> None:
    url = as_role(postgres_url, SUPERUSER)
    judge(foreman, tmp_path, url, kind(url))


def test_postgresql_that_is_stopped_and_started(foreman: Foreman, tmp_path: Path) -> None:
    # One of its own: stopping the server of the other tests would be felt by them.
    server = postgres.start(tmp_path / "postgres")
    try:
        judge(foreman, tmp_path / "sos", server.get_uri(), StoppedServer(server))
    finally:
        server.cleanup()


def judge(foreman: Foreman, folder: Path, url: str, fault: Fault) -> None:
    report = run(foreman, folder, url, fault, ballots=60, times=2, seed=5)
    assert report.times == 2
    assert report.clean, f"{report} {report.untold} {report.tally.wrong[:1]}"
    assert report.tally.refused >= 20
