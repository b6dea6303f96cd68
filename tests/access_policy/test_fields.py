"""Every field of the schema as every role: told to those whom the policy names, to nobody else."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from sos_graphql import documents as stored
from sos_graphql import limits
from tests.access_policy.cast import ROLES, Cast
from tests.access_policy.listening import statements
from tests.access_policy.probing import (
    PROBLEMS,
    Field,
    all_fields,
    digests,
    members,
    told,
    with_ids,
)
from tests.access_policy.probing import documents as probes
from tests.access_policy.table import table
from tests.graphql.conftest import core

SHARED = PROBLEMS | {"Node", "Problem"}
UNSTAGED = frozenset({"PlanNotice", "SuspectedChange", "UndeliverableMail"})
"""Parts of things that a world without mishaps does not have; their rows name who may have them."""
NESTED = {"PrintedCode": "PrintedCodes", "SignInPlace": "SignInSteps"}
ROOTS = frozenset({"Mutation", "Subscription"})


@pytest.fixture
def unmeasured(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Return the cast, whose documents may cost anything and are stored for guests too.

    Guests run the widgets' documents alone. Here they may have any, so that what is tried is what
    the fields themselves tell them.
    """
    cast.enter()
    for name in ("STRANGERS_COST", "GUESTS_COST", "COST", "FIELDS", "DEPTH"):
        monkeypatch.setattr(limits, name, 1_000_000)
    found = digests(cast)
    monkeypatch.setattr(stored, "stored_documents", lambda: found)
    monkeypatch.setattr(stored, "guest_documents", lambda _widgets: frozenset(found))
    return cast


def ask(cast: Cast, name: str, digest: str) -> Any:
    """Return the data that an answer holds; none of them may be an error."""
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}
    answer = cast.post(name, body)
    assert answer.status_code == 200, (name, answer.text)
    assert "errors" not in answer.json(), (name, answer.text)
    assert "Zephyr" not in answer.text or name == "operator", "the other organization's name"
    return answer.json()["data"]


def payloads() -> dict[str, set[str]]:
    """Return the types that only changes give, with the names of these changes."""
    given: defaultdict[str, set[str]] = defaultdict(set)
    for name, one in core().mutation_type.fields.items():
        for kind in members(one.type):
            given[kind].add(name)
    return given | {part: given[whole] for part, whole in NESTED.items()}


def test_every_field_has_a_row_and_every_row_a_field() -> None:
    rows = {row for row in table() if row[0] != "routes"}
    assert sorted(all_fields() - rows) == [], "fields without a row"
    assert sorted(rows - all_fields()) == [], "rows without a field"


def test_every_field_is_told_to_those_whom_its_row_names(unmeasured: Cast) -> None:
    seen: defaultdict[Field, set[str]] = defaultdict(set)
    for role in ROLES:
        for name in unmeasured.tokens_of(role):
            for digest in stored.stored_documents():
                for field in told(ask(unmeasured, name, digest)):
                    seen[field].add(role)
    rows = {field: roles for field, roles in table().items() if field[0] != "routes"}
    wrong = {
        field: sorted(roles ^ seen[field])
        for field, roles in rows.items()
        if roles != seen[field] and field[0] not in SHARED | ROOTS
    }
    silent = {field for field in wrong if not seen[field]}
    assert {field: who for field, who in wrong.items() if field not in silent} == {}
    assert {kind for kind, _ in silent} <= UNSTAGED | payloads().keys(), "told to nobody at all"


def test_what_only_changes_give_is_for_those_who_may_make_them() -> None:
    probed = {field[0] for text in probes() for field in all_fields() if f"on {field[0]} " in text}
    for kind, changes in payloads().items():
        if kind not in probed:
            may = frozenset().union(*(table()["Mutation", name] for name in changes))
            for name in core().type_map[kind].fields:
                assert table()[kind, name] == may, (kind, name)


def test_the_other_organizations_administrator_gets_nothing_by_our_ids(unmeasured: Cast) -> None:
    """Neither the answer nor the statements that it takes tell our things from missing ones."""
    with statements(unmeasured) as heard:

        def asked(document: str) -> tuple[str, list[str]]:
            heard.clear()
            text = unmeasured.post("foreign", {"query": document}).text
            return text, sorted(heard)

        asked("{ viewer { kind } }")
        for probe in (text for text in probes() if '(id: "' in text):
            ours, missing = (with_ids(unmeasured, probe, whose) for whose in ("own", "missing"))
            assert asked(ours) == asked(missing), probe[:60]
            if '(id: "Session' in probe:  # it ended when everybody came in anew
                continue
            knows = "operator" if '(id: "HostedOrganization' in probe else "administrator"
            assert unmeasured.post(knows, {"query": ours}).text != asked(missing)[0]
