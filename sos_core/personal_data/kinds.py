"""What grows old in the database, kind by kind: how it is found, and how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sos_core.access import retention as access
from sos_core.database.bulk import batches
from sos_core.database.partitions import overwrite_deleted
from sos_core.database.session import OrganizationSession
from sos_core.jobs import retention as jobs
from sos_core.people import retention as people
from sos_core.personal_data.files import drop_upload
from sos_core.personal_data.limits import cut
from sos_core.surveys import retention as surveys

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is swept, what is older than ``before`` goes, and where uploads lie."""

    now: datetime
    before: datetime
    uploads_dir: Path


Find = Callable[[OrganizationSession, datetime, timedelta, int | None], Sequence[Any]]
Drop = Callable[[OrganizationSession, Sequence[Any], Moment], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that grows old.

    ``find`` reads what is old, ``most`` of it in one run, and ``drop`` takes it away where it still
    is, ``at_once`` in one transaction, and returns how many went. ``rows`` counts what was found,
    ``tells`` what may be told of it.
    """

    name: str
    at_once: int
    most: int
    find: Find
    drop: Drop
    rows: Callable[[Sequence[Any]], int] = len
    tells: Callable[[Sequence[Any]], int] = len

    def old(
        self, session: OrganizationSession, now: datetime, days: int, most: int | None
    ) -> Sequence[Any]:
        """Return what is older than so many days."""
        return self.find(session, cut(now, days), timedelta(days=days), most)

    def parts(self, found: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """Yield what was found in the parts that go in one transaction each."""
        yield from batches(found, self.at_once)

    def amount(self, session: OrganizationSession, now: datetime, days: int) -> int:
        """Return how many are older than so many days."""
        return self.tells(self.old(session, now, days, None))


def _drop_plans(session: OrganizationSession, plan_ids: Sequence[Any], moment: Moment) -> int:
    overwrite_deleted(session)
    gone = people.empty_old_plans(session, plan_ids, moment.before, actor=SYSTEM, now=moment.now)
    for plan_id in gone:
        drop_upload(moment.uploads_dir, session.organization_id, plan_id)
    return len(gone)


def _find_people(
    session: OrganizationSession, before: datetime, _kept: timedelta, most: int | None
) -> Sequence[Any]:
    stamp = people.stamp_of(session)
    idle = people.long_inactive(session, before)
    found: list[int] = []
    for part in batches(idle):
        found += sorted(_free(session, part))
        if most is not None and len(found) >= most:
            break
    return [(person_id, stamp) for person_id in found[:most]]


def _drop_people(session: OrganizationSession, found: Sequence[Any], _moment: Moment) -> int:
    stamp = people.stamp_of(session, held=True)
    # A plan that was made or carried out since may name them: the next round looks again.
    ids = [person_id for person_id, seen in found if seen == stamp]
    overwrite_deleted(session)
    free = _free(session, ids)
    surveys.forget_people(session, free)
    access.forget_accounts(session, free)
    people.forget_people(session, free)
    return len(free)


def _free(
    session: OrganizationSession, person_ids: Sequence[int]
) -> dict[int, tuple[str, str | None]]:
    """Return the inactive of the people whom no running survey asks and no account's rights keep."""
    known = people.addresses_of(session, person_ids)
    kept = surveys.asked_now(session, known) | access.kept_by_account(session, known)
    return {person_id: said for person_id, said in known.items() if person_id not in kept}


KINDS = (
    Kind(
        "plans",
        5,
        50,
        lambda session, before, _kept, most: people.old_plans(session, before, most),
        _drop_plans,
    ),
    Kind(
        "deliveries",
        1,
        5_000,
        lambda session, before, _kept, most: surveys.old_deliveries(session, before, most),
        lambda session, found, _moment: surveys.drop_deliveries(session, found),
        rows=lambda found: sum(len(one.people) for one in found),
        # Surveys: the number of reminders would tell exactly how many had not finished.
        tells=lambda found: len({one.survey_id for one in found}),
    ),
    Kind(
        "invitations",
        50,
        500,
        lambda session, before, _kept, most: access.stale_invitations(session, before, most),
        lambda session, found, moment: access.drop_invitations(session, found, moment.before),
    ),
    Kind(
        "jobs",
        500,
        5_000,
        lambda session, _before, kept, most: jobs.old_failures(session, kept, most),
        lambda session, found, _moment: jobs.drop_failures(session, found),
    ),
    Kind("people", 10, 200, _find_people, _drop_people),
)
"""In the order in which they are swept: whatever may name people goes before them."""
