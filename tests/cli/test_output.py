"""What commands print: whole lines for programs, whatever the screen is."""

from __future__ import annotations

import pytest

from sos_core.cli.output import print_table


def test_a_table_in_a_file_has_one_line_a_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    words = "word " * 60
    print_table(["A", "B"], [(words.strip(), 1), (None, 2)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].split() == [*["word"] * 60, "1"]
