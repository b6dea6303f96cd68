"""Leases on jobs: claim, renew, settle, release and expire, each in the caller's transaction.

Whether a job is due is asked of the injected clock; whether a lease still holds, of the database's,
which all workers share. Every change of a leased job names its lease, so that a worker that was
thought dead and speaks up late changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from typing import Any, cast

from sqlalchemy import BigInteger, Row, delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.expression import FunctionElement

from sos_core.database.session import OrganizationSession
from sos_core.jobs.outcome import MAX_DELIVERIES, WORKER_DIED, Outcome, backoff
from sos_core.jobs.tables import Job

UNSYNCHRONIZED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A job on somebody's desk: what to run, and the lease that proves whose it is."""

    job_id: int
    organization_id: int | None
    queue: str
    actor: str
    args: tuple[Any, ...]
    retries: int
    lease: str
    suspect: bool = False
    """Whether a worker has died while this job was on its desk."""


class database_millis(FunctionElement[int]):  # noqa: N801
    """SQL for the present instant of the database's clock, in milliseconds since 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(database_millis, "sqlite")
def _sqlite_millis(_element: object, _compiler: object, **_options: object) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)"


@compiles(database_millis, "postgresql")
def _postgresql_millis(_element: object, _compiler: object, **_options: object) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"


def is_due(
    session: OrganizationSession,
    queue: str,
    actors: Collection[str],
    now: datetime,
    *,
    suspects: bool = True,
) -> bool:
    """Return whether a claim would find a job: a mere read, which locks nobody out."""
    return session.scalar(_due(queue, actors, now, suspects=suspects).limit(1)) is not None


def claim(
    session: OrganizationSession,
    queue: str,
    actors: Collection[str],
    *,
    now: datetime,
    lease_ms: int,
    limit: int,
    suspects: bool = True,
) -> list[Delivery]:
    """Lease up to ``limit`` due jobs of known ``actors`` and return them, oldest first.

    A job of an unknown actor stays where it is: a newer program may know it. At most one of them is
    a suspect, and none where ``suspects`` is false: a worker that has one on its desk takes no other,
    so that what kills workers does not take the same innocent jobs with it each time.
    """
    due = _due(queue, actors, now, suspects=suspects).limit(limit)
    due = due.with_for_update(skip_locked=True).cte("due")
    lease = uuid.uuid4().hex
    claimed = session.execute(
        update(Job)
        .where(Job.id.in_(select(due.c.id)))
        .values(
            state="leased",
            lease=lease,
            lease_until=database_millis() + lease_ms,
            deliveries=Job.deliveries + 1,
        )
        .returning(Job.id, Job.organization_id, Job.actor, Job.body, Job.retries, Job.deliveries),
        execution_options=UNSYNCHRONIZED,
    )
    return [_delivery(row, queue, lease) for row in sorted(claimed, key=lambda row: int(row.id))]


def renew(session: OrganizationSession, leases: Collection[str], *, lease_ms: int) -> int:
    """Extend ``leases`` by their full length from now; return how many jobs they still hold."""
    return _changed(
        session.execute(
            update(Job)
            .where(Job.state == "leased", Job.lease.in_(leases))
            .values(lease_until=database_millis() + lease_ms),
            execution_options=UNSYNCHRONIZED,
        )
    )


def settle(
    session: OrganizationSession, delivery: Delivery, outcome: Outcome, *, now: datetime
) -> bool:
    """Write how a job ended; False, and nothing is written, when the lease was lost meanwhile."""
    if outcome.state == "done":
        done = delete(Job).where(*_mine(delivery))
        return _changed(session.execute(done, execution_options=UNSYNCHRONIZED)) == 1
    values: dict[str, Any] = {"lease": None, "lease_until": None, "error": outcome.error}
    if outcome.state == "retry":
        values |= {
            "state": "ready",
            "visible_at": now + timedelta(seconds=outcome.wait),
            "retries": Job.retries + 1,
            "deliveries": 0,
        }
    else:
        values |= {"state": "dead"}
    change = update(Job).where(*_mine(delivery)).values(values)
    return _changed(session.execute(change, execution_options=UNSYNCHRONIZED)) == 1


def finish_late(session: OrganizationSession, delivery: Delivery) -> None:
    """Delete a job that was given up as late, and got done after all; not where it runs again."""
    session.execute(
        delete(Job).where(Job.id == delivery.job_id, Job.state == "dead"),
        execution_options=UNSYNCHRONIZED,
    )


def release(session: OrganizationSession, deliveries: Iterable[Delivery]) -> None:
    """Put back jobs that were claimed and never begun."""
    for delivery in deliveries:
        session.execute(
            update(Job)
            .where(*_mine(delivery))
            .values(state="ready", lease=None, lease_until=None, deliveries=Job.deliveries - 1),
            execution_options=UNSYNCHRONIZED,
        )


def has_doubtful_leases(session: OrganizationSession, *, lease_ms: int) -> bool:
    """Return whether ``expire`` would find something to do."""
    return session.scalar(select(Job.id).where(_doubtful(lease_ms)).limit(1)) is not None


def expire(session: OrganizationSession, *, now: datetime, lease_ms: int) -> int:
    """Free the jobs whose lease ran out; return how many.

    They come back at spread instants: what a poisonous job takes down with it should not meet it
    again and again. A lease that ends later than any can is one from before the clock stepped back;
    it is cut to its full length, in which a living owner renews it.
    """
    session.execute(
        update(Job)
        .where(Job.state == "leased", Job.lease_until > database_millis() + lease_ms)
        .values(lease_until=database_millis() + lease_ms),
        execution_options=UNSYNCHRONIZED,
    )
    over = session.execute(
        select(Job.id, Job.lease, Job.deliveries)
        .where(Job.state == "leased", Job.lease_until <= database_millis())
        .with_for_update(skip_locked=True)
    ).all()
    for job_id, lease, deliveries in over:
        values: dict[str, Any] = {"lease": None, "lease_until": None}
        if deliveries >= MAX_DELIVERIES:
            values |= {"state": "dead", "error": WORKER_DIED}
        else:
            wait = backoff(deliveries - 1, random()) * min(1.0, lease_ms / 60_000)  # noqa: S311
            values |= {"state": "ready", "visible_at": now + timedelta(seconds=wait)}
        session.execute(
            update(Job).where(Job.id == job_id, Job.lease == lease).values(values),
            execution_options=UNSYNCHRONIZED,
        )
    return len(over)


def _due(queue: str, actors: Collection[str], now: datetime, *, suspects: bool) -> Any:
    order = (Job.visible_at, Job.id)
    known = select(Job.id).where(
        Job.queue == queue,
        Job.state == "ready",
        Job.visible_at <= now,
        Job.actor.in_(sorted(actors)),
    )
    taken = Job.deliveries == 0
    if suspects:
        first = known.where(Job.deliveries > 0).order_by(*order).limit(1)
        taken |= Job.id == first.scalar_subquery()
    return known.where(taken).order_by(*order)


def _delivery(row: Row[Any], queue: str, lease: str) -> Delivery:
    args, suspect = tuple(row.body), row.deliveries > 1
    return Delivery(
        row.id, row.organization_id, queue, row.actor, args, row.retries, lease, suspect
    )


def _mine(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return Job.id == delivery.job_id, Job.state == "leased", Job.lease == delivery.lease


def _doubtful(lease_ms: int) -> ColumnElement[bool]:
    over = Job.lease_until <= database_millis()
    impossible = Job.lease_until > database_millis() + lease_ms
    return (Job.state == "leased") & or_(over, impossible)


def _changed(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount
