"""Everything that changes surveys, gathered for those above: one function a verb."""

from sos_core.surveys.codes import IssuedCode, issue_codes, redeem_code
from sos_core.surveys.drafting import (
    SurveySettings,
    choose_participants,
    create_survey,
    edit_survey,
)
from sos_core.surveys.letters import (
    Preview,
    make_test_mail,
    preview,
    request_lost_link,
    resend_link,
)
from sos_core.surveys.mailing import remind_now
from sos_core.surveys.opening import (
    SurveyKeys,
    add_participant,
    open_survey,
    schedule_survey,
    unschedule_survey,
)
from sos_core.surveys.running import (
    begin_closing,
    cancel_survey,
    close_early,
    extend_survey,
    set_sealed,
    set_tallied,
)

__all__ = [
    "IssuedCode",
    "Preview",
    "SurveyKeys",
    "SurveySettings",
    "add_participant",
    "begin_closing",
    "cancel_survey",
    "choose_participants",
    "close_early",
    "create_survey",
    "edit_survey",
    "extend_survey",
    "issue_codes",
    "make_test_mail",
    "open_survey",
    "preview",
    "redeem_code",
    "remind_now",
    "request_lost_link",
    "resend_link",
    "schedule_survey",
    "set_sealed",
    "set_tallied",
    "unschedule_survey",
]
