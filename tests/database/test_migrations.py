"""One line of history, each step up and down with rows in every table, ending at the metadata."""

from __future__ import annotations

import importlib
from itertools import pairwise

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from sos_core.database import Base, Database
from sos_core.database.migrate import (
    MIGRATIONS,
    current_revision,
    downgrade,
    head_revision,
    upgrade,
)
from tests.database.rows import counts, fill
from tests.house.test_budgets import ROOT


def history() -> list[str]:
    """Return the revisions, the oldest first."""
    script = ScriptDirectory(str(MIGRATIONS))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def metadata() -> sa.MetaData:
    """Return the schema that the program's classes describe."""
    for path in sorted((ROOT / "sos_core").glob("*/*tables.py")):
        importlib.import_module(f"sos_core.{path.parent.name}.{path.stem}")
    return Base.metadata


def test_history_is_one_line_of_numbers() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert history() == sorted(set(history()))
    for earlier, later in pairwise(history()):
        assert script.get_revision(later).down_revision == earlier
    files = {path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("0*.py")}
    assert files == set(history())


def test_every_table_is_made_by_a_migration_as_it_is_described(owner_database: Database) -> None:
    with owner_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []


def test_each_step_down_keeps_the_rows_of_what_remains(
    owner_database: Database, whole_database: Database
) -> None:
    fill(whole_database)
    before = counts(whole_database)
    assert set(before) == set(metadata().tables)
    assert set(before.values()) == {1}
    for revision in [*history()[-2::-1], "base"]:
        downgrade(owner_database, revision)
        after = counts(whole_database)
        assert set(after) <= set(before), revision
        assert set(after.values()) <= {1}, revision
        before = after
    assert before == {}
    assert current_revision(owner_database) is None


def test_each_step_up_keeps_the_rows_that_are_there(
    owner_database: Database, whole_database: Database
) -> None:
    downgrade(owner_database, "base")
    before: dict[str, int] = {}
    for revision in history():
        upgrade(owner_database, revision)
        assert {name: counts(whole_database)[name] for name in before} == before, revision
        fill(whole_database)
        before = counts(whole_database)
        assert set(before.values()) == {1}, revision
    assert current_revision(owner_database) == head_revision()
    assert set(before) == set(metadata().tables)
