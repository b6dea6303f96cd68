"""Sends answers that are at hand before their request is routed, since it equals an earlier one."""

from __future__ import annotations

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sos_graphql.http.origins import GRAPHQL, VARY
from sos_graphql.keeping import LOOKED
from sos_graphql.view import GraphQLView


class AtHand:
    """Stands before routing and what else a request passes on the way to the API.

    Only those that pass all of it unchanged are noted as shortcuts; whatever is not at hand goes
    on, with what was found. ``route`` is the API's, for whoever counts requests.
    """

    def __init__(self, app: ASGIApp, *, view: GraphQLView, route: Route) -> None:
        self.app = app
        self.view = view
        self.route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http" or scope["path"] != GRAPHQL or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        looked = await self.view.look(scope, await receive())
        kept = looked.kept
        if kept is None:
            scope[LOOKED] = looked
            await self.app(scope, receive, send)
            return
        scope["route"] = self.route
        headers = [*kept.headers, VARY]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": kept.body})
