"""Reads the mails that the demonstration sent, as their recipients would: for the personal links."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

LINK = re.compile(r"/s/([A-Za-z0-9._~-]+)")


class Mailbox:
    """The folder of .eml files; each file is read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: set[str] = set()

    def links(self) -> dict[str, str]:
        """Return the personal links of the mails since the last call, by address of the recipient."""
        found: dict[str, str] = {}
        for path in sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            if path.name in self._read:
                continue
            self._read.add(path.name)
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            match = LINK.search(body.get_content()) if body else None
            if match and message["To"]:
                found[message["To"].addresses[0].addr_spec] = match[1]
        return found
