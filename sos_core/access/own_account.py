"""What people do to their own accounts: accept an invitation, choose a password, end sessions."""

from __future__ import annotations

from datetime import datetime

from sos_core.access.accounts import own_words
from sos_core.access.continuation import Holder
from sos_core.access.factors import note_own
from sos_core.access.mail_links import INVITATION, RESET, check_link, drop_links
from sos_core.access.names import sign_in_key
from sos_core.access.passwords import hash_password
from sos_core.access.proving import check_own_password, holder_row
from sos_core.access.sessions import end_session, end_sessions
from sos_core.access.signing_in import begin_signed_in
from sos_core.access.tables import Account
from sos_core.content import normalize_language
from sos_core.database.session import OrganizationSession
from sos_core.jobs import enqueue

FIND_ACCOUNTS = "access.find_accounts"


def accept_invitation(
    session: OrganizationSession,
    secret: bytes,
    token: str,
    *,
    password: str,
    language: str | None,
    now: datetime,
    device: str = "",
) -> str:
    """Take an invitation with a password of one's own, and return the token of a session."""
    account = check_link(session, secret, token, INVITATION, now)
    account.password_hash = hash_password(password, own=own_words(session, account))
    holder = accepted(session, account, language=language, now=now)
    return begin_signed_in(session, holder, INVITATION, now=now, device=device)


def accepted(
    session: OrganizationSession, account: Account, *, language: str | None, now: datetime
) -> Holder:
    """Note that somebody has taken an invitation: the link is used up, the account is active."""
    account.state = "active"
    account.language = normalize_language(language or "") or account.language
    drop_links(session, account.id)
    holder = Holder(session.organization_id, account.id)
    note_own(session, holder, "account.accepted", now)
    return holder


def request_reset(session: OrganizationSession, email: str) -> None:
    """Ask for a link to choose a new password for whoever has this address, in any organization.

    It does the same for every address, known or not; the search is a job's, so that the answer and
    its timing tell nothing. ``session`` is one without an organization.
    """
    enqueue(session, FIND_ACCOUNTS, sign_in_key(email) or "")


def reset_password(
    session: OrganizationSession, secret: bytes, token: str, *, password: str, now: datetime
) -> None:
    """Choose a new password by a link that was mailed; every session of the account ends."""
    account = check_link(session, secret, token, RESET, now)
    account.password_hash = hash_password(password, own=own_words(session, account))
    drop_links(session, account.id)
    holder = Holder(session.organization_id, account.id)
    end_sessions(session, holder)
    note_own(session, holder, "account.password_reset", now)


def change_password(
    session: OrganizationSession,
    holder: Holder,
    *,
    present: str,
    password: str,
    now: datetime,
    session_id: int | None,
) -> None:
    """Choose a new password, knowing the present one; all sessions but this one end."""
    row = holder_row(session, holder)
    check_own_password(row, present)
    own = own_words(session, row) if isinstance(row, Account) else (row.name, row.email)
    row.password_hash = hash_password(password, own=own)
    if holder.organization_id is not None:
        drop_links(session, row.id)
    end_sessions(session, holder, besides=session_id)
    note_own(session, holder, "account.password_changed", now)


def revoke_session(
    session: OrganizationSession, holder: Holder, number: int, *, now: datetime
) -> None:
    """End one of one's own sessions; it is good for nothing from the next request on."""
    end_session(session, holder, number)
    note_own(session, holder, "account.session_ended", now)


def revoke_other_sessions(
    session: OrganizationSession, holder: Holder, *, session_id: int | None, now: datetime
) -> int:
    """End all of one's own sessions but this one; return how many."""
    ended = end_sessions(session, holder, besides=session_id)
    if ended:
        note_own(session, holder, "account.sessions_ended", now, count=ended)
    return ended
