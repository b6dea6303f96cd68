"""Starts and kills worker processes while they work through jobs, and counts what came of it."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, text

from sos_core.database import Database
from sos_core.jobs import enqueue, queries
from sos_core.jobs.tables import Job
from tests.crash.foreman import Crew, Foreman, until

CLEAN = {0, -signal.SIGTERM}
"""Exit codes after SIGTERM: a drain, or death before the worker had begun to listen to signals."""


class Workers(Crew):
    """Workers whose jobs leave marks."""

    def __init__(
        self, foreman: Foreman, url: str, folder: Path, *, lease_seconds: float = 0.6
    ) -> None:
        super().__init__(foreman, "mark", folder, url, lease_seconds)

    def attempts(self) -> int:
        """Return how many attempts at jobs were begun."""
        path = self.folder / "attempts"
        return path.stat().st_size if path.exists() else 0


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

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        return (self.lost, self.doubled, self.dead, self.bad_stops) == (0, 0, 0, 0)

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
    foreman: Foreman,
    url: str,
    folder: Path,
    *,
    jobs: int,
    ends: int,
    seed: int,
    processes: int = 2,
    patience: float = 3600.0,
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
    with Workers(foreman, url, folder) as crew:
        for _ in range(processes):
            crew.start()
        for number, point in enumerate(points):
            until(lambda point=point: crew.attempts() >= point, deadline)  # type: ignore[misc]
            end_one(crew, report, chance, softly=number % 5 == 4)
        until(lambda: waiting(database) == 0, deadline)
        while crew.alive:
            report.bad_stops += crew.end(crew.alive[0], signal.SIGTERM) not in CLEAN
        report.duplicates = crew.attempts() - jobs
    count(database, report)
    database.close()
    report.seconds = time.monotonic() - report.seconds
    return report


def end_one(crew: Workers, report: Report, chance: random.Random, *, softly: bool) -> None:
    """End one worker at a random moment and start another one."""
    time.sleep(chance.random() / 100)
    victim = chance.choice(crew.alive)
    if softly:
        report.stop(crew.end(victim, signal.SIGTERM))
    else:
        report.kills += 1
        crew.end(victim, signal.SIGKILL)
    crew.start()


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
