"""Operators of the installation: made from the command line, and of no organization."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sos_core.access.continuation import Holder
from sos_core.access.factors import clear_factor
from sos_core.access.names import email_key, shown_email
from sos_core.access.passwords import hash_password
from sos_core.access.sessions import end_sessions
from sos_core.access.tables import Operator
from sos_core.content import DEFAULT_LANGUAGE, normalize_language
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, NotFound
from sos_core.people.identity import tidy


@dataclass(frozen=True, slots=True)
class OperatorView:
    """An operator as the command line and the session see one."""

    id: int
    email: str
    name: str
    language: str
    state: str
    second_factor: bool


def create_operator(
    session: OrganizationSession,
    *,
    email: str,
    name: str,
    password: str,
    now: datetime,
    language: str = DEFAULT_LANGUAGE,
) -> int:
    """Make an operator and return the id; raise Conflict where the address is an operator's."""
    key = email_key(email)
    if session.scalar(select(Operator.id).where(Operator.email_key == key)) is not None:
        raise Conflict(
            "There is an operator with the address {email} already.",
            "Give that one a new password instead.",
            code="operator_exists",
            values={"email": email},
        )
    shown = tidy(name) or email.strip().partition("@")[0]
    row = Operator(
        email=shown_email(email),
        email_key=key,
        name=shown[:200],
        language=normalize_language(language) or DEFAULT_LANGUAGE,
        password_hash=hash_password(password, own=(shown, email)),
        state="active",
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def set_operator_password(session: OrganizationSession, email: str, password: str) -> None:
    """Give an operator a new password, without a second factor; all sessions end."""
    row = _find(session, email)
    row.password_hash = hash_password(password, own=(row.name, row.email))
    clear_factor(row)
    end_sessions(session, Holder(None, row.id))


def remove_operator(session: OrganizationSession, email: str) -> None:
    """Take an operator away; all sessions end at once."""
    row = _find(session, email)
    end_sessions(session, Holder(None, row.id))
    session.delete(row)


def operators(session: OrganizationSession) -> list[OperatorView]:
    """Return the operators of the installation, by id."""
    return [_view(row) for row in session.scalars(select(Operator).order_by(Operator.id))]


def operator(session: OrganizationSession, operator_id: int) -> OperatorView | None:
    """Return one operator, None where there is none."""
    row = session.get(Operator, operator_id)
    return None if row is None else _view(row)


def _find(session: OrganizationSession, email: str) -> Operator:
    query = select(Operator).where(Operator.email_key == email_key(email)).with_for_update()
    row = session.scalar(query)
    if row is None:
        raise NotFound(
            "There is no operator with the address {email}.",
            "`sos operator list` names them.",
            code="operator_unknown",
            values={"email": email},
        )
    return row


def _view(row: Operator) -> OperatorView:
    return OperatorView(
        row.id, row.email, row.name, row.language, row.state, row.factor_secret is not None
    )
