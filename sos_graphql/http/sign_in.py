"""Signing in and out, and the language and theme that a reader chose; all without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access import commands
from sos_core.access.commands import SESSION_LENGTH
from sos_core.application import Application
from sos_core.content import normalize_language
from sos_core.errors import SosError
from sos_graphql.context import session_cookie
from sos_graphql.http.rendering import THEME_COOKIE, THEMES
from sos_graphql.http.visits import SIGN_IN, Visit, go, own_path, page, status_of, words_of
from sos_graphql.throttle import ATTEMPTS_OF_ADDRESS, sign_in_throttle

LANGUAGE_COOKIE = "sos_language"
YEAR = 365 * 24 * 3600


def sign_in_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/auth``."""
    return [
        page(application, SIGN_IN, sign_in, posts=True),
        page(application, "/auth/sign-out", sign_out, posts=True),
        page(application, "/auth/preferences", choose_preferences, posts=True),
    ]


async def sign_in(visit: Visit) -> Response:
    """Show the form, or take it: a right password starts a session in a cookie."""
    next_page = own_path(visit.sent.one("next") or visit.request.query_params.get("next", ""))
    if not visit.posted:
        if visit.asker.signed_in:
            return go(next_page)
        return _form(visit, next_page)
    try:
        token = await _token(visit)
    except SosError as error:
        return _form(visit, next_page, error)
    response = go(next_page)
    url = visit.application.settings.public_url
    response.set_cookie(
        session_cookie(url),
        token,
        max_age=int(SESSION_LENGTH.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=urlsplit(url).scheme == "https",
        path="/",
    )
    return response


async def sign_out(visit: Visit) -> Response:
    """End the session; a mere link to this page ends nothing."""
    if not visit.posted:
        return go("/app")
    token, application = visit.asker.token, visit.application
    if token and visit.asker.signed_in:
        await visit.asker.call(lambda: commands.sign_out(application.database, token))
    url = application.settings.public_url
    response = go(f"{SIGN_IN}?signed_out=1")
    response.delete_cookie(
        session_cookie(url), path="/", secure=urlsplit(url).scheme == "https", httponly=True
    )
    return response


async def choose_preferences(visit: Visit) -> Response:
    """Remember the chosen language or theme in a cookie, and go back to where it was chosen."""
    response = go(own_path(visit.sent.one("next"), "/"))
    wanted = {
        LANGUAGE_COOKIE: normalize_language(visit.sent.one("language")[:20]),
        THEME_COOKIE: next((t for t in THEMES if t == visit.sent.one("theme")), None),
    }
    secure = urlsplit(visit.application.settings.public_url).scheme == "https"
    for name, value in wanted.items():
        if value:
            response.set_cookie(
                name, value, max_age=YEAR, httponly=True, samesite="lax", secure=secure
            )
    return response


async def _token(visit: Visit) -> str:
    email, password = visit.sent.one("email"), visit.sent.last.get("password", "")
    application, now = visit.application, visit.asker.now
    throttle = sign_in_throttle(application)
    throttle.check(f"address {visit.asker.address}", most=ATTEMPTS_OF_ADDRESS)
    throttle.check(f"account {email.casefold()[:320]}")
    return await visit.asker.call(
        lambda: commands.sign_in(application.database, email=email, password=password, now=now)
    )


def _form(visit: Visit, next_page: str, error: SosError | None = None) -> Response:
    what, remedy = words_of(error, visit.asker.language) if error else ("", "")
    return visit.show(
        "sign_in.html",
        status=status_of(error) if error else 200,
        next=next_page,
        email=visit.sent.one("email")[:320],
        what=what,
        remedy=remedy,
        signed_out="signed_out" in visit.request.query_params,
    )
