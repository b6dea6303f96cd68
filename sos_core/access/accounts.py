"""What administrators do to accounts: invite, change, lock, remove; the last of them is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select

from sos_core.access.continuation import Holder
from sos_core.access.factors import clear_factor
from sos_core.access.mail_links import INVITATION, drop_links, make_link
from sos_core.access.names import email_key, shown_email
from sos_core.access.rights import Rights, give_rights
from sos_core.access.sessions import end_sessions
from sos_core.access.tables import Account, SignInIdentity, SignInName
from sos_core.content import normalize_language
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, NotFound
from sos_core.jobs import enqueue
from sos_core.organizations.audit import record
from sos_core.organizations.commands import lock_organization
from sos_core.organizations.queries import organization
from sos_core.people.identity import tidy
from sos_core.people.queries import find_by_email, person

SEND_INVITATION = "access.send_invitation"
GONE = "removed"


def invite_account(
    session: OrganizationSession,
    *,
    email: str,
    rights: Rights,
    now: datetime,
    actor: str,
    name: str = "",
    language: str | None = None,
    person_id: int | None = None,
) -> int:
    """Make an account that waits for its owner, and send the link; return its id.

    Without ``person_id`` it belongs to whoever has the address among the people, if anybody.
    Raises Conflict where the address has an account, InvalidInput for no address.
    """
    owner = person(session, person_id) if person_id is not None else find_by_email(session, email)
    account = add_account(
        session,
        email=email,
        name=tidy(name) or (owner.name if owner else email.strip().partition("@")[0]),
        language=language or (owner.language if owner else None),
        person_id=owner.id if owner else None,
        state="invited",
        now=now,
    )
    given = give_rights(session, account, rights)
    _note(session, account.id, "account.invited", actor, now, given)
    _send_invitation(session, account.id, actor, now)
    return account.id


def invite_again(
    session: OrganizationSession, account_id: int, *, now: datetime, actor: str
) -> None:
    """Send a new link to somebody who has not come yet; the earlier one works no more."""
    account = held_account(session, account_id)
    if account.state != "invited":
        raise Conflict(
            "{name} has accepted the invitation already.",
            "Somebody who has forgotten the password can ask for a new one.",
            code="invitation_accepted",
            values={"name": account.name},
        )
    _note(session, account_id, "account.invited", actor, now, {"again": True})
    _send_invitation(session, account_id, actor, now)


def change_account(
    session: OrganizationSession, account_id: int, rights: Rights, *, now: datetime, actor: str
) -> None:
    """Give an account other rights; raise Conflict where nobody would administer any more."""
    lock_organization(session)
    account = held_account(session, account_id)
    if rights.administrator is False:
        _keep_an_administrator(session, account)
    changes = give_rights(session, account, rights)
    if changes:
        _note(session, account_id, "account.changed", actor, now, changes)


def lock_account(
    session: OrganizationSession, account_id: int, *, now: datetime, actor: str
) -> None:
    """Let nobody in by this account, at once; raise Conflict for the last administrator's."""
    lock_organization(session)
    account = held_account(session, account_id)
    _keep_an_administrator(session, account)
    if account.state == "locked":
        return
    account.state = "locked"
    _shut_out(session, account)
    _note(session, account_id, "account.locked", actor, now)


def unlock_account(
    session: OrganizationSession, account_id: int, *, now: datetime, actor: str
) -> None:
    """Let a locked account in again; nothing where it is not locked."""
    account = held_account(session, account_id)
    if account.state == "locked":
        account.state = (
            "active" if account.password_hash or _identities(session, account) else "invited"
        )
        _note(session, account_id, "account.unlocked", actor, now)


def remove_account(
    session: OrganizationSession, account_id: int, *, now: datetime, actor: str
) -> None:
    """Take an account away with everything but its number and name, which the audit log needs."""
    lock_organization(session)
    account = held_account(session, account_id)
    _keep_an_administrator(session, account)
    empty_account(session, account)
    _note(session, account_id, "account.removed", actor, now)


