"""The demonstration's respondents: they open their link, and submit through the public API."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sos_core.content import Questionnaire, questionnaire
from sos_graphql.demo.client import DemoClient
from sos_graphql.demo.documents import EXCHANGE_LINK, SUBMIT_BALLOT
from sos_graphql.demo.people import DemoPerson
from sos_graphql.demo.respondents import Opinion, opinion, takes_part

AT_ONCE = 16


def respondents(people: Iterable[DemoPerson], survey: int) -> list[DemoPerson]:
    """Return those who will answer survey 0, 1 or 2, in the order in which they get round to it."""
    answering = [
        person
        for person in people
        if person.user_type == "participant" and takes_part(person.email, survey)
    ]
    return sorted(answering, key=lambda person: hash_of(person.email, survey))


def hash_of(email: str, survey: int) -> bytes:
    """Return a stable order of people that differs from survey to survey."""
    import hashlib

    return hashlib.sha256(f"{email}|{survey}".encode()).digest()


async def answer_all(
    client: DemoClient, people: Sequence[DemoPerson], links: Mapping[str, str], survey: int
) -> None:
    """Let everybody of ``people`` answer, sixteen at a time."""
    form = questionnaire()
    waiting = iter(people)

    async def one_after_another() -> None:
        for person in waiting:
            await answer(client, person, links[person.email], survey, form)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def answer(
    client: DemoClient, person: DemoPerson, link: str, survey: int, form: Questionnaire
) -> None:
    """Let one person open the link and submit."""
    exchanged = await client.run(EXCHANGE_LINK, {"link": link})
    said = opinion(person.email, person.unit, person.language, survey, form)
    token = exchanged["exchangePersonalLink"]["token"]
    await client.run(SUBMIT_BALLOT, {"input": ballot(said)}, token=token)


def ballot(said: Opinion) -> dict[str, Any]:
    """Return an opinion in the form of the API's input."""
    return {
        "answers": [{"key": key, "value": value} for key, value in said.answers.items()],
        "comments": [{"key": key, "text": text} for key, text in said.comments.items()],
    }
