"""The statements that reach the database while something is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.access_policy.cast import Cast


@contextmanager
def statements(cast: Cast) -> Iterator[list[str]]:
    """Yield a list to which every statement is added while the block runs."""
    engine, heard = cast.application.database.engine, list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if threading.current_thread().name != "sos-signals":  # it listens for what others did
            heard.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", note)
