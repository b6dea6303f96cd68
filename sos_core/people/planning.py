"""Makes a plan from a source: compare, then store what can be looked at and decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.organizations.audit import record
from sos_core.organizations.queries import organization
from sos_core.people import known as load
from sos_core.people.chunks import Packing, write_packed
from sos_core.people.comparison import COMPLETE, Comparison, Request, compare
from sos_core.people.draft import Draft, notice_row, rejected_row
from sos_core.people.guard import judge
from sos_core.people.leadership import Leaders, settle
from sos_core.people.outcome import (
    Outcome,
    leader_rows,
    led_by,
    members_after,
    unit_notices,
    unit_rows,
)
from sos_core.people.queries import people_by_id, people_count, people_version
from sos_core.people.reading import uncollected
from sos_core.people.state import open_plan, refuse_while_applying
from sos_core.people.tables import ChangePlan
from sos_core.people.units import TOP
from sos_core.records import PeoplePage


def make_plan(
    session: OrganizationSession,
    pages: Iterable[PeoplePage],
    request: Request,
    *,
    actor: str,
    now: datetime,
) -> int:
    """Compare a source with what is known, store the plan, and return its id."""
    return store_plan(session, draft_plan(session, pages, request), actor=actor, now=now)


def draft_plan(
    session: OrganizationSession, pages: Iterable[PeoplePage], request: Request
) -> Draft:
    """Return the plan of a source without storing it; it reads only, however long that takes.

    Raises Unavailable while another plan is being carried out.
    """
    refuse_while_applying(session)
    with uncollected():
        version = people_version(session)
        packing = Packing()
        comparison = compare(session, pages, request, packing)
        newcomers = comparison.newcomers
        outcome = _outcome(session, comparison)
        draft = Draft(request.mode, request.scope_unit_id, request.source, request.title, version)
        draft.rows = {
            "added": outcome.added,
            **outcome.differing,
            "deactivated": outcome.deactivated,
            "suspect": outcome.suspects,
            "digest": outcome.digests,
        }
        # Begun here, where nobody waits: the transaction that stores them has only to write.
        chunks = {kind: packing.begin(rows) for kind, rows in draft.rows.items()}
        _settle_units(session, comparison, outcome, draft)
        _tell(comparison, draft)
        draft.counts = {kind: len(rows) for kind, rows in draft.rows.items()}
        draft.counts["added"] += newcomers.count if newcomers.whole else 0
        draft.counts["unchanged"] = outcome.unchanged + len(comparison.reading.seen)
        _judge(session, comparison, draft)
        chunks |= {kind: packing.begin(draft.rows[kind]) for kind in draft.rows.keys() - chunks}
        draft.chunks = {kind: list(found) for kind, found in chunks.items()}
        if newcomers.whole:
            draft.chunks["added"] = newcomers.chunks()
        # Gone before the collector is back, which would walk through all of it.
        del comparison, newcomers, outcome
    return draft


def store_plan(session: OrganizationSession, draft: Draft, *, actor: str, now: datetime) -> int:
    """Store a drafted plan and return its id."""
    plan = ChangePlan(
        state="open",
        mode=draft.mode,
        scope_unit_id=draft.scope_unit_id,
        source=draft.source,
        title=draft.title[:300],
        base_version=draft.base_version,
        counts=draft.counts,
        guard={
            "confirmation": draft.judgment.confirmation,
            "reasons": list(draft.judgment.reasons),
            "active": draft.active,
            "listed": draft.listed,
            "same": [None] * draft.counts["suspect"],
        },
        created_by=actor,
        created_at=now,
    )
    session.add(plan)
    session.flush()
    for kind, chunks in draft.chunks.items():
        write_packed(session, plan.id, kind, chunks)
    subject = f"change_plan:{plan.id}"
    details = {"source": draft.source, "mode": draft.mode}
    record(session, actor=actor, verb="people.plan_made", subject=subject, now=now, details=details)
    return plan.id


def decide_suspects(
    session: OrganizationSession,
    plan_id: int,
    answers: Mapping[int, bool],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Say which suspects (by position) are the same person with a new address, and which are two."""
    plan = open_plan(session, plan_id)
    same = list(plan.guard["same"])
    for position, answer in answers.items():
        if not 0 <= position < len(same):
            raise InvalidInput(
                "The plan has no suspected change of address number {number}.",
                "Reload the plan and decide again.",
                code="no_such_suspect",
                field="suspects",
                values={"number": position + 1},
            )
        same[position] = answer
    different = same.count(False) if plan.mode == COMPLETE else 0
    judgment = judge(
        deactivated=plan.counts["deactivated"] + different,
        active=plan.guard["active"],
        complete=plan.mode == COMPLETE,
        listed=plan.guard["listed"],
        rejected=plan.counts["rejected"],
    )
    plan.guard = {
        **plan.guard,
        "same": same,
        "confirmation": judgment.confirmation,
        "reasons": list(judgment.reasons),
    }
    _record(session, "people.suspects_decided", plan_id, actor, now, {"same": same})


