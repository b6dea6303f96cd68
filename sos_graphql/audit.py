"""The audit log, for administrators and for programs that may read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import strawberry

from sos_core.access.api_keys import api_key_names
from sos_core.access.queries import account_names
from sos_core.access.scopes import Scope
from sos_core.content import catalog, text
from sos_core.database.session import OrganizationSession
from sos_core.organizations.audit_queries import (
    AuditFilter,
    AuditView,
    audit_entries,
    count_audit_entries,
)
from sos_core.surveys.queries import surveys
from sos_graphql.context import Info, context
from sos_graphql.describing import described, resolved, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import (
    After,
    Connection,
    Edge,
    First,
    PageInfo,
    page_size,
    place_after,
)

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Names:
    """What the log calls by number, by the names that a reader knows; ``language`` is the reader's."""

    language: str
    actors: dict[str, str]
    subjects: dict[str, str]

    def actor(self, actor: str) -> str:
        """Return who did something, by name where there still is one."""
        own = f"audit.actor.{actor.partition(':')[0]}"
        known = text(self.language, own) if own in catalog("en") else actor
        return self.actors.get(actor, known)

    def subject(self, subject: str) -> str:
        """Return what it was done to: its kind and, where it has one, its title."""
        kind, _, number = subject.partition(":")
        key = f"audit.subject.{kind}"
        named = text(self.language, key) if key in catalog("en") else kind
        if kind == "organization":  # there is only one to be meant
            return named
        return f"{named} {self.subjects.get(subject, number)}".strip()

    def verb(self, verb: str) -> str:
        """Return what was done, in words; a verb of another version of SOS as it stands."""
        key = f"audit.verb.{verb}"
        return text(self.language, key) if key in catalog("en") else verb


def names_of(session: OrganizationSession, language: str) -> Names:
    """Return the names of accounts, keys and surveys as they are now; people are numbers alone."""
    actors = account_names(session) | api_key_names(session)
    titles = {f"survey:{survey.id}": f"“{survey.title}”" for survey in surveys(session)}
    return Names(language, actors, titles | actors)


@described
class AuditDetail:
    """One more thing about a deed."""

    name: str = told("What it is called.")
    value: str = told("Its value; anything but a text is JSON.")


@described
class AuditEntry:
    """One deed in the audit log; never who answered what, or when."""

    sequence: int = told(
        "Its number among the organization's deeds, by which it is known; without gaps."
    )
    done_at: datetime = told("When it was done.")
    actor: str = told("Who did it, as the log has it: `account:7`, `api_key:2`, `operator`.")
    actor_name: str = told("Who did it, by today's name.")
    verb: str = told("What was done, such as `survey.opened`.")
    text: str = told("What was done, in the reader's language.")
    subject: str = told("What it was done to, as the log has it: `survey:3`.")
    subject_name: str = told("What it was done to, by today's title.")
    details: list[AuditDetail] = told("More about it; people are numbers.")


AuditEntriesAnswer = Annotated[
    Connection[AuditEntry] | AnyProblem,
    strawberry.union("AuditEntriesAnswer", description="Deeds, or why they are not shown."),
]
Verbs = Annotated[
    list[str] | None,
    strawberry.argument(description="Only these deeds, such as `survey.opened`; absent: all."),
]
Actor = Annotated[
    str | None,
    strawberry.argument(
        description="Only what this one did, such as `account:7`; absent: anybody."
    ),
]
Subject = Annotated[
    str | None,
    strawberry.argument(
        description="Only what was done to this, such as `survey:3`; absent: anything."
    ),
]
Since = Annotated[
    datetime | None, strawberry.argument(description="Only from this instant on; absent: all.")
]
Until = Annotated[
    datetime | None, strawberry.argument(description="Only before this instant; absent: all.")
]


@strawberry.type
class AuditQuery:
    """The audit log."""

    @resolved
    async def audit_entries(
        self,
        info: Info,
        first: First,
        after: After = None,
        verbs: Verbs = None,
        actor: Actor = None,
        subject: Subject = None,
        since: Since = None,
        until: Until = None,
    ) -> AuditEntriesAnswer:
        """Who did what in the organization, the newest first; for administrators."""
        chosen = AuditFilter(
            verbs=tuple(verbs or ()),
            actor=actor,
            subject=subject,
            since=_instant(since),
            until=_instant(until),
        )
        return await attempt(info, _entries(info, first, after, chosen))


async def _entries(
    info: Info, first: int, after: str | None, chosen: AuditFilter
) -> Connection[AuditEntry]:
    asker = context(info)
    asker.administer(Scope.AUDIT_READ)
    size, before = page_size(first), place_after(after) or None

    def work(session: OrganizationSession) -> tuple[list[AuditView], int, Names]:
        found = audit_entries(session, chosen, before=before, limit=size + 1)
        return found, count_audit_entries(session, chosen), names_of(session, asker.language)

    found, total, names = await asker.read(work)
    edges = [Edge(cursor=str(view.sequence), node=_entry(view, names)) for view in found[:size]]
    return Connection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=len(found) > size, end_cursor=edges[-1].cursor if edges else None
        ),
        total_count=total,
    )


def _instant(asked: datetime | None) -> datetime | None:
    """Return an instant that the database knows, a naive one being in UTC."""
    if asked is None or EARLIEST.year <= asked.year <= LATEST.year:
        return asked if asked is None or asked.tzinfo else asked.replace(tzinfo=UTC)
    return EARLIEST if asked.year < EARLIEST.year else LATEST


def _entry(view: AuditView, names: Names) -> AuditEntry:
    return AuditEntry(
        sequence=view.sequence,
        done_at=view.at,
        actor=view.actor,
        actor_name=names.actor(view.actor),
        verb=view.verb,
        text=names.verb(view.verb),
        subject=view.subject,
        subject_name=names.subject(view.subject),
        details=[
            AuditDetail(name=name, value=plain(value))
            for name, value in sorted(view.details.items())
        ],
    )


def plain(value: object) -> str:
    """Return a detail's value as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
