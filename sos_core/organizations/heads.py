"""Heads of the audit log, written down each hour outside the database: a cut tail shows there.

A file for each organization, `ORGANIZATION.jsonl`, gets a line when the head has moved on; so does
the log of the process, which usually ends up on another machine.
"""

from __future__ import annotations

import json
import os
import re
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from sos_core.database import Database
from sos_core.organizations.audit_queries import audit_head
from sos_core.organizations.queries import organizations

EVERY = timedelta(hours=1)
log = structlog.get_logger(__name__)


class HeadBook:
    """The folder of heads; one for each process that keeps the schedule."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._next: datetime | None = None

    def sweep(self, database: Database, now: datetime) -> None:
        """Write the heads down when an hour has passed since this process last did."""
        if self._next is not None and self._next - EVERY <= now < self._next:
            return
        self.write(database, now)
        self._next = now + EVERY

    def write(self, database: Database, now: datetime) -> None:
        """Write down every organization's head that is newer than the one written last."""
        with database.read(None) as session:
            ids = [view.id for view in organizations(session)]
        for organization_id in ids:
            with database.read(organization_id) as session:
                head = audit_head(session)
            known = self.read(organization_id)
            if head is not None and head[0] > max(known, default=0):
                self._append(organization_id, now, *head)

    def read(self, organization_id: int) -> dict[int, bytes]:
        """Return the seals that were written down, by the number of their entry.

        A last line that was not finished, since the machine stopped, counts for nothing.
        """
        path = self._path(organization_id)
        lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
        found: dict[int, bytes] = {}
        for line in lines:
            if re.fullmatch(r"\{.*\}", line):
                said = json.loads(line)
                found[int(said["sequence"])] = bytes.fromhex(said["mac"])
        return found

    def _append(self, organization_id: int, now: datetime, sequence: int, mac: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        said = {"at": now.isoformat(), "sequence": sequence, "mac": mac.hex()}
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(self._path(organization_id), flags, 0o600), "ab") as file:
            # The line break stands first: an unfinished line stays apart from the next one.
            file.write(f"\n{json.dumps(said)}".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        # In groups, since the log strikes out whatever looks like a key.
        log.info("audit_head", organization=organization_id, sequence=sequence, mac=mac.hex(" ", 8))

    def _path(self, organization_id: int) -> Path:
        return self.folder / f"{organization_id}.jsonl"
