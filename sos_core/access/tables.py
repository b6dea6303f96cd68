"""Tables of accounts, of what viewers may see, and of the hashes of tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, Owned, UtcDateTime, owned_reference


class Account(Owned, Base):
    """Somebody who can sign in; ``person_id`` where the account belongs to one of the people."""

    __tablename__ = "account"

    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    person_id: Mapped[int | None]
    administrator: Mapped[bool]
    sees_everything: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())

    @classmethod
    def constraints(cls) -> tuple[object, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("organization_id", "email_key"),
            owned_reference("person_id", "person"),
        )


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


class SignInName(Base):
    """Where an e-mail address may sign in: the look-up that crosses organizations."""

    __tablename__ = "sign_in_name"

    email_key: Mapped[str] = mapped_column(String(320), primary_key=True)
    account_id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))


class AccessToken(Base):
    """The hash of a session's or script's token; the token itself is nowhere kept."""

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_expires_at", "expires_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    account_id: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
