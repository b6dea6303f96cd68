"""An organization with people in it."""

from __future__ import annotations

import pytest

from sos_core.database import Database
from tests.people.support import person, run


@pytest.fixture
def north(database: Database, organization_id: int) -> int:
    """Return an organization with two teams, their leaders, and a region's own staff."""
    run(
        database,
        organization_id,
        person("Rita", "N/E"),
        person("Lea", "N/E/A", manager="Rita"),
        person("Ann", "N/E/A", manager="Lea"),
        person("Abe", "N/E/A", manager="Lea"),
        person("Leo", "N/E/B", manager="Rita"),
        person("Bo", "N/E/B", manager="Leo", language="sv"),
    )
    return organization_id
