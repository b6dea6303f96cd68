"""Whom a request comes from, and what it tells of language and page: counted before it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from sos_core.access.lifetimes import device_of
from sos_core.access.principal import ANONYMOUS, Principal
from sos_core.application import Application
from sos_core.content import DEFAULT_LANGUAGE, normalize_language
from sos_graphql.callers import asker_of
from sos_graphql.context import Context
from sos_graphql.pace import Counted, counted_for, network_of, pace_of
from sos_graphql.preferences import LANGUAGE_COOKIE, preference

SESSION_COOKIE = "sos_session"
HOST_COOKIE = f"__Host-{SESSION_COOKIE}"
REQUEST_HEADER = "x-sos-request"
"""A page can send it to its own server only, so it proves where a request came from."""


async def context_of(
    application: Application, connection: HTTPConnection, *, counted: Counted | None = None
) -> Context:
    """Return the context of a request, which is counted; an unknown or expired token is nobody.

    ``counted`` stands for whom it is counted for, where more than the token tells it. Raises
    Unavailable ``too_many_requests`` where they ask too fast.
    """
    by_cookie = False
    token = bearer_token(connection.headers)
    if token is None:
        token = connection.cookies.get(session_cookie(application.settings.public_url))
        by_cookie = token is not None
    origin = foreign_origin(connection.headers, application.settings.public_url)
    address = network_of(connection.client.host) if connection.client else ""
    principal, rows = await asker_of(application, token, origin, address=address)
    if by_cookie and is_machine(principal):
        principal = ANONYMOUS  # a cookie goes wherever a browser goes; machines' tokens must not
    counted = counted or counted_for(principal, address)
    pace_of(application).count(counted)
    return Context(
        application,
        principal,
        language_of(connection, principal),
        token,
        by_cookie=by_cookie,
        origin=origin,
        address=address,
        device=device_of(connection.headers.get("user-agent", "")),
        counted=counted,
        rows=rows,
    )


def stranger(application: Application, connection: HTTPConnection) -> Context:
    """Return the context of nobody, for answers while it cannot be known who asks."""
    return Context(application, ANONYMOUS, language_of(connection))


def is_machine(principal: Principal) -> bool:
    """Return whether the caller is a program or a widget, so that no page is made for it."""
    return principal.is_integration or principal.guest is not None


def foreign_origin(headers: Mapping[str, str], public_url: str) -> str | None:
    """Return the origin of the page that asks, None for our own pages and for what is no browser."""
    origin = headers.get("origin")
    if origin is None:
        return None
    host = headers.get("host", "")
    public = urlsplit(public_url)
    own = {f"{public.scheme}://{public.netloc}", f"http://{host}", f"https://{host}"}
    return None if origin in own else origin


def netloc_of(origin: str) -> str | None:
    """Return host and port of an origin, None where it is none.

    >>> netloc_of("https://sos.example:8443"), netloc_of("https://[")
    ('sos.example:8443', None)
    """
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def session_cookie(public_url: str) -> str:
    """Return the name of the session cookie: on https one that no other host can set."""
    return HOST_COOKIE if urlsplit(public_url).scheme == "https" else SESSION_COOKIE


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the token of an Authorization header, None where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def language_of(connection: HTTPConnection, principal: Principal = ANONYMOUS) -> str:
    """Return the language to answer in: the one asked for, the caller's own, or the browser's.

    Our own client writes the page's language into Accept-Language, so there it is asked for. A
    guest's token names the one language that it is good for.
    """
    if principal.guest is not None:
        return principal.guest.language
    asked = [connection.headers.get("x-sos-language"), connection.query_params.get("language")]
    by_browser = connection.headers.get("accept-language", "").split(",")[:10]
    if REQUEST_HEADER in connection.headers:
        asked.insert(1, by_browser[0])
    asked.append(preference(connection.cookies, LANGUAGE_COOKIE))
    if principal.account_id is not None or principal.operator_id is not None:
        asked.append(principal.language)
    for wanted in [*asked, *by_browser]:
        if wanted and (tag := normalize_language(wanted.partition(";")[0].strip())):
            return tag
    return DEFAULT_LANGUAGE
