"""What holds for every file: a second time changes nothing, an undo brings everything back."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sos_core.database import Database
from sos_core.people.undoing import undo_plan
from sos_core.records import PersonRecord
from tests.people.support import (
    ACTOR,
    NOW,
    apply,
    changes,
    dump,
    new_organization,
    path_of,
    plan,
    run,
)

NAMES = ("Ann", "Bo", "Cy", "Dee", "Eve", "Fay", "Gus", "Hal")
UNITS = ("", "N", "N/E", "N/E/T1", "N/E/T2", "N/W/T1", "S", "S/W", "s/w/T3", "S/w/t3")
quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def records(draw: st.DrawFn, leads: bool) -> PersonRecord:
    name = draw(st.sampled_from(NAMES))
    has_id = draw(st.booleans())
    email = draw(
        st.sampled_from((f"{name}@x.example", f" {name.upper()}@X.example", f"{name}2@x.example"))
    )
    return PersonRecord(
        name=draw(st.sampled_from((name, f" {name}  Q"))),
        email=None if has_id and draw(st.booleans()) else email,
        employee_id=draw(st.sampled_from((f"E{name}", f"F{name}"))) if has_id else None,
        language=draw(st.sampled_from((None, "sv", "Svenska", "Klingon"))),
        user_type=draw(st.sampled_from((None, "participant", "viewer"))),
        manager_email=draw(
            st.none() | st.just("") | st.sampled_from(NAMES).map(lambda other: f"{other}@x.example")
        ),
        memberships=tuple(
            path_of(unit) for unit in draw(st.lists(st.sampled_from(UNITS), max_size=2))
        ),
        leads=tuple(path_of(u) for u in draw(st.lists(st.sampled_from(UNITS[1:]), max_size=2)))
        if leads
        else None,
    )


@st.composite
def files(draw: st.DrawFn, unique: bool = False) -> tuple[list[PersonRecord], str]:
    one = records(leads=draw(st.booleans()))
    rows = st.lists(one, min_size=1, max_size=8)
    if unique:
        rows = st.lists(one, min_size=1, max_size=8, unique_by=lambda row: row.name.split()[0])
    return draw(rows), draw(st.sampled_from(("change", "complete")))


def usable(rows: list[PersonRecord]) -> bool:
    return any(row.email or row.employee_id for row in rows)


@quick
@given(before=st.lists(files(), max_size=2), file=files())
def test_the_same_file_twice_changes_nothing_the_second_time(
    sqlite_database: Database, before: list, file: tuple
) -> None:
    organization_id = new_organization(sqlite_database)
    for rows, mode in (*before, file):
        run(sqlite_database, organization_id, *rows, mode=mode)
    rows, mode = file
    with sqlite_database.write(organization_id) as session:
        assert changes(session, plan(session, *rows, mode=mode)) == {}


@quick
@given(before=st.lists(files(), max_size=2), file=files(), same=st.booleans())
def test_an_undo_brings_everything_back(
    sqlite_database: Database, before: list, file: tuple, same: bool
) -> None:
    organization_id = new_organization(sqlite_database)
    for rows, mode in before:
        run(sqlite_database, organization_id, *rows, mode=mode)
    with sqlite_database.read(organization_id) as session:
        expected = dump(session)
    rows, mode = file
    with sqlite_database.write(organization_id) as session:
        plan_id = plan(session, *rows, mode=mode)
    with sqlite_database.write(organization_id) as session:
        apply(session, plan_id, same=same)
    with sqlite_database.write(organization_id) as session:
        undo_plan(session, plan_id, actor=ACTOR, now=NOW)
    with sqlite_database.read(organization_id) as session:
        assert dump(session) == expected


@quick
@given(before=files(unique=True), file=files(unique=True), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    sqlite_database: Database, before: tuple, file: tuple, random
) -> None:
    rows, mode = file
    shuffled = list(rows)
    random.shuffle(shuffled)
    dumps = []
    for order in (rows, shuffled):
        organization_id = new_organization(sqlite_database)
        run(sqlite_database, organization_id, *before[0], mode=before[1])
        run(sqlite_database, organization_id, *order, mode=mode)
        with sqlite_database.read(organization_id) as session:
            found = dump(session)
        dumps.append({kind: [str(row).casefold() for row in part] for kind, part in found.items()})
    assert dumps[0] == dumps[1]
