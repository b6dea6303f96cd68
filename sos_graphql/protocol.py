"""GraphQL over HTTP: what a request has to be, and in which form it is refused."""

from __future__ import annotations

from math import ceil
from typing import Any

from cross_web import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive
from strawberry.http import GraphQLHTTPResponse

from sos_core.access.api_keys import KEY_PREFIX
from sos_core.access.guest_claims import is_guest_token
from sos_core.errors import Unavailable
from sos_graphql.arrival import REQUEST_HEADER, language_of, netloc_of
from sos_graphql.context import Context
from sos_graphql.errors import problem
from sos_graphql.pace import TOO_MANY

ALLOWED_PAGE = "sos.allowed_page"
"""Mark in the scope of a socket that a page of an allowed origin opens."""
GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
PRIVATE = {"Cache-Control": "no-store"}


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
        if quality > 0:  # with 0 it is what they do not want
            ranks.setdefault(media, (-quality, place))
    if GRAPHQL_JSON not in ranks:
        return False
    return JSON not in ranks or ranks[GRAPHQL_JSON] < ranks[JSON]


def request_error(request: HTTPConnection, reason: str, status: int, **more: str) -> Response:
    """Return a refusal in the form of GraphQL over HTTP, with what else clients should know."""
    accepts = prefers_graphql_json(request.headers.get("accept", ""))
    told = {"message": reason} | ({"extensions": {**more, "what": reason}} if more else {})
    body: dict[str, Any] = {"errors": [told]}
    return JSONResponse(
        body, status_code=status, media_type=GRAPHQL_JSON if accepts else JSON, headers=PRIVATE
    )


def ask_to_wait(request: HTTPConnection, error: Unavailable) -> Response:
    """Return the refusal of one who asks too fast, or of all while the database is away."""
    found = problem(error, language_of(request))
    status = 429 if found.code == TOO_MANY else 503
    response = request_error(request, found.what, status, code=found.code, remedy=found.remedy)
    response.headers["Retry-After"] = str(max(1, ceil(error.retry_after)))
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
    if origin is not None and netloc_of(origin) != request.headers.get("host", ""):
        return False
    return request.method == "GET" or REQUEST_HEADER in request.headers


def is_request_error(data: GraphQLHTTPResponse) -> bool:
    """Return whether nothing was executed: an error of the execution tells where it happened."""
    errors: list[Any] = data.get("errors") or []
    return bool(errors) and data.get("data") is None and not any("path" in e for e in errors)


def limited(receive: Receive, most: int) -> Receive:
    """Return ``receive``, which refuses a body of more than ``most`` bytes."""
    seen = 0

    async def limited() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, f"The request is larger than {most} bytes.")
        return message

    return limited
