"""Single mails on request: a link sent again, a lost link, a test mail; and the preview of a draft."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, NotFound
from sos_core.jobs import enqueue, once
from sos_core.mail import Message, Post, message_id
from sos_core.organizations.audit import record
from sos_core.organizations.queries import organization
from sos_core.people.identity import is_email, normalize_email
from sos_core.people.queries import find_by_email, person
from sos_core.surveys import links
from sos_core.surveys.composing import address_mail, compose
from sos_core.surveys.drafting import locked
from sos_core.surveys.lifecycle import require_answers
from sos_core.surveys.opening import chosen_people
from sos_core.surveys.participation import participation
from sos_core.surveys.queries import no_such_survey, survey
from sos_core.surveys.tables import Participation, Survey, Undeliverable

LOST_LINK_SECONDS = 600
"""A person is sent lost links once in a window of this length, however often somebody asks."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would do if it opened now; ``link`` shows the form and stores nothing."""

    invited: int
    without_address: tuple[int, ...]
    by_language: Mapping[str, int]
    link: str


def preview(session: OrganizationSession, survey_id: int, *, post: Post) -> Preview:
    """Return whom a draft would invite, and a link that shows it as a respondent sees it."""
    row = session.get(Survey, survey_id)
    if row is None:
        raise no_such_survey()
    people = chosen_people(session, row)
    usual = organization(session, session.organization_id).language
    fallback = usual if usual in row.languages else row.languages[0]
    spoken = Counter(
        view.language if view.language in row.languages else fallback for view in people
    )
    return Preview(
        len(people),
        tuple(view.id for view in people if not view.email),
        dict(spoken),
        _preview_link(session, survey_id, post),
    )


def make_test_mail(
    session: OrganizationSession,
    survey_id: int,
    *,
    to: str,
    language: str,
    now: datetime,
    post: Post,
    kind: str = "invitation",
) -> Message:
    """Return a test mail of ``kind`` to send to ``to``; its link opens the preview."""
    view = survey(session, survey_id)
    address = normalize_email(to)
    number = secrets.token_hex(8)
    return address_mail(
        session,
        view,
        kind=kind,
        language=language if language in view.languages else view.languages[0],
        to=address,
        name=address.partition("@")[0],
        link=_preview_link(session, survey_id, post),
        message_id=message_id(post.secret, post.host, "test", survey_id, number),
        now=now,
        post=post,
        test=True,
    )


def resend_link(
    session: OrganizationSession, survey_id: int, person_id: int, *, now: datetime, actor: str
) -> None:
    """Send one person's link again, also to an address that was refused before."""
    row = locked(session, survey_id)
    require_answers(row.state, row.closes_at, now)
    if participation(session, survey_id, person_id) is None:
        raise NotFound(
            "This person takes no part in the survey.",
            "Add the person to the survey first.",
            code="survey_not_invited",
        )
    to = person(session, person_id)
    if not to.email:
        raise Conflict(
            "{name} has no e-mail address.",
            "Print a code instead, or add an address.",
            code="survey_no_address",
            values={"name": to.name},
        )
    refused = session.get(Undeliverable, (survey_id, person_id))
    if refused is not None:
        session.delete(refused)
    _enqueue_link(session, survey_id, person_id)
    record(
        session,
        actor=actor,
        verb="survey.link_sent",
        subject=f"survey:{survey_id}",
        now=now,
        details={"person": person_id},
    )


def request_lost_link(session: OrganizationSession, email: str) -> None:
    """Ask for the links of whoever has this address, in any organization.

    It does the same for every address, known or not; the search is a job's, so that the answer and
    its timing tell nothing. ``session`` is one without an organization.
    """
    address = normalize_email(email)[:320]
    if is_email(address):
        enqueue(session, "surveys.find_lost_links", address)


def send_lost_links(session: OrganizationSession, address: str, *, now: datetime) -> int:
    """Send the open surveys' links to the person with this address; return how many."""
    found = find_by_email(session, address)
    if found is None or not found.active:
        return 0
    query = (
        select(Survey.id)
        .join(Participation, Participation.survey_id == Survey.id)
        .where(Participation.person_id == found.id, Survey.state == "open", Survey.closes_at > now)
        .order_by(Survey.id)
    )
    surveys = list(session.scalars(query))
    window = int(now.timestamp()) // LOST_LINK_SECONDS
    if not surveys or not once(session, f"surveys.lost_link:{found.id}:{window}"):
        return 0
    for survey_id in surveys:
        _enqueue_link(session, survey_id, found.id)
    return len(surveys)


def link_mail(
    session: OrganizationSession,
    survey_id: int,
    person_id: int,
    number: str,
    *,
    now: datetime,
    post: Post,
) -> Message | None:
    """Return the mail with one person's link; None where it would be of no use any more."""
    view = survey(session, survey_id)
    part = participation(session, survey_id, person_id)
    if view.state != "open" or now >= view.closes_at or part is None:
        return None
    to = person(session, person_id)
    if not to.active or not to.email:
        return None
    return compose(
        session,
        view,
        to,
        kind="lost_link",
        language=part.language,
        name=f"link.{number}",
        now=now,
        post=post,
    )


def _enqueue_link(session: OrganizationSession, survey_id: int, person_id: int) -> None:
    # The number makes this mail's Message-ID its own, and the same in each attempt.
    number = secrets.token_hex(8)
    enqueue(session, "surveys.send_link", session.organization_id, survey_id, person_id, number)


def _preview_link(session: OrganizationSession, survey_id: int, post: Post) -> str:
    token = links.preview_token(
        post.secret, organization_id=session.organization_id, survey_id=survey_id
    )
    return links.link(post.public_url, token)
