"""Surveys, their frozen trees, participations, mails, printed codes and response rates.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

from sos_core.database.types import Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "survey_unit",
    "participation",
    "survey_sight",
    "reminder_step",
    "reminder",
    "undeliverable",
    "rate_shown",
    "rate_day",
)


def upgrade() -> None:
    """Create the tables of surveys."""
    _survey()
    _of_survey(
        "survey_unit",
        _key("position"),
        sa.Column("parent_position", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer()),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("level_name", sa.String(100), nullable=False),
        keys=("position",),
    )
    _of_survey(
        "participation",
        _key("person_id"),
        sa.Column("unit_index", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        _reference("person_id", "person"),
        keys=("person_id",),
        cascade=False,
        index=False,
        sqlite_with_rowid=False,
        postgresql_partition_by="LIST (survey_id)",
    )
    _index("participation", "person_id")
    _of_survey(
        "survey_sight",
        _key("person_id"),
        _key("unit_index"),
        sa.Column("kind", sa.String(10), nullable=False),
        _reference("person_id", "person"),
        keys=("person_id", "unit_index", "kind"),
    )
    _index("survey_sight", "person_id")
    _mails()
    _rates()


def downgrade() -> None:
    """Drop the tables of surveys."""
    op.drop_table("printed_code")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_table("survey")


def _survey() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("scheduled", sa.Boolean(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("questionnaire_version", sa.String(20), nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        *(
            sa.Column(f"{name}_local", sa.DateTime(), nullable=False)
            for name in ("opens", "closes", "publishes")
        ),
        *(
            sa.Column(f"{name}_at", UtcDateTime(), nullable=False)
            for name in ("opens", "closes", "publishes")
        ),
        sa.Column("reminders", Json, nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("comments_audience", sa.String(20), nullable=False),
        *(
            sa.Column(f"threshold_{name}", sa.Integer(), nullable=False)
            for name in ("k", "comments", "across")
        ),
        sa.Column("cuts", Json, nullable=False),
        sa.Column("previous_id", sa.Integer()),
        sa.Column("sender_name", sa.String(200), nullable=False),
        sa.Column("introductions", Json, nullable=False),
        sa.Column("selection", Json, nullable=False),
        sa.Column("rate_nodes", Json),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("organization_id", "id"),
        _reference("previous_id", "survey"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_survey_organization_id", "survey", ["organization_id"])
    _index("survey", "state")


def _mails() -> None:
    _of_survey(
        "reminder_step",
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("due_local", sa.DateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        keys=("step",),
    )
    _of_survey(
        "reminder",
        _key("person_id"),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _reference("person_id", "person"),
        keys=("person_id", "step"),
    )
    _index("reminder", "person_id")
    _of_survey(
        "undeliverable",
        _key("person_id"),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        _reference("person_id", "person"),
        keys=("person_id",),
    )
    op.create_table(
        "printed_code",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.UniqueConstraint("organization_id", "survey_id", "person_id"),
        _reference("survey_id", "survey", ondelete="CASCADE"),
        _reference("person_id", "person"),
    )


def _rates() -> None:
    _of_survey(
        "rate_shown",
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.Column("invited", Json, nullable=False),
        sa.Column("finished", Json, nullable=False),
    )
    _of_survey(
        "rate_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("invited", Json, nullable=False),
        sa.Column("finished", Json, nullable=False),
        keys=("day",),
    )


def _of_survey(
    name: str,
    *parts: sa.schema.SchemaItem,
    keys: tuple[str, ...] = (),
    cascade: bool = True,
    index: bool = True,
    **options: object,
) -> None:
    op.create_table(
        name,
        sa.Column("organization_id", sa.Integer(), nullable=False),
        _key("survey_id"),
        *parts,
        sa.PrimaryKeyConstraint("survey_id", *keys),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        _reference("survey_id", "survey", ondelete="CASCADE" if cascade else None),
        **options,
    )
    if index:
        op.create_index(f"ix_{name}_organization_id", name, ["organization_id"])


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def _reference(column: str, target: str, **options: object) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column], [f"{target}.organization_id", f"{target}.id"], **options
    )


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, ["organization_id", column])
