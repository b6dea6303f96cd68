"""Attempts are counted in the database: together, for five minutes, and without whose they were."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from structlog.testing import capture_logs

from sos_core.access import counting
from sos_core.access.counting import (
    WINDOW,
    Limit,
    _require_room,
    count_attempt,
    forget_attempts,
)
from sos_core.access.tables import AttemptCount
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Unavailable
from tests.access.making import SECRET

START = datetime.fromisoformat("2027-01-04T09:00:00+00:00")


def tried(database: Database, clock: ManualClock, *limits: Limit) -> float:
    """Make an attempt; return how long to wait where it is refused, 0 where it is not."""
    try:
        count_attempt(database, SECRET, limits, now=clock())
    except Unavailable as refused:
        return refused.retry_after if refused.code == "too_many_attempts" else -1.0
    return 0.0


def kept(database: Database) -> list[AttemptCount]:
    with database.read(None) as session:
        return list(session.scalars(select(AttemptCount)))


def test_two_processes_count_together(database: Database, clock: ManualClock) -> None:
    other = Database(database.engine.url.render_as_string(hide_password=False))
    try:
        account = Limit("account ada@x.example", 4)
        waits = [tried(each, clock, account) for each in (database, other) * 3]
        assert waits == [0, 0, 0, 0, 300, 300]
        assert tried(other, clock, Limit("account bob@x.example", 4)) == 0
    finally:
        other.close()


def test_of_many_who_come_at_once_none_too_many_is_let_through(
    database: Database, clock: ManualClock
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    processes = [database, Database(url)]
    limits = Limit("address 192.0.2.7", 100), Limit("account ada@x.example", 5)
    try:
        with ThreadPoolExecutor(8) as pool:
            tries = [pool.submit(tried, processes[n % 2], clock, *limits) for n in range(24)]
            waits = sorted(one.result() for one in tries)
    finally:
        processes[1].close()
    assert waits == [0.0] * 5 + [300.0] * 19
    assert sorted(len(row.times) for row in kept(database)) == [5, 5]


def test_an_attempt_counts_for_five_minutes_and_a_refused_one_never(
    database: Database, clock: ManualClock
) -> None:
    account = Limit("account ada@x.example", 2)
    assert tried(database, clock, account) == 0
    clock.advance(minutes=2)
    assert tried(database, clock, account) == 0
    for _ in range(5):
        assert tried(database, clock, account) == 180
    clock.advance(minutes=3)
    assert tried(database, clock, account) == 0
    assert tried(database, clock, account) == 120


def test_what_is_full_stops_an_attempt_before_it_counts_elsewhere(
    database: Database, clock: ManualClock
) -> None:
    address, account = Limit("address 192.0.2.7", 3), Limit("account ada@x.example", 1)
    assert tried(database, clock, address, account) == 0
    assert tried(database, clock, address, account) == 300
    assert [len(row.times) for row in kept(database)] == [1, 1]


def test_nobody_learns_whose_attempts_are_kept_or_logged(
    database: Database, clock: ManualClock
) -> None:
    account = Limit("account ada@x.example", 1)
    with capture_logs() as lines:
        for _ in range(2):
            tried(database, clock, account)
    assert [(line["event"], line["counted_by"]) for line in lines] == [
        ("too_many_attempts", "account")
    ]
    assert "ada" not in str(lines)
    [row] = kept(database)
    assert len(row.key_hash) == 64
    count_attempt(database, b"t" * 32, [account], now=clock())
    assert len(kept(database)) == 2, "the hash depends on the key of the installation"


def test_counts_are_forgotten_when_they_count_no_more(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_FORGOTTEN", 1)
    tried(database, clock, Limit("account ada@x.example", 9))
    tried(database, clock, Limit("account eve@x.example", 9))
    clock.advance(minutes=2)
    tried(database, clock, Limit("account bob@x.example", 9))
    forget_attempts(database, clock())
    assert len(kept(database)) == 3
    clock.advance(minutes=3)
    forget_attempts(database, clock())
    [left] = kept(database)
    assert left.expires_at == clock() + timedelta(minutes=2)
    clock.advance(minutes=2)
    forget_attempts(database, clock())
    assert kept(database) == []


@given(st.lists(st.floats(0, 600), max_size=40), st.integers(1, 5))
def test_no_five_minutes_hold_more_than_the_limit(pauses: list[float], most: int) -> None:
    now, times, taken, waits = START, [], [], [1.0]
    for pause in pauses:
        now += timedelta(seconds=pause)
        try:
            times = [*_require_room(times, Limit("account x", most), now), now.timestamp()]
        except Unavailable as refused:
            waits.append(refused.retry_after)
            continue
        taken.append(now.timestamp())
    assert 0 < min(waits) <= max(waits) <= WINDOW.total_seconds()
    for first, last in zip(taken, taken[most:], strict=False):
        assert last - first >= WINDOW.total_seconds()


def test_any_text_can_be_counted(database: Database, clock: ManualClock) -> None:
    for written in ("address \ud800", "account " + "x" * 320, "account \0"):
        assert tried(database, clock, Limit(written, 1)) == 0
        assert tried(database, clock, Limit(written, 1)) == 300
