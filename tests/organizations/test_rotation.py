"""Keys are exchanged without losing a secret, wherever the exchange is broken off."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.organizations import rotation
from sos_core.organizations.commands import create_organization
from sos_core.organizations.key_ring import KeyFile
from sos_core.organizations.rotation import rotate_data_keys, rotate_wrapping_key
from sos_core.organizations.secrets import Vault, get_secret, put_secret
from sos_core.organizations.tables import DataKey, Secret


class Crash(Exception):
    """What stands for the end of the process."""


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(KeyFile(tmp_path / "encryption.key"))


@pytest.fixture
def two(database: Database, vault: Vault, clock: ManualClock) -> list[int]:
    """Return two organizations with two secrets each."""
    ids = []
    for name in ("Acme", "Bolt"):
        with database.write(None) as session:
            ids.append(
                create_organization(session, name=name, language="en", time_zone="UTC", now=clock())
            )
        with database.write(ids[-1]) as session:
            for kind in ("a", "b"):
                put_secret(session, vault, kind, f"{name} {kind}", now=clock())
    return ids


def secrets(database: Database, vault: Vault, ids: list[int]) -> list[str]:
    found = []
    for organization_id in ids:
        with database.read(organization_id) as session:
            found += [get_secret(session, vault, f"secret:{kind}") for kind in ("a", "b")]
    return found


def bodies(database: Database, organization_id: int) -> set[bytes]:
    with database.read(organization_id) as session:
        return set(session.scalars(select(Secret.body)))


ALL = ["Acme a", "Acme b", "Bolt a", "Bolt b"]


def test_a_new_wrapping_key_changes_no_secret(
    database: Database, vault: Vault, two: list[int]
) -> None:
    before, old = bodies(database, two[0]), vault.key_file.load()
    assert rotate_wrapping_key(database, vault) == 2
    new = vault.key_file.load()
    assert len(new.keys) == 1
    assert new != old
    assert bodies(database, two[0]) == before
    assert secrets(database, vault, two) == ALL


@pytest.mark.parametrize("step", ["add", "wrap_anew", "keep_current"])
def test_a_broken_off_change_of_the_wrapping_key_is_finished(
    database: Database,
    vault: Vault,
    two: list[int],
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = vault if step == "wrap_anew" else vault.key_file
    whole = getattr(owner, step)

    def crash(*arguments: object) -> None:
        if step == "add":  # after the step; the others before it
            whole(*arguments)
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(owner, step, crash)
        with pytest.raises(Crash):
            rotate_wrapping_key(database, vault)
    assert secrets(database, vault, two) == ALL
    assert len(vault.key_file.load().keys) == 2
    expected = vault.key_file.load().current
    rotate_wrapping_key(database, vault)
    assert vault.key_file.load().keys == (expected,)
    assert secrets(database, vault, two) == ALL


def test_new_data_keys_encrypt_every_secret_anew(
    database: Database, vault: Vault, two: list[int]
) -> None:
    before = bodies(database, two[0])
    assert rotate_data_keys(database, vault) == 4
    assert not before & bodies(database, two[0])
    assert secrets(database, vault, two) == ALL
    with database.read(None) as session:
        keys = session.execute(select(DataKey.organization_id, DataKey.generation)).all()
    assert sorted(tuple(key) for key in keys) == [(two[0], 2), (two[1], 2)]


def test_a_broken_off_change_of_data_keys_leaves_every_secret_readable(
    database: Database, vault: Vault, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rotation._renew

    def crash(session: object, vault: Vault, holder: int) -> int:
        changed = whole(session, vault, holder)  # type: ignore[arg-type]
        if holder == two[1]:
            raise Crash  # in the middle of its transaction, which is undone
        return changed

    with monkeypatch.context() as patched:
        patched.setattr(rotation, "_renew", crash)
        with pytest.raises(Crash):
            rotate_data_keys(database, vault)
    assert secrets(database, vault, two) == ALL
    assert rotate_data_keys(database, vault) == 4
    assert secrets(database, vault, two) == ALL


def test_keys_of_a_setting_are_wrapped_with_the_first_of_them(
    database: Database, two: list[int], vault: Vault, tmp_path: Path, clock: ManualClock
) -> None:
    old, new = "o" * 40, "n" * 40
    one, both, last = (
        Vault(KeyFile(tmp_path / "none.key", given, setting="SOS_ENCRYPTION_KEY"))
        for given in (old, f"{new},{old}", new)
    )
    with database.write(None) as session:
        organization_id = create_organization(
            session, name="Cove", language="en", time_zone="UTC", now=clock()
        )
    with database.write(organization_id) as session:
        put_secret(session, one, "a", "kept", now=clock())
    with database.write(None) as session:
        for key in session.scalars(select(DataKey).where(DataKey.organization_id.in_(two))):
            session.delete(key)
    assert rotate_wrapping_key(database, both) == 1
    with database.read(organization_id) as session:
        assert get_secret(session, last, "secret:a") == "kept"
