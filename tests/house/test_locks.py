"""The bill of materials holds every locked library, and the audit finds what advisories name."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_budgets import ROOT
from tests.house.test_tracked_files import LOCKS, MACHINES, PACKAGE_LOCKS, REGISTRIES

PYTHON, NODE = ("PyPI", "starlette"), ("npm", "lit")
DIGITS = {"SHA-256": 64, "SHA-512": 128}
SINCE_ALWAYS = {"introduced": "0"}


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / script), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


@cache
def locked() -> Mapping[tuple[str, str, str], frozenset[str]]:
    """Return the hashes of every locked library, by kind, name and version, read in another way."""
    found: dict[tuple[str, str, str], frozenset[str]] = {}
    for name in LOCKS:
        for block in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8")):
            library, version = re.match(r"([\w.-]+)[^=]*==([^\s;]+)", block).groups()  # type: ignore[union-attr]
            hashes = frozenset(re.findall(r"sha256:(\w+)", block))
            found["pypi", library.lower().replace("_", "-").replace(".", "-"), version] = hashes
    for name in PACKAGE_LOCKS:
        packages = json.loads((ROOT / name).read_text(encoding="utf-8"))["packages"]
        for place, held in packages.items():
            if place:
                key = ("npm", place.split("node_modules/")[-1], held["version"])
                found[key] = frozenset({held["integrity"]})
    return found


def version_of(library: tuple[str, str]) -> str:
    kind = library[0].lower()
    [version] = [at for its, name, at in locked() if (its, name) == (kind, library[1])]
    return version


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("bill") / "new" / "sbom.cdx.json"
    made = run("sbom.py", str(target))
    assert made.returncode == 0, made.stderr
    return target.read_text(encoding="utf-8")


def test_the_bill_holds_every_locked_library_with_version_and_hashes(bill: str) -> None:
    parts = json.loads(bill)["components"]
    told = {}
    for part in parts:
        kind = re.match(r"pkg:(pypi|npm)/", part["purl"])[1]  # type: ignore[index]
        name = "/".join(filter(None, [part.get("group"), part["name"]]))
        told[kind, name, part["version"]] = part["hashes"]
    assert told.keys() == locked().keys()
    assert len(parts) == len(told) > 150
    for key, hashes in told.items():
        digits = {one["content"] for one in hashes}
        if key[0] == "pypi":
            assert digits == locked()[key], key
        else:
            [integrity] = locked()[key]
            assert integrity.startswith("sha512-")
            assert len(digits) == 1


def test_the_bill_has_the_form_that_readers_demand(bill: str) -> None:
    whole = json.loads(bill)
    assert (whole["bomFormat"], whole["specVersion"], whole["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", whole["serialNumber"]
    )
    assert whole["metadata"]["component"]["type"] == "application"
    references = [part["bom-ref"] for part in whole["components"]]
    assert len(references) == len(set(references))
    for part in whole["components"]:
        assert part["type"] == "library"
        assert part["name"]
        assert part["scope"] in {"required", "optional", "excluded"}
        assert re.fullmatch(r"pkg:(pypi|npm)/(%40[\w.-]+/)?[\w.-]+@[\w.%-]+", part["purl"])
        for one in part["hashes"]:
            assert re.fullmatch(rf"[0-9a-f]{{{DIGITS[one['alg']]}}}", one["content"])
    scopes = {part["name"]: part["scope"] for part in whole["components"]}
    told = [scopes[name] for name in ("starlette", "pytest", "lit", "axe-core", "colorama")]
    assert told == ["required", "excluded", "required", "excluded", "optional"]


def test_the_bill_names_no_registry_and_no_machine_and_is_the_same_again(
    bill: str, tmp_path: Path
) -> None:
    assert not REGISTRIES.search(bill)
    assert not MACHINES.search(bill)
    assert str(ROOT) not in bill
    run("sbom.py", str(tmp_path / "again.json"))
    assert (tmp_path / "again.json").read_text(encoding="utf-8") == bill


def advisory(name: str, library: tuple[str, str], **entry: Any) -> dict[str, Any]:
    about = {"package": {"ecosystem": library[0], "name": library[1]}, **entry}
    return {"id": name, "modified": "2027-01-04T09:00:00Z", "summary": "Bad.", "affected": [about]}


def between(*events: Mapping[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


def saved(path: Path, advisories: Sequence[object]) -> str:
    """Write an export as osv.dev publishes it: a zip with a JSON file for each advisory."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(advisories):
            archive.writestr(f"X-{number}.json", json.dumps(one))
    return str(path)


HARMLESS = (
    advisory("OLD-PY", PYTHON, **between(SINCE_ALWAYS, {"fixed": "0.0.1"})),
    advisory("OLD-JS", NODE, **between(SINCE_ALWAYS, {"fixed": "0.0.1"}, kind="SEMVER")),
)


