"""Who can sign in to the demonstration, with passwords that are drawn anew each time it is built."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sos_core.access.commands import create_account, issue_token
from sos_core.access.lifetimes import SESSION_LENGTH
from sos_core.access.operators import create_operator
from sos_core.application import Application
from sos_core.organizations.commands import create_organization
from sos_core.people.queries import find_by_email
from sos_graphql.demo.client import DemoFailed
from sos_graphql.demo.companies import CONSULTANT, OPERATOR
from sos_graphql.demo.people import DemoPerson
from sos_graphql.demo.scenario import Scenario

WORDS = (
    "amber", "birch", "cedar", "coral", "delta", "ember", "fjord", "grove", "harbor", "indigo",
    "juniper", "kelp", "lantern", "meadow", "nectar", "orchid", "pebble", "quartz", "river", "saffron",
    "tundra", "umber", "velvet", "willow", "yarrow", "zephyr", "acorn", "breeze", "copper", "dune",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignIn:
    """One of the demonstration's accounts; an operator's is of no organization."""

    role: str
    email: str
    password: str
    account_id: int
    organization_id: int | None


def save_sign_ins(folder: Path, sign_ins: list[SignIn]) -> None:
    """Write the sign-ins for `make token`, readable by this user alone."""
    path = folder / "sign-ins.json"
    path.touch(0o600)
    path.write_text(json.dumps([asdict(each) for each in sign_ins], indent=1), encoding="utf-8")


def load_sign_ins(folder: Path) -> list[SignIn]:
    """Return the sign-ins of a demonstration that was built before."""
    rows = json.loads((folder / "sign-ins.json").read_text(encoding="utf-8"))
    return [SignIn(**row) for row in rows]


def found_organization(application: Application, scenario: Scenario, now: datetime) -> SignIn:
    """Found the organization of a scenario, three days before its first survey, with its administrator."""
    company = scenario.company
    now -= timedelta(days=scenario.started_days_ago[0] + 3)
    with application.database.write(None) as session:
        organization_id = create_organization(
            session,
            name=company.name,
            language=company.language,
            time_zone=company.zone,
            levels=company.levels,
            now=now,
        )
    return _account(
        application,
        organization_id,
        f"{company.prefix}admin",
        now,
        email=f"admin@{company.domain}",
        name=company.administrator,
        language=company.language,
        administrator=True,
    )


def open_accounts(
    application: Application,
    people: Sequence[DemoPerson],
    organization_id: int | None,
    now: datetime,
) -> list[SignIn]:
    """Give a leader, a viewer and a participant an account each."""
    chosen = {
        "leader": next(p for p in people if p.leads and len(p.unit) == 2 and p.language == "sv"),
        "viewer": next(p for p in people if p.user_type == "viewer"),
        "participant": next(p for p in people if not p.leads and len(p.unit) == 3),
    }
    found = []
    for role, person in chosen.items():
        with application.database.read(organization_id) as session:
            view = find_by_email(session, person.email)
        if view is None:
            raise DemoFailed(f"{person.email} was not imported.")
        extra: dict[str, Any] = {"sees_everything": True} if role == "viewer" else {}
        found.append(
            _account(
                application,
                organization_id,
                role,
                now,
                email=person.email,
                name=person.name,
                language=person.language,
                person_id=view.id,
                **extra,
            )
        )
    return found


def consultant(application: Application, sign_ins: Sequence[SignIn], now: datetime) -> SignIn:
    """Let somebody into every organization with one address and one password."""
    name, email = CONSULTANT
    password = _password()
    homes = {each.organization_id for each in sign_ins if each.organization_id is not None}
    entered = [
        _account(
            application,
            organization_id,
            "consultant",
            now,
            password=password,
            email=email,
            name=name,
            sees_everything=True,
        )
        for organization_id in sorted(homes)
    ]
    return entered[0]


def operator(application: Application, now: datetime) -> SignIn:
    """Let somebody in who runs the installation and belongs to no organization."""
    name, email = OPERATOR
    password = _password()
    with application.database.write(None) as session:
        operator_id = create_operator(session, email=email, name=name, password=password, now=now)
    return SignIn("operator", email, password, operator_id, None)


def _account(
    application: Application,
    organization_id: int | None,
    role: str,
    now: datetime,
    password: str | None = None,
    **fields: Any,
) -> SignIn:
    password = password or _password()
    with application.database.write(organization_id) as session:
        account_id = create_account(session, password=password, now=now, actor="operator", **fields)
    return SignIn(role, fields["email"], password, account_id, organization_id)


def _password() -> str:
    return "-".join(secrets.choice(WORDS) for _ in range(4))


def token(
    application: Application,
    account: SignIn,
    now: datetime,
    length: timedelta = SESSION_LENGTH,
) -> str:
    """Return a bearer token of an account, or of the operator."""
    return issue_token(
        application.database,
        organization_id=account.organization_id,
        account_id=account.account_id,
        now=now,
        length=length,
    )
