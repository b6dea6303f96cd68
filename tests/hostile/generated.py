"""Documents that schemathesis makes from the schema, valid and not, as each role: no unexpected error.

Its generation is used, and its cases are sent over our own wire and judged like all others: its own
driving takes a process and a report for each role. What a role may do changes its own organization.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.access_policy.cast import ROLES
from tests.hostile import transport
from tests.hostile.fuzzing import send
from tests.hostile.judging import complaint
from tests.hostile.report import Report
from tests.hostile.served import FOREIGN_MARKS, Stage

SCALARS = {
    "LocalDateTime": ("2026-03-09T08:00", "2026-13-01T00:00", ""),
    "DateTime": ("2026-03-09T08:00:00Z", "0001-01-01T00:00:00+14:00", "x"),
}
CHUNK = 10
"""After so many operations everybody signs in anew."""


def run(
    stage: Stage,
    *,
    examples: int,
    seed: int,
    roles: Sequence[str] = ROLES,
    each: bool = True,
) -> Report:
    """Send so many examples of every operation as ``each`` role, or as one role after the other.

    They come twice, with honest and with other arguments; 0: one example in turn of either kind.
    """
    report = Report("documents")
    with stage.listening():
        for number, operation in enumerate(operations()):
            if number % CHUNK == 0:
                stage.cast.clock.advance(minutes=1)
                stage.cast.enter()
            asking = roles if each else [roles[number % len(roles)]]
            for role in asking:
                for case in cases(operation, examples, f"{seed} {number} {role}"):
                    _one(stage, role, operation.label, case, report)
    report.wrong += stage.told()
    return report


def operations() -> list[Any]:
    """Return schemathesis' operations but those that put somebody out of this world for good."""
    import schemathesis
    from hypothesis import strategies as st
    from schemathesis.graphql import nodes

    from tests.conftest import ROOT
    from tests.hostile.wild import LASTING

    for name, values in SCALARS.items():
        schemathesis.graphql.scalar(name, st.sampled_from(values).map(nodes.String))
    schema = schemathesis.graphql.from_path(str(ROOT / "sos_graphql" / "schema.graphql"))
    found = [result.ok() for result in schema.get_all_operations()]
    return [one for one in found if one.label.partition(".")[2] not in LASTING]


def cases(operation: Any, examples: int, seed: str) -> list[str]:
    """Return documents for an operation, half of them with arguments of other types; 0: one of either."""
    from hypothesis import HealthCheck, Phase, assume, given, settings
    from hypothesis import seed as seeded
    from schemathesis.generation import GenerationMode

    made: list[str] = []
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    for mode in modes if examples else [modes[sum(seed.encode()) % 2]]:

        @seeded(seed)
        @settings(
            max_examples=max(1, examples),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def note(case: Any) -> None:
            # Hypothesis takes words from our sources: the neighbor's would be told as if by theft.
            assume(not any(mark in case.body for mark in FOREIGN_MARKS))
            made.append(case.body)

        note()
    return made


def _one(stage: Stage, role: str, label: str, document: str, report: Report) -> None:
    kind, _, name = label.partition(".")
    changes = frozenset({name} if kind == "Mutation" else ())
    body = transport.as_json({"query": document})
    made = transport.posted(body, label, faithful=False, changes=changes)
    reply = send(stage, role, made)
    report.note(label, reply)
    found = complaint(role, made, reply)
    if found:
        report.wrong.append(f"{role}, {label}: {found} of {document[:600]!r}")
