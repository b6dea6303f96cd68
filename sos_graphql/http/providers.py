"""Signing in through other systems: sent there with a state of one's own, and come back with it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.attempts import (
    ATTEMPT_LENGTH,
    Aim,
    Begun,
    attempt_cookie,
    attempt_of,
    begin_attempt,
    read_attempt,
)
from sos_core.access.continuation import Holder, Steps
from sos_core.access.identities import accept_by_identity, holders_of, link_identity
from sos_core.access.mail_links import INVITATION, organization_of_link
from sos_core.access.proving import prove_again
from sos_core.access.sessions import spend
from sos_core.access.signing_in import begin_signed_in, steps_of_holder
from sos_core.application import Application
from sos_core.errors import NotAllowed, NotFound, SosError
from sos_core.records import Identity, SignInProvider
from sos_graphql.http.account_pages import account
from sos_graphql.http.cookies import drop_cookie, full_name, set_cookie
from sos_graphql.http.sign_in import onward, signed_in
from sos_graphql.http.visits import SIGN_IN, Visit, go, page
from sos_graphql.throttle import count_own, count_stranger

ATTEMPT_COOKIE = "sos_attempt"


def provider_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes to other systems and back."""
    return [
        page(application, "/auth/with/{provider}", begin, posts=True),
        page(application, "/auth/with/{provider}/done", finish),
    ]


async def begin(visit: Visit) -> Response:
    """Send the browser to another system, to sign in, to tie it to the account, or to accept."""
    provider = _provider(visit)
    if not visit.posted:
        return go(SIGN_IN)
    application, now = visit.application, visit.asker.now
    await count_stranger(visit.asker)
    aim, subject = _aim(visit)
    if aim == "link":
        try:
            await _prove(visit)
        except SosError as error:
            return await account(visit, error, "identities")
    begun = begin_attempt(provider.name, aim, subject)
    attempt = attempt_of(application.secret, begun, _back(visit, provider))
    address = await visit.asker.call(lambda: provider.begin(attempt))
    # A form may lead to our own pages only, so a page in between leads on.
    response = visit.show("sign_in_elsewhere.html", provider=provider.label, address=address)
    response.headers["Referrer-Policy"] = "no-referrer"
    cookie = attempt_cookie(application.secret, begun, now)
    set_cookie(response, application.settings.public_url, ATTEMPT_COOKIE, cookie, ATTEMPT_LENGTH)
    return response


async def finish(visit: Visit) -> Response:
    """Take who comes back: only with the state that this very browser left with, and once."""
    provider, application, now = _provider(visit), visit.application, visit.asker.now
    url = application.settings.public_url
    await count_stranger(visit.asker)
    parameters = dict(visit.request.query_params)
    cookie = visit.request.cookies.get(full_name(url, ATTEMPT_COOKIE), "")
    begun = read_attempt(application.secret, cookie, parameters.get("state", ""), now)
    if begun is None or begun.provider != provider.name:
        raise _strayed()
    attempt = attempt_of(application.secret, begun, _back(visit, provider))

    def work() -> Identity:
        with application.database.write(None) as session:
            if not spend(session, begun.state, now=now, expires_at=now + ATTEMPT_LENGTH):
                raise _strayed()
        found = provider.finish(attempt, parameters)
        if found.provider != provider.name or not found.tenant or not found.subject:
            raise _strayed()
        return found

    identity = await visit.asker.call(work)
    response = await _arrived(visit, begun, identity)
    drop_cookie(response, url, ATTEMPT_COOKIE)
    return response


async def _arrived(visit: Visit, begun: Begun, identity: Identity) -> Response:
    if begun.aim == "link":
        return await _link(visit, begun, identity)
    if begun.aim == "invitation":
        return await _accept(visit, begun.subject, identity)
    return await _sign_in(visit, identity)


async def _sign_in(visit: Visit, identity: Identity) -> Response:
    database, made_by = visit.application.database, f"provider:{identity.provider}"[:40]

    def work() -> list[Steps]:
        holders = holders_of(database, identity)
        found = [steps_of_holder(database, holder, made_by) for holder in holders]
        return [steps for steps in found if steps is not None]

    found = await visit.asker.call(work)
    if not found:
        raise NotAllowed(
            "Nobody is known here by this account of the other system.",
            "Sign in with your password and tie it to your account under “My account”, or ask an "
            "administrator to invite you.",
            code="identity_unknown",
        )
    together = Steps(
        tuple(one for steps in found for one in steps.proven),
        tuple(one for steps in found for one in steps.waiting),
        made_by,
        found[0].number,
    )
    return await onward(visit, together)


async def _link(visit: Visit, begun: Begun, identity: Identity) -> Response:
    now, holder = visit.asker.now, visit.asker.holder
    if begun.subject != _session(visit) or holder.organization_id is None:
        raise _strayed()
    await visit.asker.write_own(lambda session, own: link_identity(session, own, identity, now=now))
    return go("/app/account?done=identity-added")


async def _accept(visit: Visit, link: str, identity: Identity) -> Response:
    application, asker = visit.application, visit.asker
    made_by = f"provider:{identity.provider}"[:40]

    def work() -> tuple[str, Holder]:
        organization_id = organization_of_link(application.secret, link, INVITATION)
        with application.database.write(organization_id) as session:
            holder = accept_by_identity(session, application.secret, link, identity, now=asker.now)
            return begin_signed_in(
                session, holder, made_by, now=asker.now, device=asker.device
            ), holder

    token, holder = await asker.call(work)
    return await signed_in(visit, token, holder, "/app")


async def _prove(visit: Visit) -> None:
    """Ask who it is once more before the account gets another way in; raise NotAllowed."""
    await count_own(visit.asker)
    present, now = visit.sent.last.get("present", ""), visit.asker.now
    own = visit.asker.principal.session_id
    await visit.asker.write_own(
        lambda session, holder: prove_again(session, holder, present, now=now, session_id=own)
    )


def _aim(visit: Visit) -> tuple[Aim, str]:
    """Return what the attempt is for, and for whom: the session that links, or the invitation."""
    wanted = visit.sent.one("aim")
    if wanted == "link":
        return "link", _session(visit)
    if wanted == "invitation":
        return "invitation", visit.sent.one("link")[:500]
    return "sign_in", ""


def _session(visit: Visit) -> str:
    _ = visit.asker.holder
    return str(visit.asker.principal.session_id)


def _provider(visit: Visit) -> SignInProvider:
    found = visit.application.sign_in_providers().get(visit.path("provider"))
    if found is None:
        raise NotFound(
            "This was not found.", "Check the address, or go back and choose from the list."
        )
    return found


def _back(visit: Visit, provider: SignInProvider) -> str:
    base = visit.application.settings.public_url.rstrip("/")
    return f"{base}/auth/with/{provider.name}/done"


def _strayed() -> NotAllowed:
    return NotAllowed(
        "This answer belongs to no attempt of this browser, or the attempt was finished already.",
        "Begin again on the page to sign in.",
        code="sign_in_strayed",
    )
