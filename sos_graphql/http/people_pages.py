"""The page of people: import, and the list; and what the reader's own account is."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.people.directory import Wanted, people_page, units_by_id
from sos_core.people.queries import PersonView, people_count, units
from sos_core.surveys.queries import PersonalSurvey, surveys_of_person
from sos_graphql.http.person_pages import person_routes
from sos_graphql.http.plan_pages import plan_routes
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, number, page

AT_ONCE = 50


def people_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of people and of the account."""
    return [
        page(application, "/app/people", people),
        *plan_routes(application),
        *person_routes(application),
        page(application, "/app/account", account),
    ]


async def people(visit: Visit) -> Response:
    """Show the import, and people by name or address, some at a time."""
    visit.asker.administer()
    query = visit.request.query_params.get("q", "")[:100].strip()
    after = number(visit.request.query_params.get("after", "0"))
    former = visit.request.query_params.get("former") == "yes"

    def work(session: OrganizationSession) -> tuple[list[PersonView], dict[int, str], int]:
        wanted = Wanted(query, active=None if former else True)
        found, _ = people_page(session, wanted, start=after, count=AT_ONCE + 1)
        homes = {person.unit_id for person in found if person.unit_id is not None}
        views = units_by_id(session, homes)
        names = {unit_id: " › ".join(view.path) for unit_id, view in views.items()}
        return found, names, people_count(session)

    found, names, total = await visit.asker.read(work)
    further = None
    if len(found) > AT_ONCE:
        also = {"former": "yes"} if former else {}
        asked = urlencode({"q": query, **also, "after": after + AT_ONCE})
        further = f"/app/people?{asked}"
    return await show(
        visit,
        "people.html",
        people=[(person, names.get(person.unit_id or 0)) for person in found[:AT_ONCE]],
        next_address=further,
        query=query,
        former=former,
        total=total,
    )


async def account(visit: Visit) -> Response:
    """Show who the reader is, what they may see, and in which surveys they take part."""
    _ = visit.asker.organization_id
    principal = visit.asker.principal

    def work(session: OrganizationSession) -> tuple[dict[int, str], list[PersonalSurvey]]:
        names = {unit.id: " › ".join(unit.path) for unit in units(session)}
        mine = surveys_of_person(session, principal.person_id) if principal.person_id else []
        return names, mine

    names, mine = await visit.asker.read(work)
    return await show(
        visit,
        "account.html",
        roles=sorted(role.value for role in principal.roles),
        leads=[names[unit] for unit in sorted(principal.led) if unit in names],
        units=[names[unit] for unit in sorted(principal.units) if unit in names],
        mine=mine,
    )
