"""A plan of changes is killed again and again on its way: it ends whole, and its undo is exact."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sos_core.application import Application
from sos_core.clock import now
from sos_core.organizations.commands import create_organization
from sos_core.people.applying import apply_plan
from sos_core.people.comparison import Request
from sos_core.people.plan_queries import plan
from sos_core.people.planning import make_plan
from sos_core.people.undoing import undo_plan
from sos_core.records import PeoplePage, PersonRecord
from sos_core.settings import Settings
from tests.crash.foreman import Crew, Foreman
from tests.people.support import dump

ACTOR = "crash"


@dataclass
class Report:
    """What came of a run."""

    people: int
    kills: int = 0
    finished: int = 0
    different: int = 0
    not_undone: int = 0
    seconds: float = field(default_factory=time.monotonic)

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        return (self.different, self.not_undone) == (0, 0)

    def __str__(self) -> str:
        return (
            f"plans for {self.people} people, killed {self.kills} x and finished by a job "
            f"{self.finished} x: {self.different} ended otherwise than in peace, "
            f"{self.not_undone} not undone exactly, {self.seconds:.1f} s"
        )


def run(
    foreman: Foreman, folder: Path, url: str, *, people: int, rounds: int, kills: int, seed: int
) -> Report:
    """Apply a plan in ``rounds`` organizations, killed ``kills`` times in each."""
    chance, report = random.Random(seed), Report(people)
    settings = Settings(data_dir=folder, database_url=url, workers=0)
    application = Application(settings, clock=lambda: now() + timedelta(minutes=2))
    ids, _ = planned(application, people)
    carry(foreman, folder, url, ids)
    wanted = everything(application, ids[0])
    for _ in range(rounds):
        ids, before = planned(application, people)
        for _ in range(kills):
            report.kills += carry(foreman, folder, url, ids, chance.randint(1, 4)) != 0
        with application.database.read(ids[0]) as session:
            report.finished += plan(session, ids[1]).state == "applying"
        application.jobs.drain()
        report.different += everything(application, ids[0]) != wanted
        with application.database.write(ids[0]) as session:
            undo_plan(session, ids[1], actor=ACTOR, now=now())
        report.not_undone += everything(application, ids[0]) != before
    application.stop()
    report.seconds = time.monotonic() - report.seconds
    return report


def planned(application: Application, people: int) -> tuple[tuple[int, int], dict[str, Any]]:
    """Return ids of an organization and of a plan that changes it, and all as it is before."""
    database = application.database
    with database.write(None) as session:
        organization_id = create_organization(
            session, name="Crash", language="en", time_zone="UTC", now=now()
        )
    half = people // 2
    with database.write(organization_id) as session:
        first = made(session, [record(n, n // 20) for n in range(half)])
        apply_plan(session, first, actor=ACTOR, now=now())
    with database.write(organization_id) as session:
        changed = [record(n, n // 15, "sv") for n in range(half // 2)]
        new = [record(n, n // 30) for n in range(half, people)]
        plan_id = made(session, [*changed, *new])
    return (organization_id, plan_id), everything(application, organization_id)


def made(session: Any, records: list[PersonRecord]) -> int:
    """Return a plan for a list of people."""
    return make_plan(session, [PeoplePage(records)], Request(), actor=ACTOR, now=now())


def record(number: int, team: int, language: str = "en") -> PersonRecord:
    """Return a person whose manager stands some rows further down."""
    return PersonRecord(
        f"Person {number}",
        f"p{number}@crash.example",
        language=language,
        manager_email=f"p{number + 9 - number % 10}@crash.example" if number % 10 < 9 else None,
        memberships=(("Area", f"Region {team % 3}", f"Team {team}"),),
    )


def carry(foreman: Foreman, folder: Path, url: str, ids: tuple[int, int], fatal: int = 0) -> int:
    """Have a process carry a plan out, or on, and die in a transaction; return its exit code."""
    with Crew(foreman, "apply", folder, url, *ids, fatal) as crew:
        return crew.wait(crew.start())


def everything(application: Application, organization_id: int) -> dict[str, Any]:
    """Return everything about people, by names instead of ids."""
    with application.database.read(organization_id) as session:
        return dump(session)
