"""All input and output of this plugin: files are checked here and read in a process of their own."""

from __future__ import annotations

import contextlib
import fcntl
import json
import marshal
import os
import select
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sos_core.api import PeoplePage, PersonColumns
from sos_excel.archive import MEBIBYTE, check
from sos_excel.delimited import check_delimited
from sos_excel.messages import notice, refusal, rejection
from sos_excel.reader import LENGTH, WORKBOOK_SUFFIX
from sos_excel.settings import ExcelSettings
from sos_excel.template import delimited_template, workbook_template

SUFFIXES = (WORKBOOK_SUFFIX, ".csv")
REFUSED_SUFFIXES = {".xls": "file_is_xls", ".xlsm": "file_has_macros", ".xltm": "file_has_macros"}
LARGEST_ANSWER = 128 * MEBIBYTE
KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "TMPDIR")


class ExcelFormat:
    """Excel workbooks and CSV files as a kind of file that people come in."""

    name = "excel"
    suffixes = SUFFIXES

    def __init__(self, settings: ExcelSettings) -> None:
        self.settings = settings

    def open(self, path: Path, levels: Sequence[str]) -> ExcelFile:
        """Return a source that reads ``path``; raise InvalidInput when it cannot be accepted.

        Checked here, before anything parses the file: its type, its size and how it is built.
        """
        suffix = path.suffix.casefold()
        with path.open("rb") as file:
            if not file.read(1):
                raise refusal("file_empty")
            if suffix in REFUSED_SUFFIXES:
                raise refusal(REFUSED_SUFFIXES[suffix])
            if suffix not in SUFFIXES:
                raise refusal("file_type_unsupported", suffix=path.suffix[:20] or "?")
            if suffix == WORKBOOK_SUFFIX:
                check(file, self.settings)
            else:
                file.seek(0)
                self._check_text(path, file.read(4096))
        return ExcelFile(path, levels, self.settings)

    def template(self, levels: Sequence[str], language: str, suffix: str) -> bytes:
        """Return an empty file to fill in; raise InvalidInput for another type than the suffixes."""
        if suffix == WORKBOOK_SUFFIX:
            return workbook_template(levels, language)
        if suffix in SUFFIXES:
            return delimited_template(levels, language)
        raise refusal("file_type_unsupported", suffix=suffix[:20])

    def _check_text(self, path: Path, beginning: bytes) -> None:
        if path.stat().st_size > self.settings.file_bytes:
            raise refusal("file_too_large", limit=self.settings.file_bytes // MEBIBYTE)
        check_delimited(beginning, path.suffix)


class ExcelFile:
    """One file of people; every pull reads it anew and gives the same pages."""

    name = "excel"

    def __init__(self, path: Path, levels: Sequence[str], settings: ExcelSettings) -> None:
        self._path = path
        self._levels = list(levels)
        self._settings = settings

    def pull(self, cursor: str | None) -> ExcelPages:
        """Return the people in the file, after the page that ended with ``cursor`` where given.

        Raises InvalidInput where the file turns out to be damaged, hostile or too heavy.
        """
        return ExcelPages(partial(self._pages, _row_of(cursor)))

    def _pages(
        self, after: int, known: Callable[[], Collection[int]]
    ) -> Generator[PeoplePage, None, None]:
        with ReadingProcess(self._path, self._levels, self._settings) as process:
            start = 0
            for people, digests, seen, seen_leads, *told in process.pages(known):
                rejections, notices, following = told
                if start >= after:
                    yield PeoplePage(
                        records=PersonColumns(people),
                        rejections=[rejection(raw) for raw in rejections],
                        notices=[notice(raw) for raw in notices],
                        next_cursor=following,
                        digests=digests,
                        seen=seen,
                        seen_leads=seen_leads,
                    )
                start = int(following or 0)


class ExcelPages(Iterator[PeoplePage]):
    """The pages of one file, which is read when the first is asked for."""

    def __init__(
        self, read: Callable[[Callable[[], Collection[int]]], Generator[PeoplePage, None, None]]
    ) -> None:
        self._read = read
        self._all = read(tuple)

    def __next__(self) -> PeoplePage:
        return next(self._all)

    def close(self) -> None:
        """End the reading, which otherwise ends with the last page."""
        self._all.close()

    def without(self, known: Callable[[], Collection[int]]) -> Iterator[PeoplePage]:
        """Yield the pages without the records that are known, as ``SelectivePages`` says."""
        return self._read(known)


class ReadingProcess:
    """The process that reads one file under limits; it is ended when the block is left."""

    def __init__(self, path: Path, levels: list[str], settings: ExcelSettings) -> None:
        self._request = {
            "path": str(path.absolute()),
            "levels": levels,
            "settings": settings.model_dump(),
        }
        self._wait_seconds = settings.wait_seconds

    def __enter__(self) -> Self:
        # The secrets of the server stand in its environment: the reading process gets none of it.
        environment = {key: os.environ[key] for key in KEPT_ENVIRONMENT if key in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "sos_excel.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        for stream in (self._process.stdin, self._process.stdout):
            _widen(stream)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()

    def pages(self, known: Callable[[], Collection[int]]) -> Iterator[tuple[Any, ...]]:
        """Yield the frames of ``RawPage``; raise InvalidInput where reading ends early.

        ``known`` is called while the process decodes the file.
        """
        if self._process.stdin is not None:
            # One that refuses the file listens no more, and its answer says why.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(self._request).encode() + b"\n")
                self._process.stdin.write(array("q", known()).tobytes())
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        following: str | None = ""
        while following is not None:
            kind, *answer = marshal.loads(self._answer())  # noqa: S302  from our own process
            if kind == "refused":
                code, values = answer
                raise refusal(code, **values)
            if kind == "failed":
                raise RuntimeError(f"reading failed: {answer[0]} at {answer[1]}")
            yield tuple(answer)
            following = answer[-1]

    def _answer(self) -> bytes:
        deadline = time.monotonic() + self._wait_seconds
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size, deadline))
        if length > LARGEST_ANSWER:
            raise refusal("file_too_heavy")
        return self._exactly(length, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        """Return that many bytes; a process that dies or dawdles was reading too heavy a file."""
        if self._process.stdout is None:
            raise refusal("file_too_heavy")
        pipe = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(pipe, select.POLLIN | select.POLLHUP)
        parts: list[bytes] = []
        while size:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise refusal("file_too_heavy")
            part = os.read(pipe, min(size, MEBIBYTE))
            if not part:
                raise refusal("file_too_heavy")
            size -= len(part)
            parts.append(part)
        return b"".join(parts)


def _widen(stream: IO[bytes] | None) -> None:
    """Let the reader run ahead while pages are worked on, as far as the system allows that."""
    with contextlib.suppress(AttributeError, OSError):
        if stream is not None:
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, MEBIBYTE)


def _row_of(cursor: str | None) -> int:
    """Return the last row of the page that a cursor stands for; 0 before the first."""
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9:
        raise refusal("file_cursor", field="cursor")
    return int(cursor)
