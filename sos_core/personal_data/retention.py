"""How long an organization keeps what: read, changed, and what would go now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sos_core.database.session import OrganizationSession
from sos_core.organizations.audit import record
from sos_core.organizations.commands import change_settings, lock_organization
from sos_core.organizations.queries import organization
from sos_core.personal_data.files import Home, old_mails
from sos_core.personal_data.kinds import KINDS
from sos_core.personal_data.limits import MAILS, SETTING, changed, cut, limits_of

LOOKED_AT = 20_000
"""Mails that are looked at to tell how many are old: somebody waits for the answer."""


def retention(session: OrganizationSession) -> dict[str, int]:
    """Return for how many days the session's organization keeps what, by kind."""
    return limits_of(organization(session, session.organization_id).settings)


def change_retention(
    session: OrganizationSession, wanted: Mapping[str, int], *, actor: str, now: datetime
) -> dict[str, int]:
    """Set for how many days something is kept, and return all of it; what goes is swept later.

    Raises InvalidInput for an unknown kind, and for days out of bounds.
    """
    lock_organization(session)
    known = retention(session)
    found = changed(known, wanted)
    changes = {
        kind: {"from": known[kind], "to": days}
        for kind, days in found.items()
        if days != known[kind]
    }
    if changes:
        change_settings(session, {SETTING: found})
        record(
            session,
            actor=actor,
            verb="retention.changed",
            subject=f"organization:{session.organization_id}",
            now=now,
            details=changes,
        )
    return found


def due(
    session: OrganizationSession, limits: Mapping[str, int], *, now: datetime, mail_dir: Path
) -> dict[str, int]:
    """Return how many of each kind would go now under ``limits``; it changes nothing.

    People count as of now: those whom a plan names that would go too are counted after it has gone.
    Of a large folder of mails only a part is counted.
    """
    found = {kind.name: kind.amount(session, now, limits[kind.name]) for kind in KINDS}
    home = organization(session, session.organization_id)
    mine = Home(home.id, home.name, cut(now, limits[MAILS]))
    mails = old_mails(mail_dir, [mine], most=LOOKED_AT)
    return {**found, MAILS: len(mails.found)}
