"""From an open survey to published results, all through the API."""

from __future__ import annotations

import random
from typing import Any

from sos_graphql.nodes import number_of
from tests.graphql.conftest import World


def answer_all(world: World, survey: str, names: list[str], agreeing: str = "nobody") -> None:
    """Let people answer every question, each in their own way, with a comment.

    Those whose names begin with ``agreeing`` agree fully with all of the first area.
    """
    rng = random.Random(7)
    for name in names:
        world.respondent(number_of("Survey", survey), name)
        form = world.data(
            "respondent",
            "{ ballotForm { ... on BallotForm { areas { commentKey statements { key } } "
            "activities { key options { value } } } } }",
        )["ballotForm"]
        choices = [
            {"key": item["key"], "value": 5 if full else rng.randint(1, 5)}
            for number, area in enumerate(form["areas"])
            for full in [number == 0 and name.startswith(agreeing)]
            for item in area["statements"]
        ]
        choices += [
            {"key": item["key"], "value": rng.randint(1, len(item["options"]))}
            for item in form["activities"]
        ]
        comments = [{"key": form["areas"][0]["commentKey"], "text": f"A thought of {len(name)}."}]
        given = {"answers": choices, "comments": comments}
        assert world.do("submitBallot", given, "respondent")["__typename"] == "BallotReceipt"


def closed(world: World, agreeing: str = "nobody", **settings: Any) -> str:
    """Let everybody answer a new survey, close it and return it."""
    survey = world.open_survey(**settings)
    answer_all(world, survey, [name for name in world.people if name != "Vera"], agreeing)
    world.do("closeSurvey", {"id": survey})
    world.application.jobs.drain()
    return survey


def published_one(world: World, agreeing: str) -> str:
    """Return a survey of everybody, answered, closed, counted and published."""
    survey = closed(world, agreeing)
    world.clock.advance(days=30)
    world.application.jobs.drain()
    world.sign_in_again()
    return survey
