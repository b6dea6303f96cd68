"""Bulk writes mean the same on both engines, and stay in their organization."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, inspect, select

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.bulk import (
    batches,
    bulk_insert,
    bulk_upsert,
    rebuilt_index,
    reserve_ids,
)
from sos_core.organizations.commands import create_organization
from sos_core.organizations.tables import AuditEntry
from sos_core.people.tables import Unit

COLUMNS = ("id", "parent_id", "level", "name", "key", "active")


def rows(database: Database, organization_id: int) -> list[tuple[object, ...]]:
    with database.read(organization_id) as session:
        query = select(Unit.id, Unit.name, Unit.parent_id, Unit.active).order_by(Unit.id)
        return [tuple(row) for row in session.execute(query)]


def test_inserts_and_overwrites(database: Database, organization_id: int) -> None:
    with database.write(organization_id) as session:
        first, second = reserve_ids(session, Unit, 2)
        bulk_insert(
            session,
            Unit,
            COLUMNS,
            [(first, None, 0, "Å", "a", True), [second, first, 1, "B\tC\\n", "b", False]],
        )
        bulk_insert(session, Unit, COLUMNS, [])
        bulk_upsert(session, Unit, COLUMNS, [(second, first, 1, "New", "b", True)])
    assert rows(database, organization_id) == [
        (first, "Å", None, True),
        (second, "New", first, True),
    ]


def test_values_pass_through_the_types_of_their_columns(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    columns = ("sequence", "at", "actor", "verb", "subject", "details")
    row = (1, clock(), "x", "y", "z", {"a": [1, None]})
    with database.write(organization_id) as session:
        bulk_insert(session, AuditEntry, columns, [row])
    with database.read(organization_id) as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.at, entry.details) == (clock(), {"a": [1, None]})
        assert entry.organization_id == organization_id


def test_another_organizations_row_is_left_alone(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        (unit,) = reserve_ids(session, Unit, 1)
        bulk_insert(session, Unit, COLUMNS, [(unit, None, 0, "Ours", "a", True)])
    with database.write(None) as session:
        other = create_organization(
            session, name="Bolt", language="en", time_zone="Europe/Oslo", now=clock()
        )
    with database.write(other) as session:
        bulk_upsert(session, Unit, COLUMNS, [(unit, None, 0, "Theirs", "a", False)])
    assert rows(database, organization_id) == [(unit, "Ours", None, True)]
    assert rows(database, other) == []


def test_ids_are_never_given_twice(database: Database, organization_id: int) -> None:
    with database.write(organization_id) as session:
        ids = list(reserve_ids(session, Unit, 3))
        bulk_insert(session, Unit, COLUMNS, [(ids[2], None, 0, "A", "a", True)])
        session.delete(session.get_one(Unit, ids[2]))
    with database.write(organization_id) as session:
        assert min(reserve_ids(session, Unit, 2)) > ids[2]


def test_batches() -> None:
    assert list(batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batches([])) == []


def test_an_index_built_anew_holds_old_and_new_rows(
    database: Database, organization_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sos_core.database.bulk.WORTH_REBUILDING", 2)

    def indexes() -> set[str | None]:
        return {found["name"] for found in inspect(database.engine).get_indexes("unit")}

    before = indexes()
    with database.write(organization_id) as session:
        top, *children = reserve_ids(session, Unit, 5)
        bulk_insert(session, Unit, COLUMNS, [(top, None, 0, "Top", "a", True)])
        with rebuilt_index(session, Unit, "ix_unit_parent_id", len(children)):
            found = [(id_, top, 1, f"Unit {id_}", f"b{id_}", True) for id_ in children]
            bulk_insert(session, Unit, COLUMNS, found)
        with rebuilt_index(session, Unit, "ix_unit_parent_id", 1):
            session.execute(delete(Unit).where(Unit.id == children[0]))
    assert indexes() == before
    with database.read(organization_id) as session:
        below = select(Unit.id).where(Unit.parent_id == top).order_by(Unit.id)
        assert list(session.scalars(below)) == children[1:]
