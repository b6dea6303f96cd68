"""What a file of people comes to: each kind of messy row has one defined outcome."""

from __future__ import annotations

import pytest

from sos_core.database import Database
from sos_core.errors import InvalidInput, NotFound
from sos_core.people import queries
from sos_core.people.plan_queries import plan as plan_view
from sos_core.people.plan_queries import plan_rows, plans
from sos_core.people.tables import ChangePlan
from tests.people.support import apply, counts, people, person, plan, run, state, told
from tests.people.test_directory import counted


def test_a_first_file_makes_people_units_and_leaders(database: Database, north: int) -> None:
    found = state(database, north)
    assert found["units"] == [
        ("N", 0, True),
        ("N/E", 1, True),
        ("N/E/A", 2, True),
        ("N/E/B", 2, True),
    ]
    assert found["leaders"] == [
        ("N/E/A", "mail:lea@x.example", "inferred"),
        ("N/E/B", "mail:leo@x.example", "inferred"),
    ]
    views = people(database, north)
    assert views["Bo"].language == "sv"
    assert views["Ann"].language == "en"
    assert views["Ann"].manager_id == views["Lea"].id
    assert views["Ann"].user_type == "participant"


def test_changes_are_told_field_by_field(database: Database, north: int) -> None:
    with database.write(north) as session:
        plan_id = plan(
            session,
            person("Ann Berg", "N/E/B", email="ANN@x.example ", manager="Leo", user_type="viewer"),
            person("Bo", "N/E/B", manager="Leo", language="nb"),
            person("Lea", "N/E"),
        )
        found = counts(session, plan_id)
        assert (found["moved"], found["changed"]) == (2, 1)
        moved = plan_rows(session, plan_id, "moved")[0]
        assert (moved.row, moved.name, moved.unit) == (2, "Ann Berg", ("N", "E", "B"))
        assert {change.field: (change.before, change.after) for change in moved.changes} == {
            "name": ("Ann", "Ann Berg"),
            "user_type": ("participant", "viewer"),
            "unit": ("N / E / A", "N / E / B"),
            "manager": ("lea@x.example", "leo@x.example"),
        }
        changed = plan_rows(session, plan_id, "changed")
        assert [(row.name, row.changes[0].field) for row in changed] == [("Bo", "language")]


def test_an_addition_deactivates_nobody_and_a_complete_list_does(
    database: Database, north: int
) -> None:
    rows = [person("Rita", "N/E"), person("Lea", "N/E/A", manager="Rita")]
    assert told(database, north, *rows)[0] == {}
    found, _, _ = told(database, north, *rows, mode="complete")
    assert found["deactivated"] == 4
    assert found["unit"] == 1


def test_a_complete_list_below_a_unit_leaves_others_alone(database: Database, north: int) -> None:
    with database.read(north) as session:
        team = next(view.id for view in queries.units(session) if view.name == "B")
    rows = [person("Leo", "N/E/B"), person("Ann", "N/E/A")]
    found, rejected, _ = told(database, north, *rows, mode="complete", scope_unit_id=team)
    assert found["deactivated"] == 1
    assert rejected == [(3, "outside_scope")]
    with pytest.raises(NotFound):
        told(database, north, *rows, mode="complete", scope_unit_id=10_000)


def test_a_rejected_row_makes_nobody_missing(database: Database, north: int) -> None:
    rows = [
        person("Rita", "N/E"),
        person("Lea", "N/E/A"),
        person("Ann", "N/E/A/x/y"),
        person("Abe", "N/E/A", user_type="boss"),
        person("Leo", "N/E/B"),
        person("Bo", "N//B"),
    ]
    found, rejected, _ = told(database, north, *rows, mode="complete")
    assert "deactivated" not in found
    assert [code for _, code in rejected] == ["unit_too_deep", "user_type_unknown", "unit_gap"]


