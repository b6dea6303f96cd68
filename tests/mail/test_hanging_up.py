"""Mail servers that hang up while encryption begins, as they do who have too much to do."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading

import pytest

from sos_core.errors import TryLater
from tests.mail.test_mail import message
from tests.mail.test_smtp import mailing


@pytest.mark.parametrize("kind", [ssl.SSLEOFError, ssl.SSLZeroReturnError])
def test_however_openssl_calls_it_a_server_that_hangs_up_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, kind: type[ssl.SSLError]
) -> None:
    """Which of the two it is depends on its version, and on Python's."""

    def hang_up(*_: object, **__: object) -> smtplib.SMTP_SSL:
        raise kind(8, "closed")

    monkeypatch.setattr(smtplib, "SMTP_SSL", hang_up)
    with mailing("smtps://127.0.0.1:465") as mailer, pytest.raises(TryLater):
        mailer.send(message())


def test_a_server_that_hangs_up_while_encryption_begins_is_tried_again() -> None:
    def hang_up(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(30)
        thread = threading.Thread(target=hang_up, args=(server,))
        thread.start()
        with (
            mailing(f"smtps://127.0.0.1:{server.getsockname()[1]}") as mailer,
            pytest.raises(TryLater),
        ):
            mailer.send(message())
        thread.join()
