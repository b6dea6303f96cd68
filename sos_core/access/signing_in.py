"""Signing in, step by step: the password, the code, and only then the organizations' names."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from sos_core.access.continuation import Candidate, Holder, Steps, seal_of
from sos_core.access.factors import note_own, take_code, wrong_code
from sos_core.access.lifetimes import STEPS_LENGTH
from sos_core.access.names import sign_in_key
from sos_core.access.passwords import password_matches
from sos_core.access.proving import row_of
from sos_core.access.sessions import begin_session, spend
from sos_core.access.tables import Account, Operator, SignInName
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed
from sos_core.organizations.queries import organization
from sos_core.organizations.secrets import Vault

log = structlog.get_logger(__name__)
PASSWORD = "password"  # noqa: S105 - how a session was made, no secret
CHECKS_AT_LEAST = 2
"""Passwords are checked as often for an address that nobody has as for one in two organizations."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody may go in who has proved everything; ``name`` empty: the installation."""

    number: int
    name: str


def check_password(database: Database, *, email: str, password: str) -> Steps:
    """Return the accounts that the password is right for; raise NotAllowed where it is for none.

    An address that nobody has, a wrong password and a locked account are answered alike and take
    as long.
    """
    key = sign_in_key(email)
    holders = _holders(database, key) if key else []
    proven: list[Candidate] = []
    waiting: list[Candidate] = []
    for holder in holders:
        with _row(database, holder) as (_, row):
            stored = row.password_hash if row is not None and row.state == "active" else None
            if password_matches(stored, password) and row is not None:
                candidate = Candidate(holder, seal_of(row.password_hash, row.factor_secret))
                (waiting if row.factor_secret else proven).append(candidate)
    for _ in range(CHECKS_AT_LEAST - len(holders)):
        password_matches(None, password)
    if not proven and not waiting:
        _note_refusal("password", holders)
        raise NotAllowed(
            "The e-mail address or the password is wrong.",
            "Check both, or choose “I have forgotten my password”.",
            code="sign_in_failed",
        )
    return Steps(tuple(proven), tuple(waiting), PASSWORD, secrets.token_hex(8))


def steps_of_holder(database: Database, holder: Holder, made_by: str) -> Steps | None:
    """Return where somebody stands whom another system vouches for; None for no active account."""
    with _row(database, holder) as (_, row):
        if row is None or row.state != "active":
            return None
        candidate = Candidate(holder, seal_of(row.password_hash, row.factor_secret))
        asks = row.factor_secret is not None
    number = secrets.token_hex(8)
    return Steps(() if asks else (candidate,), (candidate,) if asks else (), made_by, number)


def check_code(database: Database, vault: Vault, steps: Steps, code: str, now: datetime) -> Steps:
    """Return the next steps once a code was right; raise NotAllowed where it is for no account.

    The code, of an app or from paper, is used up with it. Accounts that go without one stay.
    """
    right: list[Candidate] = []
    made_by = steps.made_by
    for candidate in steps.waiting:
        with _row(database, candidate.holder, write=True) as (session, row):
            if row is None or not _is_same(candidate, row):
                continue
            kind = take_code(session, vault, row, code, now)
            if kind is not None:
                right.append(candidate)
                made_by = kind if steps.made_by == PASSWORD else steps.made_by
    if not right:
        _note_refusal("code", [candidate.holder for candidate in steps.waiting])
        raise wrong_code()
    return replace(steps, proven=(*steps.proven, *right), waiting=(), made_by=made_by)


def doors(database: Database, steps: Steps) -> list[Door]:
    """Return where somebody may go in, by name: called only once everything is proved."""
    found = []
    with database.read(None) as session:
        for number, candidate in enumerate(steps.proven):
            organization_id = candidate.holder.organization_id
            name = organization(session, organization_id).name if organization_id else ""
            found.append(Door(number, name))
    return found


def enter(
    database: Database,
    steps: Steps,
    number: int,
    *,
    now: datetime,
    device: str = "",
    idle: timedelta | None = None,
) -> str:
    """Begin a session of the proven account ``number`` and return its token; once for ``steps``.

    Raises NotAllowed where the steps were used before, or the account has changed meanwhile.
    """
    if not 0 <= number < len(steps.proven):
        raise sign_in_expired()
    candidate = steps.proven[number]
    limits = {} if idle is None else {"idle": idle}
    with _row(database, candidate.holder, write=True) as (session, row):
        fresh = spend(session, steps.number, now=now, expires_at=now + STEPS_LENGTH)
        if row is None or not fresh or not _is_same(candidate, row):
            raise sign_in_expired()
        return _begin(session, candidate.holder, steps.made_by, now=now, device=device, **limits)


def begin_signed_in(
    session: OrganizationSession, holder: Holder, made_by: str, *, now: datetime, device: str
) -> str:
    """Begin a session for somebody who has just proved who they are; return its token."""
    return _begin(session, holder, made_by, now=now, device=device)


def _begin(
    session: OrganizationSession,
    holder: Holder,
    made_by: str,
    *,
    now: datetime,
    device: str,
    **limits: timedelta,
) -> str:
    token = begin_session(session, holder, now=now, made_by=made_by, device=device, **limits)
    note_own(session, holder, "account.signed_in", now, how=made_by)
    return token


def _holders(database: Database, key: str) -> list[Holder]:
    with database.read(None) as session:
        names = session.execute(
            select(SignInName.organization_id, SignInName.account_id)
            .where(SignInName.email_key == key)
            .order_by(SignInName.organization_id)
        )
        holders = [Holder(organization_id, account_id) for organization_id, account_id in names]
        operator = session.scalar(select(Operator.id).where(Operator.email_key == key))
    return [*holders, Holder(None, operator)] if operator is not None else holders


@contextmanager
def _row(
    database: Database, holder: Holder, *, write: bool = False
) -> Iterator[tuple[OrganizationSession, Account | Operator | None]]:
    """Yield a session and the row behind a holder, held against others where it is to be written."""
    open_ = database.write if write else database.read
    with open_(holder.organization_id) as session:
        yield session, row_of(session, holder, held=write)


def _note_refusal(step: str, holders: Sequence[Holder]) -> None:
    """Log a wrong password or code with the accounts that it was tried on, never the address."""
    tried = [f"{holder.organization_id or 'installation'}/{holder.actor}" for holder in holders]
    log.warning("sign_in_refused", step=step, tried=tried)


def _is_same(candidate: Candidate, row: Account | Operator) -> bool:
    return row.state == "active" and seal_of(row.password_hash, row.factor_secret) == candidate.seal


def sign_in_expired() -> NotAllowed:
    """Return the error for steps that are too old, used up, or overtaken by a change."""
    return NotAllowed(
        "Signing in has taken too long, or was finished already.",
        "Begin again with your e-mail address and password.",
        code="sign_in_expired",
    )
