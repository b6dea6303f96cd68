"""Why a draft did not open by itself: its administrators read it, and have to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sos_core.content import message
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, SosError
from sos_core.jobs import send_signal
from sos_core.organizations.audit import record
from sos_core.surveys.drafting import locked
from sos_core.surveys.queries import SurveyView


@dataclass(frozen=True, slots=True)
class NotOpened:
    """When a draft was to open, and the error it ended with, as an error tells itself."""

    at: datetime
    code: str
    what: str
    remedy: str
    values: Mapping[str, object]

    def words(self, language: str) -> tuple[str, str]:
        """Return what hindered it and the next step, in ``language`` where they are translated."""
        return message(language, self.code, self.values) or (self.what, self.remedy)


def missed() -> Conflict:
    """Return the error of a draft whose whole time passed while SOS was down."""
    return Conflict(
        "The whole time of the survey passed while SOS was not running.",
        "Choose new dates, then let it open by itself again, or open it.",
        code="survey_missed",
    )


def note_not_opened(
    session: OrganizationSession, survey_id: int, error: SosError, *, now: datetime, actor: str
) -> None:
    """Take the schedule off a draft that could not open, and keep why; nothing for others.

    Nothing either where somebody has chosen a later date meanwhile.
    """
    row = locked(session, survey_id)
    if row.state != "draft" or not row.scheduled or row.opens_at > now:
        return
    row.scheduled = False
    row.not_opened = {
        "at": now.isoformat(),
        "code": error.code,
        "what": error.what,
        "remedy": error.remedy,
        "values": dict(error.values),
    }
    details: dict[str, object] = {"reason": error.code}
    subject = f"survey:{row.id}"
    record(
        session, actor=actor, verb="survey.not_opened", subject=subject, now=now, details=details
    )
    send_signal(session, "surveys")


def not_opened(view: SurveyView) -> NotOpened | None:
    """Return why a draft did not open by itself, None where nothing hindered it."""
    kept = view.not_opened
    return None if kept is None else NotOpened(**{**kept, "at": datetime.fromisoformat(kept["at"])})
