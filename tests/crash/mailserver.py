"""A real SMTP server on the loopback that remembers whom it accepted which mail for."""

from __future__ import annotations

import asyncio
import email
from collections import defaultdict
from contextlib import ExitStack
from typing import Self

from aiosmtpd.controller import Controller

from tests.ports import reserved_port

PAUSE = 0.004
"""Seconds between accepting a mail and saying so: the moment in which a sender's death shows."""


class MailServer(ExitStack):
    """Listens while in the ``with``; ``accepted`` has the Message-IDs by recipient, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: dict[str, list[str]] = defaultdict(list)
        self.port = self.enter_context(reserved_port())

    def __enter__(self) -> Self:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        self.callback(controller.stop)
        return self

    @property
    def url(self) -> str:
        """Return the setting that leads here."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def count(self) -> int:
        """Return how many mails were accepted, those that came again too."""
        return sum(map(len, self.accepted.values()))

    async def handle_DATA(self, _server: object, _session: object, envelope) -> str:  # type: ignore[no-untyped-def]
        """Accept a mail; from here on it counts, whether the sender hears of it or not."""
        known = email.message_from_bytes(envelope.content)["Message-ID"]
        for recipient in envelope.rcpt_tos:
            self.accepted[recipient].append(known)
        await asyncio.sleep(PAUSE)
        return "250 OK"
