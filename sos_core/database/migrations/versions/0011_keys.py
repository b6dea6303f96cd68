"""API keys, embeddings with their allowed origins, counts of guest tokens, and signing keys.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of keys and embeddings."""
    _owned(
        "api_key",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("hint", sa.String(60), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(320), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("revoked_at", UtcDateTime()),
        sa.Column("used_on", sa.Date()),
    )
    _owned(
        "embedding",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("widgets", Json, nullable=False),
        sa.Column("survey_id", sa.Integer()),
        sa.Column("unit_id", sa.Integer()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(320), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        _reference("unit_id", "unit"),
    )
    op.create_table(
        "embedding_origin",
        sa.Column("origin", sa.String(255), primary_key=True),
        sa.Column("embedding_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        _reference("embedding_id", "embedding"),
    )
    op.create_index(
        "ix_embedding_origin_embedding_id", "embedding_origin", ["organization_id", "embedding_id"]
    )
    _owned(
        "guest_mint",
        sa.Column("embedding_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("minted", sa.Integer(), nullable=False),
        sa.UniqueConstraint("embedding_id", "key_id", "hour"),
        _reference("embedding_id", "embedding"),
        _reference("key_id", "api_key"),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(43), primary_key=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("verifies_until", UtcDateTime(), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables of keys and embeddings."""
    for table in ("signing_key", "guest_mint", "embedding_origin", "embedding", "api_key"):
        op.drop_table(table)


def _owned(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index(f"ix_{name}_organization_id", name, ["organization_id"])


def _reference(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{target}.organization_id", f"{target}.id"],
        ondelete="CASCADE",
    )
