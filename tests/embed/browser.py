"""Finds a Chromium for the browser tests: Debian's, else npm's, unpacked under ``.cache``."""

from __future__ import annotations

import ctypes.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tests" / "embed"
CACHE = ROOT / ".cache"
sys.path.append(str(ROOT / "embed"))

import toolchain  # noqa: E402 - lives beside the widgets, outside every package

ARGUMENTS = (
    "--no-sandbox",  # the tests also run as root, and open pages of their own only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/cache</cachedir>
  {aliases}
</fontconfig>
"""
ALIAS = (
    "<alias binding='same'><family>{}</family><prefer><family>Open Sans</family></prefer></alias>"
)


@dataclass(frozen=True)
class Chromium:
    """A browser that can be started: its path and what its environment needs."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


@cache
def find_chromium() -> Chromium:
    """Return Debian's Chromium where it is installed, else npm's, unpacked once."""
    for name in ("chromium", "chromium-browser"):
        if found := shutil.which(name):
            return Chromium(Path(found))
    return npm_chromium()


def npm_chromium() -> Chromium:
    """Return npm's Chromium with its own fonts, and its libraries where the system has none."""
    tools = node_modules()
    package = json.loads((tools / "@sparticuz/chromium/package.json").read_text(encoding="utf-8"))
    folder = CACHE / f"chromium-{package['version']}"
    with toolchain.alone("chromium"):
        if not (folder / "ready").exists():
            _unpack(folder)
    temporary = CACHE / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {"TMPDIR": str(temporary), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    if ctypes.util.find_library("nss3") is None:
        environment["LD_LIBRARY_PATH"] = str(folder / "al2023" / "lib")
    return Chromium(folder / "chromium", environment)


def node_modules() -> Path:
    """Return the test tools' ``node_modules``, installed when missing or when the lock changed."""
    _, npm = toolchain.require_node()
    with toolchain.installed(TOOLS, npm):
        return TOOLS / "node_modules"


@cache
def axe_source() -> str:
    """Return axe-core's script."""
    return (node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def environment_of(chromium: Chromium) -> dict[str, str | float | bool]:
    """Return the environment to launch with; this process's own, and what Chromium adds."""
    return {**os.environ, **chromium.environment}


def _unpack(folder: Path) -> None:
    node, _ = toolchain.require_node()
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([*node, "unpack.mjs", str(folder)], cwd=TOOLS, check=True)
    # Python 3.11.2, which Debian 12 has, does not know the filter yet; npm checked the archive's hash.
    safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    for name in ("fonts", "al2023"):
        with tarfile.open(folder / f"{name}.tar") as archive:
            archive.extractall(folder / name, **safely)
        (folder / f"{name}.tar").unlink()
    # The same letters on every machine, so that line breaks and screenshots agree.
    aliases = "".join(ALIAS.format(name) for name in ("system-ui", "sans-serif", "Arial"))
    settings = FONTS.format(folder=folder / "fonts", aliases=aliases)
    (folder / "fonts.conf").write_text(settings, encoding="utf-8")
    (folder / "ready").touch()
