"""What changes a survey before it opens: its dates, settings and participants."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sos_core.content import LANGUAGES, normalize_language, questionnaire
from sos_core.database.partitions import create_partitions
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.mail.message import single_line
from sos_core.organizations.audit import record
from sos_core.organizations.commands import check_time_zone
from sos_core.organizations.queries import organization
from sos_core.surveys import timetable
from sos_core.surveys.audience import AUDIENCES
from sos_core.surveys.cuts import check_cuts
from sos_core.surveys.lifecycle import require_state
from sos_core.surveys.queries import Thresholds, no_such_survey
from sos_core.surveys.tables import Survey

DEFAULT_THRESHOLDS = Thresholds(k=5, comments=10, across=2)
LEAST = Thresholds(k=4, comments=10, across=2)
LONGEST_INTRODUCTION = 2000
QUESTIONNAIRE = "1.0"
GUARDS = {
    "audience": "survey.audience_changed",
    "comments_audience": "survey.audience_changed",
    "threshold_k": "survey.threshold_changed",
    "threshold_comments": "survey.threshold_changed",
    "threshold_across": "survey.threshold_changed",
}
"""Settings that say who sees how small a group, and what the audit log calls a change of each."""


@dataclass(frozen=True, slots=True)
class SurveySettings:
    """The settings of a survey; None leaves a setting as it is, or as it is by default.

    Wall times are naive, in the survey's zone. ``cuts`` are ``leaders`` and ``level:<number>``:
    groups across the tree, registered before opening. ``introductions`` and ``reminders`` replace
    the earlier ones as a whole. ``previous_id`` 0 leaves the choice to the opening again.
    """

    title: str | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    publishes: datetime | None = None
    time_zone: str | None = None
    languages: Sequence[str] | None = None
    audience: str | None = None
    comments_audience: str | None = None
    thresholds: Thresholds | None = None
    cuts: Sequence[str] | None = None
    reminders: Sequence[Mapping[str, Any]] | None = None
    previous_id: int | None = None
    sender_name: str | None = None
    introductions: Mapping[str, str] | None = None


def create_survey(
    session: OrganizationSession, settings: SurveySettings, *, now: datetime, actor: str
) -> int:
    """Create a draft for everybody in the organization, two weeks long, and return its id."""
    home = organization(session, session.organization_id)
    zone = settings.time_zone or home.time_zone
    check_time_zone(zone)
    times = timetable.default_times(now, zone, settings.opens, settings.closes)
    row = Survey(
        title="",
        state="draft",
        scheduled=False,
        announced=False,
        questionnaire_version=questionnaire(QUESTIONNAIRE).version,
        languages=list(LANGUAGES),
        time_zone=zone,
        opens_local=times.opens,
        closes_local=times.closes,
        publishes_local=times.publishes,
        reminders=[rule.to_json() for rule in timetable.DEFAULT_RULES],
        audience="leaders",
        comments_audience="leaders",
        threshold_k=DEFAULT_THRESHOLDS.k,
        threshold_comments=DEFAULT_THRESHOLDS.comments,
        threshold_across=DEFAULT_THRESHOLDS.across,
        cuts=[],
        sender_name="",
        introductions={},
        selection={"units": None, "people": [], "without": []},
    )
    _apply(session, row, settings, now)
    session.add(row)
    session.flush()
    create_partitions(session, row.id)
    subject, details = f"survey:{row.id}", _guards(row)
    record(session, actor=actor, verb="survey.created", subject=subject, now=now, details=details)
    return row.id


def edit_survey(
    session: OrganizationSession,
    survey_id: int,
    settings: SurveySettings,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Change the settings of a draft; raise Conflict once it has opened."""
    row = draft(session, survey_id)
    before = _guards(row)
    _apply(session, row, settings, now)
    after, subject = _guards(row), f"survey:{row.id}"
    record(session, actor=actor, verb="survey.edited", subject=subject, now=now)
    for name, verb in GUARDS.items():
        if before[name] != after[name]:
            details = {"setting": name, "from": before[name], "to": after[name]}
            record(session, actor=actor, verb=verb, subject=subject, now=now, details=details)


def choose_participants(
    session: OrganizationSession,
    survey_id: int,
    *,
    units: Collection[int] | None,
    people: Collection[int] = (),
    without: Collection[int] = (),
    now: datetime,
    actor: str,
) -> None:
    """Say who will be invited: whole ``units`` (None: everybody), and ``people``, but not others.

    Who that is, is decided at opening: somebody who joins a chosen unit before is invited too.
    """
    row = draft(session, survey_id)
    row.selection = {
        "units": None if units is None else sorted(set(units)),
        "people": sorted(set(people)),
        "without": sorted(set(without)),
    }
    record(session, actor=actor, verb="survey.participants", subject=f"survey:{row.id}", now=now)


def _guards(row: Survey) -> dict[str, object]:
    """Return what says who sees how small a group: each change of it is a deed of its own."""
    return {name: getattr(row, name) for name in GUARDS}


