"""Links in mails that work once: the invitation to an account, and the choice of a new password.

A link is signed and names a nonce that its row keeps until it is used, replaced or too old. The row
alone is of no use without the installation's key, and the key alone is of none without the row.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from sos_core.access.lifetimes import INVITATION_LENGTH, RESET_LENGTH
from sos_core.access.tables import Account, AccountLink
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.signing import sign, verify

INVITATION = "invitation"
RESET = "reset"
LENGTHS = {INVITATION: INVITATION_LENGTH, RESET: RESET_LENGTH}
STATES = {INVITATION: "invited", RESET: "active"}
"""The state in which an account must be for a link of this purpose to be good."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """Whom a good link is for, as its page tells."""

    organization_id: int
    account_id: int
    email: str
    name: str
    language: str


def make_link(session: OrganizationSession, account_id: int, purpose: str, now: datetime) -> None:
    """Make the account's link of this purpose, in the place of an earlier one."""
    drop_links(session, account_id, purpose)
    session.add(
        AccountLink(
            account_id=account_id,
            purpose=purpose,
            nonce=secrets.token_hex(16),
            expires_at=now + LENGTHS[purpose],
        )
    )


def drop_links(session: OrganizationSession, account_id: int, purpose: str | None = None) -> None:
    """Forget the account's links, of one purpose or of all."""
    query = delete(AccountLink).where(AccountLink.account_id == account_id)
    if purpose is not None:
        query = query.where(AccountLink.purpose == purpose)
    session.execute(query)


def link_token(
    session: OrganizationSession, secret: bytes, account_id: int, purpose: str
) -> tuple[str, datetime] | None:
    """Return what stands in the mail, the same each time, and until when it is good; None: no link."""
    row = _row(session, account_id, purpose)
    if row is None:
        return None
    token = sign(secret, purpose, session.organization_id, account_id, row.nonce)
    return token, row.expires_at


def read_link(
    database: Database, secret: bytes, token: str, purpose: str, now: datetime
) -> LinkView:
    """Return whom a link is for; raise NotFound where it was used, replaced, forged or is too old."""
    organization_id, account_id, _ = _parts(secret, token, purpose)
    with database.read(organization_id) as session:
        account = check_link(session, secret, token, purpose, now)
        return LinkView(organization_id, account_id, account.email, account.name, account.language)


def organization_of_link(secret: bytes, token: str, purpose: str) -> int:
    """Return the organization of a link that we signed; raise NotFound where we did not."""
    return _parts(secret, token, purpose)[0]


def check_link(
    session: OrganizationSession, secret: bytes, token: str, purpose: str, now: datetime
) -> Account:
    """Return the account that a good link is for, held until the commit; raise NotFound."""
    organization_id, account_id, nonce = _parts(secret, token, purpose)
    if organization_id != session.organization_id:
        raise no_such_link()
    account = session.hold(Account, account_id)
    row = _row(session, account_id, purpose)
    if account is None or row is None or account.state != STATES[purpose]:
        raise no_such_link()
    if now >= row.expires_at or not hmac.compare_digest(row.nonce, nonce):
        raise no_such_link()
    return account


def no_such_link() -> NotFound:
    """Return the error for a link that lets nobody in, whatever the reason."""
    return NotFound(
        "This link does not work any more.",
        "It works once and for a limited time; ask for a new one.",
        code="account_link_unknown",
    )


def _row(session: OrganizationSession, account_id: int, purpose: str) -> AccountLink | None:
    return session.scalar(
        select(AccountLink).where(
            AccountLink.account_id == account_id, AccountLink.purpose == purpose
        )
    )


def _parts(secret: bytes, token: str, purpose: str) -> tuple[int, int, str]:
    parts = verify(secret, purpose, token, parts=3)
    if parts is None:
        raise no_such_link()
    return int(parts[0]), int(parts[1]), parts[2]
