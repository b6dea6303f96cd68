"""Reads that are asked for at the same moment share one thread, one session and what it has read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sos_core.database import Database
from sos_core.database.session import SEEN, STATEMENT_SECONDS, OrganizationSession
from sos_core.errors import SosError

T = TypeVar("T")
Work = Callable[[OrganizationSession], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one piece of work: a value, or why there is none."""

    value: Any = None
    error: Exception | None = None


class Together:
    """The reads of one request; fields beside each other ask for theirs in one turn of the loop.

    ``seen`` is what was read before and is known to be true still; what is read is added to it.
    """

    def __init__(self, database: Database, seconds: float, seen: dict[Any, Any]) -> None:
        self._database = database
        self._info = {STATEMENT_SECONDS: seconds, SEEN: seen}
        self._waiting: dict[int, list[tuple[Work, asyncio.Future[Any]]]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def read(self, organization_id: int, work: Callable[[OrganizationSession], T]) -> T:
        """Return what ``work`` does with a session that reads one organization."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        waiting = self._waiting.get(organization_id)
        if waiting is None:
            waiting = self._waiting[organization_id] = []
            loop.call_soon(self._start, organization_id)
        waiting.append((work, future))
        return await future

    def _start(self, organization_id: int) -> None:
        task = asyncio.ensure_future(self._run(organization_id, self._waiting.pop(organization_id)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(
        self, organization_id: int, waiting: list[tuple[Work, asyncio.Future[Any]]]
    ) -> None:
        works = [work for work, _ in waiting]
        try:
            outcomes = await asyncio.to_thread(self._outcomes, organization_id, works)
        except Exception as error:  # noqa: BLE001 - whoever waits has to hear of it
            outcomes = [Outcome(error=error) for _ in works]
        for (_, future), outcome in zip(waiting, outcomes, strict=True):
            if future.done():
                continue  # whoever asked gave up
            if outcome.error is None:
                future.set_result(outcome.value)
            else:
                future.set_exception(outcome.error)

    def _outcomes(self, organization_id: int, works: list[Work]) -> list[Outcome]:
        found: list[Outcome] = []
        while len(found) < len(works):
            try:
                with self._database.read(organization_id) as session:
                    # Whoever asked gives up after so long; no statement should outlive that.
                    session.info.update(self._info)
                    while len(found) < len(works):
                        found.append(_outcome(works[len(found)], session))
            except Exception as error:  # noqa: BLE001 - it is raised for the one who asked
                # The session may be of no use any more: the rest gets one of its own.
                if len(found) < len(works):
                    found.append(Outcome(error=error))
        return found


def _outcome(work: Work, session: OrganizationSession) -> Outcome:
    try:
        return Outcome(work(session))
    except SosError as error:
        return Outcome(error=error)
