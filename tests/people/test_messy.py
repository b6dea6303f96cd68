"""Messy and hostile rows: each has one defined outcome, and good rows survive bad ones."""

from __future__ import annotations

import pytest

from sos_core.database import Database
from sos_core.people.comparison import Request
from sos_core.people.plan_queries import plan_rows
from sos_core.people.planning import make_plan
from sos_core.records import PeoplePage, PersonRecord, Rejection
from tests.people.support import (
    ACTOR,
    NOW,
    new_organization,
    numbered,
    people,
    person,
    run,
    state,
    told,
)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (person("X", "N", email="no address"), "email_invalid"),
        (person("X", "N", email="x@y@z"), "email_invalid"),
        (person("X", "N", email="x\x00@y.example"), "email_invalid"),
        (person("X", "N", email=None), "no_identity"),
        (person("X", "N", email="  "), "no_identity"),
        (person("", "N", email="x@y.example"), "name_missing"),
        (person("X" * 201, "N"), "too_long"),
        (person("X", "N", employee_id="9" * 101), "too_long"),
        (person("X", "N" * 201), "unit_name_too_long"),
        (person("X", "N/E/A/B"), "unit_too_deep"),
        (person("X", "N//A"), "unit_gap"),
        (person("X", "N", user_type="boss"), "user_type_unknown"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_others_survive(
    sqlite_database: Database, record: PersonRecord, code: str
) -> None:
    organization_id = new_organization(sqlite_database)
    good = person("Good", "N/E")
    found, rejected, _ = told(sqlite_database, organization_id, record, good)
    assert rejected == [(2, code)]
    assert found["added"] == 1


def test_rejections_of_the_source_come_first_in_line(database: Database, north: int) -> None:
    broken = Rejection("cell_error", "Cell B9 shows an error.", "Correct it.", 9, "Email")
    page = PeoplePage(records=numbered([person("X", "N//A")]), rejections=[broken])
    with database.write(north) as session:
        plan_id = make_plan(session, [page], Request(source="excel"), actor=ACTOR, now=NOW)
        rows = plan_rows(session, plan_id, "rejected")
        assert [(row.row, row.column, row.code) for row in rows] == [
            (2, "unit", "unit_gap"),
            (9, "Email", "cell_error"),
        ]
        assert rows[0].what == "A unit above “A” has no name."


def test_names_in_every_script_survive(database: Database, organization_id: int) -> None:
    names = ["שרה לוי", "محمد علي", "王小明", "Zoë Ångström", "می\u200cخواهم", "O'Neill-Ørsted"]
    run(
        database,
        organization_id,
        *(person(name, "北区/東", email=f"p{i}@x.example") for i, name in enumerate(names)),
        person("Evil\u202e\x07 Name", "北区 /東", email="evil@x.example"),
    )
    assert set(people(database, organization_id)) == {*names, "Evil Name"}
    assert len(state(database, organization_id)["units"]) == 2


def test_spellings_of_one_unit_and_one_address_meet(database: Database, north: int) -> None:
    found, _, notices = told(
        database,
        north,
        person("Ann", "n/e/a", email=" Ann@X.EXAMPLE"),
        person("New", "N/ E /a", manager="Lea"),
        person("Ｎｅｗ２", "Ｎ/E/A", email="ｎｅｗ２@x.example", manager="LEA"),
    )
    assert found == {"added": 2}
    assert notices == []


def test_one_person_in_two_teams_sits_in_the_first(database: Database, north: int) -> None:
    rows = [person("Ann", "N/E/B"), person("Ann", "N/E/A"), person("Ann", "N/E/A")]
    _, _, notices = told(database, north, *rows)
    assert notices == [(None, "leader_ambiguous"), (4, "duplicate_row")]
    run(database, north, *rows)
    found = state(database, north)
    assert found["memberships"] == [("mail:ann@x.example", 1, "N/E/A")]
    assert told(database, north, *rows)[0] == {"notice": 1}
    # The row that stood alone before is recognized by its digest, and still comes second.
    run(database, north, person("Abe", "N/E/B"), person("Abe", "N/E/A", manager="Lea"))
    assert ("mail:abe@x.example", 1, "N/E/A") in state(database, north)["memberships"]


def test_rows_that_contradict_each_other_keep_the_first(database: Database, north: int) -> None:
    rows = [person("Ann", "N/E/A", language="sv"), person("Ann", "N/E/A", language="nb")]
    found, _, notices = told(database, north, *rows)
    assert found == {"changed": 1, "notice": 1}
    assert notices == [(3, "rows_differ")]
    run(database, north, *rows)
    assert people(database, north)["Ann"].language == "sv"


def test_a_row_that_names_two_people_is_left_out_each_time(
    database: Database, organization_id: int
) -> None:
    rows = [
        person("Gus Q", email=None, employee_id="F1"),
        person("Gus", "N/W", email="gus@x.example"),
        person("Gus", employee_id="F1", email="gus@x.example"),
    ]
    found, rejected, _ = told(database, organization_id, *rows)
    assert (found["added"], rejected) == (2, [(4, "email_twice")])
    run(database, organization_id, *rows)
    assert told(database, organization_id, *rows)[0].keys() == {"rejected", "notice"}


def test_two_people_with_one_address(database: Database, north: int) -> None:
    rows = [
        person("New", "N", employee_id="1", email="new@x.example"),
        person("Newer", "N", employee_id="2", email="new@x.example"),
        person("Newest", "N", employee_id="3", email="ann@x.example"),
    ]
    found, rejected, _ = told(database, north, *rows)
    # Ann has no employee id: the third row gives her one.
    assert (found["added"], found["moved"], found["rejected"]) == (1, 1, 1)
    assert rejected == [(3, "email_twice")]
    run(database, north, *rows[2:])
    again = person("Other", "N", employee_id="4", email="ann@x.example")
    assert told(database, north, again)[1] == [(2, "email_taken")]


def test_addresses_may_be_exchanged(database: Database, north: int) -> None:
    run(
        database,
        north,
        person("Ann", "N/E/A", employee_id="1"),
        person("Abe", "N/E/A", employee_id="2"),
    )
    run(
        database,
        north,
        person("Ann", "N/E/A", employee_id="1", email="abe@x.example"),
        person("Abe", "N/E/A", employee_id="2", email="ann@x.example"),
    )
    views = people(database, north)
    assert (views["Ann"].email, views["Abe"].email) == ("abe@x.example", "ann@x.example")


def test_unknown_languages_keep_what_is_known(database: Database, north: int) -> None:
    rows = [person("Bo", "N/E/B", language="Klingon"), person("New", "N", language="繁體中文")]
    found, _, notices = told(database, north, *rows)
    assert (found["added"], "changed" in found) == (1, False)
    assert notices == [(2, "language_unknown"), (3, "language_unknown")]


def test_managers_unknown_self_and_in_a_circle(database: Database, north: int) -> None:
    rows = [
        person("Ann", "N/E/A", manager="Nobody"),
        person("Abe", "N/E/A", manager="Abe"),
        person("Rita", "N/E", manager="Ann"),
        person("New", "N/E/A", manager="New2"),
        person("New2", "N/E/A", manager="New"),
    ]
    found, _, notices = told(database, north, *rows)
    assert found["added"] == 2
    assert "changed" not in found
    assert [told for told in notices if told[0]] == [
        (2, "manager_unknown"),
        (3, "manager_self"),
        (4, "manager_cycle"),
        (5, "manager_cycle"),
        (6, "manager_cycle"),
    ]


def test_a_manager_may_be_named_by_the_old_or_the_new_address(
    database: Database, north: int
) -> None:
    run(database, north, person("Lea", "N/E/A", employee_id="7", manager="Rita"))
    rows = [
        person("Lea", "N/E/A", employee_id="7", email="lea.new@x.example", manager="Rita"),
        person("Ann", "N/E/A", manager="lea@x.example"),
        person("New", "N/E/A", manager="lea.new@x.example"),
    ]
    _, _, notices = told(database, north, *rows)
    assert notices == []
    run(database, north, *rows)
    views = people(database, north)
    assert {views["Ann"].manager_id, views["New"].manager_id} == {views["Lea"].id}


def test_a_name_at_two_places_is_two_units_and_told(database: Database, north: int) -> None:
    found, _, notices = told(database, north, person("New", "S/W/a", manager="Rita"))
    assert found["unit"] == 3
    assert notices == [(None, "leader_ambiguous"), (None, "unit_name_twice")]
