"""The named checks that scanners of GraphQL servers make, each with what our server answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.hostile.served import Stage
from tests.hostile.wire import Reply

NAME = "{ viewer { kind } }"
SIGN_OUT = "mutation { signOut { __typename } }"
HTML = [("Accept", "text/html,application/xhtml+xml")]
ADDRESSES = (
    "/graphql",
    "/graphiql",
    "/playground",
    "/console",
    "/graphql/console",
    "/altair",
    "/voyager",
    "/v1/graphql",
)


def post(stage: Stage, query: str, role: str = "administrator", **more: Any) -> Reply:
    """Post a document as a role."""
    headers = [*stage.headers(role).items(), ("Content-Type", "application/json")]
    return stage.wire.send(
        "POST", "/graphql", headers, json.dumps({"query": query, **more}).encode()
    )


def code(reply: Reply) -> str:
    """Return the code of a refusal; empty where it has none."""
    answer = json.loads(reply.body)
    assert answer.get("data") is None, answer
    return str(answer["errors"][0].get("extensions", {}).get("code", ""))


def words(reply: Reply) -> str:
    """Return the words of a refusal."""
    answer = json.loads(reply.body)
    assert answer.get("data") is None, answer
    return str(answer["errors"][0]["message"])


def alias_overloading(stage: Stage) -> None:
    many = " ".join(f"a{n}: __typename" for n in range(101))
    assert code(post(stage, f"{{ {many} }}")) == "too_many_aliases"


def array_based_batching(stage: Stage) -> None:
    headers = [*stage.headers("administrator").items(), ("Content-Type", "application/json")]
    reply = stage.wire.send(
        "POST", "/graphql", headers, json.dumps([{"query": NAME}] * 10).encode()
    )
    assert (reply.status, words(reply)) == (400, "Batching is not enabled")


def directive_overloading(stage: Stage) -> None:
    assert code(post(stage, f"{{ __typename {'@aa' * 21} }}")) == "too_many_directives"


def circular_introspection(stage: Stage) -> None:
    around = "fields { type { " * 12 + "name" + " } }" * 12
    reply = post(stage, f"{{ __schema {{ types {{ {around} }} }} }}")
    assert "depth" in words(reply)


def field_duplication(stage: Stage) -> None:
    assert code(post(stage, f"{{ viewer {{ {'kind ' * 500} }} }}")) == "too_many_fields"


def introspection_by_strangers(stage: Stage) -> None:
    reply = post(stage, "{ __schema { types { name } } }", role="anonymous")
    assert code(reply) == "no_introspection"


def introspection_by_guests(stage: Stage) -> None:
    reply = post(stage, "{ __schema { types { name } } }", role="guest")
    assert reply.status == 403


def mutations_by_get(stage: Stage) -> None:
    headers = [*stage.headers("administrator").items(), ("Accept", "application/json")]
    reply = stage.wire.send("GET", f"/graphql?query={quote(SIGN_OUT)}", headers)
    assert reply.status in (400, 405)
    assert b'"data"' not in reply.body
    assert b"ACCOUNT" in post(stage, NAME).body, "the session was ended"


def queries_by_get_with_a_cookie_from_elsewhere(stage: Stage) -> None:
    cookie = ("Cookie", f"sos_session={stage.cast.tokens['admin']}")
    sent = [cookie, ("Sec-Fetch-Site", "cross-site")]
    assert stage.wire.send("GET", f"/graphql?query={quote(NAME)}", sent).status == 403


def posted_forms(stage: Stage) -> None:
    for kind, body in (
        ("application/x-www-form-urlencoded", urlencode({"query": NAME})),
        ("text/plain", json.dumps({"query": NAME})),
        ("multipart/form-data; boundary=x", "--x--"),
    ):
        cookie = ("Cookie", f"sos_session={stage.cast.tokens['admin']}")
        sent = [cookie, ("X-SOS-Request", "1"), ("Content-Type", kind)]
        reply = stage.wire.send("POST", "/graphql", sent, body.encode())
        assert reply.status == 400, kind
        assert b'"data"' not in reply.body


def tracing(stage: Stage) -> None:
    reply = post(stage, NAME, extensions={"tracing": True})
    assert "extensions" not in json.loads(reply.body)


def consoles(stage: Stage) -> None:
    for address in ADDRESSES:
        reply = stage.wire.send("GET", address, HTML)
        assert reply.status in (400, 404), address
        assert reply.body.count(b"<script") <= 1, "the page that says that nothing is there has one"
        for name in (b"GraphiQL", b"GraphQL Playground", b"Altair", b"react"):
            assert name not in reply.body, address


def suggestions(stage: Stage) -> None:
    for document in (
        "{ viewr { kind } }",
        "{ viewer { knd } }",
        "{ units(frst: 1) { totalCount } }",
    ):
        assert "Did you mean" not in words(post(stage, document)), document


def unhandled_errors(stage: Stage) -> None:
    for document in (
        "qwerty cop { abc }",
        "query { ...x }",
        "fragment x on Query { viewer { kind } }",
    ):
        told = post(stage, document).body.decode()
        assert not any(word in told for word in ("Traceback", "exception", "stacktrace", ".py"))


def methods(stage: Stage) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert stage.wire.send(method, "/graphql", (), b"{}").status == 405, method


def server_names(stage: Stage) -> None:
    reply = post(stage, NAME)
    names = {name.lower() for name, _ in reply.headers}
    assert not names & {"x-powered-by", "x-aspnet-version", "x-runtime", "x-debug"}


CHECKS: tuple[Callable[[Stage], None], ...] = (
    alias_overloading,
    array_based_batching,
    directive_overloading,
    circular_introspection,
    field_duplication,
    introspection_by_strangers,
    introspection_by_guests,
    mutations_by_get,
    queries_by_get_with_a_cookie_from_elsewhere,
    posted_forms,
    tracing,
    consoles,
    suggestions,
    unhandled_errors,
    methods,
    server_names,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_checks_of_scanners_find_nothing(stage: Stage, check: Callable[[Stage], None]) -> None:
    with stage.listening():
        check(stage)
    assert stage.told() == []
