"""The mails of accounts: invitations, and links to choose a new password."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from sos_core.access.mail_links import INVITATION, RESET, STATES, link_token, make_link
from sos_core.access.tables import Account, SignInName
from sos_core.content import moment_text
from sos_core.database.session import OrganizationSession
from sos_core.jobs import enqueue, once
from sos_core.mail import Message, Post, message_id, render
from sos_core.organizations.audit import record
from sos_core.organizations.queries import organization

SEND_RESET = "access.send_reset"
RESET_SECONDS = 600
"""An account is sent one link in a window of this length, however often somebody asks."""
PAGES = {INVITATION: "invitation", RESET: "password"}
KINDS = {INVITATION: "account_invitation", RESET: "password_reset"}


def places_of(session: OrganizationSession, key: str) -> list[tuple[int, int]]:
    """Return (organization, account) of an address; ``session`` is one without an organization."""
    query = select(SignInName.organization_id, SignInName.account_id)
    return [(row[0], row[1]) for row in session.execute(query.where(SignInName.email_key == key))]


def begin_reset(session: OrganizationSession, account_id: int, *, now: datetime) -> bool:
    """Make an account's link to choose a new password, and send it; False where nobody may."""
    account = session.hold(Account, account_id)
    window = int(now.timestamp()) // RESET_SECONDS
    if account is None or account.state != STATES[RESET]:
        return False
    if not once(session, f"access.reset:{account_id}:{window}"):
        return False
    make_link(session, account_id, RESET, now)
    enqueue(session, SEND_RESET, session.organization_id, account_id)
    subject = f"account:{account_id}"
    record(session, actor="system", verb="account.reset_asked", subject=subject, now=now)
    return True


def account_mail(
    session: OrganizationSession,
    account_id: int,
    purpose: str,
    *,
    inviter: str = "",
    now: datetime,
    post: Post,
) -> Message | None:
    """Return the mail with an account's link; None where it would be of no use any more."""
    account = session.get(Account, account_id)
    made = link_token(session, post.secret, account_id, purpose)
    if account is None or made is None or account.state != STATES[purpose] or now >= made[1]:
        return None
    token, expires = made
    home = organization(session, session.organization_id)
    rendered = render(
        KINDS[purpose],
        account.language,
        {
            "name": account.name,
            "organization": home.name,
            "inviter": inviter or home.name,
            "link": f"{post.public_url.rstrip('/')}/auth/{PAGES[purpose]}/{token}",
            "expires": moment_text(account.language, expires, ZoneInfo(home.time_zone)),
            "sender": home.name,
        },
    )
    return Message(
        to=account.email,
        to_name=account.name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        language=account.language,
        sender=post.sender,
        sender_name=home.name,
        message_id=message_id(post.secret, post.host, KINDS[purpose], token),
        at=now,
    )
