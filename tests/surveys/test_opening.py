"""What an opening copies and fixes, and what it refuses."""

# ruff: noqa: DTZ001 - wall times have no zone

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, InvalidInput, Unavailable
from sos_core.people.tables import ChangePlan, Person, Unit
from sos_core.results.rate_nodes import rate_nodes
from sos_core.surveys.commands import (
    SurveySettings,
    add_participant,
    begin_closing,
    choose_participants,
    close_early,
    create_survey,
    edit_survey,
    open_survey,
    schedule_survey,
    set_sealed,
    set_tallied,
)
from sos_core.surveys.participation import earlier_surveys, mark_done, participations
from sos_core.surveys.queries import leaders_at_opening, steps, survey, survey_tree
from tests.surveys.conftest import Crew, FakeKeys, add_person, new_survey


def open_now(database, crew, survey_id, clock, keys) -> None:
    with database.write(crew.organization_id) as session:
        open_survey(session, survey_id, now=clock(), actor="test", keys=keys, rate_nodes=rate_nodes)


def finish(database, crew, survey_id, clock) -> None:
    with database.write(crew.organization_id) as session:
        close_early(session, survey_id, now=clock(), actor="test")
        begin_closing(session, survey_id, now=clock())
        set_tallied(session, survey_id, now=clock())
        set_sealed(session, survey_id, now=clock())


def test_nothing_is_copied_while_people_are_being_changed(
    database: Database, crew: Crew, open_id: int, keys: FakeKeys, clock: ManualClock
) -> None:
    survey_id = new_survey(database, crew.organization_id, clock())
    with database.write(crew.organization_id) as session:
        forgotten = add_person(session, "forgotten", next(iter(crew.units.values())))
        plan = ChangePlan(state="applying", mode="change", source="excel", title="people.xlsx",
            base_version=0, counts={}, guard={}, created_by="test", created_at=clock())  # fmt: skip
        session.add(plan)
    with pytest.raises(Unavailable) as opening:
        open_now(database, crew, survey_id, clock, keys)
    with pytest.raises(Unavailable) as adding, database.write(crew.organization_id) as session:
        add_participant(session, open_id, forgotten, now=clock(), actor="test")
    assert opening.value.code == adding.value.code == "people_changing"
    with database.read(crew.organization_id) as session:
        assert survey(session, survey_id).state == "draft"


def test_copies_tree_people_languages_and_leaders(
    database: Database, crew: Crew, open_id: int, keys: FakeKeys, clock: ManualClock
) -> None:
    with database.read(crew.organization_id) as session:
        tree = survey_tree(session, open_id)
        assert [(u.index, u.parent_index, u.stop, u.name, u.level) for u in tree] == [
            (0, -1, 4, "Acme", -1),
            (1, 0, 4, "North", 0),
            (2, 1, 3, "Alpha", 1),
            (3, 1, 4, "Beta", 1),
        ]
        assert tree[0].unit_id is None
        assert [u.level_name for u in tree] == ["", "business_area", "region", "region"]
        parts = {part.person_id: part for part in participations(session, open_id)}
        expected = set(crew.people.values()) - {crew.people["viewer"], crew.people["gone"]}
        assert set(parts) == expected
        assert parts[crew.people["alpha3"]].unit_index == 2
        assert parts[crew.people["alpha3"]].language == "sw"
        assert not any(part.done for part in parts.values())
        assert leaders_at_opening(session, open_id) == {
            1: [crew.people["lead"]],
            2: [crew.people["alpha0"]],
            3: [crew.people["beta0"]],
        }
        view = survey(session, open_id)
        assert (view.state, view.opens_at) == ("open", clock())
        assert [step.kind for step in steps(session, open_id)] == [
            "invitation",
            "reminder_1",
            "reminder_2",
            "last_day",
        ]
    assert (crew.organization_id, open_id) in keys.kept


def test_later_changes_of_the_organization_move_nobody(
    database: Database, crew: Crew, open_id: int
) -> None:
    with database.write(crew.organization_id) as session:
        session.get_one(Person, crew.people["alpha3"]).unit_id = crew.units["beta"]
        session.get_one(Unit, crew.units["alpha"]).name = "Renamed"
    with database.read(crew.organization_id) as session:
        parts = {part.person_id: part for part in participations(session, open_id)}
        assert parts[crew.people["alpha3"]].unit_index == 2
        assert survey_tree(session, open_id)[2].name == "Alpha"


def test_chosen_units_and_people(
    database: Database, crew: Crew, draft_id: int, clock: ManualClock, keys: FakeKeys
) -> None:
    with database.write(crew.organization_id) as session:
        choose_participants(
            session,
            draft_id,
            units=[crew.units["alpha"]],
            people=[crew.people["beta1"]],
            without=[crew.people["alpha5"]],
            now=clock(),
            actor="test",
        )
    open_now(database, crew, draft_id, clock, keys)
    with database.read(crew.organization_id) as session:
        found = {part.person_id for part in participations(session, draft_id)}
    names = ["alpha0", "alpha1", "alpha2", "alpha3", "alpha4", "beta1"]
    assert found == {crew.people[name] for name in names}


def test_unspoken_language_falls_back(
    database: Database, crew: Crew, clock: ManualClock, keys: FakeKeys
) -> None:
    survey_id = new_survey(database, crew.organization_id, clock(), languages=["sv", "en"])
    open_now(database, crew, survey_id, clock, keys)
    with database.read(crew.organization_id) as session:
        parts = {part.person_id: part.language for part in participations(session, survey_id)}
    assert parts[crew.people["alpha0"]] == "sv"
    assert parts[crew.people["alpha1"]] == "en"


