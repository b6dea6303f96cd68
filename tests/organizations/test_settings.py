"""Settings of an organization are changed one by one, whoever changes another one meanwhile."""

from __future__ import annotations

from contextlib import closing

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.organizations.commands import change_settings, create_organization
from sos_core.organizations.queries import organization
from sos_core.organizations.tables import Organization


def test_what_somebody_else_set_meanwhile_stays(postgres_url: str, clock: ManualClock) -> None:
    with closing(Database(postgres_url)) as here, closing(Database(postgres_url)) as elsewhere:
        with here.write(None) as session:
            number = create_organization(
                session, name="Acme", language="en", time_zone="UTC", now=clock()
            )
        with here.write(number) as session:
            known = session.get_one(Organization, number)
            assert known.settings == {}
            with elsewhere.write(number) as other:
                change_settings(other, {"retention": {"mails": 30}})
            change_settings(session, {"second_factor_of": "everybody"})
        with here.read(number) as session:
            found = organization(session, number).settings
    assert found == {"retention": {"mails": 30}, "second_factor_of": "everybody"}
