"""Plans of changes note how far they have come while they are carried out.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the progress; no plan is under way yet."""
    op.add_column("change_plan", sa.Column("progress", Json, nullable=True))


def downgrade() -> None:
    """Forget it; what an unfinished plan has written stays."""
    # In place: a table made anew would take the rows of all plans with it.
    op.drop_column("change_plan", "progress")
