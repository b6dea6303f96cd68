"""Signing in through other systems: which tenants are trusted, and whose subjects are whose.

An identity is (provider, tenant, subject). It is tied to an account by an invitation or by the
account itself, signed in; never by an e-mail address, which many systems let people set themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from sos_core.access.continuation import Holder
from sos_core.access.factors import note_own
from sos_core.access.mail_links import INVITATION, check_link
from sos_core.access.own_account import accepted
from sos_core.access.proving import holder_row
from sos_core.access.tables import SignInIdentity, TrustedTenant
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from sos_core.organizations.audit import record
from sos_core.people.identity import tidy
from sos_core.records import Identity

LONGEST = 200


@dataclass(frozen=True, slots=True)
class TrustView:
    """A tenant of another system that the organization trusts."""

    id: int
    provider: str
    tenant: str


@dataclass(frozen=True, slots=True)
class IdentityView:
    """By whom another system knows an account; ``email`` as that system tells it."""

    id: int
    provider: str
    tenant: str
    email: str


def trust_tenant(
    session: OrganizationSession, provider: str, tenant: str, *, now: datetime, actor: str
) -> int:
    """Take a tenant's word about its people from now on, and return the id of the entry."""
    wanted = tidy(tenant)
    if not wanted or len(wanted) > LONGEST:
        raise InvalidInput(
            "The tenant's id is missing or too long.",
            "Copy it from the other system.",
            code="tenant_unusable",
            field="tenant",
        )
    if _trust(session, provider, wanted) is not None:
        raise Conflict(
            "This tenant is trusted already.", "Nothing needs to be done.", code="tenant_trusted"
        )
    row = TrustedTenant(provider=provider, tenant=wanted, created_at=now)
    session.add(row)
    session.flush()
    _note(session, "access.tenant_trusted", actor, now, provider, wanted)
    return row.id


def distrust_tenant(
    session: OrganizationSession, trust_id: int, *, now: datetime, actor: str
) -> None:
    """Take a tenant's word no more: nobody can sign in through it from now on."""
    row = session.get(TrustedTenant, trust_id)
    if row is None:
        raise NotFound("This tenant is not trusted.", "Reload the page to see those that are.")
    session.delete(row)
    _note(session, "access.tenant_distrusted", actor, now, row.provider, row.tenant)


def trusted_tenants(session: OrganizationSession) -> list[TrustView]:
    """Return the tenants that the organization trusts, by provider."""
    query = select(TrustedTenant).order_by(TrustedTenant.provider, TrustedTenant.tenant)
    return [TrustView(row.id, row.provider, row.tenant) for row in session.scalars(query)]


def holders_of(database: Database, identity: Identity) -> list[Holder]:
    """Return the accounts of an identity in organizations that trust its tenant."""
    with database.read(None) as session:
        query = select(SignInIdentity.organization_id, SignInIdentity.account_id).where(
            SignInIdentity.provider == identity.provider,
            SignInIdentity.tenant == identity.tenant,
            SignInIdentity.subject == identity.subject,
        )
        found = [Holder(row[0], row[1]) for row in session.execute(query)]
    return [holder for holder in found if _is_trusted(database, holder, identity)]


def link_identity(
    session: OrganizationSession, holder: Holder, identity: Identity, *, now: datetime
) -> None:
    """Tie an identity to the account that is signed in; raise where it cannot be.

    NotAllowed where the organization does not trust the tenant, Conflict where the identity is tied
    to another account of the organization.
    """
    holder_row(session, holder)
    _link(session, holder, identity, now)


def accept_by_identity(
    session: OrganizationSession, secret: bytes, token: str, identity: Identity, *, now: datetime
) -> Holder:
    """Take an invitation by an identity instead of a password; return who has come."""
    account = check_link(session, secret, token, INVITATION, now)
    holder = accepted(session, account, language=None, now=now)
    _link(session, holder, identity, now)
    return holder


def unlink_identity(
    session: OrganizationSession, holder: Holder, identity_id: int, *, now: datetime
) -> None:
    """Untie an identity; raise Conflict where nobody could sign in afterwards."""
    row = holder_row(session, holder)
    mine = identities_of(session, holder)
    if identity_id not in {one.id for one in mine}:
        raise NotFound("This way to sign in is gone already.", "Reload the page.")
    if row.password_hash is None and len(mine) == 1:
        raise Conflict(
            "This is your only way to sign in.",
            "Choose a password first: “I have forgotten my password” on the page to sign in.",
            code="last_way_in",
        )
    session.execute(delete(SignInIdentity).where(SignInIdentity.id == identity_id))
    note_own(session, holder, "account.identity_removed", now)


def identities_of(session: OrganizationSession, holder: Holder) -> list[IdentityView]:
    """Return the identities of an account."""
    query = (
        select(SignInIdentity)
        .where(
            SignInIdentity.organization_id == holder.organization_id,
            SignInIdentity.account_id == holder.account_id,
        )
        .order_by(SignInIdentity.id)
    )
    return [
        IdentityView(row.id, row.provider, row.tenant, row.email) for row in session.scalars(query)
    ]


def _link(session: OrganizationSession, holder: Holder, identity: Identity, now: datetime) -> None:
    if _trust(session, identity.provider, identity.tenant) is None:
        raise NotAllowed(
            "Your organization does not take this system's word about who you are.",
            "Ask an administrator to trust it, or sign in with a password.",
            code="tenant_not_trusted",
        )
    known = session.scalar(
        select(SignInIdentity).where(
            SignInIdentity.organization_id == holder.organization_id,
            SignInIdentity.provider == identity.provider,
            SignInIdentity.tenant == identity.tenant,
            SignInIdentity.subject == identity.subject,
        )
    )
    if known is not None and known.account_id == holder.account_id:
        return
    if known is not None:
        raise Conflict(
            "Another account of the organization is signed in to by this already.",
            "Sign in with it to see which, or ask an administrator.",
            code="identity_taken",
        )
    session.add(
        SignInIdentity(
            provider=identity.provider,
            tenant=identity.tenant,
            subject=identity.subject,
            organization_id=holder.organization_id,
            account_id=holder.account_id,
            email=tidy(identity.email)[:320],
            created_at=now,
        )
    )
    note_own(session, holder, "account.identity_added", now, provider=identity.provider)


def _trust(session: OrganizationSession, provider: str, tenant: str) -> int | None:
    return session.scalar(
        select(TrustedTenant.id).where(
            TrustedTenant.provider == provider, TrustedTenant.tenant == tenant
        )
    )


def _is_trusted(database: Database, holder: Holder, identity: Identity) -> bool:
    with database.read(holder.organization_id) as session:
        return _trust(session, identity.provider, identity.tenant) is not None


def _note(
    session: OrganizationSession, verb: str, actor: str, now: datetime, provider: str, tenant: str
) -> None:
    record(
        session,
        actor=actor,
        verb=verb,
        subject=f"organization:{session.organization_id}",
        now=now,
        details={"provider": provider, "tenant": tenant},
    )
