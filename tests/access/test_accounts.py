"""Accounts on both databases: sessions, second factors, rights, links and identities at the edges."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from sos_core.access import accounts as verbs
from sos_core.access.account_queries import account, accounts
from sos_core.access.commands import create_account, issue_token
from sos_core.access.continuation import Holder, Steps
from sos_core.access.factors import (
    begin_enrollment,
    confirm_enrollment,
    factor_of,
    remove_factor,
    renew_recovery_codes,
)
from sos_core.access.identities import holders_of, identities_of, link_identity, trust_tenant
from sos_core.access.lifetimes import IDLE_LENGTH
from sos_core.access.mail_links import (
    INVITATION,
    RESET,
    check_link,
    link_token,
    make_link,
    read_link,
)
from sos_core.access.one_time_codes import code_at, step_of
from sos_core.access.operators import create_operator, operators
from sos_core.access.principal import Role
from sos_core.access.queries import authenticate
from sos_core.access.retention import drop_ended_links, ended_links
from sos_core.access.rights import Rights
from sos_core.access.sessions import renew_token, session_behind, spend
from sos_core.access.signing_in import check_code, check_password, enter
from sos_core.access.tables import AccessToken, Account, AccountLink
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, NotAllowed, NotFound
from sos_core.organizations.commands import create_organization
from sos_core.organizations.secrets import Vault
from sos_core.records import Identity
from tests.access.making import PASSWORD, SECRET, make_account


def signed_in(database: Database, clock: ManualClock, steps: Steps) -> str:
    return enter(database, steps, 0, now=clock(), device="Firefox, Linux")


def enrolled(
    database: Database, vault: Vault, holder: Holder, clock: ManualClock
) -> tuple[str, list[str]]:
    with database.write(holder.organization_id) as session:
        seed = begin_enrollment(
            session, vault, holder, password=PASSWORD, now=clock(), session_id=None
        ).seed
    with database.write(holder.organization_id) as session:
        code = code_at(seed, step_of(clock()))
        codes = confirm_enrollment(session, vault, holder, code, now=clock(), session_id=None)
    return seed, codes


def test_a_session_is_a_hash_that_is_renewed_touched_and_ended(
    database: Database, ada: Holder, clock: ManualClock
) -> None:
    token = signed_in(
        database, clock, check_password(database, email="ADA@acme.example", password=PASSWORD)
    )
    found = session_behind(database, token, clock())
    assert found is not None
    assert (found.holder, found.made_by, found.device) == (ada, "password", "Firefox, Linux")
    with database.read(None) as session:
        assert token not in set(session.scalars(select(AccessToken.token_hash)))
    clock.advance(seconds=59)
    assert session_behind(database, token, clock()) == found
    clock.advance(minutes=20)
    assert session_behind(database, token, clock()) == found
    again = session_behind(database, token, clock())
    assert again is not None
    assert again.used_at == clock()
    with database.write(ada.organization_id) as session:
        fresh = renew_token(session, ada, found.number)
    assert session_behind(database, token, clock()) is None
    clock.advance(seconds=IDLE_LENGTH.total_seconds() - 1)
    assert session_behind(database, fresh, clock()) is not None
    clock.advance(seconds=IDLE_LENGTH.total_seconds())
    assert session_behind(database, fresh, clock()) is None
    with pytest.raises(NotFound), database.write(ada.organization_id) as session:
        renew_token(session, Holder(ada.organization_id, ada.account_id + 1), found.number)


def test_a_second_factor_is_encrypted_and_its_codes_are_spent(
    database: Database, ada: Holder, vault: Vault, clock: ManualClock
) -> None:
    script = issue_token(
        database, organization_id=ada.organization_id or 0, account_id=ada.account_id, now=clock()
    )
    seed, codes = enrolled(database, vault, ada, clock)
    assert authenticate(database, SECRET, script, clock()) is None, "older sessions have ended"
    with database.read(ada.organization_id) as session:
        sealed = session.get_one(Account, ada.account_id).factor_secret
        assert sealed is not None
        assert seed.encode() not in sealed
        assert factor_of(session, ada).recovery_codes == len(codes) == 10
    clock.advance(minutes=1)
    steps = check_password(database, email="ada@acme.example", password=PASSWORD)
    assert not steps.proven
    code = code_at(seed, step_of(clock()))
    proved = check_code(database, vault, steps, code, clock())
    assert proved.made_by == "second_factor"
    with pytest.raises(NotAllowed):
        check_code(database, vault, steps, code, clock())
    proof = {"password": PASSWORD, "now": clock(), "session_id": None}
    by_paper = check_code(database, vault, steps, codes[0], clock())
    assert by_paper.made_by == "recovery_code"
    with pytest.raises(NotAllowed):
        check_code(database, vault, steps, codes[0], clock())
    with database.write(ada.organization_id) as session:
        newer = renew_recovery_codes(session, ada, **proof)
    with pytest.raises(NotAllowed):
        check_code(database, vault, steps, codes[1], clock())
    with database.write(ada.organization_id) as session:
        remove_factor(session, vault, ada, code=newer[0], **proof)
    with pytest.raises(NotAllowed) as caught:
        signed_in(database, clock, proved)
    assert caught.value.code == "sign_in_expired", "the factor has changed since"
    assert check_password(database, email="ada@acme.example", password=PASSWORD).proven


def test_rights_are_given_and_taken_and_the_last_administrator_is_kept(
    database: Database, organization_id: int, ada: Holder, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        bob = verbs.invite_account(
            session,
            email="bob@acme.example",
            rights=Rights(administrator=True),
            now=clock(),
            actor="test",
        )
        assert account(session, bob).state == "invited"
    for verb in (verbs.lock_account, verbs.remove_account):
        with pytest.raises(Conflict) as caught, database.write(organization_id) as session:
            verb(session, ada.account_id, now=clock(), actor="test")
        assert caught.value.code == "last_administrator", "the invited one has not come yet"
    with pytest.raises(NotFound), database.write(organization_id) as session:
        verbs.change_account(session, bob, Rights(units=[999]), now=clock(), actor="test")
    second = make_account(database, organization_id, clock, "eve", administrator=True)
    with database.write(organization_id) as session:
        verbs.remove_account(session, ada.account_id, now=clock(), actor="test")
        assert [view.id for view in accounts(session)] == [bob, second.account_id]
    again = make_account(database, organization_id, clock, "ada")
    assert again.account_id > second.account_id


def test_a_link_is_good_for_its_own_purpose_organization_and_time(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        bob = verbs.invite_account(
            session, email="bob@acme.example", rights=Rights(), now=clock(), actor="test"
        )
        found = link_token(session, SECRET, bob, INVITATION)
        assert found is not None
        token, expires = found
        assert link_token(session, SECRET, bob, INVITATION) == (token, expires), (
            "the same each time"
        )
    assert read_link(database, SECRET, token, INVITATION, clock()).email == "bob@acme.example"
    with database.write(None) as session:
        other = create_organization(
            session, name="Beta", language="en", time_zone="UTC", now=clock()
        )
    bad = [
        (b"t" * 32, token, INVITATION),
        (SECRET, token, "reset"),
        (SECRET, token + "x", INVITATION),
    ]
    for secret, given, purpose in bad:
        with pytest.raises(NotFound):
            read_link(database, secret, given, purpose, clock())
    with pytest.raises(NotFound), database.write(other) as session:
        check_link(session, SECRET, token, INVITATION, clock())
    with pytest.raises(NotFound):
        read_link(database, SECRET, token, INVITATION, expires)
    with database.write(organization_id) as session:
        make_link(session, bob, INVITATION, clock())
    with pytest.raises(NotFound):
        read_link(database, SECRET, token, INVITATION, clock())


def test_a_link_that_replaced_an_ended_one_is_not_swept_with_it(
    database: Database, organization_id: int, ada: Holder, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        make_link(session, ada.account_id, RESET, clock())
    clock.advance(hours=1)
    with database.read(organization_id) as session:
        ended = ended_links(session, clock())
    with database.write(organization_id) as session:
        make_link(session, ada.account_id, RESET, clock())
        session.flush()
        # SQLite gives the new row the number of the old one.
        numbers = {*ended, *session.scalars(select(AccountLink.id))}
        drop_ended_links(session, numbers, clock())
        assert link_token(session, SECRET, ada.account_id, RESET) is not None
        drop_ended_links(session, numbers, clock() + timedelta(hours=1))
        assert link_token(session, SECRET, ada.account_id, RESET) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Bob@Acme.example ", "Bob@Acme.example"),
        ("b ob@\nacme.example", "bob@acme.example"),
        ("bob@acme.example" + "\u200b" * 400, "bob@acme.example"),
        ("ｂｏｂ@acme.example", "bob@acme.example"),
    ],
)
def test_an_address_is_kept_so_that_mail_can_be_sent_to_it(
    database: Database, organization_id: int, clock: ManualClock, typed: str, kept: str
) -> None:
    with database.write(organization_id) as session:
        given = {"email": typed, "name": "Bob", "now": clock()}
        number = create_account(session, actor="test", **given)
        assert account(session, number).email == kept
    with database.write(None) as session:
        create_operator(session, password=PASSWORD, **given)
        assert [one.email for one in operators(session)] == [kept]


def test_an_identity_counts_where_its_tenant_is_trusted(
    database: Database, organization_id: int, ada: Holder, clock: ManualClock
) -> None:
    identity = Identity("elsewhere", "tenant", "subject", "ada@acme.example")
    with pytest.raises(NotAllowed), database.write(organization_id) as session:
        link_identity(session, ada, identity, now=clock())
    with database.write(organization_id) as session:
        trust_tenant(session, "elsewhere", "tenant", now=clock(), actor="test")
        link_identity(session, ada, identity, now=clock())
        link_identity(session, ada, identity, now=clock())
        assert len(identities_of(session, ada)) == 1
    assert holders_of(database, identity) == [ada]
    assert holders_of(database, Identity("elsewhere", "other", "subject")) == []
    assert holders_of(database, Identity("elsewhere", "tenant", "ada@acme.example")) == []


def test_an_operator_has_no_organization(database: Database, clock: ManualClock) -> None:
    with database.write(None) as session:
        create_operator(session, email="ops@x.example", name="Olga", password=PASSWORD, now=clock())
    token = signed_in(
        database, clock, check_password(database, email="ops@x.example", password=PASSWORD)
    )
    principal = authenticate(database, SECRET, token, clock(), operators_need_factor=False)
    assert principal is not None
    assert (principal.organization_id, principal.account_id) == (None, None)
    assert principal.roles == {Role.OPERATOR}
    assert principal.actor.startswith("operator:")


def test_what_was_spent_stays_spent_until_it_would_have_expired(
    database: Database, clock: ManualClock
) -> None:
    def spent() -> bool:
        with database.write(None) as session:
            return spend(session, "token", now=clock(), expires_at=clock() + IDLE_LENGTH)

    assert spent()
    assert not spent()
    clock.advance(minutes=30)
    assert spent()


@pytest.mark.parametrize("state", ["locked", "invited", "removed"])
def test_only_active_accounts_sign_in(
    database: Database, organization_id: int, ada: Holder, clock: ManualClock, state: str
) -> None:
    token = signed_in(
        database, clock, check_password(database, email="ada@acme.example", password=PASSWORD)
    )
    with database.write(organization_id) as session:
        session.execute(update(Account).values(state=state))
        assert session.scalar(select(func.count()).select_from(Account)) == 1
    assert authenticate(database, SECRET, token, clock()) is None
    with pytest.raises(NotAllowed):
        check_password(database, email="ada@acme.example", password=PASSWORD)
