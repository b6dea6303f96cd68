"""What the form about one person shows and says: only what differs from what is known is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from sos_core.content import LANGUAGES
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput
from sos_core.organizations.queries import organization
from sos_core.people.identity import normalize_email, tidy
from sos_core.people.queries import (
    PersonView,
    UnitView,
    memberships,
    people_by_id,
    person,
    units,
    units_led_by,
)
from sos_core.records import PersonRecord, UnitPath
from sos_graphql.http.survey_settings import person_named
from sos_graphql.http.visits import Sent, number
from sos_graphql.people.hand import manager_address

NOBODY = PersonRecord(name="")
"""A record that says nothing at all."""


@dataclass(frozen=True, slots=True)
class Values:
    """What the fields of the form hold; units are ids as text, ``home`` "" is the organization."""

    name: str = ""
    email: str = ""
    employee_id: str = ""
    language: str = "en"
    user_type: str = "participant"
    manager: str = ""
    home: str = ""
    further: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A person as the page shows them, None for one to be added, and the units to choose from.

    ``seen`` tells on sending whether somebody else changed the person meanwhile; ``inferred`` are
    units that the person leads without being said to, and ``manager`` the person's manager.
    """

    view: PersonView | None
    values: Values
    units: list[UnitView]
    inferred: tuple[UnitView, ...] = ()
    manager: PersonView | None = None
    seen: str = ""

    @property
    def home(self) -> UnitView | None:
        """Return the unit in which surveys count the person."""
        return next((unit for unit in self.units if str(unit.id) == self.values.home), None)


def empty_form(session: OrganizationSession) -> PersonForm:
    """Return the form for a person to be added."""
    usual = organization(session, session.organization_id).language
    return PersonForm(None, Values(language=usual), units(session))


def person_form(session: OrganizationSession, person_id: int) -> PersonForm:
    """Return the form of a known person; raise NotFound when there is none."""
    view = person(session, person_id)
    own = memberships(session, person_id)
    further = own[1:] if view.unit_id is not None else own
    said = units_led_by(session, person_id, origin="said")
    inferred = units_led_by(session, person_id, origin="inferred")
    known = units(session, active=None)
    manager = (
        people_by_id(session, [view.manager_id]).get(view.manager_id) if view.manager_id else None
    )
    values = Values(
        name=view.name,
        email=view.email or "",
        employee_id=view.employee_id or "",
        language=view.language,
        user_type=view.user_type,
        manager=(manager.email or manager.employee_id or manager.name) if manager else "",
        home=str(view.unit_id or ""),
        further=tuple(map(str, further)),
        leads=tuple(map(str, said)),
    )
    return PersonForm(
        view,
        values,
        [unit for unit in known if unit.active or unit.id in own],
        tuple(unit for unit in known if unit.id in inferred),
        manager,
        blake2b(repr((view, values)).encode(), digest_size=12).hexdigest(),
    )


def sent_values(sent: Sent) -> Values:
    """Return what was written into the form, spelled as it is kept."""
    home = sent.one("home")
    further = tuple(unit for unit in sent.all("further") if unit != home)
    return Values(
        name=tidy(sent.one("name")),
        email=normalize_email(sent.one("email")),
        employee_id=tidy(sent.one("employee_id")),
        language=sent.one("language"),
        user_type=sent.one("user_type"),
        manager=sent.one("manager")[:400],
        home=home,
        further=further,
        leads=tuple(sent.all("leads")),
    )


def record_from(session: OrganizationSession, form: PersonForm, sent: Sent) -> PersonRecord:
    """Return what a form says anew about a person; raise InvalidInput or Conflict."""
    before, after = form.values, sent_values(sent)
    if form.view is not None:
        _check_seen(form, sent)
        _check_kept(before, after)
    if not after.name:
        raise InvalidInput(
            "The person has no name.",
            "Write the person’s name.",
            code="person_nameless",
            field="name",
        )
    paths = {str(unit.id): unit.path for unit in form.units}
    is_new = form.view is None
    return PersonRecord(
        name=after.name if is_new or after.name != before.name else "",
        email=_if_new(before.email, after.email),
        employee_id=_if_new(before.employee_id, after.employee_id),
        language=_language(before, after, is_new=is_new),
        user_type=_user_type(before, after, is_new=is_new),
        manager_email=_manager(session, before.manager, after.manager),
        memberships=_memberships(before, after, paths, is_new=is_new),
        leads=_leads(before, after, paths),
    )


def _check_seen(form: PersonForm, sent: Sent) -> None:
    if sent.one("seen") != form.seen:
        raise Conflict(
            "This person was changed while you were looking.",
            "What is known now stands below. Make your change again.",
            code="person_changed",
        )


def _check_kept(before: Values, after: Values) -> None:
    for name in ("email", "employee_id"):
        if getattr(before, name) and not getattr(after, name):
            raise InvalidInput(
                "An e-mail address or employee id can be changed, but not removed.",
                "Write the present one or a new one; deactivate the person if they have left.",
                code="person_key_kept",
                field=name,
            )


def _if_new(before: str, after: str) -> str | None:
    return after if after and after != before else None


def _language(before: Values, after: Values, *, is_new: bool) -> str | None:
    changed = is_new or after.language != before.language
    return after.language if changed and after.language in LANGUAGES else None


def _user_type(
    before: Values, after: Values, *, is_new: bool
) -> Literal["participant", "viewer"] | None:
    if after.user_type == before.user_type and not is_new:
        return None
    return "viewer" if after.user_type == "viewer" else "participant"


def _manager(session: OrganizationSession, before: str, after: str) -> str | None:
    """Return the manager's address, "" for none any more, None where nothing is said anew."""
    if after == before:
        return None
    return (
        manager_address(person(session, person_named(session, after, "manager"))) if after else ""
    )


def _memberships(
    before: Values, after: Values, paths: Mapping[str, UnitPath], *, is_new: bool
) -> tuple[UnitPath, ...]:
    """Return all units, the home first; none where they stay. The order of the others is kept."""
    same = after.home == before.home and set(after.further) == set(before.further)
    if same and not is_new:
        return ()
    kept = [unit for unit in before.further if unit in after.further]
    further = [*kept, *(unit for unit in after.further if unit not in kept)]
    return (_path(after.home, paths) if after.home else (), *_paths(further, paths))


def _leads(
    before: Values, after: Values, paths: Mapping[str, UnitPath]
) -> tuple[UnitPath, ...] | None:
    return None if set(after.leads) == set(before.leads) else _paths(after.leads, paths)


def _paths(chosen: Sequence[str], paths: Mapping[str, UnitPath]) -> tuple[UnitPath, ...]:
    return tuple(_path(unit, paths) for unit in chosen)


def _path(unit: str, paths: Mapping[str, UnitPath]) -> UnitPath:
    found = paths.get(str(number(unit)))
    if found is None:
        raise InvalidInput(
            "There is no such unit.", "Choose one of the units shown.", code="no_such_unit"
        )
    return found
