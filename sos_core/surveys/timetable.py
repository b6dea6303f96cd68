"""When things are due: wall times to instants, the reminder schedule, and what downtime missed; pure.

A wall time that a spring change skips means the same minute an hour later (02:30 is 03:30); one that
an autumn change repeats means the first of the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sos_core.errors import InvalidInput

INVITATION = "invitation"
KINDS = ("reminder_1", "reminder_2", "last_day")
OPEN_FOR = timedelta(days=14)
PUBLISHED_AFTER = timedelta(days=2)
MORNING = time(8)
MOST_REMINDERS = 6
LONGEST = timedelta(days=92)
YEARS = range(1970, 9999)
"""Years that leave room for every zone, and for what is reckoned from them."""

Transition = Literal["open", "miss", "close", "announce"]


@dataclass(frozen=True, slots=True)
class Times:
    """The three wall times of a survey, without a zone."""

    opens: datetime
    closes: datetime
    publishes: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """A reminder: ``days`` after the opening or before the close, at a wall time of that day."""

    kind: str
    anchor: Literal["opens", "closes"]
    days: int
    at: time

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        """Read a rule as ``to_json`` wrote it; raise InvalidInput where it makes no sense."""
        try:
            anchor: Literal["opens", "closes"] = "closes" if data["anchor"] == "closes" else "opens"
            rule = cls(data["kind"], anchor, int(data["days"]), time.fromisoformat(data["at"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _bad_rule() from error
        if (
            rule.kind not in KINDS
            or data["anchor"] not in ("opens", "closes")
            or not 0 <= rule.days <= LONGEST.days
            or rule.at.tzinfo is not None
        ):
            raise _bad_rule()
        return rule

    def to_json(self) -> dict[str, Any]:
        """Return the rule as plain JSON."""
        at = self.at.isoformat("minutes")
        return {"kind": self.kind, "anchor": self.anchor, "days": self.days, "at": at}


DEFAULT_RULES = (
    Rule("reminder_1", "opens", 5, time(9)),
    Rule("reminder_2", "opens", 10, time(9)),
    Rule("last_day", "closes", 1, time(9)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A mail to many that is planned: its unique name in the survey, its text, its wall time."""

    step: str
    kind: str
    due: datetime


def instant(local: datetime, zone: str) -> datetime:
    """Return the instant (UTC) of a wall time in ``zone``; raise InvalidInput for an absurd year."""
    return _reckoned(local).replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def wall_time(moment: datetime, zone: str) -> datetime:
    """Return the wall time in ``zone`` at an instant, without its zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def local_day(moment: datetime, zone: str) -> date:
    """Return the day that an instant falls on in ``zone``."""
    return wall_time(moment, zone).date()


def default_times(
    now: datetime, zone: str, opens: datetime | None = None, closes: datetime | None = None
) -> Times:
    """Return two weeks from ``opens`` (tomorrow morning), published two days after the close."""
    tomorrow = datetime.combine(local_day(now, zone) + timedelta(days=1), MORNING)
    first = _reckoned(opens or tomorrow)
    last = _reckoned(closes or first + OPEN_FOR)
    return Times(first, last, last + PUBLISHED_AFTER)


def check_times(times: Times, zone: str, now: datetime) -> None:
    """Raise InvalidInput unless close follows opening within three months, and publishing the close.

    The instants are compared, since wall times may stand still or jump; a close must lie ahead.
    """
    opens, closes = instant(times.opens, zone), instant(times.closes, zone)
    if not opens < closes <= opens + LONGEST:
        raise InvalidInput(
            "A survey closes after it opens, and within three months.",
            "Choose a later time of closing, or an earlier one if it lies far ahead.",
            code="survey_times_wrong",
            field="closes",
        )
    if closes <= now:
        raise InvalidInput(
            "The time of closing has passed.",
            "Choose a time of closing that lies ahead.",
            code="survey_close_passed",
            field="closes",
        )
    if instant(times.publishes, zone) < closes:
        raise InvalidInput(
            "Results can be published at the close at the earliest.",
            "Choose a publish date at or after the time of closing.",
            code="survey_publishes_too_early",
            field="publishes",
        )


def plan_steps(
    times: Times, zone: str, rules: Iterable[Rule], *, begun: Collection[str] = ()
) -> list[Step]:
    """Return the reminders that fall between opening and close, at most one a day, in order.

    ``begun`` are the steps that were started or skipped: an anchor that moves (an extended survey)
    gives such a reminder again, under a new name, only where it counts from the close.
    """
    opens, closes = instant(times.opens, zone), instant(times.closes, zone)
    of_day: dict[date, tuple[datetime, Rule]] = {}
    for rule in rules:
        opening = rule.anchor == "opens"
        base = times.opens if opening else times.closes
        day = base.date() + timedelta(days=rule.days if opening else -rule.days)
        due = datetime.combine(day, rule.at)
        known = of_day.get(day)
        later = known is None or KINDS.index(rule.kind) >= KINDS.index(known[1].kind)
        if opens < instant(due, zone) < closes and later:
            of_day[day] = (due, rule)
    planned: list[Step] = []
    taken = set(begun)
    for due, rule in (of_day[day] for day in sorted(of_day)):
        if rule.kind in begun and rule.anchor == "opens":
            continue
        name = unused_name(rule.kind, taken)
        taken.add(name)
        planned.append(Step(name, rule.kind, due))
    return planned


def unused_name(kind: str, taken: Collection[str]) -> str:
    """Return ``kind``, or the first of ``kind.2``, ``kind.3`` … that is not taken."""
    number, name = 1, kind
    while name in taken:
        number += 1
        name = f"{kind}.{number}"
    return name


def due_step(
    waiting: Sequence[tuple[str, datetime]], now: datetime
) -> tuple[str | None, list[str]]:
    """Return the step to start at ``now`` and those to skip, of (step, due instant) that wait.

    After a downtime only the latest missed one is sent; but where the invitation itself was missed
    it is the one, since a reminder means nothing to those who were never invited.
    """
    due = sorted((moment, step) for step, moment in waiting if moment <= now)
    if not due:
        return None, []
    names = [step for _, step in due]
    start = INVITATION if INVITATION in names else names[-1]
    return start, [step for step in names if step != start]


def next_transition(
    state: str,
    *,
    scheduled: bool,
    announced: bool,
    opens_at: datetime,
    closes_at: datetime,
    publishes_at: datetime,
    now: datetime,
) -> Transition | None:
    """Return what is due next; after a downtime one follows the other in the right order.

    A survey whose whole time passed unopened is missed: nobody could have answered it.
    """
    if state == "draft" and scheduled and now >= opens_at:
        return "miss" if now >= closes_at else "open"
    if state in ("open", "closing") and now >= closes_at:
        return "close"
    if state in ("tallied", "sealed") and not announced and now >= publishes_at:
        return "announce"
    return None


def _bad_rule() -> InvalidInput:
    return InvalidInput(
        "This reminder schedule cannot be used.",
        "Give each reminder a kind, whether it counts from the opening or the close, "
        "a number of days and a time of day.",
        code="survey_reminders_wrong",
        field="reminders",
    )


def _reckoned(local: datetime) -> datetime:
    if local.year not in YEARS:
        raise InvalidInput(
            "“{value}” is not a date and time.",
            "Choose a day and a time.",
            code="not_a_date_time",
            values={"value": local.isoformat(timespec="minutes")},
        )
    return local
