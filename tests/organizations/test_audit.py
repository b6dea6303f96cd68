"""Deeds are numbered and sealed in their own transaction, whoever writes at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.organizations.audit import give_audit_keys, record
from sos_core.organizations.audit_queries import (
    AuditFilter,
    Verdict,
    all_audit_entries,
    audit_entries,
    audit_verbs,
    verify_audit,
)
from sos_core.organizations.commands import create_organization
from sos_core.organizations.heads import HeadBook
from sos_core.organizations.key_ring import KeyRing
from sos_core.organizations.tables import AuditEntry, AuditHead
from tests.conftest import AUDIT_KEYS

OTHER = KeyRing((b"x" * 32, *AUDIT_KEYS.keys))


def write(database: Database, organization_id: int, clock: ManualClock, *verbs: str) -> None:
    for verb in verbs:
        with database.write(organization_id) as session:
            record(session, actor="account:1", verb=verb, subject="x:1", now=clock())


def verdict(database: Database, organization_id: int, ring: KeyRing = AUDIT_KEYS) -> Verdict:
    with database.read(organization_id) as session:
        return verify_audit(session, ring, {})


def sequences(database: Database, organization_id: int) -> list[int]:
    with database.read(organization_id) as session:
        return [entry.sequence for entry in all_audit_entries(session)]


def test_each_organization_has_a_chain_of_its_own(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    with database.write(None) as session:
        other = create_organization(
            session, name="Bolt", language="en", time_zone="Europe/Oslo", now=clock()
        )
    for _ in range(2):
        write(database, organization_id, clock, "a", "b")
        write(database, other, clock, "c")
    assert sequences(database, organization_id) == [1, 2, 3, 4]
    assert sequences(database, other) == [1, 2]
    for one, count in ((organization_id, 4), (other, 2)):
        assert verdict(database, one) == Verdict(one, count, None)


def test_an_undone_transaction_leaves_no_gap(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    write(database, organization_id, clock, "a")
    with pytest.raises(ValueError, match="undone"), database.write(organization_id) as session:
        record(session, actor="x", verb="b", subject="x:1", now=clock())
        raise ValueError("undone")
    with database.write(organization_id) as session:
        record(session, actor="x", verb="c", subject="x:1", now=clock())
        with session.begin_nested() as savepoint:
            record(session, actor="x", verb="d", subject="x:1", now=clock())
            savepoint.rollback()
        with session.begin_nested():
            record(session, actor="x", verb="e", subject="x:1", now=clock())
    with database.read(organization_id) as session:
        assert [entry.verb for entry in all_audit_entries(session)] == ["a", "e", "c"]
    assert verdict(database, organization_id).broken is None


def test_writers_at_the_same_time_leave_no_gap(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    together = threading.Barrier(4, timeout=60)

    def deeds(number: int) -> None:
        together.wait()
        for _ in range(5):
            with database.write(organization_id) as session:
                for verb in ("a", "b"):
                    record(session, actor=f"x:{number}", verb=verb, subject="x", now=clock())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deeds, range(4)))
    assert sequences(database, organization_id) == list(range(1, 41))
    assert verdict(database, organization_id) == Verdict(organization_id, 40, None)


def test_a_new_key_seals_on_where_the_old_one_ended(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    write(database, organization_id, clock, "a")
    give_audit_keys(database, lambda: OTHER)
    write(database, organization_id, clock, "b")
    assert verdict(database, organization_id, OTHER).broken is None
    gone = verdict(database, organization_id, KeyRing(OTHER.keys[:1])).broken
    assert gone is not None
    assert (gone.sequence, gone.why) == (1, "unknown_key")


@pytest.mark.parametrize("role", ["database", "owner_database", "whole_database"])
def test_the_database_refuses_changes(
    database: Database,
    organization_id: int,
    clock: ManualClock,
    role: str,
    request: pytest.FixtureRequest,
) -> None:
    write(database, organization_id, clock, "a", "b")
    writer: Database = request.getfixturevalue(role)
    for statement in (
        update(AuditEntry).values(actor="nobody"),
        delete(AuditEntry),
        text("UPDATE audit_entry SET verb = 'c'"),
        text("DELETE FROM audit_entry WHERE sequence = 2"),
    ):
        with (
            pytest.raises(DBAPIError, match=r"only added to|permission denied"),
            writer.write(organization_id) as session,
        ):
            session.execute(statement)
    assert verdict(database, organization_id) == Verdict(organization_id, 2, None)


def test_entries_from_before_the_chain_are_covered_by_the_first_seal(
    sqlite_database: Database, clock: ManualClock
) -> None:
    with sqlite_database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="Europe/Oslo", now=clock()
        )
    with sqlite_database.write(organization_id) as session:
        for number in (1, 2):
            session.add(
                AuditEntry(
                    sequence=number, actor="x", verb="old", subject="x", at=clock(), details={}
                )
            )
    assert verdict(sqlite_database, organization_id) == Verdict(organization_id, 2, None)
    write(sqlite_database, organization_id, clock, "new")
    assert verdict(sqlite_database, organization_id) == Verdict(organization_id, 3, None)
    with sqlite_database.write(organization_id) as session:
        session.execute(text("DROP TRIGGER audit_entry_is_kept_update"))
        session.execute(text("UPDATE audit_entry SET actor = 'y' WHERE sequence = 1"))
    broken = verdict(sqlite_database, organization_id).broken
    assert broken is not None
    assert (broken.sequence, broken.why) == (3, "changed")


def test_a_cut_tail_is_seen_by_the_heads_that_were_written_down(
    sqlite_database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    with sqlite_database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="Europe/Oslo", now=clock()
        )
    book = HeadBook(tmp_path / "audit-heads")
    book.sweep(sqlite_database, clock())
    assert book.read(organization_id) == {}
    write(sqlite_database, organization_id, clock, "a", "b", "c")
    book.sweep(sqlite_database, clock())  # within the hour
    assert book.read(organization_id) == {}
    clock.set(clock() + timedelta(hours=1))
    for _ in range(2):
        book.sweep(sqlite_database, clock())
    written = book.read(organization_id)
    assert list(written) == [3]
    with sqlite_database.write(organization_id) as session:
        session.execute(text("DROP TRIGGER audit_entry_is_kept_delete"))
        session.execute(text("DELETE FROM audit_entry WHERE sequence = 3"))
        last = audit_entries(session, limit=1)[0]
        entry = session.query(AuditEntry).filter_by(sequence=last.sequence).one()
        session.execute(update(AuditHead).values(sequence=2, mac=entry.mac))
    with sqlite_database.read(organization_id) as session:
        assert verify_audit(session, AUDIT_KEYS, {}).broken is None
        broken = verify_audit(session, AUDIT_KEYS, written).broken
    assert broken is not None
    assert (broken.sequence, broken.why) == (3, "cut")


def test_an_unfinished_line_of_heads_counts_for_nothing(tmp_path: Path) -> None:
    book = HeadBook(tmp_path)
    whole = '{"at": "2026-03-02", "sequence": 4, "mac": "00ff"}'
    (tmp_path / "7.jsonl").write_text(f"\n{whole}\n{whole[:30]}\n{whole}", encoding="ascii")
    assert book.read(7) == {4: b"\x00\xff"}
    assert book.read(8) == {}


def test_pages_and_filters(database: Database, organization_id: int, clock: ManualClock) -> None:
    begin = clock()
    for number in range(7):
        clock.set(begin + timedelta(minutes=number))
        with database.write(organization_id) as session:
            record(
                session,
                actor=f"account:{number % 2}",
                verb="abc"[number % 3],
                subject=f"x:{number}",
                now=clock(),
                details={"person": number},
            )
    with database.read(organization_id) as session:
        first = audit_entries(session, limit=3)
        assert [entry.sequence for entry in first] == [7, 6, 5]
        assert first[0].details == {"person": 6}
        rest = audit_entries(session, before=5)
        assert [entry.sequence for entry in rest] == [4, 3, 2, 1]
        for wanted, found in (
            (AuditFilter(verbs=("a",)), [7, 4, 1]),
            (AuditFilter(verbs=("a", "b"), actor="account:1"), [4, 2]),
            (AuditFilter(subject="x:2"), [3]),
            (AuditFilter(since=begin + timedelta(minutes=5)), [7, 6]),
            (AuditFilter(until=begin + timedelta(minutes=1)), [1]),
        ):
            assert [entry.sequence for entry in audit_entries(session, wanted)] == found
        assert audit_verbs(session) == ["a", "b", "c"]


def test_without_keys_nothing_is_recorded(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    database.carry("audit_keys", None)
    with pytest.raises(RuntimeError, match="audit keys"):
        write(database, organization_id, clock, "a")
    assert sequences(database, organization_id) == []
