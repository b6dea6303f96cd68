"""The pages of one survey's form: introduction, areas, review, receipt, and why it is not open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from sos_core.content import Questionnaire, moment_text, questionnaire
from sos_core.errors import Conflict, InvalidInput
from sos_core.personal_data.retention import retention
from sos_core.results.queries import receipt_counted
from sos_core.surveys.queries import PUBLISHED
from sos_graphql.http.answering import (
    COMMENT_CHARACTERS,
    FormPage,
    first_open_page,
    form_pages,
    merged,
    shown,
    taken,
    was,
)
from sos_graphql.http.invitations import Invitation
from sos_graphql.http.visits import Visit, go, number, words_of
from sos_graphql.nodes import node_id
from sos_graphql.surveys.promises import (
    LIMITS,
    PROMISES,
    audience_keys,
    first_promises,
    privacy_figures,
)

MINUTES = "15–20"
TRIES = 3
"""Drafts may arrive from two devices at once: read again, save again."""
UPGRADABLE = frozenset({"survey_intro.html", "survey_page.html", "survey_review.html"})
"""Pages whose form the widget takes over where JavaScript is there."""


async def introduction(visit: Visit, invitation: Invitation) -> Response:
    """Say who sees what and how long it takes; looking at it changes nothing."""
    asked = _asked(invitation)
    pages, submitted, begun = await _pages(visit, invitation)
    return _show(
        visit,
        invitation,
        "survey_intro.html",
        counts={
            "statements": len(asked.statements),
            "areas": len(asked.areas),
            "activities": len(asked.activities),
            "minutes": MINUTES,
        },
        start=_page_path(invitation, pages, first_open_page(pages) if begun else 1),
        begun=begun,
        submitted=submitted,
        introduction=invitation.survey.introductions.get(invitation.language, ""),
        promises=first_promises(invitation.survey, invitation.language),
    )


async def privacy(visit: Visit, invitation: Invitation) -> Response:
    """Say in plain words who sees what, how long it is kept, and what cannot be promised."""

    def kept() -> dict[str, int]:
        with visit.application.database.read(invitation.organization_id) as session:
            return retention(session)

    return _show(
        visit,
        invitation,
        "survey_privacy.html",
        privacy=_privacy_values(invitation) | {"days": await visit.asker.call(kept)},
        promises=PROMISES,
        limits=LIMITS,
        audience=audience_keys(invitation.survey),
    )


async def form_page(visit: Visit, invitation: Invitation) -> Response:
    """Show one page of the form, or take it: save what it holds and go where the button says."""
    pages, submitted, _ = await _pages(visit, invitation)
    place = number(visit.path("page"))
    if not 1 <= place <= len(pages):
        return go(f"{invitation.base}/review")
    if not visit.posted:
        return _form(visit, invitation, pages[place - 1], submitted=submitted)
    elsewhere: Mapping[str, str] = {}
    try:
        if not invitation.preview:
            elsewhere = await _save(visit, invitation, pages[place - 1])
    except InvalidInput as error:
        typed = form_pages(
            _asked(invitation), invitation.language, *taken(pages[place - 1], visit.sent)
        )
        wrong = words_of(error, invitation.language)
        return _form(visit, invitation, typed[place - 1], submitted=submitted, wrong=wrong)
    if elsewhere:
        pages, submitted, _ = await _pages(visit, invitation)
        page = pages[place - 1]
        return _form(visit, invitation, page, submitted=submitted, elsewhere=elsewhere)
    if visit.sent.one("go") == "pause":
        return _show(visit, invitation, "survey_paused.html", submitted=submitted, place=place)
    step = -1 if visit.sent.one("go") == "back" else 1
    return go(_page_path(invitation, pages, place + step))


async def review(visit: Visit, invitation: Invitation) -> Response:
    """Name what is unanswered, never as an error, and offer to submit."""
    pages, submitted, _ = await _pages(visit, invitation)
    return _show(
        visit,
        invitation,
        "survey_review.html",
        open_pages=[page for page in pages if page.unanswered],
        unanswered=sum(page.unanswered for page in pages),
        last=len(pages),
        submitted=submitted,
    )


async def submit(visit: Visit, invitation: Invitation) -> Response:
    """Submit what was saved, and hand out the receipt."""
    if not visit.posted:
        return go(f"{invitation.base}/review")
    receipt = None
    if invitation.person_id is not None:
        who = (invitation.organization_id, invitation.survey.id, invitation.person_id)
        desk = visit.application.ballots
        resumed = await visit.asker.call(lambda: desk.resume(*who))
        receipt = (await desk.submit(*who, resumed.answers, resumed.version)).code
    return _show(visit, invitation, "survey_done.html", receipt=receipt)


async def receipts(visit: Visit, invitation: Invitation) -> Response:
    """Tell, once the survey is counted, whether the answers of a receipt were."""
    view, receipt = invitation.survey, visit.sent.one("receipt")
    if invitation.standing in {"open", "preview"}:
        return go(invitation.base)
    if view.state not in PUBLISHED:
        return not_open(visit, invitation)
    counted = None
    if visit.posted:

        def work() -> bool:
            with visit.application.database.read(invitation.organization_id) as session:
                return receipt_counted(session, view.id, receipt)

        counted = await visit.asker.call(work)
    return _show(visit, invitation, "survey_receipts.html", counted=counted, receipt=receipt[:40])


ALWAYS = (privacy, receipts)
"""What is there before the opening and after the close too."""


def not_open(visit: Visit, invitation: Invitation) -> Response:
    """Say when the survey opens, or that it has closed or was canceled."""
    return _show(
        visit, invitation, "survey_not_open.html", status=410 if _over(invitation) else 200
    )


def _over(invitation: Invitation) -> bool:
    return invitation.standing in {"closed", "cancelled"}


async def _pages(visit: Visit, invitation: Invitation) -> tuple[list[FormPage], bool, bool]:
    """Return the pages with what was answered, whether it was submitted, and whether any was begun."""
    choices: Mapping[str, int | None] = {}
    comments: Mapping[str, str] = {}
    submitted = False
    if invitation.person_id is not None:
        who = (invitation.organization_id, invitation.survey.id, invitation.person_id)
        resumed = await visit.asker.call(lambda: visit.application.ballots.resume(*who))
        choices, comments = resumed.answers.choices, resumed.answers.comments
        submitted = resumed.submitted
    pages = form_pages(_asked(invitation), invitation.language, choices, comments)
    return pages, submitted, bool(choices or comments)


async def _save(visit: Visit, invitation: Invitation, page: FormPage) -> Mapping[str, str]:
    """Save a page and return the answers of another device that gave way to it, by question.

    Where the ballot was submitted already, the change counts at once.
    """
    if invitation.person_id is None:
        return {}
    who = (invitation.organization_id, invitation.survey.id, invitation.person_id)
    desk = visit.application.ballots
    for turn in range(TRIES):
        resumed = await visit.asker.call(lambda: desk.resume(*who))
        choices, comments, elsewhere = merged(
            page, visit.sent, resumed.answers.choices, resumed.answers.comments
        )
        answers, base = desk.answers(choices, comments), resumed.version
        try:
            if resumed.submitted:
                await desk.submit(*who, answers, base)
                return elsewhere
            saved = await desk.save_draft(*who, answers, resumed.sequence + 1, base)
            if saved.state == "saved":
                return elsewhere
        except Conflict as error:
            if error.code != "ballot_elsewhere" or turn == TRIES - 1:
                raise
    raise Conflict(
        "Another device has saved other answers in the meantime.",
        "Reload the page, look at it and save it again.",
        code="ballot_elsewhere",
    )


def _form(
    visit: Visit,
    invitation: Invitation,
    page: FormPage,
    *,
    submitted: bool,
    wrong: tuple[str, str] | None = None,
    elsewhere: Mapping[str, str] | None = None,
) -> Response:
    """Show a page of the form; ``elsewhere`` is what another device has answered, by question."""
    return _show(
        visit,
        invitation,
        "survey_page.html",
        status=400 if wrong else 200,
        page=page,
        submitted=submitted,
        wrong=wrong,
        was=was(page, visit.sent) if wrong else shown(page),
        elsewhere=elsewhere or {},
        longest=COMMENT_CHARACTERS,
    )


def _show(
    visit: Visit, invitation: Invitation, template: str, *, status: int = 200, **values: Any
) -> Response:
    view, language = invitation.survey, invitation.language

    def local(moment: datetime) -> str:
        return moment_text(language, moment, ZoneInfo(view.time_zone))

    return visit.show(
        template,
        status=status,
        language=language,
        invitation=invitation,
        survey=view,
        base=invitation.base,
        counting_done=view.state in PUBLISHED,
        upgradable=template in UPGRADABLE and not invitation.preview,
        survey_key=node_id("Survey", view.id),
        token=invitation.token(visit.application.secret),
        opens=local(view.opens_at),
        closes=local(view.closes_at),
        publishes=local(view.publishes_at),
        **values,
    )


def _privacy_values(invitation: Invitation) -> dict[str, object]:
    figures = privacy_figures(invitation.survey.thresholds)
    return figures | {"organization": invitation.organization}


def _page_path(invitation: Invitation, pages: list[FormPage], place: int) -> str:
    if place < 1:
        return invitation.base
    return f"{invitation.base}/{place if place <= len(pages) else 'review'}"


def _asked(invitation: Invitation) -> Questionnaire:
    return questionnaire(invitation.survey.questionnaire_version)
