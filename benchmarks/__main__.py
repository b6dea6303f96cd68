"""Runs every benchmark, each in a process of its own: ``make bench`` or ``python benchmarks [NAME]``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main(wanted: list[str]) -> int:
    """Run the benchmarks called ``wanted`` (none: all) and return how many of them failed."""
    failed = 0
    for script in sorted(FOLDER.glob("[a-z]*.py")):
        if not wanted or script.stem in wanted:
            print(f"\n== {script.stem}", flush=True)
            failed += subprocess.run([sys.executable, str(script)], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
