"""The whole database of a closed survey, given to a matcher, links nobody to what they wrote.

The matcher sets everything that is ordered by somebody's doing (rows that name a person, sorted by
any column, by where they lie on disk, by the transaction that wrote them) beside everything that
holds what somebody said (comments and receipts, sorted in as many ways), and counts how often the
same place belongs to the same person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, inspect, text

from sos_core.ballots.answers import encode
from sos_core.ballots.sealing import receipt
from sos_core.results import stored
from sos_core.results.queries import receipts
from tests.results.closing_support import ASKED, World, answers_of, draw_answers

MOST_HITS = 13
"""A random order has Poisson(1) hits: 13 or more once in seventeen billion, whatever the size."""
FEW = 8
Row = dict[str, Any]


def code_of(name: str) -> str:
    """Return what a person writes: of one length, and in no order that has to do with them."""
    return hashlib.sha256(name.encode()).hexdigest()[:20]


@pytest.fixture
def emptied(world: World) -> dict[str, str]:
    """Run a survey, and return who is behind each text that is left of it."""
    return run(world)


def run(world: World) -> dict[str, str]:
    """Let people submit one by one in a random order, close, and return who is behind what."""
    survey_id = world.open()
    names, rng = list(world.people), np.random.default_rng(5)
    Random(11).shuffle(names)
    said: dict[str, str] = {}
    for name in names:
        answers = draw_answers(rng, direction=code_of(name), skills=code_of(name))
        sealed = world.seal(survey_id, world.people[name], answers)
        said[code_of(name)] = name
        said[receipt(sealed.secret, encode(answers, ASKED))] = name
        world.submit(survey_id, {world.people[name]: answers})
    world.close(survey_id)
    return said


def orders(connection: Connection, table: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of a table in every order that a reader of the database can put them in.

    So are the rows of each kind alone, where a column has a few values: a prompt, a part, a step.
    """
    hidden = ""
    if connection.dialect.name == "postgresql":
        hidden = ", ctid::text AS ctid, xmin::text::bigint AS xmin"
    found = connection.execute(text(f'SELECT *{hidden} FROM "{table}"'))
    rows = [
        {name: value for name, value in row._mapping.items() if isinstance(value, Hashable)}
        for row in found
    ]
    columns = [name for name in (rows[0] if rows else ()) if all(name in row for row in rows)]
    values = {column: {row[column] for row in rows} for column in columns}
    kinds = [("all", rows)]
    for column in columns:
        if 1 < len(values[column]) <= FEW:
            for value in values[column]:
                kinds.append((f"{column}={value}", [r for r in rows if r[column] == value]))
    for kind, chosen in kinds:
        yield f"{kind} as they lie", chosen
        for column in columns:
            if len(values[column]) > 1:
                yield f"{kind} by {column}", sorted(chosen, key=lambda r: sortable(r[column]))


def sortable(value: Any) -> tuple[int, Any]:
    """Return a key by which numbers sort as numbers and bytes as bytes, and all else as text."""
    if isinstance(value, int | float):
        return 0, value
    return (1, bytes(value)) if isinstance(value, bytes | memoryview) else (2, str(value))


def sequences(world: World, names: dict[Any, str], *, at_least: int) -> dict[str, list[str]]:
    """Return every order of people that rows give which hold one of the values in ``names``."""
    found: dict[str, list[str]] = {}
    with world.database.read(world.organization_id) as session:
        connection = session.connection()
        for table in inspect(connection).get_table_names():
            for by, rows in orders(connection, table):
                for column in rows[0] if rows else ():
                    named = [names[row[column]] for row in rows if row.get(column) in names]
                    if len(set(named)) >= at_least:
                        found[f"{table}.{column}: {by}"] = named
    return found


def people_of(world: World) -> dict[str, list[str]]:
    """Return every order of people in the database; they are told by number or by address."""
    known: dict[Any, str] = {person: name for name, person in world.people.items()}
    known |= {f"{name.replace('/', '.')}@x.example": name for name in world.people}
    return sequences(world, known, at_least=20)


def hits(people: Sequence[str], said: Sequence[str]) -> int:
    """Return how many of what was said stand at the place of who said it."""
    return sum(one == other for one, other in zip(people, said, strict=False))


def best(people: dict[str, list[str]], said: dict[str, list[str]]) -> tuple[int, str]:
    """Return the best match of any two orders, forwards or backwards, and which they are."""
    return max(
        (hits(persons[::way], texts), f"{who} ({way}) beside {what}")
        for who, persons in people.items()
        for what, texts in said.items()
        for way in (1, -1)
    )


def test_the_matcher_finds_a_link_that_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Number comments by a counter instead of by chance: a planted fault."""
    counter = count(1)
    careless = SimpleNamespace(token_bytes=lambda size: next(counter).to_bytes(size, "big"))
    monkeypatch.setattr(stored, "secrets", careless)
    number, where = best(people_of(world), sequences(world, run(world), at_least=20))
    assert number == len(world.people), where


def test_a_closed_survey_links_nobody_to_anything(world: World, emptied: dict[str, str]) -> None:
    people = people_of(world)
    said = sequences(world, emptied, at_least=20)
    tables = {where.partition(".")[0] for where in people}
    assert {"participation", "person"} <= tables
    # Comments of each prompt stand in the orders of the table, two of the same person apart.
    assert any(where.startswith("release_comment.body: prompt=") for where in said)
    with world.database.read(world.organization_id) as session:
        [survey_id] = session.scalars(text("SELECT id FROM survey"))
        said["receipts"] = [emptied[each] for each in receipts(session, survey_id)]
    assert len(said["receipts"]) == len(world.people)
    number, where = best(people, said)
    assert number < MOST_HITS, where


def test_no_place_in_the_file_tells_either(quick_world: World) -> None:
    """Compare where names and comments lie in the bytes of the file, page by page."""
    world = quick_world
    survey_id = world.open()
    names = list(world.people)
    Random(13).shuffle(names)
    for name in names:
        answers = answers_of([3] * 43, direction=code_of(name))
        world.submit(survey_id, {world.people[name]: answers})
    world.close(survey_id)
    with world.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    content = Path(str(world.database.engine.url.database)).read_bytes()
    places = {name: content.find(code_of(name).encode()) for name in names}
    assert min(places.values()) > 0
    said = {"by place": sorted(names, key=places.__getitem__)}
    people = {
        "as they came": names,
        "by id": list(world.people),
        "by place": sorted(names, key=lambda name: content.find(f"mail:{name}@".encode())),
    }
    number, where = best(people, said)
    assert number < MOST_HITS, where
