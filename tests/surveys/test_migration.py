"""The migration of surveys goes down and up again with rows in its tables, as the classes say."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from sos_core.clock import ManualClock
from sos_core.database import Base, Database
from sos_core.database.migrate import downgrade, upgrade
from sos_core.jobs import Jobs
from sos_core.surveys import tables
from sos_core.surveys.commands import issue_codes
from tests.surveys.conftest import POST, Crew

NAMES = {
    row.__tablename__
    for row in vars(tables).values()
    if isinstance(row, type) and issubclass(row, Base) and row is not Base
}


def test_down_and_up_with_rows(
    database: Database,
    owner_database: Database,
    crew: Crew,
    open_id: int,
    jobs: Jobs,
    clock: ManualClock,
) -> None:
    jobs.drain()
    with database.write(crew.organization_id) as session:
        issue_codes(session, open_id, secret=POST.secret, now=clock(), actor="test")
    downgrade(owner_database, "0004")
    assert not NAMES & set(inspect(database.engine).get_table_names())
    upgrade(owner_database)
    assert set(inspect(database.engine).get_table_names()) >= NAMES


def test_the_schema_is_what_the_classes_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [str(difference) for difference in compare_metadata(context, Base.metadata)]
    assert [text for text in differences if any(f"'{name}'" in text for name in NAMES)] == []
