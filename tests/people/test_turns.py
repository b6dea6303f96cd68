"""Plans that are carried out in many transactions: as if it were one, whatever happens between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import TryLater, Unavailable
from sos_core.jobs.tables import Job
from sos_core.organizations.audit_queries import audit_entries
from sos_core.people import applier, applying, by_hand
from sos_core.people.applying import apply_in_turns, carry_on
from sos_core.people.jobs import SILENCE, PeopleJobs
from sos_core.people.personal import erase, traces_of
from sos_core.people.plan_queries import plan as plan_view
from sos_core.people.planning import decide_suspects, discard_plan
from sos_core.people.tables import ChangePlan, Person
from sos_core.people.undoing import NOWHERE, undo_plan
from tests.people.support import ACTOR, NOW, apply, new_organization, person, plan, run, state
from tests.people.test_properties import files

ROWS = [
    person("Ann", "N/E/A", "N/E/B", manager="Zoe"),  # whose manager comes after her
    person("Bo", "N/E/B", manager="Ann"),
    person("Zoe", "N/E", leads=["N/E"]),
    person("Cy", "S/W", manager="Bo", language="sv"),
]
BASE = [person("Bo", "N/E/A", manager="Old"), person("Old", "N/X"), person("Cy", "S/W")]


class Killed(BaseException):
    """The end of a process, as far as one can have it without ending."""


class Turns:
    """Ends every transaction after its first part; the ``fatal``-th is the last."""

    def __init__(self, fatal: int = 0, error: BaseException | None = None) -> None:
        self.count = 0
        self._fatal = fatal
        self._error = error or Killed()

    def __call__(self) -> bool:
        self.count += 1
        if self.count == self._fatal:
            raise self._error
        return True


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even the smallest plan carried out item by item."""
    steps = [(name, rules, 1) for name, rules, _ in applier.STEPS]
    monkeypatch.setattr(applier, "STEPS", steps)
    monkeypatch.setattr(applying, "SMALL", 0)


def in_turns(
    database: Database, organization_id: int, plan_id: int, enough: Callable[[], bool]
) -> None:
    with database.read(organization_id) as session:
        confirmation = plan_view(session, plan_id).confirmation
    given = {"actor": ACTOR, "now": NOW, "clock": lambda: NOW, "confirmation": confirmation}
    apply_in_turns(database, organization_id, plan_id, enough=enough, **given)


def planned(
    database: Database, organization_id: int, file: tuple, same: bool
) -> tuple[int, dict[str, object]]:
    """Return a plan whose suspects are decided, and everything as it is before."""
    rows, mode = file
    with database.write(organization_id) as session:
        plan_id = plan(session, *rows, mode=mode)
        suspects = len(plan_view(session, plan_id).same)
        answers = dict.fromkeys(range(suspects), same)
        decide_suspects(session, plan_id, answers, actor=ACTOR, now=NOW)
    return plan_id, state(database, organization_id)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    before=st.lists(files(), max_size=2),
    file=files(),
    same=st.booleans(),
    fatal=st.integers(1, 30),
)
def test_a_plan_that_is_killed_and_carried_on_is_as_if_it_had_been_applied_at_once(
    sqlite_database: Database, before: list, file: tuple, same: bool, fatal: int
) -> None:
    database, dumps = sqlite_database, []
    for killed in (False, True):
        organization_id = new_organization(database)
        for rows, mode in before:
            run(database, organization_id, *rows, mode=mode)
        plan_id, unchanged = planned(database, organization_id, file, same)
        if killed:
            try:
                in_turns(database, organization_id, plan_id, Turns(fatal))
            except Killed:
                carry_on(database, organization_id, plan_id, clock=lambda: NOW, enough=Turns())
        else:
            with database.write(organization_id) as session:
                apply(session, plan_id)
        dumps.append(state(database, organization_id))
        with database.write(organization_id) as session:
            undo_plan(session, plan_id, actor=ACTOR, now=NOW)
        assert state(database, organization_id) == unchanged
    assert dumps[0] == dumps[1]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=files(), file=files(), same=st.booleans(), fatal=st.integers(1, 30))
def test_a_plan_that_cannot_be_carried_on_is_taken_back(
    sqlite_database: Database, before: tuple, file: tuple, same: bool, fatal: int
) -> None:
    database = sqlite_database
    organization_id = new_organization(database)
    run(database, organization_id, *before[0], mode=before[1])
    plan_id, unchanged = planned(database, organization_id, file, same)
    try:
        in_turns(database, organization_id, plan_id, Turns(fatal, ZeroDivisionError()))
    except ZeroDivisionError:
        assert state(database, organization_id) == unchanged
        with database.read(organization_id) as session:
            assert plan_view(session, plan_id).state == "open"
        in_turns(database, organization_id, plan_id, Turns())
    with database.read(organization_id) as session:
        assert plan_view(session, plan_id).state == "applied"


def half_done(database: Database, organization_id: int, fatal: int = 4) -> int:
    """Return a plan whose process was killed in the middle."""
    run(database, organization_id, *BASE)
    with database.write(organization_id) as session:
        plan_id = plan(session, *ROWS)
    with pytest.raises(Killed):
        in_turns(database, organization_id, plan_id, Turns(fatal))
    with database.read(organization_id) as session:
        assert plan_view(session, plan_id).state == "applying"
    return plan_id


