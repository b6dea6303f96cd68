"""A plan whose process is killed in the middle ends whole, and can be undone exactly."""

from __future__ import annotations

from pathlib import Path

from tests.crash.applies import run
from tests.crash.foreman import Foreman


def test_a_killed_plan_ends_whole(foreman: Foreman, database_url: str, tmp_path: Path) -> None:
    report = run(foreman, tmp_path, database_url, people=1400, rounds=1, kills=2, seed=1)
    assert report.clean, str(report)
    assert (report.kills, report.finished) == (2, 1)
