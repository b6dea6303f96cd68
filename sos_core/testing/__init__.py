"""Shipped to partners: factories and the contract suites that say what "works" means for a plugin."""

from sos_core.testing.factories import LEVELS, person_record, sales_organization
from sos_core.testing.people_formats import PeopleFormatContract

__all__ = ["LEVELS", "PeopleFormatContract", "person_record", "sales_organization"]
