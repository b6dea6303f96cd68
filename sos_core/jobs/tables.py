"""Tables of jobs, of effects that happened once, and of signals to other processes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, Json, UtcDateTime
from sos_core.organizations.tables import Organization

JobState = Literal["ready", "leased", "dead"]
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""``visible_at`` of a job that need not wait: due whatever clock is injected."""


class Job(Base):
    """Work that must happen outside its transaction: the outbox, and the queue of the broker.

    A job that is done is deleted. ``visible_at`` is compared with the injected clock,
    ``lease_until`` (milliseconds since 1970) with the database's own. ``deliveries`` counts how
    often a worker took the job without telling how it ended, ``retries`` how often it ended in an
    error that may pass.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "state", "queue", "visible_at", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey(Organization.id, ondelete="CASCADE"), index=True
    )
    queue: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    visible_at: Mapped[datetime] = mapped_column(UtcDateTime())
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[int | None] = mapped_column(BigInteger)
    deliveries: Mapped[int]
    retries: Mapped[int]
    body: Mapped[list[Any]] = mapped_column(Json)
    error: Mapped[dict[str, str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=func.now())


class Effect(Base):
    """An effect that has happened; the key is written in the transaction of the effect itself.

    ``happened_at`` is by the database's clock; old rows are purged (see ``retention``).
    """

    __tablename__ = "effect"

    key: Mapped[str] = mapped_column(String(250), primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=func.now())


class Signal(Base):
    """How often a topic of an organization was signaled; other processes on SQLite look at it."""

    __tablename__ = "signal"

    organization_id: Mapped[int] = mapped_column(
        ForeignKey(Organization.id, ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(String(120), primary_key=True)
    count: Mapped[int]
