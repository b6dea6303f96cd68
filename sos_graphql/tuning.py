"""Tunes the interpreter for serving: threads take turns sooner, and the collector looks at less."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_SECONDS = 0.001
"""By default a busy event loop lets a writing thread wait 5 ms at each turn."""
THRESHOLDS = (20_000, 10, 10)
"""A request that waits for the disk keeps about 500 objects; by default the collector would go
through those of all waiting requests after every other request."""
DEFAULTS = (sys.getswitchinterval(), gc.get_threshold())


@contextmanager
def tuned_for_serving() -> Iterator[None]:
    """Tune this process for serving, and put everything back in the end.

    What has been loaded is there to stay: a full collection that looks through it all stops every
    thread for 200 ms, so it is set aside.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*THRESHOLDS)
    gc.freeze()
    try:
        yield
    finally:
        switch_seconds, thresholds = DEFAULTS
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(switch_seconds)
