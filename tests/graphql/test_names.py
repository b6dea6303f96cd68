"""The names and shapes of the schema are even: the rules that `docs/front-end.md` tells, one test each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)

from sos_graphql.schema import NODES
from tests.access_policy.probing import PROBLEMS
from tests.access_policy.trying import KIND_OF
from tests.graphql.conftest import core

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "DateTime": ("At",),
    "Date": ("On", "day"),
    "LocalDateTime": ("Local",),
    "ID": ("id", "Id", "Ids"),
}
"""How a field of an answer ends that is of one of these types; no other field ends so."""
GIVEN_BY_OTHERS = frozenset({"employeeId"})
"""Keys of an organization's own, which are no ids of ours."""
ASIDE = PROBLEMS | {"NotPublished", "Changed"}
"""Members of unions beside what was asked for; `Changed` has the id of the thing in whose place it is."""


def inputs() -> dict[str, GraphQLInputObjectType]:
    """Return the input types by name."""
    return {
        name: kind
        for name, kind in core().type_map.items()
        if isinstance(kind, GraphQLInputObjectType)
    }


def fields() -> Iterator[tuple[str, str, GraphQLField]]:
    """Yield every field of an answer: the name of its type, its own, and the field."""
    for owner in core().type_map.values():
        if isinstance(owner, GraphQLObjectType) and not owner.name.startswith("__"):
            for name, one in owner.fields.items():
                yield owner.name, name, one


def first_up(name: str) -> str:
    return name[0].upper() + name[1:]


def test_every_change_takes_one_input_of_its_own_name_or_nothing() -> None:
    taken = set()
    for name, change in core().mutation_type.fields.items():
        own = f"{first_up(name)}Input"
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


def test_what_is_sent_of_one_type_with_what_is_told_is_named_like_it() -> None:
    """The parts of an input that are lists of their own, but for what only decides."""
    parts = {"Introduction", "ParticipantChoice", "ReminderRule", "RetentionTime", "Thresholds"}
    for name in parts:
        told = core().type_map[name].fields
        assert set(inputs()[f"{name}Input"].fields) <= {*told, "people", "without"}, name


def test_a_union_is_named_for_what_it_gives() -> None:
    """What a change gives is a Result, what a question gives an Answer; nothing else is called so."""
    named = set()
    for owner, name, one in fields():
        union = get_named_type(one.type)
        if not isinstance(union, GraphQLUnionType):
            assert owner not in ("Mutation", "Subscription"), name
            continue
        given = [kind.name for kind in union.types if kind.name not in ASIDE]
        assert {kind.name for kind in union.types} > PROBLEMS, union.name
        own = f"{first_up(name.removesuffix('Changed'))}Answer"
        if owner == "Mutation":
            shared = first_up(name.removeprefix("continue"))
            own = f"{given[0] if len(given) == 1 else shared}Result"
        assert union.name == own, name
        named.add(own)
    ends = {n for n in core().type_map if n.endswith(("Result", "Answer", "Results", "Answers"))}
    assert ends - {"UnitResults", "GivenAnswer"} == named


def test_a_field_ends_as_its_type_does() -> None:
    """`usedAt` is an instant, `usedOn` a day, `opensLocal` a wall time, `surveyId` an id."""
    for owner, name, one in fields():
        if owner == "MatrixRows":  # it holds columns, whose ids are texts
            continue
        kind = "ID" if name in GIVEN_BY_OTHERS else get_named_type(one.type).name
        for type_, ends in ENDINGS.items():
            assert name.endswith(ends) is (kind == type_), f"{owner}.{name}"


def test_what_has_an_id_is_a_node_that_its_id_finds() -> None:
    known = {kind.__name__ for kind in NODES}
    assert {owner for owner, name, _ in fields() if name == "id"} - ASIDE == known
    assert {kind.name for kind in core().get_possible_types(core().type_map["Node"])} == known


def test_yes_or_no_is_said_without_is_and_has() -> None:
    """Only `PageInfo` says `has`, as Relay does."""
    for owner, name, one in fields():
        if get_named_type(one.type).name == "Boolean" and owner != "PageInfo":
            assert not name.startswith(("is", "has", "was")), f"{owner}.{name}"


FILLERS = {
    *("the", "a", "an", "of", "in", "to", "and", "or", "for", "from", "by", "at", "as", "that"),
    *("what", "which", "who", "whom", "one", "this", "it", "its", "is", "be", "are", "was"),
}
"""Words that say nothing by themselves."""


def words_of(text: str) -> set[str]:
    """Return the words of a name or a sentence, small and without the s of plurals."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", text)
    return {part.lower().removesuffix("s") for part in parts}


def test_every_description_says_more_than_the_names() -> None:
    """What takes an `input` is described by the input's own type."""
    bare = []
    for owner, kind in core().type_map.items():
        told = {(owner, owner): kind.description or ""}
        for name, one in getattr(kind, "fields", {}).items():
            told[f"{owner}.{name}", owner + " " + name] = one.description
            for argument, taken in getattr(one, "args", {}).items():
                if argument != "input":
                    place = f"{owner}.{name}({argument})"
                    told[place, f"{owner} {name} {argument}"] = taken.description
        if not owner.startswith("__"):
            bare += [
                place
                for (place, names), text in told.items()
                if not words_of(text) - words_of(names) - FILLERS
            ]
    assert bare == []
