"""The quick way of whole columns answers as the careful way does row by row, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from sos_core.people.cleaning import Cleaner, Entries, Entry
from sos_core.people.units import UnitBook
from sos_core.records import PersonColumns, PersonRecord

PLAIN = PersonRecord(
    "Åsa Öst",
    "Asa.Ost@x.example",
    "E1",
    "sv",
    "viewer",
    "Boss@x.example",
    (("North", "A"),),
    None,
    2,
    "People",
)
TEXTS = st.one_of(
    st.sampled_from(
        ["", "Ann", "Ann  Öst", " Ann", "Ann ", "a|b", "a | b", "A\u030asa", "Å" * 201]
    ),
    st.text(max_size=12),
)
ADDRESSES = st.one_of(
    st.sampled_from(["", "ann@x.example", "ANN@x.example", "ann", "a b@x.example", "å@x.example"]),
    st.text(max_size=8).map(lambda text: f"{text}@x.example"),
    st.none(),
)
PATHS = st.lists(
    st.lists(st.sampled_from(["North", "A", " a ", "", "B"]), max_size=4).map(tuple), max_size=2
).map(tuple)
RECORDS = st.builds(
    PersonRecord,
    name=TEXTS,
    email=ADDRESSES,
    employee_id=st.none() | TEXTS,
    language=st.sampled_from([None, "", "sv", "Svenska", "xx"]),
    user_type=st.sampled_from([None, "participant", "viewer", "boss"]),
    manager_email=ADDRESSES,
    memberships=PATHS,
    leads=st.none() | PATHS,
    row=st.integers(1, 9),
    sheet=st.just("People"),
)


def book() -> UnitBook:
    return UnitBook((), 2)


def cleaned_plainly(
    cleaner: Cleaner, records: Sequence[PersonRecord], digests: list[int]
) -> Entries | None:
    columns = cleaner.clean_plain(records, digests)
    if columns is None:
        return None
    entries = Entries()
    entries.add(columns)
    return entries


def fields(entry: Entry) -> tuple[object, ...]:
    return tuple(getattr(entry, name) for name in Entry.__slots__)


def test_a_plain_page_is_taken() -> None:
    cleaner = Cleaner(book())
    entries = cleaned_plainly(cleaner, [PLAIN] * 3, [1, 2, 3])
    assert entries is not None
    assert [entry.digest for entry in entries] == [1, 2, 3]
    assert entries[0].email == "asa.ost@x.example"
    assert entries[0].manager == "boss@x.example"


def alone(record: PersonRecord) -> tuple[object, ...] | None:
    """Return the fields of a record that goes the careful way; None where it is rejected."""
    cleaner = Cleaner(book())
    found = cleaner.clean(record, 7)
    return fields(found) if isinstance(found, Entry) and not cleaner.notices else None


@settings(max_examples=400)
@given(RECORDS)
def test_one_record_is_taken_as_the_careful_way_takes_it(record: PersonRecord) -> None:
    quick = cleaned_plainly(Cleaner(book()), [record], [7])
    if quick is not None:
        assert [fields(entry) for entry in quick] == [alone(record)]


@given(st.lists(RECORDS, max_size=4), st.booleans())
def test_pages_are_taken_as_their_records_are(
    records: list[PersonRecord], in_columns: bool
) -> None:
    cleaner, careful = Cleaner(book()), Cleaner(book())
    page: Sequence[PersonRecord] = records
    if in_columns and records:
        page = PersonColumns(list(zip(*records, strict=True)))
        assert list(page) == records
        assert page[-1] == records[-1]
        assert list(page[1:]) == records[1:]
    quick = cleaned_plainly(cleaner, page, [7] * len(records))
    if quick is not None:
        found = [careful.clean(record, 7) for record in records]
        assert [fields(entry) for entry in quick] == [
            fields(entry) for entry in found if isinstance(entry, Entry)
        ]
        assert len(found) == len(quick)
        assert careful.notices == []
