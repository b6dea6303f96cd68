"""What makes accounts and tokens without a mail; respondents' tokens leave no row behind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sos_core.access.accounts import add_account, own_words
from sos_core.access.continuation import Holder
from sos_core.access.factors import note_own
from sos_core.access.lifetimes import SESSION_LENGTH
from sos_core.access.passwords import hash_password
from sos_core.access.rights import Rights, give_rights
from sos_core.access.sessions import COMMAND, begin_session
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.organizations.audit import record
from sos_core.signing import sign

RESPONDENT_PURPOSE = "respondent"


def create_account(
    session: OrganizationSession,
    *,
    email: str,
    name: str,
    now: datetime,
    actor: str,
    language: str = "en",
    password: str | None = None,
    person_id: int | None = None,
    administrator: bool = False,
    sees_everything: bool = False,
    granted_units: Collection[int] = (),
) -> int:
    """Create an account and return its id; raise Conflict when the address has one already."""
    account = add_account(
        session,
        email=email,
        name=name,
        language=language,
        person_id=person_id,
        state="active",
        now=now,
    )
    if password is not None:
        account.password_hash = hash_password(password, own=own_words(session, account))
    give_rights(session, account, Rights(administrator, sees_everything, granted_units))
    record(session, actor=actor, verb="account.created", subject=f"account:{account.id}", now=now)
    return account.id


def issue_token(
    database: Database,
    *,
    organization_id: int | None,
    account_id: int,
    now: datetime,
    length: timedelta = SESSION_LENGTH,
) -> str:
    """Return a new bearer token of an account for a script; it may lie idle until it expires.

    Without an organization it is an operator's, whose sign-ins no organization's log holds.
    """
    holder = Holder(organization_id, account_id)
    with database.write(organization_id) as session:
        token = begin_session(session, holder, now=now, made_by=COMMAND, length=length, idle=None)
        note_own(session, holder, "account.signed_in", now, how=COMMAND)
    return token


def respondent_token(
    secret: bytes, *, organization_id: int, survey_id: int, person_id: int, expires_at: datetime
) -> str:
    """Return a signed token for one person in one survey; no row tells that it was made."""
    return sign(
        secret,
        RESPONDENT_PURPOSE,
        organization_id,
        survey_id,
        person_id,
        int(expires_at.timestamp()),
    )
