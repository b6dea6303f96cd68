"""Resolves the dependencies of SOS and its plugins into hashed lock files without any address."""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
    "--quiet",
    "--upgrade",
]


def requirements(*, test: bool) -> list[str]:
    """Return the direct requirements of every distribution of the repository but our own."""
    found: set[str] = set()
    for file in (ROOT / "pyproject.toml", *sorted(ROOT.glob("plugins/*/pyproject.toml"))):
        project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        found.update(project["dependencies"])
        if test:
            for extra in project.get("optional-dependencies", {}).values():
                found.update(extra)
    return sorted(name for name in found if not name.startswith("sos-platform"))


def compile_lock(output: Path, *, test: bool, constraint: Path | None = None) -> None:
    """Write ``output``; ``constraint`` keeps the versions equal to those of another lock."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "requirements.in"
        source.write_text("\n".join(requirements(test=test)) + "\n", encoding="utf-8")
        command = [str(ROOT / ".venv/bin/uv"), "pip", "compile", *OPTIONS, str(source)]
        command += ["-o", str(output)] + (["-c", str(constraint)] if constraint else [])
        subprocess.run(command, check=True)  # noqa: S603


if __name__ == "__main__":
    compile_lock(ROOT / ".ci/lock-test.txt", test=True)
    compile_lock(ROOT / ".ci/lock.txt", test=False, constraint=ROOT / ".ci/lock-test.txt")
