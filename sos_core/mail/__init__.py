"""Mail: one message as data, its wording, and the ways out: a mail server or a local folder."""

from sos_core.mail.delivery import Mailer, make_mailer
from sos_core.mail.folder import FolderMailer
from sos_core.mail.message import Message, message_id
from sos_core.mail.post import Post
from sos_core.mail.rendering import Rendered, render
from sos_core.mail.smtp import SmtpMailer

__all__ = [
    "FolderMailer",
    "Mailer",
    "Message",
    "Post",
    "Rendered",
    "SmtpMailer",
    "make_mailer",
    "message_id",
    "render",
]
