"""Signals wake who listens, in this process and in others, after the commit and not without one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs import Signals, send_signal
from sos_core.jobs.signals import Subscription
from sos_core.organizations.commands import create_organization

PATIENCE = 20.0


@pytest.fixture
def signals(database: Database) -> Iterator[Signals]:
    signals = Signals(database)
    yield signals
    signals.close()


def send(database: Database, organization_id: int, topic: str) -> None:
    with database.write(organization_id) as session:
        send_signal(session, topic)


async def woken(subscription: Subscription) -> bool:
    await asyncio.wait_for(anext(subscription), PATIENCE)
    return True


def test_a_commit_wakes_its_topic(
    database: Database, organization_id: int, signals: Signals
) -> None:
    async def story() -> None:
        rate = signals.listen(organization_id, "rate")
        other = signals.listen(organization_id, "other")
        for _ in range(2):
            await asyncio.to_thread(send, database, organization_id, "rate")
            assert await woken(rate)
        assert not other._woken.is_set()

    asyncio.run(story())


def test_another_process_hears_it(database: Database, organization_id: int) -> None:
    elsewhere = Database(database.engine.url.render_as_string(hide_password=False))
    there = Signals(elsewhere)

    async def story() -> None:
        with there.listen(organization_id, "rate") as subscription:
            for _ in range(2):
                await asyncio.to_thread(send, database, organization_id, "rate")
                assert await woken(subscription)

    asyncio.run(story())
    there.close()
    elsewhere.close()


def test_a_loop_that_ends_at_this_very_moment_disturbs_no_commit(
    database: Database, organization_id: int, signals: Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def listen() -> Subscription:
        return signals.listen(organization_id, "rate")

    loop = asyncio.new_event_loop()
    subscription = loop.run_until_complete(listen())
    loop.close()
    monkeypatch.setattr(loop, "is_closed", lambda: False)
    subscription.wake()
    send(database, organization_id, "rate")
    assert not subscription._woken.is_set(), "there was nobody any more whom it could wake"


def test_organizations_do_not_hear_each_other(
    database: Database, organization_id: int, signals: Signals, clock: ManualClock
) -> None:
    with database.write(None) as session:
        other_id = create_organization(
            session, name="Bolt", language="sv", time_zone="Europe/Oslo", now=clock()
        )

    async def story() -> None:
        mine = signals.listen(organization_id, "rate")
        theirs = signals.listen(other_id, "rate")
        await asyncio.to_thread(send, database, organization_id, "rate")
        assert await woken(mine)
        assert not theirs._woken.is_set()

    asyncio.run(story())


def test_a_rollback_wakes_nobody(
    database: Database, organization_id: int, signals: Signals
) -> None:
    def roll_back() -> None:
        with pytest.raises(ZeroDivisionError), database.write(organization_id) as session:
            send_signal(session, "rate")
            session.flush()
            raise ZeroDivisionError

    async def story() -> None:
        rolled_back = signals.listen(organization_id, "rate")
        after = signals.listen(organization_id, "after")
        await asyncio.to_thread(roll_back)
        await asyncio.to_thread(send, database, organization_id, "after")
        assert await woken(after)
        assert not rolled_back._woken.is_set()

    asyncio.run(story())


def test_several_signals_are_one_wake(
    database: Database, organization_id: int, signals: Signals
) -> None:
    async def story() -> None:
        rate = signals.listen(organization_id, "rate")
        last = signals.listen(organization_id, "last")
        for topic in ("rate", "rate", "rate", "last"):
            await asyncio.to_thread(send, database, organization_id, topic)
        assert await woken(last)
        wakes = 0
        rate._loop.call_soon(rate.close)
        async for _ in rate:
            wakes += 1
        assert wakes <= 1

    asyncio.run(story())


def test_closing_ends_every_iteration(
    database: Database, organization_id: int, signals: Signals
) -> None:
    async def listen() -> None:
        async for _ in signals.listen(organization_id, "rate"):
            pytest.fail("nobody sent a signal")

    async def story() -> None:
        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        assert not listening.done()
        await asyncio.to_thread(signals.close)
        assert await asyncio.wait_for(listening, PATIENCE) is None

    asyncio.run(story())


def test_a_forgotten_subscription_goes_by_itself(
    database: Database, organization_id: int, signals: Signals
) -> None:
    async def story() -> None:
        signals.listen(organization_id, "rate")
        kept = signals.listen(organization_id, "rate")
        assert list(signals._subscriptions[organization_id, "rate"]) == [kept]
        kept.close()
        assert signals._subscriptions == {}

    asyncio.run(story())


def test_a_lost_connection_is_made_again_and_wakes_everybody(
    postgres_url: str, clock: ManualClock
) -> None:
    database = Database(postgres_url)
    signals = Signals(database)
    with database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=clock()
        )

    def cut() -> None:
        with database.engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    async def story() -> None:
        rate = signals.listen(organization_id, "rate")
        await asyncio.to_thread(cut)
        assert await woken(rate)
        await asyncio.to_thread(send, database, organization_id, "rate")
        assert await woken(rate)

    asyncio.run(story())
    signals.close()
    database.close()
