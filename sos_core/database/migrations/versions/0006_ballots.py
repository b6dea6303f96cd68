"""Sealed ballots: a partition a survey on PostgreSQL, without row ids on SQLite.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of ballots."""
    op.create_table(
        "ballot",
        sa.Column("survey_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("ballot_id", sa.LargeBinary(16), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("submitted", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "ballot_id"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"]),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sqlite_with_rowid=False,
        postgresql_partition_by="LIST (survey_id)",
    )


def downgrade() -> None:
    """Drop the table of ballots and every partition of it."""
    op.drop_table("ballot")
