"""Tables of accounts and operators, of what viewers may see, of sessions, and of ways to sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, Json, Owned, UtcDateTime, owned_reference
from sos_core.organizations.secrets import encrypted_column


class Credentials:
    """What proves who somebody is.

    ``factor_secret`` is the seed of the codes of the second factor, ``factor_pending`` one that
    still has to be confirmed, ``factor_step`` the time step of the last code that was used.
    ``recovery_hashes`` are those of the recovery codes that are left.
    """

    id: Mapped[int]
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    factor_secret: Mapped[bytes | None] = encrypted_column(nullable=True)
    factor_pending: Mapped[bytes | None] = encrypted_column(nullable=True)
    factor_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery_hashes: Mapped[list[str] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())


class Account(Credentials, Owned, Base):
    """Somebody who can sign in; ``person_id`` where the account belongs to one of the people.

    ``state`` is invited, active, locked or removed. A removed account keeps its row and its name,
    so that the audit log stays readable and its number is given to nobody else.
    """

    __tablename__ = "account"

    person_id: Mapped[int | None]
    administrator: Mapped[bool]
    sees_everything: Mapped[bool]

    @classmethod
    def constraints(cls) -> tuple[object, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("organization_id", "email_key"),
            owned_reference("person_id", "person"),
            Index("ix_account_person_id", "organization_id", "person_id"),
        )


class Operator(Credentials, Base):
    """Somebody who runs the installation: of no organization, and without a way into any."""

    __tablename__ = "operator"
    __table_args__ = (UniqueConstraint("email_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)


class ViewerGrant(Owned, Base):
    """A unit whose published figures an account may see, the units below it included."""

    __tablename__ = "viewer_grant"

    account_id: Mapped[int]
    unit_id: Mapped[int]

    @classmethod
    def constraints(cls) -> tuple[object, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("account_id", "unit_id"),
            owned_reference("account_id", "account", ondelete="CASCADE"),
            owned_reference("unit_id", "unit", ondelete="CASCADE"),
        )


class AccountLink(Owned, Base):
    """A link in a mail that works once: an invitation, or the choice of a new password.

    The link is signed and names the nonce, so this row alone lets nobody in; the newest link of a
    purpose replaces the one before it.
    """

    __tablename__ = "account_link"

    account_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(20))
    nonce: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())

    @classmethod
    def constraints(cls) -> tuple[object, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("organization_id", "account_id", "purpose"),
            owned_reference("account_id", "account", ondelete="CASCADE"),
        )


class TrustedTenant(Owned, Base):
    """A tenant of another system whose word about its people the organization takes."""

    __tablename__ = "trusted_tenant"

    provider: Mapped[str] = mapped_column(String(60))
    tenant: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())

    @classmethod
    def constraints(cls) -> tuple[object, ...]:
        """Return the constraints of the table."""
        return (UniqueConstraint("organization_id", "provider", "tenant"),)


class SignInName(Base):
    """Where an e-mail address may sign in: the look-up that crosses organizations."""

    __tablename__ = "sign_in_name"

    email_key: Mapped[str] = mapped_column(String(320), primary_key=True)
    account_id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))


class SignInIdentity(Base):
    """Whom another system's subject may sign in as: the look-up that crosses organizations.

    ``email`` is shown to its owner and to administrators; nobody is ever found by it.
    """

    __tablename__ = "sign_in_identity"
    __table_args__ = (
        UniqueConstraint("provider", "tenant", "subject", "organization_id"),
        Index("ix_sign_in_identity_account_id", "organization_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(60))
    tenant: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    account_id: Mapped[int]
    email: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())


class AccessToken(Base):
    """A session: the hash of its token and what its owner is shown of it; the token is nowhere kept.

    An operator's has no organization. ``idle_seconds`` None: it ends at ``expires_at`` alone.
    """

    __tablename__ = "access_token"
    __table_args__ = (
        Index("ix_access_token_expires_at", "expires_at"),
        Index("ix_access_token_account_id", "organization_id", "account_id"),
        UniqueConstraint("number"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    account_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    used_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    idle_seconds: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(60))


class SpentToken(Base):
    """The hash of a signed token that works once and was used, until it would have expired."""

    __tablename__ = "spent_token"
    __table_args__ = (Index("ix_spent_token_expires_at", "expires_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())


class AttemptCount(Base):
    """When attempts were made lately on something that is known by a keyed hash alone.

    ``times`` are instants in seconds since 1970; the row counts for nothing from ``expires_at`` on.
    """

    __tablename__ = "attempt_count"
    __table_args__ = (Index("ix_attempt_count_expires_at", "expires_at"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    times: Mapped[list[float]] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
