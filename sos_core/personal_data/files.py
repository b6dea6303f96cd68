"""Files that name a person: mails in the folder, and the uploads that plans were made from."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from sos_core.people.identity import normalize_email

UPLOAD = re.compile(r"(\d{1,12})-[0-9a-f]{32}")
"""The folder of one upload; its name begins with the second in which it came."""
MANY = 1_000_000
HEAD_BYTES = 8192
DATE = re.compile(rb"^Date: ([^\r\n]+)", re.MULTILINE)
NOTE = "plan-{organization}-{plan}"
"""Name of the note that tells which upload a plan was made from."""


@dataclass(frozen=True, slots=True)
class Home:
    """An organization whose mails lie in the folder, and before which instant they are too old."""

    id: int
    name: str
    before: datetime


@dataclass(frozen=True, slots=True)
class OldMail:
    """A mail that is too old, and to whose organization it belongs."""

    path: Path
    organization_id: int


@dataclass(frozen=True, slots=True)
class OldMails:
    """Mails that are too old, and the name of the last file looked at; empty: there are no more."""

    found: tuple[OldMail, ...]
    after: str


@dataclass(frozen=True, slots=True)
class MailFile:
    """A mail in the folder, as far as its reader may know it: no link."""

    path: Path
    to: str
    subject: str
    sent_at: str


def mails_to(folder: Path, addresses: Collection[str], organization: str) -> Iterator[MailFile]:
    """Yield the mails of an organization to any of the addresses; every mail of ours names it."""
    wanted = {_as_sent(address) for address in addresses if "@" in address}
    if not wanted or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.eml")):
        with suppress(OSError):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if not isinstance(mail, EmailMessage) or wanted.isdisjoint(_recipients(mail)):
                continue
            if organization in _said(mail):
                to, subject = str(mail.get("To", "")), str(mail.get("Subject", ""))
                yield MailFile(path, to, subject, str(mail.get("Date", "")))


def drop_mails(folder: Path, addresses: Collection[str], organization: str) -> int:
    """Delete those mails, and return how many there were."""
    found = list(mails_to(folder, addresses, organization))
    for mail in found:
        mail.path.unlink(missing_ok=True)
    return len(found)


def old_mails(folder: Path, homes: Sequence[Home], after: str = "", most: int = MANY) -> OldMails:
    """Return the mails behind the file ``after`` that are too old, having looked at ``most`` files.

    A mail that names several organizations belongs to the one that keeps it longest, since one
    name may be part of another; one that names none is left alone.
    """
    if not homes or not folder.is_dir():
        return OldMails((), "")
    names = sorted(path.name for path in folder.glob("*.eml") if path.name > after)
    earliest = max(home.before for home in homes)
    found: list[OldMail] = []
    for name in names[:most]:
        path = folder / name
        with suppress(OSError):
            at = _sent_at(path)
            owner = _owner(path, homes) if at < earliest else None
            if owner is not None and at < owner.before:
                found.append(OldMail(path, owner.id))
    return OldMails(tuple(found), names[most - 1] if len(names) > most else "")


def _sent_at(path: Path) -> datetime:
    """Return the instant in a mail's head, or where it has none that of the file."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    said = DATE.search(head.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0])
    with suppress(ValueError):
        at = parsedate_to_datetime(said[1].decode("ascii", "replace")) if said else None
        if at is not None and at.tzinfo is not None:
            return at
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _owner(path: Path, homes: Sequence[Home]) -> Home | None:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    said = _said(mail) if isinstance(mail, EmailMessage) else ""
    named = [home for home in homes if home.name in said]
    return min(named, key=lambda home: (home.before, home.id), default=None)


def drop_upload(folder: Path, organization_id: int, plan_id: int) -> None:
    """Delete the upload that a plan was made from; harmless where it is gone."""
    note = folder / NOTE.format(organization=organization_id, plan=plan_id)
    with suppress(OSError):
        name = note.read_text("ascii")
        if UPLOAD.fullmatch(name):
            shutil.rmtree(folder / name, ignore_errors=True)
        note.unlink()


def _recipients(mail: EmailMessage) -> set[str]:
    found = getattr(mail["To"], "addresses", ())
    return {_as_sent(f"{address.username}@{address.domain}") for address in found}


def _as_sent(address: str) -> str:
    """Return the one form of an address, with its host as mails write it: `xn--…` beyond ASCII."""
    local, _, host = normalize_email(address).rpartition("@")
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    return f"{local}@{host}"


def _said(mail: EmailMessage) -> str:
    """Return the sender and the plain text of a mail, on one line."""
    body = mail.get_body(("plain",))
    words = body.get_content() if body is not None else ""
    return " ".join(f"{mail.get('From', '')} {words}".split())
