"""An export shows everything that refers to a person, and to others nothing of who has finished."""

from __future__ import annotations

import json

from sqlalchemy import Table, select

from sos_core import application
from sos_core.access.tables import Account
from sos_core.content import LANGUAGES, catalog
from sos_core.database import Base
from sos_core.organizations.audit_queries import audit_entries
from sos_core.personal_data.coverage import LEFT_OUT, SHOWN
from sos_core.personal_data.document import as_json, as_page
from sos_core.personal_data.holding import SECTIONS
from sos_core.surveys.tables import Reminder
from tests.personal_data.history import History, Known

PEOPLE = {"person", "account"}
TELLING = {
    "person_id",
    "account_id",
    "manager_id",
    "email",
    "email_key",
    "address",
    "actor",
    "created_by",
    "decided_by",
    "undone_by",
}
"""Names of columns that hold a person, an account or an address without a foreign key."""


WHOLE = application.Application
"""Importing it has mapped every table of the product."""


def refers_to_people(table: Table) -> bool:
    targets = {key.column.table.name for key in table.foreign_keys}
    return bool(targets & PEOPLE) or bool(TELLING & set(table.columns.keys()))


def test_every_table_that_refers_to_people_is_shown_or_left_out_with_a_reason() -> None:
    assert WHOLE
    found = {name for name, table in Base.metadata.tables.items() if refers_to_people(table)}
    assert found - SHOWN.keys() - LEFT_OUT.keys() == set()
    assert SHOWN.keys() & LEFT_OUT.keys() == set()
    assert (SHOWN.keys() | LEFT_OUT.keys()) - Base.metadata.tables.keys() == set()
    assert set(SHOWN.values()) <= set(SECTIONS)


def with_account(history: History) -> Known:
    with history.read() as session:
        held = set(session.scalars(select(Account.person_id)))
    return next(known for known in history.people if known.id in held)


def test_a_person_gets_everything(history: History) -> None:
    known = with_account(history)
    data = history.export(known, own=True)
    assert set(data.sections) == set(SECTIONS)
    for section in ("person", "accounts", "surveys", "mails", "mail_files", "plans", "audit"):
        assert data.sections[section], section
    assert {row["finished"] for row in data.sections["surveys"]} <= {True, False}
    assert data.sections["person"][0]["email"] == known.email


def test_others_are_not_told_who_finished(history: History) -> None:
    known = history.people[2]
    with history.write() as session:
        session.add(
            Reminder(survey_id=history.open, person_id=known.id, step="reminder_1", state="sent")
        )
    told = history.export(known, own=False)
    assert all("finished" not in row for row in told.sections["surveys"])
    assert {row["step"] for row in told.sections["mails"]} == {"invitation"}
    assert {"mail_files", "jobs"} & set(told.sections) == set()
    own = history.export(known, own=True)
    assert "reminder_1" in {row["step"] for row in own.sections["mails"]}


def test_nothing_secret_is_handed_out(history: History) -> None:
    with history.read() as session:
        accounts = session.scalars(select(Account)).all()
    known = with_account(history)
    written = as_json(history.export(known, own=True)).decode()
    for account in accounts:
        assert account.password_hash is None or account.password_hash not in written
    assert "hash" not in written
    assert "/s/" not in written


def test_an_export_is_logged(history: History) -> None:
    known = history.people[1]
    history.export(known, own=False)
    with history.read() as session:
        latest = audit_entries(session, limit=1)[0]
    assert (latest.verb, latest.subject) == ("person.exported", f"person:{known.id}")
    assert latest.details == {"own": False}


def test_an_export_names_nobody_else(history: History) -> None:
    known = history.people[2]
    written = as_json(history.export(known, own=True)).decode()
    others = {other.name for other in history.people if other is not known}
    assert {name for name in others if name in written} == set()


def test_both_files_read_in_every_language(history: History) -> None:
    known = with_account(history)
    data = history.export(known, own=True)
    assert json.loads(as_json(data))["held"]["person"][0]["name"] == known.name
    for language in LANGUAGES:
        page = as_page(data, language)
        assert f'lang="{language}"' in page
        assert known.email in page
        assert "<script" not in page


def test_words_are_escaped(history: History) -> None:
    data = history.export(history.people[2], own=True)
    data.sections["person"][0]["name"] = "<b>Ann</b> & Co"
    assert "<b>Ann" not in as_page(data, "en")


def test_every_field_has_a_name(history: History) -> None:
    known = with_account(history)
    data = history.export(known, own=True)
    fields = {name for rows in data.sections.values() for row in rows for name in row}
    assert {name for name in fields if f"personal_data.field.{name}" not in catalog("en")} == set()