def weak() -> list[dict[str, Any]]:
    """Return advisories that hold a locked version, each for another reason."""
    at, js = version_of(PYTHON), version_of(NODE)
    return [
        advisory("IN-1", PYTHON, **between(SINCE_ALWAYS)),
        advisory("IN-2", PYTHON, **between({"introduced": at}, {"fixed": "9999"})),
        advisory("IN-3", PYTHON, **between(SINCE_ALWAYS, {"last_affected": at})),
        advisory("IN-4", PYTHON, versions=["0.0.1", at]),
        advisory("IN-5", ("PyPI", "Starlette"), versions=[at]),
        advisory("IN-6", ("PyPI", "python.multipart"), **between(SINCE_ALWAYS)),
        advisory("IN-7", NODE, **between({"introduced": js}, kind="SEMVER")),
        advisory("IN-8", NODE, **between({"introduced": f"{js}-rc.1"}, kind="SEMVER")),
        advisory("IN-9", PYTHON, **between({"fixed": "0.1"}, {"introduced": "0.2"}, SINCE_ALWAYS)),
        advisory("ASK-1", PYTHON, ranges=[{"type": "GIT", "events": [SINCE_ALWAYS]}]),
        advisory("ASK-2", PYTHON, **between({"introduced": "one day"})),
        advisory("ASK-3", PYTHON, ranges=[{"type": "ECOSYSTEM"}]),
    ]


def sound() -> list[dict[str, Any]]:
    """Return advisories that hold no locked version, each for another reason."""
    at, js = version_of(PYTHON), version_of(NODE)
    gone = advisory("OUT-6", PYTHON, **between(SINCE_ALWAYS))
    return [
        advisory("OUT-1", PYTHON, **between(SINCE_ALWAYS, {"fixed": at})),
        advisory("OUT-2", PYTHON, **between({"introduced": f"{at}.1"})),
        advisory("OUT-3", PYTHON, **between(SINCE_ALWAYS, {"last_affected": "0.0.1"})),
        advisory("OUT-4", PYTHON, versions=["0.0.1", "2004d"]),
        advisory("OUT-5", ("PyPI", "starlette-something"), **between(SINCE_ALWAYS)),
        {**gone, "withdrawn": "2027-01-05T00:00:00Z"},
        advisory("OUT-7", ("npm", "starlette"), **between(SINCE_ALWAYS, kind="SEMVER")),
        advisory("OUT-8", NODE, **between(SINCE_ALWAYS, {"fixed": js}, kind="SEMVER")),
        advisory("OUT-9", NODE, **between(SINCE_ALWAYS, {"fixed": f"{js}-rc.1"}, kind="SEMVER")),
        advisory("OUT-10", PYTHON, **between(SINCE_ALWAYS, {"limit": "0.0.2"})),
    ]


def test_the_audit_finds_each_weakness_and_nothing_else(tmp_path: Path) -> None:
    path = saved(tmp_path / "all.zip", [*HARMLESS, *weak(), *sound()])
    told = run("audit_locks.py", path)
    assert told.returncode == 1, told.stderr
    found = re.findall(r"\b((?:IN|OUT|ASK|OLD)-\w+)", told.stdout)
    assert sorted(found) == sorted(one["id"] for one in weak())
    assert f"starlette {version_of(PYTHON)} (required): IN-1: Bad." in told.stdout
    asked = [line for line in told.stdout.splitlines() if "ASK-" in line]
    assert all("cannot be told, read it" in line for line in asked)
    assert "the newest of 2027-01-04" in told.stdout


def test_the_audit_finds_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    python, node = tmp_path / "python.json", tmp_path / "node.json"
    python.write_text(json.dumps(HARMLESS[0]), encoding="utf-8")
    node.write_text(json.dumps([HARMLESS[1], *sound()]), encoding="utf-8")
    told = run("audit_locks.py", str(python), str(node))
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.startswith("0 found: ")
    assert f" {len(locked())} libraries" in told.stdout


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'{"id": 7}', b'{"id": "X", "affected": {}}', b"[" * 100_000, b"\xff{}",
     b"PK\x05\x06 no archive"],
)  # fmt: skip
def test_a_broken_file_is_told_and_never_taken_for_a_clean_one(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    whole = saved(tmp_path / "whole.zip", HARMLESS)
    told = run("audit_locks.py", whole, str(path))
    assert (told.returncode, told.stdout) == (2, "")
    assert "broken.json" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_damaged_archive_a_bomb_and_half_of_the_advisories_are_told(tmp_path: Path) -> None:
    damaged = Path(saved(tmp_path / "damaged.zip", HARMLESS))
    content = bytearray(damaged.read_bytes())
    content[60] ^= 0xFF
    damaged.write_bytes(content)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("X.json", b" " * (21 * 1024 * 1024))
    half = saved(tmp_path / "half.zip", HARMLESS[:1])
    expected = {
        str(damaged): "damaged.zip",
        str(bomb): "too large",
        half: "The files hold no advisory for npm.",
        str(tmp_path / "missing.zip"): "missing.zip",
    }
    for path, words in expected.items():
        told = run("audit_locks.py", path)
        assert (told.returncode, told.stdout) == (2, ""), path
        assert words in told.stderr
        assert "Traceback" not in told.stderr
    assert run("audit_locks.py").returncode == 2
