"""Survey keys: one file each, outside the database and its backups, destroyed after the tally."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sos_core.ballots.sealing import KEY_BYTES
from sos_core.errors import Unavailable


class KeyStore:
    """A folder of survey keys with mode 0700, a file each with mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, organization_id: int, survey_id: int) -> bytes:
        """Make a key and return it once it is on disk; a key that exists stays as it is."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(organization_id, survey_id)
        partial = path.with_suffix(f".{secrets.token_hex(4)}.new")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(partial)  # fails where a key exists: two openings make one key
        except FileExistsError:
            pass
        finally:
            partial.unlink()
        self._sync_folder()
        return self.load(organization_id, survey_id)

    def load(self, organization_id: int, survey_id: int) -> bytes:
        """Return a survey's key; raise Unavailable when it is missing, or not as it was made."""
        try:
            key = self._path(organization_id, survey_id).read_bytes()
        except FileNotFoundError as error:
            raise Unavailable(
                "The key of this survey is missing, so no answer can be taken or opened.",
                "Restore the key file of the survey into the folder of keys, then try again.",
                code="survey_key_missing",
                retry_after=60,
            ) from error
        if len(key) != KEY_BYTES:
            # Answers sealed with an empty key could be opened by anybody.
            raise Unavailable(
                "The key of this survey is damaged, so no answer can be taken or opened.",
                "Restore the key file of the survey into the folder of keys, then try again.",
                code="survey_key_damaged",
                retry_after=60,
            )
        return key

    def exists(self, organization_id: int, survey_id: int) -> bool:
        """Return whether the survey's key is there."""
        return self._path(organization_id, survey_id).is_file()

    def destroy(self, organization_id: int, survey_id: int) -> None:
        """Overwrite and remove a key; one that is gone already is no error."""
        path = self._path(organization_id, survey_id)
        try:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._sync_folder()

    def _path(self, organization_id: int, survey_id: int) -> Path:
        return self._folder / f"{organization_id}-{survey_id}.key"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
