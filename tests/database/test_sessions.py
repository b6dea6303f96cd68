"""A session sees one organization and nothing of any other."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.session import OrganizationMismatch
from sos_core.organizations.audit import record
from sos_core.organizations.commands import create_organization
from sos_core.organizations.tables import AuditEntry


@pytest.fixture
def two(database: Database, clock: ManualClock) -> tuple[int, int]:
    ids = []
    for name in ("Acme", "Bolt"):
        with database.write(None) as session:
            ids.append(
                create_organization(
                    session, name=name, language="sv", time_zone="Europe/Oslo", now=clock()
                )
            )
        with database.write(ids[-1]) as session:
            record(session, actor=name, verb="created", subject="organization", now=clock())
    return ids[0], ids[1]


def test_reads_only_own_rows(database: Database, two: tuple[int, int]) -> None:
    for organization_id, name in zip(two, ("Acme", "Bolt"), strict=True):
        with database.read(organization_id) as session:
            assert [row.actor for row in session.scalars(select(AuditEntry))] == [name]
            assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_get_of_a_foreign_row_finds_nothing(database: Database, two: tuple[int, int]) -> None:
    with database.read(two[1]) as session:
        foreign = session.scalars(select(AuditEntry)).one().id
    with database.read(two[0]) as session:
        assert session.get(AuditEntry, foreign) is None


def test_refuses_to_write_a_foreign_row(
    database: Database, two: tuple[int, int], clock: ManualClock
) -> None:
    with pytest.raises(OrganizationMismatch), database.write(two[0]) as session:
        session.add(
            AuditEntry(
                organization_id=two[1], actor="x", verb="x", subject="x", at=clock(), details={}
            )
        )


def test_refuses_owned_tables_without_an_organization(
    database: Database, two: tuple[int, int]
) -> None:
    with pytest.raises(OrganizationMismatch), database.read(None) as session:
        session.scalars(select(AuditEntry)).all()
