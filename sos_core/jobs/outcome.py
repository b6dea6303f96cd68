"""What an attempt at a job means: done, again after a wait, or dead until a person looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sos_core.errors import (
    InvalidInput,
    Misconfigured,
    NotAllowed,
    NotFound,
    Rejected,
    SosError,
    TryLater,
    Unavailable,
)

MAX_DELIVERIES = 5
"""A job that was on the desk of this many workers when they died is not given to another one."""
LIMIT_SECONDS = 1800.0
"""How long an attempt may run before it counts as hanging, unless its actor says otherwise."""
MIN_WAIT = 15.0
MAX_WAIT = 3600.0
"""Bounds of the wait between attempts, in seconds; it doubles with each attempt."""
HOPELESS = (Rejected, Misconfigured, InvalidInput, NotAllowed, NotFound)
"""Errors that another attempt meets again, until somebody mends their cause."""

EXPECTED = (*HOPELESS, TryLater, Unavailable)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended; ``wait`` is in seconds, ``error`` has the keys code, what, remedy."""

    state: Literal["done", "retry", "dead"]
    wait: float = 0.0
    error: dict[str, str] | None = None


def judge(error: BaseException | None, *, retries: int, max_retries: int, chance: float) -> Outcome:
    """Return what follows from an attempt that ended with ``error`` after ``retries`` others.

    ``chance`` (0–1) spreads the waits, so that what failed together does not come back together.
    """
    if error is None:
        return Outcome("done")
    if isinstance(error, HOPELESS) or retries >= max_retries:
        return Outcome("dead", error=describe(error))
    wait = backoff(retries, chance)
    if isinstance(error, TryLater):
        wait = max(wait, error.after)
    elif isinstance(error, Unavailable):
        wait = max(wait, error.retry_after)
    return Outcome("retry", wait, describe(error))


def backoff(attempts: int, chance: float) -> float:
    """Return the seconds to wait after ``attempts`` earlier ones: half to all of a step."""
    step = min(MAX_WAIT, MIN_WAIT * 2.0 ** min(attempts, 20))
    return step * (0.5 + chance / 2)


def describe(error: BaseException) -> dict[str, str]:
    """Return code, what and remedy; of an unexpected error only its name, for privacy."""
    if isinstance(error, SosError):
        return {"code": error.code, "what": error.what, "remedy": error.remedy}
    return {
        "code": "unexpected",
        "what": f"The job ended in an error of the program: {type(error).__name__}.",
        "remedy": "Look for the job's number in the log, then retry or discard the job.",
    }


WORKER_DIED = {
    "code": "worker_died",
    "what": f"{MAX_DELIVERIES} workers died or froze while they were at this job.",
    "remedy": "Look in the log for what they ended with, then retry or discard the job.",
}

LATE = {
    "code": "job_late",
    "what": "The job was given up because it ran for longer than it may; it may hang, or still run.",
    "remedy": "Look in the log for what it waits for; restart the worker, then retry the job.",
}
