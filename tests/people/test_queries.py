"""What is read about units and people."""

from __future__ import annotations

import pytest

from sos_core.database import Database
from sos_core.errors import NotFound
from sos_core.people import queries
from sos_core.people.identity import unit_key
from sos_core.people.tables import Leadership, Membership, Person, Unit


def add_unit(session, *path: str, parent_id: int | None = None, active: bool = True) -> int:
    unit = Unit(
        parent_id=parent_id,
        level=len(path) - 1,
        name=path[-1],
        key=unit_key(path),
        active=active,
    )
    session.add(unit)
    session.flush()
    return unit.id


def add_person(session, name: str, unit_id: int | None, *, active: bool = True) -> int:
    person = Person(
        identity=f"mail:{name}@x.example",
        name=name,
        email=f"{name}@x.example",
        language="en",
        user_type="participant",
        unit_id=unit_id,
        source="excel",
        active=active,
    )
    session.add(person)
    session.flush()
    return person.id


@pytest.fixture
def ids(database: Database, organization_id: int) -> dict[str, int]:
    with database.write(organization_id) as session:
        south = add_unit(session, "South")
        north = add_unit(session, "north")
        team_b = add_unit(session, "north", "B", parent_id=north)
        team_a = add_unit(session, "north", "a", parent_id=north)
        closed = add_unit(session, "north", "Closed", parent_id=north, active=False)
        ann = add_person(session, "ann", team_a)
        bo = add_person(session, "bo", team_b)
        cy = add_person(session, "cy", north)
        dee = add_person(session, "dee", None)
        gone = add_person(session, "gone", team_a, active=False)
        session.add(Membership(person_id=ann, unit_id=team_b, position=1))
        session.add(Leadership(unit_id=team_a, person_id=cy, origin="said"))
        session.add(Leadership(unit_id=team_a, person_id=gone, origin="said"))
        session.add(Leadership(unit_id=closed, person_id=cy, origin="said"))
    return {key: value for key, value in locals().items() if isinstance(value, int)}


def test_units_come_in_preorder_with_paths(
    database: Database, organization_id: int, ids: dict[str, int]
) -> None:
    with database.read(organization_id) as session:
        views = queries.units(session)
        assert [view.path for view in views] == [
            ("north",),
            ("north", "a"),
            ("north", "B"),
            ("South",),
        ]
        assert [view.level_name for view in views] == [
            "business_area",
            "region",
            "region",
            "business_area",
        ]
        everything = {view.id: view.path for view in queries.units(session, active=None)}
        assert len(everything) == 5
        assert everything[ids["closed"]] == ("north", "Closed")


def test_people_of_whole_subtrees(
    database: Database, organization_id: int, ids: dict[str, int]
) -> None:
    with database.read(organization_id) as session:

        def names(*unit_ids: int) -> list[str]:
            return [view.name for view in queries.people_in(session, unit_ids)]

        assert names(ids["north"]) == ["ann", "bo", "cy"]
        assert names(ids["team_a"], ids["south"]) == ["ann"]
        assert [view.name for view in queries.people_in(session)] == ["ann", "bo", "cy", "dee"]
        everybody = queries.people_in(session, active=None)
        assert [view.name for view in everybody] == ["ann", "bo", "cy", "dee", "gone"]
        assert queries.people_count(session) == 4


def test_one_person_is_found_however_the_address_is_spelled(
    database: Database, organization_id: int, ids: dict[str, int]
) -> None:
    with database.read(organization_id) as session:
        found = queries.find_by_email(session, " ANN@X.example ")
        assert found == queries.person(session, ids["ann"])
        assert queries.find_by_email(session, "nobody@x.example") is None
        assert queries.memberships(session, ids["ann"]) == [ids["team_a"], ids["team_b"]]
        assert queries.memberships(session, ids["dee"]) == []
        assert set(queries.people_by_id(session, [ids["bo"], ids["gone"], 999])) == {
            ids["bo"],
            ids["gone"],
        }
        with pytest.raises(NotFound):
            queries.person(session, 10_000)


def test_only_active_people_lead_only_active_units(
    database: Database, organization_id: int, ids: dict[str, int]
) -> None:
    with database.read(organization_id) as session:
        assert queries.leaders(session) == {ids["team_a"]: [ids["cy"]]}
        assert queries.units_led_by(session, ids["cy"]) == [ids["team_a"]]
        assert queries.units_led_by(session, ids["gone"]) == []
