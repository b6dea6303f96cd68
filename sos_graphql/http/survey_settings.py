"""What an administrator's form says about a survey, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sos_core.content import LANGUAGES, list_text, text
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.people.directory import people_called
from sos_core.people.queries import find_by_email, find_by_emails, units
from sos_core.results.wording import cut_name
from sos_core.surveys.commands import SurveySettings
from sos_core.surveys.cuts import CutChoice, cut_choices
from sos_core.surveys.queries import SurveyView, Thresholds
from sos_core.surveys.timetable import DEFAULT_RULES, MOST_REMINDERS, Rule
from sos_graphql.http.visits import Sent, number

REMINDERS = len(DEFAULT_RULES)
"""How many reminders the form offers at least; a row without a number of days is none."""
CONTINENTS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia"}
    | {"Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def settings_from(sent: Sent, view: SurveyView) -> SurveySettings:
    """Return every setting of the form; raise InvalidInput where a date or number is none."""
    limits = view.thresholds
    smallest = whole(sent.one("smallest") or str(limits.k), "smallest")
    comments = whole(sent.one("comments_least") or str(limits.comments), "comments_least")
    previous = sent.last.get("previous")
    return SurveySettings(
        title=sent.one("title"),
        opens=wall_time(sent.one("opens"), "opens"),
        closes=wall_time(sent.one("closes"), "closes"),
        publishes=wall_time(sent.one("publishes"), "publishes"),
        time_zone=sent.one("time_zone") or None,
        languages=sent.all("languages"),
        audience=sent.one("audience") or None,
        comments_audience=sent.one("comments_audience") or None,
        thresholds=Thresholds(smallest, max(comments, smallest), limits.across),
        cuts=sent.all("cuts"),
        previous_id=None if previous is None else number(previous or "0"),
        reminders=_reminders(sent),
        sender_name=sent.one("sender_name"),
        introductions={tag: sent.one(f"introduction.{tag}") for tag in LANGUAGES},
    )


def participants_from(session: OrganizationSession, sent: Sent) -> dict[str, Any]:
    """Return the arguments of ``choose_participants``; raise InvalidInput for unknown people."""
    chosen: list[int] | None = None
    if sent.one("who") == "units":
        known = {unit.id for unit in units(session)}
        chosen = [unit for unit in map(number, sent.all("units")) if unit in known]
    return {
        "units": chosen,
        "people": people_named(session, sent.one("people"), "people"),
        "without": people_named(session, sent.one("without"), "without"),
    }


def people_named(session: OrganizationSession, written: str, field: str) -> list[int]:
    """Return the people whose addresses or employee ids stand one a line, or after commas."""
    lines = map(str.strip, written.replace(",", "\n").splitlines())
    names = dict.fromkeys(name for name in lines if name)
    by_mail = find_by_emails(session, [name for name in names if "@" in name])
    return [
        by_mail[name].id if name in by_mail else person_named(session, name, field)
        for name in names
    ]


def person_named(session: OrganizationSession, name: str, field: str = "person") -> int:
    """Return the person with this address, employee id or (where it is one person's alone) name."""
    by_mail = find_by_email(session, name) if "@" in name else None
    if by_mail is not None:
        return by_mail.id
    by_id = people_called(session, name, "employee_id")
    for found in (by_id, [] if len(by_id) == 1 else people_called(session, name, "name")):
        if name and len(found) == 1:
            return found[0]
    raise InvalidInput(
        "“{name}” is not found among the people of the organization.",
        "Write the e-mail address or the employee id as the list of people has it.",
        code="person_unknown",
        field=field,
        values={"name": name[:100]},
    )


def wall_time(written: str, field: str) -> datetime:
    """Return a date and time as browsers send them, such as 2026-03-02T08:00."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError as error:
        raise InvalidInput(
            "“{value}” is not a date and time.",
            "Choose a day and a time.",
            code="not_a_date_time",
            field=field,
            values={"value": written[:40]},
        ) from error


def whole(written: str, field: str) -> int:
    """Return a whole number from 0 on; raise InvalidInput where it is none."""
    if not (written.isascii() and written.isdecimal()) or len(written) > 6:
        raise InvalidInput(
            "“{value}” is not a whole number.",
            "Write a number such as 5.",
            code="not_a_number",
            field=field,
            values={"value": written[:40]},
        )
    return int(written)


def reminder_rows(rules: Sequence[Any]) -> list[Rule | None]:
    """Return what the form shows of the reminders: a row each, and an empty one at least."""
    known: list[Rule | None] = [Rule.from_json(rule) for rule in rules]
    rows = min(MOST_REMINDERS, max(REMINDERS, len(known) + 1))
    return known + [None] * (rows - len(known))


@cache
def time_zones() -> tuple[str, ...]:
    """Return the time zones to choose from: those named after a place, and UTC."""
    places = (name for name in available_timezones() if name.partition("/")[0] in CONTINENTS)
    return ("UTC", *sorted(places))


@dataclass(frozen=True, slots=True)
class CutLine:
    """A cut in the reader's words: what it is called, and which groups it has."""

    key: str
    name: str
    about: str
    chosen: bool


def cut_lines(session: OrganizationSession, view: SurveyView, language: str) -> list[CutLine]:
    """Return what a draft can be cut by in words, or what a survey was cut by since it opened."""
    return [
        CutLine(
            choice.key,
            cut_name(language, choice.level_name),
            _about(choice, language),
            choice.chosen,
        )
        for choice in cut_choices(session, view)
    ]


def _about(choice: CutChoice, language: str) -> str:
    if choice.level_name is None:
        return text(language, "app.cut.leaders")
    if not choice.parts:
        return text(language, "cut.nothing_in_common")
    return text(language, "app.cut.parts", names=list_text(language, choice.parts))


def _reminders(sent: Sent) -> list[dict[str, Any]]:
    names = ("kind", "anchor", "days", "at")
    rows = zip(*(sent.all(f"reminder.{name}") for name in names), strict=False)
    return [
        {"kind": kind, "anchor": anchor, "days": whole(days.strip(), "reminders"), "at": at}
        for kind, anchor, days, at in rows
        if days.strip()
    ]
