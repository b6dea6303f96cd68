"""A new organization with its first administrator, who is invited by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sos_core.access.accounts import invite_account
from sos_core.access.names import email_key
from sos_core.access.rights import Rights
from sos_core.database import Database
from sos_core.organizations.audit import record
from sos_core.organizations.commands import create_organization


def found_organization(
    database: Database,
    *,
    name: str,
    language: str,
    time_zone: str,
    levels: Sequence[str],
    administrator: str,
    now: datetime,
    actor: str,
) -> int:
    """Make an organization, invite its first administrator, and return its id."""
    email_key(administrator)  # refused before anything is made: two transactions follow
    with database.write(None) as session:
        organization_id = create_organization(
            session, name=name, language=language, time_zone=time_zone, levels=levels, now=now
        )
    with database.write(organization_id) as session:
        record(
            session,
            actor=actor,
            verb="organization.created",
            subject=f"organization:{organization_id}",
            now=now,
        )
        invite_account(
            session,
            email=administrator,
            rights=Rights(administrator=True),
            language=language,
            now=now,
            actor=actor,
        )
    return organization_id
