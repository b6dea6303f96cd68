"""A survey's mail to one person or address, ready to be handed over."""

from __future__ import annotations

from datetime import datetime

from sos_core.database.session import OrganizationSession
from sos_core.mail import Message, Post, message_id
from sos_core.organizations.queries import organization
from sos_core.people.queries import PersonView
from sos_core.surveys import links
from sos_core.surveys.queries import SurveyView
from sos_core.surveys.wording import sender_of, survey_mail


def compose(
    session: OrganizationSession,
    view: SurveyView,
    to: PersonView,
    *,
    kind: str,
    language: str,
    name: str,
    now: datetime,
    post: Post,
) -> Message:
    """Return the mail ``kind`` with the person's link; ``name`` makes its Message-ID its own."""
    ids = (session.organization_id, view.id, to.id)
    token = links.personal_token(
        post.secret, organization_id=ids[0], survey_id=view.id, person_id=to.id
    )
    return address_mail(
        session,
        view,
        kind=kind,
        language=language,
        to=to.email or "",
        name=to.name,
        link=links.link(post.public_url, token),
        message_id=message_id(post.secret, post.host, *ids, name),
        now=now,
        post=post,
    )


def address_mail(
    session: OrganizationSession,
    view: SurveyView,
    *,
    kind: str,
    language: str,
    to: str,
    name: str,
    link: str,
    message_id: str,
    now: datetime,
    post: Post,
    test: bool = False,
) -> Message:
    """Return a survey's mail to an address."""
    own = organization(session, session.organization_id).name
    wording = survey_mail(
        kind, view, organization=own, name=name, language=language, address=link, test=test
    )
    return Message(
        to=to,
        to_name=name,
        subject=wording.subject,
        text=wording.text,
        html=wording.html,
        language=language,
        sender=post.sender,
        sender_name=sender_of(view, own),
        message_id=message_id,
        at=now,
    )
