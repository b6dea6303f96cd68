"""Documents by the thousand, as each role in turn: no fault, nothing told or done that may not be.

Questions are asked with ids of all kinds. Changes are asked in two ways: those that a role may not
make, with any ids; those that it may make, with ids of nothing in every place for an id. So the whole
database has to be as it was, but for when a session and a key were last used. Changes that a role
may make and that name no id come in the other program, ``wild``, where only what belongs to others
has to stay.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

from sos_graphql import documents as stored
from tests.access_policy.cast import ROLES
from tests.access_policy.table import table
from tests.graphql.conftest import core
from tests.hostile import shapes, transport
from tests.hostile.documents import Asked, Writer
from tests.hostile.fingerprint import changed
from tests.hostile.judging import complaint
from tests.hostile.report import Report
from tests.hostile.served import Stage
from tests.hostile.transport import Request
from tests.hostile.values import Values, holds_id
from tests.hostile.wire import Reply

CHUNK = 250
"""After so many documents of one role everybody signs in anew, and the database is compared."""
MINUTES = 6
WITH_SECRETS = frozenset(
    {
        "signIn",
        "continueSignIn",
        "exchangePersonalLink",
        "redeemPrintedCode",
        "changePassword",
        "beginSecondFactor",
        "confirmSecondFactor",
        "removeSecondFactor",
        "renewRecoveryCodes",
    }
)
"""Changes without an id that a secret decides about, which no document here knows."""


@cache
def changes_of(role: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the changes that a role may not make, and those that are safe with ids of nothing."""
    refused, safe = [], []
    for name, one in core().mutation_type.fields.items():
        if role not in table()["Mutation", name]:
            refused.append(name)
        elif name in WITH_SECRETS or any(holds_id(arg.type) for arg in one.args.values()):
            safe.append(name)
    return refused, safe


class Fuzzer:
    """Makes request number ``index`` of a seed, the same one each time."""

    def __init__(self, stage: Stage, role: str, seed: int, index: int) -> None:
        self.stage, self.role = stage, role
        self.chance = random.Random(f"{seed} {index}")
        self.values = Values(self.chance, stage.cast)

    def request(self) -> Request:
        """Return a request; a guest's mostly names a stored document."""
        if self.role == "guest" and self.chance.random() < 0.7:
            return self._stored()
        lot = self.chance.random()
        if lot < 0.22:
            name = self.chance.choice(sorted(shapes.SHAPES))
            return self._sent(Asked(shapes.SHAPES[name](self.chance)), name)
        asked, risky = self._document(changing=lot > 0.6)
        if 0.5 < lot < 0.6 or (lot > 0.95 and not risky):
            text = shapes.almost(self.chance, asked.text)
            made = self._sent(Asked(text, asked.variables, asked.changes), "almost valid")
            made.faithful = False
            return made
        return self._carried(asked, risky)

    def _document(self, *, changing: bool) -> tuple[Asked, bool]:
        """Return a document, and whether changing it could make it one that is accepted."""
        if not changing:
            return Writer(self.values).operation("query", sorted(core().query_type.fields)), False
        refused, safe = changes_of(self.role)
        risky = bool(safe) and (not refused or self.chance.random() < 0.5)
        self.values.nothing = risky
        return Writer(self.values).operation("mutation", safe if risky else refused), risky

    def _carried(self, asked: Asked, risky: bool) -> Request:
        lot = self.chance.random()
        if lot < 0.5:
            made = transport.plainly(self.chance, asked)
        elif lot < 0.7 or risky:
            made = self.chance.choice(transport.GENTLE)(self.chance, asked)
        elif lot < 0.85:
            made = self.chance.choice(transport.ROUGH)(self.chance, asked)
        elif lot < 0.95:
            made = transport.with_other_variables(self.chance, asked, self.values)
        else:
            made = transport.with_other_envelope(self.chance, asked, self.values)
        made.changes = asked.changes
        return made

    def _sent(self, asked: Asked, way: str) -> Request:
        made = transport.plainly(self.chance, asked)
        made.way, made.changes, made.faithful = way, asked.changes, False
        return made

    def _stored(self) -> Request:
        digest = self.chance.choice(sorted(stored.stored_documents()))
        variables = {
            name: self.values.id("") if self.chance.random() < 0.6 else self.values.anything()
            for name in ("survey", "unit", "key", "area", "statement", "compare", "parent")
            if self.chance.random() < 0.6
        }
        named = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        body = transport.as_json({"extensions": named, "variables": variables})
        return transport.posted(body, "stored", faithful=False)


def run(
    stage: Stage, *, documents: int, seed: int, roles: Sequence[str] = ROLES, chunk: int = CHUNK
) -> Report:
    """Send so many documents and return what came of them."""
    report = Report("documents")
    with stage.listening():
        for number, first in enumerate(range(0, documents, chunk)):
            role = roles[number % len(roles)]
            stage.cast.enter()
            # Who has no password may do more just after signing in.
            stage.cast.clock.advance(minutes=MINUTES)
            before = stage.fingerprint()
            for index in range(first, min(first + chunk, documents)):
                one(stage, role, seed, index, report)
            for name in changed(before, stage.fingerprint()):
                report.wrong.append(f"table {name} changed under documents {first}.. of {role}")
    report.wrong += stage.told()
    return report


def one(stage: Stage, role: str, seed: int, index: int, report: Report) -> None:
    """Send one document and judge the answer."""
    request = Fuzzer(stage, role, seed, index).request()
    reply = send(stage, role, request)
    report.note(request.way, reply)
    found = complaint(role, request, reply)
    if found:
        sent = (request.body or request.target.encode())[:600]
        report.wrong.append(f"{role}, document {index} ({request.way}): {found} of {sent!r}")


def send(stage: Stage, role: str, request: Request) -> Reply:
    """Send a request as a role."""
    headers = [*stage.headers(role).items(), *request.headers]
    return stage.wire.send(request.method, request.target, headers, request.body)
