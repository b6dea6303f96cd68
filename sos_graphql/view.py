"""The GraphQL endpoint: strawberry's view, made to follow GraphQL over HTTP in its SHOULDs too."""

from __future__ import annotations

from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from sos_core.application import Application
from sos_core.errors import NotAllowed
from sos_graphql.context import Context, context_of
from sos_graphql.errors import problem
from sos_graphql.limits import BODY_BYTES

GRAPHQL_JSON = "application/graphql-response+json"


class GraphQLView(GraphQL[Context, None]):
    """Serves the schema; the context is made once a request, or once a WebSocket connection."""

    def __init__(self, schema: Schema, application: Application) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is refused before execution is JSON too."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive=_limited(receive, BODY_BYTES))
        try:
            response = await self.run(request)
        except HTTPException as error:
            response = request_error(request, error.reason or "Bad request", error.status_code)
        await response(scope, receive, send)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        """Return who asks; a cookie counts only when the page itself sent the request."""
        del response
        context = await context_of(self.application, request)
        if context.by_cookie and isinstance(request, Request) and not is_same_site(request):
            raise HTTPException(
                403, "Send the header X-SOS-Request with requests that use a session cookie."
            )
        return context

    def create_response(
        self,
        response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse],
        sub_response: Response,
    ) -> Response:
        """Return the answer; a request error (no path, no data) is a 400 in the newer media type."""
        accepts = getattr(sub_response, "accepts_graphql_json", False)
        status = 200
        if isinstance(response_data, dict) and _is_request_error(response_data):
            response_data.pop("data", None)  # type: ignore[misc]
            status = 400 if accepts else 200
        return Response(
            orjson.dumps(response_data),
            status_code=status,
            media_type=GRAPHQL_JSON if accepts else "application/json",
        )

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return the carrier of headers, which remembers the media type that was asked for."""
        response = await super().get_sub_response(request)
        response.accepts_graphql_json = prefers_graphql_json(request.headers.get("accept", ""))  # type: ignore[attr-defined]
        return response

    def encode_json(self, data: object) -> str | bytes:
        """Return ``data`` as JSON; text for WebSocket frames, which must not be binary."""
        return orjson.dumps(data).decode()


def prefers_graphql_json(accept: str) -> bool:
    """Return whether an Accept header puts the newer media type before application/json."""
    ranks: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(accept.split(",")):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        ranks.setdefault(media, (-quality, place))
    if GRAPHQL_JSON not in ranks:
        return False
    return "application/json" not in ranks or ranks[GRAPHQL_JSON] < ranks["application/json"]


def request_error(request: Request, reason: str, status: int) -> Response:
    """Return a refusal in the form of GraphQL over HTTP."""
    accepts = prefers_graphql_json(request.headers.get("accept", ""))
    body: dict[str, Any] = {"errors": [{"message": reason}]}
    return JSONResponse(
        body, status_code=status, media_type=GRAPHQL_JSON if accepts else "application/json"
    )


def is_same_site(request: Request) -> bool:
    """Return whether a request with a cookie came from our own page: no form can set the header."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    return request.method == "GET" or "x-sos-request" in request.headers


def not_signed_in(language: str) -> dict[str, str]:
    """Return the problem of one who has not signed in, as plain JSON for other endpoints."""
    found = problem(
        NotAllowed("You have not signed in.", "Sign in and try again.", code="not_signed_in"),
        language,
    )
    return {"code": found.code, "what": found.what, "remedy": found.remedy}


def _is_request_error(data: GraphQLHTTPResponse) -> bool:
    errors = data.get("errors")
    return bool(errors) and data.get("data") is None and not any("path" in e for e in errors or ())


def _limited(receive: Receive, most: int) -> Receive:
    seen = 0

    async def limited() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, f"The request is larger than {most} bytes.")
        return message

    return limited
