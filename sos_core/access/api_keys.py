"""API keys: programs of an organization ask with them, within the scopes that they were given."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from sos_core.access.key_tables import ApiKey
from sos_core.access.principal import Principal, Role
from sos_core.access.scopes import Scope, scopes_of
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput, NotFound, Unavailable
from sos_core.organizations.audit import record

KEY_PREFIX = "sos_key_"
"""What every key begins with, so that scanners for leaked secrets can tell it."""
SECRET_LENGTH = 40
ALPHABET = string.ascii_letters + string.digits
LONGEST_NUMBER = 9
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key: ``token`` is told this once and kept nowhere."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """A key as its administrators see it."""

    id: int
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    used_on: date | None

    def works(self, now: datetime) -> bool:
        """Return whether the key lets anybody in at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def create_api_key(
    session: OrganizationSession,
    *,
    name: str,
    scopes: Collection[str],
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> CreatedKey:
    """Create a key; raise InvalidInput for a wrong name, scope or a date that has passed."""
    wanted = scopes_of(scopes)
    if expires_at is not None and expires_at <= now:
        raise InvalidInput(
            "The key would have expired already.",
            "Choose a date in the future, or none.",
            code="key_expired_already",
            field="expiresAt",
        )
    row = ApiKey(
        name=clean_name(name),
        scopes=sorted(scope.value for scope in wanted),
        hint="",
        key_hash="",
        created_at=now,
        created_by=actor,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    token = f"{KEY_PREFIX}{session.organization_id}_{row.id}_{secret}"
    row.hint, row.key_hash = token[: -SECRET_LENGTH + 4], _hash(token)
    subject, told = f"api_key:{row.id}", {"name": row.name, "scopes": row.scopes}
    record(session, actor=actor, verb="api_key.created", subject=subject, now=now, details=told)
    return CreatedKey(row.id, token)


def revoke_api_key(session: OrganizationSession, key_id: int, *, actor: str, now: datetime) -> None:
    """End a key at once; raise NotFound where there is none; ended twice is no error."""
    row = session.hold(ApiKey, key_id)
    if row is None:
        raise _no_such_key()
    if row.revoked_at is None:
        row.revoked_at = now
        record(session, actor=actor, verb="api_key.revoked", subject=f"api_key:{key_id}", now=now)


def api_keys(session: OrganizationSession) -> list[ApiKeyView]:
    """Return the keys of the organization, the newest first, those that have ended too."""
    rows = session.scalars(select(ApiKey).order_by(ApiKey.id.desc()))
    return [_view(row) for row in rows]


def api_key(session: OrganizationSession, key_id: int) -> ApiKeyView:
    """Return a key; raise NotFound where there is none."""
    row = session.get(ApiKey, key_id)
    if row is None:
        raise _no_such_key()
    return _view(row)


def api_key_names(session: OrganizationSession) -> dict[str, str]:
    """Return the names of the keys, by what the audit log calls them."""
    query = select(ApiKey.id, ApiKey.name)
    return {f"api_key:{key_id}": name for key_id, name in session.execute(query)}


def key_principal(database: Database, token: str, now: datetime) -> Principal | None:
    """Return the program behind a key, None for one that is unknown, expired or revoked."""
    numbers = _numbers(token)
    if numbers is None:
        return None
    organization_id, key_id = numbers
    with database.read(organization_id) as session:
        row = session.get(ApiKey, key_id)
        stored = row.key_hash if row else _hash("")
        if not hmac.compare_digest(stored, _hash(token)) or row is None:
            return None
        view = _view(row)
    if not view.works(now):
        return None
    if view.used_on != now.date():
        _note_use(database, organization_id, key_id, now.date())
    return _principal(organization_id, view)


def clean_name(name: str) -> str:
    """Return a name without needless blanks; raise InvalidInput where nothing or too much is left."""
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME or not kept.isprintable():
        raise InvalidInput(
            "A name of 1 to {most} characters is needed.",
            "Say what it is for, such as the system that uses it.",
            code="name_wrong",
            field="name",
            values={"most": LONGEST_NAME},
        )
    return kept


def _principal(organization_id: int, view: ApiKeyView) -> Principal:
    return Principal(
        organization_id=organization_id,
        key_id=view.id,
        name=view.name,
        roles=frozenset({Role.INTEGRATION}),
        scopes=frozenset(view.scopes),
        all_units=Scope.RESULTS_READ in view.scopes,
    )


def _numbers(token: str) -> tuple[int, int] | None:
    parts = token.removeprefix(KEY_PREFIX).split("_")
    if not token.startswith(KEY_PREFIX) or not token.isascii() or len(parts) != 3:
        return None
    organization, key, _ = parts
    if not all(p.isdecimal() and len(p) <= LONGEST_NUMBER for p in (organization, key)):
        return None
    return int(organization), int(key)


def _note_use(database: Database, organization_id: int, key_id: int, day: date) -> None:
    # One write a day and key; where the disk is full, asking must still work.
    with suppress(SQLAlchemyError, Unavailable), database.write(organization_id) as session:
        row = session.get(ApiKey, key_id)
        if row is not None:
            row.used_on = day


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _view(row: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        id=row.id,
        name=row.name,
        hint=row.hint,
        scopes=tuple(Scope(name) for name in row.scopes),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_on=row.used_on,
    )


def _no_such_key() -> NotFound:
    return NotFound("This was not found.", "Go back and choose from the list.")
