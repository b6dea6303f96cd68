"""The gate before SQLite's writer: one at a time, in order, who is urgent first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sos_core.database import gate as gates
from sos_core.database.gate import Turn, WriteGate
from tests.waiting import until

PATIENCE = 20.0
MANY = 10_000


def pass_through(gate: WriteGate) -> None:
    """Hold the gate for a moment."""
    with gate.passing():
        pass


def order_of_passing(urgent: list[bool]) -> list[int]:
    """Let threads come one after the other while the gate is held; return in which order they pass."""
    gate, sign, passed = WriteGate(), SimpleNamespace(value=0), list[int]()

    def come(number: int) -> None:
        with gate.passing(urgent=urgent[number]):
            passed.append(number)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(len(urgent))]
    with gate.shown_in(sign):
        with gate.passing():
            for number, thread in enumerate(threads, 1):
                thread.start()
                until(lambda number=number: sign.value == number)
        for thread in threads:
            thread.join(PATIENCE)
        assert sign.value == 0
    assert not gate.wanted
    return passed


@settings(deadline=None, max_examples=50)
@given(urgent=st.lists(st.booleans(), max_size=6))
def test_the_urgent_go_first_and_otherwise_who_came_first(urgent: list[bool]) -> None:
    expected = sorted(range(len(urgent)), key=lambda number: (not urgent[number], number))
    assert order_of_passing(urgent) == expected


def test_one_urgent_thread_keeps_nobody_out() -> None:
    gate, passed = WriteGate(), threading.Event()
    come = 0

    def hurry() -> None:
        nonlocal come
        while not passed.is_set() and come < MANY:
            with gate.passing(urgent=True):
                come += 1

    def wait() -> None:
        with gate.passing():
            passed.set()

    with gate.passing():
        threads = [threading.Thread(target=what) for what in (hurry, wait)]
        for thread in threads:
            thread.start()
        until(lambda: len(gate._urgent) + len(gate._others) == len(threads))
    assert passed.wait(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    assert come <= 2, "it is let in once before, and perhaps once after"


def test_who_holds_it_may_take_it_again() -> None:
    gate = WriteGate()
    with ThreadPoolExecutor(1) as pool:
        with gate.passing():
            with gate.passing(urgent=True):
                assert not gate.wanted
            other = pool.submit(pass_through, gate)
            until(lambda: gate.wanted)
            assert not other.done()
        other.result(PATIENCE)


def test_an_error_inside_lets_the_next_one_in() -> None:
    gate = WriteGate()
    with pytest.raises(ZeroDivisionError), gate.passing():
        raise ZeroDivisionError
    with ThreadPoolExecutor(1) as pool:
        pool.submit(pass_through, gate).result(PATIENCE)


@pytest.mark.parametrize("come", [False, True], ids=["before its turn", "at its turn"])
def test_who_is_interrupted_while_waiting_stands_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch, come: bool
) -> None:
    gate, held, let_go = WriteGate(), threading.Event(), threading.Event()

    class Interrupted(Turn):
        def __init__(self, thread: int) -> None:
            super().__init__(thread)
            self.come = SimpleNamespace(acquire=self.interrupt, release=lambda: None)

        def interrupt(self) -> None:
            if come:
                let_go.set()
                until(lambda: gate._holder == threading.get_ident())
            raise KeyboardInterrupt

    def hold() -> None:
        with gate.passing():
            held.set()
            assert let_go.wait(PATIENCE)

    monkeypatch.setattr(gates, "Turn", Interrupted)
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert held.wait(PATIENCE)
        with pytest.raises(KeyboardInterrupt), gate.passing():
            raise AssertionError("it is not our turn")
        assert not gate.wanted
        let_go.set()
        holding.result(PATIENCE)
    assert gate._holder is None


def test_threads_never_meet_inside() -> None:
    gate, inside, most = WriteGate(), 0, 0

    def go_in_and_out(number: int) -> None:
        nonlocal inside, most
        for turn in range(200):
            with gate.passing(urgent=(number + turn) % 3 == 0):
                inside += 1
                most = max(most, inside)
                inside -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(go_in_and_out, range(4)))
    assert (inside, most, gate._holder, gate.wanted) == (0, 1, None, False)
