"""Gives everything that a sweep finds its turn, whatever goes wrong with one of them."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from sos_core.errors import Unavailable

log = structlog.get_logger(__name__)


def tried(work: Callable[..., None], *about: object) -> Exception | None:
    """Do something about one thing; return what went wrong, to be raised when all had their turn.

    A database that is away is nothing of this one thing's, and is raised at once.
    """
    try:
        work(*about)
    except Unavailable:
        raise
    except Exception as error:
        log.exception("sweep_failed", about=about[:2])
        return error
    return None
