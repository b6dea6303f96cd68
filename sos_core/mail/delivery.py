"""The port through which every mail leaves, and the choice of the way out."""

from __future__ import annotations

from typing import Protocol

from sos_core.mail.folder import FolderMailer
from sos_core.mail.message import Message
from sos_core.mail.smtp import SmtpMailer
from sos_core.settings import Settings


class Mailer(Protocol):
    """Something that takes mails; it may be called from several threads at once."""

    def send(self, message: Message) -> None:
        """Hand over a mail; return once it was accepted.

        Raises Rejected when the recipient is refused for good, Misconfigured when an administrator
        must mend the settings, TryLater for everything that may pass.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def make_mailer(settings: Settings) -> Mailer:
    """Return the way out that the settings choose: a mail server, or the folder of .eml files."""
    if settings.mail_url:
        return SmtpMailer(settings.mail_url)
    return FolderMailer(settings.mail_dir)
