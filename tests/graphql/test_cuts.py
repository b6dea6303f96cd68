"""Cuts across the tree through the API: registered before opening, shown or refused after the close."""

from __future__ import annotations

from typing import Any

import pytest

from sos_core.people.applying import apply_plan
from sos_core.people.comparison import Request
from sos_core.people.planning import make_plan
from sos_core.people.queries import find_by_email
from sos_core.records import PeoplePage, PersonRecord
from tests.graphql.conftest import World
from tests.graphql.publishing import closed
from tests.graphql.test_results import results

CUTS = """query ($id: ID!) { survey(id: $id) { cuts { __typename
  ... on NotPublished { code } ... on Problem { code }
  ... on ResultCuts { surveyTitle organizationName smallestGroup note cuts { key name hidden
    parts { key name hidden overall { value parent { value reference name } hidden }
      areas { key score { value hidden } statements { key mean answerCount favorable } }
      activities { key value } } } } } } }"""


def cuts(world: World, role: str | None, survey: str) -> Any:
    found = world.data(role, CUTS, {"id": survey})["survey"]
    return found and found["cuts"]


@pytest.fixture
def cut_across(world: World) -> str:
    """Return a published survey of two areas with a region and a team of the same names in each."""
    records = [
        PersonRecord(f"{area} {team} {n}", f"{area}.{team}.{n}@x.example", memberships=(path,))
        for area in ("Home", "Abroad")
        for team in ("One", "Two")
        for path in [(area, f"{team} region", f"{team} team")]
        for n in range(8)
    ]
    with world.application.database.write(world.organization_id) as session:
        plan = make_plan(session, [PeoplePage(records)], Request(), actor="test", now=world.clock())
        apply_plan(session, plan, actor="test", now=world.clock())
        for record in records:
            found = find_by_email(session, record.email or "")
            assert found is not None
            world.people[record.name] = found.id
    survey = closed(world, cuts=["leaders", "level:1", "level:2"])
    world.clock.advance(days=30)
    world.sign_in_again()
    return survey


def test_groups_across_the_tree_stand_beside_the_organization(
    world: World, cut_across: str
) -> None:
    found = cuts(world, "admin", cut_across)
    assert (found["__typename"], found["organizationName"]) == ("ResultCuts", "Acme")
    leaders, regions, teams = found["cuts"]
    assert [cut["key"] for cut in found["cuts"]] == ["leaders", "level:1", "level:2"]
    assert [part["name"] for part in regions["parts"]] == ["One region", "Two region"]
    assert [part["key"] for part in teams["parts"]] == ["level:2:One team", "level:2:Two team"]
    whole = results(world, "admin", cut_across)["overall"]["value"]
    for part in regions["parts"]:
        score = part["overall"]
        assert score["parent"] == {
            "value": score["value"] - whole, "reference": whole, "name": "Acme",
        }  # fmt: skip
        statements = [item for area in part["areas"] for item in area["statements"]]
        assert {item["answerCount"] for item in statements} == {16}
        assert (part["hidden"], score["hidden"]) == (None, None)
    # Three leaders sit in teams of seven: no group of protected people is mostly theirs.
    assert [part["name"] for part in leaders["parts"]] == ["Leaders", "Everybody else"]
    refused = leaders["parts"][0]
    assert "nine in ten" in refused["hidden"]
    assert refused["overall"]["value"] is None
    assert all(area["score"]["value"] is None for area in refused["areas"])


def test_groups_across_the_tree_are_for_those_who_see_the_whole(
    world: World, cut_across: str
) -> None:
    assert cuts(world, "leader", cut_across)["__typename"] == "ResultCuts"
    assert cuts(world, "viewer", cut_across) == {
        "__typename": "NotAllowed", "code": "results_not_for_you",
    }  # fmt: skip
    assert cuts(world, "nobody", cut_across) is None
    assert cuts(world, "foreign", cut_across) is None


def test_a_level_without_common_names_has_no_groups(world: World, published: str) -> None:
    assert cuts(world, "admin", published)["cuts"] == []
    early = closed(world, cuts=["level:2"], title="Next")
    assert cuts(world, "admin", early) == {"__typename": "NotPublished", "code": "not_published"}
    world.clock.advance(days=30)
    world.sign_in_again()
    (cut,) = cuts(world, "admin", early)["cuts"]
    assert (cut["parts"], cut["name"]) == ([], "Team, across the organization")
    assert "same name" in cut["hidden"]


def test_what_a_draft_can_be_cut_by_is_offered(world: World) -> None:
    survey = world.do("createSurvey", {"title": "Spring", "cuts": ["level:1"]})["id"]
    document = """query ($id: ID!) { survey(id: $id) { settings { cuts
      cutChoices { key name parts chosen } } } }"""
    offered = world.data("admin", document, {"id": survey})["survey"]["settings"]["cutChoices"]
    assert [choice["key"] for choice in offered] == ["leaders", "level:1", "level:2"]
    assert [choice["chosen"] for choice in offered] == [False, True, False]
    world.do("openSurvey", {"id": survey})
    kept = world.data("admin", document, {"id": survey})["survey"]["settings"]["cutChoices"]
    assert [choice["key"] for choice in kept] == ["level:1"]
