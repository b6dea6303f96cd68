"""Time passes, and surveys close, publish, tell plugins and send notices by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sos_core.access.commands import create_account
from sos_core.application import Application
from sos_core.benchmarks.commands import allow_contribution
from sos_core.benchmarks.queries import contributed_survey, editions
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.hookspecs import hookimpl
from sos_core.jobs.queries import jobs as all_jobs
from sos_core.organizations.commands import create_organization
from sos_core.records import Happening
from sos_core.results import jobs, queries, stored
from sos_core.settings import Settings
from sos_core.surveys import sight as survey_sights
from sos_core.surveys.commands import cancel_survey
from sos_core.surveys.queries import survey
from tests.results.closing_support import LEADERS, TREE, World, everybody


class Listener:
    """A plugin that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[Happening] = []

    @hookimpl
    def sos_happened(self, happenings: list[Happening]) -> None:
        self.told += happenings


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def application(
    sqlite_url: str, clock: ManualClock, tmp_path: Path, listener: Listener
) -> Iterator[Application]:
    settings = Settings(data_dir=tmp_path / "data", database_url=sqlite_url)
    application = Application(settings, clock=clock, plugins=[listener], entry_points=False)
    yield application
    application.stop()


@pytest.fixture
def living(application: Application, clock: ManualClock) -> World:
    """Return the organization inside a whole application, with accounts for three people."""
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="Europe/Stockholm", now=clock()
        )
    world = World(application.database, clock, organization_id, application.keys)
    world.grow(TREE, LEADERS)
    with world.database.write(organization_id) as session:
        allow_contribution(session, allowed=True, now=clock(), actor="test")
        for name, person, more in (
            ("ada", None, {"administrator": True}),
            ("led", "north0", {}),
            ("none", "south/west3", {}),
        ):
            create_account(
                session,
                email=f"{name}@x.example",
                name=name.capitalize(),
                language="sv",
                person_id=None if person is None else world.people[person],
                now=clock(),
                actor="test",
                **more,
            )
    return world


def notices(application: Application) -> list[str]:
    """Return the addresses that were told that the results are there."""
    found = []
    for path in sorted(application.settings.mail_dir.glob("*.eml")):
        mail = path.read_text(encoding="utf-8")
        if "/app" in mail and "/s/" not in mail:
            found.append(next(line for line in mail.splitlines() if line.startswith("To:")))
    return sorted(found)


def test_a_survey_closes_and_publishes_by_itself(
    application: Application, living: World, listener: Listener
) -> None:
    survey_id, org = living.open(), living.organization_id
    application.jobs.drain()
    living.submit(survey_id, everybody(living))
    living.clock.advance(days=20)
    application.jobs.drain()
    with living.database.read(org) as session:
        view, known = survey(session, survey_id), queries.release(session, survey_id)
        assert view.state == "sealed"
        assert known is not None
        assert known.edition_key == "demonstration"
        assert [edition.key for edition in editions(session)] == ["demonstration"]
        assert contributed_survey(session) == survey_id
    assert not living.keys.exists(org, survey_id)
    assert [event.kind for event in listener.told] == ["survey_closed", "release_published"]
    assert {event.subject_id for event in listener.told} == {survey_id}
    told = notices(application)
    assert len(told) == 2
    assert "ada@x.example" in told[0]
    assert "led@x.example" in told[1]
    application.jobs.drain()
    assert notices(application) == told


def test_a_close_whose_key_is_missing_waits_and_is_not_begun_twice(
    application: Application, living: World
) -> None:
    survey_id, org = living.open(), living.organization_id
    living.submit(survey_id, everybody(living))
    key = next(application.settings.effective_keys_dir.glob("*.key"))
    away = key.rename(key.with_suffix(".away"))
    living.clock.advance(days=20)
    application.jobs.drain()
    for _ in range(3):
        application.jobs.sweeps["results.sweep"](living.clock())
    with living.database.read(org) as session:
        assert survey(session, survey_id).state == "closing"
        waiting = all_jobs(session, actor="results.close")
        assert [job.code for job in waiting] == ["survey_key_missing"]
    away.rename(key)
    living.clock.advance(hours=1)
    application.jobs.drain()
    with living.database.read(org) as session:
        assert survey(session, survey_id).state == "sealed"


def test_a_cancelled_survey_loses_its_key_and_is_never_counted(
    application: Application, living: World, listener: Listener
) -> None:
    survey_id, org = living.open(), living.organization_id
    living.submit(survey_id, everybody(living))
    with living.database.write(org) as session:
        cancel_survey(session, survey_id, now=living.clock(), actor="test")
    living.clock.advance(days=40)
    application.jobs.drain()
    assert not living.keys.exists(org, survey_id)
    with living.database.read(org) as session:
        assert queries.release(session, survey_id) is None
    assert listener.told == []


def test_whom_to_tell_is_found_out_before_anything_is_written(
    living: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many accounts take long, and SQLite has one writer: nobody's answers should wait for that."""
    survey_id, org = living.open(), living.organization_id
    living.submit(survey_id, everybody(living))
    living.close(survey_id)
    order: list[str] = []

    def note(place: object, name: str, word: str) -> None:
        function = getattr(place, name)

        def noted(*given: Any, **more: Any) -> Any:
            order.append(word)
            return function(*given, **more)

        monkeypatch.setattr(place, name, noted)

    note(jobs, "account_principal", "asked")
    note(Database, "write", "written")
    for place in (stored, survey_sights):
        note(place, "survey_tree", "tree")
    nobody: Any = None
    work = jobs.ResultJobs(living.database, living.clock, living.closing, nobody, nobody, nobody)
    work.published(org, survey_id)
    assert [word for word in order if word != "tree"] == ["asked"] * 3 + ["written"]
    assert order.count("tree") <= 1
    with living.database.read(org) as session:
        assert contributed_survey(session) == survey_id
        assert len(all_jobs(session, actor="results.notify")) == 2


def test_one_survey_that_fails_keeps_no_other_from_its_turn(
    application: Application, living: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = living.open(), living.open_beside(title="Autumn")
    org = living.organization_id
    for survey_id in (first, second):
        living.close(survey_id)
    announce = jobs.announce

    def broken(session: Any, survey_id: int, **more: Any) -> bool:
        if survey_id == first:
            raise RuntimeError("this one alone")
        return announce(session, survey_id, **more)

    monkeypatch.setattr(jobs, "announce", broken)
    with pytest.raises(RuntimeError, match="this one alone"):
        application.jobs.sweeps["results.sweep"](living.clock())
    with living.database.read(org) as session:
        assert len(all_jobs(session, actor="results.published")) == 1
    monkeypatch.undo()
    application.jobs.sweeps["results.sweep"](living.clock())
    with living.database.read(org) as session:
        assert len(all_jobs(session, actor="results.published")) == 2
