"""The page of the audit log: who did what, chosen by deed, person and day, and the log as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.scopes import Scope
from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.organizations.audit import record
from sos_core.organizations.audit_export import as_csv, as_json_lines
from sos_core.organizations.audit_queries import (
    AuditFilter,
    AuditView,
    all_audit_entries,
    audit_actors,
    audit_entries,
    audit_verbs,
)
from sos_core.organizations.queries import organization
from sos_core.people.queries import units
from sos_graphql.audit import Names, names_of
from sos_graphql.deeds import Teller
from sos_graphql.http.shell import show
from sos_graphql.http.tables import download
from sos_graphql.http.visits import Visit, page
from sos_graphql.nodes import place_after

PATH = "/app/audit"
AT_ONCE = 50
FILES = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "jsonl": (as_json_lines, "application/jsonl"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says: as it was written, to be shown again, and what it means."""

    verb: str
    actor: str
    since: str
    until: str
    wanted: AuditFilter

    def query(self, **more: object) -> str:
        """Return the choice as a query, without what was left open."""
        written = {"verb": self.verb, "actor": self.actor, "since": self.since, "until": self.until}
        return urlencode({name: value for name, value in {**written, **more}.items() if value})


def audit_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of the audit log."""
    return [
        page(application, PATH, log),
        page(application, "/files/audit.{ending}", file, machines=True),
    ]


async def log(visit: Visit) -> Response:
    """Show a page of the log, the newest deeds first."""
    visit.asker.administer()
    language = visit.asker.language
    before = visit.request.query_params.get("before")
    last = place_after(before) if before else None

    def work(
        session: OrganizationSession,
    ) -> tuple[Choice, list[AuditView], Names, Teller, list[str], list[str]]:
        choice = _choice(visit, session)
        found = audit_entries(session, choice.wanted, before=last, limit=AT_ONCE + 1)
        names = names_of(session, language)
        teller = Teller(language, {unit.id: unit.name for unit in units(session, active=None)})
        return choice, found, names, teller, audit_verbs(session), audit_actors(session)

    choice, found, names, teller, verbs, actors = await visit.asker.read(work)
    entries = found[:AT_ONCE]
    return await show(
        visit,
        "audit.html",
        entries=entries,
        names=names,
        teller=teller,
        choice=choice,
        verbs=sorted(((names.verb(verb), verb) for verb in verbs), key=_folded),
        actors=sorted(((names.actor(actor), actor) for actor in actors), key=_folded),
        older=choice.query(before=entries[-1].sequence) if len(found) > AT_ONCE else "",
        later=last is not None,
        chosen=choice.query(),
    )


async def file(visit: Visit) -> Response:
    """Hand out the chosen part of the log; that this was done is in the log from then on."""
    actor, now = visit.asker.administer(Scope.AUDIT_READ).actor, visit.asker.now
    organization_id, ending = visit.asker.organization_id, visit.path("ending")
    if ending not in FILES:
        raise InvalidInput(
            "Tables are saved as one of {suffixes}.",
            "Choose one of them.",
            code="table_kind_unknown",
            values={"suffixes": ", ".join(f".{name}" for name in FILES)},
        )
    lines, media_type = FILES[ending]
    body = await visit.asker.read(
        lambda session: b"".join(lines(all_audit_entries(session, _choice(visit, session).wanted)))
    )
    await visit.asker.write(
        lambda session: record(
            session,
            actor=actor,
            verb="audit.exported",
            subject=f"organization:{organization_id}",
            now=now,
        )
    )
    return download(body, f"audit.{ending}", media_type)


def _choice(visit: Visit, session: OrganizationSession) -> Choice:
    asked = visit.request.query_params
    verb, actor = asked.get("verb", ""), asked.get("actor", "")
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    zone = ZoneInfo(organization(session, session.organization_id).time_zone)
    return Choice(
        verb,
        actor,
        since.isoformat() if since else "",
        until.isoformat() if until else "",
        AuditFilter(
            verbs=(verb,) if verb else (),
            actor=actor or None,
            since=_begin(since, zone),
            until=_begin(until + timedelta(days=1), zone) if until else None,
        ),
    )


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


def _day(written: str) -> date | None:
    """Return a day as browsers send it; anything else is no choice."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9999 else None


def _folded(named: tuple[str, str]) -> str:
    return named[0].casefold()
