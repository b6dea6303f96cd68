"""Documents that ask for too much are refused, quickly, before they are validated."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query, parse

from sos_graphql import limits
from sos_graphql.limits import check_document
from tests.graphql.conftest import World


def code_of(document: str, **variables: Any) -> str | None:
    try:
        check_document(parse(document), variables)
    except GraphQLError as error:
        return str((error.extensions or {})["code"])
    return None


def chain(length: int) -> str:
    """Return fragments each of which uses the next one twice."""
    parts = [f"fragment f{n} on Viewer {{ ...f{n + 1} ...f{n + 1} }}" for n in range(length)]
    return f"{{ viewer {{ ...f0 }} }} {' '.join(parts)} fragment f{length} on Viewer {{ name }}"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ a " * 10 + "}" * 10, None),
        ("{ a " * 11 + "}" * 11, "too_deep"),
        (f"{{ {' '.join(f'a{n}: a' for n in range(15))} }}", None),
        (f"{{ {' '.join(f'a{n}: a' for n in range(16))} }}", "too_many_aliases"),
        (f"{{ {'a ' * 400} }}", None),
        (f"{{ {'a ' * 401} }}", "too_many_fields"),
        (f"{{ a {'@skip(if: true) ' * 20} }}", None),
        (f"{{ a {'@skip(if: true) ' * 21} }}", "too_many_directives"),
        ("{ units(first: 100) { nodes { a b c } } }", None),
        ("{ units(first: 100) { nodes { children(first: 100) { nodes { a } } } } }", "too_dear"),
        ("query ($n: Int!) { units(first: $n) { n { c(first: $n) { d } } } }", "too_dear"),
        ("{ a: matrix b: matrix c: matrix }", None),
        ("{ ...f } fragment f on Q { a { ...f } }", None),
        (chain(3), None),
        (chain(60), "too_dear"),
    ],
)
def test_limits(document: str, code: str | None) -> None:
    assert code_of(document) == code


def test_a_page_in_a_variable_counts() -> None:
    document = "query ($n: Int!) { units(first: $n) { nodes { children(first: $n) { t } } } }"
    assert code_of(document, n=10) is None
    assert code_of(document, n=100) == "too_dear"
    assert code_of(document, n="many") == "too_dear"


def test_a_page_of_absurd_size_is_told_shortly() -> None:
    with pytest.raises(GraphQLError, match="more than a million"):
        check_document(parse("{ a(first: 99999) { b(first: 99999) { c } } }"), {})


def test_strangers_may_ask_for_less(world: World) -> None:
    document = "{ units(first: 100) { nodes { a: name b: name c: name d: name e: name } } }"
    assert "errors" not in world.ask("admin", document).json()
    refused = world.ask(None, document).json()
    assert refused["errors"][0]["extensions"]["code"] == "too_dear"


def test_users_may_spend_two_thousand_and_guests_two_hundred() -> None:
    assert (limits.COST, limits.GUESTS_COST) == (2000, 200)
    for most in (limits.COST, limits.GUESTS_COST):
        dearest = f"{{ {'a ' * 99} results(first: 1) {{ b }} }}"  # 99 + 20 + 1
        pages = f"{{ units(first: 100) {{ {'n ' * ((most - 1) // 100)} }} }}"
        check_document(parse(dearest), {}, most=most)
        check_document(parse(pages), {}, most=most)
        more = f"{{ units(first: 100) {{ {'n ' * (most // 100)} }} }}"
        with pytest.raises(GraphQLError, match=f"at most {most} is allowed"):
            check_document(parse(more), {}, most=most)


def test_introspection_is_for_those_who_signed_in(world: World) -> None:
    assert "errors" not in world.ask("nobody", get_introspection_query()).json()
    hidden = "{ ...f } fragment f on Query { ... on Query { __schema { description } } }"
    for document in (get_introspection_query(), hidden, '{ __type(name: "Query") { name } }'):
        refused = world.ask(None, document).json()
        assert refused["errors"][0]["extensions"]["code"] == "no_introspection"
    assert world.data(None, "{ __typename }") == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ viewers }", {}),
        ("{ viewer { knd } }", {}),
        ("{ units(frst: 1) { totalCount } }", {}),
        ("{ viewer @skp(if: true) { kind } }", {}),
        ("{ node(id: 1) { ... on Surveyy { title } } }", {}),
        ("{ survey(latest: OPN) { title } }", {}),
        ("mutation { revokeApiKey(input: {idd: 1}) { __typename } }", {}),
        (
            "mutation ($i: RevokeApiKeyInput!) { revokeApiKey(input: $i) { __typename } }",
            {"i": {"id": "x", "idd": 1}},
        ),
        ("query ($v: LatestSurvey!) { survey(latest: $v) { title } }", {"v": "OPN"}),
    ],
)
def test_names_are_not_guessed(world: World, document: str, variables: dict[str, Any]) -> None:
    for role in ("admin", None):
        told = world.ask(role, document, variables).json()["errors"][0]["message"]
        assert "mean" not in told, told


@pytest.mark.parametrize(
    "document",
    [
        chain(120),
        f"{{ viewer {{ {'name ' * 1400} }} }}",
        "{ viewer { " * 500 + "}" * 1000,
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        f"{{ {'viewer { name } ' * 400} }}",
        '{ survey(id: "' + "x" * 90_000 + '") { id } }',
    ],
)
def test_hostile_documents_are_answered_without_a_fault(world: World, document: str) -> None:
    answer = world.ask("admin", document)
    assert answer.status_code == 200
    assert "reference" not in answer.text
    metrics = world.application.telemetry.render().decode()
    assert 'place="graphql"' not in metrics


def test_a_query_that_takes_too_long_is_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async def forever(*_args: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(limits, "SECONDS", 0.01)
    monkeypatch.setattr("sos_graphql.access.viewer.organization_of", forever)
    answer = world.ask("admin", "{ organization { name } }").json()
    assert answer["errors"][0]["extensions"]["code"] == "too_slow"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ('{ survey(id: "a\\u0000b") { id } }', {}),
        ('{ survey(id: "a\\u{00}b") { id } }', {}),
        ("query ($i: ID!) { survey(id: $i) { id } }", {"i": "a\0b"}),
        ("query ($i: [ID!]) { survey { id } }", {"i": ["x", "\0"]}),
        ("{ survey { id } }", {"more": {"deep": [{"er": "\0"}]}}),
    ],
)
def test_the_character_that_no_column_can_hold_is_refused(
    world: World, document: str, variables: dict[str, Any]
) -> None:
    answer = world.ask("admin", document, variables).json()
    assert answer["errors"][0]["extensions"]["code"] == "nul_character"
