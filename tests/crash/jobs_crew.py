"""Starts and kills worker processes while they work through jobs, and counts what came of it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import select, text

from sos_core.database import Database
from sos_core.jobs import enqueue, queries
from sos_core.jobs.tables import Job

WORKER = Path(__file__).with_name("jobs_worker.py")
ROOT = Path(__file__).resolve().parents[2]
CLEAN = {0, -signal.SIGTERM}
"""Exit codes after SIGTERM: a drain, or death before the worker had begun to listen to signals."""


class Crew:
    """Worker processes on one database, each ended by ``end`` or at the latest by ``with``."""

    def __init__(self, url: str, folder: Path, *, lease_seconds: float = 0.6) -> None:
        self.folder = folder
        self.alive: list[int] = []
        with (folder / "log").open("wb") as log:
            self._foreman = subprocess.Popen(
                [sys.executable, str(WORKER), url, str(folder), str(lease_seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in list(self.alive):
            self.end(worker, signal.SIGKILL)
        assert self._foreman.stdin is not None
        assert self._foreman.stdout is not None
        self._foreman.stdin.close()
        self._foreman.wait()
        self._foreman.stdout.close()

    def start(self) -> int:
        """Start a worker process and return its id."""
        self.alive.append(self._tell("start"))
        return self.alive[-1]

    def end(self, worker: int, how: signal.Signals) -> int:
        """Send a signal to a worker and return the exit code that it ended with."""
        os.kill(worker, how)
        return self.wait(worker)

    def wait(self, worker: int) -> int:
        """Wait until a worker ends by itself and return its exit code."""
        self.alive.remove(worker)
        return self._tell(f"wait {worker}")

    def attempts(self) -> int:
        """Return how many attempts at jobs were begun."""
        path = self.folder / "attempts"
        return path.stat().st_size if path.exists() else 0

    def _tell(self, line: str) -> int:
        assert self._foreman.stdin is not None
        assert self._foreman.stdout is not None
        self._foreman.stdin.write(f"{line}\n")
        self._foreman.stdin.flush()
        return int(self._foreman.stdout.readline())


@dataclass
class Report:
    """What came of a run."""

    jobs: int
    kills: int = 0
    stops: int = 0
    early_stops: int = 0
    bad_stops: int = 0
    lost: int = 0
    doubled: int = 0
    dead: int = 0
    duplicates: int = 0
    seconds: float = field(default_factory=time.monotonic)

    def stop(self, code: int) -> None:
        """Count a SIGTERM by the exit code that followed."""
        self.stops += 1
        self.early_stops += code == -signal.SIGTERM
        self.bad_stops += code not in CLEAN

    def __str__(self) -> str:
        return (
            f"{self.jobs} jobs, {self.kills} x kill -9, {self.stops} x SIGTERM "
            f"({self.early_stops} while starting, {self.bad_stops} not clean): {self.lost} lost, "
            f"{self.doubled} effects doubled, {self.dead} dead, "
            f"{self.duplicates} deliveries repeated, {self.seconds:.1f} s"
        )


def run(
    url: str, folder: Path, *, jobs: int, ends: int, processes: int, seed: int, patience: float
) -> Report:
    """Let ``processes`` workers do ``jobs`` jobs while ``ends`` of them are ended; at random points.

    A fifth of the ends are SIGTERM, the others kill -9. Gives up after ``patience`` seconds.
    """
    chance = random.Random(seed)
    database = Database(url)
    prepare(database, jobs)
    report = Report(jobs)
    deadline = time.monotonic() + patience
    points = sorted(chance.randrange(1, jobs * 9 // 10) for _ in range(ends))
    with Crew(url, folder) as crew:
        for _ in range(processes):
            crew.start()
        for number, point in enumerate(points):
            until(lambda point=point: crew.attempts() >= point, deadline)  # type: ignore[misc]
            time.sleep(chance.random() / 100)
            victim = chance.choice(crew.alive)
            if number % 5 == 4:
                report.stop(crew.end(victim, signal.SIGTERM))
            else:
                report.kills += 1
                crew.end(victim, signal.SIGKILL)
            crew.start()
        until(lambda: waiting(database) == 0, deadline)
        while crew.alive:
            report.bad_stops += crew.end(crew.alive[0], signal.SIGTERM) not in CLEAN
        report.duplicates = crew.attempts() - jobs
    count(database, report)
    database.close()
    report.seconds = time.monotonic() - report.seconds
    return report


def prepare(database: Database, jobs: int, *, poison: bool = False) -> None:
    """Write the jobs, and the table of their effects."""
    with database.write(None) as session:
        session.execute(text("CREATE TABLE mark (number integer NOT NULL)"))
        if poison:
            enqueue(session, "crash.poison")
        for number in range(jobs):
            enqueue(session, "crash.mark", number)


def waiting(database: Database) -> int:
    """Return how many jobs are neither done nor dead."""
    with database.read(None) as session:
        counts = queries.counts(session)
    return counts["ready"] + counts["leased"]


def count(database: Database, report: Report) -> None:
    """Compare effects with jobs."""
    marks = effects(database)
    with database.read(None) as session:
        report.dead = len(list(session.scalars(select(Job.id))))
    report.doubled = len(marks) - len(set(marks))
    report.lost = report.jobs - len(set(marks)) - report.dead


def effects(database: Database) -> list[int]:
    """Return the number of each effect that happened."""
    with database.read(None) as session:
        return [row[0] for row in session.execute(text("SELECT number FROM mark ORDER BY number"))]


def until(condition, deadline: float) -> None:  # type: ignore[no-untyped-def]
    """Look again and again until ``condition()`` holds; raise TimeoutError at the deadline."""
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("The workers did not get there in time.")
        time.sleep(0.002)
