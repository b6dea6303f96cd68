"""What is read about jobs: the list for a person, and figures for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import Select, func, select

from sos_core.database.session import ORGANIZATION, OrganizationSession
from sos_core.errors import NotFound
from sos_core.jobs.tables import AT_ONCE, Job, JobState

Row = TypeVarTuple("Row")


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a person sees it; ``run_at`` is None for one that waits for nothing but a worker.

    ``code``, ``what`` and ``remedy`` tell how its last attempt ended, None where there was none.
    """

    id: int
    organization_id: int | None
    queue: str
    actor: str
    args: tuple[Any, ...]
    state: JobState
    run_at: datetime | None
    retries: int
    deliveries: int
    code: str | None
    what: str | None
    remedy: str | None
    created_at: datetime


def jobs(
    session: OrganizationSession,
    *,
    state: JobState | None = None,
    actor: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[JobView]:
    """Return jobs by id, from after job ``after``; of the session's organization, if any."""
    query = within(session, select(Job)).where(Job.id > after).order_by(Job.id).limit(limit)
    if state is not None:
        query = query.where(Job.state == state)
    if actor is not None:
        query = query.where(Job.actor == actor)
    return [_view(row) for row in session.scalars(query)]


def job(session: OrganizationSession, job_id: int) -> JobView:
    """Return one job; raise NotFound when there is none, or none of the session's organization."""
    row = session.scalars(within(session, select(Job)).where(Job.id == job_id)).one_or_none()
    if row is None:
        raise no_such_job(job_id)
    return _view(row)


def counts(session: OrganizationSession) -> dict[str, int]:
    """Return how many jobs are ready, leased and dead."""
    found = session.execute(within(session, select(Job.state, func.count())).group_by(Job.state))
    return {"ready": 0, "leased": 0, "dead": 0} | dict(iter(found))


def queue_state(session: OrganizationSession, now: datetime) -> tuple[dict[str, int], float]:
    """Return the number of jobs in each state, and the wait of the oldest due one in seconds."""
    due = select(Job.visible_at, Job.created_at).where(Job.state == "ready", Job.visible_at <= now)
    oldest = session.execute(due.order_by(Job.visible_at, Job.id).limit(1)).first()
    if oldest is None:
        return counts(session), 0.0
    return counts(session), max(0.0, (now - max(oldest)).total_seconds())


def has_job(session: OrganizationSession, actor: str, *args: object) -> bool:
    """Tell whether a job for ``actor`` with these arguments waits, runs, or was laid aside."""
    bodies = session.scalars(within(session, select(Job.body).where(Job.actor == actor)))
    return list(args) in list(bodies)


def due_actors(session: OrganizationSession, now: datetime) -> list[str]:
    """Return the names of the actors that jobs are due for."""
    due = select(Job.actor).where(Job.state == "ready", Job.visible_at <= now)
    return list(session.scalars(due.distinct().order_by(Job.actor)))


def within(session: OrganizationSession, query: Select[*Row]) -> Select[*Row]:
    """Return ``query`` on jobs narrowed to the session's organization, if it has one."""
    organization_id = session.info.get(ORGANIZATION)
    return query if organization_id is None else query.where(Job.organization_id == organization_id)


def no_such_job(job_id: int) -> NotFound:
    """Return the error for a job that is not there."""
    return NotFound(
        "There is no job with the number {job}.",
        "It may be done by now; look at the list of jobs.",
        code="no_such_job",
        values={"job": job_id},
    )


def _view(row: Job) -> JobView:
    error = row.error or {}
    return JobView(
        id=row.id,
        organization_id=row.organization_id,
        queue=row.queue,
        actor=row.actor,
        args=tuple(row.body),
        state=row.state,  # type: ignore[arg-type]
        run_at=None if row.visible_at == AT_ONCE else row.visible_at,
        retries=row.retries,
        deliveries=row.deliveries,
        code=error.get("code"),
        what=error.get("what"),
        remedy=error.get("remedy"),
        created_at=row.created_at,
    )
