"""Jobs that name a person in their arguments or in how they ended: dropped by an erasure."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import delete, or_, select

from sos_core.database.session import OrganizationSession
from sos_core.jobs.tables import Job


def jobs_naming(
    session: OrganizationSession, addresses: Collection[str], names: Callable[[object], bool]
) -> list[tuple[int, str]]:
    """Return (id, actor) of jobs for one of the ``addresses``, or whose error ``names`` knows.

    Jobs of no organization are searches for an address that somebody typed at the door.
    """
    query = select(Job.id, Job.actor, Job.body, Job.error).where(
        or_(Job.organization_id == session.organization_id, Job.organization_id.is_(None))
    )
    return [
        (id_, actor)
        for id_, actor, body, error in session.execute(query.order_by(Job.id))
        if any(part in addresses for part in body if isinstance(part, str)) or names(error)
    ]


def drop_jobs(session: OrganizationSession, job_ids: Collection[int]) -> None:
    """Delete jobs, whatever their state; one that is running ends as if it had been done."""
    ids = sorted(job_ids)
    for start in range(0, len(ids), 500):
        session.execute(
            delete(Job).where(Job.id.in_(ids[start : start + 500])),
            execution_options={"synchronize_session": False},
        )
