"""Every deed that the program records has words, and names people by number alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sos_core.content import catalog
from tests.house.test_budgets import ROOT

RECORDERS = {
    ("sos_core.organizations.audit", "record"),
    ("sos_core.access.factors", "note_own"),
}
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
NO_VERBS = re.compile(
    r"access\.(send|find)_\w+|people\.finish_plan|(results|surveys|app|mail|room)\.\w+|\w+\.(html|json)|area\..*"
)
"""Texts of the same shape in those modules: jobs, sections, templates, keys of texts."""
PERSONAL = {"email", "address", "name", "first_name", "last_name", "title", "phone"}
ABOUT_THINGS = {"api_keys.py": {"name"}, "embeddings.py": {"name"}}
"""Where a name is that of a program or a page."""


def recorders() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules that record deeds."""
    for folder in ("sos_core", "sos_graphql"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if any(
                isinstance(node, ast.ImportFrom)
                and any((node.module, name.name) in RECORDERS for name in node.names)
                for node in ast.walk(tree)
            ):
                yield path, tree


def verbs() -> set[str]:
    known = set(catalog("en"))
    return {
        node.value
        for _, tree in recorders()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and NAME.fullmatch(node.value)
        and (node.value == "results.exported" or not NO_VERBS.fullmatch(node.value))
        and node.value not in known
    }


def test_every_verb_has_its_words() -> None:
    found = verbs()
    assert {"survey.opened", "account.accepted", "people.plan_undone"} <= found
    assert {f"audit.verb.{verb}" for verb in found} - set(catalog("en")) == set()


def test_every_word_belongs_to_a_verb() -> None:
    named = {
        key.removeprefix("audit.verb.") for key in catalog("en") if key.startswith("audit.verb.")
    }
    sources = "".join(path.read_text(encoding="utf-8") for path, _ in recorders())
    assert {verb for verb in named if f'"{verb}"' not in sources} == set()


def test_no_detail_names_a_person() -> None:
    faults = []
    for path, tree in recorders():
        allowed = ABOUT_THINGS.get(path.name, set())
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record"):
                continue
            for word in node.keywords:
                if word.arg == "details" and isinstance(word.value, ast.Dict):
                    names = {key.value for key in word.value.keys if isinstance(key, ast.Constant)}
                    faults += [(path.name, name) for name in names & PERSONAL - allowed]
    assert faults == []


def test_what_handles_answers_records_nothing() -> None:
    recording = {path.relative_to(ROOT).parts[:2] for path, _ in recorders()}
    assert ("sos_core", "ballots") not in recording
    names = {path.relative_to(ROOT).as_posix() for path, _ in recorders()}
    assert not names & {
        "sos_core/surveys/participation.py",
        "sos_graphql/surveys/answering.py",
        "sos_graphql/http/survey_form.py",
    }