def discard_plan(session: OrganizationSession, plan_id: int, *, actor: str, now: datetime) -> None:
    """Put a plan away without applying it."""
    plan = open_plan(session, plan_id)
    plan.state, plan.decided_by, plan.decided_at = "discarded", actor, now
    _record(session, "people.plan_discarded", plan_id, actor, now, {})


def _record(
    session: OrganizationSession,
    verb: str,
    plan_id: int,
    actor: str,
    now: datetime,
    details: Mapping[str, object],
) -> None:
    subject = f"change_plan:{plan_id}"
    record(session, actor=actor, verb=verb, subject=subject, now=now, details=details)


def _outcome(session: OrganizationSession, comparison: Comparison) -> Outcome:
    language = organization(session, session.organization_id).language
    outcome = Outcome(comparison.request.source, language)
    if comparison.newcomers.whole:
        outcome.joined = comparison.newcomers.joined
        outcome.touched = set(outcome.joined)
        return outcome
    directory, managers = comparison.directory, comparison.managers
    paired = {id(entry): person for entry, person in comparison.pairs}
    entries = comparison.roster.entries
    outcome.take_new((entry for entry in entries if not entry.person_id), managers, paired)
    for entry in entries:
        if entry.person_id:
            known = directory.by_id[entry.person_id]
            outcome.take_known(entry, known, managers.get(entry.ref))
    for person_id in sorted(comparison.gone):
        outcome.take_gone(directory.by_id[person_id])
    return outcome


def _settle_units(
    session: OrganizationSession, comparison: Comparison, outcome: Outcome, draft: Draft
) -> None:
    """Find who leads the touched units afterwards, and which units open and close."""
    entries, gone, book = comparison.roster.entries, comparison.gone, comparison.book
    newcomers = comparison.newcomers
    said = newcomers.led if newcomers.whole else led_by(entries)
    before = load.leaderships(session)
    led_by_gone = {unit for unit, person in before if person in gone}
    touched = (outcome.touched | led_by_gone) - {TOP}
    members = None
    if newcomers.whole:
        members = None if said else newcomers.members(touched)
    elif not comparison.reading.says_leaders:
        present = load.members(session, {unit for unit in touched if unit > TOP})
        managers = {manager for _, manager in present.values() if manager}
        absent = gone | load.inactive_among(session, managers)
        members = members_after(
            entries, comparison.managers, comparison.directory.by_id, present, absent, touched
        )
    after, ambiguous = settle(before, said=said, gone=gone, members=members)
    changed = bool(outcome.joined) or before != after
    used = load.usage(session) if changed else {}
    units = unit_rows(book, used, outcome.joined, before, after) if changed else []
    draft.rows["unit"] = units
    draft.rows["leader"] = leader_rows(before, after, _names(session, before, after, comparison))
    created = {row[0] for row in units if row[1] == "created"}
    comparison.reading.notices += unit_notices(book, ambiguous, created)


def _names(
    session: OrganizationSession, before: Leaders, after: Leaders, comparison: Comparison
) -> dict[int, str]:
    """Return the names of the people whose leaderships differ, by reference."""
    differing = {person for (_, person), _ in before.items() ^ after.items()}
    if comparison.newcomers.whole:
        return comparison.newcomers.names(differing)
    entries = comparison.roster.entries
    found = {entry.ref: entry.name for entry in entries if entry.ref < 0 and entry.ref in differing}
    known = people_by_id(session, {person for person in differing if person > 0})
    return found | {id_: view.name for id_, view in known.items()}


def _tell(comparison: Comparison, draft: Draft) -> None:
    reading, roster = comparison.reading, comparison.roster
    rejections = sorted(reading.rejections + roster.rejections, key=lambda told: told.row or 0)
    notices = sorted(reading.notices + roster.notices, key=lambda told: told.row or 0)
    draft.rows["rejected"] = [rejected_row(told) for told in rejections]
    draft.rows["notice"] = [notice_row(told) for told in notices]


def _judge(session: OrganizationSession, comparison: Comparison, draft: Draft) -> None:
    complete = draft.mode == COMPLETE
    draft.listed = comparison.listed
    draft.active = len(load.active_ids(session, comparison.scope)) if complete else 0
    if not complete:
        draft.active = people_count(session)
    draft.judgment = judge(
        deactivated=draft.counts["deactivated"],
        active=draft.active,
        complete=complete,
        listed=draft.listed,
        rejected=draft.counts["rejected"],
    )
