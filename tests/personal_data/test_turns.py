"""One organization whose sweep fails keeps no other from its turn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from sos_core.organizations.commands import create_organization
from sos_core.people.queries import ERASED
from sos_core.people.tables import Person
from sos_core.personal_data.sweeping import RetentionSweep
from tests.personal_data.growing_old import Age


def test_one_organization_that_fails_keeps_no_other_from_its_turn(
    age: Age, monkeypatch: pytest.MonkeyPatch
) -> None:
    with age.database.write(None) as session:
        other = create_organization(
            session, name="Later", language="en", time_zone="UTC", now=age.now
        )
    later = replace(age, organization_id=other)
    for one in (age, later):
        with one.write() as session:
            one.left(session, "gone", 900)
    whole = RetentionSweep._kind

    def broken(sweep: RetentionSweep, organization_id: int, *more: object) -> bool:
        if organization_id == age.organization_id:
            raise RuntimeError("its data are damaged")
        return whole(sweep, organization_id, *more)

    monkeypatch.setattr(RetentionSweep, "_kind", broken)
    with pytest.raises(RuntimeError, match="damaged"):
        age.sweep.run(age.now)
    for one, erased in ((age, False), (later, True)):
        with one.read() as session:
            assert [source == ERASED for source in session.scalars(select(Person.source))] == [
                erased
            ]
