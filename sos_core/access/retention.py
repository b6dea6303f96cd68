"""What of the room of access grows old: invitations nobody took, ended sessions, spent links."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import Select, delete, exists, func, or_, select

from sos_core.access.accounts import GONE, empty_account
from sos_core.access.lifetimes import is_alive
from sos_core.access.mail_links import RESET
from sos_core.access.tables import AccessToken, Account, AccountLink, ViewerGrant
from sos_core.database.session import OrganizationSession
from sos_core.organizations.commands import lock_organization
from sos_core.people.identity import fold, normalize_email

MOST = 500
"""Rows that are deleted at once."""


def stale_invitations(
    session: OrganizationSession, before: datetime, most: int | None = None
) -> list[int]:
    """Return accounts that nobody has taken and whose last link ended before ``before``, by id.

    An invited administrator is kept as long as nobody else administers: the organization would be
    without anybody.
    """
    return list(session.scalars(_stale(session, before).limit(most)))


def drop_invitations(
    session: OrganizationSession, account_ids: Collection[int], before: datetime
) -> int:
    """Take those of the accounts away that are still untaken, names included; return how many."""
    lock_organization(session)
    query = _stale(session, before).where(Account.id.in_(account_ids))
    found = session.scalars(query.with_for_update()).all()
    for account_id in found:
        account = session.get_one(Account, account_id)
        empty_account(session, account)
        account.name = ""
    return len(found)


def kept_by_account(
    session: OrganizationSession, people: Mapping[int, tuple[str, str | None]]
) -> set[int]:
    """Return those of the people, by id with name and address, whose account has rights of its own.

    Whoever administers, or was given sight, is here for another reason than being one of the people.
    """
    granted = exists().where(ViewerGrant.account_id == Account.id)
    query = select(Account.person_id, Account.email_key).where(
        Account.state != GONE,
        or_(Account.administrator.is_(True), Account.sees_everything.is_(True), granted),
    )
    ids, addresses = set[int](), set[str]()
    for person_id, key in session.execute(query):
        if person_id is None:
            addresses.add(key)
        else:
            ids.add(person_id)
    return {
        person_id
        for person_id, (_, email) in people.items()
        if person_id in ids or (email is not None and normalize_email(email) in addresses)
    }


def forget_accounts(
    session: OrganizationSession, people: Mapping[int, tuple[str, str | None]]
) -> None:
    """Take the accounts of people who are forgotten away, with every session, link and name.

    An account of their address counts as theirs unless it belongs to somebody else by now.
    """
    addresses = {normalize_email(email) for _, email in people.values() if email is not None}
    names = {fold(name) for name, _ in people.values() if name.strip()}
    for account in session.scalars(select(Account).order_by(Account.id)):
        gone, owner = account.state == GONE, account.person_id
        if not gone and (owner in people or (owner is None and account.email_key in addresses)):
            empty_account(session, account)
            account.name = ""
        elif gone and account.name and fold(account.name) in names:
            account.name = ""
    session.flush()


def ended_links(session: OrganizationSession, now: datetime) -> list[int]:
    """Return the links to a new password that have ended; those of invitations tell their age."""
    query = select(AccountLink.id).where(
        AccountLink.purpose == RESET, AccountLink.expires_at <= now
    )
    return list(session.scalars(query.order_by(AccountLink.id).limit(MOST)))


def drop_ended_links(
    session: OrganizationSession, link_ids: Collection[int], now: datetime
) -> None:
    """Delete those of the links that have ended, at most as many as ``ended_links`` returns.

    A link that was made since may have the number of one that it replaced.
    """
    session.execute(
        delete(AccountLink).where(AccountLink.id.in_(link_ids), AccountLink.expires_at <= now)
    )


def ended_sessions(session: OrganizationSession, now: datetime) -> list[str]:
    """Return the hashes of sessions, of accounts and operators everywhere, that have ended.

    ``session`` is one without an organization.
    """
    rows = session.execute(
        select(
            AccessToken.token_hash,
            AccessToken.used_at,
            AccessToken.expires_at,
            AccessToken.idle_seconds,
        ).order_by(AccessToken.used_at)
    )
    ended = (
        token
        for token, used, expires, idle in rows
        if not is_alive(now, used_at=used, expires_at=expires, idle_seconds=idle)
    )
    return list(islice(ended, MOST))


def drop_ended_sessions(session: OrganizationSession, token_hashes: Collection[str]) -> None:
    """Delete sessions, at most as many as ``ended_sessions`` returns."""
    session.execute(
        delete(AccessToken)
        .where(AccessToken.token_hash.in_(token_hashes))
        .execution_options(synchronize_session=False)
    )


def _stale(session: OrganizationSession, before: datetime) -> Select[int]:
    link = exists().where(AccountLink.account_id == Account.id, AccountLink.expires_at >= before)
    others = (
        select(func.count())
        .select_from(Account)
        .where(Account.administrator.is_(True), Account.state == "active")
    )
    stale = [Account.state == "invited", Account.created_at < before, ~link]
    if not session.scalar(others):
        stale.append(Account.administrator.is_(False))
    return select(Account.id).where(*stale).order_by(Account.id)
