"""New keys for stored secrets; every step can be repeated after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Mapper

from sos_core.database import Base, Database, OfOrganization
from sos_core.database.session import OrganizationSession
from sos_core.organizations.queries import organizations
from sos_core.organizations.secrets import ENCRYPTED, INSTALLATION, Vault
from sos_core.organizations.tables import DataKey


def rotate_wrapping_key(database: Database, vault: Vault) -> int:
    """Wrap every data key with a new key, then forget the old one; return how many were wrapped.

    A rotation that was broken off is finished instead of begun anew: until all data keys are
    wrapped, the file holds both keys. Where the keys are a setting, the first one named there is
    the new one, and the caller's to forget is the old.
    """
    file = vault.key_file
    if not file.is_given and len(file.load().keys) == 1:
        file.add()
    with database.write(None) as session:
        wrapped = vault.wrap_anew(session)
    if not file.is_given:
        file.keep_current()
    return wrapped


def rotate_data_keys(database: Database, vault: Vault) -> int:
    """Encrypt every secret under new data keys, an organization a transaction; return how many.

    Broken off, some organizations have new keys and some have not; all can be read.
    """
    with database.read(None) as session:
        holders = [INSTALLATION, *(view.id for view in organizations(session))]
    changed = 0
    for holder in holders:
        with database.write(holder or None) as session:
            changed += _renew(session, vault, holder)
    return changed


def _renew(session: OrganizationSession, vault: Vault, holder: int) -> int:
    query = select(DataKey).where(DataKey.organization_id == holder).with_for_update()
    older = session.scalars(query).all()
    if not older:
        return 0
    vault.renew_data_key(session, holder)
    changed = 0
    for mapper, cell, row_id in _encrypted():
        table = str(getattr(mapper.local_table, "name", ""))
        for row in session.scalars(select(mapper.class_).where(_belongs(mapper, holder))):
            sealed = getattr(row, cell.key)
            if sealed is not None:
                place = (holder, table, cell.key, getattr(row, row_id.key))
                plain = vault.decrypt(session, *place, sealed)
                setattr(row, cell.key, vault.encrypt(session, *place, plain))
                changed += 1
    session.flush()
    for key in older:
        session.delete(key)
    return changed


def _encrypted() -> Iterator[
    tuple[Mapper[Any], InstrumentedAttribute[Any], InstrumentedAttribute[Any]]
]:
    """Yield each class with an encrypted column, that column, and the one of its row's id."""
    for mapper in Base.registry.mappers:
        for column in mapper.local_table.columns:
            if ENCRYPTED in column.info:
                keys = mapper.all_orm_descriptors
                yield mapper, keys[column.key], keys[column.info[ENCRYPTED]]  # type: ignore[misc]


def _belongs(mapper: Mapper[Any], holder: int) -> ColumnElement[bool]:
    """Return which rows of a class belong to ``holder``; those of no organization are the installation's."""
    from sqlalchemy import false, literal, true

    of = mapper.local_table.columns.get("organization_id")
    if issubclass(mapper.class_, OfOrganization):
        # A session of no organization does not even ask for them.
        return true() if holder else false()
    if of is None:
        return literal(holder == INSTALLATION)
    return of.is_(None) if holder == INSTALLATION else of == holder
