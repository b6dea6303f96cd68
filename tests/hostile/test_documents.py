"""Whatever document comes, by whatever road: no fault, nothing told or done that may not be."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from graphql import is_input_object_type

from tests.access_policy.cast import ROLES
from tests.graphql.conftest import core
from tests.hostile import fuzzing, generated, sockets, wild
from tests.hostile.__main__ import PROGRAMS, SHARES
from tests.hostile.served import Stage
from tests.hostile.values import PLAUSIBLE

# Whoever hangs up in the middle of an operation leaves resolvers that nobody waits for any more,
# and graphql-core leaves some beside a field that failed.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Let what was left be collected while nobody minds, not in the middle of another test."""
    yield
    gc.collect()


def test_documents_of_every_kind_as_each_role(stage: Stage) -> None:
    report = fuzzing.run(stage, documents=len(ROLES) * 12, seed=1, chunk=12)
    assert report.wrong == []
    assert report.tried == len(ROLES) * 12
    assert report.outcomes["executed"] > report.tried / 5, "most documents are refused too early"


def test_the_names_that_documents_are_made_of_are_in_the_schema() -> None:
    """Another name would be a value that nobody sends any more, and nobody would be the wiser."""
    kinds = [kind for kind in core().type_map.values() if hasattr(kind, "fields")]
    taken = {name for kind in kinds if is_input_object_type(kind) for name in kind.fields}
    for kind in kinds:
        taken |= {name for one in kind.fields.values() for name in getattr(one, "args", {})}
    assert PLAUSIBLE.keys() - taken == set()
    changes = core().mutation_type.fields.keys()
    assert (fuzzing.WITH_SECRETS | wild.LASTING) - changes == set()


def test_the_full_size_has_fifty_thousand_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(fuzzing, "run", lambda _on, *, documents, seed: sent.append(documents))
    for share in SHARES.values():
        PROGRAMS["documents"](None, share)  # type: ignore[arg-type]
    assert sent == [50_000, 5_000]
    assert list(SHARES) == ["SQLite", "PostgreSQL"]


def test_conversations_over_sockets_as_each_role(stage: Stage) -> None:
    report = sockets.run(stage, conversations=len(ROLES) * 2, seed=1)
    assert report.wrong == []
    assert report.tried >= len(ROLES) * 2


def test_whatever_somebody_may_do_leaves_others_alone(playground: Stage) -> None:
    roles = ("administrator", "people:write", "surveys:write", "participant", "operator")
    report = wild.run(playground, documents=len(roles) * 10, seed=1, roles=roles, chunk=10)
    assert report.wrong == []
    assert report.outcomes["executed"] > report.tried / 2


def test_what_schemathesis_makes_of_every_operation(playground: Stage) -> None:
    """One example of each, with honest or with other arguments, as one role after the other."""
    report = generated.run(playground, examples=0, seed=1, each=False)
    assert report.wrong == []
    assert len(report.kinds) == len(generated.operations())
