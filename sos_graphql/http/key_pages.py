"""The page of API keys: what there is, a new one that is shown once, and the end of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access import api_keys
from sos_core.access.api_keys import ApiKeyView
from sos_core.access.queries import account_names
from sos_core.access.scopes import Scope
from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.errors import SosError
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, go, page, status_of, words_of

PATH = "/app/keys"
LIFETIMES = {"30": 30, "90": 90, "365": 365, "never": None}
"""How long a new key may live, in days; the first is offered."""


def key_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of API keys."""
    return [
        page(application, PATH, keys, posts=True),
        page(application, f"{PATH}/{{key}}/revoke", revoke, posts=True),
    ]


async def keys(visit: Visit) -> Response:
    """Show the keys; a posted form makes one, which this answer alone shows."""
    actor, now, sent = visit.asker.administer().actor, visit.asker.now, visit.sent
    if not visit.posted:
        return await _shown(visit)
    days = LIFETIMES.get(sent.one("lifetime"), 30)
    try:
        created = await visit.asker.write(
            lambda session: api_keys.create_api_key(
                session,
                name=sent.one("name"),
                scopes=sent.all("scopes"),
                actor=actor,
                now=now,
                expires_at=None if days is None else now + timedelta(days=days),
            )
        )
    except SosError as error:
        return await _shown(visit, error=error)
    return await _shown(visit, token=created.token)


async def revoke(visit: Visit) -> Response:
    """End a key, where the form says that one is sure."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    number = visit.number("key")
    if not visit.posted or visit.sent.one("sure") != "yes":
        await visit.asker.read(lambda session: api_keys.api_key(session, number))
        return go(PATH)
    await visit.asker.write(
        lambda session: api_keys.revoke_api_key(session, number, actor=actor, now=now)
    )
    return go(f"{PATH}?done=key_revoked")


async def _shown(
    visit: Visit, *, token: str | None = None, error: SosError | None = None
) -> Response:
    now, sent = visit.asker.now, visit.sent

    def work(session: OrganizationSession) -> tuple[list[ApiKeyView], dict[str, str]]:
        return api_keys.api_keys(session), account_names(session)

    found, names = await visit.asker.read(work)
    return await show(
        visit,
        "keys.html",
        status=status_of(error) if error else 200,
        wrong=words_of(error, visit.asker.language) if error else None,
        token=token,
        keys=found,
        works=[view.id for view in found if view.works(now)],
        names=names,
        scopes=[scope.value for scope in Scope],
        lifetimes=list(LIFETIMES),
        name=sent.one("name")[:120] if error else "",
        chosen=sent.all("scopes") if error else [],
        lifetime=sent.one("lifetime") if error else "",
    )
