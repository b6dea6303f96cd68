"""Writes what SOS is made of as CycloneDX JSON: every library of the locks, with version and hashes.

The same locks give the same bytes: the serial number follows from them, and no time is written.
"""

from __future__ import annotations

import json
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

from locks import ROOT, Library, libraries

KINDS = {"PyPI": "pypi", "npm": "npm"}


def bill(root: Path = ROOT) -> dict[str, Any]:
    """Return the bill of materials of the distribution and the locks below ``root``."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [component(library) for library in libraries(root)]
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([own, parts], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"license": {"id": project["license"]}}],
                "purl": own,
            }
        },
        "components": parts,
    }


def component(library: Library) -> dict[str, Any]:
    """Return a library as CycloneDX writes it; its address is its kind, name and version."""
    group, _, name = library.name.rpartition("/")
    path = "/".join(quote(part, safe="") for part in (group, name) if part)
    address = f"pkg:{KINDS[library.ecosystem]}/{path}@{quote(library.version, safe='.')}"
    return {
        "type": "library",
        "bom-ref": address,
        **({"group": group} if group else {}),
        "name": name,
        "version": library.version,
        "scope": library.scope,
        "hashes": [{"alg": algorithm, "content": digits} for algorithm, digits in library.hashes],
        "purl": address,
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    made = bill()
    target.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{target}: {len(made['components'])} libraries\n")
