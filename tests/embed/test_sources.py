"""Rules for the sources that neither the compiler nor the browser would tell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.embed.browser import ROOT, toolchain

SOURCES = sorted((ROOT / "embed" / "src").rglob("*.ts"))
STYLESHEETS = sorted((ROOT / "embed" / "src").rglob("*.css"))
CONTENT = ROOT / "sos_core" / "content"
FORBIDDEN = {
    r"\sstyle=": "a style attribute breaks the content security policy; bind .style or use a class",
    r"\bstyleMap\b": "its first rendering writes a style attribute",
    r"\bunsafe(HTML|SVG)\b": "texts from elsewhere are never markup",
    r"\.innerHTML\b": "texts from elsewhere are never markup",
    r"\bwindow\.\w+ =": "Salesforce virtualizes the window; use the context event",
}
PHYSICAL = re.compile(
    r"(?<![-\w])(margin|padding|border)-(left|right)\b|text-align:\s*(left|right)|(?<![-\w])(left|right):"
)
KEY = re.compile(r"\bt\(\s*'([a-z_0-9.]+)'|\bt\(`([a-z_0-9.]+\.)\$\{")


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_forbidden_forms(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == [], FORBIDDEN[pattern]


def test_stylesheets_know_no_left_and_right() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in STYLESHEETS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PHYSICAL.search(line)
    ]
    assert found == []


def test_every_text_that_is_asked_for_exists() -> None:
    texts: dict[str, object] = {}
    for path in (CONTENT / "en").glob("embed_*.json"):
        texts |= json.loads(path.read_text(encoding="utf-8"))
    missing = set()
    for path in SOURCES:
        for whole, beginning in KEY.findall(path.read_text(encoding="utf-8")):
            if whole and whole not in texts:
                missing.add(whole)
            if beginning and not any(key.startswith(beginning) for key in texts):
                missing.add(beginning)
    assert missing == set()


def test_registration_stands_apart_from_definition() -> None:
    for path in SOURCES:
        registers = "define('sos-" in path.read_text(encoding="utf-8")
        assert registers == path.name.startswith("sos-"), path.name


def test_every_module_says_what_it_is() -> None:
    silent = [
        path.name
        for path in SOURCES
        if not path.name.startswith("sos-")
        and not path.read_text(encoding="utf-8").startswith("/**")
    ]
    assert silent == []


def test_the_pseudo_language_keeps_its_placeholders() -> None:
    toolchain.build()
    manifest = json.loads((toolchain.OUTPUT / "manifest.json").read_text(encoding="utf-8"))
    english, pseudo = (
        texts_of(toolchain.OUTPUT / manifest[f"locales/{tag}.json"]) for tag in ("en", "en-XA")
    )
    assert english.keys() == pseudo.keys()
    for key, text in english.items():
        assert holes(text) == holes(pseudo[key]), key
        assert len(pseudo[key]) >= 1.3 * len(text), key


def test_the_types_hold() -> None:
    toolchain.lint()


def test_locks_name_no_addresses() -> None:
    for folder in ("embed", "tests/embed"):
        text = (ROOT / folder / "package-lock.json").read_text(encoding="utf-8")
        assert "://" not in text
        assert '"resolved"' not in text
        packages = json.loads(text)["packages"]
        assert all("integrity" in entry for name, entry in packages.items() if name)


def texts_of(path: Path) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, entry in json.loads(path.read_text(encoding="utf-8")).items():
        forms = {"": entry} if isinstance(entry, str) else entry
        flat |= {f"{key}#{form}": text for form, text in forms.items()}
    return flat


def holes(text: str) -> list[str]:
    return sorted(re.findall(r"\{[a-z0-9_]+\}", text))
