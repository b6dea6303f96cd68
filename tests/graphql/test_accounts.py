"""Accounts through the API: one's own, those of the organization, and the operator's installation."""

from __future__ import annotations

import pytest

from sos_core.access.accounts import invite_account
from sos_core.access.one_time_codes import code_at, step_of
from sos_core.access.operators import create_operator
from sos_core.access.rights import Rights
from sos_graphql.nodes import node_id
from tests.graphql.conftest import PASSWORD, World

NEW = "quite another sentence of words"
SIGN_IN = {"email": "admin@acme.example", "password": PASSWORD}
MINE = "{ viewer { kind roles sessions { id method device current } secondFactor { active } } }"


def enroll(world: World, role: str) -> tuple[str, str]:
    """Set up the second factor of a role; return its seed and a recovery code."""
    seed = str(world.do("beginSecondFactor", {"password": PASSWORD}, role)["seed"])
    code = code_at(seed, step_of(world.clock()))
    shown = world.do("confirmSecondFactor", {"code": code}, role)
    assert len(shown["codes"]) == 10, shown
    world.tokens[role] = shown["token"]
    return seed, shown["codes"][0]


def test_an_administrator_invites_changes_locks_and_removes(world: World) -> None:
    given = {"email": "gamma1@x.example", "units": [world.unit("North")]}
    made = world.do("inviteAccount", given)
    assert (made["state"], made["units"]) == ("INVITED", [{"name": "North"}])
    again = world.do("inviteAccount", given)
    assert again["code"] == "account_exists"
    changed = world.do("changeAccount", {"id": made["id"], "units": [], "seesEverything": True})
    assert (changed["seesEverything"], changed["units"]) == (True, [])
    viewer = node_id("Account", world.accounts["viewer"][1])
    assert world.do("changeAccount", {"id": viewer, "locked": True})["state"] == "LOCKED"
    assert world.data("viewer", MINE)["viewer"]["kind"] == "ANONYMOUS"
    assert world.do("changeAccount", {"id": viewer, "locked": False})["state"] != "LOCKED"
    assert world.do("removeAccount", {"id": made["id"]})["accountId"] == made["id"]
    assert world.do("changeAccount", {"id": made["id"]})["code"] == "account_unknown"
    own = node_id("Account", world.accounts["admin"][1])
    assert world.do("removeAccount", {"id": own})["code"] == "last_administrator"


@pytest.mark.parametrize("role", [None, "leader", "viewer", "participant", "nobody"])
def test_nobody_else_may(world: World, role: str | None) -> None:
    refused = world.do("inviteAccount", {"email": "x@x.example"}, role)
    assert refused["__typename"] == "NotAllowed"
    listed = world.data(role, "{ accounts(first: 5) { __typename } }")["accounts"]
    assert listed["__typename"] == "NotAllowed"
    own = node_id("Account", world.accounts["admin"][1])
    document = "query ($id: ID!) { node(id: $id) { id } }"
    assert world.data(role, document, {"id": own})["node"] is None


def test_a_foreign_account_is_like_a_missing_one(world: World) -> None:
    with world.application.database.write(world.other_id) as session:
        foreign = invite_account(
            session, email="spy@x.example", rights=Rights(), now=world.clock(), actor="test"
        )
    answers = [
        world.do(verb, {name: node_id("Account", number)})
        for verb, name in (
            ("changeAccount", "id"),
            ("removeAccount", "id"),
            ("resendAccountInvitation", "account"),
            ("resetSecondFactor", "account"),
        )
        for number in (foreign, 999_999)
    ]
    assert len({str(answer) for answer in answers}) == 1
    unit = node_id("Unit", max(world.units.values()) + 1)
    refused = world.do("inviteAccount", {"email": "y@x.example", "units": [unit]})
    assert refused["__typename"] == "NotFound"


def test_signing_in_goes_step_by_step(world: World) -> None:
    seed, paper = enroll(world, "admin")
    assert world.data("admin", MINE)["viewer"]["secondFactor"] == {"active": True}
    world.clock.advance(minutes=1)
    asked = world.do("signIn", SIGN_IN, None)
    assert (asked["needsCode"], asked["places"]) == (True, [])
    given = {"continuation": asked["continuation"]}
    assert world.do("continueSignIn", given, None)["code"] == "code_wrong"
    code = code_at(seed, step_of(world.clock()))
    token = world.do("continueSignIn", given | {"code": code}, None)
    world.tokens["fresh"] = token["token"]
    mine = world.data("fresh", MINE)["viewer"]["sessions"]
    assert [one["method"] for one in mine if one["current"]] == ["second_factor"]
    replay = world.do("continueSignIn", given | {"code": paper}, None)
    assert replay["code"] == "sign_in_expired"
    forged = {"continuation": asked["continuation"][:-2] + "xx", "code": code}
    assert world.do("continueSignIn", forged, None)["code"] == "sign_in_expired"


