"""Files that name a person: mails in the folder, and the uploads that plans were made from."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sos_core.people.identity import normalize_email

UPLOAD = re.compile(r"(\d{1,12})-[0-9a-f]{32}")
"""The folder of one upload; its name begins with the second in which it came."""
NOTE = "plan-{organization}-{plan}"
"""Name of the note that tells which upload a plan was made from."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A mail in the folder, as far as its reader may know it: no link."""

    path: Path
    to: str
    subject: str
    sent_at: str


def mails_to(folder: Path, addresses: Collection[str], organization: str) -> Iterator[MailFile]:
    """Yield the mails of an organization to any of the addresses; every mail of ours names it."""
    wanted = {normalize_email(address) for address in addresses if "@" in address}
    if not wanted or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.eml")):
        with suppress(OSError):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            to = str(mail.get("To", ""))
            if not any(address in normalize_email(to) for address in wanted):
                continue
            if isinstance(mail, EmailMessage) and organization in _said(mail):
                yield MailFile(path, to, str(mail.get("Subject", "")), str(mail.get("Date", "")))


def drop_mails(folder: Path, addresses: Collection[str], organization: str) -> int:
    """Delete those mails, and return how many there were."""
    found = list(mails_to(folder, addresses, organization))
    for mail in found:
        mail.path.unlink(missing_ok=True)
    return len(found)


def drop_upload(folder: Path, organization_id: int, plan_id: int) -> None:
    """Delete the upload that a plan was made from; harmless where it is gone."""
    note = folder / NOTE.format(organization=organization_id, plan=plan_id)
    with suppress(OSError):
        name = note.read_text("ascii")
        if UPLOAD.fullmatch(name):
            shutil.rmtree(folder / name, ignore_errors=True)
        note.unlink()


def _said(mail: EmailMessage) -> str:
    """Return the sender and the plain text of a mail, on one line."""
    body = mail.get_body(("plain",))
    words = body.get_content() if body is not None else ""
    return " ".join(f"{mail.get('From', '')} {words}".split())
