"""Benchmark editions, and the contributions that later ones are made of.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of benchmarks."""
    op.create_table(
        "benchmark_edition",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("instrument", sa.String(20), nullable=False),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("organizations", Json, nullable=False),
        sa.Column("scores", Json, nullable=False),
    )
    op.create_table(
        "benchmark_contribution",
        sa.Column("organization_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(20), nullable=False),
        sa.Column("measured_at", UtcDateTime(), nullable=False),
        sa.Column("scores", Json, nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Drop the tables of benchmarks."""
    op.drop_table("benchmark_contribution")
    op.drop_table("benchmark_edition")
