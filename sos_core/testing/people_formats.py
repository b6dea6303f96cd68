"""What a format of people files must do: subclass once, and every test below is yours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sos_core.api import (
    InvalidInput,
    PeopleFileFormat,
    PeoplePage,
    PersonRecord,
    Rejection,
    SelectivePages,
)
from sos_core.testing.factories import LANGUAGES, LEVELS, person_record, sales_organization

if TYPE_CHECKING:
    import pytest

LARGEST_PAGE = 5000
SOME_PEOPLE = 40
MANY_PEOPLE = 6000


class PeopleFormatContract(ABC):
    """The contract of a ``PeopleFileFormat``; the subclass says how to write such files.

    ``class TestMyFormat(PeopleFormatContract)`` with the two methods below is all it takes.
    """

    levels: Sequence[str] = LEVELS

    @abstractmethod
    def people_format(self) -> PeopleFileFormat:
        """Return the format under test."""

    @abstractmethod
    def write(self, path: Path, people: Sequence[PersonRecord], levels: Sequence[str]) -> None:
        """Write a file of the kind that ``path`` ends with, one row a person, all fields told."""

    def read(self, path: Path, cursor: str | None = None) -> list[PeoplePage]:
        """Return the pages of a file."""
        return list(self.people_format().open(path, self.levels).pull(cursor))

    def file_of(self, folder: Path, people: Sequence[PersonRecord], suffix: str) -> Path:
        """Return a new file with ``people``."""
        path = folder / f"people{suffix}"
        self.write(path, people, self.levels)
        return path

    def long_file(self, shared: Path, suffix: str) -> Path:
        """Return a file of several pages, written once for all tests that need one."""
        path = shared / f"{type(self).__name__}-long{suffix}"
        if not path.exists():
            self.write(path, sales_organization(MANY_PEOPLE), self.levels)
        return path

    def refused(self, path: Path) -> InvalidInput:
        """Return the error that opening or reading the file ends with; fail where there is none."""
        try:
            pages = self.read(path)
        except InvalidInput as error:
            assert error.code != InvalidInput.code, "a refusal needs a code of its own"
            assert error.what, "a refusal says what is wrong"
            assert error.remedy, "a refusal says what to do"
            return error
        raise AssertionError(f"{path.name} was read as {pages!r:.200}")

    def test_is_a_format(self) -> None:
        people_format = self.people_format()
        assert isinstance(people_format, PeopleFileFormat)
        assert people_format.name
        assert people_format.suffixes
        assert all(suffix.startswith(".") for suffix in people_format.suffixes)
        assert all(suffix == suffix.lower() for suffix in people_format.suffixes)

    def test_people_come_back_as_they_were_written(self, tmp_path: Path) -> None:
        people = sales_organization(SOME_PEOPLE)
        for suffix in self.people_format().suffixes:
            pages = self.read(self.file_of(tmp_path, people, suffix))
            assert [without_place(record) for record in all_records(pages)] == people
            assert all_rejections(pages) == []

    def test_every_record_says_where_it_stands(self, tmp_path: Path) -> None:
        for suffix in self.people_format().suffixes:
            path = self.file_of(tmp_path, sales_organization(SOME_PEOPLE), suffix)
            rows = [record.row for record in all_records(self.read(path))]
            assert all(isinstance(row, int) and row > 0 for row in rows)
            assert len(set(rows)) == SOME_PEOPLE

    def test_twice_gives_the_same(self, tmp_path: Path) -> None:
        for suffix in self.people_format().suffixes:
            path = self.file_of(tmp_path, sales_organization(SOME_PEOPLE), suffix)
            source = self.people_format().open(path, self.levels)
            assert list(source.pull(None)) == list(source.pull(None))

    def test_pages_are_bounded_and_the_last_one_says_so(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        shared = tmp_path_factory.getbasetemp()
        for suffix in self.people_format().suffixes:
            pages = self.read(self.long_file(shared, suffix))
            assert len(all_records(pages)) == MANY_PEOPLE
            assert all(len(p.records) + len(p.rejections) <= LARGEST_PAGE for p in pages)
            assert [page.next_cursor is None for page in pages] == [False] * (len(pages) - 1) + [
                True
            ]

    def test_goes_on_from_a_cursor(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        shared = tmp_path_factory.getbasetemp()
        for suffix in self.people_format().suffixes:
            path = self.long_file(shared, suffix)
            first, *others = self.read(path)
            assert self.read(path, first.next_cursor) == others

    def test_pages_that_can_be_selective_leave_out_what_is_known(self, tmp_path: Path) -> None:
        people = sales_organization(SOME_PEOPLE)
        for suffix in self.people_format().suffixes:
            path = self.file_of(tmp_path, [*people, people[0]], suffix)
            pages = self.people_format().open(path, self.levels).pull(None)
            if not isinstance(pages, SelectivePages):
                continue
            everything = list(pages.without(set))
            digests = [digest for page in everything for digest in page.digests]
            assert len(digests) == len(all_records(everything)) == SOME_PEOPLE + 1
            assert len(set(digests)) == SOME_PEOPLE
            known = set(digests[::2])
            rest = list(pages.without(partial(set, known)))
            assert [digest for page in rest for digest in page.seen] == digests[:-1:2]
            # The row that comes again is no longer known: somebody has to look at it.
            assert all_records(rest) == all_records(everything)[1::2] + all_records(everything)[-1:]

    def test_may_be_left_in_the_middle(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        shared = tmp_path_factory.getbasetemp()
        for suffix in self.people_format().suffixes:
            path = self.long_file(shared, suffix)
            pages = iter(self.people_format().open(path, self.levels).pull(None))
            first = next(pages)
            del pages
            assert self.read(path)[0] == first

    def test_bad_rows_are_rejected_and_good_ones_survive(self, tmp_path: Path) -> None:
        good, nameless = person_record(1), person_record(2, name="")
        nobody = person_record(3, email=None, employee_id=None)
        addressless = person_record(4, email="no address")
        people = [good, nameless, nobody, addressless]
        for suffix in self.people_format().suffixes:
            pages = self.read(self.file_of(tmp_path, people, suffix))
            assert [without_place(record) for record in all_records(pages)] == [good]
            rejections = all_rejections(pages)
            assert len({rejection.row for rejection in rejections}) == 3
            for rejection in rejections:
                assert rejection.code
                assert rejection.what
                assert rejection.remedy
                assert rejection.column
                assert "{" not in rejection.what + rejection.remedy, "a value was not filled in"

    def test_template_in_every_language_holds_nobody(self, tmp_path: Path) -> None:
        for suffix in self.people_format().suffixes:
            for language in LANGUAGES:
                path = tmp_path / f"template-{language}{suffix}"
                path.write_bytes(self.people_format().template(self.levels, language, suffix))
                try:
                    assert all_records(self.read(path)) == []
                except InvalidInput as error:
                    assert error.remedy

    def test_no_template_of_a_foreign_kind(self) -> None:
        try:
            self.people_format().template(self.levels, "en", ".no-such-kind")
        except InvalidInput as error:
            assert error.remedy
        else:
            raise AssertionError("a template of an unknown kind was written")

    def test_empty_files_are_refused(self, tmp_path: Path) -> None:
        for suffix in self.people_format().suffixes:
            path = tmp_path / f"empty{suffix}"
            path.write_bytes(b"")
            self.refused(path)

    def test_files_of_another_kind_are_refused(self, tmp_path: Path) -> None:
        contents = {
            "zeros": bytes(4096),
            "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 16,
            "document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
            "archive": b"PK\x05\x06" + bytes(18),
            "prose": b"Dear colleagues,\n\nplease find attached what you asked for.\n",
        }
        for suffix in self.people_format().suffixes:
            for name, content in contents.items():
                path = tmp_path / f"{name}{suffix}"
                path.write_bytes(content)
                self.refused(path)

    def test_a_foreign_suffix_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "people.no-such-kind"
        path.write_bytes(b"Name,Email\nA,a@b.example\n")
        self.refused(path)


def without_place(record: PersonRecord) -> PersonRecord:
    """Return what a record says about the person, without where it stands."""
    return record._replace(row=None, sheet=None)


def all_records(pages: Sequence[PeoplePage]) -> list[PersonRecord]:
    """Return the people of all pages in their order."""
    return [record for page in pages for record in page.records]


def all_rejections(pages: Sequence[PeoplePage]) -> list[Rejection]:
    """Return the rejections of all pages in their order."""
    return [rejection for page in pages for rejection in page.rejections]
