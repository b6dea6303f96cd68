"""Every table belongs to one organization, or is listed among those that cross organizations."""

from __future__ import annotations

import sqlalchemy as sa

from sos_core.database import Base
from sos_core.database.base import GLOBAL_TABLES, OfOrganization
from tests.database.test_migrations import metadata

OWN_KEY = "organization_id"
BY_SURVEY = {"ballot.survey_id", "participation.survey_id"}
"""References of partitioned tables, whose rows are found and dropped by the survey alone."""


def owned() -> list[sa.Table]:
    return [table for name, table in metadata().tables.items() if name not in GLOBAL_TABLES]


def test_global_tables_are_those_that_exist() -> None:
    assert set(metadata().tables) >= GLOBAL_TABLES


def test_every_other_table_names_its_organization() -> None:
    for table in owned():
        column = table.columns[OWN_KEY]
        assert not column.nullable, table.name
        targets = {key.target_fullname for key in column.foreign_keys}
        assert "organization.id" in targets, table.name


def test_every_other_class_is_guarded_by_the_session() -> None:
    metadata()
    guarded = {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, OfOrganization)
    }
    assert guarded == {table.name for table in owned()}


def test_no_reference_leads_into_another_organization() -> None:
    loose = {
        f"{table.name}.{constraint.column_keys[0]}"
        for table in metadata().tables.values()  # also those that cross organizations
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name not in GLOBAL_TABLES
        and OWN_KEY not in constraint.column_keys
    }
    assert loose <= BY_SURVEY
