"""A source that leaves out what is known leads to the same plan as one that sends everything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.organizations.commands import create_organization
from sos_core.people.comparison import Request
from sos_core.people.identity import record_digest
from sos_core.people.plan_queries import PlanRow
from sos_core.people.plan_queries import plan_rows as rows_of
from sos_core.people.planning import make_plan
from sos_core.records import PeoplePage, PersonRecord
from tests.people.support import ACTOR, NOW, counts, numbered, person, run


class Selective:
    """Pages of two records that leave out what is known, and count how often they are read."""

    def __init__(self, records: Sequence[PersonRecord]) -> None:
        self._records = numbered(records)
        self.times = 0

    def __iter__(self) -> Iterator[PeoplePage]:
        return self.without(tuple)

    def without(self, known: Callable[[], Collection[int]]) -> Iterator[PeoplePage]:
        self.times += 1
        left = set(known())
        for start in range(0, len(self._records), 2):
            yield self._page(self._records[start : start + 2], left)

    def _page(self, records: Sequence[PersonRecord], left: set[int]) -> PeoplePage:
        sent: list[PersonRecord] = []
        seen: list[int] = []
        for record in records:
            digest = record_digest(record)
            if digest in left:
                left.remove(digest)
                seen.append(digest)
            else:
                sent.append(record)
        return PeoplePage(
            records=sent,
            digests=[record_digest(record) for record in sent],
            seen=seen,
            seen_leads=any(record.leads is not None for record in records),
        )


@pytest.fixture
def own_organization(sqlite_database: Database, clock: ManualClock) -> int:
    with sqlite_database.write(None) as session:
        return create_organization(
            session, name="Own", language="en", time_zone="Europe/Oslo", now=clock()
        )


FIRST = (
    person("Ann", "North/A", manager="Bo", leads=()),
    person("Bo", "North/A", leads=["North/A"]),
    person("Cy", "North/B", leads=()),
    person("Di", "South/C", leads=()),
)
CHANGES: dict[str, tuple[int, tuple[PersonRecord, ...]]] = {
    "nothing": (1, FIRST),
    "other order": (1, FIRST[::-1]),
    "one moved": (1, (*FIRST[:3], person("Di", "South/D", leads=()))),
    "one missing, one new": (1, (*FIRST[1:], person("Ed", "North/B", leads=()))),
    "a second unit below": (2, (*FIRST, person("Ann", "South/C", manager="Bo", leads=()))),
    "a second unit above": (2, (person("Cy", "South/C", leads=()), *FIRST)),
    "the same row twice": (2, (*FIRST, FIRST[0])),
    "a row that is rejected": (1, (*FIRST, person("Fy", "North/B", email="fy"))),
}


@pytest.mark.parametrize("mode", ["change", "complete"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_plan_is_the_same(
    sqlite_database: Database, own_organization: int, change: str, mode: str
) -> None:
    times, records = CHANGES[change]
    run(sqlite_database, own_organization, *FIRST)
    pages = Selective(records)
    whole = [PeoplePage(records=numbered(records))]
    request = Request(mode=mode, source="excel", title="people.xlsx")
    with sqlite_database.write(own_organization) as session:
        plans = [
            make_plan(session, given, request, actor=ACTOR, now=NOW) for given in (pages, whole)
        ]
        found = [
            (counts(session, plan_id), all_rows(session, plan_id, counts(session, plan_id)))
            for plan_id in plans
        ]
    assert found[0] == found[1]
    assert pages.times == times


def all_rows(
    session: OrganizationSession, plan_id: int, kinds: dict[str, int]
) -> list[list[PlanRow]]:
    return [rows_of(session, plan_id, kind, start=0, count=50) for kind in sorted(kinds)]
