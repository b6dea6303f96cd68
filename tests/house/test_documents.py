"""What the documents name exists: settings, commands, targets, files, addresses, figures, words."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from sos_core.application import Application
from sos_core.cli import app
from sos_core.content import catalog
from sos_core.settings import Settings
from sos_core.telemetry import Telemetry
from sos_graphql.app import create_app
from tests.house.test_budgets import ROOT

DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/*.md", "plugins/*.md", "plugins/*/*.md")
    for path in sorted(ROOT.glob(pattern))
]
OPERATIONS = ROOT / "docs" / "operations.md"
ADMINISTRATOR = ROOT / "docs" / "administrator.md"
README = ROOT / "README.md"
FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
TOP = {
    ".ci",
    "benchmarks",
    "docs",
    "embed",
    "examples",
    "plugins",
    "sos_core",
    "sos_graphql",
    "tests",
}


def prose(path: Path) -> str:
    """Return a document without its fenced blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def spans(path: Path) -> list[str]:
    return SPAN.findall(prose(path))


def shell_lines(path: Path) -> Iterator[str]:
    """Yield every command that a document shows, in a block or in a line of text."""
    for language, block in FENCE.findall(path.read_text(encoding="utf-8")):
        if language in {"sh", "shell", "bash"}:
            yield from (line.strip() for line in block.replace("\\\n", " ").splitlines())
    yield from spans(path)


@cache
def commands() -> dict[str, Any]:
    """Return the commands of ``sos`` by name, such as ``survey open``."""
    found: dict[str, Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*words, name))
        if words and not hasattr(command, "commands"):
            found[" ".join(words)] = command

    walk(get_command(app), ())
    return found


def settings_table() -> list[str]:
    """Return the rows that the table of settings must have."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        value = default.get_secret_value() if hasattr(default, "get_secret_value") else default
        shown = f"`{value}`" if value not in ("", None) else "–"
        rows.append(f"| `SOS_{name.upper()}` | {shown} | {field.description} |")
    return rows


def commands_table() -> list[str]:
    """Return the rows that the table of commands must have."""
    return [
        f"| `sos {name}` | {' '.join(command.help.split(chr(10) * 2)[0].split())} |"
        for name, command in sorted(commands().items())
    ]


def test_every_setting_is_explained_and_no_other() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    assert re.findall(r"^\| `SOS_[A-Z_]+` \|.*$", text, re.MULTILINE) == settings_table()


def test_settings_that_are_named_exist() -> None:
    known = {f"SOS_{name.upper()}" for name in Settings.model_fields}
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"\bSOS_[A-Z_]*[A-Z]\b", text))
        assert named <= known, path.name


def test_every_command_is_explained() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    assert re.findall(r"^\| `sos [a-z -]+` \|.*$", text, re.MULTILINE)[-len(commands()) :] == (
        commands_table()
    )


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_helps(name: str) -> None:
    result = CliRunner().invoke(app, [*name.split(), "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_commands_that_are_shown_exist_with_their_options() -> None:
    wrong: list[str] = []
    for path in DOCUMENTS:
        for line in shell_lines(path):
            words = shlex.split(line, comments=True) if "sos " in line else []
            if not words or Path(words[0]).name != "sos" or words[1:2] == ["--help"]:
                continue
            name = next(
                (" ".join(words[1:n]) for n in (3, 2) if " ".join(words[1:n]) in commands()), ""
            )
            options = {
                option for one in getattr(commands().get(name), "params", []) for option in one.opts
            }
            used = {word for word in words if word.startswith("--")} - {"--help"}
            if not name or used - options:
                wrong.append(f"{path.name}: {line}")
    assert wrong == []


def test_the_readme_names_every_target_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    shown = {
        line.split()[1]
        for line in shell_lines(README)
        if line.startswith("make ") and "=" not in line[:8]
    }
    assert shown == phony
    helped = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert {line.split()[1] for line in helped.splitlines()} == phony
    assert all(len(line.split()) > 3 for line in helped.splitlines())
    for target in phony:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_targets_that_are_shown_elsewhere_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for path in DOCUMENTS:
        for line in shell_lines(path):
            if line.startswith("make "):
                assert re.search(rf"^{line.split()[1]}:", makefile, re.MULTILINE), (path.name, line)


def test_files_that_are_named_exist() -> None:
    missing = [
        f"{path.name}: {span}"
        for path in DOCUMENTS
        for span in spans(path)
        if span.split("/")[0] in TOP
        and "/" in span
        and not set("*<{ ") & set(span)
        and not (ROOT / span.partition("::")[0].rstrip("/")).exists()
        and not re.search(r"ROOM|NAME|plugins/yours", span)
    ]
    assert missing == []


def test_links_lead_somewhere() -> None:
    missing = [
        f"{path.name}: {target}"
        for path in DOCUMENTS
        for target in LINK.findall(prose(path))
        if not (path.parent / target).exists()
    ]
    assert missing == []


def test_addresses_that_are_named_are_served(tmp_path: Path) -> None:
    application = Application(Settings(data_dir=tmp_path))
    served = [route.path_regex for route in create_app(application).routes]  # type: ignore[attr-defined]
    application.stop()
    unknown = [
        f"{path.name}: {span}"
        for path in DOCUMENTS
        for span in spans(path)
        if re.fullmatch(r"/[a-z][\w/.-]*", span)
        and not any(
            pattern.match(span.rstrip("/")) or pattern.match(f"{span.rstrip('/')}/x")
            for pattern in served
        )
    ]
    assert unknown == []


def test_figures_for_monitoring_are_explained_and_no_other() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    rendered = Telemetry().render().decode()
    known = set(re.findall(r"^# TYPE (sos_\w+?)(?:_total|_created)? ", rendered, re.MULTILINE))
    assert set(re.findall(r"^\| `(sos_\w+)` \|", text, re.MULTILINE)) == known


def test_words_of_the_product_are_those_that_it_shows() -> None:
    texts = catalog("en").values()
    shown = {
        form for text in texts for form in (text.values() if isinstance(text, dict) else [text])
    }
    bold = set(BOLD.findall(prose(ADMINISTRATOR)))
    assert bold
    assert bold - shown == set()
