"""The file to fill in: a styled workbook with choices, an example and help, or a plain CSV file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from sos_core.api import Misconfigured
from sos_excel.delimited import defuse
from sos_excel.vocabulary import EXAMPLE_EMAIL, LANGUAGES, folded, level_kinds, texts

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

CHOICE_ROWS = 20_000
EXAMPLE_ROW = 2
EXAMPLE_MANAGER = "robin.example@company.example"
EXAMPLE_ID = "001042"
SEMICOLON_LANGUAGES = ("sv", "nb")
"""Where Excel expects semicolons in a CSV file, since the comma separates decimals."""

INK, PAPER, ACCENT, PALE, QUIET = "1F2933", "FFFFFF", "1F5A7A", "EAF2F7", "6B7785"


@dataclass(frozen=True)
class Column:
    """One column of the template: heading, help, whether it is needed, example and choices."""

    heading: str
    help: str
    needed: str
    example: str
    width: int
    choices: tuple[str, ...] = ()


def template_columns(levels: Sequence[str], language: str) -> list[Column]:
    """Return the columns of the template in their order: the levels, then the person."""
    words = texts(language)
    told = words["template"]
    endonyms = tuple(texts(name)["languages"][name][0] for name in LANGUAGES)
    types = (words["user_types"]["participant"][0], words["user_types"]["viewer"][0])
    answers = (words["answers"]["yes"][0], words["answers"]["no"][0])
    own = language if language in LANGUAGES else LANGUAGES[0]
    fields: tuple[tuple[str, str, str, int, tuple[str, ...]], ...] = (
        ("name", "needed", told["example_name"], 26, ()),
        ("email", "one_of", EXAMPLE_EMAIL, 34, ()),
        ("employee_id", "one_of", EXAMPLE_ID, 20, ()),
        ("language", "optional", texts(own)["languages"][own][0], 15, endonyms),
        ("user_type", "optional", types[0], 16, types),
        ("manager_email", "optional", EXAMPLE_MANAGER, 34, ()),
        ("leads", "optional", answers[1], 17, answers),
    )
    columns = [
        Column(
            words["fields"][key][0],
            told["help"][key],
            told[needed],
            example,
            width,
            choices,
        )
        for key, needed, example, width, choices in fields
    ]
    return [_level_column(level, language) for level in levels] + columns


def delimited_template(levels: Sequence[str], language: str) -> bytes:
    """Return the template as CSV: headings and the example, with the separator Excel expects."""
    columns = template_columns(levels, language)
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if language in SEMICOLON_LANGUAGES else ",")
    writer.writerow([defuse(column.heading) for column in columns])
    writer.writerow([defuse(column.example) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def workbook_template(levels: Sequence[str], language: str) -> bytes:
    """Return the template as a workbook; raise Misconfigured without defusedxml."""
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise Misconfigured(
            "The library defusedxml is missing, without which workbooks are not safe to handle.",
            "Install it beside openpyxl and start again.",
            code="defusedxml_missing",
        )
    told = texts(language)["template"]
    columns = template_columns(levels, language)
    workbook = openpyxl.Workbook()
    people: Any = workbook.active
    people.title = told["people_sheet"]
    _fill_people(people, columns, told)
    _fill_help(workbook.create_sheet(told["help_sheet"]), columns, told)
    workbook.properties.creator = "SOS"
    workbook.properties.title = told["people_sheet"]
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def put(cell: Cell, text: str) -> None:
    """Write ``text`` as text, even where it begins like a formula."""
    cell.value = text
    cell.data_type = "s"


def _level_column(level: str, language: str) -> Column:
    words = texts(language)
    kind = level_kinds().get(folded(level))
    plain = level.replace("_", " ").strip()
    # A level that the organization has worded itself keeps its words; a key gets the reader's.
    worded = plain != level.strip() or level.islower()
    known = words["levels"][kind][0] if kind and worded else ""
    heading = known or plain[:1].upper() + plain[1:]
    told = words["template"]
    example = told["example_units"].get(kind) or told["example_unit"].format(level=heading)
    return Column(heading, told["help"]["level"], told["optional"], example, 24)


def _fill_people(sheet: Worksheet, columns: Sequence[Column], told: dict[str, Any]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    line = Border(bottom=Side(style="thin", color="D5DEE5"))
    for position, column in enumerate(columns, 1):
        letter = get_column_letter(position)
        dimension = sheet.column_dimensions[letter]
        dimension.width = max(column.width, len(column.heading) + 6)
        # Text format keeps leading zeros of employee ids and stops Excel from making dates.
        dimension.number_format = "@"
        dimension.font = Font(name="Calibri", size=11, color=INK)
        heading: Any = sheet.cell(1, position)
        put(heading, column.heading)
        heading.font = Font(name="Calibri", size=11, bold=True, color=PAPER)
        heading.fill = PatternFill("solid", fgColor=ACCENT)
        heading.alignment = Alignment(vertical="center", indent=1)
        heading.comment = Comment(column.help, "SOS", width=320, height=110)
        example: Any = sheet.cell(EXAMPLE_ROW, position)
        put(example, column.example)
        example.font = Font(name="Calibri", size=11, italic=True, color=QUIET)
        example.fill = PatternFill("solid", fgColor=PALE)
        example.alignment = Alignment(vertical="center", indent=1)
        example.border = line
        example.number_format = "@"
        if column.choices:
            _offer(sheet, letter, column, told)
    note: Any = sheet.cell(EXAMPLE_ROW, 1)
    note.comment = Comment(told["example_note"], "SOS", width=320, height=80)
    sheet.row_dimensions[1].height = 26
    sheet.row_dimensions[EXAMPLE_ROW].height = 20
    sheet.freeze_panes = "A2"
    sheet.sheet_view.zoomScale = 110
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.sheet_properties.tabColor = ACCENT


def _offer(sheet: Worksheet, letter: str, column: Column, told: dict[str, Any]) -> None:
    """Give a column a drop-down; other words that mean the same are accepted at import too."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = DataValidation(
        type="list",
        formula1='"' + ",".join(column.choices) + '"',
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="warning",
        errorTitle=told["choose"],
        error=told["choose_text"],
        promptTitle=column.heading[:32],
        prompt=column.help[:255],
        showInputMessage=True,
    )
    choices.add(f"{letter}{EXAMPLE_ROW}:{letter}{CHOICE_ROWS}")
    sheet.add_data_validation(choices)


