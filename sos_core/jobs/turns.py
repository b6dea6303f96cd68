"""Gives everything that a sweep finds its turn, whatever goes wrong with one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from sos_core.errors import Unavailable

log = structlog.get_logger(__name__)


@contextmanager
def turns() -> Iterator[Callable[..., None]]:
    """Yield what does something about one thing; raise what went wrong when all had their turn.

    A database that is away is nothing of this one thing's, and is raised at once.
    """
    failed: list[Exception] = []

    def take(work: Callable[..., None], *about: object) -> None:
        try:
            work(*about)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("sweep_failed", about=about[:2])
            failed.append(error)

    yield take
    if failed:
        raise failed[0]
