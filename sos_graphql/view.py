"""The GraphQL endpoint: strawberry's view, made to follow GraphQL over HTTP in its SHOULDs too."""

from __future__ import annotations

import json
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from sos_core.access.principal import ANONYMOUS, Role
from sos_core.application import Application
from sos_core.errors import Unavailable
from sos_graphql.arrival import bearer_token, context_of, foreign_origin, session_cookie
from sos_graphql.callers import Caller, callers_of, digest, principal_of, read_again, scope
from sos_graphql.context import Context
from sos_graphql.documents import require_own_document, with_document
from sos_graphql.keeping import LOOKED, Answers, Kept, Looked, Shortcut, Shortcuts, asked, key
from sos_graphql.limits import BODY_BYTES
from sos_graphql.pace import counted_for, pace_of
from sos_graphql.protocol import (
    ALLOWED_PAGE,
    GRAPHQL_JSON,
    JSON,
    PRIVATE,
    ask_to_wait,
    has_bad_token,
    is_request_error,
    limited,
    prefers_graphql_json,
    request_error,
    require_good_token,
    require_same_site,
)
from sos_graphql.sockets import OPERATIONS, Handler, Socket, Sockets, deny


class Carrier(Response):
    """Carries what is known of a request to the making of its answer."""

    accepts_graphql_json = False
    context: Context | None = None
    key: bytes | None = None


class GraphQLView(GraphQL[Context, None]):
    """Serves the schema; the context is made once a request, or once a WebSocket connection."""

    graphql_transport_ws_handler_class = Handler
    websocket_adapter_class = Socket

    def __init__(self, schema: Schema, application: Application) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            max_subscriptions_per_connection=OPERATIONS,
        )
        self.application = application
        self.answers = Answers()
        self.shortcuts = Shortcuts()
        self.callers = callers_of(application)
        self.cookie = session_cookie(application.settings.public_url)
        self.pace = pace_of(application)
        self.sockets = Sockets(self.pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is refused before execution is JSON too."""
        if scope["type"] != "http":
            await self._connect(WebSocket(scope, receive, send))
            return
        answer: Kept | Response | None
        try:
            looked = scope.get(LOOKED) or await self.look(scope, await receive())
            if looked.refused is not None:
                raise looked.refused
            answer = looked.kept
            if answer is None:
                request = Request(scope, receive=limited(_again(looked.first, receive), BODY_BYTES))
                answer = await self._kept(request) or await self.run(request)
        except HTTPException as error:
            reason = error.reason or "Bad request"
            answer = request_error(Request(scope), reason, error.status_code)
        except Unavailable as error:
            answer = ask_to_wait(Request(scope), error)
        await answer(scope, receive, send)

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
            context.counted = counted_for(ANONYMOUS, context.address)
        return context

    async def _connect(self, socket: WebSocket) -> None:
        """Serve a socket until it closes, where whoever opens it has not too many already."""
        try:
            context = await self.get_context(socket, socket)
            self.sockets.enter(context.counted)
        except Unavailable as error:
            await deny(socket, ask_to_wait(socket, error))
            return
        try:
            await self.run(socket, context=context)
        finally:
            self.sockets.leave(context.counted)

    def is_websocket_origin_allowed(self, request: WebSocket, origin: str) -> bool:  # noqa: ARG002
        """Return whether the list of the embeddings, which was asked before, has the page's origin."""
        return bool(request.scope.get(ALLOWED_PAGE))

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Take the token that a WebSocket client sends with its first message, if it sends one."""
        given = (context.connection_params or {}).get("authorization")
        token = bearer_token({"authorization": given}) if isinstance(given, str) else None
        if token is not None:
            context.token, context.by_cookie = token, False
            context.principal = await principal_of(
                self.application, token, context.origin, address=context.address
            )
            before, now = context.counted, counted_for(context.principal, context.address)
            self.pace.count(now)
            self.sockets.enter(now)
            context.counted = now
            self.sockets.leave(before)
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
        if isinstance(response_data, dict) and is_request_error(response_data):
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

    async def look(self, scope: Scope, first: Message) -> Looked:
        """Look for a kept answer to a request that is the same, byte for byte, as an earlier one.

        Who is behind its token is made sure of now as for any other request: the stamp of the
        database tells whether anything was written since the caller was read.
        """
        shortcut = self.shortcuts.find(scope, first)
        if shortcut is None:
            return Looked(first)
        caller = self.callers.at(shortcut.caller, await self.callers.stamp())
        if caller is None or caller.scope != shortcut.scope:
            return Looked(first)
        kept = self.answers.get(shortcut.answer)
        if kept is not None:
            try:
                self.pace.count(caller.counted)
            except Unavailable as error:
                return Looked(first, refused=error)
            self.callers.renew(caller, self._read_again, scope)
        return Looked(first, kept)

    async def _read_again(self, scope: Scope) -> None:
        request = Request(scope)
        token = bearer_token(request.headers) or request.cookies.get(self.cookie)
        if token is not None:
            await read_again(self.application, token)

    async def _kept(self, request: Request) -> Kept | None:
        """Return a kept answer, where the caller is known just now and has asked the same before."""
        token = bearer_token(request.headers)
        by_cookie = token is None
        if by_cookie:
            token = request.cookies.get(self.cookie)
        if token is None or request.method != "POST":
            return None
        caller = await self._caller(token)
        if caller is None or (by_cookie and Role.INTEGRATION in caller.principal.roles):
            return None
        if by_cookie:
            require_same_site(request)
        body = await request.body()
        answer = key(caller.scope, asked(request), body)
        kept = self.answers.get(answer)
        if kept is not None:
            self.pace.count(caller.counted)
            if foreign_origin(request.headers, self.application.settings.public_url) is None:
                way = Shortcut(digest(token), caller.scope, answer)
                self.shortcuts.note(request.scope, body, way)
        return kept

    async def _caller(self, token: str) -> Caller | None:
        caller = self.callers.find(token, await self.callers.stamp())
        if caller is not None:
            self.callers.renew(caller, read_again, self.application, token)
        elif self.callers.knew(token):
            await principal_of(self.application, token)
            caller = self.callers.find(token, await self.callers.stamp())
        return caller

    async def _key(self, request: Request, context: Context) -> bytes | None:
        if request.method != "POST" or not context.signed_in:
            return None
        return key(scope(context.principal), asked(request), await request.body())


def _again(first: Message, receive: Receive) -> Receive:
    """Return ``receive`` with a message that was taken from it already."""
    waiting = [first]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
