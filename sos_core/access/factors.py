"""The second factor: set up with a picture, confirmed by a code, and recovered with codes on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from sos_core.access.continuation import Holder
from sos_core.access.lifetimes import ENROLLMENT_LENGTH
from sos_core.access.one_time_codes import (
    DIGITS,
    matching_step,
    new_recovery_codes,
    new_seed,
    plain_code,
    recovery_hash,
    seed_address,
    without_code,
)
from sos_core.access.proving import holder_row, prove_again, row_of
from sos_core.access.sessions import end_sessions
from sos_core.access.tables import Account, Operator
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, NotAllowed
from sos_core.organizations.audit import record
from sos_core.organizations.queries import organization
from sos_core.organizations.secrets import Vault

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FactorView:
    """Whether there is a second factor, how many codes are left, and whether there is a password."""

    active: bool
    recovery_codes: int
    has_password: bool


@dataclass(frozen=True, slots=True)
class Enrollment:
    """What an authenticator app needs: the address as a picture, or the seed typed by hand."""

    seed: str
    address: str


def factor_of(session: OrganizationSession, holder: Holder) -> FactorView:
    """Return what is known of somebody's second factor."""
    row = row_of(session, holder)
    if row is None:
        return FactorView(active=False, recovery_codes=0, has_password=False)
    return FactorView(
        row.factor_secret is not None, len(row.recovery_hashes or ()), row.password_hash is not None
    )


def begin_enrollment(
    session: OrganizationSession,
    vault: Vault,
    holder: Holder,
    *,
    password: str,
    now: datetime,
    session_id: int | None,
) -> Enrollment:
    """Make a seed that waits ten minutes for its first code, for whoever proves who they are.

    It is told only here, so the code shows that it was made by the same person. Raises NotAllowed
    without a proof, Conflict where there is a factor already.
    """
    row = prove_again(session, holder, password, now=now, session_id=session_id)
    if row.factor_secret is not None:
        raise _has_factor()
    seed, until = new_seed(), int((now + ENROLLMENT_LENGTH).timestamp())
    row.factor_pending = _seal(session, vault, row, "factor_pending", f"{seed} {until}")
    return Enrollment(seed, _address(session, holder, row, seed))


def confirm_enrollment(
    session: OrganizationSession,
    vault: Vault,
    holder: Holder,
    code: str,
    *,
    now: datetime,
    session_id: int | None,
) -> list[str]:
    """Take the first code, end all other sessions, and return ten recovery codes, shown once."""
    row = holder_row(session, holder)
    if row.factor_secret is not None:
        raise _has_factor()
    seed = _pending_seed(session, vault, row, now)
    step = matching_step(seed, code, now, None)
    if step is None:
        raise NotAllowed(
            "This code is wrong or too old.",
            "Enter the code that your app shows now; the telephone's clock has to be right.",
            code="enrollment_code_wrong",
        )
    row.factor_secret = _seal(session, vault, row, "factor_secret", seed)
    row.factor_pending, row.factor_step = None, step
    codes = _new_codes(row)
    end_sessions(session, holder, besides=session_id)
    note_own(session, holder, "account.second_factor_added", now)
    return codes


def renew_recovery_codes(
    session: OrganizationSession,
    holder: Holder,
    password: str,
    *,
    now: datetime,
    session_id: int | None,
) -> list[str]:
    """Return ten new recovery codes, shown once; the earlier ones are good for nothing any more."""
    row = prove_again(session, holder, password, now=now, session_id=session_id)
    if row.factor_secret is None:
        raise Conflict(
            "There is no second factor.", "Set one up first.", code="second_factor_missing"
        )
    codes = _new_codes(row)
    note_own(session, holder, "account.recovery_codes_made", now)
    return codes


def remove_factor(
    session: OrganizationSession,
    vault: Vault,
    holder: Holder,
    *,
    password: str,
    code: str,
    now: datetime,
    session_id: int | None,
) -> None:
    """Go without a second factor again; asks for the password and for a code."""
    row = prove_again(session, holder, password, now=now, session_id=session_id)
    if take_code(session, vault, row, code, now) is None:
        raise wrong_code()
    clear_factor(row)
    note_own(session, holder, "account.second_factor_removed", now)


def clear_factor(row: Account | Operator) -> None:
    """Forget the second factor and its recovery codes."""
    row.factor_secret = row.factor_pending = row.factor_step = None
    row.recovery_hashes = None


def take_code(
    session: OrganizationSession, vault: Vault, row: Account | Operator, code: str, now: datetime
) -> str | None:
    """Use up a code of the app or from paper; return how the session is made, None where wrong."""
    if row.factor_secret is None:
        return None
    plain = plain_code(code)
    if len(plain) == DIGITS and plain.isdecimal():
        seed = _open(session, vault, row, "factor_secret", row.factor_secret)
        step = matching_step(seed, plain, now, row.factor_step)
        if step is None:
            return None
        row.factor_step = step
        return "second_factor"
    left = without_code(row.recovery_hashes or (), plain)
    if left is None:
        return None
    row.recovery_hashes = left
    note_own(session, _holder(row), "account.recovery_code_used", now, left=len(left))
    return "recovery_code"


def wrong_code() -> NotAllowed:
    """Return the error for a code that is not the one that the app shows."""
    return NotAllowed(
        "This code is wrong, too old, or was used before.",
        "Enter the code that your app shows now, or one of your recovery codes.",
        code="code_wrong",
    )


def note_own(
    session: OrganizationSession, holder: Holder, verb: str, now: datetime, **details: object
) -> None:
    """Write into the audit log what somebody did to the own account.

    No organization's log is about operators: what they do is a line of the process's log.
    """
    if holder.organization_id is None:
        log.info("operator_deed", actor=holder.actor, verb=verb, **details)
        return
    record(session, actor=holder.actor, verb=verb, subject=holder.actor, now=now, details=details)


def _pending_seed(
    session: OrganizationSession, vault: Vault, row: Account | Operator, now: datetime
) -> str:
    sealed = row.factor_pending
    text = _open(session, vault, row, "factor_pending", sealed) if sealed is not None else ""
    seed, _, until = text.partition(" ")
    if not until or now.timestamp() >= int(until):
        raise Conflict(
            "No second factor is being set up.", "Begin again.", code="enrollment_missing"
        )
    return seed


def _new_codes(row: Account | Operator) -> list[str]:
    codes = new_recovery_codes()
    row.recovery_hashes = [recovery_hash(code) for code in codes]
    return codes


def _holder(row: Account | Operator) -> Holder:
    return Holder(row.organization_id if isinstance(row, Account) else None, row.id)


def _address(
    session: OrganizationSession, holder: Holder, row: Account | Operator, seed: str
) -> str:
    organization_id = holder.organization_id
    name = organization(session, organization_id).name if organization_id else ""
    return seed_address(seed, name=row.email, organization=name)


def _seal(
    session: OrganizationSession, vault: Vault, row: Account | Operator, column: str, seed: str
) -> bytes:
    place = (_holder(row).organization_id, row.__tablename__, column, row.id)
    return vault.encrypt(session, *place, seed.encode())


def _open(
    session: OrganizationSession, vault: Vault, row: Account | Operator, column: str, sealed: bytes
) -> str:
    place = (_holder(row).organization_id, row.__tablename__, column, row.id)
    return vault.decrypt(session, *place, sealed).decode()


def _has_factor() -> Conflict:
    return Conflict(
        "There is a second factor already.",
        "Remove the present one first.",
        code="second_factor_exists",
    )
