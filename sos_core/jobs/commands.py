"""What a person does with jobs that went wrong: retry or discard them."""

from __future__ import annotations

from sqlalchemy import select, update

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict
from sos_core.jobs.outbox import ENQUEUED
from sos_core.jobs.queries import no_such_job, within
from sos_core.jobs.tables import AT_ONCE, Job

AFRESH = {"state": "ready", "visible_at": AT_ONCE, "deliveries": 0, "retries": 0}


def retry_job(session: OrganizationSession, job_id: int) -> None:
    """Let a dead or waiting job run at once, with all its attempts before it again."""
    row = _not_running(session, job_id)
    for name, value in AFRESH.items():
        setattr(row, name, value)
    session.info[ENQUEUED] = True


def retry_dead_jobs(session: OrganizationSession, *, actor: str | None = None) -> int:
    """Let all dead jobs (of ``actor``) run again; return how many."""
    dead = within(session, select(Job.id)).where(Job.state == "dead")
    if actor is not None:
        dead = dead.where(Job.actor == actor)
    ids = list(session.scalars(dead.with_for_update()))
    for start in range(0, len(ids), 500):
        session.execute(
            update(Job).where(Job.id.in_(ids[start : start + 500])).values(AFRESH),
            execution_options={"synchronize_session": False},
        )
    if ids:
        session.info[ENQUEUED] = True
    return len(ids)


def discard_job(session: OrganizationSession, job_id: int) -> None:
    """Delete a dead or waiting job: what it was to do will not happen."""
    session.delete(_not_running(session, job_id))


def _not_running(session: OrganizationSession, job_id: int) -> Job:
    query = within(session, select(Job)).where(Job.id == job_id).with_for_update()
    row: Job | None = session.scalars(query).one_or_none()
    if row is None:
        raise no_such_job(job_id)
    if row.state == "leased":
        raise Conflict(
            "A worker is at job {job} right now.",
            "Wait until it has ended, then look at the list again.",
            code="job_running",
            values={"job": job_id},
        )
    return row