def test_nobody_else_changes_people_meanwhile(database: Database, organization_id: int) -> None:
    run(database, organization_id, person("Eva", "N"))
    with database.read(organization_id) as session:
        eva = session.scalars(select(Person.id)).one()
    with database.write(organization_id) as session:
        other = plan(session, person("X", "N"))
    half_done(database, organization_id)
    with database.read(organization_id) as session:
        traces = traces_of(session, eva)
        (first, *_) = session.scalars(select(ChangePlan.id).where(ChangePlan.state == "applied"))

    def refused(work: Callable[[OrganizationSession], object]) -> Unavailable:
        with pytest.raises(Unavailable) as caught, database.write(organization_id) as session:
            work(session)
        return caught.value

    who = {"actor": ACTOR, "now": NOW}
    found = [
        refused(lambda session: apply(session, other)),
        refused(lambda session: undo_plan(session, first, **who)),
        refused(lambda session: by_hand.deactivate_person(session, eva, **who)),
        refused(lambda session: plan(session, person("Y", "N"))),
        refused(lambda session: erase(session, traces, **who)),
    ]
    assert {error.code for error in found} == {"people_changing"}
    assert "people.xlsx" in found[0].what
    with database.write(organization_id) as session:
        discard_plan(session, other, **who)


def test_the_people_are_locked_before_the_plan(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an undo and an erasure do, which would else wait for a plan that waits for them."""
    organization_id = new_organization(sqlite_database)
    with sqlite_database.write(organization_id) as session:
        plan_id = plan(session, *ROWS)
    order: list[str] = []

    def noted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object) -> object:
            order.append(name)
            return real(*given)

        return call

    for name in ("lock_version", "find_plan"):
        monkeypatch.setattr(applying, name, noted(name, getattr(applying, name)))
    in_turns(sqlite_database, organization_id, plan_id, Turns())
    assert order[:2] == ["lock_version", "find_plan"]


def test_a_plan_on_its_way_is_neither_discarded_nor_applied_again(
    database: Database, organization_id: int
) -> None:
    plan_id = half_done(database, organization_id)
    for work in (apply, lambda s, i: discard_plan(s, i, actor=ACTOR, now=NOW)):
        with pytest.raises(Unavailable), database.write(organization_id) as session:
            work(session, plan_id)


def test_a_job_finishes_what_a_process_left_behind(
    database: Database, organization_id: int
) -> None:
    plan_id = half_done(database, organization_id)
    with database.read(organization_id) as session:
        job = session.scalars(select(Job).where(Job.actor == applying.FINISH)).one()
        assert (job.body, job.visible_at) == ([organization_id, plan_id], NOW + applying.PATIENCE)
    with pytest.raises(TryLater):
        PeopleJobs(database, lambda: NOW, NOWHERE).finish(organization_id, plan_id)
    later = NOW + SILENCE + timedelta(seconds=1)
    for _ in range(2):
        PeopleJobs(database, lambda: later, NOWHERE).finish(organization_id, plan_id)
    with database.read(organization_id) as session:
        view = plan_view(session, plan_id)
        entries = audit_entries(session, limit=50)
    assert (view.state, view.decided_by, view.decided_at) == ("applied", ACTOR, NOW)
    subject = f"change_plan:{plan_id}"
    applied = [e for e in entries if (e.verb, e.subject) == ("people.plan_applied", subject)]
    assert [(entry.actor, entry.at) for entry in applied] == [(ACTOR, later)]


def test_two_who_carry_one_plan_on_do_it_once(database: Database, organization_id: int) -> None:
    plan_id = half_done(database, organization_id)

    class Between(Turns):
        """Has somebody else finish the plan between two transactions of ours."""

        def __call__(self) -> bool:
            self.count += 1
            return True

    ours = Between()
    real = applier.Applier.next_part

    def next_part(self: applier.Applier, session: OrganizationSession) -> object:
        found = real(self, session)
        if ours.count == 1:
            ours.count += 1
            carry_on(database, organization_id, plan_id, clock=lambda: NOW, enough=Turns())
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(applier.Applier, "next_part", next_part)
        carry_on(database, organization_id, plan_id, clock=lambda: NOW, enough=ours)
    with database.write(organization_id) as session:
        assert plan_view(session, plan_id).state == "applied"
        undo_plan(session, plan_id, actor=ACTOR, now=NOW)
    names = {row[1] for row in state(database, organization_id)["people"]}
    assert names == {"Bo", "Old", "Cy"}


def test_a_plan_made_meanwhile_elsewhere_keeps_its_ids(database: Database) -> None:
    ours, theirs = new_organization(database), new_organization(database)
    plan_id = half_done(database, ours, fatal=2)
    run(database, theirs, person("Hal", "N"))
    carry_on(database, ours, plan_id, clock=lambda: NOW, enough=Turns())
    with database.write(theirs) as session:
        assert [row.name for row in session.scalars(select(Person))] == ["Hal"]
    with database.write(ours) as session:
        undo_plan(session, plan_id, actor=ACTOR, now=NOW)
    assert {row[1] for row in state(database, theirs)["people"]} == {"Hal"}
