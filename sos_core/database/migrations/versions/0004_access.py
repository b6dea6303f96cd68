"""Accounts, what viewers may see, and the hashes of tokens.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of access."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("email_key", sa.String(320), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("person_id", sa.Integer()),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("sees_everything", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"], ["person.organization_id", "person.id"]
        ),
        sa.UniqueConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "email_key"),
    )
    op.create_index("ix_account_organization_id", "account", ["organization_id"])
    op.create_table(
        "viewer_grant",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["account.organization_id", "account.id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "unit_id"],
            ["unit.organization_id", "unit.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organization_id", "id"),
        sa.UniqueConstraint("account_id", "unit_id"),
    )
    op.create_index("ix_viewer_grant_organization_id", "viewer_grant", ["organization_id"])
    op.create_table(
        "sign_in_name",
        sa.Column("email_key", sa.String(320), primary_key=True),
        sa.Column("account_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
    )
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
    )
    op.create_index("ix_access_token_expires_at", "access_token", ["expires_at"])


def downgrade() -> None:
    """Drop the tables of access."""
    op.drop_table("access_token")
    op.drop_table("sign_in_name")
    op.drop_table("viewer_grant")
    op.drop_table("account")
