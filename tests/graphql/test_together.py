"""Reads of one moment share a session, and what they read is true for as long as nobody commits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from graphql import GraphQLError, parse

from sos_core.database.session import SEEN, OrganizationSession
from sos_core.errors import NotFound
from sos_core.surveys.queries import survey
from sos_graphql.limits import check_document
from sos_graphql.nodes import number_of
from sos_graphql.scalars import as_json
from sos_graphql.together import Together
from tests.graphql.conftest import World

BESIDE = """query ($id: ID!) { survey(id: $id) { title results { __typename }
  matrix { __typename ... on ResultMatrix { rowCount rows { names peopleCounts exact } } } } }"""
TITLE = "query ($id: ID!) { survey(id: $id) { title } }"


@pytest.fixture
def opened(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the organizations of the sessions that are opened from now on to read."""
    found: list[int] = []
    real = world.application.database.read

    @contextmanager
    def read(organization_id: int) -> Iterator[OrganizationSession]:
        found.append(organization_id)
        with real(organization_id) as session:
            yield session

    monkeypatch.setattr(world.application.database, "read", read)
    return found


def together(world: World) -> Together:
    return Together(world.application.database, 5.0, {})


def test_fields_beside_each_other_share_a_session(
    world: World, published: str, opened: list[int]
) -> None:
    world.data("admin", TITLE, {"id": published})
    opened.clear()
    found = world.data("admin", BESIDE, {"id": published})["survey"]
    assert found["results"]["__typename"] == "UnitResults"
    assert found["matrix"]["rows"]["names"] == ["North", "South"]
    assert opened == [world.organization_id] * 2, "one for the survey, one for what is in it"


def test_who_fails_fails_alone(world: World, opened: list[int]) -> None:
    def missing(_session: OrganizationSession) -> str:
        raise NotFound("Nothing.", "Nothing.")

    def broken(_session: OrganizationSession) -> str:
        raise ZeroDivisionError

    def good(session: OrganizationSession) -> int:
        return session.organization_id

    async def go() -> list[Any]:
        reads = together(world)
        works = (good, missing, good, broken, good)
        waiting = [reads.read(world.organization_id, work) for work in works]
        return await asyncio.gather(*waiting, return_exceptions=True)

    first, second, third, fourth, fifth = asyncio.run(go())
    assert [first, third, fifth] == [world.organization_id] * 3
    assert isinstance(second, NotFound)
    assert isinstance(fourth, ZeroDivisionError)
    assert len(opened) == 2, "the session of an unexpected error is used no more"


def test_one_who_gives_up_takes_nothing_from_the_others(world: World) -> None:
    async def go() -> int:
        reads = together(world)
        impatient = asyncio.ensure_future(reads.read(world.organization_id, lambda _session: 1))
        patient = asyncio.ensure_future(reads.read(world.organization_id, lambda _session: 2))
        await asyncio.sleep(0)
        impatient.cancel()
        return await patient

    assert asyncio.run(go()) == 2


def test_each_organization_has_a_session_of_its_own(world: World) -> None:
    async def go() -> list[int]:
        reads = together(world)
        places = (world.organization_id, world.other_id)
        return await asyncio.gather(
            *[reads.read(place, lambda session: session.organization_id) for place in places]
        )

    assert asyncio.run(go()) == [world.organization_id, world.other_id]


def test_what_was_read_is_true_until_anybody_commits(world: World) -> None:
    draft = world.do("createSurvey", {"title": "Spring"})["id"]

    def title() -> str:
        return str(world.data("admin", TITLE, {"id": draft})["survey"]["title"])

    assert [title(), title()] == ["Spring", "Spring"]
    world.do("changeSurvey", {"id": draft, "title": "Summer"})
    assert title() == "Summer"


def test_a_request_that_changes_something_reads_it_anew(world: World) -> None:
    draft = world.do("createSurvey", {"title": "Spring"})["id"]
    world.data("admin", TITLE, {"id": draft})
    edited = world.data(
        "admin",
        """mutation ($input: ChangeSurveyInput!) {
          one: changeSurvey(input: $input) { ... on Survey { title previous { id } } }
          two: openSurvey(input: {id: "ID"}) { ... on Survey { title state participantCount } } }
        """.replace("ID", draft),
        {"input": {"id": draft, "title": "Summer"}},
    )
    assert edited["two"] == {"title": "Summer", "state": "OPEN", "participantCount": 21}


def test_rows_that_were_read_belong_to_their_organization(world: World) -> None:
    number = number_of("Survey", world.do("createSurvey", {"title": "Spring"})["id"])
    seen: dict[Any, Any] = {}
    for organization_id in (world.organization_id, world.other_id):
        with world.application.database.read(organization_id) as session:
            session.info[SEEN] = seen
            if organization_id == world.organization_id:
                assert survey(session, number) is survey(session, number)
            else:
                with pytest.raises(NotFound):
                    survey(session, number)
    with world.application.database.read(world.organization_id) as session:
        assert survey(session, number) is not survey(session, number), "nothing is kept unasked"


def test_a_document_is_measured_again_for_pages_of_another_size() -> None:
    document = parse("query ($n: Int!) { units(first: $n) { nodes { c(first: $n) { t } } } }")
    for _ in range(2):
        check_document(document, {"n": 10})
        with pytest.raises(GraphQLError, match="cost"):
            check_document(document, {"n": 100})
    with pytest.raises(GraphQLError, match="cost"):
        check_document(document, {})


def test_a_kept_column_is_sent_as_it_would_be() -> None:
    values = [1, None, 2.5, "å\u2028", True]
    assert orjson.dumps({"a": as_json(values)}) == orjson.dumps({"a": values})
