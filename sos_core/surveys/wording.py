"""What the mails of a survey say, from the survey's settings and the catalogs; pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sos_core.content import moment_text, number_text, text
from sos_core.mail import Rendered, render
from sos_core.surveys.queries import SurveyView

MINUTES = "15–20"


def sender_of(survey: SurveyView, organization: str) -> str:
    """Return the name that the survey's mails come from."""
    return survey.sender_name or organization


def survey_mail(
    kind: str,
    survey: SurveyView,
    *,
    organization: str,
    name: str,
    language: str,
    address: str,
    test: bool = False,
) -> Rendered:
    """Return the wording of one of the survey's mails to ``name``, with the link ``address``."""
    values: dict[str, object] = {
        "survey": survey.title,
        "organization": organization,
        "name": name,
        "introduction": survey.introductions.get(language, ""),
        "minutes": MINUTES,
        "link": address,
        "closes": moment_text(language, survey.closes_at, ZoneInfo(survey.time_zone)),
        "sender": sender_of(survey, organization),
        "smallest": number_text(language, survey.thresholds.k),
        "privacy": privacy_text(survey, language),
    }
    note = text(language, "mail.test.note") if test else ""
    return render(kind, language, values, note=note, test=test)


def privacy_text(survey: SurveyView, language: str) -> str:
    """Return the paragraph that says who sees what, with the survey's own thresholds."""
    return text(
        language,
        "mail.privacy",
        smallest=number_text(language, survey.thresholds.k),
        smallest_comments=number_text(language, survey.thresholds.comments),
        audience=text(language, f"audience.{survey.audience}"),
    )
