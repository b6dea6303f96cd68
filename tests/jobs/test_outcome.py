"""What follows from an attempt at a job."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.errors import (
    Conflict,
    InvalidInput,
    Misconfigured,
    NotAllowed,
    NotFound,
    Rejected,
    TryLater,
    Unavailable,
)
from sos_core.jobs.outcome import MAX_WAIT, MIN_WAIT, backoff, describe, judge

chances = st.floats(0, 1)


@given(st.integers(0, 10_000), chances)
def test_waits_stay_within_their_bounds(attempts: int, chance: float) -> None:
    assert MIN_WAIT / 2 <= backoff(attempts, chance) <= MAX_WAIT


@given(st.integers(0, 30), chances)
def test_the_shortest_wait_never_shrinks(attempts: int, chance: float) -> None:
    assert backoff(attempts + 1, chance) >= backoff(attempts, chance)


def test_waits_of_what_failed_together_are_spread() -> None:
    assert [backoff(0, chance) for chance in (0.0, 0.5, 1.0)] == [7.5, 11.25, 15.0]


def test_success_ends_the_job() -> None:
    assert judge(None, retries=3, max_retries=20, chance=0.5).state == "done"


@pytest.mark.parametrize("kind", [Rejected, Misconfigured, InvalidInput, NotAllowed, NotFound])
def test_errors_that_come_again_are_not_retried(kind: type[Exception]) -> None:
    outcome = judge(kind("No.", "Mend it."), retries=0, max_retries=20, chance=0.5)
    assert outcome.state == "dead"
    assert outcome.error == {"code": kind.code, "what": "No.", "remedy": "Mend it."}  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", [ValueError("x"), Conflict("Moved."), TryLater("Busy.")])
def test_other_errors_are_retried_as_often_as_allowed(error: Exception) -> None:
    assert judge(error, retries=4, max_retries=5, chance=0.5).state == "retry"
    assert judge(error, retries=5, max_retries=5, chance=0.5).state == "dead"


@given(st.floats(0, 100_000), st.integers(0, 19), chances)
def test_a_wait_that_was_asked_for_is_honored(after: float, retries: int, chance: float) -> None:
    for error in (TryLater("Busy.", after=after), Unavailable("Full.", retry_after=after)):
        outcome = judge(error, retries=retries, max_retries=20, chance=chance)
        assert outcome.wait == max(after, backoff(retries, chance))


def test_the_text_of_an_unexpected_error_is_kept_out() -> None:
    assert "hunter2" not in str(describe(RuntimeError("password hunter2")))
