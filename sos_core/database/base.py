"""The base of every mapped class, and the mixin of the tables that belong to one organization."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.schema import Constraint

GLOBAL_TABLES = frozenset(
    {
        "organization",
        "job",
        "effect",
        "signal",
        "sign_in_name",
        "access_token",
        "operator",
        "spent_token",
        "attempt_count",
        "sign_in_identity",
        "printed_code",
        "benchmark_edition",
        "benchmark_contribution",
        "data_key",
        "embedding_origin",
        "signing_key",
    }
)
"""The tables that cross organizations; rooms that need another one add it here, with a reason."""


class Base(DeclarativeBase):
    """The declarative base; the naming convention makes migrations reversible on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class OfOrganization:
    """A table of one organization: a session of another one neither sees nor writes its rows."""

    @declared_attr
    def organization_id(cls) -> Mapped[int]:
        """Return the organization that the row belongs to."""
        return mapped_column(ForeignKey("organization.id"), index=True)


class Owned(OfOrganization):
    """A table of one organization, with a key that other tables refer to by ``owned_reference``.

    A class that needs more constraints lists them in ``constraints``; the pair
    (organization_id, id) is unique, so that a reference cannot cross organizations.
    """

    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """Return the constraints of the table."""
        return (UniqueConstraint("organization_id", "id"), *cls.constraints())

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return further constraints and indexes; called once when the class is mapped."""
        return ()


def owned_reference(column: str, target: str, *, ondelete: str | None = None) -> Constraint:
    """Return a foreign key to ``target`` that cannot point into another organization."""
    return ForeignKeyConstraint(
        ["organization_id", column],
        [f"{target}.organization_id", f"{target}.id"],
        ondelete=ondelete,
    )
