"""The directory in pages: right rows in the right order, and no more rows than are shown."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert

from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.organizations.commands import create_organization
from sos_core.people import directory, queries
from sos_core.people.directory import Wanted
from sos_core.people.tables import Person
from tests.conftest import START
from tests.people.test_queries import add_person, add_unit, ids

__all__ = ["ids"]
TEAMS, PEOPLE = 40, 1200


@contextmanager
def counted(session: OrganizationSession) -> Iterator[dict[str, int]]:
    """Count the statements meanwhile, and on SQLite the rows that come out of the database."""
    seen = {"statements": 0, "rows": 0}
    connection = session.connection()
    driver: Any = connection.connection.dbapi_connection

    def executed(*_about: object) -> None:
        seen["statements"] += 1

    def fetched(_cursor: object, row: tuple[object, ...]) -> tuple[object, ...]:
        seen["rows"] += 1
        return row

    before = driver.row_factory
    if connection.dialect.name == "sqlite":
        driver.row_factory = fetched
    event.listen(connection, "after_cursor_execute", executed)
    try:
        yield seen
    finally:
        event.remove(connection, "after_cursor_execute", executed)
        driver.row_factory = before


@pytest.fixture
def many(database: Database, organization_id: int) -> list[int]:
    """Return the teams of an organization of many people, two areas with twenty teams each."""
    with database.write(organization_id) as session:
        areas = [add_unit(session, f"Area {n}") for n in range(2)]
        teams = [
            add_unit(session, f"Area {n % 2}", f"Team {n}", parent_id=areas[n % 2])
            for n in range(TEAMS)
        ]
        order = list(range(PEOPLE))
        random.Random(1).shuffle(order)
        rows = [
            {
                "organization_id": organization_id,
                "identity": f"mail:p{n}@x.example",
                "name": f"{'P' if n % 3 else 'p'}erson {n:05}",
                "email": f"p{n}@x.example",
                "language": "en",
                "user_type": "participant",
                "unit_id": teams[n % TEAMS],
                "source": "excel",
                "active": True,
            }
            for n in order
        ]
        session.execute(insert(Person), rows)
    return teams


def test_a_page_is_by_name_and_reads_no_more_than_it_shows(
    database: Database, organization_id: int, many: list[int]
) -> None:
    for start in (0, 600, 1150):
        with database.read(organization_id) as session, counted(session) as seen:
            page, total = directory.people_page(session, Wanted(), start=start, count=50)
        assert total == PEOPLE
        assert [p.email for p in page] == [f"p{n}@x.example" for n in range(start, start + 50)]
        assert seen["statements"] == 2
        assert seen["rows"] == (51 if database.is_sqlite else 0)
    with database.read(organization_id) as session:
        assert directory.people_page(session, Wanted(), start=PEOPLE, count=50) == ([], PEOPLE)


def test_what_belongs_to_a_page_is_read_in_a_fixed_number_of_statements(
    database: Database, organization_id: int, many: list[int]
) -> None:
    with database.read(organization_id) as session:
        page, _ = directory.people_page(session, Wanted(), count=50)
        with counted(session) as seen:
            homes = directory.units_of(session, [person.id for person in page])
            led = directory.units_led(session, [person.id for person in page])
            counts = directory.people_below(session, many)
            leaders = directory.leaders_of(session, many)
    assert seen["statements"] <= 8
    assert seen["rows"] <= 50 * 3 + TEAMS + 2
    assert all(homes[person.id][0].path[1].startswith("Team ") for person in page)
    assert not led
    assert not leaders
    assert counts == dict.fromkeys(many, PEOPLE // TEAMS)


def test_people_are_found_by_part_of_name_or_address(
    database: Database, organization_id: int, ids: dict[str, int]
) -> None:
    def found(**wanted: object) -> list[str]:
        with database.read(organization_id) as session:
            page, total = directory.people_page(session, Wanted(**wanted))  # type: ignore[arg-type]
        assert total == len(page)
        return [person.name for person in page]

    with database.write(organization_id) as session:
        for name in ("Åsa Öberg", "ÅKE", "100 % Bo", "李小龍"):
            add_person(session, name, None)
    assert found(text="åsa öberg") == found(text=" ÅSA  ÖBERG ") == ["Åsa Öberg"]
    assert found(text="å") == found(text="Å") == ["ÅKE", "Åsa Öberg"]
    assert found(text="小") == ["李小龍"]
    assert found(text="%") == ["100 % Bo"]
    assert found(text="_") == []
    assert found(text="DEE@X") == ["dee"]
    assert found(text="x" * 100_000) == []
    assert found(text="gone") == []
    assert found(text="gone", active=None) == found(text="gone", active=False) == ["gone"]
    assert found(below=ids["north"]) == ["ann", "bo", "cy"]
    assert found(below=ids["team_a"], active=None) == ["ann", "gone"]
    assert found(below=ids["south"]) == []


def test_the_directory_says_what_the_whole_tables_say(
    database: Database, organization_id: int, ids: dict[str, int]
) -> None:
    with database.read(organization_id) as session:
        units = {view.id: view for view in queries.units(session, active=None)}
        assert directory.units_by_id(session, [*units, 999_999]) == units
        assert directory.units_by_id(session, []) == {}
        leaders = directory.leaders_of(session, list(units))
        known = {unit: [person.id for person in led] for unit, led in leaders.items()}
        assert known == queries.leaders(session)
        assert directory.people_below(session, list(units)) == {
            unit: len(inside) for unit in units if (inside := queries.people_in(session, [unit]))
        }
        own = directory.units_of(session, [ids["ann"], ids["dee"]])
        assert [view.id for view in own[ids["ann"]]] == queries.memberships(session, ids["ann"])
        assert ids["dee"] not in own
        led = directory.units_led(session, [ids["cy"], ids["gone"]])
        assert {person: [view.id for view in views] for person, views in led.items()} == {
            ids["cy"]: queries.units_led_by(session, ids["cy"])
        }
        assert directory.unit_exists(session, ids["closed"])
        assert not directory.unit_exists(session, 999_999)


def test_people_are_called_by_name_or_key_in_any_case(
    database: Database, organization_id: int
) -> None:
    with database.write(organization_id) as session:
        people = [add_person(session, name, None) for name in ("Örjan", "Twin", "twin")]
        add_person(session, "Örjan Ek", None)
        person = session.get(Person, people[0])
        assert person is not None
        person.employee_id = "Ä1"
    with database.read(organization_id) as session:
        assert directory.people_called(session, "ÖRJAN", "name") == people[:1]
        assert directory.people_called(session, " twin ", "name") == people[1:]
        assert directory.people_called(session, "ä1", "employee_id") == people[:1]
        assert directory.people_called(session, "", "name") == []


def test_another_organization_is_neither_shown_nor_counted(
    database: Database, ids: dict[str, int]
) -> None:
    with database.write(None) as session:
        other = create_organization(
            session, name="Other", language="en", time_zone="UTC", now=START
        )
    everything = [ids["north"], ids["team_a"]]
    with database.read(other) as session:
        assert directory.people_page(session, Wanted(active=None)) == ([], 0)
        assert directory.people_page(session, Wanted(below=ids["north"])) == ([], 0)
        assert directory.units_by_id(session, everything) == {}
        assert directory.people_below(session, everything) == {}
        assert directory.leaders_of(session, everything) == {}
        assert directory.units_of(session, [ids["ann"]]) == {}
        assert directory.units_led(session, [ids["cy"]]) == {}
        assert directory.people_called(session, "ann", "name") == []
        assert not directory.unit_exists(session, ids["north"])
