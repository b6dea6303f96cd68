"""What other rooms write: a job in the transaction of its cause, an effect in its own."""

from __future__ import annotations

import json
from datetime import datetime

from sos_core.database.session import ORGANIZATION, OrganizationSession
from sos_core.jobs.tables import AT_ONCE, Effect, Job

DEFAULT = "default"
BULK = "bulk"
"""The queue of jobs that come by the thousand, such as mails, so that nothing waits behind them."""
QUEUES = (DEFAULT, BULK)
ENQUEUED = "jobs_enqueued"


def enqueue(
    session: OrganizationSession,
    actor: str,
    *args: object,
    run_at: datetime | None = None,
    queue: str = DEFAULT,
) -> None:
    """Write a job that runs once ``session`` has committed, not before ``run_at`` where given.

    ``args`` are plain JSON values, by convention ids with the organization's first.
    """
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue!r}; use one of {QUEUES}.")
    json.dumps(args)
    session.add(
        Job(
            organization_id=session.info.get(ORGANIZATION),
            queue=queue,
            actor=actor,
            state="ready",
            visible_at=run_at or AT_ONCE,
            deliveries=0,
            retries=0,
            body=list(args),
        )
    )
    session.info[ENQUEUED] = True


def once(session: OrganizationSession, key: str) -> bool:
    """Claim the effect ``key`` of the session's organization; False when it has happened before.

    The claim commits or rolls back together with the effect; keys of organizations never meet.
    """
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    scoped = f"{session.info.get(ORGANIZATION) or 0}:{key}"
    claimed = session.execute(
        insert(Effect).values(key=scoped).on_conflict_do_nothing().returning(Effect.key)
    )
    return claimed.first() is not None
