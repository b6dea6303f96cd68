"""Hundreds of hostile tokens, cookies and keys: no error of ours, nothing accepted, nothing changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import httpx
import pytest
from sqlalchemy import select, text

from sos_core.access.key_tables import SigningKey
from sos_core.access.signing_keys import signer
from sos_graphql.nodes import number_of
from tests.graphql.conftest import World, core
from tests.graphql.forging import NOTHING, forged, misstated, miswritten, miswritten_keys
from tests.graphql.guests import HostSite, host, make_key
from tests.graphql.test_results import RESULTS

__all__ = ["host"]
WHO = "{ viewer { kind } organization { name } }"
STRANGER = {"viewer": {"kind": "ANONYMOUS"}, "organization": None}


def digest(world: World) -> str:
    """Return the SHA-256 of everything in the database."""
    found = hashlib.sha256()
    with world.application.database.engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        for name in sorted(names.scalars()):
            found.update(name.encode())
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                found.update(repr(tuple(row)).encode())
    return found.hexdigest()


def sent(world: World, token: str) -> httpx.Response:
    body = {"query": WHO, "variables": {}}
    return world.send("POST", "/graphql", json=body, headers={b"Authorization": _bearer(token)})


def _bearer(token: str) -> bytes:
    return b"Bearer " + re.sub(rb"[\r\n\0]", b"", token.encode())


def refuse_all(world: World, tokens: Iterable[str]) -> int:
    """Send every token, and hold that each is nobody's; return how many there were."""
    seen = set()
    before = digest(world)
    for token in tokens:
        answer = sent(world, token)
        assert answer.status_code in (200, 400, 401, 403), (answer.status_code, token)
        assert answer.json().get("data", STRANGER) == STRANGER, token
        seen.add(token)
    assert digest(world) == before
    return len(seen)


def test_forged_guest_tokens_are_nobodys(host: HostSite) -> None:
    world, token = host.world, host.mint()["token"]
    with world.application.database.read(None) as session:
        public = session.scalars(select(SigningKey.public_key)).one()
    assert host.ask(token).status_code == 200
    made = refuse_all(world, forged(token, public, int(world.clock().timestamp())))
    assert made >= 150


def test_guest_tokens_of_our_own_key_say_exactly_what_we_say(host: HostSite) -> None:
    world, token = host.world, host.mint()["token"]
    with world.application.database.write(None) as session:
        key = signer(session, world.application.vault, world.clock()).key
    now = int(world.clock().timestamp())
    before = digest(world)
    wrong = list(misstated(token, key, now, world.other_id))
    assert len(set(wrong)) >= 100
    for one in wrong:
        answer = host.ask(one)
        assert (answer.status_code, "data" in answer.json()) == (401, False), one
    assert digest(world) == before


def test_forged_keys_are_nobodys(world: World) -> None:
    key = make_key(world, "PEOPLE_READ", "RESULTS_READ")
    assert refuse_all(world, miswritten_keys(key)) >= 60


def test_respondents_and_sessions_forged_are_nobodys(world: World) -> None:
    survey = number_of("Survey", world.open_survey())
    token = world.respondent(survey, "Alpha 1")
    session = world.tokens["admin"]
    wrong = {*miswritten(token), *miswritten(session), *NOTHING} - {token, session}
    assert refuse_all(world, wrong) >= 40


@pytest.mark.parametrize("shape", ["{}", "{}; sos_session={}", '"{}"', "{}, {}"])
def test_cookies_carry_sessions_alone(host: HostSite, shape: str) -> None:
    world = host.world
    survey = number_of("Survey", host.survey)
    for token in (host.mint()["token"], host.key, world.respondent(survey, "Alpha 1")):
        answer = world.send(
            "POST",
            "/graphql",
            json={"query": WHO},
            headers={"Cookie": f"sos_session={shape.format(token, token)}", "X-SOS-Request": "1"},
        )
        assert answer.status_code == 200
        assert answer.json()["data"]["viewer"]["kind"] in ("ANONYMOUS", "RESPONDENT")


def test_a_respondents_token_opens_no_field_of_results(world: World, published: str) -> None:
    """Whatever the document asks of published results, a respondent gets none of it."""
    world.respondent(number_of("Survey", published), "Alpha 1")
    assert world.data("admin", RESULTS, {"id": published})["survey"]["results"] is not None
    assert world.data("respondent", RESULTS, {"id": published})["survey"] is None
    given = {"id": published}
    for field in core().type_map["Survey"].fields:
        kind = core().type_map["Survey"].fields[field].type
        below = "" if _is_leaf(kind) else " { __typename }"
        document = f"query ($id: ID!) {{ survey(id: $id) {{ {field}{below} }} }}"
        assert world.data("respondent", document, given)["survey"] is None, field
    every = "{ surveys(first: 10) { totalCount } units(first: 10) { totalCount } }"
    assert world.data("respondent", every) == {
        "surveys": {"totalCount": 0},
        "units": {"totalCount": 0},
    }
    assert world.data("respondent", f'{{ node(id: "{published}") {{ id }} }}') == {"node": None}


def _is_leaf(kind: object) -> bool:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return not hasattr(kind, "fields") and not hasattr(kind, "types")
