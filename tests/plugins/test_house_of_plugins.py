"""Every plugin keeps to the door, the scale and the guide."""

from __future__ import annotations

import ast
import inspect
import json
import re
import tomllib
from pathlib import Path

import pytest

from sos_core import hookspecs
from sos_core.content import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))
GUIDE = (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")
FILES = {"plugin.py", "settings.py", "gateway.py", "mapping.py"}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def core_imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in {"sos_core", "sos_graphql"}}


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_plugins_use_one_door(plugin: Path) -> None:
    package = plugin / f"sos_{plugin.name}"
    assert {path.name for path in package.glob("*.py")} >= FILES
    used = {name for path in package.rglob("*.py") for name in core_imports(path)}
    assert used <= {"sos_core.api"}
    tested = {name for path in (plugin / "tests").rglob("*.py") for name in core_imports(path)}
    assert tested <= {"sos_core.api", "sos_core.testing"}


def test_what_is_shipped_to_partners_uses_one_door() -> None:
    shipped = (ROOT / "sos_core" / "testing").glob("*.py")
    used = {name for path in shipped for name in core_imports(path)}
    assert {name for name in used if not name.startswith("sos_core.testing")} == {"sos_core.api"}


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_readiness_follows_the_scale(plugin: Path) -> None:
    scale = set(
        re.findall(r"^\| `([a-z-]+)` \|", GUIDE.partition("readiness scale")[2], re.MULTILINE)
    )
    rules = tomllib.loads((plugin / "readiness.toml").read_text(encoding="utf-8"))["rules"]
    assert set(rules) == scale
    for rule, said in rules.items():
        status = said if isinstance(said, str) else said["status"]
        assert status in {"done", "todo", "exempt"}, rule
        assert status == "done" or said["reason"], rule


def test_the_guide_shows_every_hook_with_its_arguments() -> None:
    hooks = {
        name: function
        for name, function in inspect.getmembers(hookspecs, inspect.isfunction)
        if name.startswith("sos_")
    }
    assert hooks
    for name, function in hooks.items():
        signature = str(inspect.signature(function)).replace("'", "")
        assert f"### `{name}{signature}`" in GUIDE


def test_texts_of_excel_are_the_catalog_of_files() -> None:
    # Imported here: a plugin that cannot be imported fails this test and hides no other.
    from sos_excel import messages

    own = {
        f"{kind}.{code}.{part}": text
        for kind, table in (("error", messages.ERRORS), ("rejection", messages.REJECTIONS))
        for code, texts in table.items()
        for part, text in zip(("what", "remedy"), texts, strict=True)
    }
    own |= {f"notice.{code}.what": text for code, text in messages.NOTICES.items()}
    for language in LANGUAGES:
        path = ROOT / "sos_core" / "content" / language / "files.json"
        shipped = json.loads(path.read_text(encoding="utf-8"))
        assert shipped.keys() == own.keys()
        for key, text in shipped.items():
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(own[key])), key
        assert language != "en" or shipped == own
