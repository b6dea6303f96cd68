"""Response rates in the database, printed codes, previews, and who sees what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sos_core.access.principal import Principal
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, NotFound
from sos_core.jobs import Jobs
from sos_core.surveys import links
from sos_core.surveys.commands import (
    begin_closing,
    cancel_survey,
    close_early,
    issue_codes,
    make_test_mail,
    preview,
    redeem_code,
    set_sealed,
    set_tallied,
)
from sos_core.surveys.participation import mark_done, rewrite_participation
from sos_core.surveys.queries import (
    due_to_close,
    people_with_codes,
    survey,
    surveys,
    surveys_of_person,
)
from sos_core.surveys.response import daily_rates, response_rate
from sos_core.surveys.sight import survey_sight
from tests.surveys.conftest import POST, Crew


def finish(database: Database, crew: Crew, survey_id: int, *names: str) -> None:
    with database.write(crew.organization_id) as session:
        mark_done(session, survey_id, [crew.people[name] for name in names])


def shown(database: Database, crew: Crew, survey_id: int) -> list[tuple[int | None, str]]:
    with database.read(crew.organization_id) as session:
        found = response_rate(session, survey_id)
    assert found is not None
    return [(figure.finished, figure.bound) for figure in found.figures]


def test_live_rates_move_by_three_and_settle_at_midnight(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, clock: ManualClock
) -> None:
    start = shown(database, crew, open_id)
    assert start == [(None, "at_most")] * 3
    finish(database, crew, open_id, "alpha0", "alpha1")
    clock.advance(minutes=5)
    jobs.drain()
    assert shown(database, crew, open_id) == start
    finish(database, crew, open_id, "alpha2")
    jobs.drain()
    live = shown(database, crew, open_id)
    assert sorted(live, key=str) == [(3, "exact"), (3, "exact"), (None, "at_most")]
    finish(database, crew, open_id, "alpha3", "alpha4", "alpha5", "lead")
    clock.advance(seconds=30)
    jobs.drain()
    assert shown(database, crew, open_id) == live
    clock.advance(seconds=30)
    jobs.drain()
    assert (None, "at_least") in shown(database, crew, open_id)
    finish(database, crew, open_id, "beta0")
    clock.advance(hours=1)
    jobs.drain()
    with database.read(crew.organization_id) as session:
        assert daily_rates(session, open_id) == []
    clock.advance(days=1)
    jobs.drain()
    with database.read(crew.organization_id) as session:
        found = response_rate(session, open_id)
        (day,) = daily_rates(session, open_id)
    assert found.figures[0].finished == 8
    assert day.day == date(2026, 3, 2)
    assert day.figures == found.figures


def test_the_close_settles_the_rates_and_fills_days_without_a_server(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    finish(database, crew, open_id, "alpha0", "beta0")
    clock.advance(days=3)
    with database.write(crew.organization_id) as session:
        close_early(session, open_id, now=clock(), actor="test")
        assert due_to_close(session, clock()) == [open_id]
        begin_closing(session, open_id, now=clock())
        begin_closing(session, open_id, now=clock())
    with database.read(crew.organization_id) as session:
        days = daily_rates(session, open_id)
    assert [day.day.day for day in days] == [2, 3, 4, 5]
    assert {day.figures[0].finished for day in days} == {2}


def test_closing_waits_for_the_close_and_goes_one_way(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    with database.write(crew.organization_id) as session, pytest.raises(Conflict):
        begin_closing(session, open_id, now=clock())
    clock.advance(days=15)
    with database.write(crew.organization_id) as session:
        begin_closing(session, open_id, now=clock())
        with pytest.raises(Conflict):
            cancel_survey(session, open_id, now=clock(), actor="test")
        set_tallied(session, open_id, now=clock())
        set_sealed(session, open_id, now=clock())
        set_sealed(session, open_id, now=clock())
        assert due_to_close(session, clock()) == []
        assert not survey(session, open_id).published(clock())
        assert survey(session, open_id).published(clock() + timedelta(days=2))


def test_rewriting_keeps_every_participation(database: Database, crew: Crew, open_id: int) -> None:
    finish(database, crew, open_id, "beta5", "alpha0")
    with database.read(crew.organization_id) as session:
        before = surveys_of_person(session, crew.people["beta5"])
    for _ in range(2):
        with database.write(crew.organization_id) as session:
            rewrite_participation(session, open_id)
    with database.read(crew.organization_id) as session:
        assert surveys_of_person(session, crew.people["beta5"]) == before
        assert before[0].done
        assert [view.id for view in surveys(session, states=["open"])] == [open_id]


def test_a_printed_code_lets_one_person_in_once(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    with database.write(crew.organization_id) as session:
        (first,) = issue_codes(session, open_id, secret=POST.secret, now=clock(), actor="test")
    assert first.person_id == crew.people["paper"]
    with database.write(crew.organization_id) as session:
        (second,) = issue_codes(session, open_id, secret=POST.secret, now=clock(), actor="test")
    for code in (first.code, "AAAA-BBBB-CCCC", ""):
        with pytest.raises(NotFound):
            redeem_code(database, code, secret=POST.secret, now=clock())
    with database.read(crew.organization_id) as session:
        assert people_with_codes(session, open_id) == {crew.people["paper"]: False}
    found = redeem_code(database, second.code.lower(), secret=POST.secret, now=clock())
    assert found == links.PersonalLink(crew.organization_id, open_id, crew.people["paper"])
    with pytest.raises(NotFound):
        redeem_code(database, second.code, secret=POST.secret, now=clock())
    with database.read(crew.organization_id) as session:
        assert people_with_codes(session, open_id) == {crew.people["paper"]: True}


def test_codes_of_named_people_end_with_the_survey(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    finish(database, crew, open_id, "alpha0")
    named = [crew.people["alpha0"], crew.people["alpha1"], crew.people["viewer"]]
    with database.write(crew.organization_id) as session:
        issued = issue_codes(
            session, open_id, secret=POST.secret, now=clock(), actor="test", person_ids=named
        )
    assert [code.person_id for code in issued] == [crew.people["alpha1"]]
    clock.advance(days=15)
    with pytest.raises(NotFound):
        redeem_code(database, issued[0].code, secret=POST.secret, now=clock())


def test_a_preview_tells_who_would_be_invited(
    database: Database, crew: Crew, draft_id: int, clock: ManualClock
) -> None:
    with database.read(crew.organization_id) as session:
        found = preview(session, draft_id, post=POST)
        mail = make_test_mail(
            session, draft_id, to="Admin@x.example", language="sw", now=clock(), post=POST
        )
    assert found.invited == 14
    assert found.without_address == (crew.people["paper"],)
    assert found.by_language == {"en": 2, "sv": 6, "sw": 6}
    token = found.link.removeprefix("https://sos.example/s/")
    assert links.read_preview_token(POST.secret, token) == links.PreviewLink(
        crew.organization_id, draft_id
    )
    assert mail.to == "admin@x.example"
    assert found.link in mail.text
    assert mail.language == "sw"


def test_sight_follows_the_frozen_tree_and_the_publish_date(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    clock.advance(days=15)
    with database.write(crew.organization_id) as session:
        begin_closing(session, open_id, now=clock())
        set_tallied(session, open_id, now=clock())
    everybody, lead = Principal(all_units=True), Principal(person_id=crew.people["lead"])
    with database.read(crew.organization_id) as session:
        assert survey_sight(session, open_id, everybody, now=clock()).figures == frozenset()
        clock.advance(days=2)
        now = clock()
        assert survey_sight(session, open_id, lead, now=now).figures == {0, 1, 2, 3}
        assert survey_sight(session, open_id, lead, now=now).comments == {1, 2, 3}
        boss = Principal(person_id=crew.people["alpha0"])
        team = survey_sight(session, open_id, boss, now=now)
        assert (team.figures, team.comments) == ({0, 1, 2}, {2})
        seller = Principal(person_id=crew.people["alpha1"])
        member = survey_sight(session, open_id, seller, now=now)
        assert member.figures == frozenset()
        viewer = Principal(granted=frozenset({crew.units["beta"], 10**6}))
        granted = survey_sight(session, open_id, viewer, now=now)
        assert granted.figures == {3}
        newcomer = Principal(led=frozenset({crew.units["beta"]}))
        new = survey_sight(session, open_id, newcomer, now=now)
        assert (new.figures, new.comments) == ({0, 1, 3}, {3})
        assert survey_sight(session, open_id, everybody, now=now).figures == {0, 1, 2, 3}


def test_another_organization_sees_nothing(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    from sos_core.organizations.commands import create_organization

    with database.write(None) as session:
        other = create_organization(
            session, name="Other", language="en", time_zone="Europe/Oslo", now=clock()
        )
    with database.read(other) as session:
        assert surveys(session) == []
        assert response_rate(session, open_id) is None
        with pytest.raises(NotFound):
            survey(session, open_id)
    with database.write(other) as session, pytest.raises(NotFound):
        cancel_survey(session, open_id, now=clock(), actor="test")
