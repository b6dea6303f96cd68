"""What is read about organizations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.tables import AuditEntry, Organization


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """An organization as others see it."""

    id: int
    name: str
    language: str
    time_zone: str
    levels: tuple[str, ...]
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditView:
    """One line of the audit log."""

    id: int
    at: datetime
    actor: str
    verb: str
    subject: str
    details: dict[str, Any]


def organization(session: OrganizationSession, organization_id: int) -> OrganizationView:
    """Return the organization; raise NotFound when there is none."""
    row = session.get(Organization, organization_id)
    if row is None:
        raise NotFound("There is no such organization.", "Check the address.")
    return _view(row)


def organizations(session: OrganizationSession) -> list[OrganizationView]:
    """Return every organization of the installation, by id."""
    return [_view(row) for row in session.scalars(select(Organization).order_by(Organization.id))]


def audit_entries(
    session: OrganizationSession, *, before: int | None = None, limit: int = 100
) -> list[AuditView]:
    """Return the newest lines of the audit log, older than entry ``before`` where given."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return [
        AuditView(row.id, row.at, row.actor, row.verb, row.subject, row.details)
        for row in session.scalars(query)
    ]


def _view(row: Organization) -> OrganizationView:
    return OrganizationView(
        row.id, row.name, row.language, row.time_zone, tuple(row.levels), dict(row.settings)
    )
