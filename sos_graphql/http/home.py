"""The first page: what awaits the reader."""

from __future__ import annotations

from starlette.responses import Response

from sos_core.database.session import OrganizationSession
from sos_core.surveys.queries import PersonalSurvey, SurveyView, surveys, surveys_of_person
from sos_graphql.http.result_pages import Way, way_to
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit
from sos_graphql.nodes import node_id


async def home(visit: Visit) -> Response:
    """Show the survey to answer, the running survey's response rate and the newest results."""
    principal, now = visit.asker.principal, visit.asker.now
    person_id = principal.person_id

    def work(session: OrganizationSession) -> tuple[list[SurveyView], list[PersonalSurvey], Way]:
        mine = surveys_of_person(session, person_id) if person_id is not None else []
        return surveys(session), mine, way_to(session, visit, None, None)

    _ = visit.asker.organization_id
    known, mine, way = await visit.asker.read(work)
    running = next((view for view in known if view.state == "open" and now < view.closes_at), None)
    newest = way.survey
    to_answer = [one for one in mine if one.state == "open" and now < one.closes_at]
    by_id = {view.id: view for view in known}
    return await show(
        visit,
        "home.html",
        to_answer=[(one, by_id[one.survey_id]) for one in to_answer],
        running=running if principal.is_administrator or principal.led else None,
        running_key=node_id("Survey", running.id) if running else None,
        newest=newest,
        newest_key=node_id("Survey", newest.id) if newest else None,
        unit_key=node_id("Unit", way.unit_id) if way.unit_id is not None else None,
    )
