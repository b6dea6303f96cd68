"""The GraphQL endpoint: strawberry's view, made to follow GraphQL over HTTP in its SHOULDs too."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from sos_core.access.api_keys import KEY_PREFIX
from sos_core.access.guest_claims import is_guest_token
from sos_core.access.principal import ANONYMOUS, Role
from sos_core.application import Application
from sos_core.errors import Unavailable
from sos_graphql.callers import callers_of, scope
from sos_graphql.context import (
    REQUEST_HEADER,
    Context,
    bearer_token,
    context_of,
    language_of,
    principal_of,
    session_cookie,
)
from sos_graphql.documents import require_own_document, with_document
from sos_graphql.errors import problem
from sos_graphql.keeping import Answers, key
from sos_graphql.limits import BODY_BYTES
from sos_graphql.preferences import LANGUAGE_COOKIE, preference

ALLOWED_PAGE = "sos.allowed_page"
"""Mark in the scope of a socket that a page of an allowed origin opens."""
GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
PRIVATE = {"Cache-Control": "no-store"}
DECIDING = (b"accept", b"accept-language", b"x-sos-language", REQUEST_HEADER.encode(), b"cookie")


class Carrier(Response):
    """Carries what is known of a request to the making of its answer."""

    accepts_graphql_json = False
    context: Context | None = None
    key: bytes | None = None


class GraphQLView(GraphQL[Context, None]):
    """Serves the schema; the context is made once a request, or once a WebSocket connection."""

    def __init__(self, schema: Schema, application: Application) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )
        self.application = application
        self.answers = Answers()
        self.callers = callers_of(application)
        self.cookie = session_cookie(application.settings.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is refused before execution is JSON too."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive=_limited(receive, BODY_BYTES))
        try:
            response = await self._kept(request) or await self.run(request)
        except HTTPException as error:
            response = request_error(request, error.reason or "Bad request", error.status_code)
        except Unavailable as error:
            response = ask_to_wait(request, error)
        await response(scope, receive, send)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        """Return who asks; a cookie counts only when our own page sent the request."""
        context = await context_of(self.application, request)
        if isinstance(request, Request):
            require_good_token(context)
            if context.principal.guest is not None:
                require_own_document(context.principal.guest, await request.body())
            if context.by_cookie:
                require_same_site(request)
            if isinstance(response, Carrier):
                response.context = context
                response.key = await self._key(request, context)
        elif context.by_cookie and context.origin is not None:
            context.token, context.principal = None, ANONYMOUS  # another page's socket, our cookie
        return context

    def is_websocket_origin_allowed(self, request: WebSocket, origin: str) -> bool:  # noqa: ARG002
        """Return whether the list of the embeddings, which was asked before, has the page's origin."""
        return bool(request.scope.get(ALLOWED_PAGE))

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Take the token that a WebSocket client sends with its first message, if it sends one."""
        given = (context.connection_params or {}).get("authorization")
        token = bearer_token({"authorization": given}) if isinstance(given, str) else None
        if token is not None:
            context.token, context.by_cookie = token, False
            context.principal = await principal_of(self.application, token, context.origin)
        if context.principal.guest is not None or has_bad_token(context):
            # No widget of a guest's subscribes, and a socket would outlive its token.
            raise ConnectionRejectionError({"reason": "Sign in to subscribe."})
        return await super().on_ws_connect(context)

    async def parse_http_body(
        self, request: AsyncHTTPRequestAdapter
    ) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Return the request; a stored document that it names is filled in."""
        data = await super().parse_http_body(request)
        if isinstance(data, list):
            raise HTTPException(400, "Send one operation at a time.")
        if not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "The operation's name must be a string or null.")
        return with_document(data)

    def parse_json(self, data: str | bytes) -> Any:
        """Return the object in ``data``; anything else is refused."""
        found = super().parse_json(data)
        if not isinstance(found, dict | list | None):
            raise HTTPException(400, "The request is not a JSON object.")
        return {} if found is None else found

    def decode_json(self, data: str | bytes) -> object:
        """Return the JSON in ``data``; a message over the limit counts as none."""
        if len(data) > BODY_BYTES:
            raise json.JSONDecodeError("too long", "", 0)
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """Return ``data`` as JSON; text, since WebSocket frames must not be binary."""
        return orjson.dumps(data).decode()

    def create_response(
        self,
        response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse],
        sub_response: Response,
    ) -> Response:
        """Return the answer; a request error (no path, no data) is a 400 in the newer media type."""
        carrier = sub_response if isinstance(sub_response, Carrier) else Carrier()
        status = 200
        if isinstance(response_data, dict) and _is_request_error(response_data):
            response_data.pop("data", None)
            status = 400 if carrier.accepts_graphql_json else 200
        media_type = GRAPHQL_JSON if carrier.accepts_graphql_json else JSON
        body = orjson.dumps(response_data)
        asker = carrier.context
        failed = isinstance(response_data, list) or bool(response_data.get("errors"))
        if asker and asker.lasting and asker.published and carrier.key and not failed:
            self.answers.keep(carrier.key, body, media_type, latest=asker.latest)
        return Response(body, status_code=status, media_type=media_type, headers=PRIVATE)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return the carrier, which remembers the media type that was asked for."""
        carrier = Carrier()
        carrier.accepts_graphql_json = prefers_graphql_json(request.headers.get("accept", ""))
        return carrier

    async def _kept(self, request: Request) -> Response | None:
        """Return a kept answer, where the caller is known just now and has asked the same before."""
        token = bearer_token(request.headers)
        by_cookie = token is None
        if by_cookie:
            token = request.cookies.get(self.cookie)
        if token is None or request.method != "POST":
            return None
        caller = self.callers.find(token, await self.callers.stamp())
        if caller is None and self.callers.knew(token):
            await principal_of(self.application, token)
            caller = self.callers.find(token, await self.callers.stamp())
        if caller is None or (by_cookie and Role.INTEGRATION in caller.principal.roles):
            return None
        if by_cookie:
            require_same_site(request)
        kept = self.answers.get(key(caller.scope, _asked(request), await request.body()))
        if kept is None:
            return None
        return Response(kept.body, media_type=kept.media_type, headers=PRIVATE)

    async def _key(self, request: Request, context: Context) -> bytes | None:
        if request.method != "POST" or not context.signed_in:
            return None
        return key(scope(context.principal), _asked(request), await request.body())


def require_good_token(context: Context) -> None:
    """Refuse a request whose key or guest's token is good for nothing, so that its sender renews it."""
    if has_bad_token(context):
        raise HTTPException(
            401, "This key or token is unknown, has ended, or is not for this page."
        )


