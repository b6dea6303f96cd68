"""`sos plugins` tells what is installed, and lives on where one plugin does not load."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from typer.testing import CliRunner

from sos_core.cli import app, plugins


def test_lists_the_built_in_and_the_installed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, ["plugins"])
    assert result.exit_code == 0
    assert "sos_benchmark_sources" in result.stdout
    assert "excel" in result.stdout
    assert "sos_people_formats" in result.stdout


def test_names_the_one_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    broken = EntryPoint("broken", "sos_core.no_such_module", "sos")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [broken])
    result = CliRunner().invoke(app, ["plugins"])
    assert result.exit_code == 3
    assert "broken" in result.stdout
    assert "ModuleNotFoundError" in result.stdout
