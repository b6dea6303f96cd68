"""What participants open: the form behind a link, lost links and printed codes; no JavaScript needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.errors import Conflict, NotFound, SosError
from sos_core.surveys import codes, letters
from sos_core.surveys.links import PersonalLink, personal_token
from sos_graphql.http import survey_form
from sos_graphql.http.invitations import Invitation, by_link, by_session
from sos_graphql.http.visits import Visit, go, page, status_of, words_of
from sos_graphql.throttle import count_stranger

Find = Callable[[Visit], Invitation]
Show = Callable[[Visit, Invitation], Awaitable[Response]]
CLOSING = frozenset({"survey_not_open", "survey_is_closing"})


def respondent_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/s``, and the same form for those who have signed in."""
    return [
        page(application, "/s", lost_link, posts=True),
        page(application, "/s/code", redeem, posts=True),
        *_form_routes(application, "/s/{link}", by_link),
        *_form_routes(application, "/app/answer/{survey}", by_session),
    ]


def _form_routes(application: Application, base: str, find: Find) -> list[BaseRoute]:
    def route(path: str, show: Show, *, posts: bool = False) -> BaseRoute:
        async def handler(visit: Visit) -> Response:
            return await _answer(visit, find, show)

        return page(application, base + path, handler, posts=posts, by_link=find is by_link)

    return [
        route("", survey_form.introduction),
        route("/privacy", survey_form.privacy),
        route("/review", survey_form.review),
        route("/receipts", survey_form.receipts, posts=True),
        route("/submit", survey_form.submit, posts=True),
        route("/{page}", survey_form.form_page, posts=True),
    ]


async def _answer(visit: Visit, find: Find, show: Show) -> Response:
    """Show a page of the form; a link that does not work, or a survey that is not open, in words."""
    try:
        invitation = await visit.asker.call(lambda: find(visit))
    except NotFound:
        return visit.show("link_invalid.html", status=404)
    if invitation.standing in {"open", "preview"} or show in survey_form.ALWAYS:
        try:
            return await show(visit, invitation)
        except Conflict as error:
            if error.code not in CLOSING:
                raise
            invitation = await visit.asker.call(lambda: find(visit))
    return survey_form.not_open(visit, invitation)


async def lost_link(visit: Visit) -> Response:
    """Ask for an address and send its links; the answer is alike for every address."""
    if not visit.posted:
        return visit.show("lost_link.html", sent=False)
    await count_stranger(visit.asker, "lost")
    database, email = visit.application.database, visit.sent.one("email")

    def work() -> None:
        with database.write(None) as session:
            letters.request_lost_link(session, email)

    await visit.asker.call(work)
    return visit.show("lost_link.html", sent=True)


async def redeem(visit: Visit) -> Response:
    """Take a printed code, which is used up, and go on to the personal survey."""
    if not visit.posted:
        return visit.show("code.html", wrong=None)
    application, now = visit.application, visit.asker.now
    try:
        await count_stranger(visit.asker, "code")
        found = await visit.asker.call(
            lambda: codes.redeem_code(
                application.database, visit.sent.one("code"), secret=application.secret, now=now
            )
        )
    except SosError as error:
        wrong = words_of(error, visit.asker.language)
        return visit.show("code.html", status=status_of(error), wrong=wrong)
    return go(_address(application, found))


def _address(application: Application, found: PersonalLink) -> str:
    token = personal_token(
        application.secret,
        organization_id=found.organization_id,
        survey_id=found.survey_id,
        person_id=found.person_id,
    )
    return f"/s/{token}"
