"""`sos retention` and `sos signing-keys`, on an installation of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sos_core.cli import app


def sos(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.delenv("SOS_DATABASE_URL", raising=False)
    monkeypatch.setenv("SOS_NEW_PASSWORD", "a long enough password")
    options = ["--data-dir", str(tmp_path / "data")]
    made = sos("organizations", "create", "Acme", "--administrator", "a@x.example", *options)
    assert made.exit_code == 0, made.output
    return options


def row(output: str, first: str) -> list[str]:
    return next(line.split() for line in output.splitlines() if first in line.split())


def test_times_are_shown_changed_and_swept(data: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mail"
    folder.mkdir()
    for day in ("01 Jan 2001", "01 Jan 2099"):
        text = f"From: sos@localhost\nDate: {day} 09:00:00 +0000\n\nFrom Acme.\n"
        (folder / f"{day[-4:]}.eml").write_text(text)
    assert row(sos("retention", "show", *data).output, "mails") == ["1", "mails", "90", "90", "1"]
    changed = sos("retention", "set", "mails=30", "plans=60", "--organization", 1, *data)
    assert "mails 30 days" in changed.output
    assert row(sos("retention", "show", "--organization", 1, *data).output, "mails")[2] == "30"
    assert len(list(folder.iterdir())) == 2
    assert sos("retention", "sweep", *data).exit_code == 0
    assert [path.name for path in folder.iterdir()] == ["2099.eml"]
    assert sos("audit", "verify", *data).exit_code == 0


def test_times_out_of_bounds_are_refused(data: list[str]) -> None:
    refused = sos("retention", "set", "plans=5", "--organization", 1, *data)
    assert refused.exit_code == 1
    assert "between 30 and 1095" in refused.output
    assert sos("retention", "set", "plans", "--organization", 1, *data).exit_code == 2


def test_signing_keys_are_renewed_listed_and_given_up(data: list[str]) -> None:
    first = sos("signing-keys", "renew", *data).stdout.split()[1]
    second = sos("signing-keys", "renew", *data).stdout.split()[1]
    listed = sos("signing-keys", "list", *data).stdout
    assert listed.index(second) < listed.index(first)
    assert row(listed, first)[4:6] == ["no", "more"]
    assert row(listed, second)[4] != "no"
    assert first in sos("signing-keys", "retire", first, *data).output
    assert sos("signing-keys", "retire", first, *data).exit_code == 1
    third = sos("signing-keys", "renew", "--at-once", *data).stdout.split()[1]
    listed = sos("signing-keys", "list", *data).stdout
    assert (third in listed, second in listed) == (True, False)
