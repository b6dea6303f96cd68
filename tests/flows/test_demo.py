"""The demonstration builder, on a small cast: what `make demo` shows is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from sos_core.content import LANGUAGES, questionnaire
from sos_core.errors import InvalidInput, NotFound
from sos_graphql.demo.comments import COMMENTS
from sos_graphql.demo.main import demo_settings, demo_token
from sos_graphql.demo.people import DemoPerson, cast
from sos_graphql.demo.people import workbook as workbook_of
from tests.conftest import ROOT
from tests.flows.house import House

SURVEYS = """query {
  viewer { name roles }
  surveys(first: 10) { nodes { title state published previous { title }
    responseRate { ... on ResponseRate { overall { invited finished share } } }
    matrix { ... on ResultMatrix { rowCount rows { names } columns { key scores } } }
    results { ... on UnitResults { name previousTitle summary { sentences }
      areas { key score { value previous { value reference } } } } } } } }"""


def ask(demo: House, role: str) -> dict[str, Any]:
    """Return what the API answers to a role's own token over the real port."""
    token = demo_token(demo.application.settings.data_dir, role)
    answer = httpx.post(
        f"{demo.base}/graphql",
        json={"query": SURVEYS},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


def test_two_surveys_are_published_and_one_is_open(demo: House, people: list[DemoPerson]) -> None:
    running, spring, autumn = ask(demo, "admin")["surveys"]["nodes"]
    assert [running["state"], spring["published"], autumn["published"]] == ["OPEN", True, True]
    invited = sum(person.user_type == "participant" for person in people)
    rate = running["responseRate"]["overall"]
    assert rate["invited"] == invited
    assert 0.2 < rate["share"] < 0.9
    assert running["previous"]["title"] == spring["title"]
    assert "areas" not in running["results"]


def test_a_program_may_introspect_and_ask(demo: House) -> None:
    token = demo_token(demo.application.settings.data_dir, "integration")
    answer = httpx.post(
        f"{demo.base}/graphql",
        json={"query": "{ __schema { queryType { name } } viewer { kind } people(first: 1) {"
              " ... on PersonConnection { totalCount } } }"},
        headers={"Authorization": f"Bearer {token}"},
    ).json()  # fmt: skip
    assert answer["data"]["viewer"] == {"kind": "INTEGRATION"}
    assert answer["data"]["people"]["totalCount"] >= 1


def test_the_summary_and_the_response_rate_count_alike(demo: House) -> None:
    for survey in ask(demo, "admin")["surveys"]["nodes"][1:]:
        finished = survey["responseRate"]["overall"]["finished"]
        first = survey["results"]["summary"]["sentences"][0]
        assert first.startswith(f"{finished} people answered")


def test_figures_and_their_trend_are_there(demo: House) -> None:
    _, spring, autumn = ask(demo, "admin")["surveys"]["nodes"]
    for survey in (spring, autumn):
        columns = survey["matrix"]["columns"]
        assert columns[0]["key"] == "overall"
        assert len(columns) == 10
        assert all(0 <= score <= 100 for column in columns for score in column["scores"])
        assert survey["matrix"]["rowCount"] == len(columns[0]["scores"]) > 0
    now = {area["key"]: area["score"] for area in spring["results"]["areas"]}
    before = {area["key"]: area["score"]["value"] for area in autumn["results"]["areas"]}
    assert spring["results"]["previousTitle"] == autumn["title"]
    assert len(now) == 9
    for key, score in now.items():
        assert score["previous"]["reference"] == before[key]
        assert score["previous"]["value"] == score["value"] - before[key]
    assert any(score["previous"]["value"] for score in now.values())


@pytest.mark.parametrize("role", ["admin", "leader", "viewer", "participant"])
def test_everybody_has_a_token_and_their_own_sight(demo: House, role: str) -> None:
    data = ask(demo, role)
    assert {"admin": "ADMINISTRATOR"}.get(role, role.upper()) in data["viewer"]["roles"]
    assert [node["published"] for node in data["surveys"]["nodes"]][1:] == [True, True]


def test_a_token_needs_a_demonstration_and_a_role_of_it(demo: House, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        demo_token(tmp_path, "admin")
    with pytest.raises(InvalidInput):
        demo_token(demo.application.settings.data_dir, "nobody")


def test_the_operator_has_a_token_that_shows_no_organization(demo: House) -> None:
    token = demo_token(demo.application.settings.data_dir, "operator")
    answer = httpx.post(
        f"{demo.base}/graphql",
        json={"query": "{ viewer { kind roles } organization { id } surveys(first: 1) { nodes { id } } }"},
        headers={"Authorization": f"Bearer {token}"},
    ).json()  # fmt: skip
    assert answer["data"] == {
        "viewer": {"kind": "OPERATOR", "roles": ["OPERATOR"]},
        "organization": None,
        "surveys": {"nodes": []},
    }
    of_its_own = demo_settings(demo.application.settings.data_dir, demo.base)
    assert not of_its_own.operators_second_factor, "the token is worth something"


def test_the_example_workbook_is_the_cast() -> None:
    stored = ROOT / "examples" / "demo-people.xlsx"
    drawn = cast()
    rows = load_workbook(stored, read_only=True).worksheets[0].iter_rows(values_only=True)
    written = [tuple("" if cell is None else str(cell) for cell in row) for row in rows]
    assert written[1:] == [person.cells() for person in drawn]
    assert 400 <= len(drawn) <= 440
    assert len({person.unit for person in drawn if len(person.unit) == 3}) == 48
    assert workbook_of(drawn[:1])[:2] == b"PK"


def test_comments_answer_their_prompt_in_every_language(demo: House) -> None:
    assert {(tag, area) for tag, found in COMMENTS.items() for area in found} == {
        (tag, prompt.partition(".")[2]) for tag in LANGUAGES for prompt in questionnaire().comments
    }
    document = """{ survey { results { ... on UnitResults { comments { ... on Comments {
      prompts { areaKey comments } } } } } } }"""
    token = demo_token(demo.application.settings.data_dir, "admin")
    answer = httpx.post(
        f"{demo.base}/graphql",
        json={"query": document},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    for prompt in answer["data"]["survey"]["results"]["comments"]["prompts"]:
        fitting = [words for found in COMMENTS.values() for words in found[prompt["areaKey"]]]
        for written in prompt["comments"]:
            assert any(written.startswith(words) for words in fitting), written