def test_ones_own_sessions_and_password(world: World) -> None:
    old = world.tokens["admin"]
    world.tokens["other"] = world.do("signIn", SIGN_IN, None)["token"]
    mine = world.data("admin", MINE)["viewer"]["sessions"]
    assert sorted(one["current"] for one in mine) == [False, True]
    elsewhere = next(one["id"] for one in mine if not one["current"])
    assert world.do("revokeSession", {"id": elsewhere}, "leader")["__typename"] == "NotFound"
    assert world.do("revokeSession", {"id": elsewhere})["endedCount"] == 1
    assert world.data("other", MINE)["viewer"]["kind"] == "ANONYMOUS"
    wrong = {"presentPassword": NEW, "password": NEW}
    assert world.do("changePassword", wrong)["code"] == "own_password_wrong"
    weak = {"presentPassword": PASSWORD, "password": "password1234"}
    assert world.do("changePassword", weak)["code"] == "password_common"
    changed = world.do("changePassword", {"presentPassword": PASSWORD, "password": NEW})
    assert world.data("admin", MINE)["viewer"]["kind"] == "ANONYMOUS", "the token is renewed"
    world.tokens["admin"] = changed["token"]
    assert changed["token"] != old
    assert world.data("admin", MINE)["viewer"]["roles"] == ["ADMINISTRATOR"]


def test_a_second_factor_is_demanded(world: World) -> None:
    of_some, of_all = {"secondFactorOf": "ADMINISTRATORS"}, {"secondFactorOf": "EVERYBODY"}
    assert world.do("requireSecondFactor", of_some)["code"] == "own_second_factor_missing"
    enroll(world, "admin")
    assert world.do("requireSecondFactor", of_all)["secondFactorOf"] == "EVERYBODY"
    rules = "{ accessRules { ... on AccessRules { secondFactorOf } } }"
    assert world.data("admin", rules)["accessRules"] == of_all
    assert world.data("viewer", MINE)["viewer"]["roles"] == []
    assert world.do("requireSecondFactor", of_some)["secondFactorOf"] == "ADMINISTRATORS"
    assert world.data("viewer", MINE)["viewer"]["roles"] == ["VIEWER"]
    own = node_id("Account", world.accounts["admin"][1])
    world.do("resetSecondFactor", {"account": own})
    world.sign_in_again()
    assert world.data("admin", MINE)["viewer"]["roles"] == []
    assert world.do("inviteAccount", {"email": "x@x.example"})["code"] == "administrators_only"


def test_an_operator_has_the_installation_alone(world: World) -> None:
    with world.application.database.write(None) as session:
        create_operator(
            session, email="ops@x.example", name="Olga", password=PASSWORD, now=world.clock()
        )
    given = {"email": "ops@x.example", "password": PASSWORD}
    world.tokens["operator"] = world.do("signIn", given, None)["token"]
    document = """{ viewer { kind roles organization { name } } people(first: 1) { __typename }
      installation { ... on Installation { ready jobs { dead } organizations(first: 9) {
        nodes { name } } } } }"""
    lacking = world.data("operator", document)
    assert lacking["viewer"] == {"kind": "OPERATOR", "roles": [], "organization": None}
    assert lacking["installation"] == {}
    new = {"name": "New Ltd", "administratorEmail": "boss@new.example"}
    assert world.do("createOrganization", new, "operator")["code"] == "operators_only"
    enroll(world, "operator")
    seen = world.data("operator", document)
    assert seen["viewer"] == {"kind": "OPERATOR", "roles": ["OPERATOR"], "organization": None}
    assert seen["people"]["__typename"] == "NotAllowed"
    names = [one["name"] for one in seen["installation"]["organizations"]["nodes"]]
    assert names == ["Acme", "Foreign"]
    assert world.do("createOrganization", new, "operator")["name"] == "New Ltd"
    assert world.do("createOrganization", new)["code"] == "operators_only"
    refused = world.data("admin", "{ installation { __typename } }")["installation"]
    assert refused["__typename"] == "NotAllowed"
