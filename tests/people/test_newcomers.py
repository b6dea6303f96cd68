"""A first import folded while it is read is the plan that the general way makes, or goes that way."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sos_core.database import Database
from sos_core.people import chunks, newcomers
from sos_core.people.comparison import COMPLETE, Request
from sos_core.people.draft import Draft
from sos_core.people.newcomers import Newcomers
from sos_core.people.planning import draft_plan
from sos_core.records import PeoplePage, PersonColumns, PersonRecord
from tests.people.support import new_organization, numbered, person

WORDS = ("Ann", "Bo", "Cy", "Di", "Ed", "Fy", "Gus", "Hal")
PLACES = st.sampled_from(["", "North", "North/A", "South/A", "South/B"])
PEOPLE = st.builds(
    person,
    st.sampled_from((*WORDS, "Ann  Öst", "")),
    PLACES,
    PLACES,
    email=st.sampled_from([None, *(f"{word}@x.example" for word in WORDS)]),
    employee_id=st.sampled_from([None, *"1234"]),
    manager=st.sampled_from([None, "", *WORDS[:4]]),
    leads=st.sampled_from([None, None, [], ["North"]]),
    language=st.sampled_from([None, "sv", "xx"]),
    user_type=st.sampled_from([None, "viewer"]),
)
TEAM = tuple(person(word, "North/A", manager="Ann" if word != "Ann" else None) for word in WORDS)


@pytest.fixture
def empty(sqlite_database: Database) -> tuple[Database, int]:
    return sqlite_database, new_organization(sqlite_database)


def pages_of(records: Sequence[PersonRecord], size: int, *, columns: bool) -> list[PeoplePage]:
    rows = numbered(records)
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    return [
        PeoplePage(PersonColumns(list(zip(*part, strict=True))) if columns else part)
        for part in parts
    ]


def drafted(
    empty: tuple[Database, int], pages: list[PeoplePage], *, generally: bool, mode: str
) -> tuple[Draft, bool]:
    """Return a plan in small chunks, and whether newcomers stayed columns."""
    database, organization_id = empty
    whole: list[bool] = []
    finish = Newcomers.finish
    with pytest.MonkeyPatch.context() as patch:
        for module in (chunks, newcomers):
            patch.setattr(module, "CHUNK", 3)
        patch.setattr(chunks, "FEW", 2)
        if generally:
            patch.setattr(Newcomers, "take", lambda self, _: self.give_up())
        patch.setattr(Newcomers, "finish", lambda self: whole.append(finish(self)) or whole[-1])
        with database.read(organization_id) as session:
            draft = draft_plan(session, pages, Request(mode=mode, source="excel", title="a.xlsx"))
    return draft, whole[0]


def told_by(draft: Draft) -> dict[str, object]:
    rows = {kind: rows for kind, rows in draft.rows.items() if kind != "added"}
    stored = {kind: found for kind, found in draft.chunks.items() if found}
    return {
        "rows": rows,
        "chunks": stored,
        "counts": draft.counts,
        "judged": (draft.judgment, draft.active, draft.listed),
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(PEOPLE, min_size=1, max_size=8, unique_by=lambda said: (said.email, said.employee_id)),
    st.integers(1, 9),
    st.booleans(),
)
@example(list(TEAM), 3, True)
@example(list(TEAM[::-1]), 2, True)
def test_the_plan_is_that_of_the_general_way(
    empty: tuple[Database, int], records: list[PersonRecord], size: int, columns: bool
) -> None:
    pages = pages_of(records, size, columns=columns)
    mode = COMPLETE if columns else "change"
    quick, _ = drafted(empty, pages, generally=False, mode=mode)
    general, _ = drafted(empty, pages, generally=True, mode=mode)
    assert told_by(quick) == told_by(general)


TWICE = (*TEAM, person("Ann", "South/B"))
MOVED = person("Cy", "North/B", email="other@x.example", employee_id="7")
CYCLE = (person("Ann", "North/A", manager="Bo"), person("Bo", "North/A", manager="Ann"))


@pytest.mark.parametrize(
    ("records", "stays"),
    [
        (TEAM, True),
        (TEAM[::-1], True),
        ((*TEAM, person("Åsa  Öst", "South", email="Asa@x.example", manager="ANN")), True),
        ((*TEAM, person("Ida", "South/B", leads=["South"])), True),
        ((*TEAM, person("Ida", "fy/fy/fy/fy/fy")), True),
        (TWICE, False),
        ((MOVED, person("Dan", employee_id="7")), False),
        ((*TEAM, person("", "North", email="x@x.example")), False),
        ((*TEAM, person("Ida", manager="Nobody"), person("Jo", "South", manager="Jo")), True),
        ((person("Ida", manager="Nobody"), *TEAM, person("Jo", manager="Nobody")), True),
        (CYCLE, False),
    ],
)
def test_it_stays_columns_where_nothing_has_to_be_compared(
    empty: tuple[Database, int], records: tuple[PersonRecord, ...], stays: bool
) -> None:
    pages = pages_of(records, 2, columns=True)
    quick, whole = drafted(empty, pages, generally=False, mode="change")
    assert whole is stays
    general, never = drafted(empty, pages, generally=True, mode="change")
    assert never is False
    assert told_by(quick) == told_by(general)
