"""Data protection on pages: one's own data, a person's data and erasure, and what SOS promises."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.personal_data.document import MEDIA_TYPES, as_file
from sos_core.personal_data.erasing import Erasure, erase_person
from sos_core.personal_data.holding import PersonalData
from sos_core.personal_data.limits import limits_of
from sos_core.surveys.drafting import LEAST
from sos_graphql.http.tables import download
from sos_graphql.http.visits import Visit, go, page
from sos_graphql.personal_data import data_of, own_data
from sos_graphql.surveys.promises import LIMITS, PROMISES, privacy_figures


def personal_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of data protection."""
    return [
        page(application, "/privacy", promises),
        page(application, "/app/account/data.{ending}", own_export, posts=True),
        page(application, "/app/people/{person}/data.{ending}", export, posts=True),
        page(application, "/app/people/{person}/erase", erase, posts=True),
    ]


async def promises(visit: Visit) -> Response:
    """Say in plain words how SOS treats answers, with the least numbers that a survey can have."""
    return visit.show(
        "privacy.html",
        privacy=privacy_figures(LEAST)
        | {"organization": visit.say("privacy.your_organization")}
        | {"days": limits_of({}), "usual": True},
        promises=PROMISES,
        limits=LIMITS,
    )


async def own_export(visit: Visit) -> Response:
    """Hand the reader everything that is held about them."""
    _check_ending(visit)
    if not visit.posted:
        return go("/app/account")
    return await _handed(visit, await own_data(visit.asker))


async def export(visit: Visit) -> Response:
    """Hand an administrator what is held about a person, for that person."""
    visit.asker.administer()
    _check_ending(visit)
    person_id = visit.number("person")
    if not visit.posted:
        return go(f"/app/people/{person_id}")
    return await _handed(visit, await data_of(visit.asker, person_id))


async def erase(visit: Visit) -> Response:
    """Erase a person whose name was typed."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    person_id, typed = visit.number("person"), visit.sent.one("confirmation")
    if not visit.posted:
        return go(f"/app/people/{person_id}")
    reach = visit.application.personal_reach

    def work(session: OrganizationSession) -> Erasure:
        return erase_person(
            session, person_id, confirmation=typed, actor=actor, now=now, reach=reach
        )

    await visit.asker.write(work)
    return go("/app/people?done=erased")


async def _handed(visit: Visit, data: PersonalData) -> Response:
    ending, language = visit.path("ending"), visit.asker.language
    body = await visit.asker.call(lambda: as_file(data, ending, language))
    return download(body, f"person-{data.person_id}.{ending}", MEDIA_TYPES[ending])


def _check_ending(visit: Visit) -> None:
    if visit.path("ending") not in MEDIA_TYPES:
        raise NotFound(
            "This was not found.", "Check the address, or go back and choose from the list."
        )
