"""The doors that mails lead to: taking an invitation, and choosing a new password."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.continuation import Holder
from sos_core.access.mail_links import INVITATION, RESET, LinkView, read_link
from sos_core.access.own_account import accept_invitation, request_reset, reset_password
from sos_core.access.passwords import MIN_LENGTH
from sos_core.application import Application
from sos_core.errors import InvalidInput, NotFound, SosError
from sos_core.organizations.queries import organization
from sos_graphql.http.sign_in import signed_in
from sos_graphql.http.visits import SIGN_IN, Visit, go, page, status_of, words_of
from sos_graphql.throttle import count_stranger

FORGOTTEN = "/auth/forgotten"


def entrance_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes that mails of accounts lead to, and the one that asks for such a mail."""
    return [
        page(application, "/auth/invitation/{link}", invitation, posts=True),
        page(application, "/auth/password/{link}", new_password, posts=True),
        page(application, FORGOTTEN, forgotten, posts=True),
    ]


async def invitation(visit: Visit) -> Response:
    """Show who invites to what, or take the invitation; looking at it uses nothing up."""
    view = await _link(visit, INVITATION)
    if not visit.posted:
        return await _invitation_form(visit, view)
    application, asker, link = visit.application, visit.asker, visit.path("link")

    def work() -> str:
        with application.database.write(view.organization_id) as session:
            return accept_invitation(
                session,
                application.secret,
                link,
                password=chosen_password(visit),
                language=asker.language,
                now=asker.now,
                device=asker.device,
            )

    try:
        token = await asker.call(work)
    except NotFound:
        raise
    except SosError as error:
        return await _invitation_form(visit, view, error)
    return await signed_in(visit, token, Holder(view.organization_id, view.account_id), "/app")


async def new_password(visit: Visit) -> Response:
    """Show the form for a new password, or take it; every session of the account ends."""
    view = await _link(visit, RESET)
    if not visit.posted:
        return visit.show("password.html", email=view.email, least=MIN_LENGTH, wrong=None)
    application, token, now = visit.application, visit.path("link"), visit.asker.now
    try:
        password = chosen_password(visit)

        def work() -> None:
            with application.database.write(view.organization_id) as session:
                reset_password(session, application.secret, token, password=password, now=now)

        await visit.asker.call(work)
    except NotFound:
        raise
    except SosError as error:
        wrong = words_of(error, visit.asker.language)
        status = status_of(error)
        return visit.show(
            "password.html", status=status, email=view.email, least=MIN_LENGTH, wrong=wrong
        )
    return go(f"{SIGN_IN}?changed=1")


async def forgotten(visit: Visit) -> Response:
    """Ask for an address, and answer alike whether anybody has it."""
    if not visit.posted:
        return visit.show("forgotten.html", sent=False)
    application, email = visit.application, visit.sent.one("email")[:320]
    await count_stranger(visit.asker, "reset")

    def work() -> None:
        with application.database.write(None) as session:
            request_reset(session, email)

    await visit.asker.call(work)
    return visit.show("forgotten.html", sent=True)


async def _link(visit: Visit, purpose: str) -> LinkView:
    application, token, now = visit.application, visit.path("link"), visit.asker.now
    await count_stranger(visit.asker, "link")
    return await visit.asker.call(
        lambda: read_link(application.database, application.secret, token, purpose, now)
    )


async def _invitation_form(visit: Visit, view: LinkView, error: SosError | None = None) -> Response:
    database = visit.application.database

    def work() -> str:
        with database.read(view.organization_id) as session:
            return organization(session, view.organization_id).name

    return visit.show(
        "invitation.html",
        status=status_of(error) if error else 200,
        view=view,
        home=await visit.asker.call(work),
        least=MIN_LENGTH,
        link=visit.path("link"),
        providers=visit.application.sign_in_providers().values(),
        wrong=words_of(error, visit.asker.language) if error else None,
    )


def chosen_password(visit: Visit) -> str:
    """Return the password that was typed twice; raise InvalidInput where the two differ."""
    first, again = (visit.sent.last.get(name, "") for name in ("password", "again"))
    if first != again:
        raise InvalidInput(
            "The two passwords are not the same.",
            "Type the new password twice.",
            code="passwords_differ",
            field="again",
        )
    return first
