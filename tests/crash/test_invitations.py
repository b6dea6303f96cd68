"""Workers killed while a survey's invitations go out: nobody without one, every repetition explained."""

from __future__ import annotations

from pathlib import Path

from tests.crash.foreman import Foreman
from tests.crash.invitations import run


def test_everybody_is_invited_whatever_dies(
    foreman: Foreman, database_url: str, tmp_path: Path
) -> None:
    report = run(foreman, tmp_path, database_url, people=70, kills=4, seed=3)
    assert report.kills == 4
    assert report.clean, str(report)
