"""Tables of organizations, of their audit log, and of what they keep secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, Json, OfOrganization, Owned, UtcDateTime


class Organization(Base):
    """A tenant; ``levels`` names the levels of its unit tree from the top, ``settings`` its choices."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(60))
    levels: Mapped[list[str]] = mapped_column(Json)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())


class AuditEntry(Owned, Base):
    """One deed: who did what to which thing; never who answered what, or when.

    ``sequence`` has no gaps in an organization; ``mac`` seals the entry behind the one before it
    (chain.py) under the key called ``key_id``. Entries from before the chain have neither.
    """

    __tablename__ = "audit_entry"

    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(320))
    verb: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    key_id: Mapped[str | None] = mapped_column(String(16))
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (UniqueConstraint("organization_id", "sequence"),)


class AuditHead(OfOrganization, Base):
    """The last entry of an organization's audit log; whoever appends one holds this row."""

    __tablename__ = "audit_head"

    # Without the mixin's index: it is the key itself.
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id"), primary_key=True, autoincrement=False
    )
    sequence: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class DataKey(Base):
    """A key that encrypts one organization's secrets (0: the installation's), itself wrapped.

    ``kek_id`` names the key outside the database that wraps it; the newest generation is in use.
    """

    __tablename__ = "data_key"

    organization_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kek_id: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class Secret(Owned, Base):
    """A password or token for another system; written once, read by the program alone."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary, info={"encrypted": "id"})
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime())

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (UniqueConstraint("organization_id", "name"),)
