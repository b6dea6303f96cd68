"""Who is behind a token."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from sos_core.access.api_keys import KEY_PREFIX, api_key_names, key_principal
from sos_core.access.commands import RESPONDENT_PURPOSE
from sos_core.access.demands import second_factor_of
from sos_core.access.guest_claims import is_guest_token
from sos_core.access.guest_tokens import guest_principal
from sos_core.access.names import email_key
from sos_core.access.operators import operator
from sos_core.access.principal import ANONYMOUS, Principal, Role
from sos_core.access.sessions import session_behind
from sos_core.access.tables import Account, ViewerGrant
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.people.queries import PersonView, memberships, person, units_led_by
from sos_core.signing import verify


def authenticate(
    database: Database,
    secret: bytes,
    token: str,
    now: datetime,
    *,
    issuer: str = "",
    operators_need_factor: bool = True,
) -> Principal | None:
    """Return who is behind ``token``, None when it is unknown, forged or expired.

    ``issuer`` is whom guests' tokens name as theirs: the address under which SOS is reached.
    ``operators_need_factor``: an operator without a second factor has no rights.
    """
    if token.startswith(KEY_PREFIX):
        return key_principal(database, token, now)
    if is_guest_token(token):
        return guest_principal(database, token, issuer=issuer, now=now)
    respondent = respondent_principal(secret, token, now)
    return respondent or _account_behind(database, token, now, operators_need_factor)


def respondent_principal(secret: bytes, token: str, now: datetime) -> Principal | None:
    """Return the respondent of a signed token, None for any other token; reads no database."""
    parts = verify(secret, RESPONDENT_PURPOSE, token, parts=4)
    if parts is None:
        return None
    organization_id, survey_id, person_id, expires = (int(part) for part in parts)
    if now.timestamp() >= expires:
        return None
    return Principal(
        organization_id=organization_id,
        person_id=person_id,
        survey_id=survey_id,
        roles=frozenset({Role.RESPONDENT}),
    )


def _account_behind(
    database: Database, token: str, now: datetime, operators_need_factor: bool
) -> Principal | None:
    found = session_behind(database, token, now)
    if found is None:
        return None
    organization_id, holder_id = found.holder.organization_id, found.holder.account_id
    with database.read(organization_id) as session:
        if organization_id is None:
            principal = _operator_principal(session, holder_id, operators_need_factor)
        else:
            principal = _restricted(session, account_principal(session, holder_id))
    return replace(principal, session_id=found.number) if principal is not ANONYMOUS else None


def _operator_principal(
    session: OrganizationSession, operator_id: int, needs_factor: bool
) -> Principal:
    row = operator(session, operator_id)
    if row is None or row.state != "active":
        return ANONYMOUS
    lacking = needs_factor and not row.second_factor
    return Principal(
        operator_id=row.id,
        name=row.name,
        language=row.language,
        roles=frozenset() if lacking else frozenset({Role.OPERATOR}),
        must_enroll=lacking,
    )


def _restricted(session: OrganizationSession, principal: Principal) -> Principal:
    """Return an account without any right where a second factor is needed and missing.

    However somebody signed in, by password, by another system or by a command, they come through
    here in every request.
    """
    if principal is ANONYMOUS:
        return principal
    if not second_factor_of(session).asks(administrator=principal.is_administrator):
        return principal
    account = session.get_one(Account, principal.account_id)
    if account.factor_secret is not None:
        return principal
    return Principal(
        organization_id=principal.organization_id,
        account_id=principal.account_id,
        name=principal.name,
        language=principal.language,
        must_enroll=True,
    )


def account_principal(session: OrganizationSession, account_id: int) -> Principal:
    """Return the caller that an account is, ANONYMOUS when it is gone, locked or not accepted."""
    account = session.get(Account, account_id)
    if account is None or account.state != "active":
        return ANONYMOUS
    member = person(session, account.person_id) if account.person_id is not None else None
    if member is not None and not member.active:
        member = None
    led = frozenset(units_led_by(session, member.id)) if member else frozenset()
    granted = frozenset(
        session.scalars(select(ViewerGrant.unit_id).where(ViewerGrant.account_id == account_id))
    )
    return Principal(
        organization_id=session.organization_id,
        account_id=account.id,
        person_id=member.id if member else None,
        name=account.name,
        language=account.language,
        roles=_roles(account, member, led, granted),
        units=frozenset(memberships(session, member.id)) if member else frozenset(),
        led=led,
        granted=granted,
        all_units=account.administrator or account.sees_everything,
    )


def account_id_by_email(session: OrganizationSession, email: str) -> int | None:
    """Return the account of an address, None when there is none."""
    return session.scalar(select(Account.id).where(Account.email_key == email_key(email)))


def account_ids(session: OrganizationSession) -> list[int]:
    """Return the accounts of the organization that can sign in, by id."""
    query = select(Account.id).where(Account.state == "active").order_by(Account.id)
    return list(session.scalars(query))


def account_email(session: OrganizationSession, account_id: int) -> str | None:
    """Return the address of an account, None when the account is gone."""
    return session.scalar(select(Account.email).where(Account.id == account_id))


def account_names(session: OrganizationSession) -> dict[str, str]:
    """Return the names of accounts and of API keys, by what the audit log calls them."""
    query = select(Account.id, Account.name).where(Account.name != "")  # erased: a number alone
    people = {f"account:{account_id}": name for account_id, name in session.execute(query)}
    return people | api_key_names(session)


def people_with_accounts(session: OrganizationSession, person_ids: Collection[int]) -> set[int]:
    """Return those of the people whom an account belongs to: an undo of people must keep them."""
    wanted = set(person_ids)
    query = select(Account.person_id).where(Account.person_id.is_not(None))
    return {person_id for person_id in session.scalars(query) if person_id in wanted}


def units_granted(session: OrganizationSession, unit_ids: Collection[int]) -> set[int]:
    """Return those of the units that a viewer was given: an undo of people must keep them."""
    wanted = set(unit_ids)
    query = select(ViewerGrant.unit_id).distinct()
    return {unit_id for unit_id in session.scalars(query) if unit_id in wanted}


def _roles(
    account: Account, member: PersonView | None, led: frozenset[int], granted: frozenset[int]
) -> frozenset[Role]:
    roles = {
        Role.ADMINISTRATOR: account.administrator,
        Role.VIEWER: account.sees_everything or bool(granted),
        Role.LEADER: bool(led),
        Role.PARTICIPANT: member is not None and member.user_type == "participant",
    }
    return frozenset(role for role, held in roles.items() if held)
