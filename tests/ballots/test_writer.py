"""The group writer acknowledges what was written, and one bad item harms no other."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from sos_core.ballots.writer import GroupWriter
from sos_core.errors import Conflict, SosError, Unavailable


def test_items_that_wait_are_written_in_one_group() -> None:
    first_taken, go_on = threading.Event(), threading.Event()
    groups: list[list[int]] = []

    def write(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        first_taken.set()
        go_on.wait(10)
        return [item * 10 for item in items]

    writer = GroupWriter[int, int](write)
    futures = [writer.put(0)]
    assert first_taken.wait(10)
    futures += [writer.put(item) for item in range(1, 6)]
    go_on.set()
    assert [future.result(10) for future in futures] == [0, 10, 20, 30, 40, 50]
    writer.close()
    assert groups == [[0], [1, 2, 3, 4, 5]]


def test_one_bad_item_fails_alone() -> None:
    def write(items: Sequence[int]) -> list[int]:
        if 3 in items:
            raise ValueError("three")
        return list(items)

    writer = GroupWriter[int, int](write)
    futures = [writer.put(item) for item in range(6)]
    writer.close()
    assert [future.result(10) for future in futures if future is not futures[3]] == [0, 1, 2, 4, 5]
    with pytest.raises(ValueError, match="three"):
        futures[3].result(10)


def test_a_refusal_belongs_to_its_item() -> None:
    def write(items: Sequence[int]) -> list[int | SosError]:
        return [Conflict("odd") if item % 2 else item for item in items]

    writer = GroupWriter[int, int](write)
    futures = [writer.put(item) for item in range(4)]
    writer.close()
    assert futures[2].result(10) == 2
    with pytest.raises(Conflict):
        futures[1].result(10)


def test_a_full_queue_and_a_closed_writer_refuse() -> None:
    go_on = threading.Event()

    def write(items: Sequence[int]) -> list[int]:
        go_on.wait(10)
        return list(items)

    writer = GroupWriter[int, int](write, most_waiting=2, most_at_once=1)
    accepted = []
    with pytest.raises(Unavailable) as caught:
        for item in range(10):
            accepted.append(writer.put(item))
    assert caught.value.retry_after == 2
    go_on.set()
    writer.close()
    assert [future.result(10) for future in accepted] == list(range(len(accepted)))
    with pytest.raises(Unavailable):
        writer.put(1)


def test_what_comes_during_a_pause_is_one_group_and_the_end_waits_for_no_pause() -> None:
    groups: list[list[int]] = []

    def write(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        return list(items)

    writer = GroupWriter[int, int](write, pause=3600)
    futures = [writer.put(0)]
    assert futures[0].result(10) == 0
    futures += [writer.put(item) for item in range(1, 4)]
    writer.close()
    assert [future.result(10) for future in futures] == [0, 1, 2, 3]
    assert groups == [[0], [1, 2, 3]]
