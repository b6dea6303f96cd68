"""Later plans that stand in the way of an undo, and those that do not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sos_core.database import Database
from sos_core.errors import Conflict
from sos_core.organizations.commands import create_organization
from sos_core.people import by_hand, queries
from sos_core.people.plan_queries import plan as plan_view
from sos_core.people.undoing import undo_blocked_by
from sos_core.records import PersonRecord
from tests.people.support import ACTOR, NOW, apply, new_organization, person, plan, run
from tests.people.test_directory import counted
from tests.people.test_undo import TEAM, id_of, team, undo

__all__ = ["team"]


def test_a_later_plan_on_the_same_people_blocks_an_undo(database: Database, team: int) -> None:
    first = run(database, team, person("New", "S/W"))
    second = run(database, team, person("New", "S/W", language="sv"), title="second.xlsx")
    with pytest.raises(Conflict) as caught:
        undo(database, team, first)
    assert caught.value.code == "undo_blocked"
    assert caught.value.values["plan"] == str(second)
    assert "second.xlsx" in caught.value.what
    undo(database, team, second)
    undo(database, team, first)


@pytest.mark.parametrize(
    "later",
    [
        person("Other", "S/W"),
        person("Other", "S/W/T"),
        person("Other", "M", manager="New"),
        person("P1", "N/E/A", "S/W"),
    ],
)
def test_a_later_plan_on_the_same_units_or_managers_blocks_an_undo(
    sqlite_database: Database, later: PersonRecord
) -> None:
    organization_id = new_organization(sqlite_database)
    run(sqlite_database, organization_id, *TEAM)
    first = run(sqlite_database, organization_id, person("New", "S/W"))
    run(sqlite_database, organization_id, later)
    with pytest.raises(Conflict) as caught:
        undo(sqlite_database, organization_id, first)
    assert caught.value.code == "undo_blocked"


@pytest.mark.parametrize("employee_id", [None, "1"])
def test_an_undo_gives_nothing_back_that_somebody_else_has_by_now(
    database: Database, team: int, employee_id: str | None
) -> None:
    run(database, team, person("New", "S/W", employee_id=employee_id))
    new, done = id_of(database, team, "New"), {"actor": ACTOR, "now": NOW}
    with database.write(team) as session:
        left = by_hand.edit_person(
            session, new, PersonRecord(name="", email="other@x.example"), **done
        )
    heir = person("Heir", "M", email="new@x.example", employee_id=employee_id and "2")
    second = run(database, team, heir, title="second.xlsx")
    with database.read(team) as session:
        assert undo_blocked_by(session, left) == second
    with pytest.raises(Conflict) as caught:
        undo(database, team, left)
    assert (caught.value.code, caught.value.values["plan"]) == ("undo_blocked", str(second))
    undo(database, team, second)
    undo(database, team, left)
    assert id_of(database, team, "New") == new


def test_an_undo_makes_nobody_active_whose_address_somebody_else_has(
    sqlite_database: Database,
) -> None:
    organization_id = new_organization(sqlite_database)
    run(sqlite_database, organization_id, person("New", "S/W", employee_id="1"))
    new = id_of(sqlite_database, organization_id, "New")
    with sqlite_database.write(organization_id) as session:
        gone = by_hand.deactivate_person(session, new, actor=ACTOR, now=NOW)
    heir = person("Heir", "M", email="new@x.example", employee_id="2")
    run(sqlite_database, organization_id, heir)
    with pytest.raises(Conflict) as caught:
        undo(sqlite_database, organization_id, gone)
    assert caught.value.code == "undo_blocked"


def test_the_day_of_a_later_plan_is_that_of_the_organization(sqlite_database: Database) -> None:
    with sqlite_database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="Pacific/Auckland", now=NOW
        )
    evening = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    first = run(sqlite_database, organization_id, person("New", "S/W"))
    new = id_of(sqlite_database, organization_id, "New")
    with sqlite_database.write(organization_id) as session:
        by_hand.deactivate_person(session, new, actor=ACTOR, now=evening)
    with pytest.raises(Conflict) as caught:
        undo(sqlite_database, organization_id, first)
    assert caught.value.values["day"] == "2026-03-03"


def test_an_undo_asks_no_more_of_the_database_the_more_plans_follow(
    sqlite_database: Database,
) -> None:
    organization_id = new_organization(sqlite_database)
    first = run(sqlite_database, organization_id, person("Ann", "N"))
    asked = []
    for later in ("Bo", "Cy", "Dee"):
        run(sqlite_database, organization_id, person(later, f"{later}s"))
        with sqlite_database.read(organization_id) as session, counted(session) as seen:
            assert undo_blocked_by(session, first) is None
        asked.append(seen["statements"])
    assert len(set(asked)) == 1


def test_a_later_plan_elsewhere_does_not_block_an_undo(database: Database, team: int) -> None:
    first = run(database, team, person("New", "S/W", manager="Lea"))
    run(database, team, person("Other", "M", manager="Lea"), person("P1 Q", email="p1@x.example"))
    undo(database, team, first)
    with database.read(team) as session:
        assert queries.find_by_email(session, "new@x.example") is None


def test_a_plan_that_changes_nothing_leaves_others_as_they_are(
    sqlite_database: Database,
) -> None:
    organization_id = new_organization(sqlite_database)
    run(sqlite_database, organization_id, *TEAM)
    lea, done = id_of(sqlite_database, organization_id, "Lea"), {"actor": ACTOR, "now": NOW}
    with sqlite_database.write(organization_id) as session:
        waiting = plan(session, person("X", "N"))
        saved = by_hand.edit_person(session, lea, PersonRecord(name="Lea"), **done)
    run(sqlite_database, organization_id, *TEAM)
    with sqlite_database.write(organization_id) as session:
        assert not plan_view(session, waiting).outdated
        apply(session, waiting)
    undo(sqlite_database, organization_id, waiting)
    undo(sqlite_database, organization_id, saved)
