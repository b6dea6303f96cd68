"""The audit log through the API: pages, choices, and whom it is shown to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sos_core.organizations.audit import record
from sos_core.organizations.audit_queries import all_audit_entries
from sos_graphql.nodes import number_of
from tests.graphql.conftest import World
from tests.graphql.guests import make_key

LOG = """query ($first: Int!, $after: String, $verbs: [String!], $actor: String, $subject: String,
  $since: DateTime, $until: DateTime) { auditEntries(first: $first, after: $after, verbs: $verbs,
  actor: $actor, subject: $subject, since: $since, until: $until) { __typename
    ... on Problem { code }
    ... on AuditEntryConnection { totalCount pageInfo { hasNextPage endCursor }
      nodes { sequence actor actorName verb text subject subjectName details { name value } } } } }"""
FORM = "{ ballotForm { ... on BallotForm { areas { statements { key } } } } }"


@pytest.fixture
def deeds(world: World) -> World:
    """Record seven deeds on top of those that the installation has."""
    with world.application.database.write(world.organization_id) as session:
        for number in range(7):
            record(
                session,
                actor="operator" if number % 2 else "account:1",
                verb="people.plan_made" if number < 3 else "future.deed",
                subject=f"change_plan:{number}",
                now=world.clock() + timedelta(days=number),
                details={"count": number, "source": "file"},
            )
    return world


def log(world: World, role: str | None = "admin", **given: Any) -> Any:
    return world.data(role, LOG, {"first": 20, **given})["auditEntries"]


def test_pages_of_the_log(deeds: World) -> None:
    whole = log(deeds)
    assert whole["totalCount"] == len(whole["nodes"])
    sequences = [node["sequence"] for node in whole["nodes"]]
    assert sequences == list(range(len(sequences), 0, -1))
    first = log(deeds, first=5)
    rest = log(deeds, after=first["pageInfo"]["endCursor"])
    assert first["pageInfo"]["hasNextPage"]
    assert not rest["pageInfo"]["hasNextPage"]
    assert first["nodes"] + rest["nodes"] == whole["nodes"]


def test_words_stand_beside_what_the_log_has(deeds: World) -> None:
    newest, *_, made = log(deeds, first=7)["nodes"]
    assert newest["verb"] == newest["text"] == "future.deed"
    assert (made["text"], made["subjectName"]) == (
        "Made a change plan of people",
        "Change plan 0",
    )
    assert made["details"] == [{"name": "count", "value": "0"}, {"name": "source", "value": "file"}]
    assert {node["actorName"] for node in log(deeds, first=7)["nodes"]} >= {"Operator"}


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"verbs": ["future.deed", "none"]}, 4),
        ({"actor": "operator", "verbs": ["future.deed"]}, 2),
        ({"subject": "change_plan:4"}, 1),
        ({"since": "2026-03-07T09:00:00Z"}, 2),
        ({"since": "2026-03-07T09:00:00"}, 2),
        ({"since": "9999-12-31T23:59:59+00:00"}, 0),
        ({"until": "0001-01-01T00:00:00+14:00"}, 0),
    ],
)
def test_choices(deeds: World, wanted: dict[str, Any], count: int) -> None:
    assert log(deeds, **wanted)["totalCount"] == count


@pytest.mark.parametrize("role", ["leader", "viewer", "participant", "nobody", None])
def test_the_log_is_for_administrators(world: World, role: str | None) -> None:
    code = "administrators_only" if role else "not_signed_in"
    assert log(world, role) == {"__typename": "NotAllowed", "code": code}


def test_a_program_needs_the_scope(world: World) -> None:
    world.tokens["key"] = make_key(world, "PEOPLE_READ")
    assert log(world, "key")["code"] == "scope_missing"
    world.tokens["key"] = make_key(world, "AUDIT_READ")
    made = [node for node in log(world, "key")["nodes"] if node["verb"] == "api_key.created"]
    assert len(made) == 2


@pytest.mark.parametrize("given", [{"first": 0}, {"first": 101}, {"after": "x"}])
def test_what_cannot_be_read_is_told(world: World, given: dict[str, Any]) -> None:
    assert log(world, **given)["__typename"] == "InvalidInput"


def test_submitting_and_saving_records_nothing(world: World) -> None:
    def entries() -> int:
        with world.application.database.read(world.organization_id) as session:
            return len(list(all_audit_entries(session)))

    before = entries()
    survey = world.open_survey()
    assert entries() > before
    world.respondent(number_of("Survey", survey), "Alpha 1")
    form = world.data("respondent", FORM)["ballotForm"]
    given = {"answers": [{"key": form["areas"][0]["statements"][0]["key"], "value": 4}]}
    opened = entries()
    assert world.do("saveBallotDraft", given | {"sequence": 1}, "respondent")["state"] == "SAVED"
    assert world.do("submitBallot", given, "respondent")["__typename"] == "BallotReceipt"
    world.data("respondent", FORM)
    assert entries() == opened
