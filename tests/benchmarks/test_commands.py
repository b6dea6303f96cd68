"""Editions and contributions in the database: opt-in, revocable, frozen once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sos_core.benchmarks.built_in import sos_benchmark_sources
from sos_core.benchmarks.commands import (
    allow_contribution,
    contribute,
    keys_of,
    make_edition,
    refresh_editions,
)
from sos_core.benchmarks.queries import (
    contributed_survey,
    edition,
    edition_in_force,
    editions,
    holds_own,
    missing_editions,
)
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, NotFound
from sos_core.organizations.commands import create_organization

VERSION = "1.0"


def found(database: Database, clock: ManualClock, count: int, start: int = 0) -> list[int]:
    ids = []
    for number in range(start, start + count):
        with database.write(None) as session:
            ids.append(
                create_organization(
                    session, name=f"Org {number}", language="en", time_zone="UTC", now=clock()
                )
            )
    return ids


def give(database: Database, organization_id: int, at: datetime, survey_id: int = 1) -> bool:
    scores = dict.fromkeys(keys_of(VERSION), 50.0 + organization_id / 10)
    with database.write(organization_id) as session:
        return contribute(session, survey_id, instrument=VERSION, scores=scores, measured_at=at)


def take_part(database: Database, organization_id: int, now: datetime) -> None:
    with database.write(organization_id) as session:
        allow_contribution(session, allowed=True, now=now, actor="test")


def make(database: Database, key: str, now: datetime):
    with database.write(None) as session:
        return make_edition(session, key=key, title=key, instrument=VERSION, now=now)


def test_editions_of_plugins_are_stored_once(database: Database, clock: ManualClock) -> None:
    brought = sos_benchmark_sources()
    with database.write(None) as session:
        assert refresh_editions(session, brought) == ["demonstration"]
        assert refresh_editions(session, brought) == []
    with database.read(None) as session:
        assert editions(session) == brought
        assert missing_editions(session, ["demonstration", "x"]) == ["x"]
        assert edition_in_force(session, VERSION, clock()) == brought[0]
        assert edition_in_force(session, "2.0", clock()) is None
        with pytest.raises(NotFound):
            edition(session, "x")


def test_only_who_allowed_it_contributes_and_may_take_it_back(
    sqlite_database: Database, clock: ManualClock
) -> None:
    (org,) = found(sqlite_database, clock, 1)
    assert not give(sqlite_database, org, clock())
    take_part(sqlite_database, org, clock())
    assert give(sqlite_database, org, clock(), survey_id=2)
    assert not give(sqlite_database, org, clock() - timedelta(days=1), survey_id=1)
    with sqlite_database.write(org) as session:
        gap = {"overall": 50.0}
        assert not contribute(session, 3, instrument=VERSION, scores=gap, measured_at=clock())
        assert contributed_survey(session) == 2
        allow_contribution(session, allowed=False, now=clock(), actor="test")
    with sqlite_database.read(org) as session:
        assert contributed_survey(session) is None


def test_an_edition_needs_enough_organizations_and_no_small_change(
    database: Database, clock: ManualClock
) -> None:
    first = found(database, clock, 9)
    for org in first:
        take_part(database, org, clock())
        give(database, org, clock())
    with pytest.raises(Conflict, match="too_few"):
        make(database, "one", clock())
    first += found(database, clock, 1, 9)
    take_part(database, first[-1], clock())
    give(database, first[-1], clock())
    made = make(database, "one", clock())
    assert len(made.scores["overall"]) == 10
    assert not made.synthetic
    with pytest.raises(Conflict, match="already"):
        make(database, "one", clock())
    late = found(database, clock, 4, 10)
    for org in late:
        take_part(database, org, clock())
        give(database, org, clock())
    with pytest.raises(Conflict, match="small_change"):
        make(database, "two", clock())
    (outside,) = found(database, clock, 1, 14)
    with database.read(first[0]) as session:
        assert edition_in_force(session, VERSION, clock()) == made
        assert holds_own(session, "one")
    with database.read(outside) as session:
        assert not holds_own(session, "one")
    clock.advance(days=800)
    with database.read(outside) as session:
        assert edition_in_force(session, VERSION, clock()) is None
