"""What is older than it is kept goes, what is younger stays, and nothing that was published changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from sos_core.access.accounts import GONE
from sos_core.access.continuation import Holder
from sos_core.access.sessions import begin_session
from sos_core.access.tables import AccessToken, Account
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs.tables import Job
from sos_core.organizations.audit_queries import all_audit_entries, verify_audit
from sos_core.organizations.commands import create_organization
from sos_core.people import by_hand
from sos_core.people.queries import ERASED, find_by_email
from sos_core.people.tables import ChangeChunk, ChangePlan, Person
from sos_core.personal_data import sweeping
from sos_core.personal_data.kinds import KINDS
from sos_core.personal_data.limits import LIMITS, limits_of
from sos_core.personal_data.retention import change_retention, due
from sos_core.results.stored import recomputes
from sos_core.surveys.tables import Participation, Reminder
from tests.conftest import AUDIT_KEYS
from tests.people import support
from tests.personal_data.growing_old import ACTOR, Age
from tests.personal_data.history import FIGURES, History, dump, naming

USUAL = limits_of({})
EDGES = sorted({limit.usual + step for limit in LIMITS for step in (-1, 0, 1)})
FOUND = HealthCheck.function_scoped_fixture, HealthCheck.too_slow


@given(data=st.data())
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=FOUND)
def test_whatever_is_older_goes_and_nothing_younger_does(
    database: Database, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory, data
) -> None:
    ages = data.draw(
        st.lists(st.sampled_from(EDGES) | st.integers(1, 3700), min_size=1, unique=True, max_size=6)
    )
    folder = tmp_path_factory.mktemp("old")
    with database.write(None) as session:
        organization_id = create_organization(
            session, name=f"Firm {folder.name}", language="en", time_zone="UTC", now=clock()
        )
    age = Age(database, organization_id, folder, clock())
    age.everything(ages)
    for days in ages:
        age.mail(days, f"Firm {folder.name}")
    with age.read() as session:
        would_go = due(session, USUAL, now=age.now, mail_dir=age.folder / "mail")
    while age.sweep.run(age.now):
        pass
    left = expected(ages, USUAL)
    assert age.remaining() == left
    gone = {kind: len(ages) - len(found) for kind, found in left.items()}
    assert would_go == gone
    with age.read() as session:
        noted = [entry.details for entry in all_audit_entries(session)]
        assert noted == ([{k: v for k, v in would_go.items() if v}] if any(gone.values()) else [])
        assert verify_audit(session, AUDIT_KEYS, {}).broken is None


def test_people_stay_whom_something_still_needs(age: Age) -> None:
    with age.write() as session:
        names = ("gone", "asked", "viewer", "named", "manager", "waiting", "here")
        ids = {name: age.left(session, name, 900) for name in names}
        session.get(Person, ids["here"]).active = True
        survey_id = age.survey(session, -3, "open")
        age.take_part(session, survey_id, ids["asked"])
        age.take_part(session, age.survey(session, 800), ids["gone"])
        for name, rights in (("viewer", True), ("gone", False)):
            age.invitation(
                session,
                1,
                name=name,
                state="active",
                person_id=ids[name],
                sees_everything=rights,
                email_key=name,
            )
        rows = {"digest": [[ids["here"], 7]], "touched": [ids["here"]]}
        age.plan(session, 3, named=[ids["named"]], **rows)
        row = [ids["here"], "i", "n", "", None, None, "en", "p", None, ids["manager"], "x", True]
        age.plan(session, 2, was__people=[row])
        age.plan(session, 1, "open", deactivated=[[ids["waiting"]]])
    assert not age.sweep.run(age.now)
    with age.read() as session:
        known = set(session.scalars(select(Person.name).where(Person.source != ERASED)))
        assert known == set(names) - {"gone"}
        accounts = dict(iter(session.execute(select(Account.name, Account.state))))
        assert accounts == {"viewer": "active", "": GONE}
        assert session.scalar(select(func.count()).select_from(Participation)) == 2


def test_nobody_is_forgotten_while_a_plan_is_carried_out(age: Age) -> None:
    with age.write() as session:
        age.left(session, "gone", 900)
        plan_id = age.plan(session, 0)
        session.get(ChangePlan, plan_id).state = "applying"
    age.sweep.run(age.now)
    with age.read() as session:
        assert session.scalar(select(Person.source)) == "excel"


def test_somebody_who_came_back_in_between_counts_from_the_last_time(age: Age) -> None:
    with age.write() as session:
        person_id = age.left(session, "left900", 900)
        again = age.plan(session, 700, "undone", touched=[person_id])
        session.get(ChangePlan, again).title = "–"
    age.sweep.run(age.now)
    assert age.remaining()["people"] == ["900"]
    age.sweep.run(age.now + timedelta(days=31))
    assert age.remaining()["people"] == []


def test_who_was_deactivated_by_hand_is_forgotten_when_their_time_is_over(age: Age) -> None:
    people = [support.person("Ann", "North"), support.person("Bo", "North", manager="Ann")]
    support.run(age.database, age.organization_id, *people)
    with age.write() as session:
        ann, bo = session.scalars(select(Person.id).order_by(Person.id))
        by_hand.deactivate_person(session, ann, actor=ACTOR, now=age.at(-100))
    for day, left in ((830, {"Ann", "Bo"}), (831, {"Bo"})):
        age.sweep.run(age.at(-day))
        with age.read() as session:
            found = session.scalars(select(Person).where(Person.source != ERASED)).all()
            assert {row.name for row in found} == left
    assert [(row.id, row.manager_id) for row in found] == [(bo, None)]
    again = support.person("Ann", "North")
    support.run(age.database, age.organization_id, *people[1:], again)
    with age.read() as session:
        assert find_by_email(session, "ann@x.example").id not in (ann, bo)
        assert verify_audit(session, AUDIT_KEYS, {}).broken is None


def test_an_open_plan_that_nobody_decided_is_discarded(age: Age) -> None:
    with age.write() as session:
        plan_id = age.plan(session, 400, "open", added=[["x"]])
    age.sweep.run(age.now)
    with age.read() as session:
        plan = session.get(ChangePlan, plan_id)
        assert (plan.state, plan.decided_by, plan.title) == ("discarded", "system", "–")
        assert not session.scalars(select(ChangeChunk.kind)).all()


def test_an_invited_administrator_stays_while_nobody_else_administers(age: Age) -> None:
    with age.write() as session:
        age.invitation(session, 400, administrator=True)
    age.sweep.run(age.now)
    assert len(age.remaining()["invitations"]) == 1
    with age.write() as session:
        age.invitation(session, 0, administrator=True, state="active", name="boss", email_key="b")
    age.sweep.run(age.now)
    assert age.remaining()["invitations"] == []


def test_mails_that_name_several_organizations_stay_for_the_longest(age: Age) -> None:
    with age.database.write(None) as session:
        other = create_organization(
            session, name="Acme Nordic", language="en", time_zone="UTC", now=age.now
        )
    with age.database.write(other) as session:
        change_retention(session, {"mails": 200}, actor=ACTOR, now=age.now)
    for days, name in ((100, "Acme"), (101, "Acme Nordic"), (201, "Acme Nordic"), (300, "Nobody")):
        age.mail(days, name)
    age.sweep.run(age.now)
    assert age.mails() == ["101", "300"]
    for organization_id in (age.organization_id, other):
        with age.database.read(organization_id) as session:
            assert [*all_audit_entries(session)][-1].details == {"mails": 1}


def test_one_run_is_bounded_and_the_next_ones_go_on(
    age: Age, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MAILS_A_RUN", 2)
    few = [replace(kind, most=500) if kind.name == "jobs" else kind for kind in KINDS]
    monkeypatch.setattr(sweeping, "KINDS", few)
    with age.write() as session:
        survey_id = age.survey(session, 400)
        for number in range(7):
            person_id = age.person(session, f"here{number}", active=True)
            session.add(
                Reminder(survey_id=survey_id, person_id=person_id, step="invitation", state="sent")
            )
        session.add_all(age.failure(session, 100 + number) for number in range(501))
    for days in (1, 2, 3, 400, 500):
        age.mail(days)
    sweep = age.sweep
    sweep.sweep(age.now)
    assert len(age.remaining()["jobs"]) == 1
    assert len(age.mails()) >= 3
    for _ in range(4):
        sweep.sweep(age.now)
    assert age.remaining()["jobs"] == []
    assert age.mails() == ["1", "2", "3"]
    with age.write() as session:
        age.failure(session, 100)
    sweep.sweep(age.now + timedelta(hours=23))  # all was swept within the day
    assert age.remaining()["jobs"] == ["100"]
    sweep.sweep(age.now + timedelta(hours=25))
    assert age.remaining()["jobs"] == []


def test_ended_sessions_and_strangers_jobs_go_whatever_the_limits(age: Age) -> None:
    with age.database.write(None) as session:
        for organization_id in (None, age.organization_id):
            holder = Holder(organization_id, 1)
            begin_session(session, holder, now=age.at(1), made_by="password")
            begin_session(session, holder, now=age.at(0), made_by="password")
        for days in (29, 31):
            age.failure(session, days)
        age.failure(session, 31, "ready")
    age.sweep.run(age.now)
    with age.database.read(None) as session:
        assert session.scalar(select(func.count()).select_from(AccessToken)) == 2
        left = session.execute(select(Job.body, Job.state).order_by(Job.id))
        assert [(body[0], state) for body, state in left] == [(29, "dead"), (31, "ready")]


def test_a_sweep_of_years_leaves_results_proofs_and_log_whole(history: History) -> None:
    """Everybody has left for years: names go, bare numbers, figures and the chain stay."""
    history.world.close(history.open)
    clock, organization_id = history.world.clock, history.world.organization_id
    with history.write() as session:
        session.execute(update(Person).values(active=False))
        # Jobs grow old by the database's clock.
        made = datetime.now(UTC) - timedelta(days=1200)
        session.execute(update(Job).values(state="dead", created_at=made))
        for account in session.scalars(select(Account)):
            account.sees_everything = account.administrator = False
    published, before = dump(history.world.database, *FIGURES[:3]), _parts(history)
    clock.advance(days=1200)
    sweep = Age(history.world.database, organization_id, history.folder, clock()).sweep
    while sweep.run(clock()):
        pass
    for known in history.people:
        assert naming(history.world.database, known) == []
    assert not list((history.folder / "mail").glob("*.eml"))
    assert dump(history.world.database, *FIGURES[:3]) == published
    assert _parts(history) == before
    assert history.unbroken()
    with history.read() as session:
        assert all(recomputes(session, survey) for survey in (history.closed, history.open))
        entries = [e.details for e in all_audit_entries(session) if e.verb == "retention.swept"]
    assert sum(entry.get("people", 0) for entry in entries) == len(history.people)
    sweep.run(clock())
    with history.read() as session:
        again = [e for e in all_audit_entries(session) if e.verb == "retention.swept"]
    assert len(again) == len(entries)


def _parts(history: History) -> list[tuple[int, int, int, bool]]:
    """Return every participation: later surveys count on who took part."""
    columns = (
        Participation.survey_id,
        Participation.person_id,
        Participation.unit_index,
        Participation.done,
    )
    with history.read() as session:
        rows = session.execute(
            select(*columns).order_by(Participation.survey_id, Participation.person_id)
        )
        return [tuple(row) for row in rows]


def expected(ages: Sequence[int], days: dict[str, int]) -> dict[str, list[str]]:
    """Return the ages of what has to be left under limits: whatever is not older than they say."""
    return {
        # A job is a minute older than it says.
        limit.kind: [
            str(age)
            for age in sorted(ages)
            if (age < days[limit.kind] if limit.kind == "jobs" else age <= days[limit.kind])
        ]
        for limit in LIMITS
    }
