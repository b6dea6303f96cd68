"""Mails as .eml files in a folder: the way out where no mail server is set."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from sos_core.errors import TryLater
from sos_core.mail.message import Message


class FolderMailer:
    """Writes each mail to a file named after its Message-ID, so that a mail sent again is one file.

    Files hold personal links and are readable by their owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> None:
        """Write the mail; raise TryLater when the disk does not take it."""
        content = message.to_email().as_bytes()
        name = hashlib.sha256(message.message_id.encode()).hexdigest()[:32]
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial = self.folder / f".{name}.{secrets.token_hex(4)}"
            try:
                descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                partial.replace(self.folder / f"{name}.eml")
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise TryLater(
                "A mail could not be written to the mail folder.",
                "Check that there is room on the disk and that SOS may write to the folder.",
                code="mail_folder_failed",
            ) from error

    def close(self) -> None:
        """Do nothing: no connection is kept."""
