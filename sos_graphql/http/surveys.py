"""The pages on which administrators create, watch and end surveys; every button works without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.content import LANGUAGES
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound, SosError
from sos_core.people.queries import UnitView, people_by_id, units
from sos_core.surveys import commands, queries
from sos_core.surveys.audience import AUDIENCES
from sos_core.surveys.commands import Preview, SurveySettings
from sos_core.surveys.drafting import LEAST
from sos_core.surveys.lifecycle import OPENED
from sos_core.surveys.queries import StepView, SurveyView, UndeliverableView
from sos_core.surveys.timetable import KINDS
from sos_core.surveys.unopened import NotOpened, not_opened
from sos_graphql.http.shell import show
from sos_graphql.http.survey_settings import (
    CutLine,
    cut_lines,
    people_named,
    reminder_rows,
    time_zones,
)
from sos_graphql.http.survey_verbs import VERBS
from sos_graphql.http.visits import Visit, go, page, status_of, words_of
from sos_graphql.nodes import node_id


@dataclass(frozen=True, slots=True)
class Board:
    """What the page of one survey shows besides its settings."""

    survey: SurveyView
    state: str
    not_opened: NotOpened | None
    units: list[UnitView]
    cuts: list[CutLine]
    earlier: list[SurveyView]
    people: str
    without: str
    preview: Preview | None
    steps: list[StepView]
    mails: dict[str, int]
    undeliverable: list[UndeliverableView]
    codes: dict[int, bool]


def survey_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/app/surveys``."""
    return [
        page(application, "/app/surveys", listing, posts=True),
        page(application, "/app/surveys/{survey}", manage),
        page(application, "/app/surveys/{survey}/codes", codes, posts=True),
        page(application, "/app/surveys/{survey}/{verb}", act, posts=True),
    ]


async def listing(visit: Visit) -> Response:
    """List the surveys with their states, and create one."""
    principal, now = visit.asker.administer(), visit.asker.now
    wrong = None
    if visit.posted:
        wanted = SurveySettings(title=visit.sent.one("title"))
        try:
            survey_id = await visit.asker.write(
                lambda s: commands.create_survey(s, wanted, now=now, actor=principal.actor)
            )
            return go(f"/app/surveys/{survey_id}?done=created")
        except SosError as error:
            wrong = error
    known_surveys = await visit.asker.read(queries.surveys)
    return await show(
        visit,
        "surveys.html",
        status=status_of(wrong) if wrong else 200,
        surveys=[(view, state_of(view, visit)) for view in known_surveys],
        wrong=words_of(wrong, visit.asker.language) if wrong else None,
        title=visit.sent.one("title"),
    )


async def manage(visit: Visit, wrong: SosError | None = None) -> Response:
    """Show one survey: a draft's settings, or how an open one goes, and what can be done."""
    visit.asker.administer()
    survey_id = visit.number("survey")
    board = await visit.asker.read(lambda session: _board(session, visit, survey_id))
    return await show(
        visit,
        "survey_draft.html" if board.survey.state == "draft" else "survey_running.html",
        status=status_of(wrong) if wrong else 200,
        board=board,
        survey=board.survey,
        survey_key=node_id("Survey", survey_id),
        wrong=words_of(wrong, visit.asker.language) if wrong else None,
        wrong_field=wrong.field if wrong else None,
        sent=visit.sent,
        posted=visit.posted and visit.path("verb") == "settings" if wrong else False,
        audiences=AUDIENCES,
        kinds=KINDS,
        reminders=reminder_rows(board.survey.reminders),
        all_languages=LANGUAGES,
        least=LEAST,
        zones=time_zones(),
    )


async def act(visit: Visit) -> Response:
    """Do what a button says, then show the survey again; what went wrong stands on the same page."""
    visit.asker.administer()
    survey_id, verb = visit.number("survey"), VERBS.get(visit.path("verb"))
    if verb is None:
        raise NotFound(
            "This was not found.", "Check the address, or go back and choose from the list."
        )
    if not visit.posted:
        return go(f"/app/surveys/{survey_id}")
    try:
        await verb(visit, survey_id)
    except NotFound:
        raise
    except SosError as error:
        return await manage(visit, error)
    return go(f"/app/surveys/{survey_id}?done={visit.path('verb')}")


async def codes(visit: Visit) -> Response:
    """Make codes for participants without an address, and show them once, to be printed."""
    principal, now = visit.asker.administer(), visit.asker.now
    survey_id, secret = visit.number("survey"), visit.application.secret
    if not visit.posted:
        return go(f"/app/surveys/{survey_id}")
    named = visit.sent.one("people")

    def work(session: OrganizationSession) -> tuple[SurveyView, list[tuple[Any, str]]]:
        wanted = people_named(session, named, "people") if named else None
        issued = commands.issue_codes(
            session, survey_id, secret=secret, now=now, actor=principal.actor, person_ids=wanted
        )
        places = {unit.index: unit.name for unit in queries.survey_tree(session, survey_id)}
        view = queries.survey(session, survey_id)
        return view, [(code, places.get(code.unit_index, "")) for code in issued]

    view, issued = await visit.asker.write(work)
    address = visit.application.settings.public_url.rstrip("/")
    return await show(visit, "codes.html", survey=view, issued=issued, address=f"{address}/s/code")


def state_of(view: SurveyView, visit: Visit) -> str:
    """Return how a survey stands in the reader's words: the key of ``app.state``."""
    if view.state == "draft":
        hindered = "not_opened" if view.not_opened else "draft"
        return "scheduled" if view.scheduled else hindered
    if view.published(visit.asker.now):
        return "published"
    if view.state == "open" and visit.asker.now >= view.closes_at:
        return "closing"
    return {"tallied": "waiting", "sealed": "waiting"}.get(view.state, view.state)


def _board(session: OrganizationSession, visit: Visit, survey_id: int) -> Board:
    view = queries.survey(session, survey_id)
    is_draft = view.state == "draft"
    mails: dict[str, int] = {}
    for (_, state), count in queries.mail_counts(session, survey_id).items():
        mails[state] = mails.get(state, 0) + count
    return Board(
        survey=view,
        state=state_of(view, visit),
        not_opened=not_opened(view),
        units=units(session) if is_draft else [],
        cuts=cut_lines(session, view, visit.asker.language),
        earlier=queries.surveys(session, states=OPENED) if is_draft else [],
        people=_lines(session, view.selection["people"]) if is_draft else "",
        without=_lines(session, view.selection["without"]) if is_draft else "",
        preview=commands.preview(session, survey_id, post=visit.application.post)
        if is_draft
        else None,
        steps=queries.steps(session, survey_id),
        mails=mails,
        undeliverable=queries.undeliverable(session, survey_id),
        codes=queries.people_with_codes(session, survey_id),
    )


def _lines(session: OrganizationSession, person_ids: Sequence[int]) -> str:
    """Return people one a line, as the form takes them."""
    found = people_by_id(session, person_ids).values()
    return "\n".join(view.email or view.employee_id or view.name for view in found)
