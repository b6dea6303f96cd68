"""The page of people: import, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.people.directory import Wanted, people_page, units_by_id
from sos_core.people.queries import PersonView, people_count
from sos_graphql.http.person_pages import person_routes
from sos_graphql.http.plan_pages import plan_routes
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, number, page

AT_ONCE = 50


def people_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of people."""
    return [
        page(application, "/app/people", people),
        *plan_routes(application),
        *person_routes(application),
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