def draft(session: OrganizationSession, survey_id: int) -> Survey:
    """Return the row of a draft for a change; raise NotFound or Conflict."""
    row = locked(session, survey_id)
    require_state(row.state, "draft")
    return row


def locked(session: OrganizationSession, survey_id: int) -> Survey:
    """Return a survey's row, held until the commit; raise NotFound when there is none."""
    query = select(Survey).where(Survey.id == survey_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise no_such_survey()
    return row


def set_instants(row: Survey) -> None:
    """Compute the instants that a survey's wall times mean."""
    row.opens_at = timetable.instant(row.opens_local, row.time_zone)
    row.closes_at = timetable.instant(row.closes_local, row.time_zone)
    row.publishes_at = timetable.instant(row.publishes_local, row.time_zone)


def _apply(
    session: OrganizationSession, row: Survey, settings: SurveySettings, now: datetime
) -> None:
    """Take over what is given, check the whole, and compute the instants."""
    if settings.title is not None:
        row.title = " ".join(settings.title.split())
    if settings.time_zone is not None:
        check_time_zone(settings.time_zone)
        row.time_zone = settings.time_zone
    for name in ("opens", "closes", "publishes"):
        wanted = getattr(settings, name)
        if wanted is not None:
            setattr(row, f"{name}_local", wanted.replace(tzinfo=None, fold=0))
    if settings.reminders is not None:
        rules = [timetable.Rule.from_json(rule) for rule in settings.reminders]
        row.reminders = [rule.to_json() for rule in rules[: timetable.MOST_REMINDERS]]
    _apply_audience(row, settings)
    _apply_comparisons(session, row, settings)
    _apply_mail(row, settings)
    if not row.title or len(row.title) > 200:
        raise InvalidInput(
            "A survey needs a title of at most 200 characters.",
            "Give it a short title that the participants will recognize.",
            code="survey_title_wrong",
            field="title",
        )
    single_line(row.title)  # it stands in the subject of every mail
    times = timetable.Times(row.opens_local, row.closes_local, row.publishes_local)
    timetable.check_times(times, row.time_zone, now)
    set_instants(row)


def _apply_comparisons(session: OrganizationSession, row: Survey, settings: SurveySettings) -> None:
    """Take over what results will be set beside: groups across the tree, and an earlier survey."""
    if settings.cuts is not None:
        check_cuts(session, settings.cuts)
        row.cuts = sorted(set(settings.cuts))
    if settings.previous_id == 0:
        row.previous_id = None
    elif settings.previous_id is not None:
        if session.get(Survey, settings.previous_id) is None or settings.previous_id == row.id:
            raise no_such_survey()
        row.previous_id = settings.previous_id


def _apply_audience(row: Survey, settings: SurveySettings) -> None:
    for name in ("audience", "comments_audience"):
        wanted = getattr(settings, name)
        if wanted is None:
            continue
        if wanted not in AUDIENCES:
            raise InvalidInput(
                "There is no audience “{audience}”.",
                "Choose administrators, leaders or participants.",
                code="survey_audience_unknown",
                field=name,
                values={"audience": wanted},
            )
        setattr(row, name, wanted)
    if settings.thresholds is not None:
        check_thresholds(settings.thresholds)
        row.threshold_k = settings.thresholds.k
        row.threshold_comments = settings.thresholds.comments
        row.threshold_across = settings.thresholds.across


def check_thresholds(wanted: Thresholds) -> None:
    """Raise InvalidInput where a threshold lies under what protects people."""
    least = Thresholds(LEAST.k, max(LEAST.comments, wanted.k), LEAST.across)
    for name in ("k", "comments", "across"):
        if getattr(wanted, name) < getattr(least, name):
            raise InvalidInput(
                "A threshold of {value} would not protect people.",
                "Choose {least} or more.",
                code="survey_threshold_too_low",
                field=f"thresholds.{name}",
                values={"value": getattr(wanted, name), "least": getattr(least, name)},
            )


def _apply_mail(row: Survey, settings: SurveySettings) -> None:
    if settings.languages is not None:
        tags = [normalize_language(name) for name in settings.languages]
        row.languages = [tag for tag in LANGUAGES if tag in tags]
        if not tags or None in tags:
            unknown = [n for n, tag in zip(settings.languages, tags, strict=True) if tag is None]
            raise InvalidInput(
                "A survey needs languages that SOS speaks; it does not speak “{language}”.",
                "Choose from en, sv, nb, zh-Hans and sw.",
                code="survey_languages_wrong",
                field="languages",
                values={"language": ", ".join(unknown)},
            )
    if settings.sender_name is not None:
        row.sender_name = single_line(settings.sender_name)[:200]
    if settings.introductions is not None:
        kept = {tag: words.strip() for tag, words in settings.introductions.items()}
        if not kept.keys() <= set(LANGUAGES) or any(
            len(words) > LONGEST_INTRODUCTION for words in kept.values()
        ):
            raise InvalidInput(
                "An introduction is text of at most 2,000 characters in one of the languages.",
                "Shorten it, or choose a language that SOS speaks.",
                code="survey_introduction_wrong",
                field="introductions",
            )
        row.introductions = {tag: words for tag, words in kept.items() if words}