def _fill_help(sheet: Worksheet, columns: Sequence[Column], told: dict[str, Any]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.properties import PageSetupProperties

    top = Alignment(vertical="top", wrap_text=True)
    line = Border(bottom=Side(style="thin", color="D5DEE5"))
    for letter, width in zip("ABCD", (28, 26, 78, 34), strict=True):
        sheet.column_dimensions[letter].width = width
    title: Any = sheet.cell(1, 1)
    put(title, told["help_title"])
    title.font = Font(name="Calibri", size=18, bold=True, color=ACCENT)
    sheet.row_dimensions[1].height = 30
    row = 2
    for text in (*told["help_intro"], told["example_note"]):
        cell: Any = sheet.cell(row, 1)
        put(cell, text.format(sheet=told["people_sheet"]))
        cell.font = Font(name="Calibri", size=11, color=INK)
        row += 1
    row += 1
    for position, text in enumerate(told["help_columns"], 1):
        head: Any = sheet.cell(row, position)
        put(head, text)
        head.font = Font(name="Calibri", size=11, bold=True, color=PAPER)
        head.fill = PatternFill("solid", fgColor=ACCENT)
    for column in columns:
        row += 1
        told_cells = (column.heading, column.needed, column.help, column.example)
        for position, text in enumerate(told_cells, 1):
            cell = sheet.cell(row, position)
            put(cell, text)
            cell.font = Font(name="Calibri", size=11, bold=position == 1, color=INK)
            cell.alignment = top
            cell.border = line
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
