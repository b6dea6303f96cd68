"""Accounts sign in, tokens expire, and respondents' tokens leave no row."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from sos_core.access.accounts import lock_account, remove_account
from sos_core.access.commands import create_account, issue_token, respondent_token
from sos_core.access.principal import Role
from sos_core.access.queries import authenticate
from sos_core.access.sessions import sign_out
from sos_core.access.signing_in import check_password, enter
from sos_core.access.tables import AccessToken, Account
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.commands import create_organization
from tests.access.making import PASSWORD, SECRET, make_account
from tests.conftest import AUDIT_KEYS


@pytest.fixture
def account_id(database: Database, organization_id: int, clock: ManualClock) -> int:
    with database.write(organization_id) as session:
        return create_account(
            session,
            email="Ada@Acme.example",
            name="Ada",
            now=clock(),
            actor="test",
            language="sv",
            password=PASSWORD,
            administrator=True,
        )


def test_sign_in_gives_a_token_that_expires(
    database: Database, account_id: int, organization_id: int, clock: ManualClock
) -> None:
    steps = check_password(database, email=" ada@acme.example ", password=PASSWORD)
    token = enter(database, steps, 0, now=clock(), idle=timedelta(hours=13))
    principal = authenticate(database, SECRET, token, clock())
    assert principal is not None
    assert (principal.account_id, principal.organization_id) == (account_id, organization_id)
    assert principal.roles == {Role.ADMINISTRATOR}
    assert principal.language == "sv"
    assert principal.all_units
    clock.advance(hours=12)
    assert authenticate(database, SECRET, token, clock()) is None


def test_a_signed_out_token_is_dead(
    database: Database, account_id: int, organization_id: int, clock: ManualClock
) -> None:
    token = issue_token(
        database, organization_id=organization_id, account_id=account_id, now=clock()
    )
    sign_out(database, token)
    sign_out(database, "never issued")
    assert authenticate(database, SECRET, token, clock()) is None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@acme.example", "another sentence altogether"),
        ("eve@acme.example", PASSWORD),
        ("ada@acme.example", ""),
    ],
)
def test_wrong_credentials_are_refused_alike(
    database: Database, account_id: int, clock: ManualClock, email: str, password: str
) -> None:
    with pytest.raises(NotAllowed) as caught:
        check_password(database, email=email, password=password)
    assert caught.value.code == "sign_in_failed"


def test_an_address_has_one_account(
    database: Database, account_id: int, organization_id: int, clock: ManualClock
) -> None:
    with pytest.raises(Conflict), database.write(organization_id) as session:
        create_account(session, email="ADA@acme.example", name="Ada", now=clock(), actor="test")


def test_an_account_that_was_removed_meanwhile_is_gone(
    postgres_url: str, clock: ManualClock
) -> None:
    with closing(Database(postgres_url)) as here, closing(Database(postgres_url)) as elsewhere:
        for database in (here, elsewhere):
            give_audit_keys(database, lambda: AUDIT_KEYS)
        with here.write(None) as session:
            home = create_organization(
                session, name="Acme", language="en", time_zone="UTC", now=clock()
            )
        number = make_account(here, home, clock, "eve").account_id
        deed = {"actor": "test", "now": clock()}
        with here.write(home) as session:
            known = session.get_one(Account, number)
            assert known.state == "active"
            with elsewhere.write(home) as other:
                remove_account(other, number, **deed)
            with pytest.raises(NotFound):
                lock_account(session, number, **deed)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_has_a_length(
    database: Database, organization_id: int, clock: ManualClock, password: str
) -> None:
    with pytest.raises(InvalidInput), database.write(organization_id) as session:
        create_account(
            session,
            email="bo@acme.example",
            name="Bo",
            now=clock(),
            actor="test",
            password=password,
        )


def test_a_respondents_token_is_one_person_in_one_survey(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    token = respondent_token(
        SECRET,
        organization_id=organization_id,
        survey_id=3,
        person_id=4,
        expires_at=clock() + timedelta(hours=1),
    )
    principal = authenticate(database, SECRET, token, clock())
    assert principal is not None
    assert (principal.survey_id, principal.person_id) == (3, 4)
    assert principal.roles == {Role.RESPONDENT}
    assert principal.account_id is None
    with database.read(None) as session:
        assert session.scalar(select(func.count()).select_from(AccessToken)) == 0
    clock.advance(hours=1)
    assert authenticate(database, SECRET, token, clock()) is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace(".4.", ".5.", 1),
        lambda token: token.rpartition(".")[0],
        lambda token: "." + token,
        lambda token: token + "é",
        lambda _: "",
    ],
)
def test_a_forged_token_is_nobody(
    database: Database, organization_id: int, clock: ManualClock, forge: object
) -> None:
    token = respondent_token(
        SECRET,
        organization_id=organization_id,
        survey_id=3,
        person_id=4,
        expires_at=clock() + timedelta(hours=1),
    )
    assert callable(forge)
    assert authenticate(database, SECRET, forge(token), clock()) is None
