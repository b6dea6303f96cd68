"""Mails to a mail server by SMTP; what the server says becomes one of three errors."""

from __future__ import annotations

import contextlib
import ipaddress
import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from sos_core.errors import ConnectorError, Misconfigured, Rejected, TryLater
from sos_core.mail.message import Message

TIMEOUT_SECONDS = 20.0
KEEP_SECONDS = 15.0
MAILS_A_CONNECTION = 100
PERMANENT = 500
NEEDS_SETTINGS = frozenset({530, 534, 535, 538})
"""Refusals that ask for other credentials or encryption, whoever the recipient is."""


class SmtpMailer:
    """Sends by ``smtp://user:password@host:port`` (STARTTLS) or ``smtps://…`` (TLS from the start).

    A password never travels in clear text, except to this machine. An idle connection is kept for
    the next mail for some seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _url_wrong() from None  # its own words may hold the password
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise _url_wrong()
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = port or (465 if self._tls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._timeout = timeout
        self._context = context or ssl.create_default_context()
        self._idle: list[tuple[smtplib.SMTP, float, int]] = []
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Hand the mail to the server; raises as ``Mailer.send`` says."""
        mail = message.to_email()
        with _translated(message.to):
            connection, used = self._take()
            try:
                if not message.to.rpartition("@")[0].isascii():
                    _require_unicode(connection, message.to)
                connection.send_message(mail)
            except BaseException:
                _drop(connection)
                raise
        self._keep(connection, used + 1)

    def close(self) -> None:
        """Say goodbye on every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection, _, _ in idle:
            _drop(connection)

    def _take(self) -> tuple[smtplib.SMTP, int]:
        """Return a connection that answers, and how many mails it has carried."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection, since, used = self._idle.pop()
            if time.monotonic() - since < KEEP_SECONDS and used < MAILS_A_CONNECTION:
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    if connection.noop()[0] == 250:
                        return connection, used
            _drop(connection)
        return self._connect(), 0

    def _keep(self, connection: smtplib.SMTP, used: int) -> None:
        with self._lock:
            self._idle.append((connection, time.monotonic(), used))

    def _connect(self) -> smtplib.SMTP:
        if self._tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=self._context
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            self._prepare(connection)
        except BaseException:
            _drop(connection)
            raise
        return connection

    def _prepare(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        encrypted = self._tls
        if not encrypted and connection.has_extn("starttls"):
            connection.starttls(context=self._context)
            connection.ehlo()
            encrypted = True
        if not self._user:
            return
        if not encrypted and not _is_this_machine(self._host):
            raise Misconfigured(
                "The mail server offers no encryption, so the password was not sent to it.",
                "Use smtps://, or a server that offers STARTTLS.",
                code="mail_not_encrypted",
            )
        connection.login(self._user, self._password)


def _require_unicode(connection: smtplib.SMTP, recipient: str) -> None:
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("smtputf8"):
        raise _refusal(PERMANENT, "SMTPUTF8", recipient)


@contextmanager
def _translated(recipient: str) -> Iterator[None]:
    """Turn what smtplib raises into Rejected, Misconfigured or TryLater, without any secret."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _refusal(code, words, recipient) from None
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as error:
        if error.smtp_code < PERMANENT:
            raise _later(error.smtp_code) from None
        raise _settings_wrong(error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPResponseException as error:
        if isinstance(error, smtplib.SMTPDataError):
            raise _refusal(error.smtp_code, error.smtp_error, recipient) from None
        if error.smtp_code < PERMANENT:
            raise _later(error.smtp_code) from None
        raise _settings_wrong(error.smtp_code, error.smtp_error) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        # It hung up while encryption was agreed on, as a server does that has too much to do.
        raise _later(0, type(error).__name__) from None
    except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
        raise _settings_wrong(0, type(error).__name__) from None
    except (smtplib.SMTPException, OSError) as error:
        raise _later(0, type(error).__name__) from None


def _refusal(code: int, words: bytes | str, recipient: str) -> ConnectorError:
    if code < PERMANENT:
        return _later(code)
    if code in NEEDS_SETTINGS:
        return _settings_wrong(code, words)
    return Rejected(
        "The mail server refuses mail to {address}: {reason}",
        "Correct the address, then send the link again.",
        code="mail_refused",
        values={"address": recipient, "reason": f"{code} {_plain(words)}".strip()},
    )


def _url_wrong() -> Misconfigured:
    return Misconfigured(
        "The address of the mail server cannot be used.",
        "Write it as smtp://user:password@host:587 or smtps://user:password@host:465.",
        code="mail_url_wrong",
    )


def _settings_wrong(code: int, words: bytes | str) -> Misconfigured:
    return Misconfigured(
        "The mail server does not take mail from SOS: {reason}",
        "Check the mail settings (server, user, password, encryption, sender), then retry.",
        code="mail_misconfigured",
        values={"reason": f"{code or ''} {_plain(words)}".strip()},
    )


def _later(code: int, words: str = "") -> TryLater:
    return TryLater(
        "The mail server cannot take a mail now: {reason}",
        "You need not do anything; SOS tries again by itself.",
        code="mail_try_later",
        values={"reason": f"{code or ''} {words}".strip() or "busy"},
    )


def _plain(words: bytes | str) -> str:
    decoded = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join("".join(c if c.isprintable() else " " for c in decoded).split())[:300]


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _drop(connection: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()
