"""A server killed at any moment has stored every ballot that it acknowledged, and none twice."""

from __future__ import annotations

from pathlib import Path

from tests.crash.ballots import run
from tests.crash.foreman import Foreman


def test_what_was_acknowledged_is_stored(
    foreman: Foreman, database_url: str, tmp_path: Path
) -> None:
    report = run(foreman, tmp_path, database_url, ballots=150, kills=4, seed=7)
    assert report.kills == 4
    assert report.clean, f"{report} {report.tally.wrong[:1]}"
    assert not foreman.running()
