"""The application's pages: what awaits the reader, surveys, results, people and the account."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_graphql.http.access_pages import access_routes
from sos_graphql.http.account_pages import account_routes
from sos_graphql.http.audit_pages import audit_routes
from sos_graphql.http.embedding_pages import embedding_routes
from sos_graphql.http.home import home
from sos_graphql.http.key_pages import key_routes
from sos_graphql.http.operator_pages import operator_routes
from sos_graphql.http.people_pages import people_routes
from sos_graphql.http.personal_pages import personal_routes
from sos_graphql.http.result_pages import result_routes
from sos_graphql.http.retention_pages import retention_routes
from sos_graphql.http.surveys import survey_routes
from sos_graphql.http.visits import Visit, go, page


def page_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/app``, and the way there from the bare address."""
    return [
        page(application, "/", start),
        page(application, "/app", home),
        *survey_routes(application),
        *result_routes(application),
        *people_routes(application),
        *personal_routes(application),
        *retention_routes(application),
        *key_routes(application),
        *embedding_routes(application),
        *audit_routes(application),
        *account_routes(application),
        *access_routes(application),
        *operator_routes(application),
        page(application, "/app/{rest:path}", missing),
    ]


async def start(_visit: Visit) -> Response:
    """Lead from the bare address to the application."""
    return go("/app")


async def missing(visit: Visit) -> Response:
    """Say that there is no such page."""
    return visit.show(
        "failure.html",
        status=404,
        what=visit.say("page_error.404.title"),
        remedy=visit.say("page_error.404.text"),
    )
