"""Published results through the API: to nobody before the publish date, then to each their own."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from sos_graphql.protocol import GRAPHQL_JSON
from tests.graphql.conftest import TEAMS, World
from tests.graphql.publishing import closed

PROBLEM = "... on Problem { code }"
RESULTS = """query ($id: ID!, $unit: ID) { survey(id: $id) { results(unit: $unit) { __typename
  ... on NotPublished { code publishesAt }
  ... on Problem { code }
  ... on UnitResults { name level unitId group { name exact peopleCount parts unitId } smallestGroup
    overall { value answerCount interval band bandName hidden parent { value name significant } }
    areas { key name score { value missing group { name exact } }
      statements { key mean answerCount distribution { percent } } }
    activities { key value display distribution { label percent } }
    breadcrumb { name visible } children { name overall drillable }
    summary { title headline sentences strengths { key score reasons } notes }
    hidden { subject text } benchmark { title synthetic note }
    comments { __typename ... on Comments { hidden prompts { areaKey prompt comments group { name } } }
      ... on Problem { code } } } } } }"""
MATRIX = """query ($id: ID!, $parent: ID, $level: String, $compare: Comparison! = NONE) {
  survey(id: $id) { matrix(parent: $parent, level: $level, compare: $compare) { __typename
  ... on Problem { code }
  ... on ResultMatrix { rowCount reference note rows { unitIds names levels groupKeys groupNames exact
    peopleCounts drillable } columns { key name scores groups deltas significant }
    standIns { key name exact } } } } }"""


def results(world: World, role: str | None, survey: str, unit: str | None = None) -> Any:
    found = world.data(role, RESULTS, {"id": survey, "unit": unit})["survey"]
    return found and found["results"]


def test_nobody_sees_results_before_the_publish_date(world: World) -> None:
    survey = closed(world)
    state = "query ($id: ID!) { survey(id: $id) { state published } }"
    assert world.data("admin", state, {"id": survey})["survey"] == {
        "state": "CLOSED", "published": False,
    }  # fmt: skip
    with capture_logs() as lines:
        for role in ("admin", "leader", "viewer", "participant"):
            early = results(world, role, survey)
            assert (early["__typename"], early["code"]) == ("NotPublished", "not_published")
            assert early["publishesAt"] is not None
            matrix = world.data(role, MATRIX, {"id": survey})["survey"]["matrix"]
            assert matrix == {"__typename": "NotPublished", "code": "not_published"}
    assert [line for line in lines if line["event"] == "refused"] == []


def test_a_unit_has_its_figures_in_words_and_numbers(world: World, published: str) -> None:
    found = results(world, "admin", published)
    assert (found["name"], found["unitId"], found["smallestGroup"]) == ("Acme", None, 5)
    assert found["group"]["peopleCount"] == 21
    assert 0 <= found["overall"]["value"] <= 100
    assert found["overall"]["answerCount"] == 21
    assert len(found["areas"]) == 9
    assert sum(len(area["statements"]) for area in found["areas"]) == 36
    assert len(found["activities"]) == 7
    assert [child["name"] for child in found["children"]] == ["North", "South"]
    assert found["summary"]["title"].endswith("Acme")
    assert found["comments"]["prompts"][0]["group"] == {"name": "Acme"}
    assert len(found["comments"]["prompts"][0]["comments"]) == 21
    east = results(world, "admin", published, world.unit("Alpha"))
    assert [step["name"] for step in east["breadcrumb"]] == ["Acme", "North", "East", "Alpha"]
    assert east["overall"]["parent"]["name"]


def test_each_sees_their_own(world: World, published: str) -> None:
    gamma, alpha = world.unit("Gamma"), world.unit("Alpha")
    assert results(world, "leader", published, alpha)["__typename"] == "UnitResults"
    assert results(world, "leader", published, gamma)["__typename"] == "NotAllowed"
    # Where no unit is named, it is the highest that one may see.
    assert results(world, "leader", published)["name"] == "Acme"
    assert results(world, "leader", published)["comments"]["__typename"] == "NotAllowed"
    assert results(world, "leader", published, alpha)["comments"]["__typename"] == "Comments"
    assert results(world, "viewer", published)["name"] == "North"
    assert results(world, "participant", published)["__typename"] == "NotAllowed"
    assert results(world, "nobody", published) is None
    assert results(world, "foreign", published) is None
    assert results(world, None, published) is None


def test_whom_results_are_not_for_is_logged(world: World, published: str) -> None:
    gamma = world.unit("Gamma")
    with capture_logs() as lines:
        assert results(world, "leader", published, gamma)["__typename"] == "NotAllowed"
        refused = world.data("participant", MATRIX, {"id": published})["survey"]["matrix"]
        assert refused["__typename"] == "NotAllowed"
    told = [line for line in lines if line["event"] == "refused"]
    assert [line["code"] for line in told] == ["results_not_for_you"] * 2
    assert [line["actor"] for line in told] == [
        f"account:{world.accounts[role][1]}" for role in ("leader", "participant")
    ]


def test_a_unit_of_nobody_is_missing(world: World, published: str) -> None:
    for unit in ("nonsense", world.person("Alpha 1"), "VW5pdDo5OTk5OQ"):
        assert results(world, "admin", published, unit)["__typename"] == "NotFound"


def test_the_matrix_has_a_column_a_score(world: World, published: str) -> None:
    found = world.data("admin", MATRIX, {"id": published, "level": "team", "compare": "PARENT"})
    matrix = found["survey"]["matrix"]
    assert matrix["rowCount"] == 3
    assert matrix["rows"]["names"] == ["Alpha", "Beta", "Gamma"]
    assert matrix["rows"]["unitIds"] == [world.unit(path[-1]) for path in TEAMS]
    assert matrix["columns"][0]["key"] == "overall"
    assert len(matrix["columns"]) == 10
    for column in matrix["columns"]:
        assert len(column["scores"]) == len(column["deltas"]) == len(column["significant"]) == 3
    alone = world.data("admin", MATRIX, {"id": published})["survey"]["matrix"]
    assert alone["rows"]["names"] == ["North", "South"]
    assert alone["columns"][0]["deltas"] is None
    seen = world.data("viewer", MATRIX, {"id": published, "level": "team"})["survey"]["matrix"]
    assert seen["rows"]["names"] == ["Alpha", "Beta"]
    wrong = world.data("admin", MATRIX, {"id": published, "level": "planet"})["survey"]["matrix"]
    assert wrong["__typename"] == "NotFound"


def test_the_same_scores_stand_in_the_matrix_and_on_the_page(world: World, published: str) -> None:
    matrix = world.data("admin", MATRIX, {"id": published, "level": "team"})["survey"]["matrix"]
    for row, path in enumerate(TEAMS):
        page = results(world, "admin", published, world.unit(path[-1]))
        scores = [column["scores"][row] for column in matrix["columns"]]
        assert scores == [page["overall"]["value"], *(a["score"]["value"] for a in page["areas"])]


@pytest.mark.parametrize("published", ["Alpha"], indirect=True)
def test_a_hidden_score_is_shown_for_a_larger_group(world: World, published: str) -> None:
    page = results(world, "admin", published, world.unit("Alpha"))
    score = page["areas"][0]["score"]
    assert score["value"] is not None
    assert score["group"]["exact"] is False
    assert page["areas"][1]["score"]["group"] is None
    name, notes = score["group"]["name"], {note["subject"]: note["text"] for note in page["hidden"]}
    assert f"shown for a larger group: “{name}”" in notes[page["areas"][0]["key"]]
    matrix = world.data("admin", MATRIX, {"id": published, "level": "team", "compare": "PARENT"})
    found = matrix["survey"]["matrix"]
    column = found["columns"][1]
    assert column["scores"][0] == score["value"]
    assert column["deltas"][0] is None
    assert found["standIns"][column["groups"][0]]["name"] == name
    assert found["columns"][2]["groups"] is None


def test_equal_questions_are_answered_from_memory(
    world: World, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"id": published, "unit": world.unit("Alpha")}
    first = world.ask("admin", RESULTS, variables, Accept=GRAPHQL_JSON)

    def broken(*_args: object, **_more: object) -> None:
        raise AssertionError("the database was asked again")

    monkeypatch.setattr("sos_graphql.results.answers.queries.unit_results", broken)
    again = world.ask("admin", RESULTS, variables, Accept=GRAPHQL_JSON)
    assert again.content == first.content
    assert again.headers["content-type"] == GRAPHQL_JSON
    # Another caller, another unit and another language are other questions.
    assert "errors" in world.ask("leader", RESULTS, variables, Accept=GRAPHQL_JSON).json()
    assert "errors" in world.ask("admin", RESULTS, {"id": published}, Accept=GRAPHQL_JSON).json()
    spoken = {"Accept": GRAPHQL_JSON, "X-SOS-Language": "sv"}
    assert "errors" in world.ask("admin", RESULTS, variables, **spoken).json()


def test_nothing_is_kept_that_was_not_published(world: World) -> None:
    survey = closed(world)
    assert results(world, "admin", survey)["__typename"] == "NotPublished"
    world.clock.advance(days=30)
    world.application.jobs.drain()
    world.sign_in_again()
    assert results(world, "admin", survey)["__typename"] == "UnitResults"
