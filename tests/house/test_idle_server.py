"""What a server has loaded that nobody has asked for anything yet."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.house.test_budgets import ROOT

LOADED = {
    # ours
    "sos_core", "sos_graphql", "sos_excel",
    # the API and the pages
    "anyio", "cross_web", "graphql", "jinja2", "markupsafe", "orjson", "python_multipart",
    "starlette", "strawberry",
    # data, jobs, plugins, settings
    "cryptography", "dotenv", "dramatiq", "greenlet", "numpy", "pluggy", "pydantic",
    "pydantic_core", "pydantic_settings", "sqlalchemy",
    # logs, figures of the process, languages
    "babel", "prometheus_client", "structlog",
    # what those bring along
    "annotated_types", "attr", "cython_runtime", "dateutil", "pygments", "rich", "six",
    "typing_extensions", "typing_inspection",
}  # fmt: skip
"""Everything from outside the standard library that may be there; a new one is a decision."""

HEAVY = {
    "scipy",
    "alembic",
    "openpyxl",
    "python_calamine",
    "psycopg",
    "typer",
    "httpx",
    "hypothesis",
}
"""What is loaded by the function that needs it, and by no other."""

PROGRAM = """
import json, sys
before = set(sys.modules)
from pathlib import Path
from sos_core.application import Application
from sos_core.settings import Settings
from sos_graphql.app import create_app
create_app(Application(Settings(data_dir=Path(sys.argv[1]))))
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(loaded - sys.stdlib_module_names)))
"""


def test_an_idle_server_has_loaded_what_it_needs_and_no_more(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = {name for name in json.loads(ran.stdout) if not name.startswith("_")}
    assert loaded & HEAVY == set()
    assert loaded - LOADED == set()
    assert {"sos_core", "sos_graphql", "sqlalchemy", "strawberry"} <= loaded
