"""The log of this process as it would be served, in memory; afterwards logging is as before."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from sos_core.logs import configure_logging
from sos_core.settings import Settings

Listen = Callable[[str], io.StringIO]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Return what begins to log, as JSON, at a level, and returns where the log goes."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, structlog.get_config())
    levels = {name: logger.level for name, logger in _loggers().items()}

    def begin(level: str) -> io.StringIO:
        stream = io.StringIO()
        configure_logging(Settings(log_format="json", log_level=level), stream=stream)
        return stream

    yield begin
    root.handlers[:], root.level = before[0], before[1]
    for name, logger in _loggers().items():
        logger.setLevel(levels.get(name, logging.NOTSET))
    structlog.configure(**before[2])


@pytest.fixture
def out(listen: Listen) -> io.StringIO:
    """Return where the log goes, at the usual level."""
    return listen("info")


def _loggers() -> dict[str, logging.Logger]:
    known = logging.Logger.manager.loggerDict.items()
    return {name: logger for name, logger in known if isinstance(logger, logging.Logger)}
