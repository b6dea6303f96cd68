"""Tables of API keys, of embeddings with their allowed origins, and of the keys that sign tokens."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, Json, Owned, UtcDateTime, owned_reference
from sos_core.organizations.secrets import encrypted_column


class ApiKey(Owned, Base):
    """A program's key; only its hash is kept, and ``hint`` to recognize it by."""

    __tablename__ = "api_key"

    name: Mapped[str] = mapped_column(String(120))
    scopes: Mapped[list[str]] = mapped_column(Json)
    hint: Mapped[str] = mapped_column(String(60))
    key_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(String(320))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    used_on: Mapped[date | None]


class Embedding(Owned, Base):
    """Widgets in somebody's pages: which ones, and of which survey and unit where that is fixed.

    A unit that goes takes the embedding with it: it must never come to mean the whole organization.
    ``revision`` grows with every change, and a guest token is good for the one it was minted under.
    """

    __tablename__ = "embedding"

    name: Mapped[str] = mapped_column(String(120))
    widgets: Mapped[list[str]] = mapped_column(Json)
    survey_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    revision: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(String(320))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @classmethod
    def constraints(cls) -> tuple[object, ...]:
        """Return the constraints of the table."""
        return (owned_reference("unit_id", "unit", ondelete="CASCADE"),)


class EmbeddingOrigin(Base):
    """A page's origin that an embedding allows: asked before it is known who asks, so global."""

    __tablename__ = "embedding_origin"
    __table_args__ = (
        owned_reference("embedding_id", "embedding", ondelete="CASCADE"),
        Index("ix_embedding_origin_embedding_id", "organization_id", "embedding_id"),
    )

    origin: Mapped[str] = mapped_column(String(255), primary_key=True)
    embedding_id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))


class GuestMint(Owned, Base):
    """How many guest tokens a key minted for an embedding in one hour."""

    __tablename__ = "guest_mint"

    embedding_id: Mapped[int]
    key_id: Mapped[int]
    hour: Mapped[datetime] = mapped_column(UtcDateTime())
    minted: Mapped[int]

    @classmethod
    def constraints(cls) -> tuple[object, ...]:
        """Return the constraints of the table."""
        return (
            UniqueConstraint("embedding_id", "key_id", "hour"),
            owned_reference("embedding_id", "embedding", ondelete="CASCADE"),
            owned_reference("key_id", "api_key", ondelete="CASCADE"),
        )


class SigningKey(Base):
    """A key of the installation that signs guest tokens; its private half is encrypted."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes] = encrypted_column(row_id="kid")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    verifies_until: Mapped[datetime] = mapped_column(UtcDateTime())
