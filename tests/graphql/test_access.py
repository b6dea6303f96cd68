"""Who asks, how they get in, and that nothing is told to those who may not know."""

from __future__ import annotations

import asyncio

import pytest

from sos_core.access.principal import ANONYMOUS
from sos_core.access.queries import account_principal
from sos_core.surveys.links import personal_token
from sos_graphql.callers import principal_of
from sos_graphql.nodes import node_id, number_of
from tests.graphql.conftest import PASSWORD, World

VIEWER = (
    "{ viewer { kind name language roles organization { name } units { name } leads { name } } }"
)


def test_a_stranger_is_anonymous(world: World) -> None:
    assert world.data(None, VIEWER)["viewer"] == {
        "kind": "ANONYMOUS", "name": "", "language": "en", "roles": [], "organization": None,
        "units": [], "leads": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("role", "roles"),
    [
        ("admin", ["ADMINISTRATOR"]),
        ("leader", ["LEADER", "PARTICIPANT"]),
        ("viewer", ["VIEWER"]),
        ("participant", ["PARTICIPANT"]),
        ("nobody", []),
    ],
)
def test_accounts_have_their_roles(world: World, role: str, roles: list[str]) -> None:
    viewer = world.data(role, VIEWER)["viewer"]
    assert (viewer["kind"], viewer["roles"]) == ("ACCOUNT", roles)
    assert viewer["organization"] == {"name": "Acme"}


def test_a_leader_sees_what_they_lead(world: World) -> None:
    viewer = world.data("leader", VIEWER)["viewer"]
    assert viewer["leads"] == viewer["units"] == [{"name": "Alpha"}]


def test_own_units_begin_with_the_home(world: World) -> None:
    with world.application.database.read(world.organization_id) as session:
        own = account_principal(session, world.accounts["participant"][1]).person_id
    for names in (["Gamma", "Alpha"], ["Alpha", "Gamma"]):
        units = [world.unit(name) for name in names]
        world.do("movePerson", {"id": node_id("Person", own or 0), "units": units})
        found = world.data("participant", VIEWER)["viewer"]["units"]
        assert [one["name"] for one in found] == names


def test_the_language_is_the_one_asked_for(world: World) -> None:
    asked = world.ask("admin", VIEWER, **{"X-SOS-Request": "1", "Accept-Language": "sw,en;q=0.5"})
    assert asked.json()["data"]["viewer"]["language"] == "sw"
    # A browser that says what it speaks does not outdo the account's own language.
    assert (
        world.ask("admin", VIEWER, **{"Accept-Language": "sw"}).json()["data"]["viewer"]["language"]
        == "en"
    )
    assert (
        world.ask(None, VIEWER, **{"Accept-Language": "xx, zh-CN"}).json()["data"]["viewer"][
            "language"
        ]
        == "zh-Hans"
    )


def test_signing_in_gives_a_token_that_signing_out_ends(world: World) -> None:
    token = world.do("signIn", {"email": "admin@acme.example", "password": PASSWORD}, None)
    world.tokens["fresh"] = token["token"]
    assert world.data("fresh", VIEWER)["viewer"]["name"] == "Admin"
    assert world.data("fresh", "mutation { signOut { ... on SignedOut { done } } }")
    assert world.data("fresh", VIEWER)["viewer"]["kind"] == "ANONYMOUS"


def test_a_wrong_password_is_refused_in_words_and_too_many_are_not_looked_at(world: World) -> None:
    given = {"email": "admin@acme.example", "password": "wrong wrong wrong"}
    assert world.do("signIn", given, None)["code"] == "sign_in_failed"
    for _ in range(9):
        last = world.do("signIn", given, None)
    assert last["code"] == "sign_in_failed"
    assert world.do("signIn", given | {"password": PASSWORD}, None)["code"] == "too_many_attempts"
    world.clock.advance(minutes=6)
    assert world.do("signIn", given | {"password": PASSWORD}, None)["__typename"] == "Token"


def test_a_personal_link_becomes_a_respondents_token(world: World) -> None:
    survey = number_of("Survey", world.open_survey())
    link = personal_token(
        world.application.secret,
        organization_id=world.organization_id,
        survey_id=survey,
        person_id=world.people["Alpha 1"],
    )
    token = world.do("exchangePersonalLink", {"link": link}, None)
    assert token["viewer"] == "RESPONDENT"
    world.tokens["respondent"] = token["token"]
    viewer = world.data("respondent", VIEWER)["viewer"]
    assert (viewer["kind"], viewer["name"], viewer["units"]) == ("RESPONDENT", "", [])
    for forged in (link[:-2], "", "1.2.3.4", "é"):
        assert world.do("exchangePersonalLink", {"link": forged}, None)["code"] == "link_unknown"


def test_a_printed_code_is_good_once(world: World) -> None:
    survey = world.open_survey()
    issued = world.do("issuePrintedCodes", {"survey": survey, "people": [world.person("Beta 1")]})
    code = issued["codes"][0]["code"]
    assert world.do("redeemPrintedCode", {"code": code.lower()}, None)["viewer"] == "RESPONDENT"
    assert world.do("redeemPrintedCode", {"code": code}, None)["code"] == "survey_code_unknown"


def test_an_expired_token_is_nobody(world: World) -> None:
    world.clock.advance(hours=13)
    assert world.data("admin", VIEWER)["viewer"]["kind"] == "ANONYMOUS"


def test_a_token_that_is_no_text_is_nobodys(world: World) -> None:
    # A socket's first message is JSON, which can say what no header can.
    assert asyncio.run(principal_of(world.application, "\ud800")) is ANONYMOUS


def test_a_leader_set_by_hand_leads_from_the_next_request_on_and_no_longer(world: World) -> None:
    mine = "{ viewer { roles leads { name } } units(first: 50) { nodes { name } } }"

    def seen() -> tuple[list[str], list[str], set[str]]:
        found = world.data("participant", mine)
        viewer, units = found["viewer"], found["units"]["nodes"]
        return viewer["roles"], [one["name"] for one in viewer["leads"]], {u["name"] for u in units}

    roles, leads, before = seen()
    assert (roles, leads) == (["PARTICIPANT"], [])
    with world.application.database.read(world.organization_id) as session:
        own = account_principal(session, world.accounts["participant"][1]).person_id
    person = node_id("Person", own or 0)
    world.do("changePerson", {"id": person, "leads": [world.unit("South")]})
    assert seen() == (["LEADER", "PARTICIPANT"], ["South"], before | {"South", "West", "Gamma"})
    world.do("changePerson", {"id": person, "leads": []})
    assert seen() == (["PARTICIPANT"], [], before)
