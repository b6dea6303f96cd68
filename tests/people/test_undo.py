"""Plans that are refused, discarded and undone."""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from sos_core.content import message
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput, NotFound
from sos_core.organizations.audit_queries import audit_entries
from sos_core.people import by_hand, queries
from sos_core.people.applying import apply_plan
from sos_core.people.plan_queries import plan as plan_view
from sos_core.people.planning import decide_suspects, discard_plan
from sos_core.people.tables import Person, Unit
from sos_core.people.undoing import NamedElsewhere, undo_plan
from sos_core.records import PersonRecord
from tests.people.support import ACTOR, NOW, apply, new_organization, person, plan, run, state

TEAM = [
    person("Lea", "N/E/A"),
    *(person(f"P{i}", "N/E/A", manager="Lea") for i in range(11)),
]


@pytest.fixture
def team(database: Database, organization_id: int) -> int:
    """Return an organization with one team of twelve."""
    run(database, organization_id, *TEAM)
    return organization_id


def undo(database: Database, organization_id: int, plan_id: int, **named: object) -> None:
    with database.write(organization_id) as session:
        undo_plan(session, plan_id, actor=ACTOR, now=NOW, **named)


def id_of(database: Database, organization_id: int, name: str) -> int:
    with database.read(organization_id) as session:
        return session.scalars(select(Person.id).where(Person.name == name)).one()


def test_a_plan_whose_base_has_changed_is_refused(database: Database, team: int) -> None:
    with database.write(team) as session:
        first = plan(session, person("X", "N"))
        second = plan(session, person("Y", "N"))
    with database.write(team) as session:
        apply(session, first)
    with database.read(team) as session:
        assert plan_view(session, second).outdated
    before = state(database, team)
    with pytest.raises(Conflict) as caught, database.write(team) as session:
        apply(session, second)
    assert caught.value.code == "plan_outdated"
    assert state(database, team) == before


def test_a_plan_is_decided_once(database: Database, team: int) -> None:
    with database.write(team) as session:
        applied, discarded = plan(session), plan(session, person("X", "N"))
        apply(session, applied)
        discard_plan(session, discarded, actor=ACTOR, now=NOW)
    for plan_id, code in ((applied, "plan_applied"), (discarded, "plan_discarded")):
        with pytest.raises(Conflict) as caught, database.write(team) as session:
            apply_plan(session, plan_id, actor=ACTOR, now=NOW)
        assert caught.value.code == code
    with pytest.raises(NotFound), database.write(team) as session:
        apply_plan(session, 10_000, actor=ACTOR, now=NOW)
    with pytest.raises(Conflict), database.write(team) as session:
        undo_plan(session, discarded, actor=ACTOR, now=NOW)


def test_many_deactivations_must_be_typed(database: Database, team: int) -> None:
    with database.write(team) as session:
        plan_id = plan(session, *TEAM[:5], mode="complete")
        view = plan_view(session, plan_id)
    assert (view.confirmation, view.reasons) == ("7", ("many_deactivated",))
    for typed in (None, "", "yes", "8"):
        with pytest.raises(InvalidInput) as caught, database.write(team) as session:
            apply_plan(session, plan_id, actor=ACTOR, now=NOW, confirmation=typed)
        assert caught.value.code == "confirmation_needed"
    with database.write(team) as session:
        apply_plan(session, plan_id, actor=ACTOR, now=NOW, confirmation=" 7 ")
        assert queries.people_count(session) == 5


def test_a_few_deactivations_need_no_confirmation(database: Database, team: int) -> None:
    with database.write(team) as session:
        plan_id = plan(session, *TEAM[:8], mode="complete")
        assert plan_view(session, plan_id).confirmation == ""


def test_a_complete_list_of_nobody_is_refused(database: Database, team: int) -> None:
    for rows in ([], [person("X", "N", email="broken")]):
        with pytest.raises(InvalidInput) as caught, database.write(team) as session:
            plan(session, *rows, mode="complete")
        assert caught.value.code == "complete_list_empty"


def test_rejected_rows_and_tiny_lists_ask_for_confirmation(database: Database, team: int) -> None:
    with database.write(team) as session:
        bad = person("X", "N", email="broken")
        view = plan_view(session, plan(session, *TEAM[:11], bad, mode="complete"))
        assert view.reasons == ("complete_list_with_rejections",)
        view = plan_view(session, plan(session, *TEAM[:2], mode="complete"))
        assert view.reasons == ("many_deactivated", "complete_list_tiny")


def test_an_undo_brings_back_every_field_unit_and_leader(database: Database, team: int) -> None:
    before = state(database, team)
    plan_id = run(
        database,
        team,
        person("Lea", "S/W"),
        person("P1 Q", "S/W/T", "N/E/A", email="p1@x.example", language="sv", manager="P2"),
        person("New", "S/W/T", manager="P1", leads=["S/W"]),
        mode="complete",
    )
    assert state(database, team) != before
    undo(database, team, plan_id)
    assert state(database, team) == before
    with database.read(team) as session:
        assert plan_view(session, plan_id).state == "undone"
        verbs = [entry.verb for entry in audit_entries(session, limit=3)]
        assert verbs == ["people.plan_undone", "people.plan_applied", "people.suspects_decided"]


