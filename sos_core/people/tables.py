"""Tables of units, people, memberships, leaders, and of the plans that change them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, Json, Owned, UtcDateTime, owned_reference

NEVER_USED_TWICE = {"sqlite_autoincrement": True}
"""Ids of deleted rows stay unused: what was written about one person never means another."""


class Unit(Owned, Base):
    """A node of the organization tree; ``level`` counts from 0 at the top.

    ``key`` digests the folded names from the top down to the unit: two spellings of one path meet
    in it. A unit without anybody in or below it is inactive, never deleted by a source.
    """

    __tablename__ = "unit"

    parent_id: Mapped[int | None]
    level: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(32))
    active: Mapped[bool]

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("organization_id", "key"),
            owned_reference("parent_id", "unit"),
            Index("ix_unit_parent_id", "organization_id", "parent_id"),
            NEVER_USED_TWICE,
        )


class Person(Owned, Base):
    """One of the organization's people; ``unit_id`` is the home that a survey copies.

    ``identity`` is the employee id where there is one, else the e-mail address. ``digest`` is that
    of the source's row which the person equals (None: none does), so that an unchanged row is
    recognized without a look at its fields.
    """

    __tablename__ = "person"

    # Without the mixin's index: every other index of this table begins with the organization.
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    identity: Mapped[str] = mapped_column(String(330))
    digest: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    employee_id: Mapped[str | None] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(20))
    user_type: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None]
    manager_id: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool]

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table; managers may come later in one transaction."""
        return (
            UniqueConstraint("organization_id", "identity"),
            owned_reference("unit_id", "unit"),
            ForeignKeyConstraint(
                ["organization_id", "manager_id"],
                ["person.organization_id", "person.id"],
                deferrable=True,
                initially="DEFERRED",
            ),
            Index("ix_person_email", "organization_id", "email"),
            Index("ix_person_unit_id", "organization_id", "unit_id"),
            Index("ix_person_manager_id", "organization_id", "manager_id"),
            NEVER_USED_TWICE,
        )


class Membership(Owned, Base):
    """A further unit of a person beside the home: it gives sight, no survey copies it."""

    __tablename__ = "membership"

    person_id: Mapped[int]
    unit_id: Mapped[int]
    position: Mapped[int]

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("organization_id", "person_id", "unit_id"),
            owned_reference("person_id", "person"),
            owned_reference("unit_id", "unit"),
            Index("ix_membership_unit_id", "organization_id", "unit_id"),
        )


class Leadership(Owned, Base):
    """Who leads a unit; ``origin`` is ``said`` by a source or a hand, or ``inferred`` by us."""

    __tablename__ = "leadership"

    unit_id: Mapped[int]
    person_id: Mapped[int]
    origin: Mapped[str] = mapped_column(String(20))

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("organization_id", "unit_id", "person_id"),
            owned_reference("unit_id", "unit"),
            owned_reference("person_id", "person"),
            Index("ix_leadership_person_id", "organization_id", "person_id"),
        )


class PeopleState(Owned, Base):
    """The version of an organization's people: one more after each change of them."""

    __tablename__ = "people_state"

    version: Mapped[int]

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (UniqueConstraint("organization_id"),)


class ChangePlan(Owned, Base):
    """A reviewed difference between what a source says and what is known.

    ``state`` is open, applying, applied, discarded or undone. ``base_version`` is the version of the
    people that it was made from, ``applied_version`` the one that it came to; ``progress`` tells how
    far it has come while it is being applied.
    """

    __tablename__ = "change_plan"

    state: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(20))
    scope_unit_id: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    base_version: Mapped[int]
    applied_version: Mapped[int | None]
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    guard: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    decided_by: Mapped[str | None] = mapped_column(String(320))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    undone_by: Mapped[str | None] = mapped_column(String(320))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    progress: Mapped[dict[str, Any] | None] = mapped_column(Json)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (Index("ix_change_plan_applied_version", "organization_id", "applied_version"),)


class ChangeChunk(Owned, Base):
    """A run of a plan's rows of one kind, or of its undo data, as compressed JSON.

    ``first`` is the position of the chunk's first row among the rows of its kind.
    """

    __tablename__ = "change_chunk"

    plan_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    first: Mapped[int]
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("organization_id", "plan_id", "kind", "first"),
            owned_reference("plan_id", "change_plan", ondelete="CASCADE"),
        )
