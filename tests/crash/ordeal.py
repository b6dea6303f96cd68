"""Runs a fault again and again under a server that respondents go on asking, and counts its answers."""

from __future__ import annotations

import http.client
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.faults import Fault
from tests.crash.foreman import Crew, Foreman
from tests.crash.respondents import Crowd, Tally, check_stored, open_survey

REFUSALS = 12
"""Answers that a fault lasts for."""


@dataclass
class Report:
    """What came of a run."""

    name: str
    ballots: int
    times: int = 0
    thanked: int = 0
    lost: int = 0
    doubled: int = 0
    other: int = 0
    untold: list[str] = field(default_factory=list)
    slowest: float = 0.0
    ended: bool = False
    tally: Tally = field(default_factory=Tally)
    seconds: float = field(default_factory=time.monotonic)

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        faults = (self.lost, self.doubled, self.other, len(self.untold), len(self.tally.wrong))
        return faults == (0,) * 5 and self.thanked == self.ballots and not self.ended

    def __str__(self) -> str:
        return (
            f"{self.name} {self.times} x during {self.ballots} ballots: {self.thanked} acknowledged, "
            f"{self.lost} of them lost, {self.doubled} doubled, {self.other} with other answers; "
            f"{self.tally.refused} refused in words, {self.tally.cut} cut, "
            f"{len(self.tally.wrong)} answered wrongly, {len(self.untold)} probes or pages that did "
            f"not tell, {'the server ended' if self.ended else 'no restart'}, "
            f"slowest recovery {self.slowest:.1f} s, {self.seconds:.1f} s"
        )


class Ordeal:
    """Lets a fault come and go while respondents are answered."""

    def __init__(
        self, report: Report, fault: Fault, crew: Crew, port: int, link: str, points: list[int]
    ) -> None:
        self.report, self.fault, self.crew = report, fault, crew
        self.server = crew.start()
        self.port, self.link, self.points = port, link, points
        self.began_at: int | None = None
        self.mended: tuple[int, float] | None = None

    def step(self, tally: Tally) -> bool:
        """Look at the answers so far, and begin or end the fault; called at each answer."""
        if self.began_at is not None:
            if tally.refused >= self.began_at + REFUSALS:
                self.report.untold += told(self.port, self.link, self.fault)
                self.fault.end(self.server)
                self.began_at, self.mended = None, (len(tally.thanked), time.monotonic())
        elif self.mended is not None:
            if len(tally.thanked) > self.mended[0]:
                self.report.slowest = max(self.report.slowest, time.monotonic() - self.mended[1])
                self.mended = None
        elif self.points and len(tally.thanked) >= self.points[0]:
            self.points.pop(0)
            self.report.times += 1
            self.began_at = tally.refused
            self.server = self.fault.begin(self.crew, self.server)
        return False


def run(
    foreman: Foreman, folder: Path, url: str, fault: Fault, *, ballots: int, times: int, seed: int
) -> Report:
    """Submit ``ballots`` while ``fault`` comes ``times`` times at random points."""
    chance = random.Random(seed)
    report = Report(fault.name, ballots)
    survey = open_survey(folder, url, ballots)
    survey.application.database.close()
    points = sorted(chance.sample(range(1, ballots * 9 // 10), times))
    with Crew(foreman, "serve", folder, url) as crew:
        crowd = Crowd(survey, foreman.port)
        link = survey.link(survey.people[0])
        ordeal = Ordeal(report, fault, crew, foreman.port, link, points)
        try:
            report.tally = crowd.submit(ordeal.step)
        finally:
            if ordeal.began_at is not None:
                fault.end(ordeal.server)
        report.untold += ready(foreman.port)
        report.ended = crew.has_ended(ordeal.server)
    report.thanked = len(report.tally.thanked)
    report.lost, report.doubled, report.other = check_stored(survey, report.tally.thanked)
    survey.application.stop()
    report.seconds = time.monotonic() - report.seconds
    return report


def told(port: int, link: str, fault: Fault) -> list[str]:
    """Return the addresses that do not tell of a fault as they should."""
    refused = {503} if fault.steady else {503, 200}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    asked = {"Content-Type": "application/json", "Authorization": "Bearer unknown"}
    document = json.dumps({"query": "{ __typename }"})
    wanted = [
        ("GET", "/healthz", {}, None, {200}),
        ("GET", "/readyz", {}, None, refused),
        ("POST", f"{link}/submit", form, "", refused),
        ("POST", "/graphql", asked, document, {200 if fault.reads else 503}),
    ]
    return [
        f"{method} {path.rpartition('/')[2]}: {found}"
        for method, path, headers, body, statuses in wanted
        if (found := ask(port, method, path, headers, body))[0] not in statuses
        or (found[0] == 503 and path != "/readyz" and not found[1])
    ]


def ready(port: int) -> list[str]:
    """Return what is wrong with the probe once all is well again: nothing."""
    status = ask(port, "GET", "/readyz", {}, None)[0]
    return [] if status == 200 else [f"GET readyz: {status} afterwards"]


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: str | None
) -> tuple[int, str]:
    """Return status and Retry-After of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers.get("Retry-After", "")
