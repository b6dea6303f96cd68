"""`sos organizations`: make an organization with its first administrator, and list them."""

from __future__ import annotations

from typing import Annotated

import typer

from sos_core.cli.context import DataDir, open_application

app = typer.Typer(help="Make and list organizations.", no_args_is_help=True)

NAME = typer.Argument(help="Name of the organization, as people will read it.")
ADMINISTRATOR = typer.Option(help="E-mail address of the first administrator.")
LANGUAGE = typer.Option(help="Language: en, sv, nb, zh-Hans or sw.")
TIME_ZONE = typer.Option(help="Time zone of survey dates, such as Europe/Stockholm.")
LEVELS = typer.Option(help="Names of the unit tree's levels from the top, separated by commas.")
PASSWORD = typer.Option(
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="SOS_NEW_PASSWORD",
    help="Password of the administrator; asked for where it is not given.",
)


@app.command()
def create(
    name: Annotated[str, NAME],
    administrator: Annotated[str, ADMINISTRATOR],
    password: Annotated[str, PASSWORD],
    language: Annotated[str, LANGUAGE] = "en",
    time_zone: Annotated[str, TIME_ZONE] = "Europe/Stockholm",
    levels: Annotated[str, LEVELS] = "business_area,region,team",
    data_dir: DataDir = None,
) -> None:
    """Make an organization and its first administrator, who can then sign in at /app."""
    from sos_core.access.commands import create_account
    from sos_core.organizations.commands import create_organization

    with open_application(data_dir) as application:
        application.migrate()
        now = application.clock()
        with application.database.write(None) as session:
            organization_id = create_organization(
                session,
                name=name,
                language=language,
                time_zone=time_zone,
                levels=[level.strip() for level in levels.split(",") if level.strip()],
                now=now,
            )
        with application.database.write(organization_id) as session:
            create_account(
                session,
                email=administrator,
                name=administrator.partition("@")[0],
                language=language,
                password=password,
                administrator=True,
                now=now,
                actor="operator",
            )
    typer.echo(f"Organization {organization_id} is there; {administrator} can sign in.")


@app.command(name="list")
def list_(data_dir: DataDir = None) -> None:
    """List the organizations of this installation."""
    from sos_core.organizations.queries import organizations

    with open_application(data_dir) as application, application.database.read(None) as session:
        for view in organizations(session):
            typer.echo(f"{view.id:>4}  {view.name}  ({view.language}, {view.time_zone})")