def test_leaders_are_said_or_told_by_their_people(database: Database, north: int) -> None:
    said = person("Abe", "N/E/A", manager="Lea", leads=["N/E/A"])
    run(database, north, said, person("Ann", "N/E/A", manager="Lea", leads=[]))
    assert ("N/E/A", "mail:abe@x.example", "said") in state(database, north)["leaders"]
    assert ("N/E/A", "mail:lea@x.example", "inferred") not in state(database, north)["leaders"]
    # A file without the column leaves the said leader alone, whoever shares a manager.
    run(database, north, person("New", "N/E/A", manager="Lea"))
    assert ("N/E/A", "mail:abe@x.example", "said") in state(database, north)["leaders"]
    run(database, north, said._replace(leads=()))
    leaders = state(database, north)["leaders"]
    assert [unit for unit, _, _ in leaders] == ["N/E/B"]


def test_a_unit_without_people_closes_and_opens_again(database: Database, north: int) -> None:
    run(database, north, person("Leo", "N/E/A"), person("Bo", "N/E/A"))
    assert ("N/E/B", 2, False) in state(database, north)["units"]
    with database.read(north) as session:
        assert [view.name for view in queries.units(session)] == ["N", "E", "A"]
    run(database, north, person("Bo", "N/E/B"))
    assert ("N/E/B", 2, True) in state(database, north)["units"]


def test_who_comes_back_is_reactivated(database: Database, north: int) -> None:
    rows = [person("Rita", "N/E"), person("Lea", "N/E/A")]
    run(database, north, *rows, mode="complete")
    assert set(people(database, north)) == {"Rita", "Lea"}
    found, _, _ = told(database, north, person("Bo", "N/E/A"))
    assert found["reactivated"] == 1
    run(database, north, person("Bo", "N/E/A"))
    assert set(people(database, north)) == {"Rita", "Lea", "Bo"}


def test_a_suspected_change_of_address_waits_for_an_answer(database: Database, north: int) -> None:
    row = person("Ann", "N/E/A", email="ann.new@x.example", manager="Lea")
    ann = people(database, north)["Ann"].id
    with database.write(north) as session:
        plan_id = plan(session, row)
        suspect = plan_rows(session, plan_id, "suspect")[0]
        assert counts(session, plan_id) == {"suspect": 1}
        assert (suspect.changes[0].before, suspect.changes[0].after) == (
            "ann@x.example",
            "ann.new@x.example",
        )
        with pytest.raises(InvalidInput) as caught:
            apply(session, plan_id)
        assert caught.value.code == "suspects_undecided"
        apply(session, plan_id, same=True)
    after = people(database, north)
    assert len(after) == 6
    assert after["Ann"].email == "ann.new@x.example"
    assert after["Ann"].id == ann


def test_two_people_of_one_name_are_two_when_somebody_says_so(
    database: Database, north: int
) -> None:
    row = person("Ann", "N/E/A", email="ann.new@x.example")
    run(database, north, row)
    assert len(people_named(database, north, "Ann")) == 2
    assert told(database, north, row)[0] == {}


def people_named(database: Database, organization_id: int, name: str) -> list[queries.PersonView]:
    with database.read(organization_id) as session:
        return [view for view in queries.people_in(session) if view.name == name]


def test_plans_are_listed_and_paged(database: Database, north: int) -> None:
    rows = [person(f"P{i}", "N/E/A", manager="P3") for i in range(25)]
    with database.write(north) as session:
        plan_id = plan(session, *rows)
        page = plan_rows(session, plan_id, "added", start=20, count=10)
        assert [(row.position, row.name) for row in page] == [(i, f"P{i}") for i in range(20, 25)]
        assert page[0].changes[-1].after == "p3@x.example"
        assert next(iter(plans(session))).id == plan_id
        assert not plan_view(session, plan_id).outdated
        assert plan_rows(session, plan_id, "added", start=100) == []
        apply(session, plan_id)
        page = plan_rows(session, plan_id, "added", start=20, count=1)
        assert queries.person(session, page[0].person_id or 0).name == "P20"
        assert session.get(ChangePlan, plan_id).state == "applied"


def test_what_is_only_told_is_read_without_the_tree(database: Database, north: int) -> None:
    with database.write(north) as session:
        plan_id = plan(session, person("X", "N//A"), person("Y", "N", language="?"))
    for kind in ("rejected", "notice"):
        with database.read(north) as session, counted(session) as seen:
            assert len(plan_rows(session, plan_id, kind)) == 1
        assert seen["statements"] == 3  # the plan, the version of the people, the rows
