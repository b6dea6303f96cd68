"""How fast somebody may ask: each one who asks has a bucket, whatever road the requests take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from sos_core.access.principal import ANONYMOUS, GuestScope, Principal, Role
from sos_core.access.sessions import sign_out
from sos_core.content import LANGUAGES, text
from sos_core.settings import Settings
from sos_graphql import pace
from sos_graphql.pace import Buckets, counted_for, network_of, pace_of
from sos_graphql.protocol import GRAPHQL_JSON
from tests.graphql.conftest import World
from tests.graphql.guests import HostSite, host
from tests.graphql.test_results import RESULTS

__all__ = ["host"]
NAME = "{ viewer { name } }"


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the present instant, in seconds."""
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def slow(world: World, hand: Hand) -> World:
    """Return the world with sixty requests a minute for each one who asks, and time at a stand."""
    counts = pace_of(world.application)
    counts._clock = hand
    counts.own, counts.shared = Buckets(60, hand), Buckets(60, hand)
    return world


def spend(world: World, role: str | None, times: int = 60) -> list[int]:
    """Return the statuses of so many requests."""
    return [world.ask(role, NAME).status_code for _ in range(times)]


@given(st.integers(1, 200), st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=300))
def test_a_bucket_lets_through_its_size_and_what_was_refilled(
    a_minute: int, pauses: list[float]
) -> None:
    hand = Hand()
    buckets = Buckets(a_minute, hand)
    let = 0
    for number, pause in enumerate(pauses):
        hand.now += pause
        wait = buckets.take("x")
        let += wait == 0
        assert buckets.take(f"y {number}") == 0, "nobody waits for others"
        if wait:
            hand.now += wait
            assert buckets.lacking("x") < 1e-6
            let += buckets.take("x") == 0
        elapsed = hand.now - 1000.0
        assert let <= a_minute + elapsed * a_minute / 60 + 1


@given(st.integers(1, 600), st.integers(1, 300))
def test_who_asks_evenly_is_never_refused(a_minute: int, times: int) -> None:
    hand = Hand()
    buckets = Buckets(a_minute, hand)
    for _ in range(times):
        assert buckets.take("x") == 0
        hand.now += 60 / a_minute


def test_a_full_bucket_gives_a_minutes_worth_at_once() -> None:
    for a_minute in (1, 7, 60, 1200, 3000):
        buckets = Buckets(a_minute, Hand())
        assert [buckets.take("x") == 0 for _ in range(a_minute + 1)] == [True] * a_minute + [False]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "KEYS", 3)
    buckets = Buckets(1, Hand())
    for key in ("a", "b", "c", "d"):
        assert buckets.take(key) == 0
    assert len(buckets) == 3
    assert buckets.take("d") > 0
    assert buckets.take("a") == 0, "forgotten, so full again"


def test_an_office_of_five_hundred_opens_its_invitations_at_once() -> None:
    most = Buckets(Settings().requests_per_minute_shared, Hand())
    # The page behind the link or the change of the link for a token, and a page or two beside it.
    assert all(most.take("address 0:192.0.2.1") == 0 for _ in range(500 * 5))


def test_whom_requests_are_counted_for() -> None:
    scope = GuestScope(4, 1, None, frozenset(), "en", "https://x.example")
    respondent = frozenset({Role.RESPONDENT})
    seen = [
        counted_for(principal, "192.0.2.1")
        for principal in (
            ANONYMOUS,
            Principal(organization_id=1, account_id=7, person_id=2),
            Principal(organization_id=2, account_id=7, person_id=2),
            Principal(organization_id=1, key_id=7),
            Principal(operator_id=7),
            Principal(organization_id=1, person_id=2, survey_id=3, roles=respondent),
            Principal(organization_id=1, person_id=3, survey_id=3, roles=respondent),
            Principal(organization_id=1, guest=scope),
        )
    ]
    assert len({counted.key for counted in seen}) == len(seen)
    assert [counted.kind for counted in seen if counted.shared] == ["address", "embedding"]


def test_a_subscriber_of_ipv6_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("not:an:address") == "not:an:address"


