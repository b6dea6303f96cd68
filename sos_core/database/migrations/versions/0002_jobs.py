"""Jobs, effects and signals.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of jobs."""
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("visible_at", UtcDateTime(), nullable=False),
        sa.Column("lease", sa.String(32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("error", Json, nullable=True),
        sa.Column("created_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_organization_id", "job", ["organization_id"])
    op.create_index(
        "ix_job_state_queue_visible_at_id", "job", ["state", "queue", "visible_at", "id"]
    )
    op.create_table("effect", sa.Column("key", sa.String(250), primary_key=True))
    op.create_table(
        "signal",
        sa.Column("organization_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("topic", sa.String(120), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Drop the tables of jobs."""
    op.drop_table("signal")
    op.drop_table("effect")
    op.drop_table("job")
