"""The group writer acknowledges what was written, and one bad item harms no other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from sos_core.ballots.writer import GroupWriter
from sos_core.errors import Conflict, SosError, Unavailable

EVER = 3600.0


def together(
    writer: GroupWriter[int, int], items: Sequence[int], *, turns: int = 0
) -> list[int | BaseException]:
    """Put items, so many turns of the loop apart, close the writer, and return what became of each."""

    async def work() -> list[int | BaseException]:
        futures = []
        for item in items:
            futures.append(writer.put(item))
            for _ in range(turns):
                await asyncio.sleep(0)
        await asyncio.to_thread(writer.close)
        return await asyncio.gather(*futures, return_exceptions=True)

    return asyncio.run(work())


def test_items_that_wait_are_written_in_one_group() -> None:
    first_taken, go_on = threading.Event(), threading.Event()
    groups: list[list[int]] = []

    def write(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        first_taken.set()
        go_on.wait(10)
        return [item * 10 for item in items]

    async def work() -> list[int]:
        futures = [writer.put(0)]
        assert await asyncio.to_thread(first_taken.wait, 10)
        for item in range(1, 6):  # each is handed over alone, and none is taken yet
            futures.append(writer.put(item))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        go_on.set()
        return await asyncio.gather(*futures)

    writer = GroupWriter[int, int](write)
    assert asyncio.run(work()) == [0, 10, 20, 30, 40, 50]
    writer.close()
    assert groups == [[0], [1, 2, 3, 4, 5]]


def test_what_comes_while_the_loop_is_busy_is_one_group() -> None:
    groups: list[list[int]] = []

    def write(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        return list(items)

    writer = GroupWriter[int, int](write, patience=EVER)
    assert together(writer, range(50), turns=1) == list(range(50))
    assert groups == [list(range(50))]


def test_a_loop_that_is_never_idle_does_not_keep_a_group_for_ever() -> None:
    written = threading.Event()

    def write(items: Sequence[int]) -> list[int]:
        written.set()
        return list(items)

    async def work() -> None:
        futures: list[asyncio.Future[int]] = []
        while not written.is_set():
            futures.append(writer.put(len(futures)))
            await asyncio.sleep(0)
        assert await asyncio.gather(*futures) == list(range(len(futures)))

    writer = GroupWriter[int, int](write, most_waiting=10**9, patience=0.001)
    asyncio.run(work())
    writer.close()


def test_a_single_item_waits_for_no_others() -> None:
    async def work() -> int:
        return await writer.put(7)

    writer = GroupWriter[int, int](list, patience=EVER)
    assert asyncio.run(work()) == 7
    writer.close()


def test_a_group_has_a_largest_size() -> None:
    sizes: list[int] = []

    def write(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        return list(items)

    writer = GroupWriter[int, int](write, most_at_once=4, patience=EVER)
    assert together(writer, range(10)) == list(range(10))
    assert sizes == [4, 4, 2]


def test_one_bad_item_fails_alone() -> None:
    def write(items: Sequence[int]) -> list[int]:
        if 3 in items:
            raise ValueError("three")
        return list(items)

    outcomes = together(GroupWriter[int, int](write, patience=EVER), range(6))
    assert isinstance(outcomes[3], ValueError)
    assert [outcome for number, outcome in enumerate(outcomes) if number != 3] == [0, 1, 2, 4, 5]


def test_a_refusal_belongs_to_its_item() -> None:
    def write(items: Sequence[int]) -> list[int | SosError]:
        return [Conflict("odd") if item % 2 else item for item in items]

    outcomes = together(GroupWriter[int, int](write), range(4))
    assert outcomes[::2] == [0, 2]
    assert all(isinstance(outcome, Conflict) for outcome in outcomes[1::2])


def test_whoever_gives_up_takes_nothing_from_the_others() -> None:
    go_on = threading.Event()

    def write(items: Sequence[int]) -> list[int]:
        go_on.wait(10)
        return list(items)

    async def work() -> list[int]:
        futures = [writer.put(item) for item in range(3)]
        futures[1].cancel()
        go_on.set()
        return [await futures[0], await futures[2]]

    writer = GroupWriter[int, int](write, patience=EVER)
    assert asyncio.run(work()) == [0, 2]
    writer.close()


def test_what_an_ended_loop_left_behind_is_in_nobodys_way() -> None:
    async def stay() -> int:
        return await writer.put(9)

    writer = GroupWriter[int, int](list, most_waiting=1)
    loop = asyncio.new_event_loop()
    loop.call_soon(writer.put, 1)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()  # before what has come was handed over
    assert asyncio.run(stay()) == 9
    writer.close()


def test_too_many_and_a_closed_writer_are_refused() -> None:
    async def work() -> None:
        accepted = [writer.put(0), writer.put(1)]
        with pytest.raises(Unavailable) as caught:
            writer.put(2)
        assert caught.value.retry_after == 2
        writer.close()
        assert await asyncio.gather(*accepted) == [0, 1], "what waits is written"
        with pytest.raises(Unavailable):
            writer.put(3)

    writer = GroupWriter[int, int](list, most_waiting=2, patience=EVER)
    asyncio.run(work())
