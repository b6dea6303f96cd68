"""Drafts note why they did not open by themselves.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason; nothing is known of earlier openings."""
    op.add_column("survey", sa.Column("not_opened", Json, nullable=True))


def downgrade() -> None:
    """Forget the reasons."""
    # In place: a table made anew would take the rows of all surveys with it.
    op.drop_column("survey", "not_opened")
