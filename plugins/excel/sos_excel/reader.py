"""The confined process that reads one file: a request comes in, pages go out, nothing else.

Run as ``python -m sos_excel.reader``; the request is a line of JSON on standard input, behind it
come the digests of rows to leave out, eight bytes each. An answer is a length (four bytes) and a
tuple in the form of ``marshal``, which carries data and no code.
"""

from __future__ import annotations

import contextlib
import gc
import json
import marshal
import os
import resource
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

LENGTH = struct.Struct("<I")
WORKBOOK_SUFFIX = ".xlsx"


def main() -> None:
    """Read the file that the request names, and leave without any cleaning up."""
    request = json.loads(sys.stdin.buffer.readline())
    _confine(request["settings"]["memory_bytes"], request["settings"]["cpu_seconds"])
    gc.disable()  # a short life without cycles: collecting would only walk the rows again
    output = sys.stdout.buffer

    def send(answer: tuple[Any, ...]) -> None:
        body = marshal.dumps(answer)
        output.write(LENGTH.pack(len(body)))
        output.write(body)
        output.flush()

    with contextlib.suppress(BrokenPipeError):
        _read(request, send)
    # A thread may still be decoding a file that was refused: do not wait for it.
    os._exit(0)


def _read(request: dict[str, Any], send: Callable[[tuple[Any, ...]], None]) -> None:
    path, levels = Path(request["path"]), request["levels"]
    loading = None
    known = Listening()
    known.start()
    if path.suffix.casefold() == WORKBOOK_SUFFIX:
        from sos_excel.loading import Loading

        loading = Loading(path)
        loading.start()  # decodes while this thread is still importing
    from sos_core.api import InvalidInput

    # The model's class is not needed here, and pydantic takes longer to import than a file to read.
    settings: Any = SimpleNamespace(**request["settings"])
    try:
        from sos_excel.tables import pages

        if loading is not None:
            from sos_excel.workbook import open_workbook

            table = open_workbook(loading, path, levels, settings)
        else:
            from sos_excel.delimited import open_delimited

            table = open_delimited(path, levels, settings)
        for page in pages(table, settings, known.digests()):
            send(("page", *page))
    except InvalidInput as error:
        send(("refused", error.code, error.values))
    except MemoryError:
        send(("refused", "file_too_heavy", {}))
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  told to the parent without any data of the file
        send(("failed", type(error).__name__, _place(error)))


class Listening(threading.Thread):
    """Takes in the digests of known rows while the file is decoded."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._body = b""

    def run(self) -> None:
        """Read to the end of standard input."""
        self._body = sys.stdin.buffer.read()

    def digests(self) -> set[int]:
        """Return them, once all have come."""
        self.join()
        return set(memoryview(self._body).cast("q"))


def _confine(memory_bytes: int, cpu_seconds: int) -> None:
    """Give up memory, time, files and core dumps before the first byte of the file is read."""
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    for kind, limit in limits.items():
        _, hard = resource.getrlimit(kind)
        lowest = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (lowest, lowest))


def _place(error: BaseException) -> str:
    """Return file and line of an exception, and none of the values that stood there."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


if __name__ == "__main__":
    main()
