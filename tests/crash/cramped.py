"""A small disk of one's own that really runs full, for the database as for everything beside it.

``run`` starts this module in a namespace in which it may mount a file system of some megabytes;
that works without root wherever the kernel lets anybody have such a namespace.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.crash import ordeal
from tests.crash.foreman import ROOT, Crew, Foreman

MEBIBYTES = 64
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")
MOUNT = 'mount -t tmpfs -o "size=$1m" tmpfs "$2" && shift 2 && exec "$@"'


@dataclass
class NoRoom:
    """Somebody fills the disk to its last block, and takes it all away again.

    A database that has room inside its files goes on meanwhile.
    """

    folder: Path
    name: str = "disk without room"
    reads: bool = True
    steady: bool = False

    def begin(self, crew: Crew, server: int) -> int:
        with (self.folder / "filling").open("wb", buffering=0) as file:
            for block in (1 << 20, 1 << 12):
                with until_no_room():
                    while True:
                        file.write(bytes(block))
        return server

    def end(self, server: int) -> None:
        (self.folder / "filling").unlink(missing_ok=True)


@dataclass
class Report:
    """What the module printed; ``clean`` tells that no promise was broken."""

    text: str
    clean: bool = True
    tried: bool = True

    def __str__(self) -> str:
        return self.text


@contextlib.contextmanager
def until_no_room() -> Iterator[None]:
    """Let a write find no room; any other fault passes."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def run(ballots: int, times: int, seed: int) -> Report:
    """Submit ballots while the disk runs full ``times`` times."""
    with tempfile.TemporaryDirectory(prefix="sos-disk-") as folder:
        if not _may_mount():
            return Report("not tried: this machine lets nobody mount a disk", tried=False)
        module = (sys.executable, "-m", "tests.crash.cramped", folder)
        command = [*NAMESPACE, "sh", "-c", MOUNT, "sh", str(MEBIBYTES), folder, *module]
        numbers = map(str, (ballots, times, seed))
        done = subprocess.run(
            [*command, *numbers], cwd=ROOT, capture_output=True, text=True, check=False
        )
    return Report(f"{done.stdout}{done.stderr}".strip(), clean=done.returncode == 0)


def _may_mount() -> bool:
    tried = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/tmp"]
    found = shutil.which(NAMESPACE[0])
    return bool(found and not subprocess.run(tried, capture_output=True, check=False).returncode)


def main(name: str, ballots: int, times: int, seed: int) -> int:
    """Run the ordeal in a folder that is a disk of its own, and print what came of it."""
    folder = Path(name)
    with closing(Foreman(folder / "foreman.log")) as foreman:
        url = f"sqlite:///{folder / 'sos.db'}"
        numbers = {"ballots": ballots, "times": times, "seed": seed}
        report = ordeal.run(foreman, folder, url, NoRoom(folder), **numbers)
    print(report, *report.untold, *report.tally.wrong[:1])
    return 0 if report.clean and report.times else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
