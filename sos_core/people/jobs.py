"""The actor of people: it finishes a plan whose process has ended in the middle of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sos_core.clock import Clock
from sos_core.database import Database
from sos_core.errors import TryLater
from sos_core.jobs import Jobs
from sos_core.people.applying import FINISH, carry_on, in_progress
from sos_core.people.undoing import NamedElsewhere

SILENCE = timedelta(seconds=30)
"""Whoever carries a plan out writes many times a second."""


@dataclass(frozen=True, slots=True)
class PeopleJobs:
    """The room's job with what it depends on."""

    database: Database
    clock: Clock
    named: NamedElsewhere

    def finish(self, organization_id: int, plan_id: int) -> None:
        """Carry a plan to its end that nobody works on any more; nothing where it is there."""
        with self.database.read(organization_id) as session:
            at = in_progress(session, plan_id)
        if at is None:
            return
        if self.clock() - at < SILENCE:
            raise TryLater(
                "The plan is being carried out at this moment.",
                "Nothing: this looks again soon.",
                after=SILENCE.total_seconds(),
            )
        carry_on(
            self.database,
            organization_id,
            plan_id,
            clock=self.clock,
            named=self.named,
            # A worker apart does not see who waits at the gate of the server.
            enough=lambda: True,
        )


def register(jobs: Jobs, *, database: Database, clock: Clock, named: NamedElsewhere) -> None:
    """Register the actor of people."""
    jobs.actor(FINISH, PeopleJobs(database, clock, named).finish)
