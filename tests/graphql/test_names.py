"""The names and shapes of the schema are even: the rules that `docs/front-end.md` tells, one test each."""

from __future__ import annotations

from graphql import GraphQLInputObjectType, GraphQLNonNull

from tests.access_policy.trying import KIND_OF
from tests.graphql.conftest import core


def inputs() -> dict[str, GraphQLInputObjectType]:
    """Return the input types by name."""
    return {
        name: kind
        for name, kind in core().type_map.items()
        if isinstance(kind, GraphQLInputObjectType)
    }


def test_every_change_takes_one_input_of_its_own_name_or_nothing() -> None:
    taken = set()
    for name, change in core().mutation_type.fields.items():
        own = f"{name[0].upper()}{name[1:]}Input"
        given = {argument: str(one.type) for argument, one in change.args.items()}
        assert given in ({}, {"input": f"{own}!"}), name
        taken |= {own} if given else set()
    parts = {name for name in inputs() if name not in taken}
    assert len(taken) > len(parts) > 5
    assert {name for name in inputs() if not name.endswith("Input")} == set()


def test_an_id_is_of_what_stands_in_the_name_of_the_change() -> None:
    """All else that a change takes is named: `survey`, `person`."""
    held = {name: one.fields["id"] for name, one in inputs().items() if "id" in one.fields}
    assert len(held) > 20
    for name, one in held.items():
        assert isinstance(one.type, GraphQLNonNull), name
        assert name.endswith(f"{KIND_OF[f'{name}.id']}Input"), name
