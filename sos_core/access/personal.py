"""What the room of access holds about one person, and how it is taken away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sos_core.access.accounts import GONE, remove_account
from sos_core.access.continuation import Holder
from sos_core.access.sessions import sessions_of
from sos_core.access.tables import Account, AccountLink, SignInIdentity, ViewerGrant
from sos_core.database.session import OrganizationSession
from sos_core.people.directory import units_by_id
from sos_core.people.identity import fold, normalize_email

Rows = list[dict[str, Any]]


def accounts_of(
    session: OrganizationSession, person_id: int, words: Collection[str]
) -> list[Account]:
    """Return a person's accounts: their own, nobody's of their address, removed ones of their name.

    An address may have passed on: whoever it is somebody else's account for keeps that account.
    """
    folded = {fold(word) for word in words}
    addresses = {normalize_email(word) for word in words}
    return [
        row
        for row in session.scalars(select(Account).order_by(Account.id))
        if row.person_id == person_id
        or (row.person_id is None and row.email_key in addresses)
        or (row.state == GONE and fold(row.name) in folded)
    ]


def held(
    session: OrganizationSession, accounts: Collection[Account], now: datetime
) -> dict[str, Rows]:
    """Return what is held of a person's accounts, by section; no hash, seed or token."""
    sections: dict[str, Rows] = {
        name: [] for name in ("accounts", "grants", "account_links", "identities", "sessions")
    }
    for row in accounts:
        sections["accounts"].append(
            {
                "number": row.id,
                "name": row.name,
                "email": row.email,
                "language": row.language,
                "state": row.state,
                "administrator": row.administrator,
                "sees_everything": row.sees_everything,
                "password": row.password_hash is not None,
                "second_factor": row.factor_secret is not None,
                "created_at": row.created_at,
            }
        )
        sections["grants"] += _grants(session, row.id)
        sections["account_links"] += _links(session, row.id)
        sections["identities"] += _identities(session, row.id)
        sections["sessions"] += [
            {
                "created_at": one.created_at,
                "used_at": one.used_at,
                "expires_at": one.expires_at,
                "made_by": one.made_by,
                "device": one.device,
            }
            for one in sessions_of(session, Holder(session.organization_id, row.id), now)
        ]
    return sections


def erase(
    session: OrganizationSession, accounts: Collection[Account], *, actor: str, now: datetime
) -> None:
    """Take a person's accounts away, with every session, link and name; their numbers stay.

    Raises Conflict where one is the last that administers the organization.
    """
    for row in accounts:
        if row.state != GONE:
            remove_account(session, row.id, now=now, actor=actor)
        row.name = ""
    session.flush()


def _grants(session: OrganizationSession, account_id: int) -> Rows:
    query = select(ViewerGrant.unit_id).where(ViewerGrant.account_id == account_id)
    views = units_by_id(session, list(session.scalars(query.order_by(ViewerGrant.unit_id))))
    return [{"account": account_id, "unit": " › ".join(view.path)} for view in views.values()]


def _links(session: OrganizationSession, account_id: int) -> Rows:
    query = select(AccountLink.purpose, AccountLink.expires_at).where(
        AccountLink.account_id == account_id
    )
    return [
        {"account": account_id, "purpose": purpose, "expires_at": expires}
        for purpose, expires in session.execute(query.order_by(AccountLink.purpose))
    ]


def _identities(session: OrganizationSession, account_id: int) -> Rows:
    query = select(SignInIdentity).where(
        SignInIdentity.organization_id == session.organization_id,
        SignInIdentity.account_id == account_id,
    )
    return [
        {
            "account": account_id,
            "provider": row.provider,
            "tenant": row.tenant,
            "subject": row.subject,
            "email": row.email,
            "created_at": row.created_at,
        }
        for row in session.scalars(query.order_by(SignInIdentity.id))
    ]
