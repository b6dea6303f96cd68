"""Logs without secrets and answers: one configuration for our own lines and for every library's."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import structlog
from structlog.typing import Processor

from sos_core.log_redaction import hide_respondents, redact
from sos_core.settings import Settings

QUIET = {
    "uvicorn.access": logging.CRITICAL,
    "dramatiq": logging.WARNING,
    "alembic": logging.WARNING,
}
"""Loggers whose lines tell nothing that ours do not, or (uvicorn's) carry addresses and links."""


def configure_logging(settings: Settings, *, stream: TextIO | None = None) -> None:
    """Send all logs of this process to ``stream`` (standard error) in the form of the settings."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        # Last, so that nothing reaches a renderer that they have not seen.
        hide_respondents,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
            processors=[
                *shared,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(settings, stream or sys.stderr),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


@contextmanager
def request_context(request_id: str, route: str, method: str) -> Iterator[None]:
    """Put the request's id, route (the pattern) and method on every line logged in the block."""
    with structlog.contextvars.bound_contextvars(request_id=request_id, route=route, method=method):
        yield


def _renderer(settings: Settings, stream: TextIO) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(default=str)
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
