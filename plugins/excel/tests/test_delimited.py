"""CSV files: separators, encodings, ragged rows, formulas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sos_excel.delimited import TRIGGERS, defuse, encoding_of

from sos_core.api import InvalidInput

WESTERN = ("Namn", "E-post", "Team"), ("Åsa Öberg", "asa@company.example", "Söder")
CHINESE = ("姓名", "电子邮箱", "团队"), ("王小明", "wang@company.example", "晨曦团队")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "rows"),
    [
        ("utf-8", WESTERN),
        ("utf-8-sig", CHINESE),
        ("utf-16", CHINESE),
        ("utf-16-le", WESTERN),
        ("utf-16-be", CHINESE),
        ("cp1252", WESTERN),
        ("gb18030", CHINESE),
    ],
)
def test_separators_and_encodings(
    tmp_path: Path, read: Any, separator: str, encoding: str, rows: Any
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    (person,) = read(path, ("team",)).people
    assert (person.name, person.email, person.memberships) == (*rows[1][:2], ((rows[1][2],),))
    assert (person.row, person.sheet) == (2, None)


def test_quotes_ragged_rows_blank_lines_and_an_excel_hint(tmp_path: Path, read: Any) -> None:
    path = tmp_path / "people.CSV"
    path.write_text(
        "sep=;\nName;Email;Team;Phone\n"
        '"Berg; Ada";a@company.example;"The ""A"" team";1\n'
        "\n"
        "Bo;b@company.example\n"
        '"Two\nlines";c@company.example;C;2;3;4\n'
        ";;;\n"
    )
    result = read(path, ("team",))
    assert [(p.name, p.memberships, p.row) for p in result.people] == [
        ("Berg; Ada", (('The "A" team',),), 3),
        ("Bo", (), 5),
        ("Two\nlines", (("C",),), 6),
    ]
    assert result.rejections == []


def test_defused_cells_come_back_as_they_were(tmp_path: Path, read: Any) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Email\n'=cmd|calc,a@company.example\n'Tilde,b@company.example\n")
    assert [person.name for person in read(path).people] == ["=cmd|calc", "'Tilde"]


@given(st.text(max_size=20))
def test_no_defused_text_can_run(text: str) -> None:
    assert defuse(text)[:1] not in TRIGGERS or not text
    assert defuse(text).removeprefix("'") == text.removeprefix("'") or text[:1] == "'"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1))
def test_utf8_is_never_mistaken(text: str) -> None:
    assert encoding_of(text.encode()).startswith("utf-8") or text[0] in "\ufffe\ufeff"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n", "file_empty"),
        (b"Name,Email\n", "file_without_people"),
        (b"hello\nworld\n", "file_header_missing"),
        (b"Name;Team\nAda;1\n", "file_columns_missing"),
        (b"Name,Email\nAda,\x81\x8d\xff@company.example\n", "file_encoding"),
        (b'Name,Email\n"' + b"x" * 200_000 + b'",a@company.example\n', "file_damaged"),
        (b"PK\x03\x04" + bytes(60), "file_mismatch"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_mismatch"),
    ],
)
def test_what_is_no_list_of_people(tmp_path: Path, read: Any, content: bytes, code: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        read(path)
    assert caught.value.code == code
