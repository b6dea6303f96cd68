"""What a disk, a file and a database do to a server that goes on: refused in words, and never a lie.

Each fault begins at random points while ballots are submitted, lasts until some were refused, and
ends; the same server then has to go on by itself.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy.engine import make_url

from tests.crash.foreman import Crew, Foreman, until
from tests.crash.respondents import Crowd, Tally, check_stored, open_survey

REFUSALS = 12
"""Answers that a fault lasts for."""
WRITING = "-c default_transaction_read_only=off"


class Fault(Protocol):
    """Something that is wrong for a while."""

    name: str
    reads: bool
    """Whether what is stored can be read meanwhile."""

    def begin(self, crew: Crew, server: int) -> int:
        """Let it go wrong for the process ``server``; return the server that goes on."""
        ...

    def end(self, server: int) -> None:
        """Mend it."""
        ...


@dataclass
class FullDisk:
    """No file of the server can grow any more; the kernel refuses each write, as a full disk does."""

    name: str = "full disk"
    reads: bool = True

    def begin(self, crew: Crew, server: int) -> int:
        resource.prlimit(server, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        return server

    def end(self, server: int) -> None:
        limits = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server, resource.RLIMIT_FSIZE, limits)


@dataclass
class ReadOnlyFile:
    """A server starts while the database's file may not be written; it is mended under its feet."""

    path: Path
    name: str = "read-only file"
    reads: bool = True

    def begin(self, crew: Crew, server: int) -> int:
        crew.end(server)
        self.path.chmod(0o444)
        return crew.start()

    def end(self, server: int) -> None:
        self.path.chmod(0o644)


@dataclass
class ReadOnlyServer:
    """PostgreSQL takes no writes, as a standby does; sessions begin anew."""

    url: str
    name: str = "read-only PostgreSQL"
    reads: bool = True

    def begin(self, crew: Crew, server: int) -> int:
        with admin(self.url) as connection:
            name = connection.info.dbname
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            cut(connection, name)
        return server

    def end(self, server: int) -> None:
        with admin(self.url) as connection:
            name = connection.info.dbname
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


@dataclass
class CutConnections:
    """Every connection of the server is cut, and no new one let in."""

    url: str
    name: str = "cut connections"
    reads: bool = False

    def begin(self, crew: Crew, server: int) -> int:
        with admin(self.url, "postgres") as connection:
            name = str(make_url(self.url).database)
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            cut(connection, name)
        return server

    def end(self, server: int) -> None:
        with admin(self.url, "postgres") as connection:
            name = make_url(self.url).database
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@dataclass
class StoppedServer:
    """PostgreSQL itself is stopped, at once or in a crash, and started again."""

    server: object
    name: str = "stopped PostgreSQL"
    reads: bool = False
    _times: int = 0

    def begin(self, crew: Crew, server: int) -> int:
        postmaster = self.server.get_pid()  # type: ignore[attr-defined]
        self._times += 1
        os.kill(postmaster, signal.SIGQUIT if self._times % 2 else signal.SIGINT)
        until(lambda: not alive(postmaster), time.monotonic() + 60)
        return server

    def end(self, server: int) -> None:
        deadline = time.monotonic() + 120
        while True:
            try:
                self.server.ensure_postgres_running()  # type: ignore[attr-defined]
            except (AssertionError, subprocess.SubprocessError):
                # On a busy machine the package gives up while the server is still starting.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return


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
                self.report.untold += told(self.port, self.link, reads=self.fault.reads)
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


def told(port: int, link: str, *, reads: bool) -> list[str]:
    """Return the addresses that do not tell of a fault as they should."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    asked = {"Content-Type": "application/json", "Authorization": "Bearer unknown"}
    document = json.dumps({"query": "{ __typename }"})
    wanted = [
        ("GET", "/healthz", {}, None, 200),
        ("GET", "/readyz", {}, None, 503),
        ("POST", f"{link}/submit", form, "", 503),
        ("POST", "/graphql", asked, document, 200 if reads else 503),
    ]
    return [
        f"{method} {path.rpartition('/')[2]}: {found}"
        for method, path, headers, body, status in wanted
        if (found := ask(port, method, path, headers, body))[0] != status
        or (status == 503 and path != "/readyz" and not found[1])
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


@contextlib.contextmanager
def admin(url: str, database: str | None = None) -> Iterator[psycopg.Connection]:
    """Yield a connection that may write whatever the database's settings say."""
    with psycopg.connect(url, dbname=database, autocommit=True, options=WRITING) as connection:
        yield connection


def cut(connection: psycopg.Connection, name: str) -> None:
    """End every other connection to a database."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = %s AND pid <> pg_backend_pid()",
        (name,),
    )


def alive(process: int) -> bool:
    """Tell whether a process that is not our child still runs."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
