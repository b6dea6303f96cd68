"""A session belongs to exactly one organization, or may touch global tables only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from sos_core.database.base import GLOBAL_TABLES, OfOrganization

Row = TypeVar("Row")
ORGANIZATION = "organization_id"
ORGANIZATIONS_KNOWN = 256
STATEMENT_SECONDS = "statement_seconds"
"""In a session's ``info``: how long one statement may take on PostgreSQL, before its first one."""

SEEN = "seen"
"""In the ``info`` of a session that only reads: a mapping of what was read lately and is true still."""

ANNOUNCE = text("SELECT set_config('sos.organization', :organization, true)")
ANNOUNCE_IN_TIME = text(
    "SELECT set_config('sos.organization', :organization, true),"
    " set_config('statement_timeout', :patience, true)"
)


class OrganizationMismatch(RuntimeError):
    """A session touched a row of another organization: a mistake in the program, never expected."""


class OrganizationSession(Session):
    """A session that reads and writes the rows of one organization and no other's."""

    @property
    def organization_id(self) -> int:
        """Return the organization of the session; fail where it has none."""
        organization_id = self.info.get(ORGANIZATION)
        if organization_id is None:
            raise OrganizationMismatch("This session has no organization.")
        return int(organization_id)

    def hold(self, mapped: type[Row], key: object) -> Row | None:
        """Return a row as it is now, held until the commit; None where there is none.

        It is read again though this session knows it: somebody may have changed it meanwhile.
        """
        return self.get(mapped, key, with_for_update=True, populate_existing=True)


@event.listens_for(OrganizationSession, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    organization_id = state.session.info.get(ORGANIZATION)
    if organization_id is None:
        _refuse_owned_tables(state)
        return
    if state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(_rows_of(organization_id))


@lru_cache(ORGANIZATIONS_KNOWN)
def _rows_of(organization_id: int) -> ORMOption:
    """Return what restricts a statement to the rows of one organization; it is the same each time."""
    return with_loader_criteria(
        OfOrganization,
        lambda owned: owned.organization_id == organization_id,
        include_aliases=True,
    )


def _refuse_owned_tables(state: ORMExecuteState) -> None:
    for mapper in state.all_mappers:
        name = getattr(mapper.local_table, "name", "")
        if name not in GLOBAL_TABLES:
            raise OrganizationMismatch(f"Table {name!r} needs a session with an organization.")


@event.listens_for(OrganizationSession, "before_flush")
def _stamp_and_check(session: Session, _context: Any, _instances: Any) -> None:
    organization_id = session.info.get(ORGANIZATION)
    for row in session.new:
        if isinstance(row, OfOrganization) and getattr(row, ORGANIZATION, None) is None:
            setattr(row, ORGANIZATION, organization_id)
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, OfOrganization) and row.organization_id != organization_id:
            raise OrganizationMismatch(
                f"A {type(row).__name__} of organization {row.organization_id} "
                f"in a session of organization {organization_id}."
            )


@event.listens_for(OrganizationSession, "after_begin")
def _announce_organization(session: Session, _transaction: Any, connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        organization_id = session.info.get(ORGANIZATION)
        values = {"organization": "" if organization_id is None else str(organization_id)}
        seconds = session.info.get(STATEMENT_SECONDS)
        if seconds is None:
            connection.execute(ANNOUNCE, values)
        else:
            connection.execute(ANNOUNCE_IN_TIME, values | {"patience": f"{seconds * 1000:.0f}ms"})
