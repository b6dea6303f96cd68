"""The rules by themselves: addresses, names, circles of managers, leaders, and the guard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.people.guard import judge
from sos_core.people.identity import (
    fold,
    is_email,
    normalize_email,
    record_digest,
    tidy,
    unit_key,
)
from sos_core.people.leadership import Verdict, infer_leader
from sos_core.people.managers import edges_on_cycles
from sos_core.records import PersonRecord

PEOPLE = st.integers(1, 12)
FOREST = st.dictionaries(PEOPLE, PEOPLE).map(
    # Everybody's manager has a lower number: no circle is known.
    lambda edges: {person: manager for person, manager in edges.items() if manager < person}
)


def in_a_circle(edges: dict[int, int]) -> bool:
    for start in edges:
        seen, person = {start}, edges[start]
        while person in edges and person not in seen:
            seen.add(person)
            person = edges[person]
        if person in seen:
            return True
    return False


@given(proposed=st.dictionaries(PEOPLE, st.integers(0, 12)), known=FOREST)
def test_no_circle_of_managers_remains(proposed: dict[int, int], known: dict[int, int]) -> None:
    dropped = edges_on_cycles(proposed, known)
    kept = {person: manager for person, manager in proposed.items() if person not in dropped}
    after = {person: manager for person, manager in {**known, **kept}.items() if manager}
    assert not in_a_circle(after)
    assert dropped <= proposed.keys()


@given(proposed=FOREST, known=FOREST)
def test_nothing_is_dropped_where_there_is_no_circle(
    proposed: dict[int, int], known: dict[int, int]
) -> None:
    assert edges_on_cycles(proposed, known) == set()


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ({}, Verdict()),
        ({1: 0, 2: 0}, Verdict()),
        ({1: 9, 2: 1, 3: 1}, Verdict(1)),
        ({1: 9, 2: 1}, Verdict(1)),
        ({2: 9, 3: 9}, Verdict(9)),
        ({2: 9, 3: 9, 4: 8}, Verdict(9)),
        ({2: 9, 3: 8}, Verdict(ambiguous=True)),
        ({2: 9, 3: 0, 4: 0}, Verdict(ambiguous=True)),
        # A lone region leader's own manager sits higher up and leads another unit.
        ({2: 9}, Verdict(ambiguous=True)),
    ],
)
def test_the_manager_whom_most_direct_members_share(
    members: dict[int, int], verdict: Verdict
) -> None:
    assert infer_leader(members) == verdict


@given(st.text())
def test_normal_forms_are_normal(text: str) -> None:
    for normal in (normalize_email, tidy, fold):
        assert normal(normal(text)) == normal(text)
    assert unit_key((text,)) == unit_key((f"  {fold(text)} ",))
    if is_email(normalize_email(text)):
        assert normalize_email(text).encode("utf-8")


@given(st.text())
def test_a_tidied_name_can_be_stored_and_shown(text: str) -> None:
    assert "\x00" not in tidy(text)
    assert tidy(text).encode("utf-8").decode("utf-8") == tidy(text)


@pytest.mark.parametrize(
    "address", ["a@b.example", "o'neil+x@sub.b.example", "å@åä.example", "a@localhost"]
)
def test_addresses(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "address", ["", "a", "@b", "a@", "a@b.", "a@.b", "a@b@c", "a b@c", "<a@b.c>", "a@b\u202e.c"]
)
def test_what_is_no_address(address: str) -> None:
    assert not is_email(address)


def test_a_digest_tells_what_is_said_and_not_where() -> None:
    record = PersonRecord("Ann", "a@x.example", memberships=(("N",),), row=2)
    assert record_digest(record) == record_digest(record._replace(row=9, sheet="Other"))
    assert record_digest(record) != record_digest(record._replace(leads=()))
    assert record_digest(record._replace(name="\ud800")) != record_digest(record)
    assert -(2**63) <= record_digest(record) < 2**63


@pytest.mark.parametrize(
    ("deactivated", "active", "reasons"),
    [
        (5, 10, ()),
        (6, 60, ()),
        (6, 59, ("many_deactivated",)),
        (42, 420, ()),
        (43, 420, ("many_deactivated",)),
    ],
)
def test_the_guard(deactivated: int, active: int, reasons: tuple[str, ...]) -> None:
    judgment = judge(
        deactivated=deactivated, active=active, complete=True, listed=active, rejected=0
    )
    assert judgment.reasons == reasons
    assert judgment.confirmation == (str(deactivated) if reasons else "")
