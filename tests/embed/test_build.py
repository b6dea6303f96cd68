"""How the widgets get into a checkout and into a wheel."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.embed.browser import ROOT, toolchain

INSTALLING = """
import sys, pathlib
sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "embed"))
import toolchain
print("asking", flush=True)
with toolchain.installed(toolchain.EMBED, ["true"], everything=True):
    print("installed")
"""


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small copy of the sources that the toolchain takes for the checkout."""
    shutil.copytree(ROOT / "embed", tmp_path / "embed", ignore=lambda *_: ["node_modules"])
    content = tmp_path / "sos_core" / "content" / "en"
    content.mkdir(parents=True)
    shutil.copy(ROOT / "sos_core/content/en/embed_core.json", content)
    monkeypatch.setattr(toolchain, "ROOT", tmp_path)
    monkeypatch.setattr(toolchain, "EMBED", tmp_path / "embed")
    return tmp_path


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the build hook on a hatchling that only remembers warnings."""
    interface = ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = object  # type: ignore[attr-defined]
    name = ""
    for part in interface.__name__.split("."):
        name = f"{name}.{part}".lstrip(".")
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, name, interface)
    monkeypatch.setitem(sys.modules, "sos_embed_toolchain", toolchain)
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "embed/hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.EmbedBuildHook()
    made.target_name = "sdist"
    made.warnings = []
    made.app = ModuleType("app")
    made.app.display_warning = made.warnings.append
    monkeypatch.delenv("SOS_EMBED", raising=False)
    return made


def broken() -> bool:
    raise toolchain.BuildError("no network")


@pytest.mark.parametrize(
    "name", ["embed/src/loader.ts", "embed/build.mjs", "sos_core/content/en/embed_core.json"]
)
def test_a_build_is_stale_once_a_source_changes(copied: Path, name: str) -> None:
    output = copied / "output"
    output.mkdir()
    assert not toolchain.is_fresh(output)
    (output / "sources.sha256").write_text(toolchain.sources_digest(), encoding="ascii")
    assert toolchain.is_fresh(output)
    with (copied / name).open("a", encoding="utf-8") as source:
        source.write("\n")
    assert not toolchain.is_fresh(output)


@pytest.mark.parametrize(
    ("version", "taken"), [("v18.20.4", False), ("v20.0.0", True), ("?", False)]
)
def test_an_old_node_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, taken: bool
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n", encoding="ascii")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    monkeypatch.setattr(toolchain, "_wheel_folders", lambda: iter(()))
    assert (toolchain.find_node() is not None) is taken


def test_node_comes_along_only_where_it_is_needed(
    hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "is_fresh", lambda: False)
    monkeypatch.setattr(toolchain, "find_node", lambda: None)
    assert hook.dependencies() == [toolchain.NODE_WHEEL]
    monkeypatch.setenv("SOS_EMBED", "skip")
    assert hook.dependencies() == []
    monkeypatch.delenv("SOS_EMBED")
    monkeypatch.setattr(toolchain, "find_node", lambda: (["node"], ["npm"]))
    assert hook.dependencies() == []
    monkeypatch.setattr(toolchain, "find_node", lambda: None)
    monkeypatch.setattr(toolchain, "is_fresh", lambda: True)
    assert hook.dependencies() == []


def test_a_failed_build_leaves_plain_pages(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "is_fresh", lambda: False)
    monkeypatch.setattr(toolchain, "build", broken)
    hook.initialize("standard", {})
    assert "no network" in hook.warnings[0]
    monkeypatch.setenv("SOS_EMBED", "build")
    with pytest.raises(toolchain.BuildError):
        hook.initialize("standard", {})
    monkeypatch.setenv("SOS_EMBED", "skip")
    hook.initialize("editable", {})
    assert len(hook.warnings) == 1


def test_who_waited_for_a_build_leaves_it_where_it_is(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes find the widgets stale at once; the first may serve what it built by then."""
    output = copied / "output"

    @contextlib.contextmanager
    def installed(*_: object) -> Iterator[None]:
        output.mkdir()
        (output / "sources.sha256").write_text(toolchain.sources_digest(), encoding="ascii")
        yield

    monkeypatch.setattr(toolchain, "installed", installed)
    assert toolchain.build(output) is False
    assert [path.name for path in output.iterdir()] == ["sources.sha256"]


def test_nobody_installs_packages_that_another_reads(copied: Path) -> None:
    """``npm ci`` empties the folder first: a bundler beside it would miss files."""
    packages = copied / "embed" / "node_modules"
    packages.mkdir()
    lock = (copied / "embed" / "package-lock.json").read_bytes()
    stamp = packages / ".sos-installed"
    stamp.write_text(f"{hashlib.sha256(lock).hexdigest()} build", encoding="ascii")
    command = [sys.executable, "-c", INSTALLING, str(copied)]
    with toolchain.installed(copied / "embed", ["false"]):
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout
        assert other.stdout.readline() == "asking\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=0.3)
    assert other.communicate(timeout=20)[0] == "installed\n"


def test_a_wheel_works_far_from_the_checkout(tmp_path: Path) -> None:
    toolchain.build()
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "SOS_EMBED": "build"}
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    for command in (
        ["wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        [
            "install",
            "--no-deps",
            "--no-index",
            "--find-links",
            str(tmp_path),
            "--target",
            str(tmp_path / "site"),
            "sos-platform",
        ],
    ):
        done = subprocess.run(
            [*pip, *command],
            cwd=tmp_path,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    program = (
        "import json, sys; sys.path.insert(0, 'site'); from importlib.resources import files;"
        "built = files('sos_graphql') / '_embed';"
        "manifest = json.loads((built / 'manifest.json').read_text());"
        "print(all((built / name).is_file() for name in manifest.values()), str(built))"
    )
    words = subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert words == ["True", str(tmp_path / "site" / "sos_graphql" / "_embed")]


def test_a_wheel_carries_the_workbook_and_an_editable_install_does_not(
    hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "is_fresh", lambda: True)
    hook.target_name = "wheel"
    taken: dict[str, dict[str, str]] = {"force_include": {}}
    hook.initialize("editable", taken)
    assert taken["force_include"] == {}
    hook.initialize("standard", taken)
    assert list(taken["force_include"].values()) == ["sos_graphql/demo/demo-people.xlsx"]
