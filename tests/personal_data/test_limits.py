"""How long things are kept is a choice within bounds, and each change of it is logged."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import InvalidInput
from sos_core.organizations.audit_queries import all_audit_entries
from sos_core.personal_data.kinds import KINDS
from sos_core.personal_data.limits import LIMITS, changed, limits_of
from sos_core.personal_data.retention import change_retention, retention
from tests.house.test_budgets import ROOT
from tests.personal_data.growing_old import ACTOR

USUAL = limits_of({})


@given(
    known=st.fixed_dictionaries({limit.kind: st.integers(0, 4000) for limit in LIMITS}),
    data=st.data(),
)
def test_limits_stay_within_bounds_and_people_outlast_what_names_them(known, data) -> None:
    wanted = data.draw(
        st.dictionaries(st.sampled_from([limit.kind for limit in LIMITS]), st.integers(-9, 4000))
    )
    bounds = {limit.kind: (limit.least, limit.most) for limit in LIMITS}
    inside = all(bounds[kind][0] <= days <= bounds[kind][1] for kind, days in wanted.items())
    both = {**known, **wanted}
    if inside and both["people"] >= max(both.values()):
        assert changed(known, wanted) == both
    else:
        with pytest.raises(InvalidInput):
            changed(known, wanted)


def test_the_usual_limits_are_within_their_bounds() -> None:
    assert changed(USUAL, USUAL) == USUAL
    assert {kind.name for kind in KINDS} | {"mails"} == set(USUAL)


def test_the_guide_tells_the_usual_limits() -> None:
    told = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    _, _, table = told.partition("| what | how long |")
    days = Counter(int(days) for days in re.findall(r"\| (\d+) days", table))
    assert days == Counter(USUAL.values())


def test_a_change_is_logged_with_both_numbers_and_nothing_is_logged_without_one(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        change_retention(session, {"mails": 30, "plans": 365}, actor=ACTOR, now=clock())
        change_retention(session, {"mails": 30}, actor=ACTOR, now=clock())
    with database.read(organization_id) as session:
        assert retention(session) == USUAL | {"mails": 30}
        [entry] = all_audit_entries(session)
        assert (entry.actor, entry.verb) == (ACTOR, "retention.changed")
        assert entry.details == {"mails": {"from": 90, "to": 30}}
    with pytest.raises(InvalidInput) as refused, database.write(organization_id) as session:
        change_retention(session, {"answers": 30}, actor=ACTOR, now=clock())
    assert refused.value.code == "retention_kind_unknown"
