"""Signing in, step by step, and out; and the language and theme of a reader; without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.continuation import Holder, Steps, read_steps, steps_token
from sos_core.access.lifetimes import STEPS_LENGTH
from sos_core.access.sessions import sign_out as end_session
from sos_core.access.signing_in import check_code, check_password, doors, enter
from sos_core.application import Application
from sos_core.content import normalize_language
from sos_core.errors import SosError
from sos_graphql.arrival import session_cookie
from sos_graphql.http.cookies import drop_cookie, full_name, set_cookie, set_session
from sos_graphql.http.rendering import THEMES
from sos_graphql.http.shell import OPERATOR
from sos_graphql.http.visits import SIGN_IN, Visit, go, own_path, page, status_of, words_of
from sos_graphql.preferences import LANGUAGE_COOKIE, THEME_COOKIE
from sos_graphql.throttle import count_codes, count_sign_in

STEPS_COOKIE = "sos_steps"
CODE = "/auth/code"
ORGANIZATION = "/auth/organization"
YEAR = timedelta(days=365)


def sign_in_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/auth`` by which people come in and go out."""
    return [
        page(application, SIGN_IN, sign_in, posts=True),
        page(application, CODE, code, posts=True),
        page(application, ORGANIZATION, choose_organization, posts=True),
        page(application, "/auth/sign-out", sign_out, posts=True),
        page(application, "/auth/preferences", choose_preferences, posts=True),
    ]


async def sign_in(visit: Visit) -> Response:
    """Show the form, or take it: a right password leads on to the code, or in."""
    if not visit.posted:
        if visit.asker.principal.of_installation:
            return go(OPERATOR)
        return go(_next(visit)) if visit.asker.signed_in else _form(visit)
    email, password = visit.sent.one("email"), visit.sent.last.get("password", "")
    application = visit.application
    try:
        await count_sign_in(visit.asker, email)
        steps = await visit.asker.call(
            lambda: check_password(application.database, email=email, password=password)
        )
    except SosError as error:
        return _form(visit, error)
    return await onward(visit, steps)


async def code(visit: Visit) -> Response:
    """Ask for the code of the second factor, or take it."""
    steps = steps_of(visit)
    if steps is None or not steps.waiting:
        return go(SIGN_IN)
    if not visit.posted:
        return _code_form(visit, steps)
    if "without" in visit.sent.last and steps.proven:
        return await onward(visit, replace(steps, waiting=()))
    given, application, now = visit.sent.one("code"), visit.application, visit.asker.now
    waiting = steps
    try:
        await count_codes(visit.asker, (candidate.holder for candidate in steps.waiting))
        steps = await visit.asker.call(
            lambda: check_code(application.database, application.vault, waiting, given, now)
        )
    except SosError as error:
        return _code_form(visit, waiting, error)
    return await onward(visit, steps)


async def choose_organization(visit: Visit) -> Response:
    """Show where the reader may go in, everything being proved, or go in."""
    steps = steps_of(visit)
    if steps is None or steps.waiting:
        return go(SIGN_IN)
    if visit.posted:
        chosen = visit.sent.one("number")
        places = [str(place) for place in range(len(steps.proven))]
        return await into(visit, steps, places.index(chosen) if chosen in places else -1)
    application = visit.application
    found = await visit.asker.call(lambda: doors(application.database, steps))
    return visit.show("sign_in_organization.html", doors=found, next=_next(visit))


async def sign_out(visit: Visit) -> Response:
    """End the session; a mere link to this page ends nothing."""
    if not visit.posted:
        return go("/app")
    await _end_present(visit)
    url = visit.application.settings.public_url
    response = go(f"{SIGN_IN}?signed_out=1")
    drop_cookie(response, url, session_cookie(url))
    # Not what waits on a respondent's device: an answer that was not sent yet must not be lost.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def choose_preferences(visit: Visit) -> Response:
    """Remember the chosen language or theme in a cookie, and go back to where it was chosen."""
    response = go(own_path(visit.sent.one("next"), "/"))
    wanted = {
        LANGUAGE_COOKIE: normalize_language(visit.sent.one("language")[:20]),
        THEME_COOKIE: next((t for t in THEMES if t == visit.sent.one("theme")), None),
    }
    for name, value in wanted.items():
        if value:
            set_cookie(response, visit.application.settings.public_url, name, value, YEAR)
    return response


async def onward(visit: Visit, steps: Steps) -> Response:
    """Lead to the next step: the code, the choice of an organization, or in."""
    if not steps.waiting and len(steps.proven) == 1:
        return await into(visit, steps, 0)
    url, now = visit.application.settings.public_url, visit.asker.now
    path = CODE if steps.waiting else ORGANIZATION
    response = go(f"{path}?next={quote(_next(visit), safe='/')}")
    token = steps_token(visit.application.secret, steps, now + STEPS_LENGTH)
    set_cookie(response, url, STEPS_COOKIE, token, STEPS_LENGTH)
    return response


async def into(visit: Visit, steps: Steps, number: int) -> Response:
    """Begin a new session, whatever cookie the browser came with, and show what was asked for."""
    application, now, device = visit.application, visit.asker.now, visit.asker.device
    try:
        token = await visit.asker.call(
            lambda: enter(application.database, steps, number, now=now, device=device)
        )
    except SosError as error:
        return _form(visit, error)
    return await signed_in(visit, token, steps.proven[number].holder)


async def signed_in(visit: Visit, token: str, holder: Holder, path: str | None = None) -> Response:
    """Return the way in with the cookie of a new session; the browser's earlier one ends."""
    await _end_present(visit)
    response = go(OPERATOR if holder.organization_id is None else path or _next(visit))
    url = visit.application.settings.public_url
    set_session(response, url, token)
    drop_cookie(response, url, STEPS_COOKIE)
    return response


def steps_of(visit: Visit) -> Steps | None:
    """Return how far this browser has come in signing in."""
    name = full_name(visit.application.settings.public_url, STEPS_COOKIE)
    token = visit.request.cookies.get(name, "")
    return read_steps(visit.application.secret, token, visit.asker.now)


async def _end_present(visit: Visit) -> None:
    token, database = visit.asker.token, visit.application.database
    if token and visit.asker.by_cookie and visit.asker.principal.session_id is not None:
        await visit.asker.call(lambda: end_session(database, token))


def _next(visit: Visit) -> str:
    return own_path(visit.sent.one("next") or visit.request.query_params.get("next", ""))


def _form(visit: Visit, error: SosError | None = None) -> Response:
    return visit.show(
        "sign_in.html",
        status=status_of(error) if error else 200,
        next=_next(visit),
        email=visit.sent.one("email")[:320],
        wrong=words_of(error, visit.asker.language) if error else None,
        signed_out="signed_out" in visit.request.query_params,
        changed="changed" in visit.request.query_params,
        providers=visit.application.sign_in_providers().values(),
    )


def _code_form(visit: Visit, steps: Steps, error: SosError | None = None) -> Response:
    return visit.show(
        "sign_in_code.html",
        status=status_of(error) if error else 200,
        next=_next(visit),
        wrong=words_of(error, visit.asker.language) if error else None,
        without=bool(steps.proven),
    )
