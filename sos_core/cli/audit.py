"""`sos audit`: whether the audit log is still what was written, and the log as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sos_core.cli.context import DataDir, OrganizationId, load_settings, open_database
from sos_core.cli.failures import FAILED
from sos_core.errors import Conflict, InvalidInput

app = typer.Typer(help="Check the audit log, write it to a file, or seal it under a new key.")

TARGET = typer.Argument(help="Where to write it; its ending says which kind: .csv or .jsonl.")
Organization = Annotated[int, typer.Option("--organization", help="Its number.", min=1)]

WHY = {
    "missing": "it is missing",
    "changed": "it, or one before it, was changed",
    "rewritten": "it is another one than was written down outside the database",
    "cut": "it and whatever followed are gone",
    "unsealed": "it has no seal",
    "unknown_key": "its key is not in the key file or SOS_AUDIT_KEY",
    "head": "the log does not end where the database says",
}
"""What is said of the first wrong entry, by the chain's words for it."""


@app.command()
def verify(organization: OrganizationId = None, data_dir: DataDir = None) -> None:
    """Follow the chain of every organization's log; exit with 1 where an entry is not as written."""
    from sos_core.organizations.audit_queries import verify_audit
    from sos_core.organizations.heads import HeadBook
    from sos_core.organizations.key_ring import KeyRing, audit_keys
    from sos_core.organizations.queries import organizations

    settings = load_settings(data_dir)
    file, book = audit_keys(settings), HeadBook(settings.audit_heads_dir)
    ring = file.load() if file.exists() else KeyRing(())
    broken = False
    with open_database(data_dir, organization) as database:
        with database.read(None) as session:
            ids = [view.id for view in organizations(session)]
        for organization_id in ids if organization is None else [organization]:
            with database.read(organization_id) as session:
                verdict = verify_audit(session, ring, book.read(organization_id))
            if verdict.broken is None:
                typer.echo(f"Organization {organization_id}: {verdict.entries} entries, unbroken.")
                continue
            broken = True
            why = WHY[verdict.broken.why]
            typer.echo(f"Organization {organization_id}: entry {verdict.broken.sequence}: {why}.")
    if broken:
        raise typer.Exit(FAILED)


@app.command()
def export(
    target: Annotated[Path, TARGET], organization: Organization, data_dir: DataDir = None
) -> None:
    """Write an organization's whole log to TARGET, and that this was done into the log."""
    from sos_core.clock import now
    from sos_core.organizations.audit import record
    from sos_core.organizations.audit_export import as_csv, as_json_lines
    from sos_core.organizations.audit_queries import all_audit_entries

    writers = {".csv": as_csv, ".jsonl": as_json_lines}
    lines = writers.get(target.suffix.lower())
    if lines is None:
        raise InvalidInput(
            "SOS cannot write a log to “{name}”.",
            "Give it a name that ends in .csv or .jsonl.",
            code="audit_file_kind_unknown",
            field="target",
            values={"name": target.name},
        )
    with open_database(data_dir, organization) as database:
        with database.read(organization) as session, target.open("wb") as file:
            file.writelines(lines(all_audit_entries(session)))
        with database.write(organization) as session:
            subject = f"organization:{organization}"
            record(session, actor="operator", verb="audit.exported", subject=subject, now=now())
    typer.echo(f"The log is in {target}.")


@app.command(name="rotate-key")
def rotate_key(data_dir: DataDir = None) -> None:
    """Make a new key, which seals what is recorded after the next start; older ones are kept."""
    from sos_core.organizations.key_ring import audit_keys

    file = audit_keys(load_settings(data_dir))
    if file.is_given:
        raise Conflict(
            "The keys of the audit log come from SOS_AUDIT_KEY.",
            "Put a new key before the others there, and start SOS again.",
            code="audit_key_is_a_setting",
        )
    file.add()
    typer.echo(f"{file.path} begins with a new key. Back it up, and start SOS again.")
