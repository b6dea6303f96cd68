"""Who answers which survey, by personal link, preview link or session; and where the form stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from sos_core.access.commands import respondent_token
from sos_core.content import normalize_language
from sos_core.errors import NotFound
from sos_core.organizations.queries import organization
from sos_core.people.queries import person
from sos_core.surveys import links
from sos_core.surveys.participation import participation
from sos_core.surveys.queries import SurveyView, survey
from sos_graphql.http.visits import Visit
from sos_graphql.preferences import LANGUAGE_COOKIE, preference

Standing = Literal["preview", "not_open", "open", "closed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person in one survey; ``person_id`` is None in a preview, which stores nothing."""

    organization_id: int
    organization: str
    survey: SurveyView
    person_id: int | None
    language: str
    standing: Standing
    base: str
    by_link: bool

    @property
    def preview(self) -> bool:
        """Return whether this only shows what participants see."""
        return self.person_id is None

    def token(self, secret: bytes) -> str | None:
        """Return the bearer token for the widget, None where it needs none or may not have one."""
        if self.person_id is None or not self.by_link:
            return None
        return respondent_token(
            secret,
            organization_id=self.organization_id,
            survey_id=self.survey.id,
            person_id=self.person_id,
            expires_at=self.survey.closes_at,
        )


def by_link(visit: Visit) -> Invitation:
    """Return whom the link in the address lets in; raise NotFound where it does not work.

    Reads the database, so call it in a thread. It changes nothing: mail scanners open links too.
    """
    written = visit.path("link")
    base = f"/s/{quote(written, safe='')}"
    secret = visit.application.secret
    personal = links.read_personal_token(secret, written)
    if personal is not None:
        return _invitation(
            visit, personal.organization_id, personal.survey_id, personal.person_id, base
        )
    shown = links.read_preview_token(secret, written)
    if shown is not None:
        return _invitation(visit, shown.organization_id, shown.survey_id, None, base)
    raise no_such_link()


def by_session(visit: Visit) -> Invitation:
    """Return the part that a signed-in participant takes in the survey of the address."""
    organization_id = visit.asker.organization_id
    person_id, survey_id = visit.asker.principal.person_id, visit.number("survey")
    if person_id is None:
        raise no_such_link()
    return _invitation(visit, organization_id, survey_id, person_id, f"/app/answer/{survey_id}")


def no_such_link() -> NotFound:
    """Return the error for a link that lets nobody in."""
    return NotFound(
        "This link does not work.",
        "Copy the whole link from the mail, or ask for a new one.",
        code="link_unknown",
    )


def _invitation(
    visit: Visit, organization_id: int, survey_id: int, person_id: int | None, base: str
) -> Invitation:
    invited = ""
    try:
        with visit.application.database.read(organization_id) as session:
            view = survey(session, survey_id)
            name = organization(session, organization_id).name
            if person_id is not None:
                person(session, person_id)  # not found any more, once erased
                part = participation(session, survey_id, person_id)
                if part is None:
                    raise no_such_link()
                invited = part.language
    except NotFound as error:
        raise no_such_link() from error
    standing = _standing(view, visit.asker.now)
    if person_id is None and standing in {"not_open", "open"}:
        standing = "preview"
    return Invitation(
        organization_id=organization_id,
        organization=name,
        survey=view,
        person_id=person_id,
        language=_language(visit, view, invited),
        standing=standing,
        base=base,
        by_link=base.startswith("/s/"),
    )


def _standing(view: SurveyView, now: datetime) -> Standing:
    if view.state == "cancelled":
        return "cancelled"
    if view.state == "draft":
        return "not_open"
    return "open" if view.state == "open" and now < view.closes_at else "closed"


def _language(visit: Visit, view: SurveyView, invited: str) -> str:
    """Return the survey's language that was chosen here, else the invitation's, else any that fits."""
    request = visit.request
    chosen = request.query_params.get("language") or preference(request.cookies, LANGUAGE_COOKIE)
    for tag in (normalize_language(chosen[:20]), invited, visit.asker.language):
        if tag in view.languages:
            return str(tag)
    return view.languages[0]
