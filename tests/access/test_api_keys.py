"""API keys: shown once, kept as a hash, good for their scopes and no longer than they should be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sos_core.access.api_keys import (
    ALPHABET,
    KEY_PREFIX,
    SECRET_LENGTH,
    api_key_names,
    api_keys,
    create_api_key,
    key_principal,
    revoke_api_key,
)
from sos_core.access.key_tables import ApiKey
from sos_core.access.principal import ANONYMOUS, Principal, Role
from sos_core.access.queries import authenticate
from sos_core.access.scopes import Scope, scopes_of
from sos_core.access.sessions import begin_session
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import InvalidInput, NotAllowed, NotFound
from sos_core.organizations.commands import create_organization
from sos_core.organizations.tables import AuditEntry
from tests.access.making import SECRET, make_account

SCOPES = st.frozensets(st.sampled_from(Scope))


def make(database: Database, organization_id: int, clock: ManualClock, **more: object) -> str:
    given = {"name": "Payroll", "scopes": ["people:read"], "actor": "account:1", **more}
    with database.write(organization_id) as session:
        return create_api_key(session, now=clock(), **given).token


def test_a_key_is_a_program_with_its_scopes(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    token = make(database, organization_id, clock, scopes=["results:read", "people:read"])
    assert token.startswith(f"{KEY_PREFIX}{organization_id}_")
    principal = authenticate(database, SECRET, token, clock())
    assert principal is not None
    assert principal.organization_id == organization_id
    assert principal.roles == {Role.INTEGRATION}
    assert principal.scopes == {"results:read", "people:read"}
    assert (principal.name, principal.actor) == ("Payroll", f"api_key:{principal.key_id}")
    assert (principal.account_id, principal.person_id) == (None, None)
    assert principal.all_units


def test_nothing_that_is_kept_lets_anybody_in(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    token = make(database, organization_id, clock)
    with database.read(organization_id) as session:
        row = session.scalars(select(ApiKey)).one()
        kept = (row.hint, row.key_hash, row.name)
        log = str([(e.verb, e.subject, e.details) for e in session.scalars(select(AuditEntry))])
    secret = token[-SECRET_LENGTH:]
    assert set(secret) <= set(ALPHABET)
    assert all(secret not in text for text in (*kept, log))
    assert row.hint == token[: -SECRET_LENGTH + 4]
    assert "api_key.created" in log
    assert all(key_principal(database, text, clock()) is None for text in kept)


def test_a_key_ends_when_it_expires(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    token = make(database, organization_id, clock, expires_at=clock() + timedelta(days=1))
    assert key_principal(database, token, clock()) is not None
    clock.advance(days=1)
    assert key_principal(database, token, clock()) is None


def test_a_key_ends_when_it_is_revoked(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    token = make(database, organization_id, clock)
    with database.write(organization_id) as session:
        number = api_keys(session)[0].id
        for _ in range(2):
            revoke_api_key(session, number, actor="account:1", now=clock())
    with database.read(organization_id) as session:
        verbs = session.scalars(select(AuditEntry.verb)).all()
    assert verbs.count("api_key.revoked") == 1
    assert key_principal(database, token, clock()) is None
    with pytest.raises(NotFound), database.write(organization_id) as session:
        revoke_api_key(session, 999, actor="account:1", now=clock())


def test_the_day_of_the_latest_use_is_noted(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    token = make(database, organization_id, clock)
    days = []
    for _ in range(3):
        with database.read(organization_id) as session:
            days.append(api_keys(session)[0].used_on)
        key_principal(database, token, clock())
        clock.advance(hours=12)
    assert days == [None, clock().date() - timedelta(days=1), clock().date() - timedelta(days=1)]


def test_programs_and_people_may_ask_where_no_use_can_be_noted(
    sqlite_database: Database, sqlite_url: str, clock: ManualClock
) -> None:
    with sqlite_database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=clock()
        )
    key = make(sqlite_database, organization_id, clock)
    holder = make_account(sqlite_database, organization_id, clock, "ada")
    with sqlite_database.write(organization_id) as session:
        token = begin_session(session, holder, now=clock(), made_by="password")
    clock.advance(minutes=2)
    path = sqlite_url.removeprefix("sqlite:///")
    read_only = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    try:
        for asks in (key, token):
            assert authenticate(read_only, SECRET, asks, clock()) is not None
        assert read_only.refuses_writes() is not None
    finally:
        read_only.close()


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-1] + ("a" if token[-1] != "a" else "b"),
        lambda token: token.upper(),
        lambda token: token + "a",
        lambda token: token[:-1],
        lambda token: f" {token}",
        lambda token: token.replace("_key_", "_key_0", 1),
        lambda token: f"{KEY_PREFIX}9{token.removeprefix(KEY_PREFIX)}",
        lambda token: f"{KEY_PREFIX}{'9' * 30}_1_{token[-SECRET_LENGTH:]}",
        lambda token: f"{KEY_PREFIX}-1_1_{token[-SECRET_LENGTH:]}",
        lambda token: f"{KEY_PREFIX}{chr(0x0661)}_1_{token[-SECRET_LENGTH:]}",
        lambda token: f"{token}_x",
        lambda token: token + "é",
        lambda _: KEY_PREFIX,
        lambda _: "",
    ],
)
def test_a_forged_key_is_nobody(
    database: Database, organization_id: int, clock: ManualClock, forge: object
) -> None:
    token = make(database, organization_id, clock)
    assert callable(forge)
    assert key_principal(database, forge(token), clock()) is None


def test_a_key_of_another_organization_cannot_be_named(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    with database.write(None) as session:
        other = create_organization(
            session, name="Other", language="en", time_zone="UTC", now=clock()
        )
    token = make(database, organization_id, clock)
    moved = token.replace(f"{KEY_PREFIX}{organization_id}_", f"{KEY_PREFIX}{other}_")
    assert key_principal(database, moved, clock()) is None
    with database.read(other) as session:
        assert api_keys(session) == []
        assert api_key_names(session) == {}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["people:read", "everything"]}, "scopes"),
    ],
)
def test_a_key_needs_a_name_and_known_scopes(
    sqlite_database: Database, clock: ManualClock, given: dict[str, object], field: str
) -> None:
    with sqlite_database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=clock()
        )
    with pytest.raises(InvalidInput) as caught:
        make(sqlite_database, organization_id, clock, **given)
    assert caught.value.field == field
    with pytest.raises(InvalidInput) as caught:
        make(sqlite_database, organization_id, clock, expires_at=clock())
    assert caught.value.field == "expiresAt"


@given(SCOPES, st.sampled_from(Scope))
def test_a_program_may_do_what_its_scopes_name_and_nothing_else(
    scopes: frozenset[Scope], wanted: Scope
) -> None:
    program = Principal(
        organization_id=1, key_id=1, roles=frozenset({Role.INTEGRATION}), scopes=scopes
    )
    assert program.may(wanted) == (wanted in scopes)
    if wanted in scopes:
        program.require(wanted)
    else:
        with pytest.raises(NotAllowed) as caught:
            program.require(wanted)
        assert caught.value.code == "scope_missing"
    with pytest.raises(NotAllowed) as caught:
        program.require_administrator()
    assert caught.value.code == "administrators_only"


@given(st.frozensets(st.sampled_from(Role)), SCOPES, st.sampled_from(Scope))
def test_scopes_count_for_programs_alone(
    roles: frozenset[Role], scopes: frozenset[Scope], wanted: Scope
) -> None:
    caller = Principal(organization_id=1, roles=roles, scopes=scopes)
    administers, program = Role.ADMINISTRATOR in roles, Role.INTEGRATION in roles
    assert caller.may(wanted) == (administers or (program and wanted in scopes))
    assert not ANONYMOUS.may(wanted)


@given(st.lists(st.sampled_from([scope.value for scope in Scope]), min_size=1))
def test_scopes_are_read_as_they_are_written(names: list[str]) -> None:
    assert {scope.value for scope in scopes_of(names)} == set(names)
