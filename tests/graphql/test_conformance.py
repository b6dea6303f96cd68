"""GraphQL over HTTP, as npm's graphql-http audits it, on the whole application on loopback."""

from __future__ import annotations

import json
import subprocess

from sos_graphql.app import create_app
from tests.embed.browser import TOOLS, node_modules, toolchain
from tests.embed.serving import serve
from tests.graphql.conftest import World
from tests.graphql.guests import make_key

AUDITS = 61


def test_every_audit_passes_with_the_bearer_of_an_integration(world: World) -> None:
    """One audit introspects, which programs with a key may do."""
    node, _ = toolchain.require_node()
    node_modules()
    key = make_key(world, "SURVEYS_READ")
    with serve(create_app(world.application, run_jobs=False)) as address:
        command = [*node, "audits.mjs", f"{address}/graphql", key]
        done = subprocess.run(
            command, check=False, cwd=TOOLS, capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len({result["id"] for result in results}) == AUDITS
