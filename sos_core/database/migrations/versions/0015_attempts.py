"""Attempts to sign in are counted in the database, so that all processes count together.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what processes counted in memory is forgotten with them."""
    op.create_table(
        "attempt_count",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("times", Json, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_attempt_count"),
    )
    op.create_index("ix_attempt_count_expires_at", "attempt_count", ["expires_at"])


def downgrade() -> None:
    """Forget all counts."""
    op.drop_table("attempt_count")
