"""`sos operator`: who runs the installation; nobody else can make or remove them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sos_core.cli.context import DataDir, open_application
from sos_core.cli.output import print_table

app = typer.Typer(help="Make, list and remove operators of the installation.", no_args_is_help=True)

EMAIL = typer.Argument(help="E-mail address to sign in with.")
NAME = typer.Option(help="Name, as pages show it; default: what stands before the @.")
LANGUAGE = typer.Option(help="Language of pages: en, sv, nb, zh-Hans or sw.")
STDIN = typer.Option("--password-stdin", help="Read the password from the standard input.")


@app.command()
def create(
    email: Annotated[str, EMAIL],
    name: Annotated[str, NAME] = "",
    language: Annotated[str, LANGUAGE] = "en",
    password_stdin: Annotated[bool, STDIN] = False,
    data_dir: DataDir = None,
) -> None:
    """Make an operator, who signs in at /app and sees no organization's people or results."""
    from sos_core.access.operators import create_operator

    password = _password(from_stdin=password_stdin)
    with open_application(data_dir) as application:
        application.migrate()
        with application.database.write(None) as session:
            create_operator(
                session,
                email=email,
                name=name,
                language=language,
                password=password,
                now=application.clock(),
            )
    typer.echo(f"{email} is an operator now.")


@app.command()
def password(
    email: Annotated[str, EMAIL],
    password_stdin: Annotated[bool, STDIN] = False,
    data_dir: DataDir = None,
) -> None:
    """Give an operator a new password and no second factor; all sessions end."""
    from sos_core.access.operators import set_operator_password

    chosen = _password(from_stdin=password_stdin)
    with open_application(data_dir) as application, application.database.write(None) as session:
        set_operator_password(session, email, chosen)
    typer.echo(f"{email} has a new password.")


@app.command()
def remove(email: Annotated[str, EMAIL], data_dir: DataDir = None) -> None:
    """Take an operator away; all sessions end at once."""
    from sos_core.access.operators import remove_operator

    with open_application(data_dir) as application, application.database.write(None) as session:
        remove_operator(session, email)
    typer.echo(f"{email} is no operator any more.")


@app.command(name="list")
def list_(data_dir: DataDir = None) -> None:
    """List the operators of this installation."""
    from sos_core.access.operators import operators

    with open_application(data_dir) as application, application.database.read(None) as session:
        found = operators(session)
    rows = [(one.email, one.name, "yes" if one.second_factor else "no") for one in found]
    print_table(["E-mail address", "Name", "Second factor"], rows)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
