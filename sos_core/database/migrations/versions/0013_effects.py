"""Effects get the instant at which they happened, so that old ones can be purged.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the instant; for effects that are known already it is that of the upgrade."""
    # Made anew, since SQLite adds no column whose default is not constant.
    with op.batch_alter_table("effect", recreate="always") as effect:
        effect.add_column(
            sa.Column("happened_at", UtcDateTime(), nullable=False, server_default=sa.func.now())
        )


def downgrade() -> None:
    """Forget when effects happened."""
    with op.batch_alter_table("effect") as effect:
        effect.drop_column("happened_at")
