"""`sos survey`, from the first draft to the printed code."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sos_core.cli import app
from sos_core.clock import now
from sos_core.database import Database
from sos_core.database.migrate import upgrade
from sos_core.organizations.commands import create_organization
from tests.surveys.conftest import Crew, build_crew


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SOS_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def crew(folder: Path) -> Crew:
    database = Database(f"sqlite:///{folder / 'sos.db'}")
    upgrade(database)
    with database.write(None) as session:
        organization = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=now()
        )
    crew = build_crew(database, organization)
    database.close()
    return crew


def test_a_survey_from_the_command_line(folder: Path, crew: Crew) -> None:
    def sos(*arguments: object) -> Result:
        where = ["--organization", str(crew.organization_id), "--data-dir", str(folder)]
        return CliRunner().invoke(app, ["survey", *map(str, arguments), *where])

    later = (now() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    assert sos("create", "Spring", "--audience", "everybody").exit_code == 1
    assert "Survey 1 is a draft" in sos("create", "Spring").output
    assert "will open by itself" in sos("open", 1).output
    assert "scheduled" in sos("list").output
    assert "is open" in sos("open", 1, "--now").output
    assert sos("open", 1, "--now").exit_code == 1
    assert "≤ 10%" in sos("list").output
    assert json.loads(sos("list", "--json").output)[0]["state"] == "open"
    assert sos("remind", 1).exit_code == 1
    assert sos("extend", 1, "--closes", later).exit_code == 0
    printed = sos("codes", 1).output
    assert "Paper" in printed
    assert "Beta" in printed
    assert sos("close", 1).exit_code == 0
    assert sos("cancel", 1, "--yes").exit_code == 0
    assert sos("close", 1).exit_code == 1
