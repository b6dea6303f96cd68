"""The audit log becomes a chain that cannot be changed; data keys, and secrets under them.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


KEPT = "the audit log is only added to"
UNIQUE = "uq_audit_entry_organization_id_sequence"


def upgrade() -> None:
    """Number the entries of the audit log, refuse changes of them, and create secrets.

    A migration has no key: entries from before the chain stay without a seal, and the first sealed
    one covers a digest of them.
    """
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(sa.Column("sequence", sa.Integer()))
        table.add_column(sa.Column("key_id", sa.String(16)))
        table.add_column(sa.Column("mac", sa.LargeBinary()))
    op.execute(
        "UPDATE audit_entry SET sequence = numbered.place FROM (SELECT id, row_number() OVER "
        "(PARTITION BY organization_id ORDER BY id) AS place FROM audit_entry) AS numbered "
        "WHERE numbered.id = audit_entry.id"
    )
    with op.batch_alter_table("audit_entry") as table:
        table.alter_column("sequence", existing_type=sa.Integer(), nullable=False)
        table.create_unique_constraint(UNIQUE, ["organization_id", "sequence"])
    op.create_table(
        "audit_head",
        sa.Column("organization_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
    )
    _refuse_changes()
    _create_secrets()


def downgrade() -> None:
    """Drop secrets, and take the audit log back to plain rows."""
    op.drop_table("secret")
    op.drop_table("data_key")
    _allow_changes()
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry") as table:
        table.drop_constraint(UNIQUE, type_="unique")
        table.drop_column("mac")
        table.drop_column("key_id")
        table.drop_column("sequence")


def _refuse_changes() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entry_is_kept_{verb.lower()} BEFORE {verb} ON audit_entry "
            f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        )


def _allow_changes() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_is_kept ON audit_entry")
        op.execute("DROP FUNCTION audit_is_kept")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_entry_is_kept_{verb}")


def _create_secrets() -> None:
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
