"""What changes benchmarks: editions that plugins bring, contributions, and new editions (R10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from sos_core.benchmarks.editions import Contribution, freeze, recent
from sos_core.benchmarks.queries import SETTING, contributes
from sos_core.benchmarks.tables import BenchmarkContribution, BenchmarkEdition
from sos_core.content import questionnaire
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict
from sos_core.organizations.audit import record
from sos_core.organizations.commands import change_settings
from sos_core.records import BenchmarkEdition as Edition


def keys_of(instrument: str) -> tuple[str, ...]:
    """Return the variables that every organization of an edition must have, in order."""
    asked = questionnaire(instrument)
    return ("overall", *(area.key for area in asked.areas), *asked.variables)


def refresh_editions(session: OrganizationSession, brought: Iterable[Edition]) -> list[str]:
    """Store editions that are not known yet and return their keys; a known one never changes."""
    known = set(session.scalars(select(BenchmarkEdition.key)))
    fresh = {edition.key: edition for edition in brought if edition.key not in known}
    for edition in fresh.values():
        _store(session, edition, ())
    return sorted(fresh)


def allow_contribution(
    session: OrganizationSession, *, allowed: bool, now: datetime, actor: str
) -> None:
    """Let the organization's released figures enter editions, or take back what no edition holds."""
    change_settings(session, {SETTING: allowed})
    if not allowed:
        waiting = session.get(BenchmarkContribution, session.organization_id)
        if waiting is not None:
            session.delete(waiting)
    record(
        session,
        actor=actor,
        verb="benchmark.contribution_allowed" if allowed else "benchmark.contribution_revoked",
        subject=f"organization:{session.organization_id}",
        now=now,
    )


def contribute(
    session: OrganizationSession,
    survey_id: int,
    *,
    instrument: str,
    scores: Mapping[str, float],
    measured_at: datetime,
) -> bool:
    """Keep a survey's root figures for the next edition; return whether they were taken.

    Only where the organization has allowed it and every figure could be published; figures of an
    earlier measurement never replace later ones.
    """
    if not contributes(session) or not set(keys_of(instrument)) <= set(scores):
        return False
    row = session.get(BenchmarkContribution, session.organization_id)
    if row is not None and row.measured_at > measured_at:
        return False
    if row is None:
        row = BenchmarkContribution(organization_id=session.organization_id)
        session.add(row)
    row.survey_id, row.instrument = survey_id, instrument
    row.measured_at = measured_at
    row.scores = {key: float(scores[key]) for key in keys_of(instrument)}
    return True


def make_edition(
    session: OrganizationSession, *, key: str, title: str, instrument: str, now: datetime
) -> Edition:
    """Freeze an edition of all recent contributions; raise Conflict where R10 forbids it.

    Earlier editions stay visible in the releases that were compared with them, so all of them count
    as in force: organizations that enter or leave between any two are none, or at least five.
    """
    if session.get(BenchmarkEdition, key) is not None:
        raise Conflict(
            "There is a benchmark edition with this key already.",
            "Choose another key; an edition never changes.",
            code="edition_exists",
        )
    query = select(BenchmarkContribution).where(BenchmarkContribution.instrument == instrument)
    candidates = [
        Contribution(row.organization_id, row.instrument, row.measured_at, row.scores)
        for row in session.scalars(query.with_for_update())
        if recent(row.measured_at, now)
    ]
    in_force = [row for row in session.scalars(select(BenchmarkEdition.organizations)) if row]
    made = freeze(
        candidates,
        in_force,
        key=key,
        title=title,
        instrument=instrument,
        keys=keys_of(instrument),
        now=now,
    )
    _store(session, made, sorted(item.organization_id for item in candidates))
    return made


def _store(session: OrganizationSession, edition: Edition, organizations: Iterable[int]) -> None:
    session.add(
        BenchmarkEdition(
            key=edition.key,
            title=edition.title,
            instrument=edition.instrument,
            frozen_at=edition.frozen_at,
            synthetic=edition.synthetic,
            organizations=list(organizations),
            scores={key: list(values) for key, values in edition.scores.items()},
        )
    )
