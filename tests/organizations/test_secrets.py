"""Secrets can be read in their own place alone, and rotation can be broken off anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import NotFound, Unavailable
from sos_core.organizations.key_ring import KeyFile, id_of
from sos_core.organizations.secrets import (
    INSTALLATION,
    Vault,
    forget_secret,
    get_secret,
    put_secret,
)
from sos_core.organizations.tables import DataKey, Secret

PLACE = ("account", "totp", 7)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(KeyFile(tmp_path / "encryption.key", setting="SOS_ENCRYPTION_KEY"))


def test_reads_back_in_its_place_alone(
    database: Database, organization_id: int, vault: Vault
) -> None:
    with database.write(organization_id) as session:
        sealed = vault.encrypt(session, organization_id, *PLACE, b"seed")
        assert sealed != vault.encrypt(session, organization_id, *PLACE, b"seed")
    assert b"seed" not in sealed
    with database.read(organization_id) as session:
        assert vault.decrypt(session, organization_id, *PLACE, sealed) == b"seed"
        for place in (("accounts", "totp", 7), ("account", "seed", 7), ("account", "totp", 8)):
            with pytest.raises(Unavailable, match="cannot be read"):
                vault.decrypt(session, organization_id, *place, sealed)
        for broken in (b"", sealed[:10], b"\2" + sealed[1:], sealed[:-1]):
            with pytest.raises(Unavailable, match="cannot be read"):
                vault.decrypt(session, organization_id, *PLACE, broken)


def test_the_installation_has_a_key_of_its_own(
    database: Database, organization_id: int, vault: Vault
) -> None:
    with database.write(None) as session:
        sealed = vault.encrypt(session, None, *PLACE, b"seed")
    with database.write(organization_id) as session:
        vault.encrypt(session, organization_id, *PLACE, b"other")
        with pytest.raises(Unavailable, match="cannot be read"):
            vault.decrypt(session, organization_id, *PLACE, sealed)
    with database.read(None) as session:
        assert vault.decrypt(session, INSTALLATION, *PLACE, sealed) == b"seed"
        keys = session.query(DataKey).order_by(DataKey.organization_id).all()
        assert [(key.organization_id, key.generation) for key in keys] == [
            (INSTALLATION, 1),
            (organization_id, 1),
        ]


def test_named_secrets(
    database: Database, organization_id: int, vault: Vault, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        reference = put_secret(session, vault, "salesforce", "first", now=clock())
        assert put_secret(session, vault, "salesforce", "hemlig åäö", now=clock()) == reference
    with database.read(organization_id) as session:
        assert get_secret(session, vault, reference) == "hemlig åäö"
        assert b"hemlig" not in session.query(Secret).one().body
        for wrong in ("secret:other", "salesforce", "password:salesforce"):
            with pytest.raises(NotFound):
                get_secret(session, vault, wrong)
    with database.write(organization_id) as session:
        forget_secret(session, reference)
        forget_secret(session, reference)
        with pytest.raises(NotFound):
            get_secret(session, vault, reference)


def test_a_missing_key_is_told_and_never_made_anew(
    database: Database, organization_id: int, vault: Vault
) -> None:
    with database.write(organization_id) as session:
        sealed = vault.encrypt(session, organization_id, *PLACE, b"seed")
    vault.key_file.path.unlink()
    with database.read(organization_id) as session, pytest.raises(Unavailable, match="missing"):
        vault.decrypt(session, organization_id, *PLACE, sealed)
    with database.write(organization_id) as session, pytest.raises(Unavailable, match="missing"):
        vault.encrypt(session, organization_id, *PLACE, b"seed")
    assert not vault.key_file.exists()


def test_data_keys_are_wrapped_anew(database: Database, organization_id: int, vault: Vault) -> None:
    with database.write(organization_id) as session:
        sealed = vault.encrypt(session, organization_id, *PLACE, b"seed")
    old = vault.key_file.load().current
    vault.key_file.add()
    for changed in (1, 0):  # the second time there is nothing left to do
        with database.write(None) as session:
            assert vault.wrap_anew(session) == changed
    vault.key_file.keep_current()
    assert vault.key_file.load().find(id_of(old)) is None
    with database.read(organization_id) as session:
        assert vault.decrypt(session, organization_id, *PLACE, sealed) == b"seed"
