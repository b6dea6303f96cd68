"""Many respondents at once: they open their links and submit over the real port."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx

from sos_core.content import questionnaire
from sos_graphql.demo.crowd import ballot
from sos_graphql.demo.documents import EXCHANGE_LINK, SUBMIT_BALLOT
from sos_graphql.demo.people import DemoPerson
from sos_graphql.demo.respondents import opinion
from tests.flows.house import House


def answer_over_http(house: House, people: Iterable[DemoPerson]) -> None:
    """Let everybody submit the opinion that the demonstration would give them."""
    form = questionnaire()
    with httpx.Client(base_url=house.base) as client:

        def run(document: str, variables: dict[str, Any], token: str | None = None) -> Any:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            sent = {"query": document, "variables": variables}
            answer = client.post("/graphql", json=sent, headers=headers).json()
            assert "errors" not in answer, answer
            return next(iter(answer["data"].values()))

        for person in people:
            link = house.link(person.email).rpartition("/")[2]
            token = run(EXCHANGE_LINK, {"link": link})["token"]
            said = opinion(person.email, person.unit, person.language, 0, form)
            assert run(SUBMIT_BALLOT, {"input": ballot(said)}, token)["code"]
