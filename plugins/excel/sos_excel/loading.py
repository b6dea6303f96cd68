"""Decodes a workbook on a thread of its own; imports next to nothing, so that it starts at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook


class Loading(threading.Thread):
    """Opens a workbook, and decodes its first visible sheet once that is asked for.

    The library lets go of the interpreter meanwhile, and panics with what is no ``Exception``.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path = path
        self._workbook: CalamineWorkbook | None = None
        self._sheets: dict[str, CalamineSheet] = {}
        self.names: list[str] = []
        self.all_names: list[str] = []
        self.failure: BaseException | None = None
        self.opened = threading.Event()
        self._asked = threading.Event()

    def decode(self) -> None:
        """Ask for the sheet, without waiting for it."""
        self._asked.set()

    def join(self, timeout: float | None = None) -> None:
        """Ask for the sheet and wait for it."""
        self.decode()
        super().join(timeout)

    def run(self) -> None:
        """Decode; what fails is kept in ``failure``."""
        try:
            self._open()
        except BaseException as failure:  # noqa: BLE001
            self.failure = failure
        self.opened.set()
        self._asked.wait()
        if self.names and self.failure is None:
            self.sheet(self.names[0])

    def sheet(self, name: str) -> CalamineSheet | None:
        """Return a decoded sheet; None where that failed, for the reason in ``failure``."""
        if name not in self._sheets and self._workbook is not None:
            self._sheets.clear()
            try:
                self._sheets[name] = self._workbook.get_sheet_by_name(name)
            except BaseException as failure:  # noqa: BLE001
                self.failure = failure
        return self._sheets.get(name)

    def _open(self) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        workbook = CalamineWorkbook.from_path(self._path)
        self._workbook, self.all_names = workbook, workbook.sheet_names
        self.names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
