"""An erasure leaves no word of a person anywhere, and all figures and the audit chain as they were."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from sos_core.access.accounts import GONE
from sos_core.access.commands import create_account
from sos_core.access.tables import AccessToken, Account
from sos_core.ballots.tables import Ballot
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, InvalidInput, NotFound
from sos_core.organizations.commands import create_organization
from sos_core.people import by_hand
from sos_core.people.plan_queries import plans
from sos_core.people.queries import find_by_email, people_in, person
from sos_core.people.tables import Person
from sos_core.people.undoing import undo_plan
from sos_core.personal_data.files import NOTE, mails_to
from sos_core.records import PersonRecord
from sos_core.surveys.running import begin_closing
from sos_core.surveys.tables import Participation
from tests.personal_data.history import ACTOR, FIGURES, History, dump, naming


@given(seed=st.integers(0, 10_000), data=st.data())
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_names_the_person_and_nothing_published_changes(
    database: Database, clock: ManualClock, tmp_path_factory, seed: int, data
) -> None:
    with database.write(None) as session:
        organization_id = create_organization(
            session, name=f"Acme {seed}", language="en", time_zone="Europe/Stockholm", now=clock()
        )
    history = History.of(database, clock, organization_id, tmp_path_factory.mktemp("history"))
    history.live(seed)
    chosen = data.draw(st.integers(0, len(history.people) - 1))
    published = dump(database, *FIGURES[:3])
    for known in (history.people[chosen], history.people[chosen - 1]):
        assert {"person", "undeliverable", "change_chunk"} & set(naming(database, known))
        history.erase(known)
        assert naming(database, known) == []
        assert not any(known.email.encode() in path.read_bytes() for path in _mails(history))
    assert dump(database, *FIGURES[:3]) == published
    assert history.unbroken()
    assert len(_mails(history)) == len(history.people) - 2


def _mails(history: History) -> list[Path]:
    return list((history.folder / "mail").glob("*.eml"))


def test_only_mails_to_the_very_address_are_the_persons(history: History) -> None:
    known, folder = history.people[2], history.folder / "mail"
    before = set(_mails(history))
    others = (f"jo{known.email}", f"{known.email}.example")
    stay = {history.mail(to, name="Ann, Jo") for to in others}
    own = [row["to"] for row in history.export(known, own=True).sections["mail_files"]]
    assert len(own) == 1
    history.erase(known)
    left = set(_mails(history))
    assert stay <= left
    assert len(before - left) == 1
    foreign = history.mail("ann@例子.example")
    assert [mail.path for mail in mails_to(folder, ["Ann@例子.example"], "Acme")] == [foreign]


def test_an_erasure_asks_for_the_name_and_can_be_repeated(history: History) -> None:
    known = history.people[3]
    with pytest.raises(InvalidInput) as refused:
        history.erase(known, confirmation="yes")
    assert refused.value.code == "erasure_not_confirmed"
    first = history.erase(known, confirmation=f"  {known.name.upper()} ")
    assert first.plans >= 1
    assert not first.again
    assert history.erase(known, confirmation="").again
    with history.read() as session, pytest.raises(NotFound):
        person(session, known.id)
    with pytest.raises(NotFound):
        history.export(known, own=False)


def test_the_open_survey_loses_the_ballot_and_the_closed_one_keeps_a_number(
    history: History,
) -> None:
    with history.read() as session:
        done = set(
            session.scalars(
                select(Participation.person_id).where(
                    Participation.survey_id == history.open, Participation.done
                )
            )
        )
        before = session.scalar(select(func.count()).select_from(Ballot))
    answered = next(known for known in history.people if known.id in done)
    silent = next(known for known in history.people if known.id not in done)
    for known in (answered, silent):
        assert history.erase(known).surveys == 1
    with history.read() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == before - 1
        left = session.execute(
            select(Participation.survey_id, Participation.done).where(
                Participation.person_id.in_([answered.id, silent.id])
            )
        ).all()
    assert left == [(history.closed, True)] * 2


def test_the_survey_closes_without_the_erased(history: History) -> None:
    for known in history.people[:3]:
        history.erase(known)
    history.world.close(history.open)
    assert history.world.released == [history.closed, history.open]


def test_a_survey_that_is_being_counted_is_waited_for(history: History) -> None:
    history.world.clock.advance(days=15)
    with history.write() as session:
        begin_closing(session, history.open, now=history.world.clock())
    known = history.people[0]
    with pytest.raises(Conflict) as refused:
        history.erase(known)
    assert refused.value.code == "survey_being_counted"
    with history.read() as session:
        assert person(session, known.id).name == known.name


def test_plans_that_named_the_person_are_emptied_and_undo_refuses(history: History) -> None:
    known = history.people[5]
    now = history.world.clock()
    with history.write() as session:
        record = PersonRecord(name="Somebody Else")
        apart = by_hand.edit_person(session, history.people[6].id, record, actor=ACTOR, now=now)
    history.erase(known)
    with history.read() as session:
        views = {view.id: view for view in plans(session)}
    assert views[apart].title == "Somebody Else"
    assert views[1].title == "–"
    assert views[1].counts["added"] == len(history.people)
    assert (views[1].erased, views[apart].erased) == (True, False)
    with history.write() as session, pytest.raises(Conflict) as refused:
        undo_plan(session, 1, actor=ACTOR, now=now)
    assert refused.value.code == "plan_erased"
    with history.write() as session:
        undo_plan(session, apart, actor=ACTOR, now=now)


def test_a_later_file_makes_a_new_person(history: History) -> None:
    known = history.people[4]
    history.erase(known)
    now = history.world.clock()
    with history.write() as session:
        record = PersonRecord(name=known.name, email=known.email)
        by_hand.add_person(session, record, actor=ACTOR, now=now)
    with history.read() as session:
        found = find_by_email(session, known.email)
        assert found is not None
        assert found.id != known.id
        assert found.id not in set(
            session.scalars(select(Participation.person_id).where(Participation.done))
        )


def test_whoever_reported_to_the_person_reports_to_nobody(history: History) -> None:
    manager = history.people[0]
    with history.read() as session:
        reports = [view.id for view in people_in(session) if view.manager_id == manager.id]
    assert reports
    history.erase(manager)
    with history.read() as session:
        assert all(view.manager_id != manager.id for view in people_in(session, active=None))
        rows = session.scalars(select(Person).where(Person.id.in_(reports)))
        assert {row.digest for row in rows} == {None}


def test_accounts_and_sessions_go_with_the_person(history: History) -> None:
    with history.read() as session:
        held = session.scalars(select(Account).where(Account.person_id.is_not(None))).all()
        account = Random(3).choice(held)
        known = next(one for one in history.people if one.id == account.person_id)
    assert history.erase(known).accounts == 1
    with history.read() as session:
        row = session.get_one(Account, account.id)
        assert (row.state, row.name, row.email, row.person_id) == (GONE, "", "", None)
        tokens = select(AccessToken).where(AccessToken.account_id == account.id)
        assert session.scalars(tokens).all() == []


def test_the_last_administrator_is_not_erased(history: History) -> None:
    known = history.people[7]
    with history.write() as session:
        create_account(
            session,
            email=known.email.replace("@", ".admin@"),
            name="Ada",
            password="a long enough password",
            administrator=True,
            person_id=known.id,
            now=history.world.clock(),
            actor=ACTOR,
        )
    with pytest.raises(Conflict) as refused:
        history.erase(known)
    assert refused.value.code == "last_administrator"


def test_the_upload_of_an_open_plan_goes(history: History) -> None:
    with history.read() as session:
        [waiting] = [view.id for view in plans(session) if view.state == "open"]
    folder = history.reach.uploads_dir
    name = f"1-{'a' * 32}"
    (folder / name).mkdir(parents=True)
    (folder / name / "people.xlsx").write_bytes(b"x")
    note = folder / NOTE.format(organization=history.world.organization_id, plan=waiting)
    note.write_text(name, "ascii")
    named = [known for known in history.people if known.name in _rejected(history, waiting)]
    history.erase(named[0])
    assert list(folder.iterdir()) == []


def _rejected(history: History, plan_id: int) -> str:
    return str(
        [
            value
            for table, value in dump(history.world.database, "change_chunk")
            if table == "change_chunk" and b"Again" in value
        ]
    ) + str(plan_id)
