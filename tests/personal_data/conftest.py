"""An organization on each database, with a history that names its people everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from tests.personal_data.history import History


@pytest.fixture
def history(
    database: Database, organization_id: int, clock: ManualClock, tmp_path: Path
) -> History:
    """Return an organization whose people were imported, renamed, surveyed and written to."""
    made = History.of(database, clock, organization_id, tmp_path)
    made.live(seed=1)
    return made
