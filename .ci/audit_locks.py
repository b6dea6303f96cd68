"""Tells which libraries in the locks are known to be weak, by advisories in files; asks no network.

Ends with 0 where none is, with 1 where one is or cannot be told, and with 2 where the files cannot be
read or hold no advisory of an ecosystem that the locks use: then nothing was compared.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from locks import Library, libraries
from osv import Unreadable, advisories, affects, named

USAGE = (
    "Name the files of advisories: one for PyPI and one for npm; docs/security.md tells where from."
)


def main(paths: list[str]) -> int:
    """Compare the locks with the advisories in ``paths``, say what was found, and return the code."""
    if not paths:
        return _failed(USAGE)
    by_name: dict[tuple[str, str], list[Library]] = {}
    for library in libraries():
        by_name.setdefault((library.ecosystem, library.name), []).append(library)
    held, newest, found = Counter[str](), "", list[str]()
    try:
        for path in paths:
            for advisory in advisories(Path(path)):
                held.update({named(entry)[0] for entry in advisory.get("affected") or ()})
                newest = max(newest, str(advisory.get("modified", "")))
                found += findings(advisory, by_name)
    except Unreadable as error:
        return _failed(str(error))
    missing = sorted({ecosystem for ecosystem, _ in by_name} - held.keys())
    if missing:
        return _failed(f"The files hold no advisory for {' and '.join(missing)}.")
    for line in sorted(set(found)):
        sys.stdout.write(f"{line}\n")
    count = sum(len(versions) for versions in by_name.values())
    sys.stdout.write(
        f"{len(set(found))} found: {count} libraries held against {sum(held.values())} advisories, "
        f"the newest of {newest[:10] or 'no date'}.\n"
    )
    return 1 if found else 0


def findings(
    advisory: Mapping[str, Any], by_name: Mapping[tuple[str, str], Iterable[Library]]
) -> list[str]:
    """Return a line for each library that an advisory is about; none for one that was withdrawn."""
    if advisory.get("withdrawn"):
        return []
    lines = []
    for entry in advisory.get("affected") or ():
        for library in by_name.get(named(entry), ()):
            try:
                if not affects(entry, library.ecosystem, library.version):
                    continue
                told = str(advisory.get("summary") or "no summary")
            except (Unreadable, LookupError, TypeError, AttributeError) as error:
                told = f"cannot be told, read it: {error}"
            ids = ", ".join([advisory["id"], *map(str, advisory.get("aliases") or ())])
            lines.append(f"{library.name} {library.version} ({library.scope}): {ids}: {told}")
    return lines


def _failed(words: str) -> int:
    sys.stderr.write(f"{words}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
