"""Keys outside the database: one in use, and older ones that can still be read with."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sos_core.errors import Unavailable
from sos_core.settings import Settings

KEY_BYTES = 32
LEAST_CHARACTERS = 32
"""Length under which a key given as text is refused: it could be guessed."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys of 32 bytes, the one in use first."""

    keys: tuple[bytes, ...]

    @property
    def current(self) -> bytes:
        """Return the key in use."""
        return self.keys[0]

    def find(self, key_id: str) -> bytes | None:
        """Return the key with this id, None where it is not on the ring."""
        return next((key for key in self.keys if id_of(key) == key_id), None)


class KeyFile:
    """The place of a ring: a setting (keys parted by commas), else a file with mode 0600.

    Both name the key in use first. A file is made with a new key on its first use.
    """

    def __init__(self, path: Path, given: str = "", *, setting: str = "") -> None:
        self.path = path
        self.setting = setting
        self._given = tuple(part.strip() for part in given.split(",") if part.strip())

    @property
    def is_given(self) -> bool:
        """Return whether the keys come from the setting, so that this program cannot change them."""
        return bool(self._given)

    def exists(self) -> bool:
        """Return whether there is a key already."""
        return self.is_given or self.path.is_file()

    def load(self) -> KeyRing:
        """Return the ring; make the file with a new key where there is none."""
        if self._given:
            return KeyRing(tuple(self._from_text(part) for part in self._given))
        if not self.path.is_file():
            self._make()
        try:
            lines = self.path.read_text(encoding="ascii").split()
            keys = tuple(bytes.fromhex(line) for line in lines)
        except ValueError as error:  # a byte beyond ASCII is one too
            raise self._unreadable() from error
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise self._unreadable()
        return KeyRing(keys)

    def add(self) -> KeyRing:
        """Put a new key before the others, on disk before this returns; the file's ring only."""
        ring = KeyRing((secrets.token_bytes(KEY_BYTES), *self.load().keys))
        self._replace(ring)
        return ring

    def keep_current(self) -> None:
        """Forget every key but the one in use; the file's ring only."""
        self._replace(KeyRing(self.load().keys[:1]))

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._write(KeyRing((secrets.token_bytes(KEY_BYTES),)))
        try:
            self.path.hardlink_to(partial)  # fails where a key exists: two starts make one key
        except FileExistsError:
            pass
        finally:
            partial.unlink()
        self._sync_folder()

    def _replace(self, ring: KeyRing) -> None:
        if self.is_given:
            raise RuntimeError(f"The keys come from {self.setting}; this program cannot set them.")
        self._write(ring).replace(self.path)
        self._sync_folder()

    def _write(self, ring: KeyRing) -> Path:
        partial = self.path.with_suffix(f".{secrets.token_hex(4)}.new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{key.hex()}\n" for key in ring.keys)
            file.flush()
            os.fsync(file.fileno())
        return partial

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _from_text(self, text: str) -> bytes:
        if len(text) < LEAST_CHARACTERS:
            raise Unavailable(
                "A key in {setting} is too short to be safe.",
                "Set one of at least {count} random characters, such as `openssl rand -hex 32`.",
                code="key_too_short",
                values={"setting": self.setting, "count": LEAST_CHARACTERS},
            )
        return hashlib.sha256(text.encode()).digest()

    def _unreadable(self) -> Unavailable:
        return Unavailable(
            "The key file {name} is damaged.",
            "Restore it from the backup of the keys, then start again.",
            code="key_file_damaged",
            values={"name": self.path.name},
        )


def id_of(key: bytes) -> str:
    """Return the public name of a key: 16 hexadecimal digits that tell nothing about it."""
    return hashlib.sha256(b"sos key id\0" + key).hexdigest()[:16]


def encryption_keys(settings: Settings) -> KeyFile:
    """Return where the keys lie that wrap the data keys of secrets."""
    given = settings.encryption_key.get_secret_value()
    return KeyFile(settings.data_dir / "encryption.key", given, setting="SOS_ENCRYPTION_KEY")


def audit_keys(settings: Settings) -> KeyFile:
    """Return where the keys lie that seal the audit log; none may ever be thrown away."""
    given = settings.audit_key.get_secret_value()
    return KeyFile(settings.data_dir / "audit.key", given, setting="SOS_AUDIT_KEY")
