"""Each kind of mess in a people file, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sos_core.api import InvalidInput

HEAD = ["business_area", "region", "team", "Name", "Email", "Employee ID"]
ADA = ["Industry", "North", "Aurora", "Ada", "ada@company.example", "7"]
BO = ["Industry", "North", "Aurora", "Bo", "bo@company.example", "8"]
PATH = ("Industry", "North", "Aurora")


@pytest.mark.parametrize(
    "headings",
    [
        ["Business area", "Region", "Team", "Full name", "E-mail address", "Employee no"],
        ["Affärsområde", "Region", "Avdelning", "Namn", "Mejl", "Anst.nr"],
        ["AFFÄRSOMRÅDE", "Område", "Grupp", "För- och efternamn", "E-post", "Anställningsnummer"],
        ["Forretningsområde", "Region", "Avdeling", "Navn", "E-postadresse", "Ansattnr"],
        ["业务领域", "地区", "团队", "姓名", "电子邮箱", "工号"],
        ["Eneo la biashara", "Kanda", "Timu", "Jina", "Barua pepe", "Namba ya mfanyakazi"],
        ["Level 1", "Level 2", "Level 3", "Name *", "Email (work)", "Employee #"],
        ["business_area", "region", "Unit", "Name", " e-MAIL ", "Employee\nID"],
    ],
)
def test_headings_in_five_languages_and_variants(read_rows: Any, headings: list[str]) -> None:
    (person,) = read_rows([headings, ADA]).people
    assert person[:3] == ("Ada", "ada@company.example", "7")
    assert person.memberships == (PATH,)


def test_chef_holds_addresses_or_is_left_out_with_a_notice(read_rows: Any) -> None:
    result = read_rows(
        [[*HEAD, "Chef"], [*ADA, "boss@company.example"], [*BO, "Bertil Boss"]],
    )
    assert [person.manager_email for person in result.people] == ["boss@company.example", None]
    assert result.notices["file_manager_not_email"].values == {
        "column": "Chef",
        "count": "1",
        "row": "3",
    }


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [("Ada", "Lovelace", "Ada Lovelace"), ("小明", "王", "王小明"), ("Plato", "", "Plato")],
)
def test_names_in_two_columns(read_rows: Any, first: str, last: str, whole: str) -> None:
    result = read_rows([["Förnamn", "Efternamn", "E-post"], [first, last, "a@company.example"]])
    assert [person.name for person in result.people] == [whole]


def test_other_order_and_extra_columns(read_rows: Any) -> None:
    result = read_rows(
        [
            ["Phone", "Email", "Team", "Region", "Name", "Business area", "Salary", "E-post"],
            [1, "ada@company.example", "Aurora", "North", "Ada", "Industry", 5.5, "x"],
        ]
    )
    assert result.people[0].memberships == (PATH,)
    assert result.notices["file_columns_ignored"].values == {"columns": "Phone, Salary"}
    assert result.notices["file_column_twice"].values == {"used": "Email", "ignored": "E-post"}


def test_title_rows_and_an_empty_first_column(read_rows: Any) -> None:
    rows = [["Staff 2026"], [], ["as of", date(2026, 1, 1)], [None, *HEAD], [None, *ADA]]
    (person,) = read_rows(rows).people
    assert (person.name, person.row, person.sheet) == ("Ada", 5, "Sheet")


def test_first_visible_sheet_with_headings_is_read(tmp_path: Path, read: Any) -> None:
    workbook = openpyxl.Workbook()
    notes: Any = workbook.active
    notes.title = "Notes"
    notes.append(["Please read me"])
    hidden = workbook.create_sheet("Old")
    hidden.sheet_state = "hidden"
    for title, row in (("North", ADA), ("South", BO)):
        sheet = workbook.create_sheet(title)
        sheet.append(HEAD)
        sheet.append(row)
    hidden.append(HEAD)
    hidden.append(BO)
    workbook["North"].row_dimensions[2].hidden = True
    workbook["South"]["A9"] = "=A1"
    workbook.save(tmp_path / "a.xlsx")
    result = read(tmp_path / "a.xlsx")
    assert [(person.name, person.sheet) for person in result.people] == [("Ada", "North")]
    values = result.notices["file_sheets_ignored"].values
    assert values == {"sheet": "North", "others": "Notes, South"}
    assert result.notices["file_hidden_rows"].values == {"rows": "2"}


def test_merged_units_are_filled_down(read_rows: Any) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("C2:C3")
        sheet.merge_cells("D7:E7")

    blank = [None, "North", None, "Bo", "bo@company.example", "8"]
    third = [None, "South", "Borealis", "Cy", "cy@company.example", "9"]
    result = read_rows([HEAD, ADA, blank, third, ["Trade", "East", "Delta", *BO[3:]]], merge)
    assert [person.memberships for person in result.people] == [
        (PATH,),
        (PATH,),
        (("Industry", "South", "Borealis"),),
        (("Trade", "East", "Delta"),),
    ]
    assert result.notices["file_merged_cells"].values == {"ranges": "A2:A4, C2:C3"}


def test_merges_across_pages(tmp_path: Path, read: Any) -> None:
    workbook = openpyxl.Workbook(write_only=False)
    sheet: Any = workbook.active
    sheet.append(HEAD)
    for number in range(4500):
        unit = ["Industry", "North", "Aurora"] if number == 0 else [None, None, None]
        sheet.append([*unit, f"P{number}", f"p{number}@company.example", None])
    for letter in "ABC":
        sheet.merge_cells(f"{letter}2:{letter}4501")
    workbook.save(tmp_path / "a.xlsx")
    assert {person.memberships for person in read(tmp_path / "a.xlsx").people} == {(PATH,)}


def test_numbers_become_text(read_rows: Any) -> None:
    result = read_rows([HEAD, [1, 2.0, 3.5, "Ada", None, 1042.0], ["A", "B", "C", "Bo", None, 0]])
    assert [person.employee_id for person in result.people] == ["1042", "0"]
    assert result.people[0].memberships == (("1", "2", "3.5"),)


def test_what_cannot_be_text_is_rejected_by_cell(read_rows: Any) -> None:
    rows = [
        HEAD,
        [*ADA[:2], date(2026, 4, 3), *ADA[3:]],
        [*ADA[:5], 12345678901234567890],
        [*ADA[:3], True, *ADA[4:]],
        [*ADA[:5], "=A1"],
        [*ADA[:3], "x" * 301, *ADA[4:]],
        BO,
    ]
    result = read_rows(rows)
    assert result.rejected == [
        ("cell_date", 2, "team"),
        ("cell_number_long", 3, "Employee ID"),
        ("cell_not_text", 4, "Name"),
        ("cell_formula_empty", 5, "Employee ID"),
        ("cell_text_long", 6, "Name"),
    ]
    assert [person.name for person in result.people] == ["Bo"]
    assert result.rejections[3].what == "Cell F5 has a formula whose result was never saved."
    assert "Open and save the file in Excel" in result.rejections[3].remedy


def test_formulas_with_a_saved_result_and_error_values(tmp_path: Path, raw: Any, read: Any) -> None:
    head = "".join(
        f'<c r="{c}1" t="inlineStr"><is><t>{t}</t></is></c>'
        for c, t in zip("ABC", ("Name", "Email", "Team"), strict=True)
    )
    rows = (
        f'<row r="1">{head}</row>'
        '<row r="2"><c r="A2" t="str"><f>B2&amp;""</f><v>Ada</v></c>'
        '<c r="B2" t="str"><f>1</f><v>a@company.example</v></c>'
        '<c r="C2" t="str"><f>""</f><v></v></c></row>'
        '<row r="3"><c r="A3" t="e"><f>VLOOKUP(1)</f><v>#N/A</v></c>'
        '<c r="B3" t="str"><v>b@company.example</v></c></row>'
        '<row r="4"><c r="A4"><f>A2</f></c><c r="B4" t="str"><v>c@company.example</v></c></row>'
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    for prefix in ("", "x:"):
        marked = rows.replace("</", "</" + prefix).replace("<", "<" + prefix)
        marked = marked.replace(f"<{prefix}/{prefix}", f"</{prefix}")
        name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
        sheet = (
            f'<{prefix}worksheet {name}="{space}"><{prefix}sheetData>{marked}'
            f"</{prefix}sheetData></{prefix}worksheet>"
        )
        path = tmp_path / f"formulas{len(prefix)}.xlsx"
        path.write_bytes(raw(sheet))
        result = read(path, ("team",))
        assert [(p.name, p.memberships) for p in result.people] == [("Ada", ())]
        assert result.rejected == [("cell_error", 3, "Name"), ("cell_formula_empty", 4, "Name")]
        assert result.rejections[0].values["value"] == "#N/A"


def test_problems_in_columns_that_are_not_read_do_not_matter(read_rows: Any) -> None:
    result = read_rows([[*HEAD, "Bonus"], [*ADA, "=F2*2"]])
    assert [person.name for person in result.people] == ["Ada"]


def test_blanks_around_and_below(read_rows: Any) -> None:
    rows = [HEAD, ["  Industry", "North ", "\u00a0Aurora\n", " Ada ", " Ada@Company.example ", 7]]
    result = read_rows([*rows, *[[None] * 6] * 3, [" ", "", None, "\t", None, None], [], BO])
    assert result.people[0][:3] == ("Ada", "Ada@Company.example", "7")
    assert result.people[0].memberships == (PATH,)
    assert [person.row for person in result.people] == [2, 8]
    assert result.rejections == []


def test_hidden_rows_are_read_and_named(read_rows: Any) -> None:
    def hide(sheet: Any) -> None:
        for row in (2, 3, 4, 6):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["F"].hidden = True

    result = read_rows([HEAD, *[ADA] * 6], hide)
    assert len(result.people) == 6
    assert result.notices["file_hidden_rows"].values == {"rows": "2–4, 6"}


def test_names_in_other_scripts_are_left_alone(read_rows: Any) -> None:
    names = [
        "ליאור כהן",
        "سارة حداد",
        "王小明",
        "Nguyễn Thị Minh Khai",
        "O'Brien-Ðæ",
        "\u202bעדי\u202c",
    ]
    result = read_rows([HEAD, *([*ADA[:3], name, *ADA[4:]] for name in names)])
    assert [person.name for person in result.people] == names


def test_units_above_may_not_be_left_out(read_rows: Any) -> None:
    rows = [["Trade", None, None], ["Trade", "East", None], ["Trade", None, "X"], [None] * 3]
    result = read_rows([HEAD, *([*units, *ADA[3:]] for units in rows)])
    assert [person.memberships for person in result.people] == [
        (("Trade",),),
        (("Trade", "East"),),
        (),
    ]
    assert result.rejected == [("row_unit_gap", 4, "region")]


def test_languages_types_and_leaders_in_many_words(read_rows: Any) -> None:
    head = [*HEAD, "Språk", "User type", "Leads"]
    said = [
        ("Svenska", "Deltagare", "ja"),
        ("zh-CN", "查看者", "是"),
        ("English (US)", "VIEWER", True),
        ("nb_NO", None, None),
        ("Klingon", "participant", "hapana"),
    ]
    result = read_rows([head, *([*ADA, *words] for words in said)])
    told = [(p.language, p.user_type, p.leads) for p in result.people]
    assert told == [
        ("sv", "participant", (PATH,)),
        ("zh-Hans", "viewer", (PATH,)),
        ("English (US)", "viewer", (PATH,)),
        ("nb", None, None),
        ("Klingon", "participant", ()),
    ]


def test_words_that_nobody_understands_are_rejected(read_rows: Any) -> None:
    head = [*HEAD, "User type", "Leads"]
    rows = [[*ADA, "guru", None], [*ADA, None, "maybe"], [None] * 3 + [*ADA[3:], None, "yes"]]
    assert read_rows([head, *rows]).rejected == [
        ("cell_user_type", 2, "User type"),
        ("cell_leads", 3, "Leads"),
        ("row_leads_nothing", 4, "Leads"),
    ]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["Hello"], ["World"]], "file_header_missing"),
        ([], "file_header_missing"),
        ([HEAD], "file_without_people"),
        ([["Name", "Team", "Phone"], ["Ada", "Aurora", "1"]], "file_columns_missing"),
        ([["Name", "Email", "Team"], ["Ada", "a@b.example", "Aurora"]], "file_columns_missing"),
    ],
)
def test_sheets_without_what_is_needed(
    read_rows: Callable[..., Any], rows: list[list[str]], code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_rows(rows)
    assert caught.value.code == code
    assert caught.value.remedy
