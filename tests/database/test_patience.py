"""How long a statement may take: as long as its session says, on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from sos_core.database import Database
from sos_core.database.session import STATEMENT_SECONDS
from sos_core.errors import Unavailable

LONG = {True: text("SELECT 1"), False: text("SELECT 1 FROM pg_sleep(60)")}
"""By whether it is SQLite, which has no such limit and is asked nothing long here."""


def test_a_statement_that_takes_too_long_is_ended_in_words(
    database: Database, organization_id: int
) -> None:
    def ask() -> int:
        with database.read(organization_id) as session:
            session.info[STATEMENT_SECONDS] = 0.05
            return int(session.scalar(LONG[database.is_sqlite]) or 0)

    if database.is_sqlite:
        assert ask() == 1
        return
    with pytest.raises(Unavailable) as refused:
        ask()
    assert refused.value.code == "database_busy"
    assert refused.value.retry_after > 0


def test_the_limit_is_forgotten_with_its_session(database: Database, organization_id: int) -> None:
    with database.read(organization_id) as session:
        session.info[STATEMENT_SECONDS] = 5.0
        session.execute(text("SELECT 1"))
        if not database.is_sqlite:
            assert session.scalar(text("SHOW statement_timeout")) == "5s"
    with database.read(organization_id) as session:
        session.execute(text("SELECT 1"))
        if not database.is_sqlite:
            assert session.scalar(text("SHOW statement_timeout")) == "0"
