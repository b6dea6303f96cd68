"""Secrets at rest: wrapped data keys, and what is encrypted with them.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of secrets."""
    op.create_table(
        "data_key",
        sa.Column("organization_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("generation", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kek_id", sa.String(16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "secret",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "name"),
    )
    op.create_index("ix_secret_organization_id", "secret", ["organization_id"])


def downgrade() -> None:
    """Drop the tables of secrets."""
    op.drop_table("secret")
    op.drop_table("data_key")
