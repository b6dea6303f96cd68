"""Shipped to partners: factories and the contract suites that say what "works" means for a plugin."""

from sos_core.testing.factories import LEVELS, person_record, sales_organization
from sos_core.testing.people_formats import PeopleFormatContract
from sos_core.testing.sign_in import SignInContract

__all__ = [
    "LEVELS",
    "PeopleFormatContract",
    "SignInContract",
    "person_record",
    "sales_organization",
]
