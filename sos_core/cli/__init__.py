"""The command `sos`: one file a group of commands, and one way to fail.

Exit codes: 0 it was done, 1 it failed, 2 the command was misspelled, 3 it was done and something
needs a person's attention.
"""

from __future__ import annotations

from typing import Annotated

import typer

from sos_core import __version__
from sos_core.cli import (
    audit,
    database,
    demo,
    doctor,
    jobs,
    operators,
    organizations,
    people,
    personal_data,
    plugins,
    retention,
    secrets,
    serve,
    signing_keys,
    surveys,
    worker,
)
from sos_core.cli.failures import Commands

app = typer.Typer(
    name="sos",
    help="Measures how well a sales organization works, and helps it to work better.",
    epilog="Settings come from the environment (SOS_...). "
    "Exit codes: 0 done, 1 failed, 2 misspelled, 3 done but something needs attention.",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(audit.app, name="audit")
app.add_typer(database.app, name="database")
app.add_typer(jobs.app, name="jobs")
app.add_typer(people.app, name="people")
app.add_typer(personal_data.app, name="personal-data")
app.add_typer(retention.app, name="retention")
app.add_typer(secrets.app, name="secrets")
app.add_typer(signing_keys.app, name="signing-keys")
app.add_typer(surveys.app, name="survey")
app.add_typer(organizations.app, name="organizations")
app.add_typer(operators.app, name="operator")
app.command(name="serve")(serve.run)
app.command(name="demo")(demo.demo)
app.command(name="token")(demo.token)
app.command(name="doctor")(doctor.run)
app.command(name="plugins")(plugins.run)
app.command(name="worker")(worker.run)


def print_version(asked: bool) -> None:
    """Print the version and end, where it is asked for."""
    if asked:
        typer.echo(f"sos {__version__}")
        raise typer.Exit


VERSION = typer.Option(
    "--version", is_eager=True, callback=print_version, help="Print the version and end."
)


@app.callback()
def root(_version: Annotated[bool, VERSION] = False) -> None:
    """Measures how well a sales organization works, and helps it to work better."""


def main() -> None:
    """Run the command that the arguments of the process name."""
    app()
