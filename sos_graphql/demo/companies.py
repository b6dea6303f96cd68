"""The demonstration's organizations: a large one, and a small neighbor that must never be seen from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """What an organization is called and how it is built; ``title`` is that of its surveys, before the month.

    ``prefix`` stands before the roles of its sign-ins: empty for the one that the guides tell of.
    """

    name: str
    domain: str
    levels: tuple[str, ...]
    zone: str
    language: str
    administrator: str
    title: str
    prefix: str = ""


NORDVIK = Company(
    name="Nordvik",
    domain="nordvik.example",
    levels=("Business area", "Region", "Team"),
    zone="Europe/Stockholm",
    language="en",
    administrator="Maja Administrator",
    title="Sales survey",
)
SOLMARK = Company(
    name="Solmark Retail",
    domain="solmark.example",
    levels=("Country", "Shop"),
    zone="Europe/Oslo",
    language="nb",
    administrator="Tuva Administrator",
    title="Salgsundersøkelse",
    prefix="neighbor-",
)
CONSULTANT = ("Robin Advisor", "robin@advisors.example")
"""Name and address of somebody who serves both organizations, with one password."""
OPERATOR = ("Olu Operator", "operator@sos.example")
"""Name and address of who runs the installation, and belongs to neither organization."""
