"""Survey keys lie in files of their own, are made once and leave nothing behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sos_core.ballots.keys import KeyStore
from sos_core.errors import Unavailable


def test_a_key_is_made_once_and_private(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    key = store.create(1, 2)
    assert len(key) == 32
    assert store.create(1, 2) == key == store.load(1, 2)
    assert store.create(1, 3) != key
    (file, _) = sorted((tmp_path / "keys").iterdir())
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_two_openings_at_once_make_one_key(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: store.create(1, 1), range(32)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["1-1.key"]


def test_a_destroyed_key_is_gone(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.create(1, 2)
    store.destroy(1, 2)
    store.destroy(1, 2)
    assert not store.exists(1, 2)
    with pytest.raises(Unavailable) as caught:
        store.load(1, 2)
    assert caught.value.code == "survey_key_missing"


@pytest.mark.parametrize("left", [0, 31, 33])
def test_a_key_that_was_restored_in_part_seals_nothing(tmp_path: Path, left: int) -> None:
    store = KeyStore(tmp_path)
    key = store.create(1, 2)
    (tmp_path / "1-2.key").write_bytes((key + b"!")[:left])
    for attempt in (store.load, store.create):
        with pytest.raises(Unavailable) as caught:
            attempt(1, 2)
        assert caught.value.code == "survey_key_damaged"
