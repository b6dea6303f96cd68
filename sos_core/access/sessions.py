"""Sessions on the server: begun, looked up at each request, listed, and ended at once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from sos_core.access.continuation import Holder
from sos_core.access.lifetimes import IDLE_LENGTH, SESSION_LENGTH, is_alive, is_touch_due
from sos_core.access.tables import AccessToken, SpentToken
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound, Unavailable

LARGEST_NUMBER = 2**53 - 1
DEVICE_LENGTH = 60
COMMAND = "command"
"""How a session was made that a script uses; the others are named where they are made."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner sees it; ``used_at`` is right within a minute."""

    number: int
    holder: Holder
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    made_by: str
    device: str


def begin_session(
    session: OrganizationSession,
    holder: Holder,
    *,
    now: datetime,
    made_by: str,
    device: str = "",
    length: timedelta = SESSION_LENGTH,
    idle: timedelta | None = IDLE_LENGTH,
) -> str:
    """Begin a session and return its token, of which only the hash is kept; forget ended ones."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(AccessToken).where(AccessToken.expires_at <= now))
    session.add(
        AccessToken(
            token_hash=token_hash(token),
            number=1 + secrets.randbelow(LARGEST_NUMBER),
            organization_id=holder.organization_id,
            account_id=holder.account_id,
            created_at=now,
            used_at=now,
            expires_at=now + length,
            idle_seconds=None if idle is None else int(idle.total_seconds()),
            made_by=made_by,
            device=device[:DEVICE_LENGTH],
        )
    )
    return token


def renew_token(session: OrganizationSession, holder: Holder, number: int) -> str:
    """Give a session another token, so that whoever knew the old one is out; return the new one."""
    token = secrets.token_urlsafe(32)
    changed = session.execute(
        update(AccessToken)
        .where(AccessToken.number == number, *_of(holder))
        .values(token_hash=token_hash(token))
        .execution_options(synchronize_session=False)
        .returning(AccessToken.number)
    )
    if changed.first() is None:
        raise _no_such_session()
    return token


def session_behind(database: Database, token: str, now: datetime) -> SessionView | None:
    """Return the session of a token, None where there is none or it has ended; note its use."""
    with database.read(None) as session:
        row = session.get(AccessToken, token_hash(token))
        if row is None or not is_alive(
            now, used_at=row.used_at, expires_at=row.expires_at, idle_seconds=row.idle_seconds
        ):
            return None
        found = _view(row)
    if is_touch_due(now, found.used_at):
        _touch(database, found.number, now)
    return found


def sessions_of(session: OrganizationSession, holder: Holder, now: datetime) -> list[SessionView]:
    """Return the sessions that are good, the one used last first."""
    query = select(AccessToken).where(*_of(holder)).order_by(AccessToken.used_at.desc())
    return [
        _view(row)
        for row in session.scalars(query)
        if is_alive(
            now, used_at=row.used_at, expires_at=row.expires_at, idle_seconds=row.idle_seconds
        )
    ]


def began_at(session: OrganizationSession, holder: Holder, number: int) -> datetime | None:
    """Return when one of the holder's sessions began, None where it is nobody's or another's."""
    query = select(AccessToken.created_at).where(AccessToken.number == number, *_of(holder))
    return session.scalar(query)


def end_session(session: OrganizationSession, holder: Holder, number: int) -> None:
    """End one of the holder's sessions; raise NotFound where it is nobody's or another's."""
    ended = session.execute(
        delete(AccessToken)
        .where(AccessToken.number == number, *_of(holder))
        .returning(AccessToken.number)
    )
    if ended.first() is None:
        raise _no_such_session()


def end_sessions(
    session: OrganizationSession, holder: Holder, *, besides: int | None = None
) -> int:
    """End all sessions of the holder, one of them excepted where given; return how many."""
    query = delete(AccessToken).where(*_of(holder))
    if besides is not None:
        query = query.where(AccessToken.number != besides)
    return len(session.scalars(query.returning(AccessToken.number)).all())


def sign_out(database: Database, token: str) -> None:
    """Forget a token; a token that is not known is no error."""
    with database.write(None) as session:
        session.execute(delete(AccessToken).where(AccessToken.token_hash == token_hash(token)))


def spend(session: OrganizationSession, token: str, *, now: datetime, expires_at: datetime) -> bool:
    """Note that a signed token is used up; False where it was before."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    session.execute(delete(SpentToken).where(SpentToken.expires_at <= now))
    spent = session.execute(
        insert(SpentToken)
        .values(token_hash=token_hash(token), expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(SpentToken.token_hash)
    )
    return spent.first() is not None


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _touch(database: Database, number: int, now: datetime) -> None:
    """Write the last use; a database that cannot be written to lets people read all the same."""
    try:
        with database.write(None) as session:
            session.execute(
                update(AccessToken)
                .where(AccessToken.number == number, AccessToken.used_at < now)
                .values(used_at=now)
                .execution_options(synchronize_session=False)
            )
    except (SQLAlchemyError, Unavailable):
        return


def _of(holder: Holder) -> tuple[ColumnElement[bool], ...]:
    return (
        AccessToken.organization_id.is_(None)
        if holder.organization_id is None
        else AccessToken.organization_id == holder.organization_id,
        AccessToken.account_id == holder.account_id,
    )


def _view(row: AccessToken) -> SessionView:
    return SessionView(
        row.number,
        Holder(row.organization_id, row.account_id),
        row.created_at,
        row.used_at,
        row.expires_at,
        row.made_by,
        row.device,
    )


def _no_such_session() -> NotFound:
    return NotFound(
        "This session has ended already.", "Reload the page to see those that are left."
    )
