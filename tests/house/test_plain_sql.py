"""Plain SQL and bare tables, which the guards of a session do not see, stand in named modules alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.test_budgets import ROOT

ATTRIBUTES = {"__table__", "exec_driver_sql", "raw_connection", "driver_connection"}
ROOMS = ("sos_core", "sos_graphql", "plugins")
OF_THE_DATABASE = "sos_core/database/"
ALLOWED = {
    "sos_core/ballots/commands.py": "writes a group of ballots in one statement, organization named",
    "sos_core/ballots/tally.py": "reads the ballots of a whole survey once, in columns",
    "sos_core/jobs/hearing.py": "listens on a connection of its own; PRAGMA data_version",
    "sos_core/people/known.py": "two numbers of 100,000 people, organization named",
    "sos_core/people/state.py": "makes the first row of an organization, which it names",
    "sos_core/surveys/participation.py": "the hottest statements, each naming the organization",
}
"""Modules outside the room of the database, each with what it needs it for."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/tests/" not in name and "node_modules" not in name and ".venv" not in name:
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def plain_sql(tree: ast.Module) -> set[str]:
    """Return what a module uses that goes past the guards."""
    found = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES
    }
    return found | {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in {"text", "literal_column"}
    }


def test_it_stands_in_named_modules_alone() -> None:
    users = {
        name for name, tree in sources() if plain_sql(tree) and not name.startswith(OF_THE_DATABASE)
    }
    assert users - set(ALLOWED) == set()
    assert set(ALLOWED) - users == set(), "an exception that is no longer needed"


def test_the_search_finds_what_it_is_for() -> None:
    for line, expected in (
        ("from sqlalchemy import select, text", {"text"}),
        ("from sqlalchemy.sql import literal_column", {"literal_column"}),
        ("Ballot.__table__.delete()", {"__table__"}),
        ("session.connection().exec_driver_sql('')", {"exec_driver_sql"}),
        ("from sos_core.content import text", set()),
    ):
        assert plain_sql(ast.parse(line)) == expected


def test_sessions_bind_to_one_organization_everywhere() -> None:
    """Sessions are opened by the room of the database, which gives each its organization."""
    makers = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("sqlalchemy")
        and any(alias.name in {"sessionmaker", "create_engine"} for alias in node.names)
    }
    assert {Path(name).parent.as_posix() for name in makers} == {OF_THE_DATABASE.rstrip("/")}
