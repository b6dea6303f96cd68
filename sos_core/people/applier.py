"""Carries a plan out in parts, and notes with each of them how far it has come.

The steps, their items and the order of these follow from the stored plan alone. So a step and a
number say how far a plan has come, in whichever process and after whatever fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sos_core.database.bulk import rebuilt_index, reserve_ids
from sos_core.database.session import OrganizationSession
from sos_core.people.carrying import Carried, Part, Step, carried
from sos_core.people.carrying_people import (
    Added,
    Known,
    Managers,
    NewSuspects,
    Noticed,
    Redigested,
)
from sos_core.people.carrying_units import Closed, Leaders, Opened
from sos_core.people.chunks import read_rows, write_rows
from sos_core.people.tables import ChangePlan, Person, Unit
from sos_core.people.writing import Before

STEPS: tuple[tuple[str, Callable[[Carried, OrganizationSession], Step], int], ...] = (
    ("opened", Opened, 1_000),
    ("added", Added, 2_000),
    ("new suspects", NewSuspects, 2_000),
    ("managers", Managers, 2_000),
    ("known", Known, 500),
    ("noticed", Noticed, 100),
    ("leaders", Leaders, 1),
    ("digests", Redigested, 1_000),
    ("closed", Closed, 1_000),
)
"""Name, rules, and how many items are written in about 20 milliseconds on a small machine."""

WAS = ("people", "memberships", "leaderships", "units")
IDS = ("led_units", "touched", "touched_units", "named", "named_units")
Enough = Callable[[], bool]
"""Tells after each part whether the transaction should end, because somebody else waits."""


@dataclass(slots=True)
class Progress:
    """How far a plan has come: items ``done`` of ``step``, and rows ``kept`` of each kind for an undo.

    ``later`` tells that new people wait for their managers, ``at`` when the last part was written.
    """

    step: str
    done: int = 0
    later: bool = False
    kept: dict[str, int] = field(default_factory=dict)
    at: str = ""


def set_aside(session: OrganizationSession, plan: ChangePlan, now: datetime) -> None:
    """Give a plan that begins the ids of all that it will create, for good, and its progress."""
    different = plan.guard["same"].count(False)
    people = reserve_ids(session, Person, plan.counts["added"] + different)
    rows = read_rows(session, plan.id, "unit") if plan.counts["unit"] else ()
    created = sum(row[1] == "created" for row in rows)
    units = reserve_ids(session, Unit, created)
    for kind, ids in (("made", people), ("touched", people), ("made_units", units)):
        write_rows(session, plan.id, kind, ids)
    progress = Progress(STEPS[0][0], kept={"touched": len(people)}, at=now.isoformat())
    plan.progress = asdict(progress)


class Applier:
    """One plan on its way into the tables, from where it is now."""

    def __init__(self, session: OrganizationSession, plan: ChangePlan) -> None:
        self.stored: Mapping[str, Any] = plan.progress or {}
        self._plan = carried(session, plan)
        self._progress = Progress(**{**self.stored, "kept": dict(self.stored["kept"])})
        self._at = [name for name, _, _ in STEPS].index(self._progress.step)
        self._step: Step | None = None

    def next_part(self, session: OrganizationSession) -> Part | None:
        """Work out the next part; None where nothing is left."""
        progress = self._progress
        while True:
            _, rules, most = STEPS[self._at]
            if self._step is None and (rules is not Managers or progress.later):
                self._step = rules(self._plan, session)
            if self._step is not None and progress.done < self._step.total:
                return self._step.part(session, progress.done, most)
            if self._at + 1 == len(STEPS):
                return None
            self._at += 1
            progress.step, progress.done, self._step = STEPS[self._at][0], 0, None

    def write(
        self,
        session: OrganizationSession,
        plan: ChangePlan,
        part: Part | None,
        *,
        now: datetime,
        enough: Enough,
    ) -> bool:
        """Write parts until it is ``enough``, and note the progress; tell whether all is written."""
        before, progress = Before(), self._progress
        with ExitStack() as stack:
            while part is not None:
                if progress.step == "added" and not progress.done and not enough():
                    added = self._plan.added
                    index = rebuilt_index(session, Person, "ix_person_email", added)
                    stack.enter_context(index)
                part.write(session, before)
                progress.done += part.size
                progress.later |= part.later
                if enough():
                    break
                part = self.next_part(session)
        self._keep(session, before)
        progress.at = now.isoformat()
        plan.progress = self.stored = asdict(progress)
        return part is None

    def _keep(self, session: OrganizationSession, before: Before) -> None:
        kept = self._progress.kept
        ready = {f"was:{name}": getattr(before, name) for name in WAS}
        ready |= {name: sorted(getattr(before, name)) for name in IDS}
        for kind, rows in ready.items():
            kept[kind] = write_rows(session, self._plan.plan_id, kind, rows, kept.get(kind, 0))
