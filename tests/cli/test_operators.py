"""`sos operator`: made with a password from the standard input, listed, renewed and removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sos_core.cli import app

PASSWORD = "a sentence of several words\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.delenv("SOS_DATABASE_URL", raising=False)
    return ["--data-dir", str(tmp_path / "data")]


def sos(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["operator", *arguments], input=typed)


def test_an_operator_is_made_listed_and_removed(data: list[str]) -> None:
    made = sos("create", "Ops@X.example", "--password-stdin", *data, typed=PASSWORD)
    assert made.exit_code == 0, made.output
    assert "a sentence" not in made.output
    again = sos("create", "ops@x.example", *data, typed=PASSWORD * 2)
    assert again.exit_code == 1
    assert "already" in again.output
    assert "Ops@X.example" in sos("list", *data).output
    weak = sos("password", "ops@x.example", "--password-stdin", *data, typed="password1234\n")
    assert weak.exit_code == 1
    assert sos("password", "ops@x.example", *data, typed=PASSWORD * 2).exit_code == 0
    assert sos("remove", "ops@x.example", *data).exit_code == 0
    assert sos("remove", "ops@x.example", *data).exit_code == 1
    assert "Ops@X.example" not in sos("list", *data).output
