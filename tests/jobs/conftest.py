"""Fixtures of the jobs room."""

from __future__ import annotations

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs import Jobs


@pytest.fixture
def jobs(database: Database, clock: ManualClock) -> Jobs:
    """Return the jobs of an application whose clock stands still."""
    return Jobs(database, clock=clock)