def test_people_whom_a_survey_names_become_inactive(database: Database, team: int) -> None:
    plan_id = run(
        database, team, person("New", "S/W", leads=["S/W"]), person("Newer", "S/T", manager="New")
    )
    named = id_of(database, team, "New")

    def people(_session: OrganizationSession, ids: Collection[int]) -> set[int]:
        return {named} & set(ids)

    def units(session: OrganizationSession, ids: Collection[int]) -> set[int]:
        return set(session.scalars(select(Unit.id).where(Unit.name == "W", Unit.id.in_(ids))))

    undo(database, team, plan_id, named=NamedElsewhere(people, units))
    with database.read(team) as session:
        kept = queries.person(session, named)
        assert (kept.active, kept.unit_id, kept.email) == (False, None, "new@x.example")
        assert session.scalars(select(Person.name).where(Person.name == "Newer")).all() == []
        left = {view.name: view.active for view in queries.units(session, active=None)}
        assert left == {"N": True, "E": True, "A": True, "S": False, "W": False}
    run(database, team, person("New", "S/W"))
    assert id_of(database, team, "New") == named


def test_deciding_a_suspect_that_does_not_exist(database: Database, team: int) -> None:
    with database.write(team) as session:
        plan_id = plan(session, person("X", "N"))
        with pytest.raises(InvalidInput):
            decide_suspects(session, plan_id, {0: True}, actor=ACTOR, now=NOW)


def test_one_person_by_hand(database: Database, team: int) -> None:
    before = state(database, team)
    done = {"actor": ACTOR, "now": NOW}
    with database.write(team) as session:
        added = by_hand.add_person(session, person("New", "S/W", manager="Lea"), **done)
    new = id_of(database, team, "New")
    with database.write(team) as session:
        record = PersonRecord(name="Newer", email="newer@x.example", manager_email="")
        edited = by_hand.edit_person(session, new, record, **done)
        moved = by_hand.move_person(session, new, [("S", "T"), ("N",)], **done)
        gone = by_hand.deactivate_person(session, new, **done)
        view = queries.person(session, new)
        assert (view.name, view.email, view.manager_id, view.active) == (
            "Newer",
            "newer@x.example",
            None,
            False,
        )
        assert plan_view(session, gone).title == "Newer"
    for plan_id in (gone, moved, edited, added):
        undo(database, team, plan_id)
    assert state(database, team) == before


def test_what_cannot_be_done_by_hand(database: Database, team: int) -> None:
    lea = id_of(database, team, "Lea")
    done = {"actor": ACTOR, "now": NOW}
    refused = {
        "email_invalid": lambda s: by_hand.add_person(s, person("X", "N", email="x"), **done),
        "manager_unknown": lambda s: by_hand.add_person(s, person("X", "N", manager="Y"), **done),
        "language_unknown": lambda s: by_hand.add_person(s, person("X", "N", language="?"), **done),
        "email_taken": lambda s: by_hand.edit_person(
            s, lea, PersonRecord(name="", email="p1@x.example"), **done
        ),
        "manager_cycle": lambda s: by_hand.edit_person(
            s, lea, PersonRecord(name="", manager_email="p1@x.example"), **done
        ),
        "unit_too_deep": lambda s: by_hand.move_person(s, lea, [("a", "b", "c", "d")], **done),
    }
    before = state(database, team)
    for code, act in refused.items():
        with pytest.raises(InvalidInput) as caught, database.write(team) as session:
            act(session)
        assert caught.value.code == code
    with pytest.raises(Conflict) as known, database.write(team) as session:
        by_hand.add_person(session, person("Lea", "N"), **done)
    assert known.value.code == "person_exists"
    with pytest.raises(NotFound), database.write(team) as session:
        by_hand.deactivate_person(session, 10_000, **done)
    assert state(database, team) == before


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        (PersonRecord(name="", employee_id="7"), "employee_id", "7"),
        (PersonRecord(name="", email="left@x.example"), "email", "left@x.example"),
    ],
)
def test_what_identifies_somebody_else_is_said_to(
    sqlite_database: Database, change: PersonRecord, field: str, value: str
) -> None:
    organization_id = new_organization(sqlite_database)
    rows = [person("Lea", "N"), person("Ida", "N", employee_id="7"), person("Left", "N")]
    run(sqlite_database, organization_id, *rows)
    lea, left = (id_of(sqlite_database, organization_id, name) for name in ("Lea", "Left"))
    done = {"actor": ACTOR, "now": NOW}
    with sqlite_database.write(organization_id) as session:
        by_hand.deactivate_person(session, left, **done)
    with pytest.raises(InvalidInput) as caught, sqlite_database.write(organization_id) as session:
        by_hand.edit_person(session, lea, change, **done)
    assert caught.value.field == field
    what, _ = message("en", caught.value.code, caught.value.values) or ("", "")
    assert what == caught.value.what
    assert f"“{value}”" in what


def test_of_two_plans_applied_at_once_one_is_refused(database: Database, team: int) -> None:
    with database.write(team) as session:
        plans = [plan(session, person("X", "N")), plan(session, person("Y", "N"))]
    start = threading.Barrier(len(plans))

    def carry_out(plan_id: int) -> str:
        start.wait(timeout=30)
        try:
            with database.write(team) as session:
                apply_plan(session, plan_id, actor=ACTOR, now=NOW)
        except Conflict as error:
            return error.code
        return "applied"

    with ThreadPoolExecutor(len(plans)) as pool:
        assert sorted(pool.map(carry_out, plans)) == ["applied", "plan_outdated"]
    with database.read(team) as session:
        assert queries.people_count(session) == len(TEAM) + 1
        assert queries.people_version(session) == 2
