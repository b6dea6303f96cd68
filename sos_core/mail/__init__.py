"""Mail: one message as data, its wording, and the ways out: a mail server or a local folder."""

from sos_core.mail.delivery import Mailer, make_mailer
from sos_core.mail.folder import FolderMailer
from sos_core.mail.message import Message
from sos_core.mail.rendering import Rendered, render
from sos_core.mail.smtp import SmtpMailer

__all__ = [
    "FolderMailer",
    "Mailer",
    "Message",
    "Rendered",
    "SmtpMailer",
    "make_mailer",
    "render",
]