def test_whoever_asks_too_fast_waits_and_others_do_not(slow: World, hand: Hand) -> None:
    assert spend(slow, "admin") == [200] * 60
    refused = slow.ask("admin", NAME, Accept=GRAPHQL_JSON)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.headers["content-type"] == GRAPHQL_JSON
    assert "data" not in refused.json()
    [error] = refused.json()["errors"]
    assert error["extensions"]["code"] == "too_many_requests"
    assert error["extensions"]["remedy"] == "Wait a moment, then try again."
    for role in ("leader", "viewer", None):
        assert slow.ask(role, NAME).status_code == 200
    hand.now += 1
    assert [slow.ask("admin", NAME).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_is_told_in_five_languages(slow: World, language: str) -> None:
    spend(slow, "leader")
    told = slow.ask("leader", NAME, **{"X-SOS-Language": language}).json()["errors"][0]
    assert told["message"] == text(language, "error.too_many_requests.what")


def test_answers_that_are_kept_are_counted_too(slow: World, published: str) -> None:
    def kept() -> int:
        variables = {"id": published, "unit": slow.unit("Alpha")}
        return slow.ask("viewer", RESULTS, variables, Accept=GRAPHQL_JSON).status_code

    assert [kept() for _ in range(60)] == [200] * 60
    assert len(slow.view.answers) == 1
    assert len(slow.view.shortcuts) == 1
    assert kept() == 429


def test_strangers_at_an_address_do_not_shut_out_whoever_is_known(slow: World) -> None:
    survey = slow.open_survey()
    slow.respondent(int(slow.people["Alpha 1"]), "Alpha 1")
    assert survey
    slow.ask("admin", NAME)
    assert spend(slow, None) == [200] * 60
    assert slow.ask(None, NAME).status_code == 429
    assert slow.ask("admin", NAME).status_code == 200
    assert slow.ask("respondent", NAME).status_code == 200


def test_tokens_that_nobody_showed_lately_are_not_even_looked_up_there(
    slow: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_up(*_args: object, **_more: object) -> None:
        raise AssertionError("the database was asked")

    spend(slow, None)
    monkeypatch.setattr("sos_graphql.callers.authenticate", looked_up)
    slow.tokens["guessed"] = "sos_key_1_1_" + "x" * 40
    assert slow.ask("guessed", NAME).status_code == 429


def test_tokens_that_are_good_for_nothing_are_counted_for_their_address(slow: World) -> None:
    slow.tokens["guessed"] = "sos_key_1_1_" + "x" * 40
    assert spend(slow, "guessed") == [401] * 60
    assert slow.ask("guessed", NAME).status_code == 429
    sign_out(slow.application.database, slow.tokens["leader"])
    assert slow.ask("leader", NAME).status_code == 429


def test_respondents_are_counted_one_by_one(slow: World) -> None:
    slow.open_survey()
    tokens = [slow.respondent(1, name) for name in ("Alpha 1", "Alpha 2")]
    slow.tokens["respondent"] = tokens[0]
    assert spend(slow, "respondent") == [200] * 60
    assert slow.ask("respondent", NAME).status_code == 429
    slow.tokens["respondent"] = tokens[1]
    assert slow.ask("respondent", NAME).status_code == 200


def test_guests_are_counted_for_their_embedding(host: HostSite, hand: Hand) -> None:
    counts = pace_of(host.world.application)
    counts.shared = Buckets(3, hand)
    first, second = (host.mint()["token"] for _ in range(2))
    assert [host.ask(token).status_code for token in (first, second, first, second)] == [
        200, 200, 200, 429,
    ]  # fmt: skip


def test_refusals_are_counted_and_logged_once_a_minute_without_secrets(
    slow: World, hand: Hand
) -> None:
    spend(slow, "admin")
    spend(slow, None)
    with capture_logs() as lines:
        for _ in range(3):
            slow.ask("admin", NAME)
            slow.ask(None, NAME)
    found: list[dict[str, Any]] = [dict(line) for line in lines]
    assert [line["counted_by"] for line in found] == ["account", "address"]
    assert found[0]["actor"].startswith("account:")
    assert set(found[1]) == {"event", "log_level", "counted_by"}
    assert slow.tokens["admin"] not in str(found)
    metrics = slow.application.telemetry.render().decode()
    assert 'sos_requests_refused_total{counted_by="account"} 3.0' in metrics
    assert 'sos_requests_refused_total{counted_by="address"} 3.0' in metrics
