"""Ballots are submitted over HTTP while their server is killed: acknowledged is stored, none twice."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.foreman import Crew, Foreman
from tests.crash.respondents import Crowd, Tally, check_stored, open_survey


@dataclass
class Report:
    """What came of a run."""

    ballots: int
    kills: int = 0
    thanked: int = 0
    lost: int = 0
    doubled: int = 0
    other: int = 0
    tally: Tally = field(default_factory=Tally)
    seconds: float = field(default_factory=time.monotonic)

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        faults = (self.lost, self.doubled, self.other, len(self.tally.wrong))
        return faults == (0, 0, 0, 0) and self.thanked == self.ballots

    def __str__(self) -> str:
        return (
            f"{self.ballots} ballots, server killed {self.kills} x: {self.thanked} acknowledged, "
            f"{self.lost} of them lost, {self.doubled} doubled, {self.other} with other answers; "
            f"{self.tally.cut} requests cut and sent again, {self.tally.refused} refused, "
            f"{len(self.tally.wrong)} answered wrongly, {self.seconds:.1f} s"
        )


def run(foreman: Foreman, folder: Path, url: str, *, ballots: int, kills: int, seed: int) -> Report:
    """Submit ``ballots`` while the server is killed at ``kills`` random points, looking at each."""
    chance = random.Random(seed)
    survey = open_survey(folder, url, ballots)
    report = Report(ballots)
    points = sorted(chance.sample(range(1, ballots * 19 // 20), kills))
    with Crew(foreman, "serve", folder, url) as crew:
        crowd = Crowd(survey, foreman.port)
        server = crew.start()

        def reached(tally: Tally) -> bool:
            """At each point kill in the middle of what is being answered."""
            nonlocal server
            while points and len(tally.thanked) >= points[0]:
                points.pop(0)
                report.kills += 1
                time.sleep(chance.random() / 50)
                crew.end(server)
                lost, doubled, other = check_stored(survey, tally.thanked)
                report.lost, report.doubled = report.lost + lost, report.doubled + doubled
                report.other += other
                server = crew.start()
            return False

        report.tally = crowd.submit(reached)
    report.thanked = len(report.tally.thanked)
    for count, name in zip(
        check_stored(survey, report.tally.thanked), ("lost", "doubled", "other"), strict=True
    ):
        setattr(report, name, getattr(report, name) + count)
    survey.application.stop()
    report.seconds = time.monotonic() - report.seconds
    return report
