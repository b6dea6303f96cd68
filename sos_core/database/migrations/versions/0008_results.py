"""Releases: what surveys published; the database itself refuses to change them.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("release", "release_part", "release_comment")


def upgrade() -> None:
    """Create the tables of releases, and triggers that keep them as they were written."""
    _of_survey(
        "release",
        sa.Column("survey_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("figures_digest", sa.String(64), nullable=False),
        sa.Column("submitted", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("edition_key", sa.String(80)),
    )
    _of_survey(
        "release_part",
        sa.Column("survey_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    _of_survey(
        "release_comment",
        sa.Column("comment_id", sa.LargeBinary(16), primary_key=True),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.String(80), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_release_comment_survey_id", "release_comment", ["organization_id", "survey_id", "cell"]
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION release_is_immutable() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a release is never changed'; END $$"
        )
    for table in TABLES:
        op.execute(_trigger(table))


def downgrade() -> None:
    """Drop the tables of releases with their triggers."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION release_is_immutable")


def _trigger(table: str) -> str:
    if op.get_context().dialect.name == "postgresql":
        return (
            f"CREATE TRIGGER {table}_is_immutable BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION release_is_immutable()"
        )
    return (
        f"CREATE TRIGGER {table}_is_immutable BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END"
    )


def _of_survey(name: str, *columns: sa.schema.SchemaItem, **options: object) -> None:
    op.create_table(
        name,
        sa.Column("organization_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.ForeignKeyConstraint(
            ["organization_id", "survey_id"], ["survey.organization_id", "survey.id"]
        ),
        **options,
    )
    op.create_index(f"ix_{name}_organization_id", name, ["organization_id"])