def empty_account(session: OrganizationSession, account: Account) -> None:
    """Take everything from an account but its number and name, without a line in the audit log."""
    _shut_out(session, account)
    give_rights(session, account, Rights(administrator=False, sees_everything=False, units=()))
    session.execute(delete(SignInName).where(*_named(session, SignInName, account.id)))
    session.execute(delete(SignInIdentity).where(*_named(session, SignInIdentity, account.id)))
    account.state, account.person_id = GONE, None
    account.email, account.email_key, account.password_hash = "", f"{GONE}:{account.id}", None
    clear_factor(account)


def reset_factor(
    session: OrganizationSession, account_id: int, *, now: datetime, actor: str
) -> None:
    """Take the second factor of somebody who has lost it away; their sessions end."""
    account = held_account(session, account_id)
    clear_factor(account)
    end_sessions(session, Holder(session.organization_id, account_id))
    _note(session, account_id, "account.second_factor_reset", actor, now)


def add_account(
    session: OrganizationSession,
    *,
    email: str,
    name: str,
    language: str | None,
    person_id: int | None,
    state: str,
    now: datetime,
) -> Account:
    """Write a new account without rights, and where its address may sign in."""
    key = _free_key(session, email)
    usual = organization(session, session.organization_id).language
    account = Account(
        email=shown_email(email),
        email_key=key,
        name=tidy(name)[:200],
        language=normalize_language(language or "") or usual,
        person_id=person_id,
        administrator=False,
        sees_everything=False,
        state=state,
        created_at=now,
    )
    session.add(account)
    session.flush()
    session.add(
        SignInName(email_key=key, account_id=account.id, organization_id=session.organization_id)
    )
    return account


def held_account(session: OrganizationSession, account_id: int) -> Account:
    """Return an account, held until the commit; raise NotFound where there is none any more."""
    account = session.hold(Account, account_id)
    if account is None or account.state == GONE:
        raise NotFound(
            "There is no such account.", "Choose one from the list.", code="account_unknown"
        )
    return account


def own_words(session: OrganizationSession, account: Account) -> tuple[str, ...]:
    """Return the words that an account's password may not consist of."""
    home = organization(session, session.organization_id)
    return (account.name, account.email, home.name, "sos")


def _keep_an_administrator(session: OrganizationSession, account: Account) -> None:
    """Raise Conflict where the account is the last that administers; the organization is held."""
    query = (
        select(func.count())
        .select_from(Account)
        .where(Account.administrator.is_(True), Account.state == "active", Account.id != account.id)
    )
    if account.administrator and account.state == "active" and not session.scalar(query):
        raise Conflict(
            "{name} is the last administrator of the organization.",
            "Make somebody else an administrator first, and wait until they have signed in.",
            code="last_administrator",
            values={"name": account.name},
        )


def _shut_out(session: OrganizationSession, account: Account) -> None:
    end_sessions(session, Holder(session.organization_id, account.id))
    drop_links(session, account.id)


def _send_invitation(
    session: OrganizationSession, account_id: int, actor: str, now: datetime
) -> None:
    make_link(session, account_id, INVITATION, now)
    enqueue(session, SEND_INVITATION, session.organization_id, account_id, actor)


def _identities(session: OrganizationSession, account: Account) -> int:
    where = _named(session, SignInIdentity, account.id)
    return session.scalar(select(func.count()).select_from(SignInIdentity).where(*where)) or 0


def _named(
    session: OrganizationSession, table: type[SignInName | SignInIdentity], account_id: int
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        table.organization_id == session.organization_id,
        table.account_id == account_id,
    )


def _free_key(session: OrganizationSession, email: str) -> str:
    """Return the key of an address that nobody else takes until the commit; else Conflict."""
    key = email_key(email)
    lock_organization(session)
    if session.scalar(select(Account.id).where(Account.email_key == key)) is not None:
        raise Conflict(
            "There is an account for {email} already.",
            "Change that account instead.",
            code="account_exists",
            values={"email": email},
        )
    return key


def _note(
    session: OrganizationSession,
    account_id: int,
    verb: str,
    actor: str,
    now: datetime,
    details: dict[str, object] | None = None,
) -> None:
    subject = f"account:{account_id}"
    record(session, actor=actor, verb=verb, subject=subject, now=now, details=details)
