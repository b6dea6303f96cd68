"""What can be wrong with a file or a row, in English; SOS translates by code."""

from __future__ import annotations

from collections.abc import Mapping

from sos_core.api import InvalidInput, Notice, Rejection

ASK_EXCEL = "Open it in Excel, choose Save as, Excel Workbook (.xlsx), and upload that file."
COPY_ROWS = "Copy the rows with people into a new workbook or the template, and upload that file."

ERRORS: Mapping[str, tuple[str, str]] = {
    "file_empty": ("The file is empty.", "Save it once more in Excel and upload it again."),
    "file_too_large": (
        "The file is larger than {limit} MB.",
        COPY_ROWS,
    ),
    "file_type_unsupported": (
        "Files of the type {suffix} cannot be read.",
        "Save the file as Excel Workbook (.xlsx) or CSV (.csv) and upload that file.",
    ),
    "file_is_xls": ("This is a workbook of the old type .xls.", ASK_EXCEL),
    "file_encrypted": (
        "The workbook is protected by a password.",
        "Remove the password in Excel (File, Info, Protect Workbook) and upload it again.",
    ),
    "file_has_macros": (
        "The workbook contains macros or other active parts, which are not accepted.",
        ASK_EXCEL,
    ),
    "file_has_external_links": (
        "The workbook takes values from other files, which are not accepted.",
        "In Excel choose Data, Edit Links, Break Link, save it and upload it again.",
    ),
    "file_mismatch": (
        "The file is called {suffix} but contains something else.",
        ASK_EXCEL,
    ),
    "file_damaged": ("The file is damaged and cannot be read.", ASK_EXCEL),
    "file_unsafe": (
        "The workbook is built in a way that Excel does not use, and is refused for safety.",
        COPY_ROWS,
    ),
    "file_bomb": ("The workbook unpacks to far more than its size, and is refused.", COPY_ROWS),
    "file_too_heavy": (
        "The workbook takes too much memory or time to read; often a cell far away is filled.",
        COPY_ROWS,
    ),
    "file_too_many_rows": (
        "The file has more than {limit} rows of people.",
        "Split it, for example by business area, and upload the parts one by one.",
    ),
    "file_encoding": (
        "The letters in the file cannot be recognized.",
        "In Excel choose Save as, CSV UTF-8, and upload that file.",
    ),
    "file_header_missing": (
        "No row with headings such as Name and Email was found.",
        "Download the template, paste your people into it and upload it.",
    ),
    "file_columns_missing": (
        "These columns are missing: {columns}.",
        "Add them under these headings, or use the template, and upload the file again.",
    ),
    "file_without_people": (
        "The file has headings but no people below them.",
        "Fill in one row for each person and upload the file again.",
    ),
    "file_formulas_unsaved": (
        "The workbook has formulas whose results were never saved.",
        "Open the file in Excel, save it and upload it again.",
    ),
    "file_cursor": ("The place to go on from is unknown.", "Read the file from its beginning."),
}

REJECTIONS: Mapping[str, tuple[str, str]] = {
    "cell_formula_empty": (
        "Cell {cell} has a formula whose result was never saved.",
        "Open and save the file in Excel, or write the value instead of the formula.",
    ),
    "cell_error": ("Cell {cell} shows the error {value}.", "Correct the formula or the value."),
    "cell_date": (
        "Cell {cell} has a date or time where text belongs.",
        "Format the cell as text and write the value again.",
    ),
    "cell_not_text": (
        "Cell {cell} has {value} where text belongs.",
        "Format the cell as text and write the value again.",
    ),
    "cell_number_long": (
        "Cell {cell} has a number so long that Excel has rounded it.",
        "Format the cell as text and write the number again.",
    ),
    "cell_text_long": (
        "Cell {cell} has {length} characters; at most {limit} are possible.",
        "Shorten the text.",
    ),
    "cell_email": ("“{value}” is not an e-mail address.", "Write it as name@company.com."),
    "cell_user_type": (
        "“{value}” is not a user type.",
        "Write participant or viewer, or leave the cell empty.",
    ),
    "cell_leads": ("“{value}” does not say whether the person leads.", "Write yes or no."),
    "row_name_missing": ("The row has no name.", "Write the person's name, or empty the row."),
    "row_identity_missing": (
        "The row has neither an e-mail address nor an employee id.",
        "Write at least one of them.",
    ),
    "row_unit_gap": (
        "The row names {named} but not {missing}.",
        "Fill in {missing}, or empty the columns after it.",
    ),
    "row_leads_nothing": (
        "The row says that the person leads, but names no unit.",
        "Fill in the unit that the person leads.",
    ),
}

NOTICES: Mapping[str, str] = {
    "file_sheets_ignored": "Only the sheet {sheet} was read, not: {others}.",
    "file_columns_ignored": "These columns were not read: {columns}.",
    "file_column_twice": "Two columns hold the same: {used} was read, {ignored} was not.",
    "file_hidden_rows": "Hidden rows were read too: {rows}.",
    "file_merged_cells": "Merged cells were read as if each row had the value: {ranges}.",
    "file_example_ignored": "The example in row {row} was left out.",
    "file_manager_not_email": (
        "The column {column} holds something else than e-mail addresses in {count} rows; "
        "no manager was read there, first in row {row}."
    ),
}

RawRejection = tuple[str, int, str | None, str | None, dict[str, str]]
"""Code, row, column heading, sheet and values of a rejection, as it travels between processes."""

RawNotice = tuple[str, int | None, str | None, dict[str, str]]
"""Code, row, sheet and values of a notice, as it travels between processes."""


def refusal(code: str, *, field: str = "file", **values: object) -> InvalidInput:
    """Return the error that refuses a whole file; ``code`` is a key of ERRORS."""
    what, remedy = ERRORS[code]
    return InvalidInput(what, remedy, code=code, field=field, values=values)


def rejection(raw: RawRejection) -> Rejection:
    """Return the rejection of a row with its English sentences filled."""
    code, row, column, sheet, values = raw
    what, remedy = REJECTIONS[code]
    return Rejection(
        code=code,
        what=what.format_map(values),
        remedy=remedy.format_map(values),
        row=row,
        column=column,
        sheet=sheet,
        values=values,
    )


def notice(raw: RawNotice) -> Notice:
    """Return a notice with its English sentence filled."""
    code, row, sheet, values = raw
    return Notice(
        code=code, what=NOTICES[code].format_map(values), row=row, sheet=sheet, values=values
    )
