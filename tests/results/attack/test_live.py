"""The attack program over the open survey: who has finished, told while it happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from numpy.random import default_rng

from sos_core.results.policy import Policy
from sos_core.surveys import response
from sos_core.surveys.participation import participations
from sos_graphql import subscriptions
from tests.results.attack.conftest import Build
from tests.results.attack.live import Live

SEED = 2
STEPS, FEW = 12, 5
STEP = timedelta(seconds=50)


def watched(build: Build, steps: int = STEPS) -> Live:
    """Let people finish in random portions, while everybody looks on."""
    live = Live.open(build(SEED))
    rng = default_rng(SEED)
    waiting = rng.permutation(sorted(live.unit)).tolist()
    for portion in rng.integers(0, 6, steps).tolist():
        live.finish([waiting.pop() for _ in range(min(portion, len(waiting)))])
        live.everybody_asks()
        live.installation.world.clock.advance(seconds=STEP.total_seconds())
    live.installation.world.close(live.survey_id)
    return live


def rules_of(live: Live) -> set[str]:
    return {finding.rule for finding in live.attack(Policy())}


def test_response_rates_withstand_the_attack_while_people_finish(build: Build) -> None:
    live = watched(build)
    assert live.attack(Policy()) == []
    assert len(set(live.told)) > STEPS / 2, "something was told"
    assert any(count for _, _, count in live.told)


def test_rates_that_follow_each_person_are_found(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(_nodes: Any, _shown: Any, actual: Sequence[int], **_rest: Any) -> list[int]:
        return list(actual)

    monkeypatch.setattr(response, "refreshed", at_once)
    monkeypatch.setattr(response, "AT_MOST_EVERY", timedelta(0))
    assert {"news", "too soon"} <= rules_of(watched(build, FEW))


def test_a_subscription_that_tells_more_than_the_query_is_found(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "response_rate", eager(subscriptions.response_rate))
    assert "news" in rules_of(watched(build, FEW))


def eager(told: Callable[..., Any]) -> Callable[..., Any]:
    """Return a resolver that pushes the number of those who have finished by now."""

    async def pushed(info: Any, survey_id: int) -> Any:
        rates = await told(info, survey_id)
        asker = info.context
        done = await asker.read(lambda session: len(_done(session, survey_id)))
        return replace(rates, overall=replace(rates.overall, finished=done))

    return pushed


def _done(session: Any, survey_id: int) -> list[Any]:
    return list(participations(session, survey_id, done=True))
