"""The frame of every page of the application: the organization's name, and navigation by role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from sos_core.access.principal import Principal
from sos_core.content import moment_text
from sos_core.organizations.queries import OrganizationView, organization
from sos_graphql.http.visits import Visit

SECTIONS = (
    ("/app", "app.home", False),
    ("/app/results", "app.results", False),
    ("/app/surveys", "app.surveys", True),
    ("/app/people", "app.people", True),
    ("/app/keys", "app.integrations", True),
    ("/app/audit", "audit.title", True),
    ("/app/access", "app.access", True),
)
OPERATOR = "/app/operator"
INSTALLATION = "SOS"


UNDER = {"/app/embeddings": "/app/keys"}
"""Pages that stand under another section's entry."""


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation."""

    path: str
    name: str
    current: bool


def sections(principal: Principal, here: str) -> list[Section]:
    """Return the navigation of a reader: surveys, people and access are administrators' business."""
    if principal.must_enroll:
        return []
    if principal.is_operator:
        return [Section(OPERATOR, "app.operator", current=here == OPERATOR)]
    place = next((under for page, under in UNDER.items() if here.startswith(page)), here)
    return [
        Section(path, name, place == path or (path != "/app" and place.startswith(f"{path}/")))
        for path, name, for_administrators in SECTIONS
        if principal.is_administrator or not for_administrators
    ]


async def show(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """Return a page of the application; raise NotAllowed for one who has not signed in."""
    language, home = visit.asker.language, await _home(visit)

    def local(moment: datetime, zone: str | None = None) -> str:
        return moment_text(language, moment, ZoneInfo(zone or home.time_zone))

    return visit.show(
        template,
        status=status,
        organization=home,
        principal=visit.asker.principal,
        sections=sections(visit.asker.principal, visit.request.url.path),
        local=local,
        done=visit.request.query_params.get("done", ""),
        **values,
    )


async def _home(visit: Visit) -> OrganizationView:
    """Return the reader's organization; for an operator, what stands for the installation."""
    if visit.asker.principal.of_installation:
        return OrganizationView(0, INSTALLATION, visit.asker.language, "UTC", (), {})
    organization_id = visit.asker.organization_id
    return await visit.asker.read(lambda session: organization(session, organization_id))
