"""Operators, second factors, sessions with limits, links in mails, and ways to sign in.

Revision ID: 0010
"""

import secrets

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LONG_AGO = "1970-01-01 00:00:00+00:00"
SESSION_PARTS = ("number", "created_at", "used_at", "idle_seconds", "made_by", "device")
FACTOR_PARTS = ("factor_secret", "factor_pending", "factor_step", "recovery_hashes")


def upgrade() -> None:
    """Widen accounts and sessions, and create the tables that they need."""
    for name in FACTOR_PARTS:
        op.add_column("account", _factor_column(name))
    op.add_column(
        "account", sa.Column("state", sa.String(20), nullable=False, server_default="active")
    )
    op.create_index("ix_account_person_id", "account", ["organization_id", "person_id"])
    _widen_sessions()
    _make_tables()


def downgrade() -> None:
    """Take operators' sessions and everything new away; accounts and their sessions stay."""
    for name in ("sign_in_identity", "trusted_tenant", "account_link", "spent_token", "operator"):
        op.drop_table(name)
    op.execute("DELETE FROM access_token WHERE organization_id IS NULL")
    op.drop_index("ix_access_token_account_id", "access_token")
    with op.batch_alter_table("access_token") as batch:
        batch.drop_constraint("uq_access_token_number", type_="unique")
        batch.alter_column("organization_id", existing_type=sa.Integer(), nullable=False)
        for name in SESSION_PARTS:
            batch.drop_column(name)
    op.drop_index("ix_account_person_id", "account")
    for name in ("state", *FACTOR_PARTS):
        op.drop_column("account", name)


def _widen_sessions() -> None:
    moment = {"nullable": False, "server_default": LONG_AGO}
    op.add_column("access_token", sa.Column("number", sa.BigInteger()))
    op.add_column("access_token", sa.Column("created_at", UtcDateTime(), **moment))
    op.add_column("access_token", sa.Column("used_at", UtcDateTime(), **moment))
    op.add_column("access_token", sa.Column("idle_seconds", sa.Integer()))
    for name, length, given in (("made_by", 40, "command"), ("device", 60, "")):
        op.add_column(
            "access_token",
            sa.Column(name, sa.String(length), nullable=False, server_default=given),
        )
    sessions = sa.table(
        "access_token",
        sa.column("token_hash", sa.String()),
        sa.column("number", sa.BigInteger()),
        sa.column("expires_at", UtcDateTime()),
        sa.column("created_at", UtcDateTime()),
        sa.column("used_at", UtcDateTime()),
    )
    connection = op.get_bind()
    for token_hash in connection.scalars(sa.select(sessions.c.token_hash)).all():
        connection.execute(
            sessions.update()
            .where(sessions.c.token_hash == token_hash)
            .values(
                number=1 + secrets.randbelow(2**53 - 1),
                created_at=sessions.c.expires_at,
                used_at=sessions.c.expires_at,
            )
        )
    with op.batch_alter_table("access_token") as batch:
        batch.alter_column("number", existing_type=sa.BigInteger(), nullable=False)
        batch.alter_column("organization_id", existing_type=sa.Integer(), nullable=True)
        batch.create_unique_constraint("uq_access_token_number", ["number"])
    op.create_index("ix_access_token_account_id", "access_token", ["organization_id", "account_id"])


def _make_tables() -> None:
    op.create_table(
        "operator",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("email_key", sa.String(320), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        *(_factor_column(name) for name in FACTOR_PARTS),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("email_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "spent_token",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_spent_token_expires_at", "spent_token", ["expires_at"])
    op.create_table(
        "sign_in_identity",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("provider", sa.String(60), nullable=False),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("provider", "tenant", "subject", "organization_id"),
    )
    op.create_index(
        "ix_sign_in_identity_account_id", "sign_in_identity", ["organization_id", "account_id"]
    )
    _owned(
        "account_link",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["account.organization_id", "account.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organization_id", "account_id", "purpose"),
    )
    _owned(
        "trusted_tenant",
        sa.Column("provider", sa.String(60), nullable=False),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("organization_id", "provider", "tenant"),
    )


def _owned(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index(f"ix_{name}_organization_id", name, ["organization_id"])


def _factor_column(name: str) -> sa.Column[object]:
    kinds = {"factor_step": sa.BigInteger(), "recovery_hashes": Json}
    return sa.Column(name, kinds.get(name, sa.LargeBinary()))
