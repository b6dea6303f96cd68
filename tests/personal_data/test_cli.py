"""`sos personal-data`, on an installation of its own."""

from __future__ import annotations

import json
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
    file = tmp_path / "people.csv"
    file.write_text("Name,Email\nAnn Ek,ann@x.example\nBo Ek,bo@x.example\n", encoding="utf-8")
    options = ["--organization", "1", *options]
    assert sos("people", "import", file, "--apply", *options).exit_code == 0
    return options


def test_a_person_is_exported_and_erased(data: list[str], tmp_path: Path) -> None:
    target = tmp_path / "ann.json"
    assert sos("personal-data", "export", "ann@x.example", target, *data).exit_code == 0
    assert json.loads(target.read_bytes())["held"]["person"][0]["name"] == "Ann Ek"
    assert target.stat().st_mode & 0o077 == 0
    page = tmp_path / "ann.html"
    page.write_text("an older one that everybody may read", encoding="utf-8")
    page.chmod(0o644)
    assert sos("personal-data", "export", "ann@x.example", page, *data).exit_code == 0
    assert "Ann Ek" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == 0
    refused = sos("personal-data", "erase", "ann@x.example", *data)
    assert refused.exit_code == 1
    assert "Ann Ek" in refused.output
    done = sos("personal-data", "erase", "ann@x.example", "--confirm", "Ann Ek", *data)
    assert "is erased" in done.output
    assert sos("personal-data", "erase", "ann@x.example", *data).exit_code == 1
    assert "erased before" in sos("personal-data", "erase", "1", *data).output
    assert sos("audit", "verify", *data).exit_code == 0


def test_another_kind_of_file_is_refused(data: list[str], tmp_path: Path) -> None:
    refused = sos("personal-data", "export", "ann@x.example", tmp_path / "ann.txt", *data)
    assert refused.exit_code == 1
    assert ".json or .html" in refused.output
