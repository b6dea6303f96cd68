"""The pages of access for administrators: who has an account, and what each may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access import accounts as verbs
from sos_core.access.account_queries import AccountView, account, accounts
from sos_core.access.demands import SecondFactorOf, demand_second_factor, second_factor_of
from sos_core.access.identities import (
    TrustView,
    distrust_tenant,
    trust_tenant,
    trusted_tenants,
)
from sos_core.access.rights import Rights
from sos_core.application import Application
from sos_core.content import LANGUAGES
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound, SosError
from sos_core.people.queries import UnitView, units
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, go, number, page, status_of, words_of

ACCESS = "/app/access"
Verb = Callable[..., None]
VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "lock": verbs.lock_account,
        "unlock": verbs.unlock_account,
        "remove": verbs.remove_account,
        "invite-again": verbs.invite_again,
        "reset-factor": verbs.reset_factor,
    }
)
"""What an administrator does to one account by one button."""


def access_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of access."""
    return [
        page(application, ACCESS, overview),
        page(application, f"{ACCESS}/invite", invite, posts=True),
        page(application, f"{ACCESS}/second-factor", require_factor, posts=True),
        page(application, f"{ACCESS}/trust", trust, posts=True),
        page(application, f"{ACCESS}/accounts/{{account}}", one_account, posts=True),
        page(application, f"{ACCESS}/accounts/{{account}}/{{verb}}", act, posts=True),
    ]


async def overview(visit: Visit, error: SosError | None = None, about: str = "") -> Response:
    """Show everybody who has an account, and the rules of the organization."""
    visit.asker.administer()

    def work(
        session: OrganizationSession,
    ) -> tuple[list[AccountView], list[UnitView], SecondFactorOf, list[TrustView]]:
        return (
            accounts(session),
            units(session),
            second_factor_of(session),
            trusted_tenants(session),
        )

    found, tree, demand, trusted = await visit.asker.read(work)
    return await show(
        visit,
        "access.html",
        status=status_of(error) if error else 200,
        accounts=found,
        unit_names={unit.id: unit.name for unit in tree},
        all_units=tree,
        demand=demand,
        demands=list(SecondFactorOf),
        trusted=trusted,
        providers=visit.application.sign_in_providers(),
        sent=visit.sent,
        all_languages=LANGUAGES,
        about=about,
        wrong=words_of(error, visit.asker.language) if error else None,
    )


async def invite(visit: Visit) -> Response:
    """Make an account for an address, and send the invitation."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    if not visit.posted:
        return go(ACCESS)
    sent = visit.sent

    def work(session: OrganizationSession) -> int:
        return verbs.invite_account(
            session,
            email=sent.one("email")[:400],
            name=sent.one("name")[:200],
            language=sent.one("language"),
            rights=_rights(visit),
            now=now,
            actor=actor,
        )

    try:
        await visit.asker.write(work)
    except SosError as error:
        return await overview(visit, error, "invite")
    return go(f"{ACCESS}?done=invited")


async def one_account(visit: Visit, error: SosError | None = None) -> Response:
    """Show one account, or change what it may see and do."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    account_id = visit.number("account")
    if visit.posted and error is None:
        rights = _rights(visit)
        try:
            await visit.asker.write(
                lambda session: verbs.change_account(
                    session, account_id, rights, now=now, actor=actor
                )
            )
        except NotFound:
            raise
        except SosError as wrong:
            return await one_account(visit, wrong)
        return go(f"{ACCESS}/accounts/{account_id}?done=changed")

    def work(session: OrganizationSession) -> tuple[AccountView, list[UnitView]]:
        view = account(session, account_id)
        known = units(session, active=None)
        return view, [unit for unit in known if unit.active or unit.id in view.units]

    view, tree = await visit.asker.read(work)
    return await show(
        visit,
        "access_account.html",
        status=status_of(error) if error else 200,
        account=view,
        all_units=tree,
        own=view.id == visit.asker.principal.account_id,
        wrong=words_of(error, visit.asker.language) if error else None,
    )


async def act(visit: Visit) -> Response:
    """Lock, unlock or remove an account, invite again, or take a lost second factor away."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    account_id, name = visit.number("account"), visit.path("verb")
    verb = VERBS.get(name)
    if verb is None or not visit.posted:
        return go(f"{ACCESS}/accounts/{account_id}")
    try:
        await visit.asker.write(lambda session: _do(verb, session, account_id, actor, now))
    except NotFound:
        raise
    except SosError as error:
        return await one_account(visit, error)
    if name == "remove":
        return go(f"{ACCESS}?done=removed")
    return go(f"{ACCESS}/accounts/{account_id}?done={name}")


async def require_factor(visit: Visit) -> Response:
    """Set who needs a second factor."""
    principal, now = visit.asker.administer(), visit.asker.now
    chosen = visit.sent.one("of")
    if not visit.posted or chosen not in set(SecondFactorOf):
        return go(ACCESS)
    try:
        await visit.asker.write(
            lambda session: demand_second_factor(
                session,
                SecondFactorOf(chosen),
                account_id=principal.account_id or 0,
                now=now,
                actor=principal.actor,
            )
        )
    except SosError as error:
        return await overview(visit, error, "factor")
    return go(f"{ACCESS}?done=rules")


async def trust(visit: Visit) -> Response:
    """Trust a tenant of another system, or trust it no more."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    if not visit.posted:
        return go(ACCESS)
    provider, gone = visit.sent.one("provider"), visit.sent.one("trust")
    if not gone and provider not in visit.application.sign_in_providers():
        return go(ACCESS)

    def work(session: OrganizationSession) -> None:
        if gone:
            distrust_tenant(session, number(gone), now=now, actor=actor)
        else:
            trust_tenant(session, provider, visit.sent.one("tenant"), now=now, actor=actor)

    try:
        await visit.asker.write(work)
    except SosError as error:
        return await overview(visit, error, "trust")
    return go(f"{ACCESS}?done=rules")


def _rights(visit: Visit) -> Rights:
    """Return what a form says an account may do: boxes that are not ticked are taken away."""
    sees = visit.sent.one("sees")
    return Rights(
        administrator=visit.sent.one("administrator") == "yes",
        sees_everything=sees == "everything",
        units=[number(unit) for unit in visit.sent.all("units")] if sees == "units" else (),
    )


def _do(
    verb: Verb, session: OrganizationSession, account_id: int, actor: str, now: datetime
) -> None:
    verb(session, account_id, now=now, actor=actor)
