"""The web application: one ASGI app that serves the API, the widgets, the pages and the probes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from sos_core.application import Application
from sos_graphql.http.apologies import apologies
from sos_graphql.http.at_hand import AtHand
from sos_graphql.http.embed import embed_routes
from sos_graphql.http.entrances import entrance_routes
from sos_graphql.http.frames import frame_routes
from sos_graphql.http.middleware import Observed, Secured
from sos_graphql.http.origins import CrossOrigin
from sos_graphql.http.pages import page_routes
from sos_graphql.http.providers import provider_routes
from sos_graphql.http.respondents import respondent_routes
from sos_graphql.http.sign_in import sign_in_routes
from sos_graphql.http.transfers import transfer_routes
from sos_graphql.schema import schema
from sos_graphql.tuning import tuned_for_serving
from sos_graphql.view import GraphQLView


def create_app(application: Application, *, run_jobs: bool = True) -> Starlette:
    """Return the ASGI app of ``application``; its workers run inside it unless told otherwise."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if run_jobs:
            await asyncio.to_thread(application.start)
        try:
            with tuned_for_serving():
                yield
        finally:
            await asyncio.to_thread(application.stop)

    view = GraphQLView(schema, application)
    route = Route("/graphql", view, methods=["GET", "POST"])
    app = Starlette(
        routes=[
            route,
            WebSocketRoute("/graphql", view),
            *probe_routes(application),
            *embed_routes(),
            *frame_routes(application),
            *sign_in_routes(application),
            *entrance_routes(application),
            *provider_routes(application),
            *respondent_routes(application),
            *transfer_routes(application),
            *page_routes(application),
        ],
        middleware=around(application, view, route),
        exception_handlers=apologies(application),
        lifespan=lifespan,
    )
    # Starlette's own redirect names whatever host the request did; ``apologies`` leads on instead.
    app.router.redirect_slashes = False
    app.state.application = application
    return app


def around(application: Application, view: GraphQLView, route: Route) -> list[Middleware]:
    """Return what every request passes, the outermost first."""
    return [
        # The outermost, so that answers to unexpected errors are protected too.
        Middleware(Secured, public_url=application.settings.public_url),
        Middleware(Observed, telemetry=application.telemetry, traffic=application.traffic),
        Middleware(AtHand, view=view, route=route),
        Middleware(CrossOrigin, application=application),
    ]


def probe_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes that tell whether the process lives, is ready, and what it has counted."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        readiness = await asyncio.to_thread(application.readiness)
        return JSONResponse(
            {"ready": readiness.ready, "faults": list(readiness.faults)}
            | ({"warnings": list(readiness.warnings)} if readiness.warnings else {}),
            status_code=200 if readiness.ready else 503,
        )

    async def metrics(_request: Request) -> Response:
        telemetry = application.telemetry
        return Response(telemetry.render(), media_type=telemetry.content_type)

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
