"""One mail as data; what could smuggle a header into it is refused."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from sos_core.errors import InvalidInput, Rejected

LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one person; the same ``message_id`` (``<…@host>``) is the same mail sent again.

    ``sender`` is an address with or without a name; ``sender_name`` replaces that name.
    """

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    language: str
    sender: str
    sender_name: str
    message_id: str
    at: datetime

    def to_email(self) -> EmailMessage:
        """Return the mail for the wire; raise Rejected for a recipient that is no address."""
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = sender_address(self.sender, self.sender_name)
        mail["To"] = self._recipient()
        mail["Subject"] = single_line(self.subject)
        mail["Date"] = format_datetime(self.at)
        mail["Message-ID"] = single_line(self.message_id)
        mail["Content-Language"] = self.language
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self.text)
        mail.add_alternative(self.html, subtype="html")
        return mail

    def _recipient(self) -> Address:
        try:
            return _address(single_line(self.to_name), single_line(self.to))
        except InvalidInput as error:
            raise Rejected(
                "“{address}” is not an address that mail can be sent to.",
                "Correct the person's e-mail address.",
                code="mail_address_unusable",
                values={"address": self.to[:100]},
            ) from error


def sender_address(sender: str, name: str = "") -> Address:
    """Return the From address; ``name`` takes the place of the one in ``sender``."""
    shown, address = parseaddr(single_line(sender))
    return _address(single_line(name) or shown, address)


def single_line(value: str) -> str:
    """Return ``value`` for a header; raise InvalidInput when it holds a line break or control."""
    if len(value) > LONGEST_HEADER or any(
        unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in value
    ):
        raise InvalidInput(
            "A name, subject or address of a mail may not hold line breaks or control characters.",
            "Write it on one line.",
            code="mail_header_unsafe",
        )
    return value.strip()


def message_id(secret: bytes, host: str, *parts: int | str) -> str:
    """Return the Message-ID of one mail: the same for the same ``parts``, guessable by nobody."""
    body = "message_id\0" + "\0".join(str(part) for part in parts)
    digest = hmac.new(secret, body.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:32]}@{host}>"


def _address(name: str, address: str) -> Address:
    local, at, host = address.rpartition("@")
    if not local or not at or not host or any(letter.isspace() for letter in address):
        raise InvalidInput(
            "“{address}” is not an e-mail address.",
            "Write it as name@company.example.",
            code="not_an_email",
            values={"address": address[:100], "email": address[:100]},
        )
    try:
        return Address(name, addr_spec=f"{local}@{host.encode('idna').decode('ascii')}")
    except (ValueError, IndexError, UnicodeError) as error:
        raise InvalidInput(
            "“{address}” is not an e-mail address.",
            "Write it as name@company.example.",
            code="not_an_email",
            values={"address": address[:100], "email": address[:100]},
        ) from error
