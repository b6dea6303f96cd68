"""Guest tokens and embeddings: exact, short-lived, revocable, counted, and signed by keys that change."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from sos_core.access.embeddings import (
    EmbeddingSettings,
    allowed_origins,
    change_embedding,
    embedding,
    embeddings,
    end_embedding,
    frame_of,
)
from sos_core.access.guest_claims import CLAIMS, LONGEST_LIFE
from sos_core.access.guest_tokens import guest_principal
from sos_core.access.key_tables import Embedding, GuestMint, SigningKey
from sos_core.access.principal import Principal, Role
from sos_core.access.signing_keys import (
    SIGNS_FOR,
    renew_signing_key,
    retire_signing_key,
    signer,
    signing_keys,
)
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, InvalidInput, NotAllowed, NotFound, SosError, Unavailable
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.commands import create_organization
from sos_core.organizations.tables import AuditEntry, DataKey
from tests.access.conftest import ISSUER, ORIGIN, WIDGETS, Host
from tests.conftest import AUDIT_KEYS

INTRANET = EmbeddingSettings(name="Intranet", origins=[ORIGIN], widgets=WIDGETS)


def behind(host: Host, token: str, issuer: str = ISSUER) -> Principal | None:
    return guest_principal(host.database, token, issuer=issuer, now=host.clock())


def payload_of(token: str) -> dict[str, Any]:
    segment = token.split(".")[1]
    found: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    )
    return found


def test_a_token_says_exactly_what_it_is_good_for(host: Host) -> None:
    token = host.mint()
    claims = payload_of(token)
    assert set(claims) == CLAIMS
    assert (claims["iss"], claims["aud"], claims["scope"]) == (ISSUER, "widget", "results:read")
    assert claims["exp"] - claims["iat"] == 600
    found = behind(host, token)
    assert found is not None
    assert found.roles == {Role.GUEST}
    assert (found.organization_id, found.account_id, found.scopes) == (
        host.organization_id,
        None,
        frozenset(),
    )
    assert found.guest is not None
    assert found.guest.widget_id == host.embedding_id
    assert (found.guest.survey_id, found.guest.unit_id) == (7, None)
    assert found.guest.widgets == {"sos-areas"}
    assert (found.guest.language, found.guest.origin) == ("sv", ORIGIN)
    assert host.mint() != token


def test_a_token_ends_after_ten_minutes(host: Host) -> None:
    token = host.mint()
    host.clock.advance(minutes=9, seconds=59)
    assert behind(host, token) is not None
    host.clock.advance(seconds=1)
    assert behind(host, token) is None


def test_a_token_of_the_future_or_of_elsewhere_is_nobody(host: Host) -> None:
    host.clock.advance(minutes=5)
    token = host.mint()
    assert behind(host, token, "https://other.example") is None
    host.clock.advance(minutes=-5)
    assert behind(host, token) is None


def test_ending_an_embedding_ends_its_tokens_at_once(host: Host) -> None:
    token = host.mint()
    assert allowed_origins(host.database) == {ORIGIN}
    for _ in range(2):
        with host.database.write(host.organization_id) as session:
            end_embedding(session, host.embedding_id, actor="account:1", now=host.clock())
    assert behind(host, token) is None
    assert allowed_origins(host.database) == frozenset()
    assert frame_of(host.database, host.embedding_id) is None
    with pytest.raises(Conflict):
        host.mint()
    with pytest.raises(Conflict), host.database.write(host.organization_id) as session:
        change_embedding(session, host.embedding_id, INTRANET, actor="account:1", now=host.clock())


def test_changing_an_embedding_ends_its_tokens_at_once(host: Host) -> None:
    token = host.mint()
    with host.database.write(host.organization_id) as session:
        wider = EmbeddingSettings("Both", [ORIGIN, "https://b.example"], ["sos-summary"])
        change_embedding(session, host.embedding_id, wider, actor="account:1", now=host.clock())
    assert behind(host, token) is None
    assert behind(host, host.mint(widgets=("sos-summary",))) is not None
    found = frame_of(host.database, host.embedding_id)
    assert found is not None
    assert (found.origins, found.widgets) == (("https://b.example", ORIGIN), ("sos-summary",))


def test_an_embedding_that_was_ended_meanwhile_is_not_changed(
    postgres_url: str, clock: ManualClock, make_host: Callable[..., Host]
) -> None:
    here, elsewhere = (opened(postgres_url) for _ in range(2))
    try:
        with here.write(None) as session:
            number = create_organization(
                session, name="Acme", language="en", time_zone="UTC", now=clock()
            )
        host = make_host(here, number)
        deed = {"actor": "account:1", "now": clock()}
        with pytest.raises(Conflict), here.write(number) as session:
            known = session.get_one(Embedding, host.embedding_id)
            assert known.ended_at is None
            with elsewhere.write(number) as other:
                end_embedding(other, host.embedding_id, **deed)
            change_embedding(session, host.embedding_id, INTRANET, **deed)
        assert allowed_origins(here) == frozenset()
        second = make_host(here, number).embedding_id
        with here.write(number) as session, pytest.raises(Unavailable):
            embedding(session, second, held=True)
            with elsewhere.write(number) as other:
                other.execute(text("SET LOCAL lock_timeout = '1ms'"))
                end_embedding(other, second, **deed)
    finally:
        here.close()
        elsewhere.close()


def opened(url: str) -> Database:
    database = Database(url)
    give_audit_keys(database, lambda: AUDIT_KEYS)
    return database


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"origin": "https://evil.example"}, NotAllowed),
        ({"origin": "https://sub.intranet.example"}, NotAllowed),
        ({"origin": "https://intranet.example:8443"}, NotAllowed),
        ({"origin": "https://intranet.example."}, InvalidInput),
        ({"origin": "null"}, InvalidInput),
        ({"widgets": ()}, NotAllowed),
        ({"widgets": ("sos-question",)}, NotAllowed),
        ({"widgets": ("sos-areas", "sos-import")}, NotAllowed),
        ({"language": "xx"}, InvalidInput),
        ({"embedding_id": 999}, NotFound),
    ],
)
def test_nothing_is_minted_beyond_what_the_embedding_allows(
    sqlite_host: Host, more: dict[str, Any], error: type[SosError]
) -> None:
    with pytest.raises(error):
        sqlite_host.mint(**more)


def test_an_embedding_may_be_for_one_survey(
    sqlite_database: Database, make_host: Callable[..., Host], sqlite_host: Host
) -> None:
    host = make_host(sqlite_database, sqlite_host.organization_id, survey_id=7)
    assert behind(host, host.mint(survey_id=7)) is not None
    with pytest.raises(NotFound):
        host.mint(survey_id=8)


def test_minting_is_counted_each_time_and_logged_each_hour(host: Host) -> None:
    for _ in range(3):
        host.mint()
    host.clock.advance(hours=1)
    host.mint()
    with host.database.read(host.organization_id) as session:
        counts = session.scalars(select(GuestMint.minted).order_by(GuestMint.hour)).all()
        logged = session.scalars(select(AuditEntry).where(AuditEntry.verb == "guest.minted")).all()
        found = embeddings(session, host.clock())
    assert counts == [3, 1]
    assert [(e.actor, e.subject) for e in logged] == [
        (f"api_key:{host.key_id}", f"embedding:{host.embedding_id}")
    ] * 2
    assert found[0].minted == 4
    host.clock.advance(days=91)
    host.mint()
    with host.database.read(host.organization_id) as session:
        assert session.scalars(select(GuestMint.minted)).all() == [1]


def test_keys_change_and_the_old_one_verifies_until_its_last_token_ends(host: Host) -> None:
    first = host.mint()
    host.clock.advance(minutes=4)
    with host.database.write(None) as session:
        new = renew_signing_key(session, host.vault, host.clock()).kid
        kinds = session.scalars(select(SigningKey.kid)).all()
    assert len(kinds) == 2
    second = host.mint()
    assert _kid(second) == new != _kid(first)
    assert behind(host, first) is not None
    host.clock.advance(minutes=6)
    assert behind(host, first) is None
    assert behind(host, second) is not None


def test_keys_are_renewed_by_themselves_and_old_ones_forgotten(host: Host) -> None:
    first = _kid(host.mint())
    host.clock.advance(days=29)
    assert _kid(host.mint()) == first
    host.clock.set(host.clock() + SIGNS_FOR)
    assert _kid(host.mint()) != first
    host.clock.set(host.clock() + LONGEST_LIFE + timedelta(seconds=1))
    with host.database.write(None) as session:
        renew_signing_key(session, host.vault, host.clock())
        assert first not in session.scalars(select(SigningKey.kid)).all()


def test_a_key_that_somebody_else_may_have_is_given_up_at_once(host: Host) -> None:
    first = host.mint()
    with host.database.write(None) as session:
        renew_signing_key(session, host.vault, host.clock(), at_once=True)
    second = host.mint()
    assert [behind(host, first) is None, behind(host, second) is None] == [True, False]
    with host.database.write(None) as session:
        [view] = signing_keys(session, host.clock())
        assert (view.kid, view.signs) == (_kid(second), True)
        for unknown in ("", "?", _kid(first)):
            with pytest.raises(NotFound):
                retire_signing_key(session, unknown, host.clock())
        assert retire_signing_key(session, view.kid[:8], host.clock()) == view.kid
    assert behind(host, second) is None
    third = host.mint()
    assert _kid(third) not in (_kid(first), _kid(second))
    assert behind(host, third) is not None


def test_a_private_key_is_never_kept_as_it_is(host: Host) -> None:
    host.mint()
    with host.database.write(None) as session:
        row = session.scalars(select(SigningKey)).one()
        private = signer(session, host.vault, host.clock()).key.private_bytes_raw()
    assert private not in row.private_key


def test_a_lost_key_outside_the_database_makes_a_new_signing_key(host: Host) -> None:
    first = _kid(host.mint())
    host.vault.key_file.path.unlink()
    with host.database.write(None) as session:
        for row in session.scalars(select(DataKey)):
            session.delete(row)
    second = host.mint()
    assert _kid(second) != first
    assert behind(host, second) is not None


def _kid(token: str) -> str:
    segment = token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))["kid"])
