"""What respondents are told about who sees what: one choice of sentences for pages and widgets."""

from __future__ import annotations

from sos_core.content import text
from sos_core.surveys.queries import SurveyView, Thresholds

PROMISES = ("answers", "groups", "shares", "comments", "participation", "administrators", "changes")
LIMITS = ("together", "colluders", "alike", "between", "skipped", "comments", "open")


def privacy_figures(limits: Thresholds) -> dict[str, object]:
    """Return the numbers that the words about privacy name, as they are frozen for a survey."""
    return {
        "smallest": limits.k,
        "smallest_shares": 2 * limits.k,
        "smallest_comments": limits.comments,
        "smallest_difference": limits.across,
        "colluders": limits.k - 1,
    }


def audience_keys(view: SurveyView) -> tuple[str, str]:
    """Return the keys of the sentences that say who sees a survey's results and its comments."""
    return f"audience.{view.audience}", f"audience.comments.{view.comments_audience}"


def first_promises(view: SurveyView, language: str) -> list[str]:
    """Return what is said before the first question; a page of its own says the rest."""
    results, comments = audience_keys(view)
    keys = ("privacy.answers", "privacy.groups", results, "privacy.comments", comments)
    figures = privacy_figures(view.thresholds)
    return [text(language, key, **figures) for key in (*keys, "privacy.participation")]
