"""The command line: what it does, how it fails, and the exit codes that scripts rely on."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sos_core import __version__
from sos_core.cli import app
from sos_core.clock import now
from sos_core.database import Database
from sos_core.database.migrate import current_revision, head_revision
from sos_core.errors import Misconfigured
from sos_core.jobs import Jobs, enqueue, queries


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SOS_DATABASE_URL", "SOS_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOS_DATA_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "data"


def sos(*arguments: object, answer: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=answer)


@pytest.fixture
def data(folder: Path) -> list[str]:
    assert sos("database", "upgrade", "--data-dir", folder).exit_code == 0
    return ["--data-dir", str(folder)]


@pytest.fixture
def dead(folder: Path, data: list[str]) -> int:
    """Return the number of a job that was given up."""

    def refuse(_number: int) -> None:
        raise Misconfigured("The password is wrong.", "Enter a new one.")

    database = Database(f"sqlite:///{folder / 'sos.db'}")
    jobs = Jobs(database, clock=now)
    jobs.actor("room.push", refuse)
    with database.write(None) as session:
        enqueue(session, "room.push", 17)
    jobs.drain()
    with database.read(None) as session:
        job_id = queries.jobs(session)[0].id
    database.close()
    return job_id


def test_explains_itself() -> None:
    shown = sos("--help")
    assert shown.exit_code == 0
    assert "3 done but something needs attention" in shown.output
    assert sos("--version").output == f"sos {__version__}\n"


def test_a_misspelled_command_is_a_usage_error() -> None:
    for arguments in (("jbos",), ("jobs", "list", "--state", "odd"), ("jobs", "retry")):
        assert sos(*arguments).exit_code == 2


def test_a_failure_says_what_and_what_next(folder: Path) -> None:
    failed = sos("jobs", "list", "--data-dir", folder)
    assert failed.exit_code == 1
    assert failed.stdout == ""
    assert failed.stderr.splitlines() == [
        f"There is no SOS database in {folder}.",
        "Name its folder with --data-dir, or make one with `sos database upgrade`.",
    ]


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOS_WORKERS", "hunter2")
    failed = sos("jobs", "list")
    assert failed.exit_code == 1
    assert "SOS_WORKERS" in failed.stderr
    assert "hunter2" not in failed.stderr


def test_an_unreachable_database_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOS_DATABASE_URL", "postgresql://sos:hunter2@127.0.0.1:1/sos")
    failed = sos("jobs", "list")
    assert failed.exit_code == 1
    assert "Check SOS_DATABASE_URL" in failed.stderr
    assert "hunter2" not in failed.stderr


def test_the_schema_goes_up_and_down(folder: Path, data: list[str]) -> None:
    assert sos("database", "upgrade", *data).output == (
        f"The database is at revision {head_revision()}.\n"
    )
    assert sos("database", "current", *data).exit_code == 0
    assert sos("database", "downgrade", "0001", *data, answer="n\n").exit_code == 1
    assert sos("database", "downgrade", "0001", *data, answer="y\n").exit_code == 0
    behind = sos("database", "current", *data)
    assert behind.exit_code == 3
    assert "0001" in behind.output
    unknown = sos("database", "downgrade", "77", "--yes", *data)
    assert (unknown.exit_code, unknown.stderr.splitlines()[0]) == (
        1,
        "There is no revision 77 below 0001.",
    )
    database = Database(f"sqlite:///{folder / 'sos.db'}")
    assert current_revision(database) == "0001"
    database.close()


def test_jobs_that_were_given_up_need_attention(data: list[str], dead: int) -> None:
    listed = sos("jobs", "list", *data)
    assert listed.exit_code == 3
    for text in (str(dead), "room.push(17)", "The password is wrong.", "Enter a new one."):
        assert text in listed.output
    assert "0 ready, 0 at work, 1 given up" in listed.output
    read = json.loads(sos("jobs", "list", "--json", "--state", "dead", *data).stdout)
    assert [job["id"] for job in read["jobs"]] == [dead]
    assert read["counts"]["dead"] == 1


@pytest.mark.parametrize("how", ["number", "--all"])
def test_jobs_are_retried(data: list[str], dead: int, how: str) -> None:
    named = sos("jobs", "retry", dead if how == "number" else how, *data)
    assert (named.exit_code, named.output) == (0, "1 job will run again.\n")
    assert "1 ready, 0 at work, 0 given up" in sos("jobs", "list", *data).output


def test_jobs_are_discarded_after_a_question(data: list[str], dead: int) -> None:
    assert sos("jobs", "discard", dead, *data, answer="n\n").exit_code == 1
    assert sos("jobs", "list", *data).exit_code == 3
    gone = sos("jobs", "discard", dead, *data, answer="y\n")
    assert gone.exit_code == 0
    assert f"Discard {dead} room.push?" in gone.output
    assert sos("jobs", "list", *data).exit_code == 0


def test_a_job_that_is_not_there_changes_nothing(data: list[str], dead: int) -> None:
    for arguments in (("retry", dead, dead + 1), ("discard", "--yes", dead, dead + 1)):
        failed = sos("jobs", *arguments, *data)
        assert failed.exit_code == 1
        assert failed.stderr.startswith(f"There is no job with the number {dead + 1}.")
    assert "0 ready, 0 at work, 1 given up" in sos("jobs", "list", *data).output


def test_a_worker_does_jobs_until_it_is_stopped(
    folder: Path, data: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    begin = Jobs.start

    def begin_and_stop_when_done(self: Jobs, threads: int) -> None:
        self.actor("room.act", done.set)
        with self.database.write(None) as session:
            enqueue(session, "room.act")
        begin(self, threads)
        threading.Thread(
            target=lambda: done.wait(30) and os.kill(os.getpid(), signal.SIGTERM)
        ).start()

    monkeypatch.setattr(Jobs, "start", begin_and_stop_when_done)
    monkeypatch.setattr("sos_core.logs.configure_logging", lambda settings: None)
    assert sos("worker", "--threads", 1, *data).exit_code == 0
    assert "0 ready, 0 at work, 0 given up" in sos("jobs", "list", *data).output


def test_a_worker_refuses_an_old_schema(data: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sos_core.logs.configure_logging", lambda settings: None)
    assert sos("database", "downgrade", "0002", "--yes", *data).exit_code == 0
    refused = sos("worker", *data)
    assert refused.exit_code == 1
    assert "sos database upgrade" in refused.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("survey", "list"),
        ("people", "plans"),
        ("people", "template", "new.xlsx"),
        ("jobs", "list"),
        ("audit", "verify"),
    ],
)
def test_an_organization_that_is_not_there_is_an_error_and_no_empty_list(
    data: list[str], command: tuple[str, ...]
) -> None:
    refused = sos(*command, "--organization", 99, *data)
    assert refused.exit_code == 1, refused.output
    assert "There is no organization 99." in refused.stderr
    assert "sos organizations list" in refused.stderr
    assert refused.stdout == ""
