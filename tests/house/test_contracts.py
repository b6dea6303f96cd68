"""The import contracts of ``pyproject.toml`` hold, and every rules module is under them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp

from tests.house.test_budgets import ROOT

CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "tool"
]["importlinter"]
CONTRACTS: dict[str, Any] = {contract["id"]: contract for contract in CONFIG["contracts"]}
ROOMS = {
    "access", "ballots", "benchmarks", "content", "database", "jobs", "mail", "organizations",
    "people", "personal_data", "results", "surveys",
}  # fmt: skip
EDGES = {
    "sos_core.mail.folder": "writes files",
    "sos_core.ballots.keys": "writes files",
    "sos_core.organizations.key_ring": "writes files",
    "sos_core.personal_data.files": "deletes files",
}
"""Modules that reach no database, clock or network and are no rules all the same, with the reason."""


def test_contracts_hold() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


def test_floors_name_every_room() -> None:
    floors = {name.strip() for line in CONTRACTS["floors"]["layers"] for name in line.split("|")}
    rooms = {path.parent.name for path in (ROOT / "sos_core").glob("*/__init__.py")}
    assert rooms == ROOMS | {"cli", "testing"}
    assert rooms <= floors


def test_every_pure_module_is_held_to_be_pure() -> None:
    graph = grimp.build_graph(
        "sos_core",
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=None,
    )
    forbidden = {*CONTRACTS["rules"]["forbidden_modules"]}
    pure = {
        module
        for module in graph.modules
        if module.count(".") > 1
        and module.split(".")[1] in ROOMS
        and not reaches(forbidden, {*graph.find_upstream_modules(module), module})
    }
    assert pure - set(EDGES) == set(CONTRACTS["rules"]["source_modules"])


def reaches(forbidden: set[str], modules: set[str]) -> bool:
    return any(
        module == name or module.startswith(f"{name}.") for module in modules for name in forbidden
    )