def test_too_few_people(
    database: Database, crew: Crew, draft_id: int, clock: ManualClock, keys: FakeKeys
) -> None:
    with database.write(crew.organization_id) as session:
        choose_participants(
            session, draft_id, units=[], people=[crew.people["lead"]], now=clock(), actor="test"
        )
    with pytest.raises(InvalidInput) as caught:
        open_now(database, crew, draft_id, clock, keys)
    assert caught.value.code == "survey_too_few_people"
    with database.write(crew.organization_id) as session, pytest.raises(InvalidInput):
        schedule_survey(session, draft_id, now=clock(), actor="test")
    assert keys.kept == {}


def test_nothing_can_be_edited_after_the_opening(
    database: Database, crew: Crew, open_id: int, clock: ManualClock, keys: FakeKeys
) -> None:
    with database.write(crew.organization_id) as session, pytest.raises(Conflict) as caught:
        edit_survey(session, open_id, SurveySettings(title="Other"), now=clock(), actor="test")
    assert caught.value.code == "survey_is_open"
    with pytest.raises(Conflict):
        open_now(database, crew, open_id, clock, keys)


def test_surveys_of_the_same_people_stay_a_month_apart(
    database: Database, crew: Crew, open_id: int, clock: ManualClock, keys: FakeKeys
) -> None:
    clock.advance(days=1)
    finish(database, crew, open_id, clock)
    second = new_survey(database, crew.organization_id, clock(), title="Second")
    clock.advance(days=1)
    with pytest.raises(Conflict) as caught:
        open_now(database, crew, second, clock, keys)
    assert caught.value.code == "survey_too_near"
    with database.write(crew.organization_id) as session, pytest.raises(Conflict) as caught:
        schedule_survey(session, second, now=clock(), actor="test")
    assert caught.value.code == "survey_too_near"
    clock.advance(days=29)
    third = new_survey(database, crew.organization_id, clock(), title="Third")
    open_now(database, crew, third, clock, keys)
    with database.read(crew.organization_id) as session:
        assert survey(session, third).previous_id == open_id
        assert earlier_surveys(session, third) == [open_id]


def test_a_forgotten_person_is_added_once(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    with database.write(crew.organization_id) as session:
        new = add_person(session, "late", crew.units["beta"], language="nb")
        session.flush()
        add_participant(session, open_id, new, now=clock(), actor="test")
    with database.read(crew.organization_id) as session:
        parts = {part.person_id: part for part in participations(session, open_id)}
    assert (parts[new].unit_index, parts[new].language) == (3, "nb")
    for person, code in ((new, "survey_takes_part_already"), (crew.people["viewer"], None)):
        with (
            database.write(crew.organization_id) as session,
            pytest.raises((Conflict, InvalidInput)) as caught,
        ):
            add_participant(session, open_id, person, now=clock(), actor="test")
        assert caught.value.code == (code or "survey_person_unfit")


def test_somebody_of_a_new_unit_is_counted_where_the_tree_was(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    with database.write(crew.organization_id) as session:
        unit = Unit(parent_id=crew.units["beta"], level=2, name="New", key="new", active=True)
        session.add(unit)
        session.flush()
        new = add_person(session, "late", unit.id)
        add_participant(session, open_id, new, now=clock(), actor="test")
    with database.read(crew.organization_id) as session:
        parts = {part.person_id: part.unit_index for part in participations(session, open_id)}
    assert parts[new] == 3


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"title": "  "}, "survey_title_wrong"),
        ({"title": "Spring\x07"}, "mail_header_unsafe"),
        ({"closes": datetime(2026, 3, 2, 8)}, "survey_times_wrong"),
        ({"publishes": datetime(2026, 3, 4, 8)}, "survey_publishes_too_early"),
        ({"audience": "everybody"}, "survey_audience_unknown"),
        ({"languages": ["tlh"]}, "survey_languages_wrong"),
        ({"languages": []}, "survey_languages_wrong"),
        ({"cuts": ["person:7"]}, "survey_cut_unknown"),
        ({"introductions": {"en": "x" * 2001}}, "survey_introduction_wrong"),
        ({"reminders": [{"kind": "daily"}]}, "survey_reminders_wrong"),
        ({"sender_name": "HR\r\nBcc: all@x.example"}, "mail_header_unsafe"),
        ({"time_zone": "Mars/Olympus"}, "unknown_time_zone"),
    ],
)
def test_settings_that_make_no_sense(
    sqlite_database: Database, clock: ManualClock, settings: dict, code: str
) -> None:
    from sos_core.organizations.commands import create_organization

    with sqlite_database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="Europe/Oslo", now=clock()
        )
    with (
        sqlite_database.write(organization_id) as session,
        pytest.raises(InvalidInput) as caught,
    ):
        create_survey(
            session, SurveySettings(**{"title": "Spring"} | settings), now=clock(), actor="test"
        )
    assert caught.value.code == code


def test_marking_done_is_idempotent_and_leaves_others(
    database: Database, crew: Crew, open_id: int
) -> None:
    chosen = [crew.people["alpha0"], crew.people["beta0"]]
    for _ in range(2):
        with database.write(crew.organization_id) as session:
            mark_done(session, open_id, chosen)
    with database.read(crew.organization_id) as session:
        done = [part.person_id for part in participations(session, open_id, done=True)]
    assert done == sorted(chosen)


def test_default_is_two_weeks(database: Database, crew: Crew, draft_id: int) -> None:
    with database.read(crew.organization_id) as session:
        view = survey(session, draft_id)
    assert view.closes_local - view.opens_local == timedelta(days=14)
    assert view.time_zone == "Europe/Stockholm"
