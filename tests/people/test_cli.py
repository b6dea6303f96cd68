"""`sos people` from the template to the undo, with the real plugin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sos_core.access.commands import create_account
from sos_core.access.queries import account_principal
from sos_core.cli import app
from sos_core.cli.context import open_database
from sos_core.people.queries import find_by_email, person, units
from tests.conftest import START

HEADINGS = "Name,Email,Business area,Region,Team,Manager e-mail\n"
PEOPLE = HEADINGS + "".join(
    f"{name},{name.lower()}@x.example,N,E,A,{'' if name == 'Lea' else 'lea@x.example'}\n"
    for name in ("Lea", "Ann", "Bo", "Cy", "Dee", "Eve", "Fay")
)


def sos(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.delenv("SOS_DATABASE_URL", raising=False)
    monkeypatch.setenv("SOS_NEW_PASSWORD", "a long enough password")
    monkeypatch.setenv("COLUMNS", "200")
    options = ["--data-dir", str(tmp_path / "data")]
    made = sos("organizations", "create", "Acme", "--administrator", "a@x.example", *options)
    assert made.exit_code == 0, made.output
    return ["--organization", "1", *options]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def plans(data: list[str]) -> list[dict[str, object]]:
    return json.loads(sos("people", "plans", "--json", *data).stdout)


def test_a_file_is_shown_applied_and_undone(data: list[str], file: Path) -> None:
    shown = sos("people", "import", file, *data)
    assert shown.exit_code == 0, shown.output
    assert "Plan 1 (open): 7 added, 3 unit, 1 leader." in shown.output
    assert plans(data)[0]["state"] == "open"
    assert sos("people", "apply", 1, *data).exit_code == 0
    again = sos("people", "import", file, "--apply", *data)
    assert "7 unchanged" in again.output
    assert sos("people", "undo", 1, *data).exit_code == 0
    assert [plan["state"] for plan in plans(data)] == ["applied", "undone"]
    assert sos("people", "undo", 1, *data).exit_code == 1


def test_rejected_rows_end_in_an_exit_code_of_their_own(data: list[str], file: Path) -> None:
    file.write_text(f"{PEOPLE}Bad,no address,N,E,A,\n", encoding="utf-8")
    result = sos("people", "import", file, "--apply", *data)
    assert result.exit_code == 3
    assert "7 added" in result.output
    assert "“no address” is not an e-mail address." in result.output


def test_a_complete_list_asks_for_what_must_be_typed(data: list[str], file: Path) -> None:
    sos("people", "import", file, "--apply", *data)
    file.write_text(f"{HEADINGS}Lea,lea@x.example,N,E,A,\n", encoding="utf-8")
    result = sos("people", "import", file, "--complete", *data)
    assert "--confirm 6" in result.output
    assert sos("people", "apply", 2, *data).exit_code == 1
    assert sos("people", "apply", 2, "--confirm", 6, *data).exit_code == 0
    missing = sos("people", "import", file, "--below", "S", *data)
    assert (missing.exit_code, "no such unit" in missing.output) == (1, True)
    assert sos("people", "import", file, "--below", "n/e", *data).exit_code == 0


def test_what_is_meant_by_an_import_is_clear_before_a_plan_is_made(
    data: list[str], file: Path
) -> None:
    unclear = sos("people", "import", file, "--apply", "--suspects", "perhaps", *data)
    assert unclear.exit_code == 2
    # As a script says it whose variable is empty: that must not mean the whole organization.
    nowhere = sos("people", "import", file, "--complete", "--below", "", *data)
    assert (nowhere.exit_code, "no such unit" in nowhere.output) == (1, True)
    assert plans(data) == []


def test_suspects_are_answered_together(data: list[str], file: Path) -> None:
    sos("people", "import", file, "--apply", *data)
    file.write_text(f"{HEADINGS}Ann,ann.new@x.example,N,E,A,lea@x.example\n", encoding="utf-8")
    assert "1 suspect" in sos("people", "import", file, *data).output
    assert sos("people", "apply", 2, *data).exit_code == 1
    assert sos("people", "apply", 2, "--suspects", "perhaps", *data).exit_code == 2
    assert sos("people", "apply", 2, "--suspects", "same", *data).exit_code == 0
    shown = sos("people", "show", 2, *data)
    assert "ann@x.example → ann.new@x.example" in shown.output


def test_discarding_and_the_template(data: list[str], file: Path, tmp_path: Path) -> None:
    sos("people", "import", file, *data)
    assert sos("people", "discard", 1, *data).exit_code == 0
    assert "discarded" in sos("people", "plans", *data).output
    target = tmp_path / "template.csv"
    assert sos("people", "template", target, *data).exit_code == 0
    assert "Region" in target.read_text(encoding="utf-8-sig")


def test_an_undo_keeps_whom_accounts_name_and_the_units_that_viewers_were_given(
    data: list[str], file: Path
) -> None:
    sos("people", "import", file, "--apply", *data)
    with open_database(Path(data[-1])) as database:
        with database.write(1) as session:
            ann = find_by_email(session, "ann@x.example")
            team = next(unit.id for unit in units(session) if unit.name == "A")
            assert ann is not None
            viewer = create_account(
                session,
                email="ann@x.example",
                name="Ann",
                person_id=ann.id,
                granted_units=[team],
                now=START,
                actor="test",
            )
        assert sos("people", "undo", 1, *data).exit_code == 0
        with database.read(1) as session:
            kept = {unit.name: unit.active for unit in units(session, active=None)}
            assert kept == {"N": False, "E": False, "A": False}
            assert person(session, ann.id).active is False
            assert account_principal(session, viewer).granted == {team}
