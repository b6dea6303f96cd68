"""An address that passes from one person to another takes nobody's account along."""

from __future__ import annotations

from sqlalchemy import select

from sos_core.access.commands import create_account
from sos_core.access.tables import Account
from sos_core.people.queries import ERASED
from sos_core.people.tables import Person
from tests.personal_data.growing_old import ACTOR, Age
from tests.personal_data.history import History


def test_an_address_that_has_passed_on_is_its_new_owners(age: Age) -> None:
    with age.write() as session:
        age.left(session, "sales", 900)
        age.left(session, "alone", 900)
        heir = age.person(session, "heir", active=True)
        given = {"state": "active", "administrator": True}
        age.invitation(
            session, 1, name="heir", email_key="sales@x.example", person_id=heir, **given
        )
        age.invitation(session, 1, name="alone", email_key="alone@x.example", **given)
    assert not age.sweep.run(age.now)
    with age.read() as session:
        known = set(session.scalars(select(Person.name).where(Person.source != ERASED)))
        assert known == {"alone", "heir"}, "nobody's account of an address keeps whose it was"
        accounts = dict(iter(session.execute(select(Account.name, Account.state))))
        assert accounts == {"heir": "active", "alone": "active"}


def test_an_account_of_a_former_address_stays_its_new_owners(history: History) -> None:
    with history.read() as session:
        held = set(session.scalars(select(Account.person_id)))
    known, heir = [one for one in history.people if one.id not in held][:2]
    with history.write() as session:
        number = create_account(
            session,
            email=known.email,
            name="Heir",
            person_id=heir.id,
            now=history.world.clock(),
            actor=ACTOR,
        )
    assert history.export(known, own=True).sections["accounts"] == []
    assert history.erase(known).accounts == 0
    with history.read() as session:
        assert session.get_one(Account, number).state == "active"
