"""What the built files weigh (gzip -9), and that the manifest tells the truth."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.embed.browser import toolchain

KIB = 1024
LOADER, CORE, WIDGET, CLASSIC, LOCALE = KIB, 9 * KIB, 5 * KIB, 70 * KIB, 12 * KIB
# Five elements of the page were to have 45 KiB; the cuts, the board and guests' tokens came later.
RESULTS = 51 * KIB
RESULT_ELEMENTS = (
    *("sos-areas", "sos-question", "sos-heatmap", "sos-summary", "sos-comments"),
    *("sos-cuts", "sos-board"),
)
CORE_SOURCES = ("node_modules/lit", "node_modules/@lit", "src/core/element.ts")


@cache
def built() -> dict[str, Any]:
    """Return the bundler's own account of the present build."""
    toolchain.build()
    if toolchain.META.is_file():
        text = toolchain.META.read_text(encoding="utf-8")
    else:
        text = account_aside()
    account: dict[str, Any] = json.loads(text)
    return account


def account_aside() -> str:
    """Return the account of a build that was made elsewhere, while others serve that build.

    The names of the files depend on where they lie below the sources: hence a folder beside it.
    """
    aside = toolchain.OUTPUT.with_name(f"{toolchain.OUTPUT.name}.weighed-{os.getpid()}")
    with TemporaryDirectory() as folder:
        meta = Path(folder) / "meta.json"
        try:
            toolchain.build(aside, meta)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return meta.read_text(encoding="utf-8")


def manifest() -> dict[str, str]:
    built()
    text = (toolchain.OUTPUT / "manifest.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def weight(name: str) -> int:
    return len(gzip.compress((toolchain.OUTPUT / name).read_bytes(), 9))


def outputs() -> dict[str, Any]:
    return {
        path.rsplit("/", 1)[-1]: output for path, output in built()["modules"]["outputs"].items()
    }


def needed(name: str) -> set[str]:
    """Return the file and all chunks that it imports at once."""
    found = {name}
    for item in outputs()[name]["imports"]:
        if item["kind"] == "import-statement":
            found |= needed(item["path"].rsplit("/", 1)[-1])
    return found


def is_core(name: str) -> bool:
    return any(path.startswith(CORE_SOURCES) for path in outputs()[name]["inputs"])


def test_everything_in_the_manifest_is_there() -> None:
    for file in manifest().values():
        assert (toolchain.OUTPUT / file).is_file(), file
    for name in ("loader.js", "sos-provider.js", "sos-embed.js", "page.css", "locales/en.json"):
        assert name in manifest()


def test_the_loader_is_tiny() -> None:
    assert weight("loader.js") <= LOADER


def test_the_core_is_small() -> None:
    shared = [name for name in outputs() if name.startswith("chunk-") and name.endswith(".js")]
    assert sum(weight(name) for name in shared if is_core(name)) <= CORE


@pytest.mark.parametrize("name", [name for name in manifest() if name.startswith("sos-")])
def test_each_widget_is_small(name: str) -> None:
    if name != "sos-embed.js":
        assert weight(manifest()[name]) <= WIDGET


def test_the_results_page_is_small() -> None:
    wanted = [manifest()[f"{name}.js"] for name in RESULT_ELEMENTS if f"{name}.js" in manifest()]
    files = {"loader.js", *needed(manifest()["sos-provider.js"])}.union(*map(needed, wanted))
    assert sum(weight(name) for name in files) <= RESULTS


def test_the_classic_script_is_small_and_whole() -> None:
    name = manifest()["sos-embed.js"]
    assert weight(name) <= CLASSIC
    script = (toolchain.OUTPUT / name).read_text(encoding="utf-8")
    assert "import(" not in script
    assert not script.lstrip().startswith(('"use strict"', "'use strict'"))
    for element in manifest():
        if element.startswith("sos-") and element != "sos-embed.js":
            assert f'"{element[:-3]}"' in script


def test_locale_files_are_small() -> None:
    files = [file for name, file in manifest().items() if name.startswith("locales/")]
    assert len(files) >= 6
    assert max(weight(file) for file in files) <= LOCALE


def test_no_machine_is_named_in_what_is_shipped() -> None:
    for path in toolchain.OUTPUT.rglob("*"):
        if path.is_file():
            assert str(toolchain.ROOT) not in path.read_text(encoding="utf-8"), path.name
