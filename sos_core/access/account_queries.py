"""What is read about accounts: the list of administrators, and what somebody's own account holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sos_core.access.accounts import GONE
from sos_core.access.tables import AccessToken, Account, SignInIdentity, ViewerGrant
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as administrators see it; ``state`` is invited, active or locked.

    ``units`` are those that it was given as a viewer; ``last_used`` is the latest of the sessions
    that are kept, of which ended ones are deleted within a day.
    """

    id: int
    email: str
    name: str
    language: str
    state: str
    person_id: int | None
    administrator: bool
    sees_everything: bool
    units: tuple[int, ...]
    second_factor: bool
    created_at: datetime
    last_used: datetime | None
    linked: bool


def accounts(session: OrganizationSession) -> list[AccountView]:
    """Return the organization's accounts by name, without removed ones; in four statements."""
    return _views(session, None)


def account(session: OrganizationSession, account_id: int) -> AccountView:
    """Return one account; raise NotFound where there is none, or none any more."""
    for view in _views(session, [account_id]):
        return view
    raise NotFound("There is no such account.", "Choose one from the list.", code="account_unknown")


def _views(session: OrganizationSession, only: Collection[int] | None) -> list[AccountView]:
    query = select(Account).where(Account.state != GONE)
    if only is not None:
        query = query.where(Account.id.in_(only))
    granted = _grants(session)
    used = _last_uses(session)
    linked = set(
        session.scalars(
            select(SignInIdentity.account_id).where(
                SignInIdentity.organization_id == session.organization_id
            )
        )
    )
    views = [
        AccountView(
            row.id,
            row.email,
            row.name,
            row.language,
            row.state,
            row.person_id,
            row.administrator,
            row.sees_everything,
            tuple(sorted(granted.get(row.id, ()))),
            row.factor_secret is not None,
            row.created_at,
            used.get(row.id),
            row.id in linked,
        )
        for row in session.scalars(query)
    ]
    return sorted(views, key=lambda view: (view.name.casefold(), view.id))


def _grants(session: OrganizationSession) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for account_id, unit_id in session.execute(select(ViewerGrant.account_id, ViewerGrant.unit_id)):
        found[account_id].append(unit_id)
    return found


def _last_uses(session: OrganizationSession) -> dict[int, datetime]:
    query = (
        select(AccessToken.account_id, func.max(AccessToken.used_at))
        .where(AccessToken.organization_id == session.organization_id)
        .group_by(AccessToken.account_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
