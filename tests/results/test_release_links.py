"""After the close nothing links a person to an answer: no row, no order, no page, no byte."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import inspect, text

from sos_core.database import Database
from sos_core.results.release import count_survey
from tests.conftest import SUPERUSER, as_role
from tests.results.closing_support import World, everybody

SELDOM = 1e-7


def matched(comments: Sequence[str], people: Sequence[str]) -> int:
    """Match the first comment with the first person and so on; return how often that is right."""
    return sum(words.split()[-1] == name for words, name in zip(comments, people, strict=True))


def too_many(groups: int) -> int:
    """Return how many hits come less often than ``SELDOM`` where each group has a random order.

    Each group gives one on average, about as Poisson has it: one group eleven, six groups twenty-four.
    """
    hits, left, term = 0, 1.0, math.exp(-groups)
    while left > SELDOM:
        left -= term
        hits += 1
        term *= groups / hits
    return hits


def submit_one_by_one(world: World, survey_id: int) -> list[str]:
    """Let people submit in a random order, each in a transaction; return that order."""
    given = everybody(world)
    names = list(world.people)
    Random(7).shuffle(names)
    for name in names:
        world.submit(survey_id, {world.people[name]: given[world.people[name]]})
    return names


def orders(world: World, sql: str) -> list[Any]:
    with world.database.read(world.organization_id) as session:
        return [row[0] for row in session.execute(text(sql))]


def test_the_matcher_finds_a_link_that_is_there(world: World) -> None:
    names = list(world.people)
    assert matched([f"Skills of {name}" for name in names], names) == len(names)


def test_no_order_tells_who_wrote_which_comment(world: World) -> None:
    survey_id = world.open()
    arrived = submit_one_by_one(world, survey_id)
    world.close(survey_id)
    name_of = {person: name for name, person in world.people.items()}
    hidden = ["comment_id"] if world.database.is_sqlite else ["comment_id", "ctid", "xmin::text"]
    hidden_person = ["person_id"] if world.database.is_sqlite else ["ctid", "person_id"]
    people = [arrived, arrived[::-1], sorted(name_of.values())]
    people += [
        [name_of[p] for p in orders(world, f"SELECT person_id FROM participation ORDER BY {by}")]
        for by in hidden_person
    ]
    for prompt in ("comment.direction", "comment.skills"):
        for group, by in [
            *(("prompt", one) for one in hidden),
            ("cell", "comment_id"),
            ("length(body)", "comment_id"),
        ]:
            sql = (
                f"SELECT {{}} FROM release_comment WHERE prompt = '{prompt}' ORDER BY {group}, {by}"
            )
            words, groups = orders(world, sql.format("body")), orders(world, sql.format(group))
            group_of = {body.split()[-1]: one for body, one in zip(words, groups, strict=True)}
            most = too_many(len(set(groups)))
            for each in people:
                within = sorted(each, key=group_of.__getitem__)
                assert matched(words, within) < most < len(each), (group, by)


def test_the_order_of_submission_is_gone(world: World) -> None:
    survey_id = world.open()
    submit_one_by_one(world, survey_id)
    world.close(survey_id)
    by_id = sorted(world.people.values())
    if world.database.is_sqlite:
        assert orders(world, "SELECT person_id FROM participation") == by_id
        return
    assert orders(world, "SELECT person_id FROM participation ORDER BY ctid") == by_id
    assert len(orders(world, "SELECT DISTINCT xmin::text FROM participation")) == 1
    left = orders(world, "SELECT relname FROM pg_class WHERE relname LIKE 'ballot_survey_%'")
    assert left == []


def test_no_table_holds_a_ballot_or_what_was_answered_by_whom(world: World) -> None:
    survey_id = world.open()
    given = everybody(world)
    world.submit(survey_id, given)
    with world.database.read(world.organization_id) as session:
        ballots = [bytes(row[0]) for row in session.execute(text("SELECT ballot_id FROM ballot"))]
        bodies = [bytes(row[0]) for row in session.execute(text("SELECT body FROM ballot"))]
    world.close(survey_id)
    dumped = dump(world)
    assert len(ballots) == len(world.people)
    for secret in (*ballots, *bodies):
        assert secret[:16] not in dumped
        assert secret[:16].hex().encode() not in dumped
    assert b"Skills of south/west3" in dumped  # the dump does hold what is published


def dump(world: World) -> bytes:
    """Return every row of every table as bytes, as somebody whom no row security holds."""
    found: list[bytes] = []
    url = world.database.engine.url.render_as_string(hide_password=False)
    whole = Database(as_role(url.replace("+psycopg", ""), SUPERUSER))
    with whole.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                found += [v if isinstance(v, bytes) else str(v).encode() for v in row]
    whole.close()
    return b"\n".join(found)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_bytes_of_the_file_are_free_of_ballots_after_the_close(
    quick_world: World, when: str
) -> None:
    world = quick_world
    survey_id = world.open()
    world.submit(survey_id, everybody(world))
    with world.database.read(world.organization_id) as session:
        bodies = [bytes(row[0]) for row in session.execute(text("SELECT body FROM ballot"))]
    if when == "after":
        world.close(survey_id)
    path = Path(str(world.database.engine.url.database))
    files = [path, *path.parent.glob(f"{path.name}-*")]
    content = b"".join(file.read_bytes() for file in files)
    found = sum(body[100:164] in content for body in bodies)
    assert found == (len(bodies) if when == "before" else 0)


def test_counting_again_gives_the_same_bytes(quick_world: World) -> None:
    world = quick_world
    survey_id = world.open()
    world.submit(survey_id, everybody(world))
    org = world.organization_id
    once, again = (count_survey(world.database, world.keys, org, survey_id) for _ in range(2))
    assert once.parts == again.parts
