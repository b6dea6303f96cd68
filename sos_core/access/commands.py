"""What changes accounts and tokens; respondents' tokens are signed and leave no row behind."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from sos_core.access.passwords import hash_password, password_matches
from sos_core.access.tables import AccessToken, Account, SignInName, ViewerGrant
from sos_core.content import normalize_language
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput, NotAllowed
from sos_core.organizations.audit import record
from sos_core.signing import sign

SESSION_LENGTH = timedelta(hours=12)
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
    key = _free_key(session, email)
    account = Account(
        email=email.strip(),
        email_key=key,
        name=name.strip(),
        language=normalize_language(language) or "en",
        password_hash=hash_password(password) if password is not None else None,
        person_id=person_id,
        administrator=administrator,
        sees_everything=sees_everything,
        created_at=now,
    )
    session.add(account)
    session.flush()
    session.add(
        SignInName(email_key=key, account_id=account.id, organization_id=session.organization_id)
    )
    session.add_all(ViewerGrant(account_id=account.id, unit_id=unit) for unit in granted_units)
    record(session, actor=actor, verb="account.created", subject=f"account:{account.id}", now=now)
    return account.id


def sign_in(database: Database, *, email: str, password: str, now: datetime) -> str:
    """Return a session token; raise NotAllowed, alike for a wrong address and a wrong password."""
    with database.read(None) as session:
        names = session.scalars(
            select(SignInName).where(SignInName.email_key == email_key(email))
        ).all()
        places = [(name.organization_id, name.account_id) for name in names]
    matching: list[tuple[int, int]] = []
    for organization_id, account_id in places:
        with database.read(organization_id) as session:
            account = session.get(Account, account_id)
            if password_matches(account.password_hash if account else None, password):
                matching.append((organization_id, account_id))
    if not places:
        password_matches(None, password)
    if not matching:
        raise NotAllowed(
            "The e-mail address or the password is wrong.",
            "Check both; an administrator can give you a new password.",
            code="sign_in_failed",
        )
    organization_id, account_id = matching[0]
    return issue_token(database, organization_id=organization_id, account_id=account_id, now=now)


def issue_token(
    database: Database,
    *,
    organization_id: int,
    account_id: int,
    now: datetime,
    length: timedelta = SESSION_LENGTH,
) -> str:
    """Return a new bearer token of an account; only its hash is kept, until it expires."""
    token = secrets.token_urlsafe(32)
    with database.write(organization_id) as session:
        session.execute(delete(AccessToken).where(AccessToken.expires_at <= now))
        session.add(
            AccessToken(
                token_hash=token_hash(token),
                organization_id=organization_id,
                account_id=account_id,
                expires_at=now + length,
            )
        )
        record(
            session,
            actor=f"account:{account_id}",
            verb="account.signed_in",
            subject=f"account:{account_id}",
            now=now,
        )
    return token


def sign_out(database: Database, token: str) -> None:
    """Forget a token; a token that is not known is no error."""
    with database.write(None) as session:
        session.execute(delete(AccessToken).where(AccessToken.token_hash == token_hash(token)))


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


def email_key(email: str) -> str:
    """Return the form in which addresses are compared; raise InvalidInput when it is none."""
    key = email.strip().casefold()
    name, _, host = key.partition("@")
    if not name or "." not in f"{host}.local" or not host or len(key) > 320 or " " in key:
        raise InvalidInput(
            "“{email}” is not an e-mail address.",
            "Write it as name@company.example.",
            code="not_an_email",
            field="email",
            values={"email": email},
        )
    return key


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def _free_key(session: OrganizationSession, email: str) -> str:
    key = email_key(email)
    if session.scalar(select(Account.id).where(Account.email_key == key)) is not None:
        raise Conflict(
            "There is an account for {email} already.",
            "Change that account instead.",
            code="account_exists",
            values={"email": email},
        )
    return key
