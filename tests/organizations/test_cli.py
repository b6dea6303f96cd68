"""`sos audit`, `sos secrets` and what `sos doctor` says of keys."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from sos_core.application import Application
from sos_core.cli import app
from sos_core.cli.doctor import examine
from sos_core.organizations.audit import record
from sos_core.organizations.commands import create_organization
from sos_core.organizations.secrets import get_secret, put_secret
from sos_core.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SOS_DATABASE_URL", "SOS_AUDIT_KEY", "SOS_ENCRYPTION_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOS_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def organization_id(folder: Path) -> int:
    """Return an organization whose log has three entries and whose head is written down."""
    application = Application(Settings())
    application.migrate()
    now = application.clock()
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=now
        )
    for verb in ("a", "b", "=cmd"):
        with application.database.write(organization_id) as session:
            record(session, actor="account:1", verb=verb, subject="x:1", now=now)
    application.audit_heads.write(application.database, now)
    with application.database.write(organization_id) as session:
        put_secret(session, application.vault, "crm", "hidden", now=now)
    application.stop()
    return organization_id


def sos(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def spoil(folder: Path, *statements: str) -> None:
    application = Application(Settings())
    with application.database.write(None) as session:
        for statement in statements:
            session.execute(text(statement))
    application.stop()


def test_a_whole_log_is_told(organization_id: int) -> None:
    for arguments in ((), ("--organization", organization_id)):
        result = sos("audit", "verify", *arguments)
        assert result.exit_code == 0
        assert result.output == f"Organization {organization_id}: 3 entries, unbroken.\n"


def test_the_first_broken_entry_is_named(folder: Path, organization_id: int) -> None:
    spoil(
        folder,
        "DROP TRIGGER audit_entry_is_kept_update",
        "UPDATE audit_entry SET actor = 'nobody' WHERE sequence = 2",
    )
    result = sos("audit", "verify")
    assert result.exit_code == 1
    assert "entry 2: it, or one before it, was changed" in result.output


def test_a_cut_tail_is_told(folder: Path, organization_id: int) -> None:
    spoil(
        folder,
        "DROP TRIGGER audit_entry_is_kept_delete",
        "DELETE FROM audit_entry WHERE sequence = 3",
        "UPDATE audit_head SET sequence = 2, "
        "mac = (SELECT mac FROM audit_entry WHERE sequence = 2)",
    )
    result = sos("audit", "verify")
    assert result.exit_code == 1
    assert "entry 3: it and whatever followed are gone" in result.output


def test_exports(folder: Path, organization_id: int) -> None:
    target = folder / "log.csv"
    assert sos("audit", "export", target, "--organization", organization_id).exit_code == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["verb"] for row in rows] == ["a", "b", "'=cmd"]
    target = folder / "log.jsonl"
    assert sos("audit", "export", target, "--organization", organization_id).exit_code == 0
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["verb"] for line in lines] == ["a", "b", "=cmd", "audit.exported"]
    assert [line["sequence"] for line in lines] == [1, 2, 3, 4]
    assert sos("audit", "export", folder / "log.txt", "--organization", 1).exit_code == 1
    assert "4 entries" not in sos("audit", "verify").output
    assert "5 entries, unbroken" in sos("audit", "verify").output


def test_a_new_audit_key_is_used_after_the_next_start(folder: Path, organization_id: int) -> None:
    assert sos("audit", "rotate-key").exit_code == 0
    assert len((folder / "audit.key").read_text(encoding="ascii").split()) == 2
    sos("audit", "export", folder / "log.csv", "--organization", organization_id)
    assert "4 entries, unbroken" in sos("audit", "verify").output


def test_a_given_audit_key_is_changed_by_its_owner(
    folder: Path, organization_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOS_AUDIT_KEY", "k" * 40)
    assert sos("audit", "rotate-key").exit_code == 1
    result = sos("audit", "verify")
    assert result.exit_code == 1
    assert "entry 1: its key is not in the key file" in result.output


def test_rotating_secrets(folder: Path, organization_id: int) -> None:
    before = (folder / "encryption.key").read_text(encoding="ascii")
    for arguments in ((), ("--data-keys",)):
        result = sos("secrets", "rotate", *arguments)
        assert result.exit_code == 0
        assert "1 data keys are wrapped" in result.output
    assert "1 secrets are encrypted" in result.output
    assert (folder / "encryption.key").read_text(encoding="ascii") != before
    application = Application(Settings())
    with application.database.read(organization_id) as session:
        assert get_secret(session, application.vault, "secret:crm") == "hidden"
    application.stop()


def test_the_doctor_tells_of_lost_keys(folder: Path, organization_id: int) -> None:
    def findings() -> dict[str, tuple[bool, str]]:
        application = Application(Settings())
        try:
            return {found.subject: (found.fine, found.words) for found in examine(application)}
        finally:
            application.stop()

    assert all(findings()[subject][0] for subject in ("secrets", "audit log", "database role"))
    (folder / "encryption.key").chmod(0o644)
    assert "chmod 600" in findings()["secrets"][1]
    for name in ("encryption.key", "audit.key"):
        (folder / name).unlink()
    found = findings()
    assert not found["secrets"][0]
    assert "encryption.key" in found["secrets"][1]
    assert not found["audit log"][0]
