"""Two organizations in one demonstration: whoever is in one learns nothing of the other."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from sos_graphql.demo.companies import NORDVIK, SOLMARK
from sos_graphql.demo.main import demo_token
from sos_graphql.nodes import node_id, read_id
from tests.flows.house import House

KNOWN = """{ organization { id name } viewer { name }
  surveys(first: 10) { nodes { id title } } units(first: 100) { nodes { id name } }
  people(first: 100) { ... on PersonConnection { nodes { id email } } }
  changePlans(first: 10) { ... on ChangePlanConnection { nodes { id } } } }"""
ONE = """query ($survey: ID, $unit: ID, $person: ID!, $plan: ID!) {
  survey(id: $survey) { title results(unit: $unit) { __typename } }
  person(id: $person) { ... on Person { name } ... on Problem { code what remedy } }
  changePlan(id: $plan) { ... on ChangePlan { title } ... on Problem { code what remedy } } }"""
PAGES = (
    "/app/surveys/{survey}",
    "/app/results/{survey}",
    "/app/people/{person}",
    "/app/people/plans/{plan}",
)


def post(demo: House, role: str, query: str, variables: dict[str, Any] | None = None) -> Any:
    token = demo_token(demo.application.settings.data_dir, role)
    answer = httpx.post(
        f"{demo.base}/graphql",
        json={"query": query, "variables": variables or {}},
        headers={"Authorization": f"Bearer {token}"},
    )
    found = answer.json()
    assert "errors" not in found, found
    return found["data"]


@pytest.fixture(scope="module")
def worlds(demo: House) -> dict[str, Any]:
    """Return what each administrator sees."""
    return {role: post(demo, role, KNOWN) for role in ("admin", "neighbor-admin")}


def test_each_administrator_sees_one_organization(worlds: dict[str, Any]) -> None:
    for role, company in {"admin": NORDVIK, "neighbor-admin": SOLMARK}.items():
        world = worlds[role]
        assert world["organization"]["name"] == company.name
        domains = {node["email"].partition("@")[2] for node in world["people"]["nodes"]}
        assert domains == {company.domain}
        assert all(title.startswith(company.title) for title in titles(world))
    own, other = (ids(worlds[role]) for role in ("admin", "neighbor-admin"))
    assert own.isdisjoint(other)


def titles(world: dict[str, Any]) -> list[str]:
    return [node["title"] for node in world["surveys"]["nodes"]]


def ids(world: dict[str, Any]) -> set[str]:
    lists = ("surveys", "units", "people", "changePlans")
    return {node["id"] for name in lists for node in world[name]["nodes"]}


@pytest.mark.parametrize(
    ("role", "other"), [("admin", "neighbor-admin"), ("neighbor-admin", "admin")]
)
def test_ids_of_the_other_are_as_good_as_none(
    demo: House, worlds: dict[str, Any], role: str, other: str
) -> None:
    theirs = first_ids(worlds[other])
    assert post(demo, other, ONE, theirs)["person"]["name"]
    answer = post(demo, role, ONE, theirs)
    nowhere = {key: beyond(value) for key, value in theirs.items()}
    assert answer == post(demo, role, ONE, nowhere)
    assert answer["survey"] is None
    assert answer["person"]["code"] == "no_such_person"


def first_ids(world: dict[str, Any]) -> dict[str, str]:
    names = {"survey": "surveys", "unit": "units", "person": "people", "plan": "changePlans"}
    return {key: world[name]["nodes"][0]["id"] for key, name in names.items()}


def beyond(key: str) -> str:
    """Return the id of a thing of the same kind that nobody has."""

    kind, _ = read_id(key)
    return node_id(kind, 999_999_999)


def test_pages_of_the_other_are_not_there(demo: House, worlds: dict[str, Any]) -> None:

    numbers = {key: read_id(value)[1] for key, value in first_ids(worlds["neighbor-admin"]).items()}
    with httpx.Client(base_url=demo.base) as client:
        token = demo_token(demo.application.settings.data_dir, "admin")
        client.cookies.set("sos_session", token)
        assert client.get("/app").status_code == 200
        for path in PAGES:
            assert client.get(path.format(**numbers)).status_code == 404, path


def test_who_is_in_both_chooses_and_sees_one_at_a_time(demo: House, page: Page) -> None:
    email, password = demo.passwords["consultant"]
    for company, other in ((NORDVIK, SOLMARK), (SOLMARK, NORDVIK)):
        demo.show(page, "/auth/sign-in?next=/app/results")
        expect(page.locator("main")).not_to_contain_text(company.name)
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click("main button.primary")
        page.wait_for_url("**/auth/organization**")
        doors = page.locator("main form.stack button")
        assert sorted(doors.all_inner_texts()) == sorted([NORDVIK.name, SOLMARK.name])
        page.get_by_role("button", name=company.name).click()
        page.wait_for_url("**/app/results**")
        expect(page.locator("body")).to_contain_text(company.title)
        expect(page.locator("body")).not_to_contain_text(other.title)
        page.goto(f"{demo.base}/app/account")
        page.locator("main form[action='/auth/sign-out'] button").click()
        page.wait_for_url("**/auth/sign-in**")
