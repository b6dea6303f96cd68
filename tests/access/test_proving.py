"""Who one is, proved once more before a first factor or another way in; and operators without one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from sos_core.access.continuation import Holder
from sos_core.access.factors import (
    begin_enrollment,
    confirm_enrollment,
    factor_of,
    remove_factor,
    renew_recovery_codes,
)
from sos_core.access.lifetimes import ENROLLMENT_LENGTH, FRESH_LENGTH
from sos_core.access.one_time_codes import code_at, step_of
from sos_core.access.operators import create_operator
from sos_core.access.principal import Principal, Role
from sos_core.access.proving import prove_again
from sos_core.access.queries import authenticate
from sos_core.access.sessions import begin_session, session_behind
from sos_core.access.tables import Account
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, NotAllowed
from sos_core.organizations.secrets import Vault
from tests.access.making import PASSWORD, SECRET


def began(database: Database, holder: Holder, clock: ManualClock) -> tuple[str, int]:
    """Begin a session; return its token and number."""
    with database.write(holder.organization_id) as session:
        token = begin_session(session, holder, now=clock(), made_by="provider:elsewhere")
    found = session_behind(database, token, clock())
    assert found is not None
    return token, found.number


def refusal(
    database: Database, holder: Holder, password: str, clock: ManualClock, session_id: int | None
) -> str:
    """Return why somebody has not proved who they are, empty where they have."""
    try:
        with database.write(holder.organization_id) as session:
            prove_again(session, holder, password, now=clock(), session_id=session_id)
    except NotAllowed as error:
        return error.code
    return ""


def test_an_account_with_a_password_proves_itself_by_it_alone(
    database: Database, ada: Holder, clock: ManualClock
) -> None:
    _, fresh = began(database, ada, clock)
    assert refusal(database, ada, PASSWORD, clock, None) == ""
    for wrong in ("", "another sentence of words"):
        assert refusal(database, ada, wrong, clock, fresh) == "own_password_wrong"


def test_an_account_without_a_password_proves_itself_by_a_fresh_session(
    database: Database, organization_id: int, ada: Holder, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        session.execute(update(Account).values(password_hash=None))
    _, own = began(database, ada, clock)
    _, strange = began(database, Holder(organization_id, ada.account_id + 1), clock)
    assert refusal(database, ada, "", clock, own) == ""
    for number in (None, strange, own + 1):
        assert refusal(database, ada, PASSWORD, clock, number) == "sign_in_not_fresh"
    clock.advance(seconds=FRESH_LENGTH.total_seconds() - 1)
    assert refusal(database, ada, "", clock, own) == ""
    clock.advance(seconds=1)
    assert refusal(database, ada, "", clock, own) == "sign_in_not_fresh"
    assert refusal(database, ada, "", clock, began(database, ada, clock)[1]) == ""


def test_no_factor_is_begun_renewed_or_removed_without_a_proof(
    database: Database, ada: Holder, vault: Vault, clock: ManualClock
) -> None:
    now, proof = clock(), {"now": clock(), "session_id": None}
    with pytest.raises(NotAllowed), database.write(ada.organization_id) as session:
        begin_enrollment(session, vault, ada, password="wrong", **proof)
    with pytest.raises(Conflict) as caught, database.write(ada.organization_id) as session:
        confirm_enrollment(session, vault, ada, "000000", **proof)
    assert caught.value.code == "enrollment_missing", "nothing was begun"
    with database.write(ada.organization_id) as session:
        seed = begin_enrollment(session, vault, ada, password=PASSWORD, **proof).seed
        codes = confirm_enrollment(session, vault, ada, code_at(seed, step_of(now)), **proof)
    with pytest.raises(NotAllowed), database.write(ada.organization_id) as session:
        renew_recovery_codes(session, ada, "wrong", **proof)
    with pytest.raises(NotAllowed), database.write(ada.organization_id) as session:
        remove_factor(session, vault, ada, password="wrong", code=codes[0], **proof)
    with database.read(ada.organization_id) as session:
        assert factor_of(session, ada).recovery_codes == 10


def test_a_seed_waits_ten_minutes_for_its_first_code(
    database: Database, ada: Holder, vault: Vault, clock: ManualClock
) -> None:
    def confirmed(seed: str) -> bool:
        code = code_at(seed, step_of(clock()))
        with database.write(ada.organization_id) as session:
            return bool(confirm_enrollment(session, vault, ada, code, now=clock(), session_id=None))

    def begun() -> str:
        with database.write(ada.organization_id) as session:
            return begin_enrollment(
                session, vault, ada, password=PASSWORD, now=clock(), session_id=None
            ).seed

    seed = begun()
    clock.advance(seconds=ENROLLMENT_LENGTH.total_seconds())
    with pytest.raises(Conflict) as caught:
        confirmed(seed)
    assert caught.value.code == "enrollment_missing"
    assert confirmed(begun())


def test_an_operator_has_no_rights_before_a_second_factor(
    database: Database, vault: Vault, clock: ManualClock
) -> None:
    with database.write(None) as session:
        number = create_operator(
            session, email="ops@x.example", name="Olga", password=PASSWORD, now=clock()
        )
    holder = Holder(None, number)
    token, session_id = began(database, holder, clock)
    lacking = authenticate(database, SECRET, token, clock())
    assert lacking == Principal(
        operator_id=number, name="Olga", must_enroll=True, session_id=session_id
    )
    whole = replace(lacking, roles=frozenset({Role.OPERATOR}), must_enroll=False)
    assert authenticate(database, SECRET, token, clock(), operators_need_factor=False) == whole
    with database.write(None) as session:
        seed = begin_enrollment(
            session, vault, holder, password=PASSWORD, now=clock(), session_id=session_id
        ).seed
        code = code_at(seed, step_of(clock()))
        confirm_enrollment(session, vault, holder, code, now=clock(), session_id=session_id)
    assert authenticate(database, SECRET, token, clock()) == whole
