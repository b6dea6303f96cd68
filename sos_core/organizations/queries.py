"""What is read about organizations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.tables import Organization


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """An organization as others see it."""

    id: int
    name: str
    language: str
    time_zone: str
    levels: tuple[str, ...]
    settings: dict[str, Any]


def organization(session: OrganizationSession, organization_id: int) -> OrganizationView:
    """Return the organization; raise NotFound when there is none."""
    row = session.get(Organization, organization_id)
    if row is None:
        raise NotFound("There is no such organization.", "Check the address.")
    return _view(row)


def organizations(session: OrganizationSession) -> list[OrganizationView]:
    """Return every organization of the installation, by id."""
    return [_view(row) for row in session.scalars(select(Organization).order_by(Organization.id))]


def _view(row: Organization) -> OrganizationView:
    return OrganizationView(
        row.id, row.name, row.language, row.time_zone, tuple(row.levels), dict(row.settings)
    )
