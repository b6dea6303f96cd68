"""Mails to a real SMTP server on this machine, and what its refusals become."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sos_core.errors import Misconfigured, Rejected, TryLater
from sos_core.mail import SmtpMailer
from tests.mail.test_mail import message
from tests.ports import reserved_port


class Inbox:
    """A mail server's decisions: keeps mails, or answers as ``replies`` say for a command."""

    def __init__(self, **replies: str) -> None:
        self.mails: list[bytes] = []
        self.peers: set[object] = set()
        self.users: list[bool] = []
        self.replies = replies

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        if "mail" in self.replies:
            return self.replies["mail"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if "rcpt" in self.replies:
            return self.replies["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if "data" in self.replies:
            return self.replies["data"]
        self.peers.add(session.peer)
        self.users.append(session.authenticated)
        self.mails.append(envelope.content)
        return "250 OK"


@contextmanager
def serving(inbox: Inbox, **options: object) -> Iterator[int]:
    with reserved_port() as port:
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        try:
            yield port
        finally:
            controller.stop()


@contextmanager
def mailing(url: str, **options: object) -> Iterator[SmtpMailer]:
    mailer = SmtpMailer(url, timeout=30.0, **options)
    try:
        yield mailer
    finally:
        mailer.close()


def test_mails_arrive_over_one_connection() -> None:
    inbox = Inbox()
    with serving(inbox) as port, mailing(f"smtp://127.0.0.1:{port}") as mailer:
        for number in range(3):
            mailer.send(message(message_id=f"<{number}@sos.example>"))
    assert len(inbox.mails) == 3
    assert len(inbox.peers) == 1
    assert b"Message-ID: <0@sos.example>" in inbox.mails[0]


def test_a_server_that_hung_up_in_between_is_called_anew() -> None:
    inbox = Inbox()
    with reserved_port() as port, mailing(f"smtp://127.0.0.1:{port}") as mailer:
        for _ in range(2):
            controller = Controller(inbox, hostname="127.0.0.1", port=port)
            controller.start()
            mailer.send(message())
            controller.stop()
    assert len(inbox.mails) == 2


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ({"rcpt": "550 5.1.1 No such mailbox"}, Rejected),
        ({"rcpt": "450 4.2.1 Mailbox busy"}, TryLater),
        ({"rcpt": "530 5.7.0 Authentication required"}, Misconfigured),
        ({"mail": "553 5.1.8 Sender unknown"}, Misconfigured),
        ({"mail": "451 4.3.0 Later"}, TryLater),
        ({"data": "554 5.6.0 Not liked"}, Rejected),
        ({"data": "452 4.3.1 Disk full"}, TryLater),
    ],
)
def test_refusals(replies: dict[str, str], error: type[Exception]) -> None:
    with (
        serving(Inbox(**replies)) as port,
        mailing(f"smtp://127.0.0.1:{port}") as mailer,
        pytest.raises(error) as caught,
    ):
        mailer.send(message())
    if error is Rejected:
        assert next(iter(replies.values()))[:3] in str(caught.value)


def test_after_a_refusal_the_next_mail_goes_out() -> None:
    inbox = Inbox(rcpt="550 No such mailbox")
    with serving(inbox) as port, mailing(f"smtp://127.0.0.1:{port}") as mailer:
        with pytest.raises(Rejected):
            mailer.send(message())
        inbox.replies.clear()
        mailer.send(message())
    assert len(inbox.mails) == 1


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with (
        reserved_port() as port,
        mailing(f"smtp://127.0.0.1:{port}") as mailer,
        pytest.raises(TryLater),
    ):
        mailer.send(message())


def test_a_server_that_never_speaks_is_given_up_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mailer = SmtpMailer(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.05)
        with pytest.raises(TryLater):
            mailer.send(message())


@pytest.mark.parametrize(
    "url", ["smtp://x:secret@mail.example:mail", "smtps://x:secret@[::1", "smtp://x:secret@h:99999"]
)
def test_an_address_of_a_server_that_makes_no_sense_is_said_in_words(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        SmtpMailer(url)
    assert caught.value.code == "mail_url_wrong"
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def authenticator(server, session, envelope, mechanism, data) -> AuthResult:
    good = (data.login, data.password) == (b"ann", b"p@ss word")
    return AuthResult(success=good, handled=False)


def test_user_and_password() -> None:
    inbox = Inbox()
    options = {"authenticator": authenticator, "auth_require_tls": False}
    with serving(inbox, **options) as port:
        with mailing(f"smtp://ann:p%40ss%20word@127.0.0.1:{port}") as mailer:
            mailer.send(message())
        with (
            mailing(f"smtp://ann:wrong@127.0.0.1:{port}") as mailer,
            pytest.raises(Misconfigured) as caught,
        ):
            mailer.send(message())
    assert inbox.users == [True]
    assert "wrong" not in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(encoding))
    return path


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def test_starttls_is_used_where_it_is_offered(certificate: Path) -> None:
    inbox = Inbox()
    trusted = ssl.create_default_context(cafile=str(certificate))
    options = {"tls_context": server_tls(certificate), "require_starttls": True}
    with serving(inbox, **options) as port:
        with mailing(f"smtp://localhost:{port}", context=trusted) as mailer:
            mailer.send(message())
        with mailing(f"smtp://localhost:{port}") as mailer, pytest.raises(Misconfigured):
            mailer.send(message())
    assert len(inbox.mails) == 1


def test_tls_from_the_start(certificate: Path) -> None:
    inbox = Inbox()
    trusted = ssl.create_default_context(cafile=str(certificate))
    with (
        serving(inbox, ssl_context=server_tls(certificate)) as port,
        mailing(f"smtps://localhost:{port}", context=trusted) as mailer,
    ):
        mailer.send(message())
    assert len(inbox.mails) == 1


def test_a_certificate_that_nobody_trusts_is_refused(certificate: Path) -> None:
    inbox = Inbox()
    with (
        serving(inbox, ssl_context=server_tls(certificate)) as port,
        mailing(f"smtps://localhost:{port}") as mailer,
        pytest.raises(Misconfigured),
    ):
        mailer.send(message())
    assert inbox.mails == []


def test_a_password_never_travels_in_clear_text_to_another_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sos_core.mail.smtp._is_this_machine", lambda _host: False)
    inbox = Inbox()
    options = {"authenticator": authenticator, "auth_require_tls": False}
    with (
        serving(inbox, **options) as port,
        mailing(f"smtp://ann:p%40ss%20word@127.0.0.1:{port}") as mailer,
        pytest.raises(Misconfigured) as caught,
    ):
        mailer.send(message())
    assert caught.value.code == "mail_not_encrypted"
    assert inbox.mails == []


def test_an_address_that_the_server_cannot_write_is_the_recipients_fault() -> None:
    inbox = Inbox()
    with (
        serving(inbox, enable_SMTPUTF8=False) as port,
        mailing(f"smtp://127.0.0.1:{port}") as mailer,
    ):
        with pytest.raises(Rejected):
            mailer.send(message(to="åke@x.example"))
        mailer.send(message())
    assert len(inbox.mails) == 1
