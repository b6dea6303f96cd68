"""`sos database`: the schema of the database."""

from __future__ import annotations

from typing import Annotated

import typer

from sos_core.cli.context import DataDir, make_database, open_database
from sos_core.cli.failures import ATTENTION
from sos_core.cli.output import progress
from sos_core.errors import InvalidInput

app = typer.Typer(help="Look at the database's schema, bring it up to date, or take it back.")


@app.command()
def upgrade(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this program; harmless when it is there already."""
    from sos_core.database import migrate

    with make_database(data_dir) as database, progress("Upgrading the database") as step:
        before = migrate.current_revision(database)
        migrate.upgrade(database)
        step(1)
        after = migrate.current_revision(database)
    typer.echo(
        f"The database is at revision {after}."
        if before == after
        else f"The database went from revision {before or 'none'} to {after}."
    )


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go back to, such as 0003; or base.")],
    data_dir: DataDir = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the schema back to REVISION; what later revisions brought is deleted."""
    from alembic.util import CommandError

    from sos_core.database import migrate

    with open_database(data_dir) as database:
        before = migrate.current_revision(database)
        if not yes:
            typer.confirm(f"Delete everything that came after revision {revision}?", abort=True)
        try:
            with progress("Taking the database back") as step:
                migrate.downgrade(database, revision)
                step(1)
        except CommandError as error:
            raise InvalidInput(
                "There is no revision {revision} below {before}.",
                "Name one of the numbers that the migrations begin with, or base.",
                code="unknown_revision",
                field="revision",
                values={"revision": revision, "before": before or "none"},
            ) from error
        after = migrate.current_revision(database)
    typer.echo(f"The database went from revision {before or 'none'} to {after or 'none'}.")


@app.command()
def grant(
    role: Annotated[str, typer.Argument(help="The role that will serve, made beforehand.")],
    data_dir: DataDir = None,
) -> None:
    """Let ROLE of PostgreSQL serve, held by row-level security; run it as the tables' owner."""
    from sos_core.database import roles

    with open_database(data_dir) as database:
        roles.grant(database, role)
    typer.echo(f"{role} may serve this database now. Name it in SOS_DATABASE_URL of the servers.")


@app.command()
def current(data_dir: DataDir = None) -> None:
    """Tell the revision of the database; exit code 3 when this program expects another one."""
    from sos_core.database import migrate

    with open_database(data_dir) as database:
        at, head = migrate.current_revision(database), migrate.head_revision()
    typer.echo(f"The database is at revision {at or 'none'}, this program expects {head}.")
    if at != head:
        typer.echo("Run `sos database upgrade`, or the program that belongs to the database.")
        raise typer.Exit(ATTENTION)
