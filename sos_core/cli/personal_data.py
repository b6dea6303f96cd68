"""`sos personal-data`: what is held about a person as a file, and its erasure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sos_core.cli.context import DataDir, open_application
from sos_core.errors import InvalidInput

if TYPE_CHECKING:
    from sos_core.database.session import OrganizationSession

app = typer.Typer(help="Hand out or erase what is held about one person.", no_args_is_help=True)

ACTOR = "operator"
Organization = Annotated[
    int, typer.Option("--organization", help="Number of the organization.", min=1)
]
Person = Annotated[str, typer.Argument(help="E-mail address of the person, or their number.")]
TARGET = typer.Argument(help="Where to write it; its ending says which kind: .json or .html.")
LANGUAGE = typer.Option(help="Language of the page; default: the person's.")
CONFIRM = typer.Option("--confirm", help="The person's name, typed: an erasure is for good.")


@app.command()
def export(
    who: Person,
    target: Annotated[Path, TARGET],
    organization: Organization,
    language: Annotated[str | None, LANGUAGE] = None,
    data_dir: DataDir = None,
) -> None:
    """Write all that is held about a person to TARGET, to be handed to that person alone."""
    from sos_core.content import normalize_language
    from sos_core.people.queries import person
    from sos_core.personal_data.document import MEDIA_TYPES, as_file
    from sos_core.personal_data.holding import export_person

    ending = target.suffix.lower().removeprefix(".")
    if ending not in MEDIA_TYPES:
        raise InvalidInput(
            "SOS cannot write personal data to “{name}”.",
            "Give it a name that ends in .json or .html.",
            code="personal_data_file_kind_unknown",
            field="target",
            values={"name": target.name},
        )
    with open_application(data_dir, organization) as application:
        with application.database.write(organization) as session:
            number = _number(session, who)
            data = export_person(
                session,
                number,
                own=True,
                actor=ACTOR,
                now=application.clock(),
                mail_dir=application.settings.mail_dir,
            )
            spoken = normalize_language(language or person(session, number).language) or "en"
        target.touch(mode=0o600)
        target.chmod(0o600)  # of a file that was there already, too
        target.write_bytes(as_file(data, ending, spoken))
    typer.echo(f"What is held about person {number} is in {target}. Hand it to that person alone.")


@app.command()
def erase(
    who: Person,
    organization: Organization,
    confirm: Annotated[str, CONFIRM] = "",
    data_dir: DataDir = None,
) -> None:
    """Erase a person for good. Published results and the audit log stay as they are."""
    from sos_core.personal_data.erasing import erase_person

    with (
        open_application(data_dir, organization) as application,
        application.database.write(organization) as session,
    ):
        done = erase_person(
            session,
            _number(session, who),
            confirmation=confirm,
            actor=ACTOR,
            now=application.clock(),
            reach=application.personal_reach,
        )
    if done.again:
        typer.echo(f"Person {done.person_id} had been erased before.")
        return
    typer.echo(
        f"Person {done.person_id} is erased: {done.accounts} accounts, {done.plans} plans emptied, "
        f"{done.surveys} open surveys left."
    )


def _number(session: OrganizationSession, who: str) -> int:
    """Return the person's number; raise NotFound for an address of nobody."""
    from sos_core.errors import NotFound
    from sos_core.people.queries import find_by_email

    if who.isascii() and who.isdecimal() and len(who) <= 18:
        return int(who)
    found = find_by_email(session, who)
    if found is None:
        raise NotFound("There is no such person.", "Search for the name.", code="no_such_person")
    return found.id
