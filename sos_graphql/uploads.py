"""Uploaded files: kept under random names, bound to the account that sent them, a day at most."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import unicodedata
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sos_core.access.principal import Principal
from sos_core.application import Application
from sos_core.errors import InvalidInput, NotFound
from sos_core.personal_data import files
from sos_core.personal_data.files import NOTE, UPLOAD
from sos_core.signing import sign, verify

PURPOSE = "upload"
KEPT_FOR = timedelta(hours=24)
LONGEST_NAME = 80
MOST_BYTES = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in: ``id`` is good for the account that sent it alone; size in bytes."""

    id: str
    name: str
    size: int


async def store_upload(
    application: Application,
    principal: Principal,
    name: str,
    chunks: AsyncIterator[bytes],
    *,
    now: datetime,
) -> Upload:
    """Write a file piece by piece; raise InvalidInput for a kind we cannot read, or one too large.

    The folder is random; the cleaned name in it is only what plans and people read.
    """
    shown = clean_name(name)
    application.people_format(shown)
    folder = f"{int(now.timestamp())}-{secrets.token_hex(16)}"
    path = application.settings.uploads_dir / folder / shown
    await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True)
    try:
        size = await _write(path, chunks, application.settings.upload_max_bytes)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)
        raise
    number = sign(
        application.secret,
        PURPOSE,
        principal.organization_id or 0,
        principal.actor,
        folder,
    )
    return Upload(number, shown, size)


def claim_upload(application: Application, principal: Principal, upload_id: str) -> Path:
    """Return the file of an upload; raise NotFound unless this account sent it within a day."""
    parts = verify(application.secret, PURPOSE, upload_id, parts=3)
    owner = (str(principal.organization_id or 0), principal.actor)
    if parts is not None and parts[:2] == owner and UPLOAD.fullmatch(parts[2]):
        folder = application.settings.uploads_dir / parts[2]
        for path in sorted(folder.glob("*")):
            return path
    raise NotFound(
        "This upload is not there any more.",
        "Upload the file again.",
        code="upload_unknown",
    )


def note_plan(application: Application, organization_id: int, plan_id: int, upload: Path) -> None:
    """Note which upload a plan was made from, so that it goes when the plan is decided."""
    # The plan is stored by now; without a note its upload goes after a day.
    with suppress(OSError):
        _note(application, organization_id, plan_id).write_text(upload.parent.name, "ascii")


def drop_upload(application: Application, organization_id: int, plan_id: int) -> None:
    """Delete the upload of a plan that was applied or discarded: the plan holds all it needs."""
    files.drop_upload(application.settings.uploads_dir, organization_id, plan_id)


def sweep_uploads(application: Application, now: datetime) -> None:
    """Delete uploads that are older than a day, and notes on uploads that are gone."""
    folder = application.settings.uploads_dir
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        known = UPLOAD.fullmatch(path.name)
        if known and int(known[1]) <= (now - KEPT_FOR).timestamp():
            shutil.rmtree(path, ignore_errors=True)
    for note in folder.glob(NOTE.format(organization="*", plan="*")):
        with suppress(OSError):
            if not (folder / note.read_text("ascii")).is_dir():
                note.unlink()


def clean_name(name: str) -> str:
    """Return a file name that is safe on any disk and page, with its ending; never a path.

    >>> clean_name("../../etc/Personal 2026.XLSX")
    'Personal 2026.xlsx'
    """
    last = re.split(r"[/\\\\:]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c if c.isalnum() or c in " ._-()" else "_" for c in last)
    stem, dot, ending = " ".join(kept.split()).rpartition(".")
    stem = _cut(stem.strip(" .")[: LONGEST_NAME - 10]) or "file"
    return (
        f"{stem}.{ending[:8].lower()}" if dot and ending else _cut((stem + ending)[:LONGEST_NAME])
    )


def _cut(name: str) -> str:
    """Return as much of a name as disks take: they count bytes."""
    return name.encode()[:MOST_BYTES].decode(errors="ignore")


def _note(application: Application, organization_id: int, plan_id: int) -> Path:
    name = NOTE.format(organization=organization_id, plan=plan_id)
    return application.settings.uploads_dir / name


async def _write(path: Path, chunks: AsyncIterator[bytes], most: int) -> int:
    size = 0
    with path.open("xb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise InvalidInput(
                    "The file is larger than {limit} MB.",
                    "Copy the rows with people into a new workbook or the template, "
                    "and upload that file.",
                    code="file_too_large",
                    field="file",
                    values={"limit": max(1, most // (1024 * 1024))},
                )
            await asyncio.to_thread(file.write, chunk)
    if size == 0:
        raise InvalidInput(
            "The file is empty.",
            "Save it once more in Excel and upload it again.",
            code="file_empty",
            field="file",
        )
    return size
