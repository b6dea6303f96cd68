"""On PostgreSQL the database itself keeps organizations apart, from plain SQL too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.base import GLOBAL_TABLES
from sos_core.database.migrate import downgrade, upgrade
from sos_core.database.partitions import PARTITIONED, create_partitions, empty_partition
from sos_core.database.roles import grant, weaknesses
from sos_core.database.row_security import every_row, owned_tables, protected_tables
from sos_core.errors import InvalidInput, NotAllowed
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.commands import create_organization
from sos_core.people.tables import Unit
from tests.conftest import AUDIT_KEYS, OWNER, SERVING, SUPERUSER, as_role
from tests.database.test_migrations import metadata

SURVEY = text(
    "INSERT INTO survey (id, organization_id, title, state, scheduled, announced, "
    "questionnaire_version, languages, time_zone, opens_local, closes_local, publishes_local, "
    "opens_at, closes_at, publishes_at, reminders, audience, comments_audience, threshold_k, "
    "threshold_comments, threshold_across, cuts, sender_name, introductions, selection) VALUES "
    "(:id, :organization, 'S', 'draft', false, false, '1', '[]', 'UTC', now(), now(), now(), now(), "
    "now(), now(), '[]', 'a', 'a', 5, 5, 5, '[]', 's', '{}', '{}')"
)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    """Return a PostgreSQL database as the role that serves."""
    database = Database(postgres_url)
    give_audit_keys(database, lambda: AUDIT_KEYS)
    yield database
    database.close()


@pytest.fixture
def two(database: Database, clock: ManualClock) -> tuple[int, int]:
    """Return two organizations with a unit each."""
    ids = []
    for name in ("Acme", "Bolt"):
        with database.write(None) as session:
            ids.append(
                create_organization(session, name=name, language="en", time_zone="UTC", now=clock())
            )
        with database.write(ids[-1]) as session:
            session.add(Unit(parent_id=None, level=0, name=name, key=name, active=True))
    return ids[0], ids[1]


def names(database: Database, organization_id: int | None) -> list[str]:
    with database.read(organization_id) as session:
        return list(session.scalars(text("SELECT name FROM unit ORDER BY name")))


def test_every_table_of_an_organization_is_protected(database: Database, postgres_url: str) -> None:
    owned = {name for name in metadata().tables if name not in GLOBAL_TABLES}
    with database.engine.connect() as connection:
        assert set(owned_tables(connection)) == owned
        assert set(protected_tables(connection)) == owned
        rows = connection.execute(
            text(
                "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid "
                "WHERE relrowsecurity AND relforcerowsecurity AND polcmd = '*' AND polpermissive "
                "AND polqual IS NOT NULL AND polwithcheck IS NOT NULL"
            )
        )
        assert set(rows.scalars()) == owned


def test_tables_that_cross_organizations_are_not(database: Database) -> None:
    with database.engine.connect() as connection:
        assert not GLOBAL_TABLES & set(protected_tables(connection))


def test_plain_sql_sees_one_organization_alone(database: Database, two: tuple[int, int]) -> None:
    assert names(database, two[0]) == ["Acme"]
    assert names(database, two[1]) == ["Bolt"]
    assert names(database, None) == []
    table = Unit.__table__
    with database.read(two[0]) as session:
        assert session.scalars(sa.select(table.c.name)).all() == ["Acme"]
        assert session.connection().scalar(sa.select(sa.func.count()).select_from(table)) == 1
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM unit")) == 0


def test_foreign_rows_are_neither_written_nor_changed(
    database: Database, two: tuple[int, int]
) -> None:
    insert = text(
        "INSERT INTO unit (organization_id, level, name, key, active) "
        "VALUES (:organization, 0, 'x', 'x', true)"
    )
    for statement, values in (
        (insert, {"organization": two[1]}),
        (text("UPDATE unit SET organization_id = :organization"), {"organization": two[1]}),
    ):
        with (
            pytest.raises(DBAPIError, match="row-level security"),
            database.write(two[0]) as session,
        ):
            session.execute(statement, values)
    with database.write(two[0]) as session:
        session.execute(text("UPDATE unit SET name = 'changed'"))
        session.execute(text("DELETE FROM unit WHERE key = 'Bolt'"))
    assert names(database, two[0]) == ["changed"]
    assert names(database, two[1]) == ["Bolt"]


def test_nothing_is_left_of_the_organization_after_a_transaction(
    database: Database, two: tuple[int, int]
) -> None:
    with database.engine.connect() as connection:
        for end in ("rollback", "commit"):
            connection.execute(
                text("SELECT set_config('sos.organization', :id, true)"), {"id": str(two[0])}
            )
            assert connection.scalar(text("SELECT count(*) FROM unit")) == 1
            getattr(connection, end)()
            assert connection.scalar(text("SELECT count(*) FROM unit")) == 0
            with pytest.raises(DBAPIError, match="row-level security"):
                connection.execute(
                    text(
                        "INSERT INTO unit (organization_id, level, name, key, active) "
                        "VALUES (:organization, 0, 'x', 'y', true)"
                    ),
                    {"organization": two[0]},
                )
            connection.rollback()


def test_partitions_are_made_protected_and_for_ones_own_surveys_alone(
    database: Database, two: tuple[int, int], postgres_url: str
) -> None:
    with database.write(two[0]) as session:
        session.execute(SURVEY, {"id": 7, "organization": two[0]})
        for _ in range(2):
            create_partitions(session, 7)
    with database.engine.connect() as connection:
        made = {f"{table}_survey_7" for table in PARTITIONED}
        assert made <= set(protected_tables(connection))
        owners = connection.execute(
            text("SELECT tableowner FROM pg_tables WHERE tablename = ANY(:names)"),
            {"names": sorted(made)},
        )
        assert set(owners.scalars()) == {OWNER}
    for act in (
        lambda session: create_partitions(session, 7),
        lambda session: empty_partition(session, "ballot", 7),
    ):
        with pytest.raises(DBAPIError, match="no survey 7"), database.write(two[1]) as session:
            act(session)
    with pytest.raises(DBAPIError, match="no partitions"), database.write(two[0]) as session:
        session.execute(text("SELECT make_partition('unit', 7)"))
    with pytest.raises(DBAPIError, match="must be owner"), database.write(two[0]) as session:
        session.execute(text("DROP TABLE ballot_survey_7"))


def test_the_serving_role_can_only_add_to_the_audit_log(
    database: Database, two: tuple[int, int]
) -> None:
    for statement in ("UPDATE audit_entry SET verb = 'x'", "DELETE FROM audit_entry"):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            database.write(two[0]) as session,
        ):
            session.execute(text(statement))


def test_migrations_can_see_every_row(postgres_url: str, two: tuple[int, int]) -> None:
    owner = Database(as_role(postgres_url, OWNER))
    with owner.engine.begin() as connection:
        count = text("SELECT count(*) FROM unit")
        assert connection.scalar(count) == 0
        with every_row(connection, ["unit"]):
            assert connection.scalar(count) == 2
        assert connection.scalar(count) == 0
    owner.close()


def test_who_is_not_held_is_told(postgres_url: str, sqlite_database: Database) -> None:
    for role, expected in ((SERVING, []), (OWNER, ["owner"]), (SUPERUSER, ["superuser", "bypass"])):
        database = Database(as_role(postgres_url, role))
        assert weaknesses(database) == expected
        database.close()
    assert weaknesses(sqlite_database) == []


@pytest.mark.parametrize("role", [OWNER, SUPERUSER, "nobody_of_that_name"])
def test_only_a_role_that_is_held_may_serve(postgres_url: str, role: str) -> None:
    owner = Database(as_role(postgres_url, OWNER))
    with pytest.raises(InvalidInput, match=role):
        grant(owner, role)
    owner.close()


def test_the_serving_role_finds_the_schema_and_cannot_change_it(
    database: Database, postgres_url: str
) -> None:
    upgrade(database)  # it is there already
    owner = Database(as_role(postgres_url, OWNER))
    downgrade(owner, "0009")
    with pytest.raises(NotAllowed, match="may not change"):
        upgrade(database)
    upgrade(owner)
    owner.close()


def test_sqlite_has_no_roles(sqlite_database: Database) -> None:
    with pytest.raises(InvalidInput, match="SQLite"):
        grant(sqlite_database, "anybody")
