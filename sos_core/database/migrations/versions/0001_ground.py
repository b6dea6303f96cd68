"""Organizations, their audit log, jobs, effects and signals.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the ground."""
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("levels", Json, nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(320), nullable=False),
        sa.Column("verb", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("ix_audit_entry_organization_id", "audit_entry", ["organization_id"])


def downgrade() -> None:
    """Drop the tables of the ground."""
    op.drop_table("audit_entry")
    op.drop_table("organization")