def has_bad_token(context: Context) -> bool:
    """Return whether a key or a guest's token was sent and nobody is behind it."""
    token = context.token or ""
    sent = token.startswith(KEY_PREFIX) or is_guest_token(token)
    return sent and not context.by_cookie and context.principal.organization_id is None


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
    return JSON not in ranks or ranks[GRAPHQL_JSON] < ranks[JSON]


def request_error(request: Request, reason: str, status: int, **more: str) -> Response:
    """Return a refusal in the form of GraphQL over HTTP, with what else clients should know."""
    accepts = prefers_graphql_json(request.headers.get("accept", ""))
    told = {"message": reason} | ({"extensions": {**more, "what": reason}} if more else {})
    body: dict[str, Any] = {"errors": [told]}
    return JSONResponse(
        body, status_code=status, media_type=GRAPHQL_JSON if accepts else JSON, headers=PRIVATE
    )


def ask_to_wait(request: Request, error: Unavailable) -> Response:
    """Return the refusal where it cannot be known who asks: the database is away."""
    found = problem(error, language_of(request))
    response = request_error(request, found.what, 503, code=found.code, remedy=found.remedy)
    response.headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return response


def require_same_site(request: Request) -> None:
    """Refuse a request that another site made the browser send with our cookie."""
    if not is_same_site(request):
        raise HTTPException(
            403, "Send the header X-SOS-Request with requests that use a session cookie."
        )


def is_same_site(request: Request) -> bool:
    """Return whether a request with a cookie came from our own page: no form can set the header."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        return False
    return request.method == "GET" or REQUEST_HEADER in request.headers


def _asked(request: Request) -> str:
    """Return what of the headers decides about an answer: the languages and the media type."""
    told = dict.fromkeys(DECIDING, "")
    for name, value in request.scope["headers"]:
        if name in told:
            told[name] = value.decode("latin-1")
    cookie = preference(request.cookies, LANGUAGE_COOKIE) if told.pop(b"cookie") else ""
    return "\0".join([*told.values(), request.scope["query_string"].decode("latin-1"), cookie])


def _is_request_error(data: GraphQLHTTPResponse) -> bool:
    """Return whether nothing was executed: an error of the execution tells where it happened."""
    errors: list[Any] = data.get("errors") or []
    return bool(errors) and data.get("data") is None and not any("path" in e for e in errors)


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
