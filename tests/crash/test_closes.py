"""A close killed inside its steps ends in the same release, without a ballot and without a key."""

from __future__ import annotations

from pathlib import Path

from tests.crash.closes import run
from tests.crash.foreman import Foreman


def test_a_killed_close_ends_the_same(foreman: Foreman, database_url: str, tmp_path: Path) -> None:
    report = run(foreman, tmp_path / "closes", database_url, ballots=150, rounds=1, kills=2, seed=2)
    assert report.clean, str(report)
    assert sum(report.kills.values()) >= 1
