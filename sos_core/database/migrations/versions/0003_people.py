"""Units, people, memberships, leaders and plans of changes.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEVER_USED_TWICE = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """Create the tables of people, then those of plans."""
    _units_and_people()
    _memberships()
    _plans()


def downgrade() -> None:
    """Drop the tables of plans, then those of people."""
    for table in ("change_chunk", "change_plan", "people_state"):
        op.drop_table(table)
    for table in ("leadership", "membership", "person", "unit"):
        op.drop_table(table)


def _owned(name: str, *parts: sa.schema.SchemaItem, index: bool = True, **options: object) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("organization_id", "id"),
        **options,
    )
    if index:
        op.create_index(f"ix_{name}_organization_id", name, ["organization_id"])


def _reference(column: str, target: str, **options: object) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column], [f"{target}.organization_id", f"{target}.id"], **options
    )


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, ["organization_id", column])


def _units_and_people() -> None:
    _owned(
        "unit",
        sa.Column("parent_id", sa.Integer()),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("organization_id", "key"),
        _reference("parent_id", "unit"),
        **NEVER_USED_TWICE,
    )
    _index("unit", "parent_id")
    _owned(
        "person",
        sa.Column("identity", sa.String(330), nullable=False),
        sa.Column("digest", sa.BigInteger()),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320)),
        sa.Column("employee_id", sa.String(100)),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("user_type", sa.String(20), nullable=False),
        sa.Column("unit_id", sa.Integer()),
        sa.Column("manager_id", sa.Integer()),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("organization_id", "identity"),
        _reference("unit_id", "unit"),
        _reference("manager_id", "person", deferrable=True, initially="DEFERRED"),
        index=False,
        **NEVER_USED_TWICE,
    )
    for column in ("email", "unit_id", "manager_id"):
        _index("person", column)


def _memberships() -> None:
    _owned(
        "membership",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.UniqueConstraint("organization_id", "person_id", "unit_id"),
        _reference("person_id", "person"),
        _reference("unit_id", "unit"),
    )
    _index("membership", "unit_id")
    _owned(
        "leadership",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.UniqueConstraint("organization_id", "unit_id", "person_id"),
        _reference("unit_id", "unit"),
        _reference("person_id", "person"),
    )
    _index("leadership", "person_id")


def _plans() -> None:
    _owned(
        "people_state",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("organization_id"),
    )
    _owned(
        "change_plan",
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("scope_unit_id", sa.Integer()),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("applied_version", sa.Integer()),
        sa.Column("counts", Json, nullable=False),
        sa.Column("guard", Json, nullable=False),
        sa.Column("created_by", sa.String(320), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(320)),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("undone_by", sa.String(320)),
        sa.Column("undone_at", UtcDateTime()),
    )
    _index("change_plan", "applied_version")
    _owned(
        "change_chunk",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("organization_id", "plan_id", "kind", "first"),
        _reference("plan_id", "change_plan", ondelete="CASCADE"),
    )
