"""`sos doctor`: looks for what is misconfigured, and says what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from sos_core.cli.context import DataDir, open_application

if TYPE_CHECKING:
    from sos_core.application import Application

ATTENTION = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: fine, or what is wrong and what to do."""

    subject: str
    fine: bool
    words: str


def run(data_dir: DataDir = None) -> None:
    """Check database, roles, keys, mail, plugins, widgets and jobs; exit with 3 where one is wrong."""
    with open_application(data_dir) as application:
        findings = list(examine(application))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.fine else 'LOOK'}  {finding.subject}: {finding.words}")
    if not all(finding.fine for finding in findings):
        raise typer.Exit(ATTENTION)


def examine(application: Application) -> Iterator[Finding]:
    """Yield what was found about each part of an installation."""
    yield _database(application)
    if application.readiness().ready:
        yield _role(application)
        yield _secrets(application)
        yield _audit(application)
    yield _keys(application)
    yield _address(application)
    yield _mail(application)
    yield _plugins(application)
    yield _widgets()
    yield _jobs(application)


def _database(application: Application) -> Finding:
    kind = "SQLite, for one server process" if application.database.is_sqlite else "PostgreSQL"
    readiness = application.readiness()
    return Finding(
        "database", readiness.ready, " ".join(readiness.faults) or f"{kind}, up to date."
    )


def _role(application: Application) -> Finding:
    if application.database.is_sqlite:
        return Finding("database role", True, "none; SQLite is guarded by the program alone.")
    warnings = application.readiness().warnings
    words = " ".join(warnings) or "row-level security holds it."
    return Finding("database role", not warnings, words)


def _secrets(application: Application) -> Finding:
    file = application.vault.key_file
    with application.database.read(None) as session:
        lost = application.vault.unreadable(session)
    if lost:
        words = f"{lost} data keys cannot be read: restore {file.path.name} or {file.setting}."
        return Finding("secrets", False, words)
    if not file.exists():
        return Finding("secrets", True, "none kept yet; the first makes the key.")
    mode = 0 if file.is_given else file.path.stat().st_mode & 0o077
    if mode:
        return Finding("secrets", False, f"others may read {file.path}: run `chmod 600` on it.")
    return Finding("secrets", True, "can be read; back their key up apart from the database.")


def _audit(application: Application) -> Finding:
    from sos_core.organizations.audit_queries import audit_key_id
    from sos_core.organizations.queries import organizations

    with application.database.read(None) as session:
        ids = [view.id for view in organizations(session)]
    for organization_id in ids:
        with application.database.read(organization_id) as session:
            key_id = audit_key_id(session)
        if key_id is not None and application.audit_keys.find(key_id) is None:
            words = f"its key is gone (organization {organization_id}): restore audit.key."
            return Finding("audit log", False, words)
    return Finding("audit log", True, "its keys are there; `sos audit verify` follows it.")


def _keys(application: Application) -> Finding:
    folder = application.settings.effective_keys_dir
    if not folder.exists():
        return Finding("survey keys", True, "none yet; the first survey makes the folder.")
    mode = folder.stat().st_mode & 0o077
    if mode:
        return Finding("survey keys", False, f"others may read {folder}: run `chmod 700` on it.")
    return Finding("survey keys", True, "only this user can read them; leave them out of backups.")


def _address(application: Application) -> Finding:
    address = urlsplit(application.settings.public_url)
    local = address.hostname in {"localhost", "127.0.0.1", "::1"}
    if address.scheme == "https" or local:
        where = "this machine only" if local else address.hostname or ""
        return Finding("address", True, f"personal links lead to {where}.")
    return Finding("address", False, "SOS_PUBLIC_URL is not https: links and sessions can be read.")


def _mail(application: Application) -> Finding:
    settings = application.settings
    if not settings.mail_url:
        return Finding("mail", True, f"no mail server set; mails are files in {settings.mail_dir}.")
    address = urlsplit(settings.mail_url)
    if address.scheme not in {"smtp", "smtps"} or not address.hostname:
        return Finding("mail", False, "SOS_MAIL_URL must look like smtp://user:password@host:587.")
    return Finding("mail", True, f"through {address.hostname}; send a test mail from a survey.")


def _plugins(application: Application) -> Finding:
    names = sorted(name for name, _ in application.plugins.list_name_plugin())
    formats = [format_.name for format_ in application.people_formats()]
    if not formats:
        return Finding("plugins", False, "none reads people: run `pip install sos-excel`.")
    return Finding("plugins", True, f"{', '.join(names)}.")


def _widgets() -> Finding:
    folder = files("sos_graphql").joinpath("_embed", "manifest.json")
    if folder.is_file():
        return Finding("widgets", True, "built.")
    return Finding("widgets", False, "not built: install again with Node 20 or newer at hand.")


def _jobs(application: Application) -> Finding:
    from sos_core.jobs.queries import queue_state

    if not application.readiness().ready:
        return Finding("jobs", False, "cannot be looked at before the database is ready.")
    with application.database.read(None) as session:
        waiting, _ = queue_state(session, application.clock())
    dead = waiting.get("dead", 0)
    if dead:
        return Finding("jobs", False, f"{dead} need a person: see `sos jobs list --state dead`.")
    writable = os.access(Path(application.settings.data_dir), os.W_OK)
    return Finding(
        "jobs", writable, "none is stuck." if writable else "the data folder is read-only."
    )
