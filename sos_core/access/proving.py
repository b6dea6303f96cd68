"""Who somebody is, proved once more at an open session, before what lets them in is changed."""

from __future__ import annotations

from datetime import datetime

from sos_core.access.continuation import Holder
from sos_core.access.lifetimes import FRESH_LENGTH
from sos_core.access.passwords import password_matches
from sos_core.access.sessions import began_at
from sos_core.access.tables import Account, Operator
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed, NotFound


def row_of(
    session: OrganizationSession, holder: Holder, *, held: bool = False
) -> Account | Operator | None:
    """Return the row behind a holder, kept from others until the commit where ``held``."""
    read = session.hold if held else session.get
    if holder.organization_id is None:
        return read(Operator, holder.account_id)
    return read(Account, holder.account_id)


def holder_row(session: OrganizationSession, holder: Holder) -> Account | Operator:
    """Return the row of an active account or operator, held until the commit; raise NotFound."""
    row = row_of(session, holder, held=True)
    if row is None or row.state != "active":
        raise NotFound("There is no such account.", "Sign in again.", code="account_unknown")
    return row


def prove_again(
    session: OrganizationSession,
    holder: Holder,
    password: str,
    *,
    now: datetime,
    session_id: int | None,
) -> Account | Operator:
    """Return the row of somebody who has proved again who they are, held until the commit.

    The proof is the password; an account that has none, since another system signs it in, proves
    itself by a session that began within ``FRESH_LENGTH``. Raises NotAllowed without a proof.
    """
    row = holder_row(session, holder)
    if row.password_hash is not None:
        check_own_password(row, password)
        return row
    began = None if session_id is None else began_at(session, holder, session_id)
    if began is None or now >= began + FRESH_LENGTH:
        raise NotAllowed(
            "You have signed in too long ago for this.",
            "Sign out, sign in again, and do it within five minutes.",
            code="sign_in_not_fresh",
        )
    return row


def check_own_password(row: Account | Operator, password: str) -> None:
    """Raise NotAllowed unless the password is the account's own."""
    if not password_matches(row.password_hash, password):
        raise NotAllowed(
            "Your present password is wrong.",
            "Enter the password that you signed in with.",
            code="own_password_wrong",
        )
