"""Everybody does whatever they may: nothing breaks, and what belongs to others stays as it is.

What a role may do changes its own organization, so here only the rows of the other organization are
compared, and the world is thrown away afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.access_policy.cast import ROLES
from tests.access_policy.table import table
from tests.graphql.conftest import core
from tests.hostile import transport
from tests.hostile.documents import Writer
from tests.hostile.fingerprint import changed
from tests.hostile.fuzzing import MINUTES, send
from tests.hostile.judging import complaint
from tests.hostile.report import Report
from tests.hostile.served import Stage
from tests.hostile.values import Values

CHUNK = 50
LASTING = frozenset(
    {
        "changeAccount",
        "changeEmbedding",
        "deactivatePerson",
        "endEmbedding",
        "erasePerson",
        "removeAccount",
        "requireSecondFactor",
        "revokeApiKey",
    }
)
"""Changes that put somebody out of this world for good; ``documents`` tries them with other ids."""

GROWING = frozenset({"leader", "nobody", "participant", "viewer"})
"""Roles that an administrator's changes may give more than the policy table gives them."""


def run(
    stage: Stage, *, documents: int, seed: int, roles: Sequence[str] = ROLES, chunk: int = CHUNK
) -> Report:
    """Send so many changes and questions, each by a role that may make it; then do all that is due."""
    report = Report("documents")
    with stage.listening():
        for number, first in enumerate(range(0, documents, chunk)):
            role = roles[number % len(roles)]
            stage.cast.clock.advance(minutes=MINUTES)
            stage.cast.enter()
            before = stage.fingerprint(stage.cast.other_id)
            for index in range(first, min(first + chunk, documents)):
                _one(stage, role, random.Random(f"wild {seed} {index}"), index, report)
            stage.cast.application.jobs.drain()
            for name in changed(before, stage.fingerprint(stage.cast.other_id)):
                report.wrong.append(f"table {name} of the other organization changed by {role}")
    report.wrong += stage.told()
    return report


def _one(stage: Stage, role: str, chance: random.Random, index: int, report: Report) -> None:
    names = set(core().mutation_type.fields) - LASTING
    allowed = sorted(name for name in names if role in table()["Mutation", name])
    writer = Writer(Values(chance, stage.cast, odd=1))
    if allowed and chance.random() < 0.8:
        asked = writer.operation("mutation", allowed)
    else:
        asked = writer.operation("query", sorted(core().query_type.fields))
    made = transport.plainly(chance, asked)
    made.changes = asked.changes
    made.faithful = role not in GROWING
    reply = send(stage, role, made)
    report.note(made.way, reply)
    found = complaint(role, made, reply)
    if found:
        report.wrong.append(
            f"{role}, wild document {index}: {found} of {(made.body or b'')[:600]!r}"
        )
