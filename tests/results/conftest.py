"""Fixtures of releases: an organization on each database, and one of its surveys closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.organizations.commands import create_organization
from tests.results.closing_support import CUTS, LEADERS, TREE, World, everybody


@pytest.fixture
def world(database: Database, organization_id: int, clock: ManualClock, tmp_path: Path) -> World:
    """Return an organization of 52 people, on each engine in turn."""
    world = World.of(database, clock, organization_id, tmp_path)
    world.grow(TREE, LEADERS)
    return world


@pytest.fixture
def quick_world(sqlite_database: Database, clock: ManualClock, tmp_path: Path) -> World:
    """Return the same on SQLite alone, for what the engine cannot matter to."""
    organization_id = found_organization(sqlite_database, clock)
    world = World.of(sqlite_database, clock, organization_id, tmp_path)
    world.grow(TREE, LEADERS)
    return world


@pytest.fixture
def closed(world: World) -> int:
    """Return a survey that everybody answered, closed and published."""
    return close_one(world)


@pytest.fixture
def quickly_closed(quick_world: World) -> int:
    """Return the same on SQLite alone."""
    return close_one(quick_world)


def close_one(world: World) -> int:
    survey_id = world.open(cuts=CUTS)
    world.submit(survey_id, everybody(world))
    world.close(survey_id)
    return survey_id


def found_organization(database: Database, clock: ManualClock) -> int:
    with database.write(None) as session:
        return create_organization(
            session, name="Acme", language="en", time_zone="Europe/Stockholm", now=clock()
        )
