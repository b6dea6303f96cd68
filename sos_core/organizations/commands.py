"""What changes organizations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from sos_core.content import normalize_language
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.organizations.tables import Organization

DEFAULT_LEVELS = ("business_area", "region", "team")


def create_organization(
    session: OrganizationSession,
    *,
    name: str,
    language: str,
    time_zone: str,
    now: datetime,
    levels: Sequence[str] = DEFAULT_LEVELS,
) -> int:
    """Create an organization and return its id; ``session`` is one without an organization."""
    tag = normalize_language(language)
    if tag is None:
        raise InvalidInput(
            "SOS does not speak the language “{language}”.",
            "Choose one of en, sv, nb, zh-Hans and sw.",
            code="unknown_language",
            field="language",
            values={"language": language},
        )
    check_time_zone(time_zone)
    if not name.strip() or not levels or len(set(levels)) != len(levels):
        raise InvalidInput(
            "An organization needs a name and at least one level, each level once.",
            "Give a name and levels such as business_area, region, team.",
            code="organization_incomplete",
            field="levels" if name.strip() else "name",
        )
    organization = Organization(
        name=name.strip(),
        language=tag,
        time_zone=time_zone,
        levels=list(levels),
        settings={},
        created_at=now,
    )
    session.add(organization)
    session.flush()
    return organization.id


def lock_organization(session: OrganizationSession) -> None:
    """Hold the session's organization until the commit, against others who hold it too."""
    query = select(Organization.id).where(Organization.id == session.organization_id)
    session.execute(query.with_for_update(key_share=True))


def change_settings(session: OrganizationSession, changes: Mapping[str, Any]) -> None:
    """Set some of the settings of the session's organization; plain JSON values."""
    # What this session has read before may be old by now: others' settings must not come back.
    row = session.get_one(
        Organization, session.organization_id, with_for_update=True, populate_existing=True
    )
    row.settings = {**row.settings, **changes}


def check_time_zone(name: str) -> ZoneInfo:
    """Return the zone called ``name``; raise InvalidInput when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            "There is no time zone called “{zone}”.",
            "Use a name such as Europe/Stockholm or Africa/Nairobi.",
            code="unknown_time_zone",
            field="timeZone",
            values={"zone": name},
        ) from error
