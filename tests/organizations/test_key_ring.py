"""Keys outside the database: made once, readable by their owner alone, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sos_core.errors import Unavailable
from sos_core.organizations.key_ring import KeyFile, KeyRing, id_of


def test_a_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "folder" / "some.key")
    assert not file.exists()
    ring = file.load()
    assert file.exists()
    assert file.load() == ring
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["some.key"]


def test_a_new_key_stands_first_and_older_ones_stay_until_they_are_dropped(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "some.key")
    old = file.load().current
    ring = file.add()
    assert file.load() == ring
    assert ring.keys[1:] == (old,)
    assert ring.find(id_of(old)) == old
    assert file.path.stat().st_mode & 0o777 == 0o600
    file.keep_current()
    assert file.load() == KeyRing(ring.keys[:1])


def test_a_setting_goes_before_the_file(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "some.key", f"{'a' * 32}, {'b' * 40}", setting="SOS_KEY")
    assert file.exists()
    assert len({*file.load().keys, *KeyFile(tmp_path / "x", "a" * 32).load().keys}) == 2
    assert not file.path.exists()
    with pytest.raises(RuntimeError, match="SOS_KEY"):
        file.add()


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="too short"):
        KeyFile(tmp_path / "some.key", "a" * 31, setting="SOS_KEY").load()


@pytest.mark.parametrize("content", [b"", b"zz", b"00" * 31, b"00" * 32 + b"\n00", b"\xff" * 65])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.key").write_bytes(content)
    with pytest.raises(Unavailable, match="damaged"):
        KeyFile(tmp_path / "some.key").load()
