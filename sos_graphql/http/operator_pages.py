"""The operator's page: organizations, jobs and readiness, and nothing of what organizations hold."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.founding import found_organization
from sos_core.application import Application
from sos_core.content import LANGUAGES
from sos_core.errors import SosError
from sos_core.jobs.queries import counts
from sos_core.organizations.queries import OrganizationView, organizations
from sos_graphql.http.shell import OPERATOR, show
from sos_graphql.http.visits import Visit, go, page, status_of, words_of

LEVELS = "business_area, region, team"


def operator_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of operators."""
    return [page(application, OPERATOR, operator, posts=True)]


async def operator(visit: Visit, error: SosError | None = None) -> Response:
    """Show the organizations and the state of the installation, or make an organization."""
    _ = visit.asker.holder
    visit.asker.principal.require_operator()
    if visit.posted and error is None:
        try:
            await _found(visit)
        except SosError as wrong:
            return await operator(visit, wrong)
        return go(f"{OPERATOR}?done=founded")
    application = visit.application

    def work() -> tuple[list[OrganizationView], dict[str, int]]:
        with application.database.read(None) as session:
            return organizations(session), counts(session)

    found, jobs = await visit.asker.call(work)
    return await show(
        visit,
        "operator.html",
        status=status_of(error) if error else 200,
        organizations=found,
        jobs=jobs,
        readiness=await visit.asker.call(application.readiness),
        all_languages=LANGUAGES,
        levels=LEVELS,
        sent=visit.sent,
        wrong=words_of(error, visit.asker.language) if error else None,
    )


async def _found(visit: Visit) -> None:
    sent, application, asker = visit.sent, visit.application, visit.asker
    levels = [level.strip() for level in sent.one("levels").split(",") if level.strip()]
    await asker.call(
        lambda: found_organization(
            application.database,
            name=sent.one("name")[:200],
            language=sent.one("language"),
            time_zone=sent.one("time_zone"),
            levels=levels,
            administrator=sent.one("administrator")[:400],
            now=asker.now,
            actor=asker.principal.actor,
        )
    )
