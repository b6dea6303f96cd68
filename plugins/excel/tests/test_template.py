"""The file to fill in: complete in five languages, harmless, and read back without loss."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sos_excel.settings import ExcelSettings
from sos_excel.template import put
from sos_excel.vocabulary import EXAMPLE_EMAIL, FIELDS, LANGUAGES, folded, texts

from sos_core.api import InvalidInput

LEVELS = ("business_area", "region", "team")


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return "text" if isinstance(value, str) else "list"


def test_texts_have_the_same_shape_and_placeholders_in_every_language() -> None:
    english = texts("en")
    for language in LANGUAGES:
        own = texts(language)
        assert shape(dict(own)) == shape(dict(english))
        assert all(own["fields"][field] for field in FIELDS)
        assert "{sheet}" in own["template"]["help_intro"][0]
        assert "{n}" in own["level_number"]
        assert all(own["languages"][tag] for tag in LANGUAGES)


@pytest.mark.parametrize("group", ["fields", "levels", "languages", "user_types", "answers"])
def test_no_word_means_two_things(group: str) -> None:
    seen: dict[str, str] = {}
    for language in LANGUAGES:
        for key, words in texts(language)[group].items():
            for word in (key, *words):
                assert folded(word), word
                assert seen.setdefault(folded(word), key) == key, word


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_template(excel: Any, tmp_path: Path, read: Any, language: str) -> None:
    content = excel.template(LEVELS, language, ".xlsx")
    workbook = openpyxl.load_workbook(BytesIO(content))
    told = texts(language)["template"]
    people, help_sheet = workbook.worksheets
    assert (people.title, help_sheet.title) == (told["people_sheet"], told["help_sheet"])
    assert people.max_column == len(LEVELS) + 7
    lists = [choice.formula1 for choice in people.data_validations.dataValidation]
    assert len(lists) == 3
    assert all(len(formula) <= 255 for formula in lists)
    assert all(word in lists[2] for word in (texts(language)["answers"]["yes"][0],))
    assert people.freeze_panes == "A2"
    helped = {cell.value for row in help_sheet.iter_rows() for cell in row}
    assert {cell.value for cell in people[1]} <= helped
    filled = ["Industry", "North", "Aurora", "Ada", "ada@company.example", "007"]
    people.append([*filled, "Svenska", None, "boss@company.example"])
    people.append([*filled[:4], "bo@company.example"])
    people.cell(4, 10, texts(language)["answers"]["yes"][0])
    path = tmp_path / "filled.xlsx"
    workbook.save(path)
    result = read(path)
    assert [(p.name, p.employee_id, p.language) for p in result.people] == [
        ("Ada", "007", "sv"),
        ("Ada", None, None),
    ]
    assert result.people[1].leads == (("Industry", "North", "Aurora"),)
    assert result.notices["file_example_ignored"].row == 2
    assert set(result.notices) == {"file_example_ignored", "file_sheets_ignored"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_delimited_template(excel: Any, tmp_path: Path, read: Any, language: str) -> None:
    text = excel.template(LEVELS, language, ".csv").decode("utf-8-sig")
    separator = ";" if language in ("sv", "nb") else ","
    headings, example = csv.reader(StringIO(text), delimiter=separator)
    assert len(headings) == len(example) == len(LEVELS) + 7
    assert EXAMPLE_EMAIL in example
    path = tmp_path / "filled.csv"
    path.write_text(text + separator.join(["A", "B", "C", "Ada", "ada@company.example"]))
    assert [person.name for person in read(path).people] == ["Ada"]


def test_an_example_that_was_written_over_is_imported(
    excel: Any, tmp_path: Path, read: Any
) -> None:
    text = excel.template(LEVELS, "en", ".csv").decode("utf-8-sig")
    path = tmp_path / "filled.csv"
    path.write_text(text.replace(EXAMPLE_EMAIL, "kim@company.com"))
    assert [person.email for person in read(path).people] == ["kim@company.com"]


def test_level_names_of_the_organization_cannot_become_formulas(excel: Any) -> None:
    levels = ["=1+1", '@SUM(A1)"', "+cell"]
    workbook = openpyxl.load_workbook(BytesIO(excel.template(levels, "en", ".xlsx")))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert [cell.value for cell in workbook.worksheets[0][1][:3]] == levels
    headings = next(csv.reader(StringIO(excel.template(levels, "en", ".csv").decode("utf-8-sig"))))
    assert headings[:3] == ["'=1+1", "'@SUM(A1)\"", "'+cell"]


def test_put_survives_a_round_trip() -> None:
    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    put(sheet["A1"], "=HYPERLINK(1)")
    buffer = BytesIO()
    workbook.save(buffer)
    loaded: Any = openpyxl.load_workbook(BytesIO(buffer.getvalue())).active
    assert (loaded["A1"].value, loaded["A1"].data_type) == ("=HYPERLINK(1)", "s")


def test_own_level_words_are_kept_and_keys_are_worded(excel: Any) -> None:
    def headings(levels: list[str], language: str) -> list[str]:
        text = excel.template(levels, language, ".csv").decode("utf-8-sig").splitlines()[0]
        return text.split(";")[: len(levels)]

    assert headings(["business_area", "sales_cell"], "sv") == ["Affärsområde", "Sales cell"]
    assert headings(["Bolag", "Team"], "sv") == ["Bolag", "Team"]


def test_openpyxl_refuses_entities() -> None:
    assert openpyxl.DEFUSEDXML is True


def test_no_template_of_another_kind(excel: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        excel.template(LEVELS, "en", ".xls")
    assert caught.value.code == "file_type_unsupported"


def test_every_setting_explains_itself() -> None:
    fields = ExcelSettings.model_json_schema()["properties"]
    assert fields.keys() == ExcelSettings.model_fields.keys()
    for name, told in fields.items():
        assert told["title"], name
        assert told["description"].endswith("."), name
        assert "default" in told, name
