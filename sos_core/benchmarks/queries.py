"""What is read of benchmarks: editions, and which of them a survey is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from sos_core.benchmarks.editions import choose
from sos_core.benchmarks.tables import BenchmarkContribution, BenchmarkEdition
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.queries import organization
from sos_core.records import BenchmarkEdition as Edition

SETTING = "benchmark_contribution"
"""The organization's setting that lets its released root figures enter benchmark editions."""


def editions(session: OrganizationSession) -> list[Edition]:
    """Return every stored edition, the newest first."""
    query = select(BenchmarkEdition).order_by(
        BenchmarkEdition.frozen_at.desc(), BenchmarkEdition.key
    )
    return [_edition(row) for row in session.scalars(query)]


def missing_editions(session: OrganizationSession, keys: Iterable[str]) -> list[str]:
    """Return those of ``keys`` that no stored edition has."""
    known = set(session.scalars(select(BenchmarkEdition.key)))
    return sorted(set(keys) - known)


def edition(session: OrganizationSession, key: str) -> Edition:
    """Return an edition; raise NotFound where there is none."""
    row = session.get(BenchmarkEdition, key)
    if row is None:
        raise NotFound(
            "There is no such benchmark edition.",
            "Choose one of the editions of this installation.",
            code="no_such_edition",
        )
    return _edition(row)


def edition_in_force(
    session: OrganizationSession, instrument: str, now: datetime
) -> Edition | None:
    """Return the edition that a survey closing at ``now`` is compared with, None without one."""
    return choose(editions(session), instrument, now)


def holds_own(session: OrganizationSession, key: str) -> bool:
    """Tell whether the session's organization is one of those that an edition was made of."""
    row = session.get(BenchmarkEdition, key)
    return row is not None and session.organization_id in row.organizations


def contributes(session: OrganizationSession) -> bool:
    """Tell whether the organization lets its released figures enter benchmark editions."""
    return organization(session, session.organization_id).settings.get(SETTING) is True


def contributed_survey(session: OrganizationSession) -> int | None:
    """Return the survey whose figures wait for the next edition, None where none do."""
    row = session.get(BenchmarkContribution, session.organization_id)
    return None if row is None else row.survey_id


def _edition(row: BenchmarkEdition) -> Edition:
    return Edition(
        key=row.key,
        title=row.title,
        instrument=row.instrument,
        frozen_at=row.frozen_at,
        synthetic=row.synthetic,
        scores={key: tuple(values) for key, values in row.scores.items()},
    )
