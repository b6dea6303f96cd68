"""What lies in the repository is the same everywhere: no addresses of registries, no machine's paths."""

from __future__ import annotations

import re
import subprocess

from tests.house.test_budgets import ROOT

LOCKS = (".ci/lock.txt", ".ci/lock-test.txt")
PACKAGE_LOCKS = ("embed/package-lock.json", "tests/embed/package-lock.json")
THIS = "tests/house/test_tracked_files.py"
REGISTRIES = re.compile(
    r"\b(pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|registry\.[\w-]+\.\w+|[\w.-]*artifactory[\w.-]*)"
    r"|--(?:extra-)?index-url[ =]|--find-links[ =]|\bnpm_config_registry\b",
    re.IGNORECASE,
)
MACHINES = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|mnt|var/folders)/[\w.-]+")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}")
HASHED = re.compile(
    r"^\S+==[^\s\\;]+(?: ; [^\\]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+$", re.MULTILINE
)


def tracked() -> dict[str, str]:
    """Return the texts that git tracks, by path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    texts: dict[str, str] = {}
    for name in listed:
        path = ROOT / name
        if name and path.is_file():
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                texts[name] = content.decode("utf-8")
    return texts


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}: {match.group()}"
        for name, text in tracked().items()
        if name != THIS
        for match in pattern.finditer(text)
    ]


def test_no_address_of_a_registry() -> None:
    assert found(REGISTRIES) == []


def test_no_path_of_a_machine() -> None:
    assert found(MACHINES) == []


def test_no_secret() -> None:
    assert found(SECRETS) == []


def test_every_line_of_a_lock_is_hashed_and_names_no_address() -> None:
    for name in LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, name
        assert HASHED.sub("", text).strip() == "", name


def test_package_locks_name_no_address() -> None:
    for name in PACKAGE_LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert '"resolved"' not in text, name
        packages = text.count('"node_modules/')
        assert packages > 0, name
        assert text.count('"integrity": "sha512-') == packages, name
